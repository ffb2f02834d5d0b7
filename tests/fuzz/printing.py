"""What is printed: nothing hidden, nothing that steers a terminal, and nothing that a runner obeys."""

from __future__ import annotations

from typing import Any

from attack_doors import HIDDEN, printed
from pieces import text

from reviewbot.core.text import one_line

TOKENS = (
    "::error::",
    "::set-output name=",
    "##[error]",
    "##",
    "[",
    "::",
    "\n",
    "\r",
    "\x1b[31m",
    "\u200b",
    "\u202e",
    "\t",
    " ",
)


def run(data: bytes) -> Any:
    said = text(data)
    return printed(said), one_line(said)


def judge(data: bytes, result: Any) -> None:  # noqa: ARG001 - whatever it was
    shown, line = result
    assert "\n" not in line
    for one in (shown, line):
        assert not HIDDEN.search(one)
    for one in shown.split("\n"):
        assert not one.lstrip().startswith("::") or one.lstrip().startswith("::\u200b"), one
        assert "##[" not in one
