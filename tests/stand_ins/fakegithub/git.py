"""The git repository behind the fake."""

from __future__ import annotations

import os
import subprocess
import threading
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast

from fakegithub.diffs import FileDiff, moves, parse

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

# Somebody's own settings must not change what git prints.
_ENVIRONMENT = {"GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_GLOBAL": os.devnull, "LC_ALL": "C", "GIT_OPTIONAL_LOCKS": "0"}
_DIFF = (
    "diff",
    "--no-ext-diff",
    "--no-textconv",
    "--no-color",
    "--full-index",
    "--src-prefix=a/",
    "--dst-prefix=b/",
    "--submodule=short",
)


@dataclass(frozen=True)
class Entry:
    """An entry of a tree; ``size`` is None for all but blobs."""

    mode: str
    type: str
    sha: str
    size: int | None
    path: str


@dataclass(frozen=True)
class CommitInfo:
    """A commit; people as name, address and time."""

    sha: str
    tree: str
    parents: tuple[str, ...]
    author: tuple[str, str, str]
    committer: tuple[str, str, str]
    message: str


class Git:
    """Reads a repository. What an object id names never changes, so it is read once.

    Args:
        folder: The git directory, or a work tree that has one.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder / ".git" if (folder / ".git").exists() else folder
        self._known: dict[tuple[Any, ...], Any] = {}
        self._reader: subprocess.Popen[bytes] | None = None
        self._lock = threading.Lock()

    def run(self, *args: str) -> bytes:
        """Run git; an error is an error."""
        command = ["git", f"--git-dir={self.folder}", "-c", "core.quotePath=false", *args]
        done = subprocess.run(
            command, cwd=self.folder, env={**os.environ, **_ENVIRONMENT}, capture_output=True, check=False
        )
        if done.returncode:
            raise AssertionError(done.stderr.decode(errors="replace"))
        return done.stdout

    def close(self) -> None:
        """End the process that reads objects."""
        with self._lock:
            if self._reader is not None:
                self._reader.communicate()
                self._reader = None

    def read(self, name: str) -> tuple[str, str, bytes] | None:
        """Give id, type and content of an object by any name; None where there is none."""
        if not name or "\n" in name:
            return None
        with self._lock:
            if self._reader is None:
                command = ["git", f"--git-dir={self.folder}", "cat-file", "--batch"]
                self._reader = subprocess.Popen(
                    command,
                    cwd=self.folder,
                    env={**os.environ, **_ENVIRONMENT},
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                )
            stdin, stdout = cast("Any", self._reader.stdin), cast("Any", self._reader.stdout)
            stdin.write(name.encode() + b"\n")
            stdin.flush()
            header = stdout.readline().split()
            if len(header) != 3 or not header[2].isdigit():
                return None
            content = stdout.read(int(header[2]) + 1)[:-1]
            return header[0].decode(), header[1].decode(), content

    def branch(self, name: str) -> str | None:
        """Give the newest commit of a branch."""
        found = self.read(f"refs/heads/{name}^{{commit}}")
        return found[0] if found else None

    def commit_of(self, name: str) -> str | None:
        """Give the commit that a branch, a tag or an id names."""
        for full in (f"refs/heads/{name}", f"refs/tags/{name}", name):
            if found := self.read(f"{full}^{{commit}}"):
                return found[0]
        return None

    def _once(self, key: tuple[Any, ...], make: Callable[[], Any]) -> Any:
        if key not in self._known:
            self._known[key] = make()
        return self._known[key]

    def merge_base(self, one: str, other: str) -> str:
        """Give the merge base of two commits; the first one where they have none."""

        def make() -> str:
            try:
                return self.run("merge-base", one, other).decode().split()[0]
            except AssertionError:
                return one

        return str(self._once(("merge-base", one, other), make))

    def commits(self, base: str, head: str) -> tuple[str, ...]:
        """Give the commits of head that base lacks, oldest first."""
        key = ("commits", base, head)
        found = self._once(key, lambda: tuple(self.run("rev-list", "--reverse", head, f"^{base}").decode().split()))
        return cast("tuple[str, ...]", found)

    def commit(self, sha: str) -> CommitInfo:
        """Read a commit."""
        form = "%H%x00%T%x00%P%x00%an%x00%ae%x00%aI%x00%cn%x00%ce%x00%cI%x00%B"

        def make() -> CommitInfo:
            text = self.run("show", "-s", f"--format={form}", sha).decode(errors="replace")
            parts = text.split("\0", 9)
            author, committer = (parts[3], parts[4], parts[5]), (parts[6], parts[7], parts[8])
            return CommitInfo(parts[0], parts[1], tuple(parts[2].split()), author, committer, parts[9].strip("\n"))

        return cast("CommitInfo", self._once(("commit", sha), make))

    def tree(self, sha: str, *, recursive: bool) -> tuple[Entry, ...]:
        """List a tree; when recursive, with the trees in it."""

        def make() -> tuple[Entry, ...]:
            options = ["-r", "-t"] if recursive else []
            entries = []
            for line in self.run("ls-tree", "-l", "-z", *options, sha).decode(errors="replace").split("\0")[:-1]:
                head, _, path = line.partition("\t")
                mode, kind, oid, size = head.split()
                entries.append(Entry(mode, kind, oid, int(size) if size.isdigit() else None, path))
            return tuple(entries)

        return cast("tuple[Entry, ...]", self._once(("tree", sha, recursive), make))

    def files(self, base: str, head: str) -> tuple[FileDiff, ...]:
        """Give the changed files between two commits, as GitHub shows them."""

        def make() -> tuple[FileDiff, ...]:
            options = [*_DIFF, "-M"]
            raw = self.run(*options, "--raw", "-z", "--no-abbrev", base, head)
            return parse(raw, self.run(*options, "-p", "-U3", "--inter-hunk-context=1", base, head))

        return cast("tuple[FileDiff, ...]", self._once(("files", base, head), make))

    def moved(self, before: str, after: str, path: str, line: int) -> int | None:
        """Give where a line of one commit stands in another one; None where it was changed."""
        if before == after:
            return line
        key = ("moves", before, after)
        options = [*_DIFF, "--no-renames", "-U0", "--inter-hunk-context=0"]
        changes = self._once(key, lambda: moves(self.run(*options, "-p", before, after)))
        shift = 0
        for start, count, new_count in changes.get(path, ()):
            first = start if count else start + 1
            if line < first:
                break
            if line < first + count:
                return None
            shift += new_count - count
        return line + shift
