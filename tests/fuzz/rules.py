"""A team's rule file: a rule that can run, or an error that names the file and a line; what runs does not break."""

from __future__ import annotations

import re
from typing import Any

from attack_doors import CODE
from pieces import text

from reviewbot.checks import rule_files, team_checks
from reviewbot.core.errors import ConfigError, ReviewbotError
from reviewbot.python.syntax import Source

TOKENS = (
    *(
        "id: team-check\n",
        "language: python\n",
        "message: ",
        "rule:\n  ",
        "pattern: ",
        "kind: ",
        "regex: ",
        "any: [",
        "all: [",
    ),
    *(
        "not: {",
        "inside: {",
        "has: {",
        "follows: {",
        "precedes: {",
        "stopBy: end",
        "field: ",
        "nthChild: ",
        "matches: ",
    ),
    *(
        "constraints:\n  ",
        "utils:\n  ",
        "transform:\n  ",
        "replace: ",
        "substring: ",
        "metadata:\n  ",
        "title: ",
        "why: ",
    ),
    *(
        "fix: ",
        "leaves_alone: ",
        "severity: high\n  ",
        "confidence: low\n  ",
        "items: [a/b]\n  ",
        "decides: ",
        "words: ",
    ),
    *("suggest: ", "built: {", "traced: {", "stands_for: {", "only_with: {", "$A", "$$$", "$_", "call", "identifier"),
    *(
        "unless_said: ",
        "files: [",
        "ignores: [",
        "range: {",
        "context: ",
        "selector: ",
        "strictness: ",
        "function_definition",
    ),
)


def run(data: bytes) -> Any:
    said = text(data)
    document = rule_files.read(said, "team-check.yml")
    if document.data.get("ruff"):
        return document  # ruff would be started
    rule = team_checks.loaded("team-check.yml", said)
    return [match.span for match in Source(CODE).find(rule.config)]


def judge(data: bytes, result: Any) -> None:
    if isinstance(result, ReviewbotError):
        assert isinstance(result, ConfigError), repr(result)
        said = re.match(r"team-check\.yml:(\d+)(?::\d+)?: \S", str(result))
        assert said, str(result)
        assert 1 <= int(said[1]) <= max(1, len(re.split(r"\r\n|[\n\r\x85\u2028\u2029]", text(data)))), str(result)
