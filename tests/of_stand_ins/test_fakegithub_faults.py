"""The fake fails on demand, and keeps a journal."""

from __future__ import annotations

import threading
import time
from http.client import HTTPException
from typing import TYPE_CHECKING

import pytest
from fakegithub import Fault
from fakegithub.stage import BOT, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Stage(tmp_path) as stage:
        yield stage


COMMENTS = "/repos/acme/app/issues/1/comments"


@pytest.mark.parametrize(
    ("kind", "status", "stored"),
    [
        ("502", 502, 0),
        ("502-after", 502, 1),
        ("html", 200, 0),
        ("html-after", 200, 1),
        ("secondary-403", 403, 0),
        ("secondary-429", 429, 0),
        ("primary", 403, 0),
        ("status", 500, 0),
        ("status-after", 500, 1),
    ],
)
def test_answers_that_are_none(stage: Stage, kind: str, status: int, stored: int) -> None:
    stage.fake.faults.add(Fault(kind, at=2))
    stage.bot.get(stage.repo_path)
    reply = stage.bot.ask("POST", COMMENTS, {"body": "x"})
    assert (reply.status, len(stage.fake.comments(1))) == (status, stored)
    if kind.startswith("html"):
        assert reply.text.startswith("<!DOCTYPE html>")
        assert reply.headers["content-type"].startswith("text/html")
    if kind.startswith("secondary"):
        assert reply.headers["retry-after"] == "60"
        assert "secondary rate limit" in reply.json["message"]
    if kind == "primary":
        assert reply.headers["x-ratelimit-remaining"] == "0"
        assert 0 < int(reply.headers["x-ratelimit-reset"]) - time.time() <= 60
    assert [one.status for one in stage.fake.journal] == [200, status]
    assert stage.bot.ask("POST", COMMENTS, {"body": "y"}).status == 201


@pytest.mark.parametrize(("kind", "stored"), [("reset-before", 0), ("reset-after", 1)])
def test_connections_that_are_cut(stage: Stage, kind: str, stored: int) -> None:
    stage.bot.get(stage.repo_path)
    stage.fake.faults.add(Fault(kind, match=lambda method, path, body: method == "POST" and bool(body) and "1" in path))
    with pytest.raises(ConnectionResetError):
        stage.bot.ask("POST", COMMENTS, {"body": "x"})
    assert len(stage.fake.comments(1)) == stored
    exchange = stage.fake.journal[-1]
    assert (exchange.status, exchange.answer, exchange.login, exchange.write) == (0, None, BOT, True)
    assert stage.bot.ask("POST", COMMENTS, {"body": "x"}).status == 201


@pytest.mark.parametrize(("kind", "stored"), [("hang", 0), ("hang-after", 1)])
def test_a_server_that_hangs(stage: Stage, kind: str, stored: int) -> None:
    stage.fake.faults.add(Fault(kind, at=1, seconds=0.05))
    began = time.monotonic()
    with pytest.raises(OSError, match=r"."):
        stage.bot.ask("POST", COMMENTS, {"body": "x"})
    assert time.monotonic() - began >= 0.05
    assert len(stage.fake.comments(1)) == stored


def test_the_end_does_not_wait_for_what_hangs(tmp_path: Path) -> None:
    began = time.monotonic()
    with Stage(tmp_path) as stage:
        stage.fake.faults.add(Fault("hang", at=1, seconds=60))

        def ask() -> None:
            with pytest.raises((OSError, HTTPException), match=r"."):
                stage.bot.ask("GET", stage.repo_path)

        thread = threading.Thread(target=ask)
        thread.start()
        while not stage.fake.journal:
            time.sleep(0.01)
    thread.join(5)
    assert not thread.is_alive()
    assert time.monotonic() - began < 10


def test_faults_are_counted_and_forgotten(stage: Stage) -> None:
    stage.fake.faults.add(Fault("status", match=lambda *_: True, times=2, status=418, message="tea"))
    stage.fake.faults.add(Fault("502", at=4))
    codes = [stage.bot.ask("GET", stage.repo_path).status for _ in range(4)]
    assert codes == [418, 418, 200, 502]
    stage.fake.faults.add(Fault("502", at=1))
    stage.fake.faults.reset()
    assert stage.bot.ask("GET", stage.repo_path).status == 200
    stage.fake.faults.add(Fault("502", at=2))
    assert stage.bot.ask("GET", stage.repo_path).status == 502
    with pytest.raises(ValueError, match="no such fault"):
        Fault("earthquake")


