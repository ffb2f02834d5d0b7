"""The fake's REST interface says what GitHub's description says."""

from __future__ import annotations

import base64
import io
import json
import tarfile
import urllib.error
import urllib.request
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
from fakegithub.http import ROUTES
from fakegithub.schema import exchange_errors, operation
from fakegithub.stage import BOT, Stage

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from fakegithub import FakeGitHub


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Stage(tmp_path) as stage:
        yield stage


def answered_wrongly(fake: FakeGitHub) -> list[str]:
    found = []
    for one in fake.journal:
        # As clients read it, so that what JSON cannot say is noticed.
        answer = json.loads(json.dumps(one.answer))
        found += exchange_errors(one.method, one.path, one.status, answer)
    return found


def test_every_answer_has_the_described_structure(stage: Stage) -> None:
    bot, repo, pull = stage.bot, stage.repo_path, stage.pull_path
    ada = stage.person("ada")
    comment, inline = stage.comment(), stage.inline(start_line=9, start_side="RIGHT")
    pending = bot.ask("POST", f"{pull}/reviews", {"body": "later", "comments": []}).json["id"]
    for path in (
        "/rate_limit",
        repo,
        f"{repo}/collaborators/ada/permission",
        f"{repo}/issues/1",
        f"{repo}/issues/1/comments",
        f"{repo}/issues/comments/{comment}",
        f"{repo}/issues/comments/{comment}/reactions",
        f"{repo}/pulls/comments/{inline}",
        f"{repo}/pulls/comments/{inline}/reactions",
        pull,
        *(f"{pull}/{name}" for name in ("files", "commits", "comments", "reviews", f"reviews/{pending}")),
        f"{pull}/reviews/{pending}/comments",
        f"{repo}/commits/feature",
        f"{repo}/compare/main...feature",
        f"{repo}/contents/app.py?ref=feature",
        f"{repo}/contents/new?ref=feature",
        f"{repo}/git/trees/{stage.head}?recursive=1",
        f"{repo}/git/blobs/{bot.get(f'{repo}/contents/app.py')['sha']}",
    ):
        bot.get(path)
    ada.get("/user")
    for method, path, body, status in (
        ("PATCH", f"{repo}/issues/comments/{comment}", {"body": "other"}, 200),
        ("PATCH", f"{repo}/pulls/comments/{inline}", {"body": "other"}, 200),
        ("POST", f"{repo}/issues/comments/{comment}/reactions", {"content": "eyes"}, 201),
        ("POST", f"{repo}/issues/comments/{comment}/reactions", {"content": "eyes"}, 200),
        ("POST", f"{repo}/pulls/comments/{inline}/reactions", {"content": "+1"}, 201),
        ("PUT", f"{pull}/reviews/{pending}", {"body": "words"}, 200),
        ("POST", f"{pull}/reviews/{pending}/events", {"event": "COMMENT"}, 200),
        ("DELETE", f"{pull}/reviews/{pending}", None, 422),
        ("POST", f"{pull}/comments/{inline}/replies", {"body": "so"}, 201),
        (
            "POST",
            f"{pull}/comments",
            {"body": "one", "commit_id": stage.head, "path": "app.py", "line": 41, "side": "RIGHT"},
            201,
        ),
        ("POST", f"{pull}/comments", {"body": "one", "commit_id": stage.head, "path": "app.py", "line": 25}, 422),
        ("POST", f"{pull}/reviews", {"event": "COMMENT"}, 422),
        ("GET", f"{repo}/nowhere", None, 404),
        ("DELETE", f"{repo}/pulls/comments/{inline}", None, 204),
        ("DELETE", f"{repo}/issues/comments/{comment}", None, 204),
        ("GET", f"{repo}/issues/comments/{comment}", None, 404),
    ):
        assert bot.ask(method, path, body).status == status, (method, path)
    pending = bot.ask("POST", f"{pull}/reviews", {"body": "later"}).json["id"]
    assert bot.ask("DELETE", f"{pull}/reviews/{pending}").status == 200
    stage.repo.commit({"app.py": "all new\n"})
    assert any(one["line"] is None for one in bot.get(f"{pull}/comments"))
    assert answered_wrongly(stage.fake) == []
    assert stage.fake.violations == []


