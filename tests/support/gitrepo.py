"""A real git repository for a test."""

from __future__ import annotations

import os
import shutil
import subprocess
from typing import TYPE_CHECKING, Self

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

_SETTINGS = (
    "user.name=Test",
    "user.email=test@example.org",
    "init.defaultBranch=main",
    "commit.gpgsign=false",
    "maintenance.auto=false",  # a process more after every commit
)
# Two repositories with the same content have the same commits.
_DATES = {"GIT_AUTHOR_DATE": "2026-01-05T09:00:00Z", "GIT_COMMITTER_DATE": "2026-01-05T09:00:00Z"}


def git_of_another_user(folder: Path) -> str:
    """Make a git to which every repository is another user's; give the PATH that finds it first."""
    program = folder / "another" / "git"
    program.parent.mkdir()
    program.write_text(f'#!/bin/sh\nGIT_TEST_ASSUME_DIFFERENT_OWNER=1 exec {shutil.which("git")} "$@"\n')
    program.chmod(0o755)
    return f"{program.parent}{os.pathsep}{os.environ['PATH']}"


class GitRepo:
    """Runs the real git in a folder of the test's own."""

    def __init__(self, folder: Path, *options: str) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        self.git("init", "-q", *options)

    def git(self, *args: str, stdin: bytes | None = None) -> bytes:
        settings = [part for setting in _SETTINGS for part in ("-c", setting)]
        environment = {**os.environ, **_DATES}
        command = ["git", *settings, *args]
        done = subprocess.run(command, cwd=self.folder, env=environment, input=stdin, capture_output=True, check=False)
        # `git diff --no-index` says with 1 that there is a difference.
        if done.returncode > (1 if "--no-index" in args else 0):
            raise AssertionError(done.stderr.decode())
        return done.stdout

    def write(self, files: Mapping[str, str] | Mapping[str, bytes] | Mapping[str, str | bytes | None]) -> None:
        for name, content in files.items():
            path = self.folder / name
            if content is None:
                path.unlink()
                continue
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_bytes(content.encode() if isinstance(content, str) else content)

    @property
    def content(self) -> dict[str, bytes]:
        """Every file there is, git's own included: what makes a copy of the repository."""
        files = (path for path in self.folder.rglob("*") if path.is_file() and "hooks" not in path.parts)
        return {str(path.relative_to(self.folder)): path.read_bytes() for path in files}

    @classmethod
    def copy(cls, folder: Path, content: Mapping[str, bytes]) -> Self:
        """Make a repository of the content of another one."""
        repo = cls.__new__(cls)
        repo.folder = folder
        repo.write(content)
        (folder / ".git" / "refs" / "tags").mkdir(exist_ok=True)
        return repo

    def commit(self, files: dict[str, str | bytes | None] | None = None, message: str = "change") -> str:
        self.write(files or {})
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", message)
        return self.git("rev-parse", "HEAD").decode().strip()
