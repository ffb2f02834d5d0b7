"""The terminal: what it comes to first, by file, each explanation once, a cap, and what nobody may overlook."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import Any

import golden
import pytest
from builders import finding

from reviewbot.core.finding import Confidence, Finding, Placement, Severity
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Coverage, Failure, FileCoverage, Review, Source, Verdict
from reviewbot.output import formats
from reviewbot.output.formats import Manner

INLINE = because(ReasonKind.IN_DIFF)


def shown(**changes: Any) -> Finding:
    return finding(placement=Placement.INLINE, placement_reason=INLINE, **changes)


def review(*findings: Finding, verdict: Verdict = Verdict.FINDINGS, **more: Any) -> Review:
    identified = tuple(replace(one, fingerprint=f"{at:016x}") for at, one in enumerate(findings))
    return Review(Source("patch"), ("checks",), verdict, findings=identified, **more)


def text_of(made: Review, **manner: Any) -> str:
    return formats.render("terminal", made, None, Manner(**manner))


COVERED = Coverage((FileCoverage("a.py", "reviewed", INLINE), FileCoverage("b.md", "skipped", INLINE)))


@pytest.mark.parametrize(
    ("made", "first"),
    [
        (review(shown(), shown(path="b.py", severity=Severity.LOW)), "2 findings in 2 files (1 high, 1 low)"),
        (review(verdict=Verdict.NO_FINDINGS, coverage=COVERED), "No findings in 1 file"),
        (review(verdict=Verdict.NOT_REVIEWED, not_reviewed=("a.ts",)), "Nothing was reviewed"),
        (
            review(verdict=Verdict.INCOMPLETE, coverage=COVERED),
            "Incomplete, so far no findings in 1 file",
        ),
        (
            review(shown(), verdict=Verdict.INCOMPLETE),
            "Incomplete, so far 1 finding in 1 file (1 high)",
        ),
    ],
)
def test_the_first_line_says_what_it_comes_to(made: Review, first: str) -> None:
    assert text_of(made).splitlines()[0] == first


def test_of_an_empty_change_one_line_says_all() -> None:
    empty = review(verdict=Verdict.NO_FINDINGS)
    assert text_of(empty, verbose=True) == "Nothing to review, so no findings; verdict: no findings\n"
    failed = review(verdict=Verdict.INCOMPLETE, failures=(Failure("checks", "broke"),))
    assert "failed: checks: broke" in text_of(failed)


def test_people_at_a_terminal_are_told_what_to_do_next_and_nobody_else_is() -> None:
    made = review(shown(check="query-in-loop"), shown(check="bare-except", severity=Severity.LOW))
    told = text_of(made, watched=True).splitlines()[-1]
    assert told == "`reviewbot explain query-in-loop` tells more; `--output r.html` makes a page of it"
    assert text_of(made).splitlines()[-1].endswith("verdict: findings")
    assert text_of(review(verdict=Verdict.NO_FINDINGS, coverage=COVERED), watched=True).endswith("no findings\n")


def test_where_a_finding_stands_is_said_only_where_it_is_not_on_its_lines() -> None:
    elsewhere = replace(shown(start_line=9), placement_reason=because(ReasonKind.NARROWED))
    text = text_of(review(shown(), elsewhere), verbose=True)
    assert "its lines are in the diff" not in text
    assert text.count("(narrowed to the lines that are in the diff)") == 1


def test_what_failed_and_what_nothing_looked_at_stand_before_any_finding_whatever_is_asked_for() -> None:
    made = review(
        *(shown(start_line=at, title=f"Thing {at}") for at in range(1, 200)),
        verdict=Verdict.INCOMPLETE,
        failures=(Failure("checks", "ruff did not run"),),
        not_reviewed=("web/page.tsx",),
    )
    for manner in ({}, {"verbose": True}, {"all": True}, {"color": True, "width": 100}):
        head = text_of(made, **manner).partition("Thing")[0]
        assert "failed: checks: ruff did not run" in head
        assert "Nothing looked at web/page.tsx" in head
        assert "\x1b[32m" not in head, "nothing of it is green"


def test_findings_stand_below_their_file_by_line_and_the_worst_file_first() -> None:
    made = review(
        shown(path="a.py", start_line=9, severity=Severity.LOW, title="Low of a"),
        shown(path="z.py", start_line=30, severity=Severity.CRITICAL, title="Critical of z"),
        shown(path="z.py", start_line=4, severity=Severity.LOW, title="Low of z"),
    )
    lines = [line for line in text_of(made).splitlines() if re.match(r"── |  \d", line)]
    assert lines == ["── z.py", "  4  low  Low of z", "  30  critical  Critical of z", "── a.py", "  9  low  Low of a"]


def test_an_explanation_stands_there_once() -> None:
    made = review(
        shown(path="a.py", start_line=3),
        shown(path="a.py", start_line=8),
        shown(path="b.py", start_line=2),
        shown(path="b.py", start_line=5, body="Something else about it."),
        shown(path="b.py", start_line=7, check="other-check"),
    )
    text = text_of(made)
    assert text.count("One round trip for each element.") == 2, "another check says it for itself"
    assert "query-in-loop, as in line 3 above" in text
    assert "query-in-loop, as in a.py:3 above" in text
    assert "Something else about it." in text
    assert text.count("query-in-loop for sinag/n-plus-one") == 2


def test_of_very_many_the_worst_are_shown_and_the_others_counted() -> None:
    low = [shown(path=f"a{at}.py", severity=Severity.LOW, title=f"Low {at}.") for at in range(120)]
    made = review(*low, shown(path="z.py", severity=Severity.HIGH, title="High."))
    text = text_of(made)
    assert text.count("── ") == 50
    assert "High." in text
    assert "and 71 more, none of them worse; --all shows them" in text
    assert text.startswith("121 findings in 121 files (1 high, 120 low)")
    whole = text_of(made, all=True)
    assert whole.count("── ") == 121
    assert "--all" not in whole


def test_of_very_many_places_the_first_are_named() -> None:
    details = because(ReasonKind.DETAIL)
    made = review(
        *(
            finding(path=f"{at}.py", check="todo-added", placement=Placement.SUMMARY, placement_reason=details)
            for at in range(1000)
        )
    )
    text = text_of(made)
    assert "1000 details" in text
    assert "todo-added: 0.py:3" in text
    assert "--all shows every place" in text
    assert len(text) < 1000
    assert text_of(made, all=True).count(".py:3") == 1000


def test_who_reviews_and_the_checklist_are_a_line_each_unless_asked_for() -> None:
    made = golden.review("findings")
    short, long = (formats.render("terminal", made, None, Manner(verbose=verbose)) for verbose in (False, True))
    assert "reviewed by sinag-backend-architect (3 files); -v says why" in short
    assert "7 of 11 checklist items decided" in short
    assert "grade project" not in short
    assert "violated:" not in short
    assert "grade project" in long
    for verdict in made.ledger:
        assert f"{verdict.agent}/{verdict.item}: {verdict.title}" in " ".join(long.split())


def test_what_is_held_back_is_counted_by_its_reason_and_named_where_asked_for() -> None:
    below = because(ReasonKind.BELOW_SEVERITY, "medium")
    made = review(*(shown(title=f"Held {at}") for at in range(3)))
    made = replace(
        made,
        findings=tuple(replace(f, placement=Placement.HELD_BACK, placement_reason=below) for f in made.findings),
    )
    assert "3 findings held back: below the severity asked for (medium); -v names them" in text_of(made)
    assert "Held 1" not in text_of(made)
    assert "app/service.py:3 Held 1" in text_of(made, verbose=True)


def test_a_hint_is_called_one_and_why_is_said_once() -> None:
    unproven = because(ReasonKind.UNPROVEN)
    hint = finding(confidence=Confidence.LOW, placement=Placement.SUMMARY, placement_reason=unproven)
    text = text_of(review(hint, replace(hint, path="b.py"), shown(path="c.py", severity=Severity.LOW)))
    assert text.count("A query runs in a loop  (a hint)") == 2
    assert text.count("has not yet been right often enough") == 1
    assert text.startswith("3 findings in 3 files (2 high, 1 low; 2 of them hints)\n")
    lowered = replace(hint, placement_reason=because(ReasonKind.NOT_IN_DIFF))
    assert "\na hint: low confidence\n" in text_of(review(lowered))
    assert "hint" not in text_of(review(shown()))


@pytest.mark.parametrize(("several", "says"), [(1, "(1 high, a hint)"), (2, "(2 high; 2 of them hints)")])
def test_the_count_says_how_many_are_hints(several: int, says: str) -> None:
    made = review(*(shown(confidence=Confidence.LOW, start_line=at) for at in range(1, several + 1)))
    assert says in text_of(made).splitlines()[0]
    assert says in text_of(made).splitlines()[-1]