def test_every_route_is_described() -> None:
    # The description has no deletion of reactions to inline comments; what is kept of it here has no archives and
    # no list of pull requests.
    lacking = {route.template for route in ROUTES if operation(route.template, route.method) is None}
    reactions = "/repos/{owner}/{repo}/pulls/comments/{comment_id}/reactions/{reaction_id}"
    assert lacking <= {reactions, "/repos/{owner}/{repo}/tarball/{ref}", "/repos/{owner}/{repo}/pulls"}


def test_a_wrong_structure_would_be_noticed() -> None:
    assert exchange_errors("GET", "/repos/a/b/issues/1/comments", 200, [{"id": "x"}])
    assert exchange_errors("GET", "/repos/a/b/pulls/1/files", 200, {})
    assert exchange_errors("POST", "/repos/a/b/pulls/1/reviews", 201, {})


def test_a_request_that_is_not_described_is_refused_and_noted(stage: Stage) -> None:
    bad = {"path": "app.py", "line": 10, "body": "x", "subject_type": "line"}
    assert stage.review(bad).status == 422
    assert stage.bot.ask("POST", f"{stage.repo_path}/issues/1/comments", {"text": "x"}).status == 422
    assert len(stage.fake.violations) == 3
    assert "subject_type" in stage.fake.violations[0]
    assert stage.fake.reviews(1) == []


def test_tokens(stage: Stage) -> None:
    nobody, wrong = stage.client(None), stage.client(None)
    wrong.token = "unknown"  # noqa: S105 - it opens nothing
    assert nobody.ask("GET", stage.repo_path).status == 401
    reply = wrong.ask("GET", stage.repo_path)
    assert (reply.status, reply.json["message"]) == (401, "Bad credentials")
    refused = stage.bot.ask("GET", "/user")
    assert (refused.status, refused.json["message"]) == (403, "Resource not accessible by integration")
    assert stage.person("eve", "none").ask("GET", stage.repo_path).status == 404
    assert stage.bot.ask("GET", "/repos/acme/other").status == 404
    assert stage.bot.ask("GET", "/repos/Acme/App").status == 200
    assert stage.bot.ask("GET", stage.repo_path, **{"user-agent": ""}).status == 403


@pytest.mark.parametrize(
    ("scopes", "comment", "review", "contents"),
    [
        ({"issues": "write"}, 201, 403, 404),
        ({"pull_requests": "write"}, 201, 200, 404),
        ({"contents": "read", "pull_requests": "read", "issues": "read"}, 403, 403, 200),
        ({"contents": "write"}, 403, 403, 200),
    ],
)
def test_permissions(stage: Stage, scopes: dict[str, str], comment: int, review: int, contents: int) -> None:
    client = stage.client(BOT, **scopes)
    assert client.ask("POST", f"{stage.repo_path}/issues/1/comments", {"body": "x"}).status == comment
    assert stage.review(client=client, body="x").status == review
    for path in ("contents/app.py", "git/trees/main", f"commits/{stage.head}"):
        assert client.ask("GET", f"{stage.repo_path}/{path}").status == contents


def test_words_of_others(stage: Stage) -> None:
    mine = stage.fake.comment(1, "ada", "hers")
    path = f"{stage.repo_path}/issues/comments/{mine}"
    assert stage.person("eve", "read").ask("PATCH", path, {"body": "no"}).status == 403
    assert stage.person("eve", "read").ask("DELETE", path).status == 403
    assert stage.bot.ask("PATCH", path, {"body": "changed"}).status == 200
    assert stage.fake.comments(1)[0].body == "changed"
    assert stage.fake.comments(1)[0].login == "ada"


