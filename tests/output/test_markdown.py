"""What is posted: text from outside does no harm, and suggestions do what they say."""

from __future__ import annotations

import re
from dataclasses import replace

import pytest
from builders import finding
from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reviewbot.core.change import Side
from reviewbot.core.finding import Placement, Severity, Suggestion
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Review, Source, Verdict
from reviewbot.core.text import printable
from reviewbot.output.markdown import bodies, safe

# A parser that is not ours decides what is code, what a link and what HTML.
PARSER = MarkdownIt("commonmark").enable("table")
MARKUP = ["`", "``", "```", "~~~", "\\", "|", "[", "]", "(", ")", "!", "<", ">", "$", "*", "_", "---", "==="]
SPACE = [" ", "    ", "\t", "\n", "\n\n", "\r\n", "- ", "> ", "1. ", "# "]
LURES = ["@user", "a@b.example", "#12", "GH-12", "https://e.example", "www.e.example", "[a]: //e", "[a]", "&#64;", "x"]
BLOCKS = ["<!-- m", "-->", "<img src=x>", "suggestion", "mermaid", "python", "\x1b[31m"]
PIECES = st.sampled_from([*MARKUP, *SPACE, *LURES, *BLOCKS])
HOSTILE = st.lists(PIECES, max_size=24).map("".join)


def harm(document: str) -> list[str]:
    """Give whatever GitHub would do with the document besides showing text and code."""
    found = []
    for token in PARSER.parse(document):
        if token.type == "fence" and token.info in {"suggestion", "mermaid", "math"}:
            found.append(f"fence {token.info}")
        for part in [token, *(token.children or [])]:
            if part.type in {"link_open", "image"}:
                found.append(part.type)
            if part.type in {"html_inline", "html_block"} and re.sub("</?span>", "", part.content).strip():
                found.append(part.content)
            if part.type == "text":
                found += re.findall(r"@\w+|#\d+|(?i:gh-)\d+|\w+://\w+|www\.\w+", part.content)
    return found


def test_the_parser_sees_the_harm_in_what_is_not_made_harmless() -> None:
    raw = "`a\n- @user b`\n\n[t]: //e.example\n\n[t] <b> www.e.example ![x](y)\n\n```suggestion\nrm\n```\n"
    assert set(harm(raw)) >= {"@user", "link_open", "<b>", "image", "www.e", "fence suggestion"}


@settings(max_examples=400, deadline=None)
@given(HOSTILE)
def test_nothing_gets_out_of_a_body(text: str) -> None:
    assert harm(safe.harmless(text)) == []


@settings(max_examples=200, deadline=None)
@given(HOSTILE)
def test_nothing_gets_out_of_a_line_or_a_code_span(text: str) -> None:
    assert "\n" not in safe.line(text)
    assert harm(f"**high: {safe.line(text)}** in {safe.code(text)} <span>x</span>") == []


@settings(max_examples=200, deadline=None)
@given(HOSTILE)
def test_a_cell_stays_one_cell(text: str) -> None:
    row = f"| a | b |\n|---|---|\n| {safe.cell(text)} | {safe.in_cell(safe.code(text))} |\n\nafter"
    tokens = PARSER.parse(row)
    assert [token.type for token in tokens].count("td_open") == 2
    assert harm(row) == []
    assert tokens[-2].content == "after"


def test_a_backslash_before_a_pipe_does_not_undo_its_escape() -> None:
    # GitHub reads two backslashes as an escaped one, so the pipe after them ends the cell; the parser here does not.
    assert safe.in_cell(safe.code("a\\|b")) == "`a\\\u200b\\|b`"


@settings(max_examples=200, deadline=None)
@given(HOSTILE)
def test_fenced_code_is_one_block_with_exactly_that_content(text: str) -> None:
    (token,) = PARSER.parse(safe.fenced(text, "python"))
    assert token.type == "fence"
    assert token.content == (f"{printable(text)}\n" if text else "")


@pytest.mark.parametrize(
    ("text", "harmless"),
    [
        ("Use `db.get(<Model>, @id)` here", "Use `db.get(<Model>, @id)` here"),
        ("**Bold**, _so_\n\n- one\n- two", "**Bold**, _so_\n\n- one\n- two"),
        ("`a``b`", "``` a``b ```"),
        ("a ` b", "a \\` b"),
        ("\\`@user`", "\\\\`@user`"),
        ("`a\n- @user b`", "\\`a\n- @\u200buser b\\`"),
        ("~~~\n~~old~~", "\\~\\~\\~\n~~old~~"),
        ("```suggestion\nrm\n```", "```\nrm\n```"),
        ("```python\n@app\n```", "```python\n@app\n```"),
        ("```\nnever closed", "```\nnever closed\n```"),
        ("1. do\n   ```sql\n   select 1\n   ```", "1. do\n```sql\nselect 1\n```"),
        ("costs $5", "costs <span>$</span>5"),
        ("see GH-12 and a/b#3", "see GH-\u200b12 and a/b#\u200b3"),
    ],
)
def test_formatting_and_code_stay_and_the_rest_is_escaped(text: str, harmless: str) -> None:
    assert safe.harmless(text) == harmless


def test_plain_text_shows_as_it_is_written() -> None:
    (_, token, _) = PARSER.parse(safe.line("a*b*c __init__ [x](y) `z` 1 < 2 & \\n"))
    parts = "".join(part.content for part in token.children or [])
    assert parts == "a*b*c __init__ [x](y) z 1 < 2 & \\n"


def test_a_suggestion_that_deletes_its_lines_has_no_line() -> None:
    body = bodies.comment(finding(suggestion=Suggestion(3, 3, "", verified=True)))
    assert "```suggestion\n```" in body


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
    body = bodies.comment(finding(suggestion=suggestion, **changes))
    assert "suggestion\n" not in body
    assert ("```python\nx = " in body) is suggestion.verified


def test_smaller_remarks_are_folded_and_said_once() -> None:
    small = finding(check="model", title="A small thing", severity=Severity.LOW, placement=Placement.SUMMARY)
    listed = replace(small, placement_reason=because(ReasonKind.LISTED), body="It is @user small.")
    text = bodies.summary(Review(Source("git", None, None), ("checks", "claude"), Verdict.FINDINGS, findings=(listed,)))
    fold = text[text.index("<details><summary>1 smaller remark</summary>") :].partition("</details>")[0]
    assert text.count("A small thing") == fold.count("A small thing") == 1
    assert harm(fold.partition("\n\n")[2]) == []
