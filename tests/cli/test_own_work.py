"""`reviewbot review` without a diff: what it takes, and that it says so in its first line."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from gitrepo import GitRepo

from reviewbot.cli import main

if TYPE_CHECKING:
    from pathlib import Path

CODE = "import hashlib\n\n\ndef hashed(password):\n    return hashlib.md5(password.encode()).hexdigest()\n"


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepo:
    made = GitRepo(tmp_path / "repo")
    made.commit({"app/x.py": "a = 1\n"})
    made.git("checkout", "-q", "-b", "feature")
    monkeypatch.chdir(made.folder / "app")
    return made


def reviewed(capsys: pytest.CaptureFixture[str], *args: str) -> tuple[list[str], str]:
    """Give the files that were reviewed, and the first line of the talk."""
    assert main.main(["review", *args, "--format", "json"]) == 0
    shown = capsys.readouterr()
    return [file["path"] for file in json.loads(shown.out)["coverage"]["files"]], shown.err.split("\n")[0]


def test_the_branch_with_its_uncommitted_work(repo: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.commit({"app/y.py": CODE})
    repo.write({"app/x.py": "b = 1\n"})
    files, first = reviewed(capsys)
    assert files == ["app/x.py", "app/y.py"]
    assert first == "reviewbot: reviewing 1 commit of branch feature since main, and uncommitted work in 1 file"


def test_a_base_leaves_it_out_and_says_how_to_have_it(repo: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.commit({"app/y.py": CODE})
    assert reviewed(capsys, "--base", "main") == (["app/y.py"], "")
    repo.write({"app/x.py": "b = 1\n"})
    files, first = reviewed(capsys, "--base", "main")
    assert files == ["app/y.py"]
    assert first == "reviewbot: uncommitted work in 1 file is left out; --uncommitted reviews it, too"
    files, _ = reviewed(capsys, "--base", "main", "--uncommitted")
    assert files == ["app/x.py", "app/y.py"]


def test_what_is_staged_is_what_the_commit_will_have(repo: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.write({"app/x.py": CODE})
    repo.git("add", "app/x.py")
    repo.write({"app/x.py": "a = 1\n", "app/scratch.py": CODE})
    assert main.main(["review", "--staged", "--format", "json"]) == 0
    shown = capsys.readouterr()
    told = json.loads(shown.out)
    assert shown.err == "reviewbot: reviewing 1 staged file\n"
    assert [(one["path"], one["check"]) for one in told["findings"]] == [("app/x.py", "password-hash-too-fast")]
    assert [(file["path"], file["status"]) for file in told["coverage"]["files"]] == [("app/x.py", "reviewed")]
    repo.git("reset", "-q")
    assert reviewed(capsys, "--staged") == ([], "reviewbot: nothing to review: nothing is staged")


def test_the_first_commit_is_staged_as_well(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    made = GitRepo(tmp_path / "new")
    made.write({"app/x.py": CODE})
    made.git("add", ".")
    assert reviewed(capsys, "--staged", "--repo", str(made.folder))[0] == ["app/x.py"]


@pytest.mark.parametrize("other", [["x.diff"], ["--base", "main"], ["--head", "main"], ["--uncommitted"]])
def test_staged_is_the_whole_change(other: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["review", "--staged", *other]) == 2
    assert "--staged is the whole change" in capsys.readouterr().err


def test_nothing_to_review_says_why(repo: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    files, first = reviewed(capsys)
    why = "branch feature has no commits that main lacks, and nothing is uncommitted"
    assert (files, first) == ([], f"reviewbot: nothing to review: {why}")
    repo.git("checkout", "-q", "main")
    files, first = reviewed(capsys)
    why = "branch main is what others are compared with, and nothing is uncommitted (--base REF: since REF)"
    assert (files, first) == ([], f"reviewbot: nothing to review: {why}")


def test_outside_of_a_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main.main(["review"]) == 2
    assert "this folder is in no git repository. Give a diff file" in capsys.readouterr().err


def test_uncommitted_work_has_no_other_head(repo: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    del repo
    assert main.main(["review", "--uncommitted", "--head", "main"]) == 2
    assert "it goes with --base, or alone" in capsys.readouterr().err
    assert main.main(["review", "--pr", "acme/app#1", "--uncommitted"]) == 2
    assert "--pr and --uncommitted exclude each other" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("given", "meant"),
    [
        ("main", "; did you mean `--base main`?"),
        ("HEAD~1", "; did you mean `--base HEAD~1`?"),
        ("main..feature", "; did you mean `--base main --head feature`?"),
        ("main...feature", "; did you mean `--base main --head feature`?"),
        ("main..", "; did you mean `--base main`?"),
        ("nobody", ": No such file or directory"),
        ("main..nobody", ": No such file or directory"),
        ("../app", "; did you mean `--repo ../app`?"),
    ],
)
def test_a_revision_in_the_place_of_a_diff(
    given: str, meant: str, repo: GitRepo, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit({"app/y.py": CODE})
    assert main.main(["review", given]) == 2
    shown = capsys.readouterr().err
    assert shown.startswith(f"reviewbot: error: {given}: cannot read this diff: ")
    assert shown.endswith(f"{meant}\n")


def test_a_source_file_in_the_place_of_a_diff(repo: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.write({"app/x.py": CODE, "app/notes.txt": "hello\n"})
    assert main.main(["review", "x.py"]) == 2
    said = "reviewbot: error: x.py: this is a file, and no diff; `reviewbot review` alone reviews what you changed"
    assert capsys.readouterr().err.startswith(said)
    assert main.main(["review", "notes.txt"]) == 2
    assert "this is not a unified diff" in capsys.readouterr().err
