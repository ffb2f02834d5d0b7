"""Comments that ask to ignore something: only real comments of Python's, on lines that there are."""

from __future__ import annotations

import io
import tokenize
from typing import Any

from builders import changed, hunk
from pieces import text

from reviewbot.checks import ignore_comments

TOKENS = (
    *("# reviewbot: ignore[", "// reviewbot: ignore[", "-- reviewbot: ignore[", "]", "why", "# noqa", "# type: ignore"),
    *('"""', "'", '"', "\n", "def f():\n    ", "f'{", "}'", "\\\n", "\r\n", "\x0c", "\t", "if x:\n", "query-in-loop, "),
)


def run(data: bytes) -> Any:
    said = text(data)
    file = changed("a.py", hunk(1, *(f"+{line}" for line in said.split("\n"))), new_text=said)
    other = changed("a.sql", hunk(1, *(f"+{line}" for line in said.split("\n"))), new_text=said)
    return ignore_comments.ignores(file), ignore_comments.ignores(other)


def judge(data: bytes, result: Any) -> None:
    said = text(data)
    lines = said.split("\n")
    python, other = result
    for ignore in (*python, *other):
        assert 1 <= ignore.line <= len(lines)
        assert 1 <= ignore.target <= len(lines)
        assert "reviewbot:" in lines[ignore.line - 1]
        assert "\n" not in ignore.reason
    comments = _comments(said)
    if comments is not None:
        assert {ignore.line for ignore in python} <= comments


def _comments(said: str) -> set[int] | None:
    """Give the lines with a comment as Python has it; None where it is no Python, or ends its lines otherwise."""
    if "\r" in said or "\x0c" in said or "\0" in said:
        return None
    try:
        compile(said, "a.py", "exec")
        return {
            token.start[0]
            for token in tokenize.generate_tokens(io.StringIO(said).readline)
            if token.type == tokenize.COMMENT
        }
    except (SyntaxError, ValueError, tokenize.TokenError, RecursionError, MemoryError):
        return None
