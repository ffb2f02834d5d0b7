"""Each row of the table in docs/github.md: event, fork and token, and what happens.

`test_every_row_has_its_test` reads the table, so a row cannot be added without saying which test shows it.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from pullrequests import AREAS, SLOW, UNSAFE, PullRequest, Result, service

DOCS = Path(__file__).parents[2] / "docs" / "github.md"
READS = {"pull_requests": "read"}
ROWS = {
    ("`pull_request`", "the same repository"): "test_of_the_same_repository",
    ("`pull_request`", "a fork, or Dependabot"): "test_of_a_fork_or_dependabot",
    ("`pull_request_target`", "anybody"): "test_target_comments_for_everybody",
    ("`issue_comment`", "anybody"): "test_a_comment_is_obeyed_for_everybody",
    ("`pull_request_review_comment`", "the same repository"): "test_an_answer_in_a_thread",
    ("`pull_request_review_comment`", "a fork"): "test_an_answer_in_a_thread_of_a_fork",
    ("`workflow_dispatch`", "anybody"): "test_by_hand",
    ("`workflow_run`", "a fork, or Dependabot"): "test_a_saved_review_is_posted_by_a_run_with_the_permission",
    ("anything else", ""): "test_anything_else",
}


def test_every_row_has_its_test() -> None:
    table = DOCS.read_text(encoding="utf-8").split("## Events, forks and permissions")[1].split("\n- ")[0]
    lines = [line for line in table.splitlines() if line.startswith("| ") and not line.startswith("| event")]
    rows = [tuple(cell.strip() for cell in line.split("|")[1:3]) for line in lines]
    assert rows == list(ROWS)
    assert set(ROWS.values()) <= set(globals())


def opened(folder: Path, fork: str | None = None) -> PullRequest:
    return PullRequest(folder, {AREAS: service("areas", SLOW, UNSAFE)}, fork=fork)


def told(pull: PullRequest, result: Result, *, code: int = 0) -> None:
    """Without comments the job summary and the annotations say everything."""
    assert result.code == code, result.stderr
    assert pull.seen()["comments"] == pull.seen()["threads"] == []
    assert "2 findings (1 critical, 1 medium)" in result.summary
    for words in ("query-in-loop", "sql-built-from-strings", "Load everything before the loop", "```python"):
        assert words in result.summary, "GitHub shows ten annotations of a level, the summary all"
    assert [result.stdout.count(f"::{level} file={AREAS},line=") for level in ("error", "warning")] == [1, 1]


def test_of_the_same_repository(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        result = pull.action()
        assert (result.code, result.stdout) == (0, "")
        assert len(pull.seen()["threads"]) == 2
        assert "2 findings" in pull.summary_comment()


@pytest.mark.parametrize("who", ["fork", "dependabot"])
def test_of_a_fork_or_dependabot(tmp_path: Path, who: str) -> None:
    with opened(tmp_path, "eve/app" if who == "fork" else None) as pull:
        payload = pull.fake.event("pull_request", "opened", pull.number)
        if who == "dependabot":
            payload["sender"] |= {"login": "dependabot[bot]", "type": "Bot"}
        environment = pull.environment("pull_request", payload, pull.token(**READS))
        result = pull.run(environment)
        told(pull, result)
        assert result.outputs["verdict"] == "findings"
        assert result.outputs["summary-url"] == ""
        review = Path(environment["GITHUB_WORKSPACE"]) / result.outputs["review-file"]
        assert len(json.loads(review.read_text(encoding="utf-8"))["findings"]) == 2
        strict = pull.environment("pull_request", payload, pull.token(**READS), fail_on="high")
        assert pull.run(strict).code == 1, "exit code as usual"


@pytest.mark.parametrize("fork", [None, "eve/app"])
def test_target_comments_for_everybody(tmp_path: Path, fork: str | None) -> None:
    with opened(tmp_path, fork) as pull:
        assert pull.action("pull_request_target").code == 0
        assert len(pull.seen()["threads"]) == 2
        assert not [one.path for one in pull.fake.journal if "/tarball" in one.path or "/zipball" in one.path]


@pytest.mark.parametrize("fork", [None, "eve/app"])
def test_a_comment_is_obeyed_for_everybody(tmp_path: Path, fork: str | None) -> None:
    with opened(tmp_path, fork) as pull:
        comment = pull.fake.comment(pull.number, "ada", "/review")
        assert pull.action("issue_comment", "created", comment=comment).code == 0
        assert len(pull.seen()["threads"]) == 2


def answered(pull: PullRequest, token: str) -> Result:
    root = pull.fake.threads(pull.number)[0].comments[0].id
    comment = pull.fake.reply(pull.number, root, "ada", "/dismiss It is meant so.")
    return pull.action("pull_request_review_comment", "created", token, comment=comment)


def test_an_answer_in_a_thread(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        pull.action()
        result = answered(pull, pull.token())
        assert (result.code, result.outputs["verdict"]) == (0, "findings")
        assert "dismissed by ada: It is meant so." in pull.summary_comment()


def test_an_answer_in_a_thread_of_a_fork(tmp_path: Path) -> None:
    with opened(tmp_path, "eve/app") as pull:
        pull.action("pull_request_target")
        writes = len(pull.writes)
        result = answered(pull, pull.token(**READS))
        assert (result.code, result.outputs) == (0, {"verdict": "skipped"})
        assert "Write the command as an ordinary comment" in result.summary
        assert all("/reactions" in write for write in pull.writes[writes:]), "which was refused"
        assert "dismissed" not in pull.summary_comment()


@pytest.mark.parametrize("fork", [None, "eve/app"])
def test_by_hand(tmp_path: Path, fork: str | None) -> None:
    with opened(tmp_path, fork) as pull:
        payload = pull.fake.event("workflow_dispatch")
        environment = pull.environment("workflow_dispatch", payload, pull_request=str(pull.number))
        assert pull.run(environment).code == 0
        assert len(pull.seen()["threads"]) == 2


def test_a_saved_review_is_posted_by_a_run_with_the_permission(tmp_path: Path) -> None:
    """As the pair of workflows review-forks.yml and post-forks.yml does it."""
    with opened(tmp_path, "eve/app") as pull:
        environment = pull.environment(
            "pull_request", pull.fake.event("pull_request", "opened", pull.number), pull.token(**READS)
        )
        result = pull.run(environment)
        told(pull, result)
        file = Path(environment["GITHUB_WORKSPACE"]) / result.outputs["review-file"]
        assert pull.reviewbot("post", str(file), "--pr", "acme/app#1").code == 0
        assert len(pull.seen()["threads"]) == 2


@pytest.mark.parametrize("name", ["push", "schedule", "workflow_run", "merge_group"])
def test_anything_else(tmp_path: Path, name: str) -> None:
    with opened(tmp_path) as pull:
        payload: dict[str, Any] = {"repository": {"full_name": "acme/app"}}
        environment = pull.environment(name, payload)
        result = pull.run(environment)
        assert (result.code, result.outputs) == (0, {"verdict": "skipped"})
        assert f"Nothing to do for the event {name}" in result.stderr
        assert pull.fake.journal == []


def test_a_missing_permission_is_no_green_check(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        result = pull.action(token=pull.token(**READS))
        told(pull, result, code=3)
        assert result.outputs["verdict"] == "incomplete"
        for text in (result.stderr, result.summary):
            assert "the workflow needs" in text
            assert "pull-requests: write" in text


def test_a_token_that_cannot_read_is_said(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        result = pull.action(token=pull.token(contents="none", pull_requests="none"))
        assert result.code in {2, 3}
        assert result.outputs["verdict"] == "incomplete"
        assert "reviewbot failed" in result.summary
        assert pull.action(token="no-such-token").code == 3  # noqa: S106 - no secret
        assert pull.writes == []
