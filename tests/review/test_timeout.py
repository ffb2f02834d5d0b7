"""The time of a run is over: nothing more is begun, what is done counts, and what is left out is named."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from builders import agent, change_set, changed, hunk, item
from fakeclaude import Ask, FakeClaude, Fault, Say
from fakegithub import Fault as GithubFault
from judging import apart, claude, found, script, settings, shows, two_files
from pullrequests import API, SLOW, UNSAFE, PullRequest, service

from reviewbot.checks import catalog, engine, fragments
from reviewbot.core.check import Reach
from reviewbot.core.deadline import NEVER, Deadline, seconds_of, within
from reviewbot.core.errors import GithubError, ModelError
from reviewbot.core.reasons import ReasonKind
from reviewbot.core.review import Assignment, Grade, Verdict
from reviewbot.core.telling import Watch
from reviewbot.github.client import GRACE, Client
from reviewbot.llm.budget import Budget
from reviewbot.llm.judge import Judge
from reviewbot.review import pipeline
from reviewbot.review.outcome import exit_code
from reviewbot.settings.config import Config

if TYPE_CHECKING:
    from pathlib import Path

    from reviewbot.checks.results import CheckResult

NAME = "sinag-backend-architect"
LOOP = ("+for a in areas:", "+    db.query(Area).get(a.id)")


class Clock:
    """Stands for time: it goes on when it is told to."""

    def __init__(self) -> None:
        self.now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.mark.parametrize(
    ("text", "seconds"), [("90", 90), ("90s", 90), ("15m", 900), ("1h", 3600), ("0", None), ("0m", None)]
)
def test_a_time_is_read_as_people_write_it(text: str, seconds: float | None) -> None:
    assert seconds_of(text) == seconds


@pytest.mark.parametrize("text", ["", "m", "-1", "1.5m", "15 m", "1d", "9" * 5000, "\u0661"])
def test_what_is_no_time_is_said(text: str) -> None:
    with pytest.raises(ValueError, match="is no time such as 90s or 15m"):
        seconds_of(text)


def test_a_deadline_ends() -> None:
    clock = Clock()
    until = Deadline(100, clock)
    assert (until.left, until.closing, until.over) == (100, False, False)
    clock.now = 91
    assert (until.left, until.closing, until.over) == (9, True, False)
    clock.now = 101
    assert (until.left, until.closing, until.over) == (-1, True, True)
    assert (NEVER.left, NEVER.closing, NEVER.over) == (None, False, False)


def test_work_that_takes_too_long_is_left_to_itself() -> None:
    assert within(5, lambda: None) is None
    with pytest.raises(KeyError):
        within(5, lambda: dict[str, str]()["x"])
    with pytest.raises(TimeoutError, match=r"longer than 0\.05 seconds"):
        within(0.05, lambda: time.sleep(1))


def checked(over_at: str) -> CheckResult:
    """Check three files; the time is over when the checks tell that."""
    clock = Clock()

    def tell(part: str, words: str) -> None:  # noqa: ARG001
        if over_at in words:
            clock.now = 11

    changes = change_set(*(changed(f"app/{name}.py", hunk(1, *LOOP)) for name in "abc"))
    who = agent(NAME, item("n-plus-one"), item("cache-invalidation"))
    assignment = Assignment(NAME, Grade.PROJECT, tuple(file.path for file in changes.files), 1.0)
    watch = Watch(tell, Deadline(10, clock))
    return engine.run(changes, [assignment], {NAME: who}, catalog.load(), watch=watch)


def test_checks_that_there_is_no_time_for_are_named() -> None:
    result = checked("2 of 3")
    assert {finding.path for finding in result.findings} == {"app/a.py"}
    (failure,) = result.failures
    assert failure.message == "the time is over, so these were left out: app/b.py, app/c.py, cached-value-never-deleted"
    late = [path for path, seen in result.seen.items() if getattr(seen, "kind", None) is ReasonKind.OUT_OF_TIME]
    assert late == ["app/b.py", "app/c.py"]
    assert {run.reach for run in result.runs if run.check == "query-in-loop"} == {Reach.PARTIAL}
    assert Reach.WHOLE not in {run.reach for run in result.runs if run.files}


def test_checks_of_the_whole_change_are_named_too() -> None:
    result = checked("over the whole change")
    assert len({finding.path for finding in result.findings}) == 3
    (failure,) = result.failures
    assert "left out: cached-value-never-deleted" in failure.message
    assert {run.reach for run in result.runs if run.check == "cached-value-never-deleted"} == {Reach.NOTHING}


def test_checks_in_time_are_no_failure() -> None:
    result = checked("at no time")
    assert (result.failures, len({finding.path for finding in result.findings})) == ((), 3)


def test_the_model_is_not_waited_for_and_its_files_are_named() -> None:
    def slow(ask: Ask) -> Say:
        answer = script(found("row.status = 'approved'"))(ask)
        return Say(answer.text, spread=60) if shows(ask, "app/remove.py") else answer

    config = apart()
    with FakeClaude(slow) as fake, claude(fake) as asked:
        asked.ready()
        began = time.monotonic()
        until = Deadline(3)
        made = pipeline.review(two_files(), settings(config), catalog.load, Judge(asked, config), Watch(until=until))
        assert 2 < time.monotonic() - began < 10
    assert [finding.path for finding in made.findings if finding.check == "model"] == ["app/approve.py"]
    reasons = {file.path: file.reason for file in made.coverage.files}
    assert reasons["app/remove.py"].has(ReasonKind.OUT_OF_TIME)
    assert not reasons["app/approve.py"].has(ReasonKind.OUT_OF_TIME)
    sentence = "Not reviewed by the model, left out: the time of 3 s is over (timeout): app/remove.py."
    assert sentence in made.remarks
    # As with the other budgets: what was left out is said, and is no failure.
    assert (made.verdict, made.failures, exit_code(made, config)) == (Verdict.INCOMPLETE, (), 0)


def test_no_call_is_begun_in_the_last_tenth() -> None:
    clock = Clock()
    budget = Budget(1_000_000, None, Deadline(100, clock))
    assert budget.over() is None
    clock.now = 90
    reason = budget.over()
    assert reason is not None
    assert reason.kind is ReasonKind.OUT_OF_TIME


def test_waiting_for_claude_does_not_go_beyond() -> None:
    config = apart()
    with FakeClaude(script()) as fake, claude(fake, until=Deadline(20)) as asked:
        fake.faults.add(Fault("429", match=lambda _: True, times=100, retry_after=30))
        made = pipeline.review(two_files(), settings(config), catalog.load, Judge(asked, config))
    assert all("and the review ends before" in failure.message for failure in made.failures)
    assert len(made.failures) == 2
    assert ModelError.exit_code == exit_code(made, config) == 3


def test_waiting_for_github_does_not_go_beyond(tmp_path: Path) -> None:
    waits: list[float] = []
    clock = Clock()
    with PullRequest(tmp_path, {f"{API}/a.py": "A = 1\n"}) as pull:
        client = Client(
            pull.token(), pull.fake.url, pull.fake.graphql_url, until=Deadline(30, clock), sleep=waits.append
        )
        pull.fake.faults.add(GithubFault("primary", match=lambda *_: True, reset_in=int(GRACE) + 40))
        with pytest.raises(GithubError, match="GitHub asks to wait"):
            client.get("/repos/acme/app/pulls/1")
        assert client.get("/repos/acme/app/pulls/1")["number"] == 1
        # What is done is still posted.
        clock.now = 31
        assert client.get("/repos/acme/app/pulls/1")["number"] == 1
        clock.now = 31 + GRACE
        with pytest.raises(GithubError, match="the time of the run is over"):
            client.get("/repos/acme/app/pulls/1")
    assert waits == []


def test_what_is_done_is_posted_and_the_rest_comes_with_the_next_run(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    areas, users = f"{API}/services/areas.py", f"{API}/services/users.py"
    with PullRequest(tmp_path, {areas: service("areas", SLOW), users: service("users", UNSAFE)}) as pull:
        late = Deadline(1000)
        looked: list[str] = []

        def over(_: Deadline) -> bool:
            return len(looked) > 0

        cut = fragments.fragments

        def looking(file: object) -> object:
            looked.append("one")
            return cut(file)  # type: ignore[arg-type]

        with monkeypatch.context() as patched:
            patched.setattr(engine, "fragments", looking)
            patched.setattr(Deadline, "over", property(over))
            assert late.over is False
            assert pull.inside(timeout="10m") == 3
        assert [thread["path"] for thread in pull.seen()["threads"]] == [areas]
        assert "the time is over, so these were left out" in pull.summary_comment()
        assert users in pull.summary_comment()
        assert pull.inside() == 0
        assert {thread["path"] for thread in pull.seen()["threads"]} == {areas, users}


def test_the_option_and_the_input_are_checked(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {f"{API}/a.py": "A = 1\n"}) as pull:
        assert pull.inside(timeout="soon") == 2
        assert "input timeout: `soon` is no time such as 90s or 15m" in str(pull.error)
        ended = pull.reviewbot("review", "--timeout", "soon", "--pr", "acme/app#1")
        assert ended.code == 2
        assert "argument --timeout: `soon` is no time such as 90s or 15m" in ended.stderr
        assert pull.reviewbot("review", "--timeout", "5m", "--pr", "acme/app#1").code == 0


def test_nothing_is_left_out_where_there_is_no_limit() -> None:
    made = pipeline.review(two_files(), replace(settings(Config()), forced=()), catalog.load)
    assert made.failures == ()
