from __future__ import annotations

from typing import Any

from builders import change_set, changed, check, finding, hunk
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.change import Hunk, Side
from reviewbot.core.finding import Confidence, Finding, Placement, Severity, Suggestion, identified
from reviewbot.core.reasons import NO_REASON, ReasonKind, because
from reviewbot.core.review import Note
from reviewbot.output.reason_sentences import sentence
from reviewbot.review.placement import notes, place
from reviewbot.settings.config import Config

CHANGES = change_set(
    changed("app/service.py", hunk(2, " a", "+b", "+c", " d"), hunk(20, "-gone", "+new", old_start=18))
)


def placed(*findings: Finding, **options: Any) -> list[Finding]:
    config = Config(**{key: options.pop(key) for key in ("min_severity", "max_comments") if key in options})
    return list(place(identified(findings), CHANGES, config, **{"group_above": {}, **options}))


def test_a_line_of_the_diff_is_inline() -> None:
    for line in (2, 3, 5, 20):
        (result,) = placed(finding(start_line=line, end_line=line))
        assert result.placement is Placement.INLINE, line


def test_a_line_outside_the_diff_goes_to_the_summary() -> None:
    for line in (1, 6, 19, 21):
        (result,) = placed(finding(start_line=line, end_line=line))
        assert (result.placement, sentence(result.placement_reason)) == (
            Placement.SUMMARY,
            "its lines are not part of the diff",
        )


def test_removed_lines_are_commented_on_the_left() -> None:
    (wide,) = placed(finding(start_line=1, end_line=40, side=Side.LEFT))
    assert (wide.start_line, wide.end_line) == (2, 3)
    (left,) = placed(finding(start_line=18, end_line=18, side=Side.LEFT))
    (right,) = placed(finding(start_line=18, end_line=18))
    assert (left.placement, right.placement) == (Placement.INLINE, Placement.SUMMARY)


def test_a_range_is_narrowed_to_one_hunk() -> None:
    (result,) = placed(finding(start_line=1, end_line=40))
    assert (result.start_line, result.end_line) == (2, 5)
    assert sentence(result.placement_reason) == "narrowed to the lines that are in the diff"


def test_a_file_outside_the_change_goes_to_the_summary() -> None:
    (result,) = placed(finding(path="other.py"))
    assert sentence(result.placement_reason) == "its file is not part of the change"


def test_a_hint_is_never_inline() -> None:
    (result,) = placed(finding(confidence=Confidence.LOW))
    assert result.placement is Placement.SUMMARY
    assert result.placement_reason == because(ReasonKind.UNSURE)
    why = because(ReasonKind.UNPROVEN)
    (other,) = placed(finding(confidence=Confidence.LOW), quiet={"sinag/query-in-loop": why})
    assert (other.placement, other.placement_reason) == (Placement.SUMMARY, why)


def test_of_a_model_what_is_below_medium_is_listed() -> None:
    for severity in Severity:
        (result,) = placed(finding(check="model", severity=severity), min_severity=Severity.INFO)
        small = severity in {Severity.LOW, Severity.INFO}
        reason = because(ReasonKind.LISTED if small else ReasonKind.IN_DIFF)
        assert (result.placement, result.placement_reason) == (
            Placement.SUMMARY if small else Placement.INLINE,
            reason,
        )


def test_a_detail_is_never_inline_nor_a_note_however_many_there_are() -> None:
    alike = [finding(start_line=line, end_line=line, check="todo-added") for line in (2, 3, 4, 5)]
    result = placed(*alike, finding(), quiet={"todo-added": because(ReasonKind.DETAIL)}, group_above={"todo-added": 1})
    assert [(one.placement, sentence(one.placement_reason)) for one in result if one.check == "todo-added"] == [
        (Placement.SUMMARY, "a detail")
    ] * 4
    assert [one.placement for one in result if one.check != "todo-added"] == [Placement.INLINE]
    assert notes(result, {}) == ()


def test_below_the_threshold_is_held_back_not_lost() -> None:
    (result,) = placed(finding(severity=Severity.LOW), min_severity=Severity.MEDIUM)
    assert (result.placement, sentence(result.placement_reason)) == (
        Placement.HELD_BACK,
        "below the severity asked for (medium)",
    )


def test_the_most_severe_get_the_inline_places() -> None:
    low, high, mid = placed(
        finding(start_line=2, end_line=2, severity=Severity.LOW),
        finding(start_line=3, end_line=3, severity=Severity.HIGH),
        finding(start_line=4, end_line=4, severity=Severity.MEDIUM),
        max_comments=2,
    )
    assert (high.placement, mid.placement, low.placement) == (Placement.INLINE, Placement.INLINE, Placement.SUMMARY)
    assert sentence(low.placement_reason) == "over the limit of 2 inline comments"


