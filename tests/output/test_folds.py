"""What the summary folds away: groups, smaller remarks, what is held back, the ledger, and why these agents."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from builders import finding

from reviewbot.core.finding import Finding, Placement, Severity, Suggestion
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import (
    Assignment,
    Coverage,
    Evidence,
    FileCoverage,
    FileMatch,
    Grade,
    ItemVerdict,
    Note,
    Review,
    Source,
    Status,
    Verdict,
)
from reviewbot.output.markdown import bodies, folds, tree, writer
from reviewbot.output.markdown.places import NO_LINKS, Links, paths

WEB = "https://e.example"
LINKS = Links(lambda one: f"{WEB}/{one.path}#L{one.start_line}", lambda one: f"{WEB}/{one.check}")


def review(*findings: Finding, **more: Any) -> Review:
    return Review(Source("git", None, None), ("checks",), Verdict.FINDINGS, findings=findings, **more)


def lines(of: Review, links: Links = NO_LINKS) -> list[str]:
    return writer.write(*bodies.summary(of, links)).split("\n")


def fold(of: Review, title: str, links: Links = NO_LINKS) -> list[str]:
    """Give the lines of one fold, the empty ones left out."""
    all_lines = lines(of, links)
    begin = all_lines.index(f"<details><summary>{title}</summary>")
    return [line for line in all_lines[begin + 1 : all_lines.index("</details>", begin)] if line]


def in_group(line: int, **more: Any) -> Finding:
    said = because(ReasonKind.SAID_ONCE, 3)
    return finding(
        start_line=line,
        end_line=line,
        placement=Placement.SUMMARY,
        placement_reason=said,
        fingerprint=f"{line:016}",
        **more,
    )


NOTE = Note("sinag", "n-plus-one", "A query runs in a loop", "One round trip for each.", 2, "query-in-loop")


def test_a_group_says_once_what_is_broken_and_where_in_the_order_of_reading() -> None:
    group = review(in_group(20), in_group(3), notes=(NOTE,))
    assert fold(group, "A query runs in a loop: 2 places") == [
        "One round trip for each.",
        "`query-in-loop` for sinag/n-plus-one",
        "- `app/service.py:3` `00000000`",
        "- `app/service.py:20` `00000000`",
    ]
    assert "| high | A query runs in a loop | 2 places | all below |" in lines(group)
    apart = review(in_group(3), in_group(3, path="b.py"), notes=(NOTE,))
    assert "| high | A query runs in a loop | 2 places in 2 files | all below |" in lines(apart)


def test_a_group_links_its_check_and_its_places() -> None:
    linked = fold(review(in_group(3), notes=(NOTE,)), "A query runs in a loop: 2 places", LINKS)
    assert f"[`query-in-loop`]({WEB}/query-in-loop) for sinag/n-plus-one" in linked
    assert f"- [`app/service.py:3`]({WEB}/app/service.py#L3) `00000000`" in linked


def test_a_group_without_a_check_or_without_places_says_the_rest() -> None:
    old = review(in_group(3), notes=(replace(NOTE, check=""),))
    assert fold(old, "A query runs in a loop: 2 places") == [
        "One round trip for each.",
        "- `app/service.py:3` `00000000`",
    ]
    alone = fold(review(notes=(NOTE,)), "A query runs in a loop: 2 places", LINKS)
    assert alone == ["One round trip for each.", "`query-in-loop` for sinag/n-plus-one"]


def test_a_place_of_a_group_shows_the_suggestion_that_was_verified() -> None:
    fixed = Suggestion(3, 4, "x = 1", verified=True)
    shown = fold(review(in_group(3, suggestion=fixed), notes=(NOTE,)), "A query runs in a loop: 2 places")
    assert shown[-4:] == ["  For lines 3-4:", "  ```python", "  x = 1", "  ```"]
    for unsure in (replace(fixed, verified=False), None):
        group = review(in_group(3, suggestion=unsure), notes=(NOTE,))
        assert fold(group, "A query runs in a loop: 2 places")[-1] == "- `app/service.py:3` `00000000`"


def test_a_smaller_remark_is_one_line_with_its_place_and_its_id() -> None:
    small = finding(
        severity=Severity.LOW,
        placement=Placement.SUMMARY,
        placement_reason=because(ReasonKind.LISTED),
        fingerprint="0123456789abcdef",
        body="First.\n\nSecond.",
    )
    assert fold(review(small), "1 smaller remark", LINKS) == [
        f"- [`app/service.py:3`]({WEB}/app/service.py#L3) `01234567` low: A query runs in a loop. First. Second."
    ]


def test_details_are_a_line_for_each_check_with_links_and_ids() -> None:
    def detail(line: int, **more: Any) -> Finding:
        why = because(ReasonKind.DETAIL)
        return replace(in_group(line, **{"check": "missing-docstring", **more}), placement_reason=why)

    other = detail(7, check="todo-added", title="Something else")
    shown = review(detail(20), detail(3), detail(9, check="todo-added"), other)
    places = {at: f"[`app/service.py:{at}`]({WEB}/app/service.py#L{at}) `00000000`" for at in (3, 7, 9, 20)}
    assert fold(shown, "4 details", LINKS) == [
        f"- [`missing-docstring`]({WEB}/missing-docstring) A query runs in a loop: {places[3]}, {places[20]}",
        f"- [`todo-added`]({WEB}/todo-added): {places[7]}, {places[9]}",
    ]


def test_what_is_held_back_has_its_reason() -> None:
    held = finding(
        placement=Placement.HELD_BACK, placement_reason=because(ReasonKind.REFUTED), fingerprint="0123456789abcdef"
    )
    assert fold(review(held), "Held back") == ["- `app/service.py:3` `01234567` high: A query runs in a loop (refuted)"]


def test_the_ledger_names_what_is_violated_and_counts_the_rest_by_reason() -> None:
    def verdict(item: str, status: Status, kind: ReasonKind = ReasonKind.NONE) -> ItemVerdict:
        return ItemVerdict("sinag", item, f"The rule of {item}", status, reason=because(kind))

    made = review(
        ledger=(
            verdict("a", Status.PASSED),
            verdict("b", Status.VIOLATED),
            verdict("c", Status.NOT_CHECKED, ReasonKind.UNDECIDED),
            verdict("d", Status.NOT_CHECKED, ReasonKind.UNDECIDED),
        )
    )
    outer = "How it was reviewed: 2 of 4 checklist items decided (1 violated, 1 passed); 2 not checked"
    assert "\n".join(lines(made)).count("2 of 4 checklist items decided") == 1
    assert f"<details><summary>{outer}</summary>" in lines(made)
    assert fold(made, "Checklist") == [
        "- **violated** `sinag/b`: The rule of b",
        "- 1 of `sinag` passed, no reason given: `a`",
        "- 2 of `sinag` not checked, whose checks found nothing, which decides nothing: `c`, `d`",
    ]


def test_files_are_counted_by_what_was_done_with_them() -> None:
    seen = because(ReasonKind.BY_MODEL)
    files = (FileCoverage("a.py", "reviewed", seen, 3, 2), FileCoverage("b.py", "reviewed", seen, 2, 2))
    assert fold(review(coverage=Coverage(files)), "2 files in the change") == [
        "- reviewed, the model, on its hunks (4 of 5 hunks): `a.py`, `b.py`"
    ]


def test_why_an_agent_reviews_is_its_strongest_evidence_or_else_the_first_reason() -> None:
    evidence = Evidence("import", "sqlalchemy", "app/db.py", 2), Evidence("dependency", "fastapi", "", 1.5)
    match = FileMatch("a.py", 0.0, because(ReasonKind.PINNED))
    first = Assignment("sinag", Grade.PROJECT, ("a.py",), 3.5, evidence, (match,))
    assert fold(review(assignments=(first,)), "Why this agent") == [
        "- **sinag**, grade project: the technologies match, and what is particular to the agent's project",
        "  - import `sqlalchemy` (+2, in `app/db.py`)",
        "  - dependency `fastapi` (+1.5)",
    ]
    second = Assignment("other", Grade.FORCED, ("a.py",), 0.0, (), (match, match))
    assert fold(review(assignments=(first, second)), "Why these agents")[-2:] == [
        "- **other**, grade forced: asked for, whatever the evidence",
        "  - pinned in .reviewbot.yml",
    ]


def test_a_finding_without_a_comment_is_quoted_with_all_that_a_comment_would_link() -> None:
    outside = finding(placement=Placement.SUMMARY, placement_reason=because(ReasonKind.NOT_IN_DIFF))
    shown = fold(review(outside), "1 finding without a comment on the line", LINKS)
    assert shown[0] == f"[`app/service.py:3`]({WEB}/app/service.py#L3) (its lines are not part of the diff)"
    assert shown[1:4] == ["```python", outside.evidence, "```"]
    assert shown[-1].startswith(f"<sub>[`query-in-loop`]({WEB}/query-in-loop) for ")


def test_of_long_quotes_the_rest_is_counted() -> None:
    def quote(evidence: str) -> list[str]:
        return writer.write(folds.quoted(finding(evidence=evidence))).split("\n")[1:-2]

    assert quote("x" * 500) == ["x" * 500]
    assert quote("x" * 501) == [f"{'x' * 499}…"]
    assert quote("x\n" * 39 + "x") == ["x"] * 40
    assert quote("x\n" * 41 + "x") == [*["x"] * 40, "… and 2 lines more"]


def test_the_title_of_a_fold_holds_links_and_styles_as_text() -> None:
    title = (
        tree.Link((tree.Text("a"), tree.Code("b")), "https://e.example"),
        tree.Break(),
        tree.strong("c"),
    )
    assert writer.write(tree.Fold(title, ())).startswith("<details><summary>a<code>b</code> <b>c</b></summary>")


def test_where_a_link_leads_a_name_is_enough() -> None:
    deep = review(finding(path="a/b/c/f.py"), finding(path="x/y/z/g.py"))
    assert any("`…/c/f.py:3`" in line for line in lines(deep))
    assert any(f"[`…/f.py:3`]({WEB}/a/b/c/f.py#L3)" in line for line in lines(deep, LINKS))


def test_of_many_paths_the_others_are_counted() -> None:
    assert writer.write(tree.paragraph(*paths(["a", "b", "c", "d"], most=2))) == "`a`, `b` and 2 more\n"
    assert writer.write(tree.paragraph(*paths(["a", "b"], most=2))) == "`a`, `b`\n"