def test_people_and_bots(stage: Stage) -> None:
    for role, coarse in (("admin", "admin"), ("maintain", "write"), ("triage", "read"), ("none", "none")):
        stage.fake.person("eve", permission=role)
        answer = stage.bot.get(f"{stage.repo_path}/collaborators/eve/permission")
        assert (answer["permission"], answer["role_name"]) == (coarse, role)
    reply = stage.bot.ask("GET", f"{stage.repo_path}/collaborators/{BOT}/permission")
    assert (reply.status, reply.json["message"]) == (404, f"{BOT} is not a user")
    stage.comment()
    author = stage.bot.get(f"{stage.repo_path}/issues/1/comments")[0]["user"]
    assert (author["login"], author["type"]) == (BOT, "Bot")


def test_bodies_stay_as_they_are_up_to_their_limit(stage: Stage) -> None:
    text = "<!-- marker -->\r\n<b>ä</b>\n"
    number = stage.comment(text)
    assert stage.bot.get(f"{stage.repo_path}/issues/comments/{number}")["body"] == text
    path = f"{stage.repo_path}/issues/1/comments"
    assert stage.bot.ask("POST", path, {"body": "ä" * 65_536}).status == 201
    reply = stage.bot.ask("POST", path, {"body": "x" * 65_537})
    assert (reply.status, reply.json["errors"][0]["code"]) == (422, "custom")
    assert stage.review(body="x" * 65_537).status == 422
    assert stage.bot.ask("PATCH", f"{stage.repo_path}/issues/comments/{number}", {"body": "x" * 65_537}).status == 422
    assert len(stage.fake.comments(1)) == 2


def test_pages(stage: Stage) -> None:
    for number in range(5):
        stage.fake.comment(1, "ada", str(number))
    path = f"{stage.repo_path}/issues/1/comments"
    first = stage.bot.ask("GET", f"{path}?per_page=2")
    assert [one["body"] for one in first.json] == ["0", "1"]
    assert 'rel="next"' in first.headers["link"]
    assert 'page=3>; rel="last"' in first.headers["link"]
    following = first.headers["link"].split(">")[0].removeprefix(f"<{stage.fake.url}")
    assert [one["body"] for one in stage.bot.get(following)] == ["2", "3"]
    last = stage.bot.ask("GET", f"{path}?per_page=2&page=3")
    assert [one["body"] for one in last.json] == ["4"]
    assert 'rel="next"' not in last.headers["link"]
    assert "link" not in stage.bot.ask("GET", path).headers
    for number in range(100):
        stage.fake.comment(1, "ada", str(number))
    assert len(stage.bot.get(f"{path}?per_page=1000")) == 100


def test_reactions(stage: Stage) -> None:
    comment = stage.fake.comment(1, "ada", "/review")
    path = f"{stage.repo_path}/issues/comments/{comment}"
    made = stage.bot.ask("POST", f"{path}/reactions", {"content": "eyes"})
    again = stage.bot.ask("POST", f"{path}/reactions", {"content": "eyes"})
    assert (made.status, again.status) == (201, 200)
    assert made.json["id"] == again.json["id"]
    assert [(one.login, one.content) for one in stage.fake.reactions(comment)] == [(BOT, "eyes")]
    assert stage.bot.get(path)["reactions"]["eyes"] == 1
    theirs = stage.fake.react(comment, "ada", "heart")
    assert stage.bot.ask("DELETE", f"{path}/reactions/{theirs}").status == 403
    assert stage.bot.ask("DELETE", f"{path}/reactions/{made.json['id']}").status == 204
    assert len(stage.fake.reactions(comment)) == 1
    assert stage.bot.ask("POST", f"{path}/reactions", {"content": "party"}).status == 422


