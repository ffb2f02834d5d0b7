"""The hook for pre-commit: its command, run by the real git before a commit, as pre-commit would."""

from __future__ import annotations

import os
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import program
import pytest
import yaml
from gitrepo import GitRepo

from reviewbot.cli.parser import parser

if TYPE_CHECKING:
    from pathlib import Path

BAD = "import hashlib\n\n\ndef hashed(password):\n    return hashlib.md5(password.encode()).hexdigest()\n"
(HOOK,) = yaml.safe_load((program.TOP / ".pre-commit-hooks.yaml").read_text(encoding="utf-8"))


def test_the_command_is_one_of_the_program() -> None:
    name, *arguments = shlex.split(HOOK["entry"])
    assert name == "reviewbot"
    assert parser().parse_args(arguments).staged
    # What it is given besides would be taken for a diff.
    assert HOOK["pass_filenames"] is False


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    made = GitRepo(tmp_path / "repo")
    made.commit({"app/x.py": "a = 1\n", "app/y.py": "a = 1\n"})
    hook = made.folder / ".git" / "hooks" / "pre-commit"
    hook.parent.mkdir(exist_ok=True)
    hook.write_text(f"#!/bin/sh\nexec {sys.executable} -m {HOOK['entry']}\n", encoding="utf-8")
    hook.chmod(0o755)
    return made


def committed(repo: GitRepo, *arguments: str) -> subprocess.CompletedProcess[str]:
    who = ("-c", "user.name=Test", "-c", "user.email=test@example.org")
    command = ["git", *who, "commit", "-m", "x", *arguments]
    environment = {**os.environ, "PYTHONPATH": str(program.TOP)}
    return subprocess.run(command, cwd=repo.folder, capture_output=True, text=True, check=False, env=environment)


def test_what_is_high_stops_the_commit_and_what_is_not_staged_does_not(repo: GitRepo) -> None:
    repo.write({"app/x.py": BAD, "app/y.py": "b = 1\n", "app/scratch.py": BAD})
    # `-a` and paths are staged in an index of their own, which git names to the hook.
    refused = committed(repo, "-a")
    said = refused.stdout + refused.stderr
    assert refused.returncode == 1
    assert "reviewing 2 staged files" in said
    assert "app/x.py:5:5 high password-hash-too-fast" in said
    done = committed(repo, "app/y.py")
    assert done.returncode == 0, done.stderr
    assert repo.git("show", "--format=", "--name-only", "HEAD").split() == [b"app/y.py"]
