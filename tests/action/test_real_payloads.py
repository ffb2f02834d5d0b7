"""Real payloads of GitHub's webhooks, and the fake's own beside GitHub's description of them.

REVIEWBOT_WEBHOOKS names a folder with the packages webhooks-examples and webhooks-schemas of @octokit; `.ci/recorded`
makes it. The payloads are about other repositories: what they name is put in place of the fake's, all else stays.
"""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

import jsonschema
import pytest
from pullrequests import AREAS, SLOW, PullRequest, Result, service

from reviewbot.github.events import REVIEWED

FOLDER = os.environ.get("REVIEWBOT_WEBHOOKS", "")
REASON = "REVIEWBOT_WEBHOOKS does not name a folder with @octokit's webhooks-examples and webhooks-schemas"
HANDLED = ("pull_request", "issue_comment", "pull_request_review_comment", "workflow_dispatch")


def examples(*names: str) -> list[Any]:
    """Give what there is for events of these names, or of all others, as parameters."""
    if not FOLDER:
        return [pytest.param("", {}, marks=pytest.mark.skip(reason=REASON))]
    index = Path(FOLDER) / "webhooks-examples" / "api.github.com" / "index.json"
    return [
        pytest.param(event["name"], payload, id=f"{event['name']}-{payload.get('action') or '-'}-{number}")
        for event in json.loads(index.read_text(encoding="utf-8"))
        if (event["name"] in names if names else event["name"] not in HANDLED)
        for number, payload in enumerate(event["examples"] if names else event["examples"][:1])
    ]


def adapted(pull: PullRequest, payload: dict[str, Any]) -> dict[str, Any]:
    """Put the fake's repository and pull request in place of the payload's."""
    slug = payload["repository"]["full_name"] if "repository" in payload else "Codertocat/Hello-World"
    moved: dict[str, Any] = json.loads(json.dumps(payload).replace(f'"{slug}"', '"acme/app"'))
    for part in (moved, moved.get("pull_request", {}), moved.get("issue", {})):
        if "number" in part:
            part["number"] = pull.number
    return moved


def played(pull: PullRequest, name: str, payload: dict[str, Any], **inputs: str) -> Result:
    environment = pull.environment(name, payload, **inputs)
    return pull.run(environment)


@pytest.mark.parametrize(("name", "payload"), examples("pull_request"))
@pytest.mark.parametrize("target", [False, True], ids=["", "target"])
def test_a_real_pull_request(tmp_path: Path, name: str, payload: dict[str, Any], *, target: bool) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}) as pull:
        result = played(pull, f"{name}_target" if target else name, adapted(pull, payload))
        assert result.code == 0, result.stderr
        reviewed = payload["action"] in REVIEWED and not payload["pull_request"]["draft"]
        assert result.outputs["verdict"] == ("findings" if reviewed else "skipped")
        assert len(pull.seen()["threads"]) == int(reviewed)
        assert bool(pull.writes) == reviewed
        assert result.summary.strip(), "every run says something"


@pytest.mark.parametrize(
    ("on_pull", "body"),
    [(True, None), (True, "/review"), (False, "/review")],
    ids=["its-words", "command", "command-on-an-issue"],
)
@pytest.mark.parametrize(("name", "payload"), examples("issue_comment"))
def test_a_real_comment(tmp_path: Path, name: str, payload: dict[str, Any], body: str | None, *, on_pull: bool) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}) as pull:
        moved = adapted(pull, payload)
        comment, login = moved["comment"], moved["comment"]["user"]["login"]
        comment["body"] = body or comment["body"]
        pull.fake.person(login, permission="write")
        comment["id"] = pull.fake.comment(pull.number, login, comment["body"])
        if on_pull:
            moved["issue"]["pull_request"] = {"url": f"{pull.fake.url}/repos/acme/app/pulls/{pull.number}"}
        result = played(pull, name, moved)
        assert result.code == 0, result.stderr
        by_a_person = comment["user"]["type"] == "User"
        obeyed = on_pull and body is not None and payload["action"] == "created" and by_a_person
        assert result.outputs["verdict"] == ("findings" if obeyed else "skipped")
        assert len(pull.seen()["threads"]) == int(obeyed)
        assert bool(pull.writes) == obeyed


