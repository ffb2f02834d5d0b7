"""Front matter: nothing breaks it, the body begins on the line it says, and the keys stand in the file."""

from __future__ import annotations

from typing import Any

from fuzz.agent import TOKENS
from pieces import text

from reviewbot.agents import frontmatter
from reviewbot.core.errors import ReviewbotError

__all__ = ["TOKENS", "judge", "run"]


def run(data: bytes) -> Any:
    return frontmatter.split(text(data), "a.md")


def judge(data: bytes, result: Any) -> None:
    assert not isinstance(result, ReviewbotError)
    lines = text(data).removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    assert not result.body or "\n".join(lines[result.body_line - 1 :]) == result.body
    assert 1 <= result.body_line <= len(lines)
    assert result.present or not result.keys
    for key, node in result.keys.items():
        assert 1 <= node.line <= len(lines)
        assert result.line(key) == node.line
        result.text(key)
    assert all(1 <= problem.line <= len(lines) for problem in result.problems)
