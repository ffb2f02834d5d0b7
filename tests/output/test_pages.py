"""Long Markdown in pages: independent readers find the same blocks in them."""

from __future__ import annotations

import re
from collections import Counter

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from rendered import PARSERS, Page, harm

from reviewbot.output.markdown import pages, tree, writer

WORDS = st.text(alphabet="abc `~*_<>|#-\U0001f600@\\$", min_size=1, max_size=40)
LINES = st.lists(WORDS, min_size=1, max_size=30)
BLOCKS = st.one_of(
    LINES.map(lambda lines: tree.Fence("\n".join(lines), "python")),
    WORDS.map(tree.paragraph),
    LINES.map(
        lambda lines: tree.Table(
            tree.Row((tree.line("H1"), tree.line("H2"))),
            tuple(tree.Row(((tree.Text(line),), tree.line("x"))) for line in lines),
        )
    ),
    LINES.map(lambda lines: tree.Fold(tree.line("MORE"), (tree.bullets(map(tree.paragraph, lines)),))),
    LINES.map(
        lambda lines: tree.Listing(tuple(tree.Item((tree.Fence(line), tree.paragraph(line))) for line in lines), 7)
    ),
)


def shown(text: str) -> str:
    """Give what a reader sees, without white space and the heads of tables, which stand on each page."""
    page = Page(PARSERS["cmark-gfm"](text))
    return re.sub(r"[\s\u200b]|H1|H2|MORE", "", "".join([*page.code, *page.text]))


@settings(deadline=None)
@given(st.lists(BLOCKS, min_size=1, max_size=12), st.integers(900, 3000))
def test_nothing_is_lost_and_nothing_acts(blocks: list[tree.Block], limit: int) -> None:
    parts = pages.split(blocks, limit)
    assert all(pages.size(part) <= limit for part in parts)
    whole, paged = Counter(shown(writer.write(*blocks))), Counter("".join(map(shown, parts)))
    assert (whole - paged, paged - whole) == (Counter(), Counter())
    for part in parts:
        assert harm(part) == {}
        assert part.count("<details>") == part.count("</details>")


def test_a_short_text_is_one_page() -> None:
    assert pages.split((tree.paragraph("a"), tree.Fence("b")), 600) == ["a\n\n```\nb\n```\n"]


def test_code_is_code_of_its_language_on_every_page() -> None:
    parts = pages.split((tree.Fence("x = 1\n" * 600, "python"),), 1000)
    assert len(parts) > 3
    assert all(part.startswith("```python\nx = 1\n") and part.endswith("\n```\n") for part in parts)
    assert "".join(parts).count("x = 1") == 600


def test_nothing_is_one_empty_page() -> None:
    assert pages.split((), 600) == [""]


def test_of_a_title_or_a_head_longer_than_a_page_the_beginning_is_shown() -> None:
    name = tree.line("x" * 70_000)
    (fold,) = pages.split((tree.Fold(name, (tree.paragraph("inside"),)),), 10_000)
    assert re.match("<details><summary>x{300,}</summary>\n\ninside\n", fold)
    head = tree.Row((name, tree.line("b")))
    (table,) = pages.split((tree.Table(head, (tree.Row((tree.line("c"), tree.line("d"))),)),), 10_000)
    assert re.match(r"\| x{300,} \| b \|\n\|---\|---\|\n\| c \| d \|\n", table)


def test_a_table_has_its_head_on_every_page() -> None:
    rows = tuple(tree.Row((tree.line(str(number)), tree.line("x" * 50))) for number in range(100))
    parts = pages.split((tree.Table(tree.Row((tree.line("n"), tree.line("x"))), rows),), 1000)
    assert len(parts) > 5
    assert all(part.startswith("| n | x |\n|---|---|\n| ") for part in parts)
    assert re.findall(r"^\| (\d+) ", "".join(parts), re.MULTILINE) == [str(number) for number in range(100)]


