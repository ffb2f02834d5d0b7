"""Each kind of reason has its sentence, and each sentence is read back as the reason it was."""

from __future__ import annotations

import json
import time
from dataclasses import replace
from functools import cache

import pytest
from builders import finding
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.finding import Placement, identified
from reviewbot.core.reasons import NO_REASON, Reason, ReasonKind, because
from reviewbot.core.review import Review, Source, Verdict
from reviewbot.output import formats, saved
from reviewbot.output.reason_sentences import TEMPLATES, as_data, read, sentence

# What the details of a place look like.
LETTERS = st.text("abcdefgh", min_size=1, max_size=8)
PLACES = {"": LETTERS, "word": LETTERS, "number": st.integers(2, 900).map(str), "one": st.just("1")}
# What stands before such as begin with a reason, and why a model did not see a file; elsewhere there may be any.
FIRST = (ReasonKind.CHECKED_WHOLE, ReasonKind.CHECKED_HUNKS, ReasonKind.NOBODYS_KIND, ReasonKind.UNKNOWN_KIND)
UNSEEN = (ReasonKind.MODEL_FAILED, ReasonKind.MODEL_BROKE, ReasonKind.INTERRUPTED, ReasonKind.DOLLARS_SPENT)


@cache
def reasons(kind: ReasonKind, template: str) -> st.SearchStrategy[Reason]:
    """Give reasons of a kind that one template says; a reason inside of them has none inside of itself."""
    details = []
    for at, place in enumerate(part.partition("}")[0] for part in template.split("{")[1:]):
        may = (FIRST, UNSEEN)[at] if template.startswith("{why}") else tuple(ReasonKind)
        details.append(PLACES[place] if place in PLACES else st.one_of(inner(may)))
    return st.tuples(*details).map(lambda them: Reason(kind, them))


@cache
def inner(kinds: tuple[ReasonKind, ...]) -> list[st.SearchStrategy[Reason]]:
    return [reasons(kind, template) for kind, template in TEMPLATES if "{why}" not in template and kind in kinds]


def test_every_kind_has_a_sentence_and_no_sentence_is_that_of_two() -> None:
    assert {kind for kind, _ in TEMPLATES} == set(ReasonKind)
    assert len({template for _, template in TEMPLATES}) == len(TEMPLATES)


@pytest.mark.parametrize(("kind", "template"), TEMPLATES)
@settings(max_examples=30)
@given(data=st.data())
def test_a_reason_is_said_and_read_back(kind: ReasonKind, template: str, data: st.DataObject) -> None:
    reason = data.draw(reasons(kind, template))
    said = sentence(reason)
    assert read(said) == reason
    assert sentence(read(said)) == said


WORDS = [part for _, template in TEMPLATES for part in template.replace("{", "\0{").replace("}", "}\0").split("\0")]


@given(st.one_of(st.text(), st.lists(st.sampled_from(WORDS)).map("".join)))
def test_whatever_is_read_is_said_as_it_was_written(text: str) -> None:
    assert sentence(read(text)) == text


@pytest.mark.parametrize(
    "part", ["a hint, ", "; not by the model: ", ", and the model", " (", "only held-back findings ("]
)
def test_text_of_others_costs_little_however_it_is_made(part: str) -> None:
    text, began = part * 50_000, time.monotonic()
    assert sentence(read(text)) == text
    assert time.monotonic() - began < 2


def test_details_may_hold_what_templates_are_made_of() -> None:
    assert sentence(because(ReasonKind.IGNORED, "{} {why} \\1")) == "ignored in the code: {} {why} \\1"


def test_what_decides_survives_a_file() -> None:
    again = because(ReasonKind.REPEATS, "0123456789abcdef", "query-in-loop")
    hint = because(ReasonKind.HINT, because(ReasonKind.REFUTED, "it holds a lock: see above (line 3)"))
    alike = because(ReasonKind.SAID_ONCE, 12)
    own = because(ReasonKind.OTHER, "in words that nobody compares")
    found = identified(
        finding(start_line=at, placement=Placement.SUMMARY, placement_reason=reason)
        for at, reason in enumerate((again, hint, alike, own, NO_REASON))
    )
    review = Review(Source("patch"), ("checks",), Verdict.FINDINGS, findings=found)
    text = formats.render("json", review, None)
    assert [one["placement_reason"] for one in json.loads(text)["findings"]] == [
        "says the same of the same lines as 0123456789abcdef (query-in-loop)",
        "a hint, refuted: it holds a lock: see above (line 3)",
        "said once as a note: one of 12 alike",
        "in words that nobody compares",
        "",
    ]
    assert saved.load(text) == review


def test_as_data_leaves_everything_else_as_it_is() -> None:
    one = finding(placement_reason=because(ReasonKind.DETAIL))
    assert as_data(one) == as_data(replace(one, placement_reason=NO_REASON)) | {"placement_reason": "a detail"}
