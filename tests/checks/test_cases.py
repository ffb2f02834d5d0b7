"""Every check reports its `invalid` cases and leaves its `valid` ones alone; the cases are data."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from checkcases import CATALOG, found, of

from reviewbot.core.check import Needs

if TYPE_CHECKING:
    from reviewbot.core.finding import Finding

CASES = Path(__file__).with_name("cases")


def load(check: str) -> dict[str, Any]:
    data: dict[str, Any] = yaml.load((CASES / f"{check}.yml").read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
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


def said(check: str, name: str, case: Any) -> list[Finding]:
    """Give what is said of the whole file; of a bare diff that shows all of it, the same must be."""
    findings = found(of(case, check), check)
    whole_only = isinstance(case, dict) and case.get("whole_only")
    if CATALOG.checks[check].needs not in {Needs.FILE, Needs.TREE} and not whole_only:
        bare = found(of(case, check, whole=False), check)
        places = [[(f.path, f.start_line, f.side) for f in some] for some in (bare, findings)]
        assert places[0] == places[1], f"{name}: a bare diff"
    return findings


@EACH_CHECK
def test_reports(check: str) -> None:
    for name, case in cases(check, "invalid"):
        findings = said(check, name, case)
        assert findings, f"{name}: should report"
        if isinstance(case, dict) and "lines" in case:
            assert [finding.start_line for finding in findings] == case["lines"], name
        if isinstance(case, dict) and "suggestion" in case:
            replacements = [f.suggestion.replacement if f.suggestion else None for f in findings]
            assert replacements == [case["suggestion"]], name


@EACH_CHECK
def test_leaves_alone(check: str) -> None:
    for name, case in cases(check, "valid"):
        assert [(f.start_line, f.evidence) for f in said(check, name, case)] == [], name
