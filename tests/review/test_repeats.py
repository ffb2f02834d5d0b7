"""One defect is said once: by the surest, whichever agent, check or model it is, and only where it is the same."""

from __future__ import annotations

from typing import Any

from builders import finding

from reviewbot.core.agent import BEYOND
from reviewbot.core.finding import Confidence, Finding, Item, Placement, Severity
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.review.repeats import said_once

WORDS = {"title": "The session is shared between two threads", "body": "Each thread needs its own session."}
OTHER_WORDS = {"title": "No index serves this filter", "body": "Add one on the owner and the date."}


def one(print_: str, **more: Any) -> Finding:
    return finding(**{"fingerprint": print_, "placement": Placement.INLINE, **WORDS, **more})


def held(*findings: Finding, agents: tuple[str, ...] = ()) -> dict[str, tuple[str, ...]]:
    """Give the findings that repeat another: fingerprint → that of the other, and its check."""
    made = said_once(findings, agents)
    assert [result.fingerprint for result in made] == [given.fingerprint for given in findings]
    repeats = [result for result in made if result.placement is Placement.HELD_BACK]
    assert all(result.placement_reason.kind is ReasonKind.REPEATS for result in repeats)
    return {result.fingerprint: tuple(map(str, result.placement_reason.detail)) for result in repeats}


def test_the_same_check_of_another_agent_on_the_same_lines_says_the_same() -> None:
    for place in (Placement.INLINE, Placement.SUMMARY):
        first, second = one("a", agent="one", placement=place), one("b", agent="two", placement=place)
        assert held(first, second) == {"b": ("a", "query-in-loop")}
        assert held(second, first, agents=("two", "one")) == {"a": ("b", "query-in-loop")}
        assert held(first, one("b", agent="two", placement=place, end_line=4, **OTHER_WORDS)) == {}
        assert held(first, one("b", agent="two", placement=place, path="other.py")) == {}


def test_the_same_check_may_say_two_things_of_an_agents_lines_in_the_summary() -> None:
    assert held(one("a", placement=Placement.SUMMARY), one("b", placement=Placement.SUMMARY)) == {}


def test_a_check_in_the_summary_silences_no_comment_of_another_item() -> None:
    assert held(one("a", placement=Placement.SUMMARY, severity=Severity.CRITICAL), one("b", check="other")) == {}


def test_of_one_item_what_shares_a_line_is_said_once() -> None:
    first = one("a", check="x", start_line=3, end_line=5)
    assert held(first, one("b", check="y", start_line=5, end_line=9, **OTHER_WORDS)) == {"b": ("a", "x")}
    assert held(first, one("b", check="y", start_line=6, end_line=9, **OTHER_WORDS)) == {}
    assert held(first, one("b", check="y", start_line=1, end_line=2, **OTHER_WORDS)) == {}
    assert held(first, one("b", check="y", item="other", start_line=5, **OTHER_WORDS)) == {}
    assert held(first, one("b", check="y", start_line=5, placement=Placement.SUMMARY, **OTHER_WORDS)) == {}


def test_a_models_finding_repeats_what_is_said_of_its_lines_in_like_words() -> None:
    for before in (one("a"), one("a", check="model", placement=Placement.SUMMARY)):
        for place in (Placement.INLINE, Placement.SUMMARY):
            model = {"check": "model", "item": "beyond", "placement": place, "confidence": Confidence.MEDIUM}
            assert held(before, one("b", **model)) == {"b": ("a", before.check)}
            assert held(before, one("b", **model, **OTHER_WORDS)) == {}
            assert held(before, one("b", **model, start_line=4, end_line=4)) == {}
            assert held(before, one("b", **model, start_line=2, end_line=2)) == {}
            assert held(before, one("b", **model, path="other.py")) == {}


def test_a_check_repeats_a_model_that_is_surer_but_no_other_check_by_its_words() -> None:
    less = {"item": "other", "severity": Severity.LOW}
    assert held(one("a", check="model"), one("b", **less)) == {"b": ("a", "model")}
    assert held(one("a", check="x"), one("b", **less)) == {}


def test_the_severe_speak_first_then_the_sure_then_those_who_are_heard_first() -> None:
    first, second = one("a", agent="one"), one("b", agent="two")
    assert held(first, one("b", agent="two", severity=Severity.CRITICAL)) == {"a": ("b", "query-in-loop")}
    assert held(one("a", agent="one", confidence=Confidence.MEDIUM), second) == {"a": ("b", "query-in-loop")}
    assert held(first, second, agents=("two", "one")) == {"a": ("b", "query-in-loop")}


def test_what_is_held_back_already_says_nothing_for_others() -> None:
    refuted = one("a", placement=Placement.HELD_BACK, placement_reason=because(ReasonKind.REPEATS, "z", "z"))
    made = said_once([refuted, one("b", agent="two")])
    assert [result.placement for result in made] == [Placement.HELD_BACK, Placement.INLINE]


def test_who_speaks_for_others_names_their_items_once() -> None:
    shown, *_ = said_once(
        [
            one("a", agent="one", item="x"),
            one("b", agent="two", item="y"),
            one("c", agent="two", item="y", check="model"),
            one("d", agent="three", item=BEYOND),
            one("e", agent="one", item="x", check="model"),
        ]
    )
    assert shown.also == (Item("two", "y"),)
