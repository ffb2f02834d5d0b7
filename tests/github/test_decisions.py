"""Which findings get a comment, given what was said before, and which threads are settled, in which words."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from builders import change_set, changed, finding, hunk
from conversations import part, thread

from reviewbot.core.change import LineKind, Side
from reviewbot.core.finding import Finding, Item, Placement
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import (
    Assignment,
    Coverage,
    Failure,
    FileCoverage,
    Grade,
    Review,
    Source,
    Verdict,
)
from reviewbot.github import state
from reviewbot.github.decisions import Rules, closing, settled
from reviewbot.github.state import Dismissal
from reviewbot.github.threads import Conversation, Thread

PATH = "app/service.py"
LINE = "    db.query(Area).get(area_id)"
CHANGES = change_set(changed(PATH, hunk(1, " a", " b", f"+{LINE}", "+x = 1")), head="abcdef0123456789")
RULES = Rules("https://github.com")
SEEN = FileCoverage(PATH, "reviewed", because(ReasonKind.BY_MODEL), 1, 1, ("checks", "claude"))


def one(print_: str = "f" * 16, **more: Any) -> Finding:
    return finding(**{"fingerprint": print_, "placement": Placement.INLINE, "evidence": LINE, **more})


def review(*findings: Finding, file: FileCoverage | None = SEEN, **more: Any) -> Review:
    by_hand = {
        "coverage": Coverage((file,) if file else ()),
        "assignments": (Assignment("sinag", Grade.PROJECT, (PATH,), 1.0),),
    }
    return Review(Source("github"), ("checks",), Verdict.FINDINGS, findings=findings, **{**by_hand, **more})


def posted(found: Finding, *threads: Thread, rules: Rules = RULES, **stands: Any) -> tuple[Any, ReasonKind]:
    made = settled(review(found), CHANGES, Conversation("abc", threads=threads, **stands), rules)
    (result,) = made.findings
    return result.placement, result.placement_reason.kind


INLINE = (Placement.INLINE, ReasonKind.NONE)


def test_a_finding_of_the_diff_gets_a_comment() -> None:
    assert posted(one()) == INLINE


def test_one_that_has_its_comment_keeps_it_whatever_else_is_true() -> None:
    refused = replace(RULES, refused=frozenset({"f" * 16}))
    assert posted(one(), thread(one()), rules=refused, foreign_pending=True) == INLINE
    assert posted(one(), rules=replace(refused, posted=frozenset({"f" * 16}))) == INLINE


def test_what_was_dismissed_is_held_back_with_who_and_why() -> None:
    rules = replace(RULES, dismissals={"f" * 16: Dismissal("ada", "It is meant so.")})
    (result,) = settled(review(one()), CHANGES, Conversation("abc"), rules).findings
    assert result.placement is Placement.HELD_BACK
    assert result.placement_reason == because(ReasonKind.DISMISSED, "ada", "It is meant so.")
    refuted = one(placement=Placement.HELD_BACK, placement_reason=because(ReasonKind.REFUTED))
    assert posted(refuted, rules=rules) == (Placement.HELD_BACK, ReasonKind.REFUTED)


def test_a_review_of_which_everything_was_dismissed_found_nothing() -> None:
    rules = replace(RULES, dismissals={"a" * 16: Dismissal("ada", "So.")})
    empty = Conversation("abc")
    assert settled(review(one("a" * 16)), CHANGES, empty, rules).verdict is Verdict.NO_FINDINGS
    assert settled(review(one("a" * 16), one()), CHANGES, empty, rules).verdict is Verdict.FINDINGS
    incomplete = replace(review(one("a" * 16)), verdict=Verdict.INCOMPLETE)
    assert settled(incomplete, CHANGES, empty, rules).verdict is Verdict.INCOMPLETE


def test_what_may_not_have_a_comment_goes_into_the_summary_with_the_reason() -> None:
    def reason(found: Finding, rules: Rules = RULES, **stands: Any) -> ReasonKind:
        placement, kind = posted(found, rules=rules, **stands)
        assert placement is Placement.SUMMARY
        return kind

    known = state.of(CHANGES, (), {})
    assert reason(one(), replace(RULES, refused=frozenset({"f" * 16}))) is ReasonKind.LINES_REFUSED
    assert reason(one(), foreign_pending=True) is ReasonKind.PENDING_REVIEW
    assert reason(one(body="word " * 14_000)) is ReasonKind.TOO_LONG_TO_POST
    assert reason(one(), replace(RULES, last_state=known)) is ReasonKind.FILE_UNCHANGED
    assert reason(one(), summaries=(part(1, state=known),)) is ReasonKind.FILE_UNCHANGED
    assert posted(one(), rules=replace(RULES, last_state=known, incremental=False)) == INLINE
    assert posted(one(), summaries=(part(1, "other", state=known),)) == INLINE
    assert posted(one(path="elsewhere.py"), rules=replace(RULES, last_state=known)) == INLINE


@pytest.mark.parametrize(
    ("found", "said", "same"),
    [
        (one(), {}, True),
        (one(start_line=4, end_line=6), {"lines": (2, 4)}, True),
        (one(start_line=1, end_line=2), {"lines": (2, 4)}, True),
        (one(start_line=5, end_line=6), {"lines": (2, 4)}, False),
        (one(start_line=1, end_line=1), {"lines": (2, 4)}, False),
        (one(), {"lines": None}, False),
        (one(), {"path": "other.py"}, False),
        (one(), {"side": "LEFT"}, False),
        (one(), {"resolved": True}, False),
        (one(), {"why_closed": "Addressed."}, False),
        (one(check="y"), {}, True),
        (one(item="other"), {}, True),
        (one(item="other", check="y"), {}, False),
        (one(item="other", check="y", also=(Item("sinag", "n-plus-one"),)), {}, True),
        (one(agent="second", check="y"), {}, False),
    ],
)
def test_an_open_thread_of_the_same_on_the_same_lines_says_it_already(
    found: Finding, said: dict[str, Any], same: bool
) -> None:
    there = thread(one("e" * 16), **said)
    expected = (Placement.SUMMARY, ReasonKind.SAID_IN_THREAD) if same else INLINE
    assert posted(found, there) == expected


def test_of_models_the_words_tell_whether_it_is_the_same() -> None:
    words = {"title": "The session is shared between two threads", "body": "Each thread needs its own session."}
    before = thread(one("e" * 16, check="model", **words))
    assert posted(one(check="model", item="other", **words), before)[1] is ReasonKind.SAID_IN_THREAD
    assert posted(one(check="model", item="other", title="No index serves it", body="Add one."), before) == INLINE


def test_the_thread_that_says_it_is_named() -> None:
    (result,) = settled(review(one()), CHANGES, Conversation("a", threads=(thread(one("e" * 16)),)), RULES).findings
    assert result.placement_reason == because(ReasonKind.SAID_IN_THREAD, "e" * 8)


GONE = change_set(changed(PATH, hunk(1, " a", " b", "+x = 1")), head="abcdef0123456789")


def why(
    there: Thread, *findings: Finding, changes: Any = GONE, rules: Rules = RULES, made: Review | None = None
) -> str | None:
    """Give in which words a thread is settled, None where it stays open."""
    given = review(*findings) if made is None else made
    settled_threads = closing(given, changes, Conversation("abc", threads=(there,)), rules)
    assert settled_threads.keys() <= {there.id}
    return settled_threads.get(there.id)


ADDRESSED = "Addressed in abcdef012345."


def test_a_finding_whose_code_is_gone_was_addressed() -> None:
    assert why(thread(one())) == ADDRESSED


def test_what_this_review_found_again_stays_open() -> None:
    assert why(thread(one()), one()) is None
    assert why(thread(one()), one(placement=Placement.HELD_BACK)) is None
    assert why(thread(one("e" * 16)), one(start_line=4, end_line=4)) == ADDRESSED
    assert why(thread(one("e" * 16)), one()) is None, "said of its lines in other words"
    assert why(thread(one("e" * 16)), one(placement=Placement.HELD_BACK)) == ADDRESSED


def test_what_was_dismissed_is_settled_whatever_people_answered() -> None:
    rules = replace(RULES, dismissals={"f" * 16: Dismissal("ada", "It is *meant* so.")})
    for there in (thread(one()), thread(one(), answered=True), thread(one(), resolved=True)):
        assert why(there, one(), rules=rules) == "Dismissed by ada: It is \\*meant\\* so."


def test_what_is_ignored_in_the_code_is_settled_unless_somebody_answered() -> None:
    ignored = one(placement=Placement.HELD_BACK, placement_reason=because(ReasonKind.IGNORED, "few rows"))
    assert why(thread(one()), ignored) == "Ignored in the code: few rows"
    assert why(thread(one(), answered=True), ignored) is None


@pytest.mark.parametrize(
    ("said", "settles"),
    [
        ({"answered": True}, False),
        ({"resolved": True}, False),
        ({"resolved": True, "resolved_by_us": True}, True),
        ({"why_closed": "Addressed."}, False),
    ],
)
def test_what_people_answered_or_resolved_is_left_to_them(said: dict[str, Any], settles: bool) -> None:
    assert why(thread(one(), **said)) == (ADDRESSED if settles else None)


@pytest.mark.parametrize(
    ("made", "settles"),
    [
        (review(), True),
        (review(failures=(Failure("checks", "broke"),)), False),
        (review(file=None), True),
        (review(file=replace(SEEN, status="partial")), True),
        (review(file=replace(SEEN, status="skipped")), False),
        (review(assignments=()), False),
        (review(assignments=(Assignment("other", Grade.PROJECT, (PATH,), 1.0),)), False),
    ],
)
def test_only_a_review_that_would_have_found_it_again_settles_it(made: Review, settles: bool) -> None:
    assert why(thread(one()), made=made) == (ADDRESSED if settles else None)


def test_the_silence_of_checks_settles_nothing_of_a_model() -> None:
    there = thread(one(check="model"))
    assert why(there) == ADDRESSED
    assert why(there, made=review(file=replace(SEEN, engines=("checks",)))) is None


def test_a_model_that_is_silent_about_the_same_code_settles_nothing() -> None:
    there = thread(one(check="model", evidence=f"x = 1\n{LINE}"))
    assert why(there, changes=CHANGES) is None
    spaced = change_set(changed(PATH, hunk(1, "+x  =  1", f" {LINE.strip()}")), head=CHANGES.head)
    assert why(there, changes=spaced) is None, "white space is no change"
    assert why(there, changes=GONE) == ADDRESSED
    whole = change_set(replace(GONE.files[0], new_text=f"a\nb\nx = 1\n{LINE}\n"), head=GONE.head)
    assert why(there, changes=whole) is None, "it stands outside of the hunks"
    assert why(replace(there, outdated=True), changes=CHANGES) == ADDRESSED
    assert why(replace(there, lines=None), changes=CHANGES) == ADDRESSED
    assert why(there, changes=change_set(head=CHANGES.head)) == ADDRESSED


def test_code_that_the_change_removes_is_looked_for_among_what_it_removes() -> None:
    left = thread(one(check="model", side=Side.LEFT, evidence="gone()"))
    stands = [changed(PATH, hunk(1, "-gone()", "+kept()"), new_text="kept()\n")]
    assert [line.kind for line in stands[0].hunks[0].lines] == [LineKind.REMOVED, LineKind.ADDED]
    assert why(left, changes=change_set(*stands, head=GONE.head)) is None
    back = changed(PATH, hunk(1, "+gone()", "+kept()"), new_text="gone()\nkept()\n")
    assert why(left, changes=change_set(back, head=GONE.head)) == ADDRESSED


def test_a_check_that_looked_again_at_a_changed_file_settles_what_it_no_longer_finds() -> None:
    before = state.of(GONE, (), {})
    there = thread(one())
    assert why(there, changes=CHANGES) is None
    assert why(there, changes=CHANGES, rules=replace(RULES, last_state=before)) == ADDRESSED
    same = state.of(CHANGES, (), {})
    assert why(there, changes=CHANGES, rules=replace(RULES, last_state=same)) is None
    assert why(thread(one(check="model")), changes=CHANGES, rules=replace(RULES, last_state=before)) is None
