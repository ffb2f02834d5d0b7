"""Anchors of quotes: the lines that are returned are the file's, and hold the quote; what stands there is found."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from builders import changed, hunk
from pieces import BETWEEN, parts

from reviewbot.core.change import Side
from reviewbot.llm import quotes
from reviewbot.llm.masking import MASK

if TYPE_CHECKING:
    from reviewbot.core.change import ChangedFile

TOKENS = (
    BETWEEN,
    "\n+",
    "\n-",
    "\n ",
    "***",
    "\\x1b",
    "\\u200b",
    "\r\n",
    'password = "hunter2hunter2"',
    "    ",
    "\x1b",
)
_ABOVE = 2


@lru_cache(maxsize=4)
def _file(said: str) -> ChangedFile:
    rows = [line if line[:1] in {"+", "-", " "} else f" {line}" for line in said.split("\n")]
    around = ["first", "second"]
    new = [*around, *(row[1:] for row in rows if row[0] != "-"), "last"]
    old = [*around, *(row[1:] for row in rows if row[0] != "+"), "last"]
    return changed("a.py", hunk(_ABOVE + 1, *rows), new_text="\n".join(new), old_text="\n".join(old))


def _given(data: bytes) -> tuple[str, int | None, ChangedFile, Side]:
    said, quote, where = parts(data, 3)
    number = int(where[1:7]) if re.fullmatch(r"[0-9]+", where[1:7]) else None
    return quote, number, _file(said), Side.LEFT if where[:1] == "-" else Side.RIGHT


def run(data: bytes) -> Any:
    return quotes.find(*_given(data))


def judge(data: bytes, result: Any) -> None:
    quote, _, file, side = _given(data)
    wanted = [line.strip() for line in quote.replace("\r\n", "\n").strip().split("\n")]
    if result is None:
        text = file.new_text if side is Side.RIGHT else file.old_text
        lines = [line.strip() for line in (text or "").split("\n")]
        there = any(lines[at : at + len(wanted)] == wanted for at in range(len(lines)))
        assert not (there and any(wanted)), "it stands there"
        return
    text = file.new_text if result.side is Side.RIGHT else file.old_text
    lines = (text or "").split("\n")[result.start_line - 1 : result.end_line]
    assert [line.rstrip("\r") for line in lines] == result.text.split("\n")
    if MASK not in quote and "\\" not in quote:
        stripped = [line.strip() for line in lines]
        if result.whole:
            assert stripped == wanted
        else:
            assert len(stripped) == len(wanted)
            assert all(part in line for part, line in zip(wanted, stripped, strict=True))
