"""The configuration: a `Config`, or an error that names the file and a line that it has."""

from __future__ import annotations

import re
from typing import Any

from pieces import text

from reviewbot.core.errors import ConfigError
from reviewbot.core.globs import matches
from reviewbot.settings import config

TOKENS = (
    *("agents_dir: ", "agent: ", "pins: ", "- {paths: [", "agent: x}", "reviewers: ", "fallback: ", "checks:\n  "),
    *("off", "severity: high", "paths: [", "ignore: [", "ignore_comments: ", "baseline: ", "engine: ", "model: "),
    *("effort: ", "thinking: ", "refute: ", "passes: ", "max_cost_usd: ", "prices: {", "fail_on: ", "require_review: "),
    *("where-possible", "min_severity: ", "max_comments: ", "incremental: ", "&a ", "*a", "<<: ", "!!", "|\n", ">\n"),
    *(
        "? ",
        "- ",
        "{",
        "}",
        "[",
        "]",
        '"',
        "'",
        "\\x",
        ".nan",
        ".inf",
        "0x",
        "1e999",
        "2001-01-01",
        "null",
        "~",
        "---\n",
    ),
)


def run(data: bytes) -> Any:
    read = config.parse(text(data))
    return read, [matches(pin.paths, "app/a.py") for pin in read.pins]


def judge(data: bytes, result: Any) -> None:
    if isinstance(result, ConfigError):
        said = re.match(r"\.reviewbot\.yml:(\d+)(?::\d+)?: \S", str(result))
        assert said, str(result)
        assert 1 <= int(said[1]) <= max(1, len(re.split(r"\r\n|[\n\r\x85\u2028\u2029]", text(data)))), str(result)
        assert len(str(result)) < 2000 + len(data)
