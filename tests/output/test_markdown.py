"""What is posted: text from outside does no harm, and suggestions do what they say."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from builders import finding
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import MARKUP, PARSERS, Page, harm
from thorough import EVERYTHING

from reviewbot.core.change import Side
from reviewbot.core.finding import Placement, Severity, Suggestion
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Assignment, Grade, Review, Source, Verdict
from reviewbot.core.text import one_line, printable
from reviewbot.output.markdown import bodies, foreign, leaves, tree, writer

if TYPE_CHECKING:
    from reviewbot.output.markdown.tree import Block

EXAMPLES = 300 if EVERYTHING else 60
SPACE = [" ", "    ", "\t", "\n", "\n\n", "\r\n", "- ", "> ", "1. ", "# ", "+ ", ":-:", "|-|", "|---|---|"]
LURES = ["@user", "a@b.example", "#12", "GH-12", "https://e.example", "www.e.example", "[a]: //e", "[a]", "&#64;", "x"]
BLOCKS = [
    "<!-- m",
    "-->",
    "<img src=x>",
    "suggestion",
    "mermaid",
    "python",
    "\x1b[31m",
    "`" * 90,
    "![i](//e/i)",
    "</details>",
]
PIECES = st.sampled_from([*MARKUP, *SPACE, *LURES, *BLOCKS])
HOSTILE = st.lists(PIECES, max_size=24).map("".join)
LEAF = st.one_of(HOSTILE.map(tree.Text), HOSTILE.map(tree.Code))
LINE = st.recursive(
    st.lists(LEAF, min_size=1, max_size=4).map(tuple),
    lambda parts: st.tuples(st.sampled_from(["strong", "emphasis", "struck", "small"]), parts).map(
        lambda styled: (tree.Styled(*styled),)
    ),
    max_leaves=4,
)
BLOCK = st.recursive(
    st.one_of(
        LINE.map(tree.Paragraph),
        LINE.map(lambda parts: tree.Heading(3, parts)),
        HOSTILE.map(lambda text: tree.Fence(text, "python")),
        st.lists(st.tuples(LINE, LINE).map(tree.Row), min_size=1, max_size=3).map(
            lambda rows: tree.Table(rows[0], tuple(rows[1:]))
        ),
    ),
    lambda block: st.one_of(
        st.lists(st.lists(block, min_size=1, max_size=2).map(lambda blocks: tree.Item(tuple(blocks))), max_size=3).map(
            lambda items: tree.Listing(tuple(items))
        ),
        st.tuples(LINE, st.lists(block, max_size=2)).map(lambda pair: tree.Fold(pair[0], tuple(pair[1]))),
    ),
    max_leaves=4,
)


@pytest.mark.parametrize("parser", PARSERS)
def test_a_parser_sees_the_harm_in_what_is_not_made_harmless(parser: str) -> None:
    raw = "`a\n- @user b`\n\n[t]: //e.example\n\n[t] <b> www.e.example ![x](y)\n\n```suggestion\nrm\n```\n<!-- c -->"
    assert {"@user", "<img>", "<a>"} <= set(harm(raw)[parser])
    assert any("suggestion" in found for found in harm(raw)[parser])


@settings(max_examples=EXAMPLES, deadline=None)
@given(st.lists(BLOCK, min_size=1, max_size=4))
def test_nothing_gets_out_of_a_leaf_wherever_it_stands(blocks: list[Block]) -> None:
    assert harm(writer.write(*blocks)) == {}


@settings(max_examples=EXAMPLES, deadline=None)
@given(HOSTILE)
def test_nothing_gets_out_of_what_others_wrote_as_markdown(text: str) -> None:
    assert harm(writer.write(*foreign.blocks(text))) == {}


@settings(max_examples=EXAMPLES, deadline=None)
@given(HOSTILE)
def test_a_leaf_is_shown_as_it_is_and_begins_no_block(text: str) -> None:
    wanted = re.sub(r"\s", "", one_line(text))
    document = writer.write(tree.paragraph(tree.Text(text)))
    for name, parser in PARSERS.items():
        page = Page(parser(document))
        assert set(page.tags) <= {"p", "span"}, name
        assert re.sub(r"[\s\u200b]", "", "".join(page.text)) == wanted, name


@settings(max_examples=EXAMPLES, deadline=None)
@given(HOSTILE.filter(lambda text: bool(one_line(text))))
def test_code_is_one_span_with_exactly_that_content(text: str) -> None:
    document = writer.write(tree.paragraph("in ", tree.Code(text), " it"))
    for name, parser in PARSERS.items():
        page = Page(parser(document))
        shown = "".join(page.code).replace("\u200b", "")
        assert shown == one_line(text), name
        assert "".join(page.text).split() == ["in", "it"], name


@settings(max_examples=EXAMPLES, deadline=None)
@given(HOSTILE, HOSTILE)
def test_a_cell_stays_one_cell(text: str, code: str) -> None:
    head = tree.Row((tree.line("a"), tree.line("b")))
    document = writer.write(
        tree.Table(head, (tree.Row(((tree.Text(text),), (tree.Code(code),))),)), tree.paragraph("after")
    )
    for name, parser in PARSERS.items():
        page = Page(parser(document))
        assert page.tags.count("td") == 2, name
        assert page.harm == [], name
        assert page.text[-2:] == ["after", "\n"], name


@settings(max_examples=EXAMPLES, deadline=None)
@given(HOSTILE)
def test_fenced_code_is_one_block_with_exactly_that_content(text: str) -> None:
    for name, parser in PARSERS.items():
        page = Page(parser(writer.write(tree.Fence(text, "python"))))
        shown = "".join(page.code).replace("\u200b", "")
        # No line is no line; and how HTML ends one is the parser's affair.
        assert shown.rstrip("\n") == printable(text).replace("\r\n", "\n").rstrip("\n"), name
        assert set(page.tags) == {"pre", "code"}, name


@pytest.mark.parametrize(
    ("text", "markdown"),
    [
        ("Use `db.get(<Model>, @id)` here", "Use `db.get(<Model>, @id)` here"),
        ("**Bold**, _so_\n\n- one\n- two", "**Bold**, *so*\n\n- one\n- two"),
        ("`a``b`", "<code>a&#96;&#96;b</code>"),
        ("a ` b", "a &#96; b"),
        ("`a | b`", "<code>a &#124; b</code>"),
        ("`a\n- @user b`", "&#96;a\n\n- @\u200buser b&#96;"),
        ("~~~\n~~old~~", "```\n~~old~~\n```"),
        ("~~old~~ a_b_c _d", "<del>old</del> a_b_c \\_d"),
        ("```suggestion\nrm\n```", "```\nrm\n```"),
        ("```python\n@app\n```", "```python\n@app\n```"),
        ("```\nnever closed", "```\nnever closed\n```"),
        ("1. do\n   ```sql\n   select 1\n   ```", "1. do\n\n   ```sql\n   select 1\n   ```"),
        ("3. a\n4. b\n   - c", "3. a\n4. b\n   - c"),
        ("# Big\n\nline\nbreak", "**Big**\n\nline\nbreak"),
        ("> said\n> so", "> said\n> so"),
        ("| a | b |\n|---|---|\n| `x` | y |", "| a | b |\n|---|---|\n| `x` | y |"),
        ("costs $5, a < b && c", "costs <span>$</span>5, a &lt; b &amp;&amp; c"),
        ("see GH-12 and a/b#3", "see GH-\u200b12 and a/b#\u200b3"),
        ("[text](https://e.example) ![i](//e)", "\\[text\\](https:\u200b//e.example) !\\[i\\](//e)"),
        ("a <b>c</b> <!-- d -->", "a &lt;b>c&lt;/b> &lt;!-- d -->"),
    ],
)
def test_formatting_and_code_stay_and_the_rest_is_text(text: str, markdown: str) -> None:
    assert writer.write(*foreign.blocks(text)) == f"{markdown}\n"


def test_what_is_nested_too_deep_is_not_lost_to_a_list() -> None:
    deep = "".join(f"{'  ' * level}- {level}\n" for level in range(15))
    text = writer.write(*foreign.blocks(deep))
    assert all(f"- {level}" in text for level in range(15))


def test_plain_text_has_code_spans_and_nothing_else() -> None:
    assert tree.prose("a `b` *c*") == (tree.Text("a "), tree.Code("b"), tree.Text(" *c*"))
    assert tree.prose("``a ` b``") == (tree.Code("a ` b"),)
    assert tree.prose("a ` b") == (tree.Text("a ` b"),)


@pytest.mark.parametrize("title", ["a\n## b", "</summary></details><img src=x>", "@user `c`", "**x**"])
def test_the_title_of_a_fold_is_html_and_text(title: str) -> None:
    document = writer.write(tree.Fold(tree.line(title), (tree.paragraph("inside"),)))
    for parser in PARSERS.values():
        page = Page(parser(document))
        assert (page.harm, page.tags.count("details"), page.tags.count("summary")) == ([], 1, 1)
        assert document.startswith("<details><summary>")


@pytest.mark.parametrize("halves", [("w", "ww.a.example"), ("@", "user"), ("https:", "//a.example"), ("![x]", "(//a)")])
def test_halves_side_by_side_are_one_text(halves: tuple[str, str]) -> None:
    parts = tuple(map(tree.Text, halves))
    assert harm(writer.write(tree.Paragraph(parts), tree.Fold(parts, ()))) == {}


def test_very_long_code_is_shortened() -> None:
    assert leaves.code("x" * 500) == f"`{'x' * 500}`"
    assert leaves.code("x" * 501) == leaves.code("x" * 10_000) == f"`{'x' * 499}…`"


def comment(**changes: object) -> str:
    return writer.write(*bodies.comment(finding(**changes)))


def test_a_suggestion_that_deletes_its_lines_has_no_line() -> None:
    assert "```suggestion\n```" in comment(suggestion=Suggestion(3, 3, "", verified=True))


@pytest.mark.parametrize(
    ("changes", "suggestion"),
    [
        ({"placement": Placement.SUMMARY}, Suggestion(3, 3, "x = 1", verified=True)),
        ({"side": Side.LEFT}, Suggestion(3, 3, "x = 1", verified=True)),
        ({}, Suggestion(3, 4, "x = 1", verified=True)),
        ({}, Suggestion(3, 3, "x = '\x1b'", verified=True)),
        ({}, Suggestion(3, 3, "x = 1")),
    ],
    ids=["not inline", "removed lines", "other lines", "not exactly shown", "not verified"],
)
def test_what_would_not_do_what_it_shows_cannot_be_committed(
    changes: dict[str, object], suggestion: Suggestion
) -> None:
    body = comment(suggestion=suggestion, **changes)
    assert "suggestion\n" not in body
    assert ("```python\nx = " in body) is suggestion.verified


def test_a_comment_says_what_it_is_of_and_how_to_answer() -> None:
    last = comment(check="slow", fingerprint="0123456789abcdef").splitlines()[-1]
    assert last.startswith("<sub>`slow` for ")
    assert "finding `01234567`" in last
    assert "`/dismiss 01234567 why`" in last
    assert "`# reviewbot: ignore[slow] why`" in last
    assert "ignore[" not in comment(check="model").splitlines()[-1]


def summary(*findings: object, **changes: object) -> str:
    review = Review(Source("git", None, None), ("checks", "claude"), Verdict.FINDINGS, findings=findings)  # type: ignore[arg-type] # builders
    return writer.write(*bodies.summary(replace(review, **changes)))  # type: ignore[arg-type] # keywords of a Review


def test_smaller_remarks_are_folded_and_said_once() -> None:
    small = finding(check="model", title="A small thing", severity=Severity.LOW, placement=Placement.SUMMARY)
    text = summary(replace(small, placement_reason=because(ReasonKind.LISTED), body="It is @user small."))
    fold = text[text.index("<details><summary>1 smaller remark</summary>") :].partition("</details>")[0]
    assert text.count("A small thing") == fold.count("A small thing") == 1
    assert harm(text) == {}


def test_the_table_shows_the_worst_first_and_folds_the_rest() -> None:
    severities = [Severity.LOW, Severity.CRITICAL, *[Severity.MEDIUM] * 20]
    found = [
        finding(title=f"Thing {n}", severity=s, start_line=n + 1, end_line=n + 1) for n, s in enumerate(severities)
    ]
    text = summary(*found)
    screen, fold = text.split("<details>", 1)
    assert screen.count("\n| ") == 1 + 15
    assert screen.index("| critical |") < screen.index("| medium |")
    assert "7 more rows</summary>" in fold
    assert "| low |" in fold
    assert "| low |" not in screen


@pytest.mark.parametrize(
    ("severities", "sentence"),
    [
        ([], "Nothing was found, which is no proof that nothing is wrong."),
        ([Severity.LOW], "Nothing serious was seen; what was found is small."),
        ([Severity.MEDIUM], "Nothing serious was seen: 1 finding worth a look."),
        (
            [Severity.CRITICAL, Severity.HIGH, Severity.MEDIUM, Severity.LOW],
            "2 serious problems to solve before this is merged, 1 finding worth a look, 1 small one.",
        ),
    ],
)
def test_the_first_sentence_says_what_it_comes_to(severities: list[Severity], sentence: str) -> None:
    found = [finding(severity=severity, start_line=n) for n, severity in enumerate(severities, 1)]
    assigned = (Assignment("sinag", Grade.PROJECT, ("app/service.py",), 1.0),)
    assert f"\n\n**{sentence}**\n\n" in summary(*found, assignments=assigned, verdict=Verdict.NO_FINDINGS)


@pytest.mark.parametrize("verdict", [Verdict.NO_FINDINGS, Verdict.NOT_REVIEWED, Verdict.INCOMPLETE])
def test_what_nobody_looked_at_does_not_read_as_if_nothing_were_wrong(verdict: Verdict) -> None:
    heading, first = summary(verdict=verdict).split("\n\n")[:2]
    assert re.search("nothing was reviewed|Nothing was reviewed|incomplete", heading + first)
    assert "found" not in first


def test_paths_are_as_short_as_they_can_be_told_apart() -> None:
    paths = ["a/b/c/d/e.py", "x/b/c/d/e.py", "a/b/c/other/f.py", "g.py"]
    rows = summary(*(finding(path=path) for path in paths))
    for shown in ("`a/b/c/d/e.py:3`", "`x/b/c/d/e.py:3`", "`…/other/f.py:3`", "`g.py:3`"):
        assert shown in rows
