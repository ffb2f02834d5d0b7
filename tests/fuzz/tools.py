"""The model's tools: whatever they are called with, nothing of what lies outside is given, and not too much."""

from __future__ import annotations

import json
from typing import Any

from attack_doors import OUTSIDE, workspace
from pieces import parts

from reviewbot.llm.tools import NAMES, LookError, offered

TOKENS = (
    *NAMES,
    *('\n====\n{"path": "', '{"pattern": "', '{"name": "', '{"paths": "', '"start": ', '"end": ', '"around": '),
    *(
        "app/pay.py",
        "app/a b.py",
        ".env",
        "keys/server.pem",
        "../",
        "/etc/passwd",
        "**",
        "*.py",
        "[a-z]",
        "(?i)",
        "\\\\w+",
    ),
    *("pay", "total", ".*", "{1,1000}", "(", ")", "|", "^", "$", "\\\\b", "null", "true", "-1", "1e9", "\\ud800"),
)
_MOST = 200_000


def run(data: bytes) -> Any:
    name, said = parts(data, 2)
    space = workspace()
    tool = next((one for one in offered(space) if one.name == name.strip()), offered(space)[0])
    try:
        values = json.loads(said)
    except (ValueError, RecursionError):
        # What is no JSON is the first argument, as it is.
        values = {next(iter(tool.arguments.model_fields)): said}
    return tool.look(space, values)


def judge(data: bytes, result: Any) -> None:  # noqa: ARG001 - whatever it was called with
    said = str(result)
    assert OUTSIDE not in said
    assert len(said) < _MOST
    if not isinstance(result, LookError):
        said.encode()  # it is sent as JSON
