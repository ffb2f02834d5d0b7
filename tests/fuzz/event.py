"""The payload of an event: what to look at, a sentence why there is nothing to do, or an error in words."""

from __future__ import annotations

from typing import Any

from pieces import BETWEEN, parts

from reviewbot.core.errors import ConfigError
from reviewbot.github import commands, events

TOKENS = (
    BETWEEN,
    *(
        "pull_request",
        "pull_request_target",
        "issue_comment",
        "pull_request_review_comment",
        "workflow_dispatch",
        "push",
    ),
    *(
        '{"action": "',
        "opened",
        "synchronize",
        "created",
        '"repository": {"full_name": "',
        "a/b",
        '"number": ',
        '"head": ',
    ),
    *('"comment": {"id": ', '"body": "', '"user": {"login": "', "[bot]", '"type": "Bot"', '"in_reply_to_id": ', "null"),
    *('"sender": ', '"issue": {', '"draft": true', '"repo": ', "dependabot[bot]", "\\ud800", "1e400", "NaN", "/review"),
)


def run(data: bytes) -> Any:
    name, payload = parts(data, 2)
    found = events.read(name, payload)
    if isinstance(found, events.Trigger) and found.comment is not None:
        commands.parse(found.comment.body)
    return found


def judge(data: bytes, result: Any) -> None:  # noqa: ARG001 - whatever it was
    assert isinstance(result, str | events.Trigger | ConfigError), repr(result)
    if isinstance(result, events.Trigger):
        assert result.ref.number > 0
        assert result.ref.path.startswith("/repos/")
        assert not {"..", "."} & set(result.ref.path.split("/"))
        assert not set("?#% \n\\") & set(result.ref.path)
    else:
        assert str(result)