def test_the_same_said_twice_of_a_line_is_said_once() -> None:
    sure, unsure = placed(finding(check="a"), finding(check="b", confidence=Confidence.MEDIUM))
    assert sure.placement is Placement.INLINE
    assert unsure.placement is Placement.HELD_BACK
    assert unsure.placement_reason == because(ReasonKind.REPEATS, sure.fingerprint, "a")


def test_a_convention_broken_everywhere_becomes_one_note() -> None:
    many = placed(*(finding(start_line=n, end_line=n) for n in (2, 3, 4)), group_above={"query-in-loop": 2})
    assert {result.placement for result in many} == {Placement.SUMMARY}
    (note,) = notes(many, {"query-in-loop": check("query-in-loop")})
    assert note == Note("sinag", "n-plus-one", "A query runs in a loop", many[0].body, 3, "query-in-loop")
    assert {sentence(result.placement_reason) for result in many} == {"said once as a note: one of 3 alike"}


def test_a_note_on_places_that_are_not_the_same_says_what_they_have_in_common() -> None:
    several = [finding(start_line=n, end_line=n, title=f"`x{n}` runs in a loop", body=f"Of {n}.") for n in (2, 3, 4)]
    many = placed(*several, group_above={"query-in-loop": 2})
    (note,) = notes(many, {"query-in-loop": check("query-in-loop", title="A query runs inside a loop")})
    assert (note.title, note.body) == ("A query runs inside a loop", "Of 2.")


def test_few_enough_stay_comments() -> None:
    few = placed(*(finding(start_line=n, end_line=n) for n in (2, 3)), group_above={"query-in-loop": 2})
    assert {result.placement for result in few} == {Placement.INLINE}
    assert notes(few, {}) == ()


def test_what_its_engine_held_back_stays_held_back() -> None:
    (result,) = placed(finding(placement=Placement.HELD_BACK, placement_reason=because(ReasonKind.REFUTED)))
    assert (result.placement, sentence(result.placement_reason)) == (Placement.HELD_BACK, "refuted")


FINDINGS = st.builds(
    finding,
    item=st.sampled_from(["a", "b"]),
    check=st.sampled_from(["x", "y"]),
    severity=st.sampled_from(Severity),
    confidence=st.sampled_from(Confidence),
    path=st.sampled_from(["app/service.py", "else.py"]),
    start_line=st.integers(0, 25),
    end_line=st.integers(0, 25),
    side=st.sampled_from(Side),
    suggestion=st.sampled_from([None, Suggestion(3, 4, "x")]),
)


@given(st.lists(FINDINGS, max_size=12), st.integers(0, 5), st.sampled_from(Severity), st.integers(0, 3))
def test_no_finding_is_ever_lost(found: list[Finding], most: int, least: Severity, above: int) -> None:
    before = identified(found)
    after = place(before, CHANGES, Config(min_severity=least, max_comments=most), group_above={"x": above})
    assert [f.fingerprint for f in after] == [f.fingerprint for f in before]
    assert all(f.placement is not None and f.placement_reason != NO_REASON for f in after)
    inline = [f for f in after if f.placement is Placement.INLINE]
    assert len(inline) <= most
    for one in inline:
        file = CHANGES.file(one.path)
        assert file is not None
        assert file.hunk_at(one.start_line, one.side) is file.hunk_at(one.end_line, one.side) is not None


@given(st.lists(st.tuples(st.integers(1, 3), st.integers(0, 3), st.integers(0, 3)), max_size=6), st.data())
def test_the_hunk_of_some_lines_is_the_first_that_shows_one_of_them(
    sizes: list[tuple[int, int, int]], data: st.DataObject
) -> None:
    hunks, old, new = [], 1, 1
    for gap, removed, added in sizes:
        old, new = old + gap, new + gap
        hunks.append(Hunk(old, removed, new, added, "", ()))
        old, new = old + removed, new + added
    file = changed("a.py", *hunks)
    first = data.draw(st.integers(1, 40))
    last = data.draw(st.integers(first, 45))
    side = data.draw(st.sampled_from(Side))
    seen = [(one.new_start, one.new_length) if side is Side.RIGHT else (one.old_start, one.old_length) for one in hunks]
    showing = [
        hunks[at] for at, (start, length) in enumerate(seen) if start <= last and first < start + length and length
    ]
    assert file.hunk_within(first, last, side) is next(iter(showing), None)
