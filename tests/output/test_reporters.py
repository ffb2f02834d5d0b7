"""Every output holds every finding, and hostile text does no harm in any of them."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from pathlib import Path

import jsonschema
import pytest
from builders import change_set, changed, finding, hunk

from reviewbot.core.change import Side
from reviewbot.core.errors import ReviewFileError
from reviewbot.core.finding import Confidence, Finding, Placement, Severity, Suggestion, identified
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import (
    Assignment,
    Coverage,
    Evidence,
    Failure,
    FileCoverage,
    FileMatch,
    Grade,
    ItemVerdict,
    Note,
    Review,
    Section,
    Source,
    Status,
    Unassigned,
    Verdict,
)
from reviewbot.output import formats, saved
from reviewbot.output.markdown import bodies, writer
from reviewbot.output.reason_sentences import read

HOSTILE = (
    "x\x1b[31m](http://evil.example) ![i](http://evil.example/i.png) @everyone"
    " <!-- m --> <b> | `a` ``` [bold]x[/] \u202e"
)
FORMATS = formats.FORMATS


def placed(placement: Placement, reason: str, **changes: object) -> Finding:
    return finding(placement=placement, placement_reason=read(reason), **changes)


def review(*found: Finding, failures: tuple[Failure, ...] = ()) -> Review:
    return Review(
        source=Source("patch"),
        engines=("checks",),
        verdict=Verdict.INCOMPLETE if failures else Verdict.FINDINGS,
        sections=(Section("sinag", "Analysis", "What was found."),),
        notes=(Note("sinag", "n-plus-one", "Queries do not run inside loops.", "12 places.", 12),),
        assignments=(
            Assignment(
                "sinag",
                Grade.PROJECT,
                ("app/service.py",),
                6.5,
                (Evidence("token", "barangay", "app/service.py", 4.0, identity=True),),
                (FileMatch("app/service.py", 6.5, because(ReasonKind.OWN_EVIDENCE)),),
            ),
        ),
        unassigned=(Unassigned("README.md", because(ReasonKind.NOBODYS_KIND, "documentation")),),
        findings=identified(found),
        ledger=(
            ItemVerdict("sinag", "n-plus-one", "Queries do not run inside loops.", Status.VIOLATED, ("query-in-loop",)),
            ItemVerdict("sinag", "docstrings", "Docstrings.", Status.NOT_CHECKED),
        ),
        coverage=Coverage(
            (FileCoverage("app/service.py", "reviewed", because(ReasonKind.OTHER, "checks of sinag"), 1, 1),)
        ),
        failures=failures,
        remarks=("Without the whole files, 1 check saw only the hunks.",),
    )


FULL = review(
    placed(Placement.INLINE, "its lines are in the diff", title="An inline thing"),
    placed(Placement.SUMMARY, "a hint", title="A summary thing", start_line=9, confidence=Confidence.LOW),
    placed(
        Placement.HELD_BACK, "below the severity asked for (low)", title="A held-back thing", severity=Severity.INFO
    ),
    failures=(Failure("checks", "ruff did not run"),),
)
CHANGES = change_set(
    changed("app/service.py", hunk(1, " for a in areas:", "+    x = 1", "+    db.query(Area).get(area_id)", "+    y"))
)


@pytest.mark.parametrize("fmt", FORMATS)
def test_no_finding_and_no_failure_is_missing(fmt: str) -> None:
    text = formats.render(fmt, FULL, CHANGES)
    for title in ("An inline thing", "A summary thing"):
        assert title in text
    # What opens an issue for each finding has no place for those that nobody is to hear of.
    assert "A held-back thing" in text or "held back" in text or fmt in {"rdjson", "gitlab"}
    assert "ruff did not run" in text
    assert "clean" not in text.lower()


@pytest.mark.parametrize("fmt", ["terminal", "markdown", "html", "annotations"])
def test_details_are_named_in_one_place_and_are_nowhere_else(fmt: str) -> None:
    details = [
        placed(Placement.SUMMARY, "a detail", title=f"Detail {line}", check=check, start_line=line, end_line=line)
        for line, check in ((4, "todo-added"), (7, "todo-added"), (9, "blanket-suppression"))
    ]
    full = review(placed(Placement.INLINE, "its lines are in the diff", title="An inline thing"), *details)
    text = formats.render(fmt, full, CHANGES)
    assert "An inline thing" in text
    assert "Detail 4" not in text
    squeezed = " ".join(re.sub("</?code>|`", "", text).split())
    ids = {one.start_line: one.fingerprint[:8] for one in full.findings if one.check != "query-in-loop"}
    if fmt in ("markdown", "html"):
        assert f"todo-added: app/service.py:4 {ids[4]}, app/service.py:7 {ids[7]}" in squeezed
        assert re.search(f"blanket-suppression( Detail 9)?: app/service.py:9 {ids[9]}", squeezed)
    else:
        assert "todo-added: app/service.py:4, 7" in squeezed
        assert "blanket-suppression: app/service.py:9" in squeezed
    unsure = review(*(replace(detail, confidence=Confidence.LOW) for detail in details))
    assert "todo-added (a hint): app/" in re.sub("</?code>|`", "", formats.render(fmt, unsure, CHANGES))
    if fmt != "annotations":
        assert "3 details" in text
    if fmt in ("markdown", "html"):
        assert "<details><summary>3 details" in text


@pytest.mark.parametrize("fmt", FORMATS)
def test_a_saved_review_needs_no_change_set(fmt: str) -> None:
    assert "An inline thing" in formats.render(fmt, saved.load(formats.render("json", FULL, None)), None)


@pytest.mark.parametrize("fmt", ["terminal", "markdown", "html", "annotations"])
def test_control_characters_never_get_through(fmt: str) -> None:
    hostile = review(
        placed(
            Placement.INLINE, "its lines are in the diff", title=HOSTILE, body=HOSTILE, evidence=HOSTILE, path=HOSTILE
        ),
        failures=(Failure("checks", HOSTILE),),
    )
    text = formats.render(fmt, hostile, change_set(changed(HOSTILE, hunk(1, f"+{HOSTILE}", "+b", "+c"))))
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f-\x9f\u202a-\u202e]", text)


def test_what_a_note_says_is_not_said_again() -> None:
    again = placed(Placement.SUMMARY, "said once as a note: one of 12 alike", title="A repeated thing")
    for fmt in ("terminal", "markdown"):
        text = formats.render(fmt, review(again), CHANGES)
        assert "A repeated thing" not in text
        assert "Queries do not run inside loops." in text
    assert "A repeated thing" in formats.render("json", review(again), CHANGES)


def test_a_table_row_is_one_row() -> None:
    bad = review(placed(Placement.INLINE, "its lines are in the diff", title="a | b\nc"))
    assert "| a &#124; b c |" in writer.write(*bodies.summary(bad))


def test_a_suggestion_is_committable_only_if_it_was_seen_to_parse() -> None:
    good = finding(suggestion=Suggestion(3, 3, "    x = ```", verified=True))
    assert "````suggestion\n    x = ```\n````" in writer.write(*bodies.comment(good))
    for suggestion in (Suggestion(3, 3, "x"), Suggestion(3, 4, "x", verified=True)):
        assert "suggestion\n" not in writer.write(*bodies.comment(finding(suggestion=suggestion)))


def test_annotations_cannot_be_made_to_run_another_command() -> None:
    hostile = "x\n::set-output name=a::b\r\n::stop-commands::t"
    text = formats.render("annotations", review(placed(Placement.INLINE, "r", title=hostile, path="a,b:c.py")), None)
    assert [line for line in text.splitlines() if not re.match(r"::(error|warning|notice) (file|title)=", line)] == []
    assert "file=a%2Cb%3Ac.py," in text


def test_html_escapes_everything() -> None:
    text = formats.render(
        "html", review(placed(Placement.INLINE, "r", title="<script>alert(1)</script>", path='"><i>')), None
    )
    assert "<script>alert" not in text
    assert '"><i>' not in text
    assert not re.search(r"(?:src|href)=\"[^#]", text)


def test_sarif_has_what_readers_rely_on() -> None:
    document = json.loads(formats.render("sarif", FULL, None))
    (run,) = document["runs"]
    assert document["version"] == "2.1.0"
    # Code scanning opens an alert for each result, whatever it says of suppressions.
    assert [result["message"]["text"].startswith("A held-back") for result in run["results"]] == [False, False]
    assert len(run["tool"]["driver"]["rules"]) == len({result["ruleId"] for result in run["results"]})
    assert run["invocations"][0]["executionSuccessful"] is False
    for result in run["results"]:
        assert run["tool"]["driver"]["rules"][result["ruleIndex"]]["id"] == result["ruleId"]


def test_the_terminal_shows_the_lines_around_and_marks_the_ones_meant() -> None:
    text = formats.render("terminal", FULL, CHANGES)
    assert "       2 |     x = 1" in text
    assert ">     3 |     db.query(Area).get(area_id)" in text
    assert "1 of 2 checklist items decided (1 violated); 1 not checked" in text
    assert text.rstrip().endswith("verdict: incomplete")


def test_the_terminal_shows_removed_code_as_it_was() -> None:
    gone = placed(Placement.INLINE, "r", side=Side.LEFT, start_line=2, end_line=2, evidence="old two")
    changes = change_set(changed("app/service.py", hunk(1, " one", "-old two", " three")))
    assert ">     2 | old two" in formats.render("terminal", review(gone), changes)


def test_the_terminal_says_the_same_with_and_without_colour() -> None:
    plain = formats.render("terminal", FULL, CHANGES, formats.Manner(width=100))
    coloured = formats.render("terminal", FULL, CHANGES, formats.Manner(color=True, width=100))
    assert "\x1b[" in coloured
    stripped = re.sub(r"\x1b\[[0-9;]*m", "", coloured)
    assert [line.rstrip() for line in stripped.splitlines()] == plain.splitlines()


def test_json_is_the_published_schema_and_comes_back_the_same() -> None:
    text = formats.render("json", FULL, None)
    schema = json.loads((Path(__file__).parents[2] / "docs" / "review.schema.json").read_text(encoding="utf-8"))
    jsonschema.Draft202012Validator.check_schema(schema)
    jsonschema.validate(json.loads(text), schema)
    assert saved.load(text) == FULL
    contract = "source engines verdict sections notes assignments unassigned findings ledger coverage failures usage"
    assert set(json.loads(text)) >= {"schema_version", *contract.split()}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "review.json:1: not JSON"),
        ("[]", "schema_version is None"),
        ('{"schema_version": 2}', "schema_version is 2"),
        ('{"schema_version": 1}', "`source`"),
    ],
)
def test_a_bad_saved_review_says_why(text: str, says: str) -> None:
    with pytest.raises(ReviewFileError) as error:
        saved.load(text)
    assert says in str(error.value)


def test_keys_of_a_newer_version_are_ignored() -> None:
    data = json.loads(formats.render("json", FULL, None))
    data["future"] = 1
    data["findings"][0]["future"] = 1
    assert saved.load(json.dumps(data)) == FULL
