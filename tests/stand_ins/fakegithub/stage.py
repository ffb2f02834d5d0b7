"""A repository, a fake on top of it and somebody who asks: what the fake's own tests begin with."""

from __future__ import annotations

import http.client
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Self
from urllib.parse import urlsplit

from gitrepo import GitRepo

from fakegithub.fake import FakeGitHub

if TYPE_CHECKING:
    from pathlib import Path

BOT = "github-actions[bot]"


@dataclass(frozen=True)
class Reply:
    """An answer as a client sees it."""

    status: int
    headers: dict[str, str]
    json: Any
    text: str


@dataclass
class Client:
    """Asks with one token over one connection."""

    fake: FakeGitHub
    token: str | None
    _connection: http.client.HTTPConnection = field(init=False)

    def __post_init__(self) -> None:
        self._connection = http.client.HTTPConnection("localhost", urlsplit(self.fake.url).port, timeout=10)

    def close(self) -> None:
        """Close the connection."""
        self._connection.close()

    def ask(self, method: str, path: str, body: Any = None, **headers: str) -> Reply:
        """Ask something of the REST interface."""
        return self._ask(method, urlsplit(self.fake.url).path + path, body, headers)

    def _ask(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Reply:
        sent = {"user-agent": "test", "content-type": "application/json", **headers}
        if self.token is not None:
            sent["authorization"] = f"Bearer {self.token}"
        data = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        try:
            self._connection.request(method, path, data, sent)
            answer = self._connection.getresponse()
            text = answer.read().decode()
        except OSError:
            self._connection.close()
            raise
        found = {name.lower(): value for name, value in answer.getheaders()}
        parsed = json.loads(text) if text and "json" in found.get("content-type", "") else None
        return Reply(answer.status, found, parsed, text)

    def get(self, path: str, **headers: str) -> Any:
        """Read something that is there."""
        reply = self.ask("GET", path, **headers)
        assert reply.status == 200, reply
        return reply.json

    def query(self, text: str, **variables: Any) -> dict[str, Any]:
        """Ask GraphQL; give the whole answer."""
        path = urlsplit(self.fake.graphql_url).path
        reply = self._ask("POST", path, {"query": text, "variables": variables}, {})
        assert reply.status == 200, reply
        found: dict[str, Any] = reply.json
        return found

    def data(self, text: str, **variables: Any) -> dict[str, Any]:
        """Ask GraphQL something that is right; give the data."""
        answer = self.query(text, **variables)
        assert "errors" not in answer, answer
        found: dict[str, Any] = answer["data"]
        return found


class Stage:
    """One pull request: ``app.py`` has sixty lines, of which 10 and 40 are changed and 50 is removed.

    Args:
        folder: Where the repository goes.
        prefix: Of the REST interface.
    """

    repo_path = "/repos/acme/app"
    pull_path = "/repos/acme/app/pulls/1"

    def __init__(self, folder: Path, prefix: str = "") -> None:
        self.repo = GitRepo(folder / "repository")
        self.base = self.repo.commit({"app.py": lines(), "old.py": "gone = 1\n", "bin.dat": b"\0one"})
        self.repo.git("checkout", "-q", "-b", "feature")
        changed = {10: "changed 10\nadded 11\n", 40: "changed 41\n", 50: ""}
        self.head = self.repo.commit(
            {"app.py": lines(changed), "old.py": None, "bin.dat": b"\0two", "new/file.py": "x = 1\ny = 2\n"}
        )
        self.fake = FakeGitHub(self.repo.folder, prefix=prefix)
        self._clients: list[Client] = []

    def __enter__(self) -> Self:
        self.fake.__enter__()
        self.fake.person("ada", permission="write", association="MEMBER")
        self.number = self.fake.open_pull("feature", title="Change", body="Why", author="ada")
        self.bot = self.client(BOT, contents="read", pull_requests="write", issues="write")
        return self

    def __exit__(self, *details: object) -> None:
        for client in self._clients:
            client.close()
        self.fake.__exit__(*details)

    def client(self, login: str | None, **options: str) -> Client:
        """Give somebody who asks; without a login, somebody without a token."""
        client = Client(self.fake, None if login is None else self.fake.token(login, **options))
        self._clients.append(client)
        return client

    def person(self, login: str, permission: str = "write") -> Client:
        """Give a person who asks."""
        self.fake.person(login, permission=permission)
        return self.client(login, kind="user")

    def review(self, *comments: dict[str, Any], client: Client | None = None, **wanted: Any) -> Reply:
        """Send a review with comments."""
        body = {"event": "COMMENT", "comments": list(comments), **wanted}
        return (client or self.bot).ask("POST", f"{self.pull_path}/reviews", body)

    def comment(self, body: str = "words", client: Client | None = None) -> int:
        """Write a comment into the conversation."""
        reply = (client or self.bot).ask("POST", f"{self.repo_path}/issues/1/comments", {"body": body})
        assert reply.status == 201, reply
        return int(reply.json["id"])

    def inline(self, line: int = 10, body: str = "a finding", **more: Any) -> int:
        """Begin a thread by a review with one comment."""
        reply = self.review({"path": "app.py", "line": line, "side": "RIGHT", "body": body, **more})
        assert reply.status == 200, reply
        found = self.bot.get(f"{self.pull_path}/reviews/{reply.json['id']}/comments")
        return int(found[0]["id"])


def lines(changed: dict[int, str] | None = None, count: int = 60) -> str:
    """Give numbered lines, some of them otherwise."""
    return "".join((changed or {}).get(number, f"line {number}\n") for number in range(1, count + 1))
