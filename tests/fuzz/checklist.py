"""Checklists: items with ids of their own, in the order of their lines, whose rules stand in the text."""

from __future__ import annotations

from typing import Any

from fuzz.agent import TOKENS
from pieces import text

from reviewbot.agents import checklist
from reviewbot.core.errors import ReviewbotError

__all__ = ["TOKENS", "judge", "run"]


def run(data: bytes) -> Any:
    return checklist.read(_body(data), 1, "a.md")


def _body(data: bytes) -> str:
    """Give the text with ends of lines as front matter leaves them."""
    return text(data).replace("\r\n", "\n").replace("\r", "\n")


def judge(data: bytes, result: Any) -> None:
    assert not isinstance(result, ReviewbotError)
    items, _, problems = result
    last = len(_body(data).split("\n"))
    assert len({item.id for item in items}) == len(items)
    assert all(checklist.KEBAB.match(item.id) for item in items)
    assert [item.line for item in items] == sorted(item.line for item in items)
    assert all(1 <= item.line <= last for item in items)
    assert all(1 <= problem.line <= last for problem in problems)
