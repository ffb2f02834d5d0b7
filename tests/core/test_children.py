"""What is started is what the PATH names; on Windows, too, where the current folder would come first."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest

from reviewbot.core import children

if TYPE_CHECKING:
    from pathlib import Path


def test_a_program_is_found_in_absolute_folders_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    checkout, programs = tmp_path / "checkout", tmp_path / "two words"
    for folder in (checkout, programs):
        folder.mkdir()
        (folder / "git.exe").touch()
    (checkout / "ruff.exe").touch()
    monkeypatch.chdir(checkout)
    path = os.pathsep.join(["", ".", str(tmp_path / "none"), str(programs)])
    assert children.found("git", path, ".exe") == str(programs / "git.exe")
    assert children.found(str(checkout / "ruff.exe"), path, ".exe") == str(checkout / "ruff.exe")
    with pytest.raises(FileNotFoundError):
        children.found("ruff", path, ".exe")