def test_a_callback_comes_after_the_effect_and_before_the_answer(stage: Stage) -> None:
    seen: list[tuple[int, int]] = []
    answered: list[int] = []
    stage.fake.after_request(2, lambda: seen.append((len(stage.fake.comments(1)), len(answered))))
    for number in range(1, 4):
        assert stage.bot.ask("POST", COMMENTS, {"body": "x"}).status == 201
        answered.append(number)
    assert seen == [(2, 1)]


def test_too_many_writes(stage: Stage) -> None:
    stage.fake.limits.writes_per_minute = 3
    codes = [stage.bot.ask("POST", COMMENTS, {"body": "x"}).status for _ in range(4)]
    assert codes == [201, 201, 201, 403]
    stage.bot.get(COMMENTS)
    mutation = stage.bot.ask(
        "POST", "/graphql", {"query": 'mutation { addComment(input: {subjectId: "", body: ""}) { clientMutationId } }'}
    )
    assert (mutation.status, mutation.headers["retry-after"]) == (403, "60")
    stage.fake.limits.writes_per_minute = None
    assert stage.bot.ask("POST", COMMENTS, {"body": "x"}).status == 201


def test_the_primary_limit(stage: Stage) -> None:
    stage.fake.limits.requests = 2
    replies = [stage.bot.ask("GET", stage.repo_path) for _ in range(3)]
    assert [one.status for one in replies] == [200, 200, 403]
    assert replies[2].headers["x-ratelimit-remaining"] == "0"


def test_the_journal(stage: Stage) -> None:
    stage.bot.get(f"{COMMENTS}?per_page=7")
    stage.bot.ask("POST", COMMENTS, {"body": "x"})
    stage.bot.data("{ viewer { login } }")
    stage.client(None).ask("GET", stage.repo_path)
    stage.bot.ask("POST", COMMENTS, b"{")
    found = stage.fake.journal
    assert [(one.number, one.method, one.path, one.status, one.login) for one in found] == [
        (1, "GET", f"{COMMENTS}?per_page=7", 200, BOT),
        (2, "POST", COMMENTS, 201, BOT),
        (3, "POST", "/graphql", 200, BOT),
        (4, "GET", stage.repo_path, 401, ""),
        (5, "POST", COMMENTS, 400, BOT),
    ]
    assert found[1].body == {"body": "x"}
    assert found[1].answer["body"] == "x"
    assert [one.write for one in found] == [False, True, False, False, True]
    assert found[4].answer["message"] == "Problems parsing JSON"


def test_mistakes_of_the_fake_are_heard(tmp_path: Path) -> None:
    def broken() -> None:
        with Stage(tmp_path) as stage:
            stage.fake.pull(1).base = stage.fake.pull(1).last_base = "nowhere"
            stage.fake.pull(1).head_sha = "nowhere"
            assert stage.bot.ask("GET", stage.pull_path).status == 500

    with pytest.raises(AssertionError, match="the fake is wrong"):
        broken()


def test_what_a_minute_and_an_hour_take(stage: Stage) -> None:
    limits, path = stage.fake.limits, f"{stage.repo_path}/pulls/1"
    limits.points_per_minute, limits.minute = 7, 30.0
    codes = [stage.bot.ask("GET", path).status for _ in range(2)]
    codes += [stage.bot.ask("POST", COMMENTS, {"body": "x"}).status for _ in range(2)]
    last = stage.bot.ask("GET", path)
    assert codes == [200, 200, 201, 429], "a read costs one point, a write five"
    assert (last.status, last.headers["retry-after"]) == (429, "30")
    limits.points_per_minute, limits.minute = None, 0.0
    limits.requests = 5
    spent = stage.bot.ask("GET", path)
    assert (spent.status, spent.headers["x-ratelimit-remaining"]) == (403, "0")
    assert stage.fake.world.rates.met == 3


def test_each_answer_says_what_is_left(stage: Stage) -> None:
    first, second = (stage.bot.ask("GET", stage.repo_path).headers for _ in range(2))
    assert int(first["x-ratelimit-remaining"]) - int(second["x-ratelimit-remaining"]) == 1
    assert int(second["x-ratelimit-used"]) == 2


def test_pull_requests_are_listed(stage: Stage) -> None:
    listed = stage.bot.get(f"{stage.repo_path}/pulls?state=open&direction=asc")
    assert [(one["number"], one["draft"]) for one in listed] == [(1, False)]
    stage.fake.pull(1).state = "closed"
    assert stage.bot.get(f"{stage.repo_path}/pulls") == []
    assert len(stage.bot.get(f"{stage.repo_path}/pulls?state=all")) == 1