def test_a_list_goes_on_counting_where_it_stopped() -> None:
    items = tuple(tree.Item((tree.paragraph("x" * 50),)) for _ in range(100))
    parts = pages.split((tree.Fold(tree.line("more"), (tree.Listing(items, 1),)),), 1000)
    assert re.findall(r"^(\d+)\. ", "".join(parts), re.MULTILINE) == [str(number) for number in range(1, 101)]
    assert all(part.startswith("<details><summary>more</summary>\n\n") for part in parts)
    assert all(part.endswith("\n\n</details>\n") for part in parts)


def test_a_page_is_filled_before_the_next_begins() -> None:
    entries = tree.Fold(tree.line("more"), (tree.bullets(tree.paragraph("x" * 50) for _ in range(200)),))
    parts = pages.split((tree.paragraph("head"), entries), 2000)
    assert parts[0].startswith("head\n\n<details>")
    assert all(pages.size(part) > 1500 for part in parts[:-1])


@pytest.mark.parametrize("blocks", [(), (tree.paragraph("inside"), tree.Fence("a\nb"))], ids=["empty", "full"])
@pytest.mark.parametrize("letter", ["x", ">", "@ "])
def test_what_is_called_longer_than_a_page_ends(letter: str, blocks: tuple[tree.Block, ...]) -> None:
    """Titles of folds and heads of tables come from saved reviews and from models, too."""
    name = letter * 70_000
    head, rows = tree.Row((tree.line(name), tree.line("b"))), tuple(tree.Row((tree.line("r"),)) for _ in blocks)
    for block in (
        tree.Fold(tree.line(name), blocks),
        tree.Fold((tree.Code(name), tree.Styled("strong", (tree.Text(name),))), blocks),
        tree.Listing((tree.Item((tree.Fold((tree.Text(name),), blocks), tree.Table(head, rows))),)),
    ):
        parts = pages.split((block,), pages.LIMIT)
        assert max(map(pages.size, parts)) <= pages.LIMIT
        assert ("inside" in "".join(parts)) is bool(blocks)


def test_a_line_of_several_pages_is_all_there() -> None:
    parts = pages.split((tree.Paragraph((tree.Text("x" * 300_000),)),), pages.LIMIT)
    assert "".join(parts).count("x") == 300_000


def test_lines_within_lists_and_quotes_take_more_than_their_own_length() -> None:
    fence = tree.Fence("\n".join("x" * 3_000))
    within: tree.Block = tree.Listing((tree.Item((fence,)),))
    for _ in range(3):
        within = tree.Listing((tree.Item((tree.Quote((within,)),)),))
    written = pages.split([within], 2_000)
    assert max(map(pages.size, written)) <= 2_000
    assert "".join(written).count("x") == 3_000


def test_length_is_counted_as_the_strictest_would() -> None:
    assert pages.size("a\U0001f600") == 3


@settings(deadline=None)
@given(st.lists(st.text(alphabet="ab `#<>-@|\\", min_size=1, max_size=60), min_size=40, max_size=120))
def test_a_line_longer_than_a_page_tears_no_code_and_begins_nothing(names: list[str]) -> None:
    """A hostile author decides where a list of paths is cut, by the length of the names."""
    named = tree.separated(tree.Code(f"x{name}x") for name in names)
    parts = pages.split((tree.bullets([tree.paragraph("reviewed: ", *named)]),), 600)
    read = [Page(PARSERS["cmark-gfm"](part)) for part in parts]
    codes = "".join(code for page in read for code in page.code)
    assert codes.replace("\u200b", "") == "".join(" ".join(f"x{name}x".split()) for name in names)
    assert {tag for page in read for tag in page.tags} <= {"ul", "li", "code", "span", "p"}


@settings(deadline=None, max_examples=30)
@given(st.integers(30, 20_000), st.sampled_from(["@octocat", "<!-- x -->", "# x", "![x](y)"]))
def test_no_fence_is_longer_than_a_page(run: int, words: str) -> None:
    text = f"{'`' * run}\n{words}\n"
    for block in (tree.Fence(text), tree.paragraph(tree.Code("`" * run + words)), tree.paragraph(tree.Text(text))):
        for part in pages.split((block,), 10_000):
            assert pages.size(part) <= 10_000
            assert harm(part) == {}
