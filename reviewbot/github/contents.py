"""Files of a repository on GitHub, without a checkout: a tree is listed once, contents are read in batches."""

from __future__ import annotations

import base64
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from reviewbot.text import MAX_TEXT, decoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reviewbot.github.client import Client
    from reviewbot.github.pull import PullRef

# One GraphQL answer must come within ten seconds, or GitHub gives up on it.
_BATCH_OBJECTS = 100
_BATCH_BYTES = 3_000_000


@dataclass(frozen=True, slots=True)
class Blob:
    """A file's content by its object id, and its size in bytes (0 where it is not known)."""

    oid: str
    size: int = 0


class Blobs:
    """Contents by object id, each read once.

    Args:
        client: How to ask.
        ref: A pull request of the repository.
    """

    def __init__(self, client: Client, ref: PullRef) -> None:
        self._client = client
        self._ref = ref
        self._texts: dict[str, str | None] = {}

    def texts(self, blobs: Iterable[Blob]) -> dict[str, str]:
        """Give the texts by object id; binary, very large and unknown ones are left out.

        Raises:
            GithubError: GitHub cannot be asked.
        """
        wanted = {blob.oid: blob for blob in blobs}
        missing = [blob for oid, blob in wanted.items() if oid not in self._texts and blob.size <= MAX_TEXT]
        for batch in _batches(missing):
            self._read(batch)
        return {oid: text for oid in wanted if (text := self._texts.get(oid)) is not None}

    def _read(self, batch: list[Blob]) -> None:
        objects = "\n".join(
            f'b{n}: object(oid: "{blob.oid}") {{ ... on Blob {{ text isBinary isTruncated }} }}'
            for n, blob in enumerate(batch)
        )
        query = f"query($owner: String!, $name: String!) {{ repository(owner: $owner, name: $name) {{ {objects} }} }}"
        found: dict[str, Any] = self._client.graphql(query, owner=self._ref.owner, name=self._ref.repo)["repository"]
        for n, blob in enumerate(batch):
            answer = found.get(f"b{n}") or {}
            text = None if answer.get("isBinary") else answer.get("text")
            # GraphQL cuts off long texts; REST gives them whole.
            self._texts[blob.oid] = self._whole(blob.oid) if answer.get("isTruncated") else text

    def _whole(self, oid: str) -> str | None:
        answer = self._client.get(f"{self._ref.path}/git/blobs/{oid}")
        return decoded(base64.b64decode(answer["content"])) if answer["encoding"] == "base64" else None


class ApiTree:
    """The files of one commit, as :class:`reviewbot.change.Tree`.

    Args:
        client: How to ask.
        ref: A pull request of the repository.
        commit: Id of the commit.
        blobs: Where contents are read and kept.
    """

    def __init__(self, client: Client, ref: PullRef, commit: str, blobs: Blobs) -> None:
        self._client = client
        self._path = f"{ref.path}/git/trees/{commit}"
        self._blobs = blobs

    @cached_property
    def _listing(self) -> dict[str, Any]:
        answer: dict[str, Any] = self._client.get(self._path, recursive=1)
        return answer

    @cached_property
    def blobs(self) -> dict[str, Blob]:
        """Path → what stands there."""
        return {
            entry["path"]: Blob(entry["sha"], entry.get("size") or 0)
            for entry in self._listing["tree"]
            if entry["type"] == "blob"
        }

    @property
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
        texts = self._blobs.texts(wanted.values())
        return {path: texts[blob.oid] for path, blob in wanted.items() if blob.oid in texts}


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
