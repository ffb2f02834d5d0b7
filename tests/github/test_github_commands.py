"""Commands in comments: only what somebody says, at the beginning of a line."""

from __future__ import annotations

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
    ],
)
def test_everything_else_is_no_command(text: str) -> None:
    assert parse(text) is None


def test_another_word_can_start_it() -> None:
    assert parse("/bot full", "/bot") == Command(Kind.REVIEW, full=True)
    assert parse("/review", "/bot") is None
    assert parse("/dismiss x", "/bot") == Command(Kind.DISMISS, why="x")


def test_help_names_every_command_and_agent() -> None:
    text = usage("/bot", ["one", "two"])
    for said in ("`/bot`", "`/bot full`", "`/bot NAME`", "`/dismiss ID why`", "`/bot help`", "`one`, `two`"):
        assert said in text
