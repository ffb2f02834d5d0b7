"""Asking git, and nothing but git: revisions, diffs and objects, never the code under review.

Every call turns off what a repository's configuration could change or execute (external diffs,
text conversion, colour, prefixes, hooks of the file system monitor, replaced objects).
"""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from reviewbot.core.errors import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence
    from pathlib import Path

_CONFIG = (
    "core.quotePath=true",
    "core.fsmonitor=false",
    "core.untrackedCache=false",
    "diff.noprefix=false",
    "diff.mnemonicPrefix=false",
    "diff.relative=false",
    "diff.algorithm=default",
    "diff.renames=true",
    "diff.submodule=short",
    "diff.suppressBlankEmpty=false",
    "diff.interHunkContext=0",
    "diff.context=3",
    "i18n.logOutputEncoding=UTF-8",
    "color.ui=false",
    "safe.directory=*",  # a container's work tree belongs to another user; we only read
)
# A replace ref would give another object than the one that was asked for.
_OPTIONS = ("--no-pager", "--no-optional-locks", "--no-replace-objects")
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


class Repository:
    """One repository on the disk.

    Args:
        folder: Its work tree or a folder in it, or a bare repository.
        options: What else git is given before the command.
    """

    def __init__(self, folder: Path, options: Sequence[str] = ()) -> None:
        self.folder = folder
        self._options = tuple(options)

    def run(self, *args: str, stdin: bytes | None = None, codes: Collection[int] = (0,)) -> bytes:
        """Run git and give what it prints.

        Args:
            args: What follows ``git`` and the settings.
            stdin: What it reads.
            codes: Exit codes that are no failure.

        Raises:
            RepositoryError: git is not there, or it failed; the message is its own.
        """
        settings = [part for setting in _CONFIG for part in ("-c", setting)]
        command = ["git", "-C", str(self.folder), *_OPTIONS, *settings, *self._options, *args]
        try:
            done = subprocess.run(command, input=stdin, capture_output=True, check=False)  # noqa: S603 - arguments are a list
        except FileNotFoundError as error:
            raise RepositoryError("git is not installed, or not on the PATH") from error
        if done.returncode not in codes:
            words = done.stderr.decode("utf-8", errors="replace").strip().splitlines()
            raise RepositoryError(f"{self.folder}: git {args[0]} failed: {words[-1] if words else 'no message'}")
        return done.stdout

    def text(self, *args: str, codes: Collection[int] = (0,)) -> str:
        """Run git and give the text it prints, without the newline at the end."""
        return self.run(*args, codes=codes).decode("utf-8", errors="replace").rstrip("\n")

    @property
    def exists(self) -> bool:
        """Whether the folder belongs to a repository."""
        try:
            self.run("rev-parse", "--git-dir")
        except RepositoryError:
            return False
        return True

    def commit(self, revision: str, option: str) -> str:
        """Give the full id of the commit that ``revision`` names.

        Args:
            revision: A branch, tag or id; also the branch of ``origin`` of that name.
            option: The option it was given with, for the message.

        Raises:
            RepositoryError: There is no such commit.
        """
        for name in (revision, f"origin/{revision}"):
            if name.startswith("-"):
                break
            try:
                return self.text("rev-parse", "--verify", "--quiet", "--end-of-options", f"{name}^{{commit}}")
            except RepositoryError:
                continue
        raise RepositoryError(
            f"{option} {revision}: no such branch, tag or commit in {self.folder}; "
            "fetch it first (in a workflow: actions/checkout with fetch-depth: 0)"
        )

    def blobs(self, ids: Iterable[str]) -> dict[str, bytes]:
        """Read objects in one go; unknown and ambiguous ids, and what is no blob, are left out.

        Args:
            ids: Object ids, full or abbreviated, or ``REVISION:path``.
        """
        wanted = list(dict.fromkeys(ids))
        if not wanted:
            return {}
        output = self.run("cat-file", "--batch", stdin="".join(f"{name}\n" for name in wanted).encode())
        return dict(_objects(wanted, output))


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
        if header[1] == b"blob":
            yield name, output[position : position + size]
        position += size + 1
