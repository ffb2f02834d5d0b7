"""`reviewbot doctor` names the agents that no file of the repository would ever get."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gitrepo import GitRepo

from reviewbot.cli import main

if TYPE_CHECKING:
    from pathlib import Path

SYNC = "from sqlalchemy.orm import Session\n\n\ndef area(db: Session) -> None:\n    pass\n"
AGENT = "---\nname: {}\ndescription: {}\n---\n## Checklist\n- A rule\n"
FILES: dict[str, str | bytes | None] = {
    "requirements.txt": "fastapi\nsqlalchemy\n",
    "app/areas.py": SYNC,
    "app/empty.py": "",
    "web/logo.png": b"\x89PNG\x00\x00",
    "agents/rust.md": AGENT.format("rust-pro", "Reviews Rust"),
    "agents/writer.md": AGENT.format("writer", "Writes well"),
    "agents/django.md": AGENT.format("django-expert", "Reviews Django applications"),
}
TRAINSMART = "trainsmart-senior-backend-architect"


def unused(folder: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], said: str) -> list[str]:
    """Give what the doctor says of unused agents, with a configuration."""
    (folder / ".reviewbot.yml").write_text(said, encoding="utf-8")
    monkeypatch.chdir(folder)
    assert main.main(["doctor"]) == 0
    lines = [line[23:] for line in capsys.readouterr().out.splitlines() if line[8:].startswith("unused")]
    return [line.replace(" gets no file here:", ":") for line in lines]


@pytest.mark.parametrize(
    ("more", "said", "expected"),
    [
        ({}, "", [f"{TRAINSMART}: too little evidence, at best in app/empty.py"]),
        (
            {},
            "agents_dir: [agents, bundled]",
            [
                "django-expert: too little evidence, at best in app/areas.py",
                "rust-pro: no file is of its kind",
                "writer: no technology is known of it, and nothing is pinned to it",
                f"{TRAINSMART}: too little evidence, at best in app/empty.py",
            ],
        ),
        ({"core/lib.rs": "fn main() {}\n"}, "agents_dir: [agents]\nfallback: none", ["django-expert", "writer"]),
        ({}, "pins: [{paths: ['app/*'], agent: trainsmart}]", ["sinag-backend-architect"]),
        ({}, "agent: trainsmart", ["python-backend-reviewer", "sinag-backend-architect"]),
        ({}, "fallback: trainsmart", ["python-backend-reviewer: the fallback is trainsmart"]),
    ],
    ids=["bundled", "own", "rust", "pinned", "forced", "fallback"],
)
def test_agents_without_a_file_are_named_with_the_reason(
    more: dict[str, str | bytes | None],
    said: str,
    expected: list[str],
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    GitRepo(tmp_path).write({**FILES, **more})
    lines = unused(tmp_path, monkeypatch, capsys, said)
    assert [line[: len(start)] for line, start in zip(lines, expected, strict=True)] == expected, lines


def test_nothing_is_said_where_there_is_no_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main.main(["doctor"]) == 3
    assert "unused" not in capsys.readouterr().out


def test_an_ignored_file_is_none_of_the_repository(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    GitRepo(tmp_path).write({**FILES, ".gitignore": "build/\n", "build/lib.rs": "fn main() {}\n"})
    assert "rust-pro: no file is of its kind" in unused(tmp_path, monkeypatch, capsys, "agents_dir: agents")


def test_large_repositories_are_read_in_parts(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("reviewbot.cli.commands.unused._MOST_FILES", 2)
    GitRepo(tmp_path).write({**FILES, **{f"app/e{number}.py": "" for number in range(9)}, "z/lib.rs": "fn f() {}\n"})
    names = [line.partition(":")[0] for line in unused(tmp_path, monkeypatch, capsys, "agents_dir: [agents, bundled]")]
    assert names == ["django-expert", "writer", TRAINSMART]


@pytest.mark.parametrize(("said", "hints"), [("", 1), ("agents_dir: [.claude/agents, bundled]", 0)])
def test_agents_of_the_repository_that_are_not_used_are_offered(
    said: str, hints: int, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    GitRepo(tmp_path).write({".claude/agents/rust.md": FILES["agents/rust.md"], ".reviewbot.yml": said})
    monkeypatch.chdir(tmp_path)
    assert main.main(["doctor"]) == 0
    assert capsys.readouterr().out.count("to do   not used       .claude/agents: name it in agents_dir") == hints


def test_a_repository_that_git_cannot_read_is_said(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    GitRepo(tmp_path).commit({**FILES})
    (tmp_path / ".git" / "index").write_bytes(b"no index")
    assert unused(tmp_path, monkeypatch, capsys, "")[0].startswith("not known: ")
