"""The fake as a process, and the payloads of events."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import urllib.request
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fakegithub.stage import BOT, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Stage(tmp_path) as stage:
        yield stage


def test_events_of_pull_requests(stage: Stage) -> None:
    event = stage.fake.event("pull_request", "opened", 1, installation={"id": 5})
    assert (event["action"], event["number"], event["installation"]) == ("opened", 1, {"id": 5})
    assert event["pull_request"]["head"]["sha"] == stage.head
    assert event["pull_request"]["base"]["repo"]["full_name"] == event["repository"]["full_name"] == "acme/app"
    assert (event["sender"]["login"], event["sender"]["type"]) == ("ada", "User")
    json.dumps(event)
    with pytest.raises(ValueError, match="no such event"):
        stage.fake.event("push", None, 1)
    with pytest.raises(ValueError, match="needs the number"):
        stage.fake.event("pull_request", "opened")


def test_events_of_comments(stage: Stage) -> None:
    number = stage.fake.comment(1, "eve", "/review")
    event = stage.fake.event("issue_comment", "created", 1, comment_id=number)
    assert event["issue"]["number"] == 1
    assert event["issue"]["pull_request"]["url"].endswith("/pulls/1")
    assert (event["comment"]["id"], event["comment"]["body"]) == (number, "/review")
    assert (event["comment"]["user"]["type"], event["comment"]["author_association"]) == ("User", "NONE")
    assert event["sender"]["login"] == "eve"
    root = stage.inline()
    answer = stage.fake.reply(1, root, "ada", "/dismiss")
    inline = stage.fake.event("pull_request_review_comment", "created", 1, comment_id=answer)
    assert inline["comment"]["in_reply_to_id"] == root
    assert inline["pull_request"]["number"] == 1


def test_events_by_hand(stage: Stage) -> None:
    event = stage.fake.event("workflow_dispatch", inputs={"number": "1"})
    assert event["inputs"] == {"number": "1"}
    assert event["ref"] == "refs/heads/main"
    assert "action" not in event


def ask(told: dict[str, Any], path: str, body: Any = None) -> Any:
    data = None if body is None else json.dumps(body).encode()
    headers = {"authorization": f"token {told['token']}", "user-agent": "test"}
    request = urllib.request.Request(told["url"] + path, data, headers)  # noqa: S310 - it is http on this machine
    with urllib.request.urlopen(request, timeout=10) as answer:  # noqa: S310 - the same
        return json.load(answer)


def test_the_process(tmp_path: Path) -> None:
    stage = Stage(tmp_path)
    files = {name: tmp_path / f"{name}.json" for name in ("journal", "state", "event")}
    command = [
        sys.executable, "-m", "fakegithub", str(stage.repo.folder), "--slug", "octo/app", "--pull", "main", "feature",
        "--fork", "eve/app", "--comment", "eve:read:/review: now", "--author", "eve:read", "--title", "T",
        "--token-permissions", "contents=read,pull-requests=write", "--event", "issue_comment", "created",
        str(files["event"]), "--journal", str(files["journal"]), "--state", str(files["state"]), "--fault", "502@3",
    ]  # fmt: skip
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "stand_ins")}
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=environment, cwd=tmp_path) as process:
        assert process.stdout is not None
        told = json.loads(process.stdout.readline())
        try:
            pull = ask(told, "/repos/octo/app/pulls/1")
            assert (pull["head"]["label"], pull["title"], pull["user"]["login"]) == ("eve:feature", "T", "eve")
            ask(told, "/repos/octo/app/issues/1/comments", {"body": "done"})
            with pytest.raises(urllib.request.HTTPError, match="502") as failed:
                ask(told, "/repos/octo/app")
            failed.value.close()
            assert len(json.loads(files["journal"].read_text())) == 3
        finally:
            process.send_signal(signal.SIGTERM)
        assert process.wait(10) == 0
    event = json.loads(files["event"].read_text())
    assert event["comment"]["id"] == told["comments"][0]
    assert event["comment"]["body"] == "/review: now"
    state = json.loads(files["state"].read_text())
    assert [(one["author"], one["body"]) for one in state["comments"]] == [("eve", "/review: now"), (BOT, "done")]
    assert state["violations"] == []
