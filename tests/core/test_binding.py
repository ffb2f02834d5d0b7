"""Which item of a foreign checklist a check is about, and that what holds for any Python is said for every agent."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import agent, change_set, changed, hunk

from reviewbot.checks import catalog
from reviewbot.core.agent import BEYOND, ChecklistItem, Scope, Signal, SignalKind, Stack
from reviewbot.core.finding import Severity
from reviewbot.core.review import Review, Status
from reviewbot.review import pipeline
from reviewbot.settings.loading import Overrides, of_folder

CASES = yaml.safe_load((Path(__file__).parents[1] / "data" / "bindings.yml").read_text(encoding="utf-8"))
CHECKS = catalog.load().checks
UNSAFE = """\
import os
import subprocess

import requests

API_KEY = "LIVE_KEY"


def report(cursor, name):
    cursor.execute(f"SELECT id FROM orders WHERE name = '{name}'")
    return cursor.fetchall()


def archive(path):
    subprocess.run(f"tar czf /tmp/out.tgz {path}", shell=True)
    try:
        requests.get("https://hooks.example.com/done", verify=False)
    except:
        pass
""".replace("LIVE_KEY", "sk_" + "live_4eC39HqLyjWDarjtT1zdp7dc")  # in two parts: no scanner shall stumble over it here


def items(*said: str, section: str = "Review") -> tuple[ChecklistItem, ...]:
    parts = [one.partition(" :: ") for one in said]
    return tuple(
        ChecklistItem(f"item-{number}", section, title, text, Severity.MEDIUM, Scope.STACK, number)
        for number, (title, _, text) in enumerate(parts, start=1)
    )


def reviewed(*said: str) -> Review:
    own = agent("foreign", *items(*said))
    settings = replace(of_folder(None, Overrides()), agents=(own,), forced=(own,), fallback=None)
    file = changed("shop/orders.py", hunk(1, *(f"+{line}" for line in UNSAFE.splitlines())))
    return pipeline.review(change_set(file), settings, catalog.load)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_a_check_speaks_for_the_item_that_is_about_the_same(case: dict[str, Any]) -> None:
    signals = tuple(Signal(SignalKind.PATH, pattern, 1) for pattern in case.get("stack", ()))
    foreign = agent(case.get("agent", "foreign"), *items(*case["items"], section=case.get("section", "Review")))
    foreign = replace(foreign, stack=Stack(signals))
    bound = {name: CHECKS[name].item_of(foreign) for name in case["checks"]}
    assert {name: item.line if item else 0 for name, item in bound.items()} == case["checks"]


def test_what_holds_for_any_python_is_filed_beyond_a_checklist_that_is_about_something_else() -> None:
    review = reviewed("Audit logging active", "Mock external services with pytest-mock")
    assert {finding.item for finding in review.findings} == {BEYOND}
    assert {"sql-built-from-strings", "command-built-from-strings", "secret-literal"} <= {
        finding.check for finding in review.findings
    }
    assert any("checks ran for foreign" in remark and "beyond its checklist" in remark for remark in review.remarks)
    statuses = {verdict.item: verdict.status for verdict in review.ledger}
    assert statuses == {
        "item-1": Status.NOT_CHECKED,
        "item-2": Status.NOT_CHECKED,
        BEYOND: Status.VIOLATED,
    }


def test_an_agent_of_eighty_items_loses_no_check() -> None:
    few, many = reviewed("x"), reviewed(*(f"Rule number {number} holds" for number in range(80)))
    assert {finding.check for finding in many.findings} == {finding.check for finding in few.findings}


def test_an_item_that_is_about_it_gets_the_finding() -> None:
    review = reviewed("Names are clear", "SQL injection is prevented")
    by_check = {finding.check: finding.item for finding in review.findings}
    assert by_check["sql-built-from-strings"] == "item-2"
    assert by_check["command-built-from-strings"] == BEYOND


def test_eighteen_lines_of_trouble_are_found_without_any_configuration() -> None:
    file = changed("shop/orders.py", hunk(1, *(f"+{line}" for line in UNSAFE.splitlines())))
    review = pipeline.review(change_set(file), of_folder(None, Overrides()), catalog.load)
    assert [one.agent for one in review.assignments] == ["python-backend-reviewer"]
    by_check = {finding.check: finding.item for finding in review.findings}
    assert {
        "sql-built-from-strings": "injection",
        "command-built-from-strings": "injection",
        "secret-literal": "no-secrets-in-code",
    }.items() <= by_check.items()


def test_checks_that_hold_for_any_python_name_an_item_of_every_agent_that_comes_along() -> None:
    for check in CHECKS.values():
        if check.everywhere:
            assert any(item.startswith("python-backend-reviewer/") for item in check.items), check.id
