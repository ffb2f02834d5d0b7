"""Long Markdown in pieces: an independent reader finds the same blocks in them."""

from __future__ import annotations

import re

from hypothesis import given, settings
from hypothesis import strategies as st
from markdown_it import MarkdownIt

from reviewbot.output.markdown import pages, safe

WORDS = st.text(alphabet="abc `~*_<>|#-\U0001f600", min_size=1, max_size=200)
LINES = st.lists(WORDS, min_size=1, max_size=30)
BLOCKS = st.one_of(
    LINES.map(lambda lines: safe.fenced("\n".join(lines), "python")),
    WORDS.map(safe.line),
    LINES.map(lambda lines: "\n".join(["| a | b |", "|---|---|", *(f"| {safe.cell(line)} | x |" for line in lines)])),
    LINES.map(
        lambda lines: (
            "<details><summary>more</summary>\n\n"
            + "\n".join(f"- {safe.line(line)}" for line in lines)
            + "\n\n</details>"
        )
    ),
)


def code(text: str) -> str:
    tokens = MarkdownIt("commonmark").enable("table").parse(text)
    return "".join(token.content for token in tokens if token.type == "fence")


@settings(deadline=None)
@given(st.lists(BLOCKS, min_size=1, max_size=12), st.integers(600, 3000))
def test_nothing_is_cut_and_nothing_is_lost(blocks: list[str], limit: int) -> None:
    text = "\n\n".join(blocks) + "\n"
    parts = pages.split(text, limit)
    assert all(pages.size(part) <= limit for part in parts)
    assert re.sub(r"\s", "", "".join(code(part) for part in parts)) == re.sub(r"\s", "", code(text))
    for part in parts:
        assert part.count("<details>") == part.count("</details>")
        fences = [token for token in MarkdownIt("commonmark").parse(part) if token.type == "fence"]
        assert all(part.splitlines()[token.map[1] - 1].startswith("```") for token in fences if token.map), "closed"
    for line in text.splitlines():
        if len(line) < 100:
            assert any(line in part for part in parts)


def test_a_short_text_is_left_alone() -> None:
    assert pages.split("a\n\n```\nb\n```\n", 600) == ["a\n\n```\nb\n```\n"]


def test_a_table_has_its_head_on_every_page() -> None:
    rows = "\n".join(f"| {number} | {'x' * 50} |" for number in range(100))
    parts = pages.split(f"| n | x |\n|---|---|\n{rows}\n", 1000)
    assert len(parts) > 5
    assert all(part.startswith("| n | x |\n|---|---|\n| ") for part in parts)


def test_length_is_counted_as_the_strictest_would() -> None:
    assert pages.size("a\U0001f600") == 3


@settings(deadline=None)
@given(st.lists(st.text(alphabet="ab `#<>-@", min_size=1, max_size=60), min_size=40, max_size=120))
def test_a_line_longer_than_a_page_tears_no_code_and_begins_nothing(names: list[str]) -> None:
    """A hostile author decides where a list of paths is cut, by the length of the names."""
    text = "- reviewed: " + ", ".join(safe.code(f"x{name}x") for name in names) + "\n"
    parts = pages.split(text, 600)
    spans = [
        child.content
        for part in parts
        for token in MarkdownIt("commonmark").parse(part)
        if token.type == "inline"
        for child in token.children or []
        if child.type == "code_inline"
    ]
    assert [" ".join(span.split()) for span in spans] == [" ".join(f"x{name}x".split()) for name in names]
    blocks = {token.type for part in parts for token in MarkdownIt("commonmark").parse(part)}
    assert not blocks & {"heading_open", "fence", "html_block", "blockquote_open", "hr"}


@settings(deadline=None, max_examples=30)
@given(st.integers(90, 20_000), st.sampled_from(["@octocat", "<!-- x -->", "# x"]))
def test_no_fence_is_longer_than_a_page(run: int, words: str) -> None:
    for text in (
        safe.fenced("`" * run + f"\n{words}\n"),
        safe.quoted(f"{'`' * run}\n{words}"),
        safe.code("`" * run + words),
    ):
        for part in pages.split(text, 600):
            tokens = MarkdownIt("commonmark").parse(part)
            outside = [child.content for token in tokens for child in token.children or [] if child.type == "text"]
            assert not any(words in content for content in outside)
            assert {token.type for token in tokens} <= {"fence", "paragraph_open", "inline", "paragraph_close"}
