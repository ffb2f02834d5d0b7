from __future__ import annotations

from builders import agent, check, finding, item

from reviewbot.core.finding import Placement, Severity, Suggestion
from reviewbot.core.review import Assignment, Grade, ItemVerdict, Status
from reviewbot.review.sections import sections

CHECKS = {"query-in-loop": check("query-in-loop", fix="load them in one query", why="one round trip each")}
SHOWN = finding(placement=Placement.INLINE, fingerprint="f1")


def told(*names: str, found: tuple = (SHOWN,), statuses: tuple = ()) -> dict[str, str]:  # type: ignore[type-arg]  # short on purpose
    sinag = agent("sinag", item("n-plus-one"), item("tests-with-change", section="Project rules"), sections=names)
    ledger = [ItemVerdict("sinag", item_id, f"Rule {item_id}", status) for item_id, status in statuses]
    assignment = Assignment("sinag", Grade.PROJECT, ("a.py",), 1.0)
    return {s.title: s.body for s in sections([assignment], {"sinag": sinag}, found, ledger, CHECKS)}


def test_sections_come_in_the_order_of_the_response_format() -> None:
    assert list(told("Next steps", "Analysis")) == ["Next steps", "Analysis"]
    assert list(told("Analysis", "Next steps")) == ["Analysis", "Next steps"]


def test_what_nobody_found_is_left_out_not_invented() -> None:
    assert told("Trade-offs", "Future Considerations", "Monitoring", "Testing Strategy", "Implementation") == {}


def test_the_analysis_counts_and_leaves_the_checklist_to_its_own_fold() -> None:
    statuses = (("n-plus-one", Status.VIOLATED), ("other", Status.NOT_CHECKED), ("third", Status.PASSED))
    assert told("Analysis", statuses=statuses)["Analysis"] == "1 file reviewed: 1 finding (1 high)."


def test_why_it_matters_stands_in_the_comments_and_is_not_said_again() -> None:
    assert told("Explanation", "Rationale") == {}


def test_the_recommendation_says_each_fix_once_what_it_is_for_and_the_most_severe_first() -> None:
    again = finding(start_line=9, placement=Placement.INLINE)
    worse = finding(check="model", severity=Severity.CRITICAL, placement=Placement.INLINE, fingerprint="f2")
    other = finding(check="model", placement=Placement.INLINE, fingerprint="f4")
    assert told("Recommended Approach", found=(SHOWN, again, worse, other))["Recommended Approach"] == (
        "1. Solve finding `f2`. (critical: `app/service.py:3`)\n"
        "2. **query-in-loop happened**: load them in one query. (high: `app/service.py:3`, `app/service.py:9`)\n"
        "3. Solve finding `f4`. (high: `app/service.py:3`)"
    )


def test_a_section_named_like_a_checklist_heading_lists_its_findings() -> None:
    statuses = (("n-plus-one", Status.PASSED),)
    body = told("Performance", statuses=statuses)["Performance"]
    assert body == "- high: finding `f1` (`app/service.py:3`)\n- Holds: Rule n-plus-one."


def test_the_implementation_points_to_verified_suggestions_only() -> None:
    good = finding(suggestion=Suggestion(3, 3, "x", verified=True), placement=Placement.INLINE)
    unverified = finding(suggestion=Suggestion(3, 3, "x"), placement=Placement.INLINE)
    assert "a suggestion is attached" in told("Implementation", found=(good,))["Implementation"]
    assert told("Implementation", found=(unverified,)) == {}


def test_what_has_no_comment_stands_in_the_summary_with_its_fix_and_is_not_told_again() -> None:
    alone = finding(start_line=9, placement=Placement.SUMMARY)
    assert told("Recommendation", found=(alone,)) == {}


def test_a_path_stays_in_its_code_span_whatever_it_is_called() -> None:
    odd = finding(path="a`b\n# Approved\n.py", placement=Placement.INLINE, fingerprint="f1")
    assert told("Performance", found=(odd,))["Performance"] == "- high: finding `f1` (`a'b # Approved .py:3`)"


def test_held_back_findings_are_not_told() -> None:
    held = finding(placement=Placement.HELD_BACK)
    assert told("Recommendation", "Performance", found=(held,)) == {}
