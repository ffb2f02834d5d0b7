"""Whatever happens to a run's requests, it ends where an unharmed run ends, or says that it did not."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

import pytest
from fakegithub import Fault
from pullrequests import API, AREAS, FAST, SLOW, UNSAFE, PullRequest, service
from thorough import EVERYTHING

from reviewbot.github.client import Client

if TYPE_CHECKING:
    from pathlib import Path

OTHER = f"{API}/services/other.py"
MORE = ["502", "reset-before", "html", "html-after", "secondary-403"]
# In `make test` every third request: each kind of fault meets reads and writes all the same.
STEP = 1 if EVERYTHING else 5


@pytest.fixture
def waits(monkeypatch: pytest.MonkeyPatch) -> list[float]:
    """Do not wait; remember how long it would have been. Whoever only polls (subprocess does) sleeps as ever."""
    waited: list[float] = []
    sleep = time.sleep
    monkeypatch.setattr(time, "sleep", lambda seconds: waited.append(seconds) if seconds >= 0.5 else sleep(seconds))
    return waited


def opened(folder: Path) -> PullRequest:
    return PullRequest(folder, {AREAS: service("areas", SLOW, UNSAFE), OTHER: service("other", SLOW)})


def fixed(pull: PullRequest) -> None:
    pull.push({AREAS: service("areas", FAST, UNSAFE), OTHER: service("other", SLOW, UNSAFE)})


def run(folder: Path, *faults: Fault) -> tuple[dict[str, Any], int, PullRequest]:
    """Play two runs, the faults in the second one; give what people see, and how many requests the second made."""
    with opened(folder) as pull:
        assert pull.inside() == 0
        fixed(pull)
        pull.fake.faults.reset()
        for fault in faults:
            pull.fake.faults.add(fault)
        before = len(pull.fake.journal)
        assert pull.inside(action="synchronize") == 0, pull.error
        return pull.seen(), len(pull.fake.journal) - before, pull


@pytest.mark.usefixtures("waits")
@pytest.mark.parametrize("kind", ["502-after", "reset-after", "secondary-429", *(MORE if EVERYTHING else [])])
def test_one_fault_at_any_request(tmp_path: Path, kind: str) -> None:
    expected, requests, _ = run(tmp_path / "unharmed")
    for number in range(1, requests + 1, STEP):
        seen, needed, _ = run(tmp_path / f"fault{number}", Fault(kind, at=number))
        assert seen == expected, f"{kind} at request {number}"
        assert needed > requests


def test_limits_are_waited_for_as_long_as_github_asks(tmp_path: Path, waits: list[float]) -> None:
    run(tmp_path, Fault("secondary-403", at=2, retry_after=7), Fault("primary", at=5, reset_in=40))
    assert waits[0] == 7
    assert 38 <= waits[1] <= 41
    assert len(waits) == 2


def test_a_limit_that_ends_too_late_is_an_error_at_once(tmp_path: Path, waits: list[float]) -> None:
    with opened(tmp_path) as pull:
        pull.fake.faults.add(Fault("primary", at=3, reset_in=3000))
        assert pull.inside() == 3
        assert "GitHub asks to wait" in str(pull.error)
        assert waits == []
        assert pull.writes == []


@pytest.mark.usefixtures("waits")
@pytest.mark.parametrize("kind", ["502", "reset-before", "html"])
def test_nothing_is_posted_when_the_comments_cannot_be_listed(tmp_path: Path, kind: str) -> None:
    with opened(tmp_path) as pull:

        def listing(method: str, path: str, body: Any) -> bool:  # noqa: ARG001
            return "reviewThreads" in str(body)

        pull.fake.faults.add(Fault(kind, match=listing, times=100))
        assert pull.inside() == 3
        assert pull.writes == []
        assert "failed" in (pull.folder / "run1" / "summary").read_text(encoding="utf-8")
        assert "verdict<<" in (pull.folder / "run1" / "output").read_text(encoding="utf-8")


@pytest.mark.usefixtures("waits")
def test_refused_lines_go_into_the_summary(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:

        def reviews(method: str, path: str, body: Any) -> bool:  # noqa: ARG001
            return method == "POST" and path.endswith("/reviews")

        message = "Pull request review thread line must be part of the diff"
        pull.fake.faults.add(Fault("status", match=reviews, status=422, message=message, times=100))
        assert pull.inside() == 0
        assert pull.seen()["threads"] == []
        assert pull.summary_comment().count("GitHub took no comment on these lines") == 3


def lagging(monkeypatch: pytest.MonkeyPatch, looks: int) -> None:
    """Let the list show what stood there first for so many looks."""
    ask = Client.graphql
    old: list[dict[str, Any]] = []

    def lag(self: Client, query: str, **variables: Any) -> dict[str, Any]:
        answer = ask(self, query, **variables)
        if "reviewThreads" not in query:
            return answer
        old.append(answer)
        return old[0] if len(old) <= looks else answer

    monkeypatch.setattr(Client, "graphql", lag)


@pytest.mark.usefixtures("waits")
def test_a_list_that_lags_behind_makes_nothing_appear_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """GitHub's lists may not show yet what was just written."""
    with opened(tmp_path) as pull:
        lagging(monkeypatch, 4)
        assert pull.inside() == 0, pull.error
        assert len(pull.seen()["threads"]) == 3
        assert len(pull.seen()["comments"]) == 1


