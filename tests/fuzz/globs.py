"""Globs of people and of the model: compiled or refused, in linear time, and the same by both ways of matching."""

from __future__ import annotations

from typing import Any

from pieces import BETWEEN, parts

from reviewbot.core import globs
from reviewbot.llm.tools import LookError
from reviewbot.llm.tools.path_patterns import matching

TOKENS = (
    "**",
    "/**/",
    "*",
    "?",
    "[a-z]",
    "[!",
    "]",
    "!",
    "\\",
    "/",
    "{a,b}",
    ".py",
    BETWEEN,
    "a/b.py",
    "\n",
    "..",
    "#",
    " ",
)


def run(data: bytes) -> Any:
    pattern, path = parts(data, 2)
    path = path or "app/services/areas.py"
    pattern = pattern[:300]
    if globs.complaint((pattern,)):
        return None
    by_glob = globs.Globs((pattern,)).match(path)
    try:
        by_model = matching([path], pattern)
    except LookError:
        by_model = []
    return by_glob, by_model


def judge(data: bytes, result: Any) -> None:
    if result is not None:
        path = parts(data, 2)[1] or "app/services/areas.py"
        assert result[1] in ([], [path])