def test_enterprise_addresses(tmp_path: Path) -> None:
    with Stage(tmp_path, prefix="/api/v3") as stage:
        assert stage.fake.url.endswith("/api/v3")
        assert stage.fake.graphql_url.endswith("/api/graphql")
        assert stage.bot.get(stage.repo_path)["url"] == f"{stage.fake.url}{stage.repo_path}"
        assert stage.bot.data("{ viewer { login } }") == {"viewer": {"login": BOT}}
        assert [one.path for one in stage.fake.journal] == [stage.repo_path, "/graphql"]


def test_contents(stage: Stage) -> None:
    stage.repo.commit({"big.txt": "x" * 1_000_001, "deep/er/a b.py": "k = 1\n"})
    answer = stage.bot.get(f"{stage.repo_path}/contents/deep/er/a%20b.py?ref=feature")
    assert base64.b64decode(answer["content"]) == b"k = 1\n"
    large = stage.bot.get(f"{stage.repo_path}/contents/big.txt?ref=feature")
    assert (large["encoding"], large["content"]) == ("none", "")
    blob = stage.bot.get(f"{stage.repo_path}/git/blobs/{large['sha']}")
    assert len(base64.b64decode(blob["content"])) == 1_000_001
    names = [(one["name"], one["type"]) for one in stage.bot.get(f"{stage.repo_path}/contents/?ref=feature")]
    assert ("deep", "dir") in names
    assert ("big.txt", "file") in names
    assert stage.bot.ask("GET", f"{stage.repo_path}/contents/big.txt?ref=main").status == 404
    assert stage.bot.ask("GET", f"{stage.repo_path}/contents/big.txt?ref=no").status == 404


def test_trees(stage: Stage) -> None:
    flat = stage.bot.get(f"{stage.repo_path}/git/trees/feature")
    assert [one["path"] for one in flat["tree"]] == ["app.py", "bin.dat", "new"]
    deep = stage.bot.get(f"{stage.repo_path}/git/trees/{stage.head}?recursive=1")
    assert [one["path"] for one in deep["tree"]] == ["app.py", "bin.dat", "new", "new/file.py"]
    assert deep["truncated"] is False
    stage.fake.limits.tree_entries = 2
    assert stage.bot.get(f"{stage.repo_path}/git/trees/{flat['sha']}?recursive=1")["truncated"] is True
    assert stage.bot.ask("GET", f"{stage.repo_path}/git/trees/nothing").status == 404


def test_archives(stage: Stage) -> None:
    path = f"{stage.repo_path}/tarball/{stage.head}"
    reply = stage.bot.ask("GET", path)
    there = urlsplit(reply.headers["location"])
    assert (reply.status, reply.text, there.hostname) == (302, "", "127.0.0.1")
    with urllib.request.urlopen(there.geturl(), timeout=10) as answer:  # noqa: S310 - it is http on this machine
        assert answer.headers["content-type"] == "application/x-gzip"
        with tarfile.open(fileobj=io.BytesIO(answer.read())) as tar:
            names = [member.name.partition("/")[2] for member in tar if member.isfile()]
    assert names == ["app.py", "bin.dat", "new/file.py"]
    # The address is the permission, and the token has no business there.
    for address, headers in ((there._replace(query="token=x"), {}), (there, {"authorization": "Bearer x"})):
        asked = urllib.request.Request(address.geturl(), headers=headers)  # noqa: S310 - the same
        if headers:
            urllib.request.urlopen(asked, timeout=10).close()  # noqa: S310 - the same
        else:
            with pytest.raises(urllib.error.HTTPError, match="404"):
                urllib.request.urlopen(asked, timeout=10)  # noqa: S310 - the same
    assert stage.fake.violations == [f"GET {there.path}: a token was sent to the host of archives"]
    assert stage.client(BOT, pull_requests="write").ask("GET", path).status == 404
    assert stage.bot.ask("GET", f"{stage.repo_path}/tarball/nothing").status == 404
