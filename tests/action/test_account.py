"""The line for operators: one at the end of each run, whatever it came to."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from pullrequests import AREAS, SLOW, UNSAFE, PullRequest, service

if TYPE_CHECKING:
    from pathlib import Path


def ran(pull: PullRequest, action: str = "opened", *, code: int = 0, **inputs: str) -> dict[str, Any]:
    """Run the Action; give its only line about the run."""
    payload = pull.fake.event("pull_request", action, pull.number)
    environment = {**pull.environment("pull_request", payload, **inputs), "GITHUB_RUN_ID": "77"}
    result = pull.run({**environment, "GITHUB_RUN_ATTEMPT": "2", "INPUT_LOG-FORMAT": "json"}, "action")
    assert result.code == code, result.stderr
    lines = [json.loads(line) for line in result.stderr.splitlines() if line.startswith("{")]
    (line,) = [line for line in lines if line["event"] == "run"]
    return dict(line)


def test_a_run_is_told_in_one_line(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW, UNSAFE)}) as pull:
        line = ran(pull)
        assert line["requests"] == len(pull.fake.journal)
        assert 0 < line.pop("seconds") < 60
        assert line.pop("requests") > 3
        assert line == {
            "level": "info",
            "event": "run",
            "id": "77-2",
            "on": "pull_request",
            "repository": "acme/app",
            "pull_request": 1,
            "agents": "sinag-backend-architect",
            "files": 1,
            "critical": 1,
            "high": 0,
            "medium": 1,
            "low": 0,
            "info": 0,
            "failures": 0,
            "calls": 0,
            "tokens_in": 0,
            "tokens_out": 0,
            "cost_usd": 0.0,
            "outcome": "findings",
            "exit_code": 0,
        }


def test_what_was_skipped_or_failed_is_told_as_well(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}) as pull:
        line = ran(pull, "closed")
        assert (line["outcome"], line["exit_code"], line["requests"]) == ("skipped", 0, 0)
        assert "repository" not in line
        line = ran(pull, code=2, max_comments="many")
        assert (line["outcome"], line["exit_code"]) == ("ConfigError", 2)