@pytest.mark.parametrize(("name", "payload"), examples("pull_request_review_comment"))
def test_a_real_comment_on_a_line(tmp_path: Path, name: str, payload: dict[str, Any]) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}) as pull:
        pull.action()
        moved = adapted(pull, payload)
        comment, login = moved["comment"], moved["comment"]["user"]["login"]
        root = pull.fake.threads(pull.number)[0].comments[0].id
        pull.fake.person(login, permission="write")
        comment["body"], comment["in_reply_to_id"] = "/dismiss It is meant so.", root
        comment["id"] = pull.fake.reply(pull.number, root, login, comment["body"])
        result = played(pull, name, moved)
        assert result.code == 0, result.stderr
        obeyed = payload["action"] == "created"
        assert result.outputs["verdict"] == ("no_findings" if obeyed else "skipped")
        assert ("It is meant so" in pull.summary_comment()) == obeyed


@pytest.mark.parametrize(("name", "payload"), examples("workflow_dispatch"))
def test_a_real_run_by_hand(tmp_path: Path, name: str, payload: dict[str, Any]) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}) as pull:
        moved = adapted(pull, payload)
        assert played(pull, name, moved).code == 2
        assert played(pull, name, moved, pull_request=str(pull.number)).code == 0
        assert len(pull.seen()["threads"]) == 1


@pytest.mark.parametrize(("name", "payload"), examples())
def test_every_other_event_ends_with_a_sentence(tmp_path: Path, name: str, payload: dict[str, Any]) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}) as pull:
        result = played(pull, name, {"repository": {"full_name": "acme/app"}, **adapted(pull, payload)})
        assert (result.code, result.outputs) == (0, {"verdict": "skipped"})
        assert f"Nothing to do for the event {name}" in result.stderr
        assert result.summary.strip()
        assert pull.fake.journal == []


@pytest.mark.skipif(not FOLDER, reason=REASON)
def test_the_fakes_payloads_are_as_github_describes_them(tmp_path: Path) -> None:
    schema = json.loads((Path(FOLDER) / "webhooks-schemas" / "schema.json").read_text(encoding="utf-8"))
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}, fork="eve/app") as pull:
        pull.action()
        comment = pull.fake.comment(pull.number, "ada", "/review")
        root = pull.fake.threads(pull.number)[0].comments[0].id
        reply = pull.fake.reply(pull.number, root, "ada", "/dismiss no")
        payloads = {
            **{f"pull_request${action}": pull.fake.event("pull_request", action, pull.number) for action in REVIEWED},
            "issue_comment$created": pull.fake.event("issue_comment", "created", pull.number, comment_id=comment),
            "pull_request_review_comment$created": pull.fake.event(
                "pull_request_review_comment", "created", pull.number, comment_id=reply
            ),
            "workflow_dispatch$event": pull.fake.event("workflow_dispatch"),
        }
    wrong = {}
    for name, payload in payloads.items():
        described = {"$ref": f"#/definitions/{name}", "definitions": schema["definitions"]}
        errors = jsonschema.Draft7Validator(described).iter_errors(known(payload))
        if found := {f"{'.'.join(map(str, error.absolute_path))}: {error.message[:200]}" for error in errors}:
            wrong[name] = sorted(found)
    assert wrong == {}, json.dumps(wrong, indent=1)


def known(payload: dict[str, Any]) -> Any:
    """Leave out what GitHub says since the description was written."""
    return json.loads(
        json.dumps(payload),
        object_hook=lambda found: {key: value for key, value in found.items() if key != "user_view_type"},
    )
