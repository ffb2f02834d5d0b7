"""Who reviews the Python files that no agent claims: the general agent, another one, or nobody."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from builders import change_set, changed, hunk

from reviewbot.checks import catalog
from reviewbot.core.errors import ConfigError
from reviewbot.core.review import Grade, Review, Status
from reviewbot.output.reason_sentences import sentence
from reviewbot.review import pipeline
from reviewbot.settings.loading import Overrides, of_folder

if TYPE_CHECKING:
    from pathlib import Path

GENERAL = "python-backend-reviewer"
TEAMS = "---\nname: {}\ndescription: Reviews our Rust.\n{}---\n## Review checklist\n- `x` **A rule.** (high)\n"


def reviewed(folder: Path, configuration: str = "", **files: str) -> Review:
    """Review a change of one Python file that says nothing, as the configuration and agent files in a folder want."""
    (folder / ".reviewbot.yml").write_text(configuration, encoding="utf-8")
    for name, stack in files.items():
        (folder / "agents").mkdir(exist_ok=True)
        (folder / "agents" / f"{name}.md").write_text(TEAMS.format(name, stack), encoding="utf-8")
    settings = of_folder(folder / ".reviewbot.yml", Overrides())
    return pipeline.review(change_set(changed("a.py", hunk(1, "+x = 1"))), settings, catalog.load)


def grades(review: Review) -> dict[str, Grade]:
    return {one.agent: one.grade for one in review.assignments}


def test_the_general_agent_is_the_default_also_beside_a_teams_own_agents(tmp_path: Path) -> None:
    assert grades(reviewed(tmp_path)) == {GENERAL: Grade.FALLBACK}
    assert grades(reviewed(tmp_path, "agents_dir: agents", ours="")) == {GENERAL: Grade.FALLBACK}


def test_a_team_may_have_a_general_agent_of_its_own(tmp_path: Path) -> None:
    review = reviewed(tmp_path, "agents_dir: agents", ours="stack: fallback\n")
    assert grades(review) == {"ours": Grade.FALLBACK}


def test_another_agent_is_named_without_its_projects_rules(tmp_path: Path) -> None:
    review = reviewed(tmp_path, "fallback: trainsmart")
    assert grades(review) == {"trainsmart-senior-backend-architect": Grade.FALLBACK}
    own = [verdict.item for verdict in review.ledger if verdict.status is Status.NOT_APPLICABLE]
    assert "no-trailing-slash" in own


def test_none_leaves_them_to_nobody(tmp_path: Path) -> None:
    review = reviewed(tmp_path, "fallback: none")
    assert grades(review) == {}
    assert [sentence(file.reason) for file in review.unassigned] == ["too little evidence of any agent's stack"]


def test_an_agent_that_is_not_there_is_an_error_that_says_so(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match=r"`fallback`: no agent is called `nobody`.*or write `none`"):
        reviewed(tmp_path, "fallback: nobody")
