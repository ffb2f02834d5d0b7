"""Commands in comments: only what somebody says, at the beginning of a line."""

from __future__ import annotations

import time

import pytest

from reviewbot.github.commands import Command, Kind, parse, usage

REVIEW = Command(Kind.REVIEW)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("/review", REVIEW),
        ("  /review  ", REVIEW),
        ("Thanks!\r\n\r\n/review\r\n", REVIEW),
        ("/review full", Command(Kind.REVIEW, full=True)),
        ("/review help", Command(Kind.HELP)),
        ("/review sinag", Command(Kind.REVIEW, agent="sinag")),
        ("/review  please   do", Command(Kind.REVIEW, agent="please do")),
        ("/dismiss 0123abcd it is meant so", Command(Kind.DISMISS, finding="0123abcd", why="it is meant so")),
        ("/dismiss 0123abcd", Command(Kind.DISMISS, finding="0123abcd")),
        ("/dismiss it is meant so", Command(Kind.DISMISS, why="it is meant so")),
        ("/dismiss", Command(Kind.DISMISS)),
        ("/review\n/dismiss 0123abcd no", REVIEW),
        ("> /review\n\n/review full", Command(Kind.REVIEW, full=True)),
        ("```\n/review\n```\n/review full", Command(Kind.REVIEW, full=True)),
        ("````\n```\n/review help\n````\n/review", REVIEW),
        ("<!-- /review full -->/review", REVIEW),
        ("1. done\n2. done as well\n/review", REVIEW),
        ("- done\n\n  /review", REVIEW),
        ("> well\n\n/review", REVIEW),
        ("- ```\n  /review full\n  ```\n/review", REVIEW),
        ("/review\n--\nsent from a mail", REVIEW),
        ("`<!--` begins a comment.\n/review", REVIEW),
        ("`a\n/review full\nb`\n/review", REVIEW),
        ("<details>\n<summary>Why</summary>\n\nSo.\n\n</details>\n\n/review", REVIEW),
        ("<pre>\n/review full\n</pre>\n\n/review", REVIEW),
        ("<!-- <pre> -->\n/review", REVIEW),
        ("``` not a fence ```\n/review", REVIEW),
        ("a [link](\n/b\n)\n/review", REVIEW),
        ("**Please:**\n*now*\n/review", REVIEW),
        ("Done.\r/review", REVIEW),
    ],
)
def test_a_command_begins_a_line(text: str, expected: Command) -> None:
    assert parse(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "",
        "I would /review this",
        "/reviewers",
        "/REVIEW",
        "> /review",
        "  > > /review",
        "    /review",
        "\t/review",
        "`/review`",
        "```\n/review\n```",
        "~~~\n/review",
        "```sh\n/review\n``` not the end\n/review",
        "<!-- /review -->",
        "<!--\n/review\n-->",
        "<!--\n/review",
        "- /review",
        "\\/review",
        "# /review",
        "1. /review",
        "- [ ] /review",
        # fences in lists, also where a line continues them without their indentation
        "- ```\n  /review\n  ```",
        "1. so:\n\n   ```\n   /review\n   ```",
        "1. so:\n\n    ~~~\n    /review\n    ~~~",
        "- - ```\n    /review",
        "- > ```\n  > /review",
        # lines that continue a quote without its mark
        "> somebody says\n/review",
        "> > deeper\n> /review\n/review",
        "> - in a list\n/review",
        "- > in an element\n/review",
        "- > in an element\n  /review",
        # HTML
        "<pre>\n/review\n</pre>",
        "<pre>\n\n/review\n\n</pre>",
        "<div>\n/review\n</div>",
        "<div><pre>\n\n/review\n\n</pre></div>",
        "<blockquote>\n\n/review\n\n</blockquote>",
        "See <code>\n/review\n</code>",
        "See <!--\n/review\n-->",
        "<!-- one --><!--\n/review\n-->",
        '<a title="\n/review">x</a>',
        "<script>\n\n/review",
        # code and links over several lines
        "`a\n/review\nb`",
        "``a ` b\n/review``",
        "[a\n/review](https://example.com)",
        "[a\n/review\n](b) and [c]",
        '[a](b "\n/review\n")',
        "![a\n/review](b.png)",
        '[a]: b "\n/review\n"\n\n[a]',
        "[a\n/review\n][b]\n\n[b]: c",
    ],
)
def test_everything_else_is_no_command(text: str) -> None:
    assert parse(text) is None


@pytest.mark.parametrize(
    "made", ["> - ", "- ", "[", "`", "<!-- ", "<pre>", "![", "\\", "<a b=", "> a\n", "1. a\n", "[a]: b\n"]
)
def test_a_hostile_comment_is_read_in_no_time(made: str) -> None:
    began = time.process_time()
    parse(f"{made * (65_536 // len(made))}\n/review")
    assert time.process_time() - began < 5


def test_another_word_can_start_it() -> None:
    assert parse("/bot full", "/bot") == Command(Kind.REVIEW, full=True)
    assert parse("/review", "/bot") is None
    assert parse("/dismiss x", "/bot") == Command(Kind.DISMISS, why="x")


def test_help_names_every_command_and_agent() -> None:
    text = usage("/bot", ["one", "two"])
    for said in ("`/bot`", "`/bot full`", "`/bot NAME`", "`/dismiss ID why`", "`/bot help`", "`one`, `two`"):
        assert said in text
