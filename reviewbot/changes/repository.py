"""Asking git, and nothing but git: revisions, diffs and objects, never the code under review.

git itself says where a repository is and what its settings are, which it reads as data; all else is asked in a git
directory of our own (:mod:`reviewbot.changes.neutral`), where no setting of the repository counts. Those two questions,
and what is about the files of a work tree, are asked as ourselves: git answers the owner, and a folder that git may not
look into has no files. Objects, which the author of a change makes, are read by git as somebody who may only read.
"""

from __future__ import annotations

import re
import shutil
import weakref
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

from reviewbot.changes import neutral
from reviewbot.changes.asking import As, BrokenGitError, NoGitError, NoRepositoryError, ask
from reviewbot.changes.neutral import Place
from reviewbot.core import children
from reviewbot.core.errors import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping

DIFF_OPTIONS = (
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--full-index",
    "--find-renames",
    "--diff-algorithm=default",
    # A changed commit is shown, whatever .gitmodules says; nobody looks into the submodule.
    "--ignore-submodules=dirty",
    "-O/dev/null",
    "--src-prefix=a/",
    "--dst-prefix=b/",
)
_WHERE = ("rev-parse", "--absolute-git-dir", "--git-common-dir", "--show-object-format")
_READ = rf"^({neutral.KEPT}|remote\..*\.(url|promisor|partialclonefilter)|extensions\.partialclone)$"
_PARTIAL = re.compile(r"remote\..*\.(promisor|partialclonefilter)|extensions\.partialclone", re.DOTALL)
# A name of an object, whole or abbreviated. Everything else is a language (`HEAD:secret`, `:/words`, `branch@{1}`).
_ID = re.compile(r"[0-9a-f]{4,64}")


