"""Events: what a run is about, and when there is nothing to do."""

from __future__ import annotations

import json
from typing import Any

import pytest

from reviewbot.core.errors import ConfigError
from reviewbot.github import events
from reviewbot.github.events import Asked, Trigger
from reviewbot.github.pull import PullRef

REF = PullRef("acme", "app", 7)
REPOSITORY = {"full_name": "acme/app"}
ADA = {"login": "ada", "type": "User"}


def pull_request(action: str, *, head: str | None = "acme/app", **more: Any) -> str:
    pull = {"number": 7, "draft": False, "head": {"repo": {"full_name": head} if head else None}}
    return json.dumps({"action": action, "repository": REPOSITORY, "sender": ADA, "pull_request": {**pull, **more}})


def comment(body: str | None, *, action: str = "created", user: dict[str, str] | None = ADA, **more: Any) -> str:
    payload = {
        "action": action,
        "repository": REPOSITORY,
        "issue": {"number": 7, "pull_request": {"url": "x"}},
        "comment": {"id": 5, "body": body, "user": user},
        "sender": user,
    }
    return json.dumps({**payload, **more})


@pytest.mark.parametrize("name", ["pull_request", "pull_request_target"])
@pytest.mark.parametrize("action", ["opened", "synchronize", "reopened", "ready_for_review"])
def test_pull_requests_are_reviewed(name: str, action: str) -> None:
    assert events.read(name, pull_request(action)) == Trigger(REF)


@pytest.mark.parametrize("action", ["closed", "labeled", "edited", "converted_to_draft"])
def test_other_actions_end_with_a_sentence(action: str) -> None:
    assert action in str(events.read("pull_request", pull_request(action)))


def test_drafts_and_forks_are_known() -> None:
    assert events.read("pull_request", pull_request("opened", draft=True)) == Trigger(REF, draft=True)
    for head in ("eve/app", None):
        assert events.read("pull_request", pull_request("opened", head=head)) == Trigger(REF, forked=True)
        assert events.read("pull_request_target", pull_request("opened", head=head)) == Trigger(REF)
    dependabot = json.loads(pull_request("opened")) | {"sender": {"login": "dependabot[bot]", "type": "Bot"}}
    assert events.read("pull_request", json.dumps(dependabot)) == Trigger(REF, forked=True)


def test_a_comment_on_a_pull_request() -> None:
    assert events.read("issue_comment", comment("/review")) == Trigger(REF, Asked(5, "/review", "ada"))
    assert events.read("issue_comment", comment(None)) == Trigger(REF, Asked(5, "", "ada"))


@pytest.mark.parametrize(("in_reply_to", "thread"), [(None, 5), (3, 3)])
def test_a_comment_on_a_line(in_reply_to: int | None, thread: int) -> None:
    payload = json.loads(pull_request("created"))
    payload["comment"] = {"id": 5, "body": "/dismiss no", "user": ADA, "in_reply_to_id": in_reply_to}
    expected = Trigger(REF, Asked(5, "/dismiss no", "ada", thread))
    assert events.read("pull_request_review_comment", json.dumps(payload)) == expected
    payload["pull_request"]["head"]["repo"]["full_name"] = "eve/app"
    read = events.read("pull_request_review_comment", json.dumps(payload))
    assert isinstance(read, Trigger)
    assert read.forked


@pytest.mark.parametrize(
    ("payload", "says"),
    [
        (comment("/review", action="edited"), "edited"),
        (comment("/review", action="deleted"), "deleted"),
        (comment("/review", issue={"number": 7}), "an issue"),
        (comment("/review", user={"login": "helper[bot]", "type": "Bot"}), "a bot"),
        (comment("/review", user={"login": "helper", "type": "Bot"}), "a bot"),
        (comment("/review", user=None), "a bot"),
    ],
)
def test_comments_that_are_no_commands(payload: str, says: str) -> None:
    assert says in str(events.read("issue_comment", payload))


def test_a_run_by_hand_needs_a_number() -> None:
    payload = json.dumps({"repository": REPOSITORY, "inputs": {}})
    assert events.read("workflow_dispatch", payload, 7) == Trigger(REF)
    assert events.read("schedule", payload, 7) == Trigger(REF)
    with pytest.raises(ConfigError, match="input pull-request"):
        events.read("workflow_dispatch", payload)


@pytest.mark.parametrize("name", ["push", "issues", "schedule", "release", "pull_request"])
def test_other_events_end_with_a_sentence(name: str) -> None:
    assert f"the event {name}" in str(events.read(name, json.dumps({"repository": REPOSITORY})))


@pytest.mark.parametrize(
    "payload", ["", "[]", "{}", '{"repository": {}}', '{"repository": {"full_name": "x"}, "pull_request": 3}']
)
def test_a_payload_that_is_none_is_an_error(payload: str) -> None:
    with pytest.raises(ConfigError, match="GITHUB_EVENT_PATH"):
        events.read("pull_request", payload)


def test_a_repository_name_that_is_none_is_an_error() -> None:
    payload = pull_request("opened").replace(
        '"repository": {"full_name": "acme/app"}', '"repository": {"full_name": "a/../b"}'
    )
    with pytest.raises(ConfigError, match=r"repository\.full_name"):
        events.read("pull_request", payload)
