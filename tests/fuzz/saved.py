"""Saved reviews and baselines: read, or refused in words."""

from __future__ import annotations

from typing import Any

from pieces import BETWEEN, parts

from reviewbot.core.errors import ConfigError, ReviewFileError
from reviewbot.output import saved
from reviewbot.output.formats import render
from reviewbot.settings import baseline

TOKENS = (
    BETWEEN,
    *('{"schema_version": 1', '"findings": {', '"findings": [', '"source": {"kind": "', '"engines": [', '"verdict": "'),
    *(
        '"placement": "inline"',
        '"placement_reason": "',
        '"suggestion": {',
        '"path": "',
        '"start_line": ',
        "1e400",
        "null",
    ),
    *(
        '"ledger": [',
        '"coverage": {',
        '"failures": [',
        '"remarks": [',
        '"notes": [',
        '"sections": [',
        "\\ud800",
        "NaN",
        "[[",
    ),
)


def run(data: bytes) -> Any:
    what, said = parts(data, 2)
    if what == "baseline":
        return baseline.parsed(said, "baseline.json")
    review = saved.load(said)
    return render("json", review, None), review


def judge(data: bytes, result: Any) -> None:  # noqa: ARG001 - whatever it was
    if isinstance(result, ConfigError | ReviewFileError):
        assert str(result).startswith(("baseline.json:", "review.json:")), str(result)
    elif isinstance(result, tuple):
        assert saved.load(result[0]) == result[1]
