"""The two agents that come with reviewbot carry every fact, row and item they were made from."""

from __future__ import annotations

import re
from functools import cache
from pathlib import Path
from typing import Any

import pytest
import yaml

from reviewbot.agents import agent_files
from reviewbot.checks import catalog
from reviewbot.core.agent import Agent, Scope

DATA = Path(__file__).parents[1] / "data" / "agents"
GENERAL = "python-backend-reviewer"
NAMES = ("sinag-backend-architect", "trainsmart-senior-backend-architect")

# Rows that the two checklists number; these are split into parts.
SPLIT = {"S11": "abc", "T26": "abc"}


@cache
def data(name: str) -> Any:
    return yaml.safe_load((DATA / name).read_text(encoding="utf-8"))


@cache
def bundled() -> dict[str, Agent]:
    loaded, problems = agent_files.load_dir(agent_files.bundled_dir())
    assert not problems
    return {agent.name: agent for agent in loaded}


def text_of(name: str) -> str:
    return " ".join((agent_files.bundled_dir() / f"{name}.md").read_text(encoding="utf-8").split())


def terms(source: str, key: str) -> list[tuple[str, str]]:
    return [(name, str(term)) for name, facts in data(source).items() for term in facts[key]]


def test_all_are_there_and_lint_has_nothing_to_say() -> None:
    assert sorted(bundled()) == sorted((GENERAL, *NAMES))


def test_the_general_agent_has_no_projects_rules_and_claims_nothing_by_evidence() -> None:
    general = bundled()[GENERAL]
    assert (general.stack.fallback, general.stack.signals) == (True, ())
    assert 18 <= len(general.checklist) <= 24
    assert general.item("correct-behaviour") is not None
    assert {item.scope for item in general.checklist} == {Scope.STACK}
    assert not re.search(r"(?i)sinag|trainsmart|fastapi|barangay|flow_type", text_of(GENERAL))


@pytest.mark.parametrize("name", NAMES)
def test_is_a_valid_claude_code_agent(name: str) -> None:
    front = (agent_files.bundled_dir() / f"{name}.md").read_text(encoding="utf-8").split("---\n", 2)[1]
    keys = yaml.safe_load(front)
    assert keys["name"] == name
    assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)
    assert 200 < len(keys["description"]) < 1024
    assert keys["model"] == {"sinag-backend-architect": "sonnet"}.get(name, "opus")
    assert keys["color"] == "orange"
    assert set(keys) == {"name", "description", "model", "color", "stack"}


@pytest.mark.parametrize("name", NAMES)
def test_stack_is_its_own(name: str) -> None:
    stack = bundled()[name].stack
    assert not stack.derived
    assert stack.signals
    assert any(signal.identity for signal in stack.signals)


@pytest.mark.parametrize("name", NAMES)
def test_items_sections_severities_and_scopes_are_those_of_the_table(name: str) -> None:
    found: dict[str, dict[str, str]] = {}
    for item in bundled()[name].checklist:
        marks = f"{item.severity}, project" if item.scope is Scope.PROJECT else str(item.severity)
        found.setdefault(item.section, {})[item.id] = marks
    assert found == data("items.yml")[name]
    assert [(section, list(items)) for section, items in found.items()] == [
        (section, list(items)) for section, items in data("items.yml")[name].items()
    ]


@pytest.mark.parametrize("name", NAMES)
def test_every_item_says_what_to_look_for(name: str) -> None:
    for item in bundled()[name].checklist:
        assert item.title.endswith("."), item.id
        assert len(item.text) > 40, item.id


@pytest.mark.parametrize(("name", "letter", "last"), [(NAMES[0], "S", 56), (NAMES[1], "T", 40)])
def test_rows_are_all_mapped_and_items_all_covered(name: str, letter: str, last: int) -> None:
    rows = [f"{letter}{number}{part}" for number in range(1, last + 1) for part in SPLIT.get(f"{letter}{number}", " ")]
    mapping = data("rows.yml")[name]
    assert sorted(mapping) == sorted(row.strip() for row in rows)
    covered = {item for row in mapping.values() for item in row["items"]}
    assert covered == {item.id for item in bundled()[name].checklist}


@pytest.mark.parametrize(("name", "row"), [(name, row) for name in NAMES for row in data("rows.yml")[name]])
def test_row_stands_in_the_text_of_its_items(name: str, row: str) -> None:
    mapping = data("rows.yml")[name][row]
    items = [bundled()[name].item(item) for item in mapping["items"]]
    text = " ".join(f"{item.title} {item.text}" for item in items if item)
    assert [term for term in map(str, mapping["says"]) if term not in text] == []


@pytest.mark.parametrize(("name", "term"), terms("seed_facts.yml", "exact"))
def test_literal_is_carried_exactly(name: str, term: str) -> None:
    assert term in text_of(name)


@pytest.mark.parametrize(("name", "term"), terms("seed_facts.yml", "says"))
def test_fact_is_carried(name: str, term: str) -> None:
    assert term.casefold() in text_of(name).casefold()


@pytest.mark.parametrize(("name", "term"), terms("seed_facts.yml", "example"))
def test_example_shows_it(name: str, term: str) -> None:
    body = bundled()[name].body
    (example,) = re.findall(r"```python\n(.*?)```", body, re.DOTALL)
    compile(example, f"{name}.md", "exec")
    assert term in example


def test_response_formats() -> None:
    assert bundled()[NAMES[0]].sections == (
        "Analysis",
        "Recommended Approach",
        "Implementation",
        "Explanation",
        "Trade-offs",
        "Testing Strategy",
        "Monitoring",
        "Future Considerations",
    )
    assert bundled()[NAMES[1]].sections == (
        "Recommendation",
        "Correctness",
        "Error handling",
        "Security",
        "Maintainability",
        "Performance",
        "Risks and open questions",
    )


@pytest.mark.parametrize("name", NAMES)
def test_item_lines_point_at_the_items(name: str) -> None:
    lines = (agent_files.bundled_dir() / f"{name}.md").read_text(encoding="utf-8").split("\n")
    for item in bundled()[name].checklist:
        assert lines[item.line - 1].startswith(f"- `{item.id}` **")


def test_a_check_speaks_for_a_bundled_agent_only_where_it_names_it() -> None:
    """Whoever wrote the check knew both agents and left one out; its words are for agents that nobody knew."""
    bundled, _ = agent_files.load_dir(agent_files.bundled_dir())
    assert [
        (check.id, agent.name)
        for check in catalog.load().checks.values()
        for agent in bundled
        if check.item_of(agent) is not None and not any(one.startswith(f"{agent.name}/") for one in check.items)
    ] == []
