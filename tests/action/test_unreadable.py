"""One byte hides no code: what GitHub or git takes for binary although its name says that it is code is named."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from gitrepo import GitRepo
from pullrequests import API, AREAS, UNSAFE, PullRequest, service

from reviewbot.cli.main import main

if TYPE_CHECKING:
    from pathlib import Path

    from pullrequests import Files

MOVED = f"{API}/services/moved.py"
BEFORE = service("areas", *[f"\n    def number_{n}(self) -> int:\n        return {n}\n" for n in range(60)])
HIDDEN = f"# \0\n{BEFORE}{UNSAFE}"
PICTURE = bytes(range(256)) * 4
# What the change is made of, and what of it nobody can read.
CASES: dict[str, tuple[Files, list[str]]] = {
    "changed": ({AREAS: HIDDEN}, [AREAS]),
    "added": ({MOVED: HIDDEN}, [MOVED]),
    "renamed": ({AREAS: None, MOVED: HIDDEN}, [MOVED]),
    "a script": ({"deploy.sh": b"#!/bin/sh\necho \0\n"}, ["deploy.sh"]),
    "what follows code": ({"Dockerfile": b"FROM x\n# \0\n"}, ["Dockerfile"]),
    "a picture": ({"logo.png": PICTURE, "font.woff2": PICTURE, "data.json": PICTURE}, []),
    "a changed picture": ({"old.png": PICTURE[::-1]}, []),
    "deleted": ({"hidden.py": None, "old.png": None}, []),
    "renamed alone": ({"hidden.py": None, "other.py": HIDDEN, "old.png": None, "new.png": PICTURE}, []),
}
AROUND: Files = {AREAS: BEFORE, "hidden.py": HIDDEN, "old.png": PICTURE}


@pytest.mark.parametrize("name", CASES)
def test_on_github(tmp_path: Path, name: str) -> None:
    files, hidden = CASES[name]
    with PullRequest(tmp_path, files, AROUND) as pull:
        result = pull.action()
        assert not pull.error
    said = next((line for line in result.summary.splitlines() if line.startswith("Nothing looked at")), "")
    if hidden:
        assert (result.code, result.outputs["verdict"]) == (0, "incomplete")
        assert hidden[0] in said.replace("\\", "")
        assert "as text (UTF-8)" in said
    else:
        assert result.outputs["verdict"] != "incomplete"
        assert result.code == 0
        assert said == ""


@pytest.mark.parametrize("name", CASES)
def test_in_a_repository(tmp_path: Path, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    files, hidden = CASES[name]
    repo = GitRepo(tmp_path / "repo")
    repo.commit(dict(AROUND))
    repo.write(dict(files))
    (tmp_path / "a.diff").write_bytes(_diff(repo))
    for arguments in (["--repo", str(repo.folder)], [str(tmp_path / "a.diff")]):
        code = main(["review", *arguments, "--format", "json"])
        review = json.loads(capsys.readouterr().out)
        unread = [path for path in review["not_reviewed"] if path in hidden]
        assert (code, unread) == (0, hidden)
        assert (review["verdict"] == "incomplete") == bool(hidden)


def test_what_is_too_large_for_github_is_not_passed_over(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: f"{BEFORE}# {'x' * 2_000_000}\n"}, AROUND) as pull:
        result = pull.action()
    assert result.outputs["verdict"] == "incomplete"
    assert "Nothing looked at apps/api/app/services/areas.py" in result.summary.replace("\\", "").replace("`", "")


def test_a_required_review_of_nothing_but_hidden_code_fails(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: HIDDEN}, AROUND) as pull:
        assert pull.action(require_review="true").code == 3
    with PullRequest(tmp_path / "seen", {AREAS: HIDDEN, MOVED: BEFORE}, AROUND) as pull:
        assert pull.action(require_review="true").code == 0


def _diff(repo: GitRepo) -> bytes:
    repo.git("add", "-A")
    return repo.git("diff", "--cached", "--find-renames", "HEAD")
