"""Agents of several folders, the same from the disk and from the base branch."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import pytest
from gitrepo import GitRepo

from reviewbot.changes.repository import Repository
from reviewbot.changes.trees import RevisionTree
from reviewbot.cli import main
from reviewbot.core.errors import AgentError, ConfigError
from reviewbot.settings import loading
from reviewbot.settings.loading import Overrides, Settings

if TYPE_CHECKING:
    from pathlib import Path

BUNDLED = ["python-backend-reviewer", "sinag-backend-architect", "trainsmart-senior-backend-architect"]
AGENT = "---\nname: {}\ndescription: Reviews our Rust.\n---\n## Review checklist\n- `x` **{}** (high)\n"

Read = Callable[[str], Settings]


@pytest.fixture(params=["disk", "base branch"])
def read(request: pytest.FixtureRequest, tmp_path: Path) -> Read:
    """Read the settings of a repository with three folders of agents, from the one place or from the other."""
    files = {
        "one/mine.md": AGENT.format("mine", "Of one."),
        "one/sub/other.md": AGENT.format("other", "Of one, below."),
        "two/mine.md": AGENT.format("mine", "Of two."),
        "two/sinag.md": AGENT.format("sinag-backend-architect", "A copy of the team's."),
        "broken/bad.md": "---\nname: bad\nstack: {signals: [{kind: smell, pattern: x, weight: 1}]}\n---\nText\n",
    }

    def of(folders: str) -> Settings:
        repo = GitRepo(tmp_path / "repo")
        commit = repo.commit({**files, ".reviewbot.yml": f"fallback: none\nagents_dir: {folders}\n"})
        if request.param == "disk":
            return loading.of_folder(repo.folder / ".reviewbot.yml", Overrides())
        return loading.of_tree(RevisionTree(Repository(repo.folder), commit), None, Overrides())

    return of


@pytest.mark.parametrize(
    ("folders", "agents"),
    [
        ("one", ["mine", "other"]),
        ("one/", ["mine", "other"]),
        ("[one/sub, two]", ["other", "mine", "sinag-backend-architect"]),
        ("[one, bundled]", ["mine", "other", *BUNDLED[1:]]),
        ("[bundled, one]", [*BUNDLED[1:], "mine", "other"]),
        ("bundled", BUNDLED[1:]),
        ("[]", BUNDLED[1:]),
    ],
)
def test_agents_are_those_of_all_folders(read: Read, folders: str, agents: list[str]) -> None:
    assert [agent.name for agent in read(folders).agents] == agents


def test_the_earlier_folder_wins_and_that_is_said(read: Read) -> None:
    chosen = read("[two, one, bundled]")
    titles = {agent.name: agent.checklist[0].title for agent in chosen.agents}
    assert titles["mine"] == "Of two."
    assert titles["sinag-backend-architect"] == "A copy of the team's."
    (mine, sinag) = (remark for remark in chosen.remarks if "takes the place" in remark)
    assert "two/mine.md takes the place of mine of " in mine
    assert sinag.endswith("two/sinag.md takes the place of sinag-backend-architect of bundled")


def test_a_folder_within_another_is_no_conflict(read: Read) -> None:
    chosen = read("[one, one/sub, one]")
    assert [agent.name for agent in chosen.agents] == ["mine", "other"]
    assert not [remark for remark in chosen.remarks if "takes the place" in remark]


@pytest.mark.parametrize(("folders", "says"), [("[one, missing]", "missing: no "), ("[one, broken]", "bad.md:3: ")])
def test_each_folder_must_be_good(read: Read, folders: str, says: str) -> None:
    with pytest.raises((AgentError, ConfigError), match=says):
        read(folders)


def test_the_option_may_be_repeated(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "mine.md").write_text(AGENT.format("mine", "A rule."), encoding="utf-8")
    assert main.main(["agents", "list", "--agents-dir", str(tmp_path), "--agents-dir", "bundled"]) == 0
    assert [line.split()[0] for line in capsys.readouterr().out.splitlines()] == ["mine", *BUNDLED]
