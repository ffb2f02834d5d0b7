"""`reviewbot doctor`: each part is fine, or it says what to do."""

from __future__ import annotations

import subprocess
from typing import TYPE_CHECKING

from fakegithub import FakeGitHub
from gitrepo import GitRepo, git_of_another_user

from reviewbot.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest


def doctor(capsys: pytest.CaptureFixture[str], code: int = 0) -> dict[str, str]:
    """Run it here; give part → how it is."""
    assert main.main(["doctor"]) == code
    lines = capsys.readouterr().out.splitlines()
    said: dict[str, str] = {}
    for line in lines:
        state, part = line[:8].strip(), line[8:22].strip()
        assert state, line
        said.setdefault(part, f"{state}: {line[23:]}")
    return said


def test_a_repository_without_anything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    GitRepo(tmp_path).commit({"x.py": "a = 1\n"})
    monkeypatch.chdir(tmp_path)
    found = doctor(capsys)
    assert found["workflow"] == "to do: none uses the Action: `reviewbot init` writes one"
    assert found["history"] == "ok: whole; branches are compared with main"
    assert found["engine"].startswith("note: auto: the checks alone; a key is optional: with ANTHROPIC_API_KEY ")
    assert found["baseline"].startswith("note: none; `reviewbot baseline`")
    assert found["token"].startswith("note: none, which only --pr and post need")


def test_a_repository_with_everything(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    GitRepo(tmp_path).commit({"x.py": "a = 1\n", ".reviewbot.yml": "fail_on: high\n"})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("ANTHROPIC_API_KEY", "a-key-for-nobody")
    assert main.main(["init", "--action", "acme/reviewbot@v1"]) == 0
    assert main.main(["init", "--action", "acme/reviewbot@v1", "--workflow", "manual"]) == 0
    assert main.main(["baseline"]) == 0
    capsys.readouterr()
    found = doctor(capsys)
    named = (f".github/workflows/{name} uses acme/reviewbot@v1" for name in ("reviewbot-manual.yml", "reviewbot.yml"))
    assert found["workflow"] == f"ok: {', '.join(named)}"
    assert main.main(["doctor"]) == 0
    moves = "whoever may move v1 changes what your workflow runs"
    assert [line[:8].strip() for line in capsys.readouterr().out.splitlines() if moves in line] == ["note"]
    assert found["engine"].startswith("ok: auto: the checks and Claude (claude-")


def test_a_shallow_clone_and_one_without_a_default_branch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.commit({"x.py": "a = 1\n"})
    repo.commit({"x.py": "a = 2\n"})
    clone = ["git", "clone", "-q", "--depth=1", f"file://{repo.folder}", str(tmp_path / "clone")]
    subprocess.run(clone, check=True)
    monkeypatch.chdir(tmp_path / "clone")
    assert doctor(capsys)["history"].endswith("git fetch --unshallow")
    repo.git("branch", "-m", "trunk")
    monkeypatch.chdir(repo.folder)
    assert doctor(capsys)["history"].startswith("to do: no origin/HEAD, main or master")


def test_a_repository_of_another_user(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    GitRepo(tmp_path / "repo").commit({"x.py": "a = 1\n"})
    monkeypatch.chdir(tmp_path / "repo")
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PATH", git_of_another_user(tmp_path))
    assert "git config --global --add safe.directory" in doctor(capsys, code=3)["repository"]
    assert main.main(["review"]) == main.main(["init", "--action", "acme/reviewbot@v1"]) == 2
    assert capsys.readouterr().err.count("belongs to another user") == 2


def test_claude_without_a_key_is_missing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    GitRepo(tmp_path).write({".reviewbot.yml": "engine: claude\n"})
    monkeypatch.chdir(tmp_path)
    assert doctor(capsys, code=3)["engine"].startswith("missing: claude: ")


def test_what_the_token_may_do(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.commit({"x.py": "a = 1\n"})
    monkeypatch.chdir(repo.folder)
    monkeypatch.setenv("GITHUB_TOKEN", "wrong")
    assert doctor(capsys)["token"] == "note: set; there is no `origin` on GitHub to ask about"  # noqa: S105 - what is said of it
    repo.git("remote", "add", "origin", "git@github.com:acme/app.git")
    with FakeGitHub(repo.folder) as hub:
        monkeypatch.setenv("GITHUB_API_URL", hub.url)
        assert doctor(capsys)["token"].startswith("to do: acme/app cannot be read with it: ")
        for level, words in (("read", "to do: only reads acme/app: "), ("write", "ok: may write to acme/app")):
            monkeypatch.setenv("GITHUB_TOKEN", hub.token("github-actions[bot]", contents=level))
            assert doctor(capsys)["token"].startswith(words)


def test_a_configuration_that_cannot_be_read_costs_only_the_lines_that_need_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    GitRepo(tmp_path).commit({".reviewbot.yml": "fail_on: hihg\n"})
    monkeypatch.chdir(tmp_path)
    found = doctor(capsys, code=3)
    assert found["configuration"].startswith(f"missing: {tmp_path / '.reviewbot.yml'}:1:")
    assert "did you mean `high`?" in found["configuration"]
    assert {"git", "ruff", "history", "workflow", "token"} <= found.keys()
    (tmp_path / ".reviewbot.yml").write_text("checks: {query-in-lop: off}\n")
    assert "no check is called `query-in-lop`" in doctor(capsys, code=3)["configuration"]


def test_outside_of_a_repository_and_before_the_first_commit(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert doctor(capsys, code=3)["repository"].startswith("missing: this folder is in none: ")
    GitRepo(tmp_path)
    found = doctor(capsys)
    assert found["history"] == "note: there are no commits yet"
    assert "repository" not in found
