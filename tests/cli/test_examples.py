"""The examples are reviewed as their README says: what is found, and what is left alone."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import pytest
import yaml

from reviewbot.agents import agent_files
from reviewbot.changes import patch
from reviewbot.checks import catalog
from reviewbot.review import pipeline
from reviewbot.settings.config import Config
from reviewbot.settings.loading import Settings

if TYPE_CHECKING:
    from reviewbot.core.review import Review

EXAMPLES = Path(__file__).parents[2] / "examples"
EXPECTED = yaml.safe_load((Path(__file__).parents[1] / "data" / "examples.yml").read_text(encoding="utf-8"))


def review(name: str) -> Review:
    agents, _ = agent_files.load_dir(agent_files.bundled_dir())
    return pipeline.review(patch.read((EXAMPLES / name).read_bytes()), Settings(Config(), agents), catalog.load)


def test_every_example_is_expected_something_of() -> None:
    assert sorted(EXPECTED) == sorted(path.name for path in EXAMPLES.glob("*.diff"))


@pytest.mark.parametrize("name", EXPECTED)
def test_agents_and_findings(name: str) -> None:
    result = review(name)
    expected = EXPECTED[name]
    assert {one.agent: [one.grade, *one.files] for one in result.assignments} == expected["agents"]
    assert [f"{f.check} {f.path}:{f.start_line}" for f in result.findings] == expected["findings"]
    assert result.failures == ()


@pytest.mark.parametrize("name", EXPECTED)
def test_the_examples_are_of_a_size_to_read(name: str) -> None:
    assert 60 <= (EXAMPLES / name).read_text(encoding="utf-8").count("\n") <= 300


@pytest.mark.parametrize("name", EXPECTED)
def test_every_file_and_every_item_is_accounted_for(name: str) -> None:
    changes = patch.read((EXAMPLES / name).read_bytes())
    result = review(name)
    assert [file.path for file in result.coverage.files] == [file.path for file in changes.files]
    agents = {one.name: one for one in agent_files.load_dir(agent_files.bundled_dir())[0]}
    items = [(one.agent, item.id) for one in result.assignments for item in agents[one.agent].checklist]
    assert [(verdict.agent, verdict.item) for verdict in result.ledger] == items
    in_ledger = {fingerprint for verdict in result.ledger for fingerprint in verdict.findings}
    assert in_ledger == {finding.fingerprint for finding in result.findings if finding.placement != "held_back"}
