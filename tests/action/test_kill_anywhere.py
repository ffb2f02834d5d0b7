"""A run that is killed right after any of its requests, and is run again, ends where one clean run ends.

The process gets SIGKILL when GitHub has processed its k-th request, before it hears of that. For every k with
REVIEWBOT_KILL=everywhere, as in `.ci/run`; else after every third write.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pullrequests
import pytest
from pullrequests import API, AREAS, FAST, SLOW, UNSAFE, PullRequest, service
from thorough import EVERYTHING, share

if TYPE_CHECKING:
    from pathlib import Path

MORE = ["push", "command", "refused command"]
OTHER = f"{API}/services/other.py"


class Scenario:
    """Something that happens on a fresh pull request, and the run that follows it."""

    def __init__(self, folder: Path, name: str) -> None:
        self.name = name
        self.pull = PullRequest(folder, {AREAS: service("areas", SLOW, UNSAFE), OTHER: service("other", SLOW)})
        self.comment: int | None = None

    def prepare(self) -> None:
        pull = self.pull
        self.token = pull.token(contents="write" if self.name == "push, may resolve" else "read")
        if self.name != "first review":
            assert pull.inside(token=self.token) == 0
        if self.name.startswith("push"):
            pull.push({AREAS: service("areas", FAST, UNSAFE), OTHER: service("other", SLOW, UNSAFE)})
        if self.name == "command":
            pull.push({AREAS: service("areas", FAST, UNSAFE)})
            self.comment = pull.fake.comment(pull.number, "ada", "/review")
        if self.name == "refused command":
            self.comment = pull.fake.comment(pull.number, "rita", "/review")
        if self.name == "dismissal":
            thread = pull.fake.threads(pull.number)[0]
            self.comment = pull.fake.reply(pull.number, thread.comments[0].id, "ada", "/dismiss it is meant so")

    @property
    def event(self) -> tuple[str, str]:
        if self.comment is None:
            return "pull_request", "synchronize"
        return "pull_request_review_comment" if self.name == "dismissal" else "issue_comment", "created"

    def run(self) -> list[bool]:
        """Run to the end; tell of each request whether it wrote."""
        before = len(self.pull.fake.journal)
        assert self.pull.inside(*self.event, self.token, comment=self.comment) == 0, self.pull.error
        return [pullrequests.is_write(exchange) for exchange in self.pull.fake.journal[before:]]

    def writes_of_another_run(self) -> list[str]:
        before = len(self.pull.writes)
        self.run()
        return self.pull.writes[before:]

    def killed(self, after: int) -> None:
        """Run as a process, and kill it."""
        pull = self.pull
        extra: dict[str, Any] = {} if self.comment is None else {"comment_id": self.comment}
        payload = pull.fake.event(*self.event, pull.number, **extra)
        pull.killed(after, pull.environment(self.event[0], payload, self.token))


def kills(wrote: list[bool]) -> list[int]:
    """Give the requests after which to kill, counted from 1."""
    numbers = range(1, len(wrote) + 1)
    if EVERYTHING:
        return list(numbers)
    return share([number for number in numbers if wrote[number - 1] or number == len(wrote)], 3)


@pytest.mark.parametrize("name", ["first review", "push, may resolve", "dismissal", *(MORE if EVERYTHING else [])])
def test_killed_after_any_request(tmp_path: Path, name: str) -> None:
    unharmed = Scenario(tmp_path / "unharmed", name)
    with unharmed.pull as pull:
        unharmed.prepare()
        wrote = unharmed.run()
        expected = pull.seen()
        assert [write for write in unharmed.writes_of_another_run() if "/reactions" not in write] == []
    assert sum(wrote) >= 2
    for number in kills(wrote):
        scenario = Scenario(tmp_path / f"killed{number}", name)
        with scenario.pull as pull:
            scenario.prepare()
            scenario.killed(after=number)
            scenario.run()
            assert pull.seen() == expected, f"killed after request {number} of {len(wrote)}"
