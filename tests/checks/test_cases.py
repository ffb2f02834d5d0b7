"""Every check reports its `invalid` cases and leaves its `valid` ones alone; the cases are data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from checkcases import CATALOG, found, of

from reviewbot.check import Needs

CASES = Path(__file__).with_name("cases")


def load(check: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.safe_load((CASES / f"{check}.yml").read_text(encoding="utf-8"))
    return data


def cases(check: str, kind: str) -> list[tuple[str, Any]]:
    """Give the cases of a check, each with its name for messages."""
    return [(f"{kind} case {number}", case) for number, case in enumerate(load(check)[kind], start=1)]


EACH_CHECK = pytest.mark.parametrize("check", CATALOG.checks)


@EACH_CHECK
def test_every_check_has_at_least_three_cases_of_each_kind(check: str) -> None:
    data = load(check)
    assert data["id"] == check
    assert len(data["valid"]) >= 3
    assert len(data["invalid"]) >= 3


@EACH_CHECK
def test_reports(check: str) -> None:
    for name, case in cases(check, "invalid"):
        findings = found(of(case, check), check)
        assert findings, f"{name}: should report"
        if isinstance(case, dict) and "lines" in case:
            assert [finding.start_line for finding in findings] == case["lines"], name
        if isinstance(case, dict) and "suggestion" in case:
            replacements = [f.suggestion.replacement if f.suggestion else None for f in findings]
            assert replacements == [case["suggestion"]], name


@EACH_CHECK
def test_leaves_alone(check: str) -> None:
    for name, case in cases(check, "valid"):
        assert [(f.start_line, f.evidence) for f in found(of(case, check), check)] == [], name


@pytest.mark.parametrize(
    "check", [name for name, check in CATALOG.checks.items() if check.needs not in {Needs.FILE, Needs.TREE}]
)
def test_says_the_same_of_a_bare_diff_that_shows_all_of_it(check: str) -> None:
    for name, case in (*cases(check, "invalid"), *cases(check, "valid")):
        if isinstance(case, dict) and case.get("whole_only"):
            continue
        bare, whole = (found(of(case, check, whole=whole), check) for whole in (False, True))
        assert [(f.path, f.start_line, f.side) for f in bare] == [(f.path, f.start_line, f.side) for f in whole], name