@pytest.mark.usefixtures("waits")
def test_what_is_never_to_be_seen_is_a_failure(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with opened(tmp_path) as pull:
        lagging(monkeypatch, 1000)
        assert pull.inside() == 3
        output = (pull.folder / "run1" / "output").read_text(encoding="utf-8")
        assert "incomplete" in output
        assert len(pull.seen()["threads"]) == 3
        assert len(pull.seen()["comments"]) == 1


@pytest.mark.usefixtures("waits")
@pytest.mark.parametrize("status", [301, 302, 307])
def test_a_write_that_is_sent_elsewhere_is_a_failure(
    tmp_path: Path, status: int, capsys: pytest.CaptureFixture[str]
) -> None:
    with opened(tmp_path) as pull:

        def writes(method: str, path: str, body: Any) -> bool:  # noqa: ARG001
            return method != "GET" and not path.endswith("/graphql")

        location = f"{pull.fake.url}/elsewhere"
        pull.fake.faults.add(Fault("redirect", match=writes, status=status, location=location, times=100))
        assert pull.inside() == 3
        assert pull.seen()["comments"] == []
        assert "a redirect, so nothing was done" in capsys.readouterr().err


@pytest.mark.usefixtures("waits")
def test_a_leftover_pending_review_of_ours_is_discarded(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        assert pull.inside() == 0
        inline = pull.seen()["threads"][0]["comments"][0]["body"]
    with opened(tmp_path / "again") as pull:
        comment = {"path": AREAS, "line": 15, "side": "RIGHT", "body": inline}
        pull.fake.review(pull.number, "github-actions[bot]", comments=[comment])
        assert pull.seen()["pending"]
        assert pull.inside() == 0, pull.error
        assert pull.seen()["pending"] == []
        assert len(pull.seen()["threads"]) == 3


@pytest.mark.usefixtures("waits")
def test_a_pending_review_of_another_tool_is_left_alone(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        pull.fake.review(
            pull.number,
            "github-actions[bot]",
            comments=[{"path": AREAS, "line": 15, "side": "RIGHT", "body": "a draft of another tool"}],
        )
        assert pull.inside() == 0, pull.error
        assert len(pull.seen()["pending"]) == 1
        assert pull.summary_comment().count("a pending review of this user, begun elsewhere") == 3


@pytest.mark.usefixtures("waits")
@pytest.mark.parametrize("kind", ["reset-after", *(["502-after", "html-after", "secondary-403"] if EVERYTHING else [])])
@pytest.mark.parametrize(
    ("login", "body", "in_thread"),
    [
        ("ada", "/review", False),
        ("ada", "/dismiss so", True),
        *(
            [("rita", "/review", False), ("ada", "/review help", False), ("ada", "/dismiss", True)]
            if EVERYTHING
            else []
        ),
    ],
)
def test_one_fault_at_any_request_of_a_command(
    tmp_path: Path, kind: str, login: str, body: str, *, in_thread: bool
) -> None:
    def commanded(folder: Path, *faults: Fault) -> tuple[int, dict[str, Any], int]:
        with opened(folder) as pull:
            if in_thread:
                assert pull.inside() == 0
                root = pull.fake.threads(pull.number)[0].comments[0].id
                comment = pull.fake.reply(pull.number, root, login, body)
            else:
                comment = pull.fake.comment(pull.number, login, body)
            pull.fake.faults.reset()
            for fault in faults:
                pull.fake.faults.add(fault)
            before = len(pull.fake.journal)
            name = "pull_request_review_comment" if in_thread else "issue_comment"
            code = pull.inside(name, "created", comment=comment)
            return code, pull.seen(), len(pull.fake.journal) - before

    *expected, requests = commanded(tmp_path / "unharmed")
    for number in range(1, requests + 1, STEP):
        *seen, _ = commanded(tmp_path / f"fault{number}", Fault(kind, at=number))
        assert seen == expected, f"{kind} at request {number}"