class Repository:
    """One repository on the disk.

    Args:
        folder: Its work tree or a folder in it, or a bare repository.
        foreign: Whether it is read although it belongs to another user. It takes somebody who knows that it is meant:
            git refuses, since a repository's settings start programs. Here they do not; but what is read is said to
            others.
        index: What is staged, where that is another file than the repository's.
    """

    def __init__(self, folder: Path, *, foreign: bool = False, index: Path | None = None) -> None:
        self.folder = folder
        self._index = index.absolute() if index else None
        self._trust = ("-c", f"safe.directory={folder.resolve()}") if foreign else ()

    @property
    def exists(self) -> bool:
        """Whether the folder belongs to a repository that can be asked.

        Raises:
            RepositoryError: It does, but git refuses to read it.
        """
        try:
            return bool(self._place)
        except (NoRepositoryError, NoGitError):
            return False

    def demand(self) -> None:
        """See to it that there is a repository.

        Raises:
            RepositoryError: There is none, there is no git, or it refuses to read it.
        """
        _ = self._place

    @property
    def top(self) -> Path:
        """The folder of the work tree: that which has `.git`, whatever a setting says about where the files are.

        Raises:
            RepositoryError: There is no repository, or it is a bare one.
        """
        if self._place.top is None:
            raise RepositoryError(f"{self.folder}: a bare repository has no files; name a range with --base and --head")
        return self._place.top

    @property
    def shallow(self) -> bool:
        """Whether a part of the history is missing."""
        return (self._place.shared / "shallow").exists()

    @property
    def partial(self) -> bool:
        """Whether git would have to ask another machine for contents."""
        return any(map(_PARTIAL.fullmatch, self._settings))

    @property
    def origin(self) -> str:
        """The address of the remote `origin`; empty where there is none."""
        return (self._settings.get("remote.origin.url") or ("",))[-1]

    def run(self, *args: str, stdin: bytes = b"", codes: Collection[int] = (0,), with_files: bool = False) -> bytes:
        """Run git and give what it prints.

        Args:
            args: What follows ``git`` and the settings.
            stdin: What it reads.
            codes: Exit codes that are no failure.
            with_files: Whether it is about the files of the work tree, and runs at its top.

        Raises:
            RepositoryError: git is not there, or it failed; the message is its own.
        """
        folder, options = self._directory, [f"--git-dir={self._directory}"]
        if with_files:
            folder, options = self.top, [*options, f"--work-tree={self.top}"]
        who = As.READER if self._is_open and not with_files else As.OURSELVES
        try:
            return ask(folder, args, options, stdin=stdin, codes=codes, who=who)
        except RepositoryError as error:
            said = str(error).replace(str(self._directory), str(self.folder))
            raise type(error)(f"{said}{self._advice}") from error

    def text(self, *args: str, codes: Collection[int] = (0,)) -> str:
        """Run git and give the text it prints, without the newline at the end."""
        return self.run(*args, codes=codes).decode("utf-8", errors="replace").rstrip("\n")

    def commit(self, revision: str, option: str) -> str:
        """Give the full id of the commit that ``revision`` names.

        Args:
            revision: A branch, tag or id; also the branch of ``origin`` of that name.
            option: The option it was given with, for the message.

        Raises:
            RepositoryError: There is no such commit.
        """
        self.demand()
        for name in (revision, f"origin/{revision}"):
            if name.startswith("-") or "\0" in name:
                break
            try:
                return self.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
            except BrokenGitError:
                raise  # which says nothing about revisions
            except RepositoryError:
                continue
        raise RepositoryError(
            f"{option} {revision}: no such branch, tag or commit in {self.folder}; "
            "fetch it first (in a workflow: actions/checkout with fetch-depth: 0)"
        )

    def blobs(self, ids: Iterable[str]) -> dict[str, bytes]:
        """Read objects in one go; unknown and ambiguous ids, what is no id, and what is no blob, are left out.

        Args:
            ids: Object ids, full or abbreviated.
        """
        wanted = [name for name in dict.fromkeys(ids) if _ID.fullmatch(name)]
        if not wanted:
            return {}
        output = self.run("cat-file", "--batch", stdin="".join(f"{name}\n" for name in wanted).encode())
        return dict(_objects(wanted, output))

    def contents(self, ids: Iterable[str]) -> dict[str, bytes]:
        """Read blobs that belong to a commit, and so must be there.

        Raises:
            RepositoryError: They are not all there.
        """
        wanted = set(ids)
        found = self.blobs(wanted)
        if lacking := len(wanted) - len(found):
            raise RepositoryError(
                f"{self.folder}: {lacking} of {len(wanted)} contents are missing in this repository{self._advice}"
            )
        return found

    @property
    def _advice(self) -> str:
        if not self.partial:
            return ""
        return (
            "; it is a partial clone, and nothing is fetched during a review, since its settings say how. "
            "Get what is missing first: git fetch --refetch --no-filter"
        )

    @cached_property
    def _place(self) -> Place:
        if not self.folder.is_dir():
            raise NoRepositoryError(f"{self.folder} is not a git repository")
        said = ask(self.folder, _WHERE, self._trust, who=As.OWNER).decode("utf-8", errors="surrogateescape")
        try:
            own, shared, object_format = said.rstrip("\n").split("\n")
        except ValueError as error:
            raise RepositoryError(f"{self.folder}: the path of a repository must not have line breaks") from error
        folder, directory = self.folder.resolve(), Path(own).resolve()
        index = self._index or directory / "index"
        return Place(directory, (folder / shared).resolve(), _top(folder, directory), object_format, index)

    @cached_property
    def _settings(self) -> Mapping[str, tuple[str, ...]]:
        command = ("config", "--null", "--get-regexp", _READ)
        listed = ask(self.folder, command, self._trust, codes=(0, 1), who=As.OWNER)
        settings: dict[str, tuple[str, ...]] = {}
        for entry in listed.decode("utf-8", errors="replace").split("\0")[:-1]:
            key, equals, value = entry.partition("\n")
            settings[key] = (*settings.get(key, ()), value if equals else "true")
        return settings

    @cached_property
    def _directory(self) -> Path:
        place, settings = self._place, self._settings
        try:
            folder = Path(mkdtemp(prefix="reviewbot-"))
            weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
            neutral.over(folder, place, settings)
            children.admit(folder)
        except OSError as error:
            raise BrokenGitError(f"git needs a temporary folder, which cannot be written: {error.strerror}") from error
        return folder

    @cached_property
    def _is_open(self) -> bool:
        """Whether git can read it all as somebody who may only read; it calls missing what it cannot read."""
        if not children.differ():
            return True
        objects = self._place.shared / "objects"
        # Objects that are elsewhere may be anywhere.
        is_open = not (objects / "info/alternates").exists() and children.can_read(self._directory, objects)
        if not is_open:
            from reviewbot.core.logs import get_logger

            get_logger().warning("git reads as root what others may not", repository=str(self.folder))
        return is_open


def _top(folder: Path, directory: Path) -> Path | None:
    """Give the folder around another one whose `.git` is, or leads to, a git directory."""
    if folder.is_relative_to(directory):
        return None
    for at in (folder, *folder.parents):
        entry = at / ".git"
        if entry.is_file() or entry.resolve() == directory:
            return at
    return None


def version() -> str:
    """Give the version of git.

    Raises:
        RepositoryError: There is none.
    """
    return ask(Path(), ("version",)).decode("utf-8", errors="replace").strip()


def _objects(wanted: list[str], output: bytes) -> Iterator[tuple[str, bytes]]:
    """Take the answers of ``cat-file --batch`` apart: a header line for each request, then the content."""
    position = 0
    for name in wanted:
        end = output.index(b"\n", position)
        header = output[position:end].split(b" ")
        position = end + 1
        if len(header) != 3 or not header[2].isdigit():
            continue  # "NAME missing" or "NAME ambiguous"
        size = int(header[2])
        # A branch may have a name that is an id as well, and then git means the branch.
        if header[1] == b"blob" and header[0].startswith(name.encode()):
            yield name, output[position : position + size]
        position += size + 1
