"""Files of a repository on GitHub, without a checkout: a tree is listed once, contents are read in batches.

Whoever wants a good part of a tree gets it from one archive of the commit. That is only a shortcut: what it lacks, or
has otherwise (``.gitattributes`` may want that), is read in batches all the same.
"""

from __future__ import annotations

import base64
import threading
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from reviewbot.core.errors import GithubError
from reviewbot.core.logs import get_logger
from reviewbot.core.text import MAX_TEXT, decoded
from reviewbot.github import archive
from reviewbot.github.shapes import understood

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reviewbot.github.client import Client
    from reviewbot.github.pull import PullRef

# One GraphQL answer must come within ten seconds, or GitHub gives up on it.
_BATCH_OBJECTS = 100
_BATCH_BYTES = 3_000_000
# More batches than this take longer than an archive, which costs two requests.
_FEW_BATCHES = 3
# What is read of an archive: as it is sent, and unpacked.
_MOST_PACKED = 100_000_000
_MOST_UNPACKED = 250_000_000
# How many batches may do what archives could not, in all; who wants a few files gets them ever after.
_MOST_BATCHES = 50

log = get_logger()


@dataclass(frozen=True, slots=True)
class Blob:
    """A file's content by its object id, and its size in bytes (0 where it is not known)."""

    oid: str
    size: int = 0


class Blobs:
    """Contents by object id, each read once, by one thread at a time.

    Args:
        client: How to ask.
        ref: A pull request of the repository.
    """

    def __init__(self, client: Client, ref: PullRef) -> None:
        self._client = client
        self._ref = ref
        self._texts: dict[str, str | None] = {}
        self._unpacked: set[str] = set()
        self._left = _MOST_BATCHES
        self._lock = threading.RLock()

    def texts(self, blobs: Iterable[Blob], tree: ApiTree | None = None) -> dict[str, str]:
        """Give the texts by object id; binary, very large and unknown ones are left out.

        Args:
            blobs: Which.
            tree: Where they stand, if they may be so many that an archive is worth it.

        Raises:
            GithubError: GitHub cannot be asked.
        """
        wanted = {blob.oid: blob for blob in blobs}
        with self._lock:
            batches = self._missing(wanted.values())
            if tree is not None and len(batches) > _FEW_BATCHES:
                self._unpack(tree)
                batches = self._missing(wanted.values())[: self._left]
                self._left -= len(batches)
            for batch in batches:
                self._read(batch)
        return {oid: text for oid in wanted if (text := self._texts.get(oid)) is not None}

    def known(self, blob: Blob) -> bool:
        """Tell whether there is nothing to read any more: it was read, or is too large to be a text."""
        return blob.oid in self._texts or blob.size > MAX_TEXT

    def _missing(self, blobs: Iterable[Blob]) -> list[list[Blob]]:
        return list(_batches(blob for blob in blobs if not self.known(blob)))

    def _unpack(self, tree: ApiTree) -> None:
        """Read what an archive of a commit has, once; that there is none is no error."""
        listed = {blob.oid: blob.size for blob in tree.blobs.values()}
        if tree.commit in self._unpacked or tree.truncated or sum(listed.values()) > _MOST_UNPACKED:
            return
        self._unpacked.add(tree.commit)
        try:
            packed = self._client.download(f"{self._ref.path}/tarball/{tree.commit}", _MOST_PACKED)
        except GithubError as error:
            log.warning("no archive", reason=str(error))
            return
        if packed is None:
            log.warning("no archive", reason=f"it has more than {_MOST_PACKED:,} bytes")
            return
        unpacked = archive.contents(packed, listed.keys() - self._texts.keys(), _MOST_UNPACKED)
        self._texts |= {oid: decoded(content) for oid, content in unpacked.items()}

    @understood
    def _read(self, batch: list[Blob]) -> None:
        objects = "\n".join(
            f'b{n}: object(oid: "{blob.oid}") {{ ... on Blob {{ text isBinary isTruncated }} }}'
            for n, blob in enumerate(batch)
        )
        query = f"query($owner: String!, $name: String!) {{ repository(owner: $owner, name: $name) {{ {objects} }} }}"
        answers: dict[str, Any] = self._client.graphql(query, owner=self._ref.owner, name=self._ref.repo)["repository"]
        for n, blob in enumerate(batch):
            answer = answers.get(f"b{n}") or {}
            text = None if answer.get("isBinary") else answer.get("text")
            # GraphQL cuts off long texts; REST gives them whole.
            self._texts[blob.oid] = self._whole(blob.oid) if answer.get("isTruncated") else text

    def _whole(self, oid: str) -> str | None:
        answer = self._client.get(f"{self._ref.path}/git/blobs/{oid}")
        return decoded(base64.b64decode(answer["content"])) if answer["encoding"] == "base64" else None


class ApiTree:
    """The files of one commit, as :class:`reviewbot.core.change.Tree`.

    Args:
        client: How to ask.
        ref: A pull request of the repository.
        commit: Id of the commit.
        blobs: Where contents are read and kept.

    Attributes:
        commit: Id of the commit.
    """

    def __init__(self, client: Client, ref: PullRef, commit: str, blobs: Blobs) -> None:
        self._client = client
        self.commit = commit
        self._path = f"{ref.path}/git/trees/{commit}"
        self._blobs = blobs
        self._asked: set[str] = set()

    @cached_property
    def _listing(self) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.get(self._path, recursive=1)
        return answer

    @cached_property
    @understood
    def blobs(self) -> dict[str, Blob]:
        """Path → what stands there."""
        return {
            entry["path"]: Blob(entry["sha"], entry.get("size") or 0)
            for entry in self._listing["tree"]
            if entry["type"] == "blob"
        }

    @property
    @understood
    def truncated(self) -> bool:
        """Whether the repository has more files than GitHub lists (100,000 entries, or 7 MB)."""
        return bool(self._listing.get("truncated"))

    @cached_property
    def paths(self) -> frozenset[str]:
        """All file paths."""
        return frozenset(self.blobs)

    def read(self, paths: Iterable[str]) -> Mapping[str, str]:
        """Give the text of those ``paths`` that exist and are text."""
        wanted = {path: self.blobs[path] for path in paths if path in self.blobs}
        texts = self._blobs.texts(wanted.values(), self)
        self._asked |= wanted.keys()
        return {path: texts[blob.oid] for path, blob in wanted.items() if blob.oid in texts}

    @property
    def unread(self) -> frozenset[str]:
        """Paths of files that somebody asked for, and that were too many to be read."""
        return frozenset(path for path in tuple(self._asked) if not self._blobs.known(self.blobs[path]))


def _batches(blobs: Iterable[Blob]) -> Iterator[list[Blob]]:
    batch: list[Blob] = []
    size = 0
    for blob in blobs:
        if batch and (len(batch) == _BATCH_OBJECTS or size + blob.size > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(blob)
        size += blob.size
    if batch:
        yield batch
