"""What of the golden findings was found, and what was said besides."""

from __future__ import annotations

from dataclasses import replace

import pytest
from builders import finding

from reviewbot.core.finding import Finding, Placement, Severity
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Failure, Review, Source, Usage, Verdict
from reviewbot.review.evaluation.cases import Case, Golden
from reviewbot.review.evaluation.scoring import score, total
from reviewbot.review.evaluation.share import Share

PATH = "app/service.py"


def golden(first: int, last: int | None = None, severity: str = "high", **more: str) -> Golden:
    return Golden.model_validate({"path": PATH, "lines": [first, last or first], "severity": severity, **more})


def case(*wanted: Golden) -> Case:
    return Case(name="x", diff="x.diff", golden=wanted, clean=not wanted)


def review(*findings: Finding, **more: object) -> Review:
    made = Review(Source("patch"), ("checks",), Verdict.FINDINGS, findings=findings)
    return replace(made, **more)  # type: ignore[arg-type]  # the tests name fields of a review


def at(line: int, **more: object) -> Finding:
    return finding(start_line=line, end_line=line, **{"placement": Placement.INLINE, "fingerprint": str(line), **more})


@pytest.mark.parametrize(("line", "found"), [(7, False), (8, True), (10, True), (14, True), (15, False)], ids=str)
def test_a_comment_on_the_lines_or_two_beside_them_counts(line: int, found: bool) -> None:
    assert bool(score(case(golden(10, 12)), review(at(line))).found) is found


def test_a_finding_counts_for_one_golden_finding_and_the_nearest_takes_it() -> None:
    scored = score(case(golden(10), golden(11), golden(30)), review(at(11), at(30)))
    assert [one.lines[0] for one in scored.found] == [11, 30]
    assert [one.lines[0] for one in scored.missed] == [10]


def test_what_is_held_back_or_elsewhere_or_of_another_item_is_not_found() -> None:
    wanted = golden(10, item="n-plus-one")
    held = at(10, placement=Placement.HELD_BACK)
    assert score(case(wanted), review(held)).missed == (wanted,)
    assert score(case(wanted), review(at(10, path="other.py"))).missed == (wanted,)
    other = score(case(wanted), review(at(10, item="logging")))
    assert (other.missed, len(other.unexpected)) == ((wanted,), 1)
    assert score(case(wanted), review(at(10, placement=Placement.SUMMARY))).found == (wanted,)


def test_a_second_comment_on_a_golden_finding_is_not_unexpected() -> None:
    scored = score(case(golden(10)), review(at(10), at(11)))
    assert (len(scored.found), scored.matched, scored.unexpected) == (1, 2, ())


def test_figures_over_all_cases() -> None:
    lost = at(5, check="model", placement=Placement.HELD_BACK, placement_reason=because(ReasonKind.CODE_NOT_THERE))
    scores = [
        score(case(golden(10), golden(50, severity="low")), review(at(10), lost, usage=Usage(cost_usd=0.25))),
        score(case(), review(at(3, check="model"))),
        score(case(), review(failures=(Failure("model", "x"),))),
    ]
    figures = total(scores)
    assert figures.recall == {Severity.HIGH: Share(1, 1), Severity.LOW: Share(0, 1)}
    assert figures.recall_of_all == Share(1, 2)
    assert figures.expected == Share(1, 2)
    assert figures.clean == Share(1, 2)
    assert figures.anchored == Share(1, 2)
    assert figures.comments_per_change == pytest.approx(2 / 3)
    assert figures.cost_usd == 0.25
    assert [one.failed for one in scores] == [False, False, True]


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"), [(0, 0, 0, 1), (20, 20, 0.839, 1), (9, 10, 0.596, 0.982), (0, 5, 0, 0.434)]
)
def test_wilsons_interval(part: int, whole: int, low: float, high: float) -> None:
    # Worked values of the published formula.
    assert Share(part, whole).interval == pytest.approx((low, high), abs=0.001)
