"""The formats that other programs read: their schemas, their limits, and what those programs rely on."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import golden
import jsonschema
import pytest
import yaml
from builders import finding

from reviewbot.core.change import Side
from reviewbot.core.explanation import Explanation
from reviewbot.core.finding import MODEL, Confidence, Finding, Item, Placement, Severity, Suggestion
from reviewbot.core.reasons import NO_REASON, ReasonKind, because
from reviewbot.core.review import Coverage, Failure, FileCoverage, Review, Source, Verdict
from reviewbot.output import formats

SCHEMAS = yaml.safe_load((Path(__file__).parents[1] / "data" / "formats.yml").read_text(encoding="utf-8"))
KNOWN = Explanation(
    "Queries run in a loop",
    f"Each is a round trip. {'Very long. ' * 200}",
    Severity.HIGH,
    Confidence.MEDIUM,
    "Ask once. See @everyone.",
    "Loops over constants.",
    "for id in ids:\n    db.get(A, id)\n",
    "db.get(A, 1)\n",
    page="https://github.com/acme/reviewbot/blob/v1/docs/checks/query-in-loop.md",
)


def review(*findings: Finding, failures: tuple[Failure, ...] = (), **more: Any) -> Review:
    return Review(Source("patch"), ("checks",), Verdict.FINDINGS, findings=findings, failures=failures, **more)


SHOWN = replace(finding(path="app/x.py"), fingerprint="f" * 16, placement=Placement.INLINE, start_line=3, end_line=4)
HELD = replace(finding(title="Nobody hears of it"), placement=Placement.HELD_BACK)
FIXED = replace(SHOWN, suggestion=Suggestion(3, 4, "one()\ntwo()", verified=True))
DELETED = replace(SHOWN, suggestion=Suggestion(3, 4, "", verified=True))


def valid(fmt: str, text: str) -> Any:
    told = json.loads(text)
    jsonschema.Draft202012Validator(SCHEMAS[fmt]).validate(told)
    return told


def rendered(fmt: str, made: Review, known: Explanation | None = None) -> Any:
    return valid(fmt, formats.render(fmt, made, None, formats.Manner(explain=lambda _: known)))


@pytest.mark.parametrize("fmt", SCHEMAS)
@pytest.mark.parametrize("name", golden.NAMES)
def test_what_is_written_is_of_its_schema(fmt: str, name: str) -> None:
    jsonschema.Draft202012Validator.check_schema(SCHEMAS[fmt])
    valid(fmt, golden.expected(name, fmt))
    valid(fmt, formats.render(fmt, golden.review(name), None, formats.Manner(explain=lambda _: KNOWN)))


def test_reviewdog_gets_places_severities_and_suggestions() -> None:
    guessed = replace(SHOWN, suggestion=Suggestion(3, 4, "one()", verified=False))
    removed = replace(SHOWN, side=Side.LEFT, severity=Severity.LOW)
    told = rendered("rdjson", review(FIXED, guessed, removed, HELD, failures=(Failure("checks", "ruff broke"),)))
    first, second, third, failed = told["diagnostics"]
    assert told["source"] == {"name": "reviewbot"}
    assert first["location"] == {"path": "app/x.py", "range": {"start": {"line": 3}, "end": {"line": 4}}}
    lines = {"start": {"line": 3, "column": 1}, "end": {"line": 5, "column": 1}}
    assert first["suggestions"] == [{"range": lines, "text": "one()\ntwo()\n"}]
    assert ("suggestions" in second, "range" in third["location"]) == (False, False)
    assert [one["severity"] for one in (first, third, failed)] == ["ERROR", "INFO", "ERROR"]
    assert failed["message"] == "checks: ruff broke"
    (linked,) = rendered("rdjson", review(SHOWN), KNOWN)["diagnostics"]
    assert linked["code"] == {"value": "query-in-loop", "url": KNOWN.page}


def test_gitlab_gets_all_that_it_shows_nothing_without() -> None:
    (shown, failed) = rendered("gitlab", review(SHOWN, HELD, failures=(Failure("checks", "ruff broke"),)))
    for issue in (shown, failed):
        assert {"description", "check_name", "fingerprint", "severity", "location"} == issue.keys()
    assert shown["location"] == {"path": "app/x.py", "lines": {"begin": 3, "end": 4}}
    assert shown["fingerprint"] == "f" * 16


@pytest.mark.parametrize("fmt", ["rdjson", "gitlab"])
def test_a_review_without_findings_is_a_document_all_the_same(fmt: str) -> None:
    told = rendered(fmt, review())
    assert (told if fmt == "gitlab" else told["diagnostics"]) == []


def only_run(made: Review, known: Explanation | None = None) -> Any:
    (run,) = rendered("sarif", made, known)["runs"]
    return run


def test_code_scanning_gets_a_rule_that_explains_itself() -> None:
    (rule,) = only_run(review(SHOWN), KNOWN)["tool"]["driver"]["rules"]
    assert rule["helpUri"] == KNOWN.page
    assert rule["shortDescription"]["text"] == "Queries run in a loop"
    assert rule["fullDescription"]["text"].endswith("…")
    assert rule["defaultConfiguration"]["level"] == "error"
    assert rule["properties"] == {"tags": ["sinag/n-plus-one"], "precision": "medium", "problem.severity": "error"}
    markdown = rule["help"]["markdown"]
    assert "**Reported:**\n\n```python\nfor id in ids:\n    db.get(A, id)\n```" in markdown
    assert "**Left alone:**\n\n```python\ndb.get(A, 1)\n```" in markdown
    assert "@everyone" not in markdown, "a team's own words mention nobody"
    (plain,) = only_run(review(SHOWN))["tool"]["driver"]["rules"]
    assert {"helpUri", "help", "fullDescription"}.isdisjoint(plain)


@pytest.mark.parametrize(
    ("severity", "least", "most"),
    [(Severity.CRITICAL, 9.1, 10), (Severity.HIGH, 7, 8.9), (Severity.MEDIUM, 4, 6.9), (Severity.LOW, 0.1, 3.9)],
)
def test_code_scanning_calls_security_as_severe_as_we_do(severity: Severity, least: float, most: float) -> None:
    known = replace(KNOWN, security=True, severity=severity)
    (rule,) = only_run(review(SHOWN), known)["tool"]["driver"]["rules"]
    assert rule["properties"]["tags"][0] == "security"
    assert least <= float(rule["properties"]["security-severity"]) <= most


def test_what_a_model_says_is_a_rule_of_the_item() -> None:
    said = replace(SHOWN, check=MODEL)
    other = replace(said, item="other", fingerprint="e" * 16)
    run = only_run(review(said, other, SHOWN))
    assert [rule["id"] for rule in run["tool"]["driver"]["rules"]] == ["sinag/n-plus-one", "sinag/other", SHOWN.check]
    assert [result["ruleIndex"] for result in run["results"]] == [0, 1, 2]


@pytest.mark.parametrize(("made", "gives"), [(FIXED, "1\n2\none()\ntwo()\n5\n"), (DELETED, "1\n2\n5\n")])
def test_a_fix_gives_the_file_that_was_tried(made: Finding, gives: str) -> None:
    ((fix,),) = (result["fixes"] for result in only_run(review(made))["results"])
    ((replacement,),) = (change["replacements"] for change in fix["artifactChanges"])
    lines, region = "1\n2\n3\n4\n5\n".splitlines(keepends=True), replacement["deletedRegion"]
    # Where no columns are said a region ends before the end of its last line.
    start = sum(map(len, lines[: region["startLine"] - 1])) + region.get("startColumn", 1) - 1
    own = region.get("endColumn", len(lines[region["endLine"] - 1]))
    end = sum(map(len, lines[: region["endLine"] - 1])) + own - 1
    text = "".join(lines)
    assert text[:start] + replacement["insertedContent"]["text"] + text[end:] == gives


def test_an_unproven_suggestion_is_no_fix() -> None:
    guessed = replace(SHOWN, suggestion=Suggestion(3, 4, "one()", verified=False))
    assert "fixes" not in only_run(review(guessed))["results"][0]


def test_columns_are_those_of_the_quote_where_it_is_whole() -> None:
    whole = replace(SHOWN, evidence="    a = (\n        b)", start_line=3, end_line=4)
    cut = replace(SHOWN, evidence="    a = (", start_line=3, end_line=4)
    regions = [one["locations"][0]["physicalLocation"]["region"] for one in only_run(review(whole, cut))["results"]]
    assert regions[0] == {"startLine": 3, "startColumn": 5, "endLine": 4, "endColumn": 11}
    assert regions[1] == {"startLine": 3, "endLine": 4}


def test_of_more_than_code_scanning_keeps_the_worst_are_there_and_the_others_counted() -> None:
    many = [replace(SHOWN, fingerprint=f"{at:016x}", severity=Severity.LOW) for at in range(7000)]
    many[6999] = replace(many[6999], severity=Severity.CRITICAL)
    run = only_run(review(*many), KNOWN)
    assert len(run["results"]) == 5000
    assert run["results"][-1]["level"] == "error"
    (said,) = run["invocations"][0]["toolExecutionNotifications"]
    assert said["level"] == "warning"
    assert "2000" in said["message"]["text"]


def test_a_rule_has_no_more_tags_than_are_shown() -> None:
    many = replace(SHOWN, also=tuple(Item("other", f"item-{at}") for at in range(30)))
    (rule,) = only_run(review(many, many), replace(KNOWN, security=True))["tool"]["driver"]["rules"]
    assert len(rule["properties"]["tags"]) == 10


HINT = replace(SHOWN, confidence=Confidence.LOW, severity=Severity.CRITICAL, fingerprint="a" * 16)


def test_a_hint_stops_nobody_in_other_programs_and_is_called_one() -> None:
    (issue,) = rendered("gitlab", review(HINT))
    (diagnostic,) = rendered("rdjson", review(HINT))["diagnostics"]
    assert issue["severity"] == "info"
    assert diagnostic["severity"] == "INFO"
    for words in (issue["description"], diagnostic["message"]):
        assert words.startswith("A query runs in a loop (critical, a hint)")
    assert formats.render("annotations", review(HINT), None).startswith("::notice ")
    assert formats.render("concise", review(HINT), None).splitlines()[0].endswith("A query runs in a loop (a hint)")
    assert "| critical, a hint |" in formats.render("markdown", review(HINT), None)
    suite = xml(review(HINT, coverage=Coverage((FileCoverage("app/x.py", "reviewed", NO_REASON),))))
    assert [[child.tag for child in case] for case in suite.iter("testcase")] == [["skipped"], []]


def test_code_scanning_gets_a_hint_as_a_note_of_a_rule_that_is_not_severe() -> None:
    security = replace(KNOWN, security=True, severity=Severity.CRITICAL, confidence=Confidence.HIGH)
    run = only_run(review(HINT), security)
    (result,), (rule,) = run["results"], run["tool"]["driver"]["rules"]
    assert result["level"] == rule["defaultConfiguration"]["level"] == "note"
    assert "(critical, a hint)" in result["message"]["text"]
    assert result["properties"] == {"agent": "sinag", "item": "n-plus-one", "severity": "critical", "hint": True}
    assert rule["properties"]["precision"] == "low"
    assert "security-severity" not in rule["properties"]
    both = only_run(review(HINT, SHOWN), security)
    assert [one["level"] for one in both["results"]] == ["note", "error"]
    (rule,) = both["tool"]["driver"]["rules"]
    assert rule["properties"] | {"precision": "high", "security-severity": "9.5"} == rule["properties"]


def xml(made: Review) -> ET.Element:
    suite = ET.fromstring(formats.render("junit", made, None)).find("testsuite")  # noqa: S314 - it is our own
    assert suite is not None
    return suite


def counts(suite: ET.Element) -> tuple[int, ...]:
    return tuple(int(suite.get(key, "-1")) for key in ("tests", "failures", "errors", "skipped"))


def test_junit_has_a_case_for_each_finding_failure_and_file() -> None:
    reason = because(ReasonKind.OTHER, "documentation")
    statuses = (("app/x.py", "reviewed"), ("app/y.py", "partial"), ("README.md", "skipped"))
    coverage = Coverage(tuple(FileCoverage(path, status, reason) for path, status in statuses))
    suite = xml(review(SHOWN, HELD, failures=(Failure("checks", "ruff broke"),), coverage=coverage))
    assert counts(suite) == (4, 1, 1, 1)
    cases = suite.iter("testcase")
    names = [(case.get("classname"), case.get("name"), [child.tag for child in case]) for case in cases]
    assert names == [
        ("app/x.py", "query-in-loop app/x.py:3-4", ["failure"]),
        ("reviewbot", "checks", ["error"]),
        ("app/y.py", "review", []),
        ("README.md", "review", ["skipped"]),
    ]


def test_junit_does_not_pass_what_nothing_looked_at() -> None:
    made = replace(review(not_reviewed=("a.ts",)), verdict=Verdict.NOT_REVIEWED)
    assert counts(xml(made)) == (1, 0, 1, 0)


def test_junit_is_xml_whatever_is_in_it() -> None:
    hostile = "\x00\x1b[31m]]><!--&<a b='\"'>\ud800\ufffe\uffff\r\n"
    suite = xml(review(replace(SHOWN, title=hostile, body=hostile, path=hostile, check=hostile)))
    assert counts(suite) == (1, 1, 0, 0)
    assert [child.tag for case in suite for child in case] == ["failure"]
