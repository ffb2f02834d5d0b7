"""The formats that other programs read: what those rely on."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import Any

import pytest
from builders import finding

from reviewbot.core.change import Side
from reviewbot.core.finding import Placement, Severity, Suggestion
from reviewbot.core.review import Failure, Review, Source, Verdict
from reviewbot.output import formats


def review(*findings: Any, failures: tuple[Failure, ...] = ()) -> Review:
    return Review(Source("patch"), ("checks",), Verdict.FINDINGS, findings=findings, failures=failures)


SHOWN = replace(finding(path="app/x.py"), fingerprint="f" * 16, placement=Placement.INLINE, start_line=3, end_line=4)
HELD = replace(finding(title="Nobody hears of it"), placement=Placement.HELD_BACK)


def rendered(fmt: str, made: Review) -> Any:
    return json.loads(formats.render(fmt, made, None))


def test_reviewdog_gets_places_severities_and_suggestions() -> None:
    fixed = replace(SHOWN, suggestion=Suggestion(3, 4, "one()\ntwo()", verified=True))
    guessed = replace(SHOWN, suggestion=Suggestion(3, 4, "one()", verified=False))
    removed = replace(SHOWN, side=Side.LEFT, severity=Severity.LOW)
    told = rendered("rdjson", review(fixed, guessed, removed, HELD, failures=(Failure("checks", "ruff broke"),)))
    first, second, third, failed = told["diagnostics"]
    assert told["source"] == {"name": "reviewbot"}
    assert first["location"] == {"path": "app/x.py", "range": {"start": {"line": 3}, "end": {"line": 4}}}
    lines = {"start": {"line": 3, "column": 1}, "end": {"line": 5, "column": 1}}
    assert first["suggestions"] == [{"range": lines, "text": "one()\ntwo()\n"}]
    assert ("suggestions" in second, "range" in third["location"]) == (False, False)
    assert [one["severity"] for one in (first, third, failed)] == ["ERROR", "INFO", "ERROR"]
    assert failed["message"] == "checks: ruff broke"


def test_gitlab_gets_all_that_it_shows_nothing_without() -> None:
    (shown, failed) = rendered("gitlab", review(SHOWN, HELD, failures=(Failure("checks", "ruff broke"),)))
    for issue in (shown, failed):
        assert {"description", "check_name", "fingerprint", "severity", "location"} == issue.keys()
        assert issue["severity"] in {"info", "minor", "major", "critical", "blocker"}
    assert shown["location"] == {"path": "app/x.py", "lines": {"begin": 3, "end": 4}}
    assert shown["fingerprint"] == "f" * 16


@pytest.mark.parametrize("fmt", ["rdjson", "gitlab"])
def test_a_review_without_findings_is_a_document_all_the_same(fmt: str) -> None:
    told = rendered(fmt, review())
    assert (told if fmt == "gitlab" else told["diagnostics"]) == []
