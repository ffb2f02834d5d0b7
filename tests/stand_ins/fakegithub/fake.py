"""What tests do with the fake GitHub."""

from __future__ import annotations

import secrets
import threading
import traceback
from typing import TYPE_CHECKING, Any, Self

from loopback import Loopback

from fakegithub import reviewing
from fakegithub.api import Api
from fakegithub.events import payload
from fakegithub.faults import Faults
from fakegithub.http import Answer, RefusedError
from fakegithub.journal import Exchange
from fakegithub.model import Pull, Reaction, Review, ThreadView, Token
from fakegithub.rest_comments import change, new_comment
from fakegithub.server import CODELOAD, Arrival, Handler, Served
from fakegithub.snapshot import snapshot, thread_view
from fakegithub.world import Limits, World

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from fakegithub.model import IssueComment, Person, ReviewComment


class FakeGitHub:
    """A GitHub with one repository, on a port of this machine.

    Args:
        git_dir: The git repository behind it, a git directory or a work tree.
        slug: Owner and name of the repository.
        default_branch: Its default branch.
        prefix: ``/api/v3`` for the addresses of GitHub Enterprise.
        port: Where to listen; 0 for any free port.
        first_id: Where ids of comments begin.
    """

    def __init__(
        self,
        git_dir: Path,
        slug: str = "acme/app",
        default_branch: str = "main",
        prefix: str = "",
        *,
        port: int = 0,
        first_id: int = 2_000_000_001,
    ) -> None:
        self.world = World(git_dir, slug, default_branch, first_id)
        self.faults = Faults()
        self.violations: list[str] = []
        self.mistakes: list[str] = []
        self.listeners: list[Callable[[Exchange], object]] = []
        self._lock = threading.RLock()
        self._api = Api(self.world, self.violations)
        self._journal: list[Exchange] = []
        self._count = 0
        self._served = Served(prefix, self._answer, self._begin, self._done)
        self._port = port
        self._loopback: Loopback | None = None

    def __enter__(self) -> Self:
        self._served.ending.clear()
        handler = type("BoundHandler", (Handler,), {"served": self._served})
        self._loopback = Loopback(handler, self._served.connections, self._port)
        self._port = self._loopback.port
        self.world.api, self.world.web = self.url, self.server_url
        self.world.codeload = f"http://127.0.0.1:{self._port}{CODELOAD}"
        return self

    def __exit__(self, *_: object) -> None:
        if self._loopback is not None:
            self._served.ending.set()
            self._loopback.close()
        self._loopback = None
        self.world.git.close()
        if self.mistakes:
            raise AssertionError("the fake is wrong:\n" + "\n".join(self.mistakes))

    @property
    def url(self) -> str:
        """Base of the REST interface."""
        return f"http://localhost:{self._port}{self._served.prefix}"

    @property
    def graphql_url(self) -> str:
        """Address of GraphQL."""
        return f"http://localhost:{self._port}{self._served.graphql}"

    @property
    def server_url(self) -> str:
        """Base of the addresses that people open."""
        return f"http://localhost:{self._port}/web"

    @property
    def limits(self) -> Limits:
        """How large things may get; a test may change them."""
        return self.world.limits

    @property
    def journal(self) -> list[Exchange]:
        """All exchanges so far, in the order in which they began."""
        with self._lock:
            return sorted(self._journal, key=lambda exchange: exchange.number)

    def _begin(self, method: str, path: str, body: Any, authorization: str | None) -> Arrival:
        with self._lock:
            self._count += 1
            counted, fault = self.faults.begin(method, path, body)
            return Arrival(self._count, counted, method, path, body, authorization, fault)

    def _answer(self, method: str, path: str, body: Any, headers: dict[str, str]) -> Answer:
        with self._lock:
            try:
                if path.startswith(f"{CODELOAD}/"):
                    return self._api.download(path, headers)
                return self._api.answer(method, path, body, headers)
            except Exception:  # noqa: BLE001 - whatever it is, the test must hear of it
                self.mistakes.append(traceback.format_exc())
                return Answer(500, {"message": f"the fake is wrong: {self.mistakes[-1]}"})

    def _done(self, asked: Arrival, answer: Answer | None) -> None:
        told = None if answer is None else answer.json if answer.text is None else answer.text
        status = 0 if answer is None else answer.status
        with self._lock:
            token = self._api.token(asked.authorization)
            login = token.login if token else ""
            exchange = Exchange(asked.number, asked.method, asked.path, asked.body, status, login, told)
            self._journal.append(exchange)
            callbacks = self.faults.due(asked.counted)
        for listener in self.listeners:
            listener(exchange)
        for callback in callbacks:
            callback()

    def after_request(self, number: int, callback: Callable[[], object]) -> None:
        """Call something when the request of that number was processed, before its answer is sent."""
        with self._lock:
            self.faults.after(number, callback)

    def token(
        self,
        login: str,
        *,
        kind: str = "installation",
        contents: str | None = None,
        pull_requests: str | None = None,
        issues: str | None = None,
    ) -> str:
        """Give a token; what is not named is ``none`` in Actions, and everything to a person."""
        otherwise = "none" if kind == "installation" else "write"
        scopes = {"contents": contents, "pull_requests": pull_requests, "issues": issues}
        levels = {name: level or otherwise for name, level in scopes.items()}
        if unknown := set(levels.values()) - {"none", "read", "write"}:
            raise ValueError(f"no such level: {unknown}")
        with self._lock:
            value = f"{'ghs' if kind == 'installation' else 'ghp'}_{secrets.token_hex(18)}"
            self.world.person(login)
            self.world.tokens[value] = Token(value, login, kind, levels)
            return value

    def person(
        self,
        login: str,
        *,
        permission: str = "write",
        type: str = "User",  # noqa: A002 - GitHub's word
        association: str = "MEMBER",
    ) -> Person:
        """Introduce somebody, or change what is known of them."""
        with self._lock:
            person = self.world.person(login)
            person.permission, person.type, person.association = permission, type, association
            return person

    def open_pull(
        self,
        head: str,
        base: str = "main",
        title: str = "A change",
        body: str | None = "",
        author: str = "ada",
        *,
        draft: bool = False,
        fork: str | None = None,
    ) -> int:
        """Open a pull request of one branch into another; give its number."""
        with self._lock:
            world, number = self.world, len(self.world.pulls) + 1
            tips = world.git.branch(head), world.git.branch(base)
            if tips[0] is None or tips[1] is None:
                raise ValueError(f"no such branch: {head if tips[0] is None else base}")
            world.person(author)
            now = world.now()
            world.pulls[number] = Pull(
                world.next_id(), number, head, base, title, body, author, draft, fork, now, now, tips[0], tips[1]
            )
            return number

    def pull(self, number: int) -> Pull:
        """Give a pull request, to change it."""
        return self.world.pulls[number]

    def comment(self, number: int, login: str, body: str) -> int:
        """Write a comment into the conversation."""
        with self._lock:
            self.world.person(login)
            return new_comment(self.world, number, login, body).id

    def _any_comment(self, comment_id: int) -> IssueComment | ReviewComment:
        found = self.world.comments.get(comment_id)
        return found if found is not None else self.world.review_comments[comment_id]

    def edit_comment(self, comment_id: int, body: str) -> None:
        """Change a comment of either kind."""
        with self._lock:
            change(self.world, self._any_comment(comment_id), body)

    def delete_comment(self, comment_id: int) -> None:
        """Delete a comment of either kind."""
        with self._lock:
            if comment_id in self.world.comments:
                del self.world.comments[comment_id]
            else:
                reviewing.remove(self.world, self.world.review_comments[comment_id])

    def react(self, comment_id: int, login: str, content: str) -> int:
        """Add a reaction to a comment of either kind."""
        with self._lock:
            made = Reaction(self.world.next_id(), login, content, self.world.now())
            self._any_comment(comment_id).reactions.append(made)
            return made.id

    def reply(self, number: int, review_comment_id: int, login: str, body: str) -> int:
        """Answer in a thread."""
        with self._lock:
            self.world.person(login)
            root = self.world.review_comments[review_comment_id]
            return reviewing.reply(self.world, self.world.pulls[number], login, root, body).id

    def review(self, number: int, login: str, **wanted: Any) -> int:
        """Make a review as a client would: ``event``, ``body``, ``comments``, ``commit_id``."""
        with self._lock:
            self.world.person(login)
            try:
                return reviewing.begin(self.world, self.world.pulls[number], login, wanted).id
            except RefusedError as error:
                raise ValueError(f"{error}: {error.errors}") from error

    def pending_review(
        self, number: int, login: str, body: str = "", comments: list[dict[str, Any]] | None = None
    ) -> int:
        """Leave a review behind that was begun and never submitted."""
        return self.review(number, login, body=body, comments=comments or [])

    def _thread_id(self, which: int | str | ThreadView) -> int:
        if isinstance(which, ThreadView):
            return which.id
        number = int(which.rpartition("s")[2]) if isinstance(which, str) else which
        return number if number in self.world.threads else self.world.review_comments[number].thread

    def resolve(self, which: int | str | ThreadView, by: str) -> None:
        """Resolve a thread, named by its record, its id or that of one of its comments."""
        with self._lock:
            self.world.person(by)
            self.world.threads[self._thread_id(which)].resolved_by = by

    def unresolve(self, which: int | str | ThreadView) -> None:
        """Take that back."""
        with self._lock:
            self.world.threads[self._thread_id(which)].resolved_by = None

    def threads(self, number: int) -> list[ThreadView]:
        """Give the threads as they stand now, oldest first, those that wait included."""
        with self._lock:
            return [thread_view(self.world, thread) for thread in self.world.pull_threads(number)]

    def comments(self, number: int) -> list[IssueComment]:
        """Give the comments of the conversation, oldest first."""
        with self._lock:
            return [one for one in self.world.comments.values() if one.pull == number]

    def reviews(self, number: int) -> list[Review]:
        """Give the reviews, oldest first, those that wait included."""
        with self._lock:
            return [one for one in self.world.reviews.values() if one.pull == number]

    def reactions(self, comment_id: int) -> list[Reaction]:
        """Give the reactions to a comment of either kind, oldest first."""
        with self._lock:
            return list(self._any_comment(comment_id).reactions)

    def event(self, name: str, action: str | None = None, number: int | None = None, **extra: Any) -> dict[str, Any]:
        """Give the payload of an event, as a workflow finds it in its file."""
        with self._lock:
            return payload(self.world, name, action, number, extra)

    def snapshot(self, number: int) -> dict[str, Any]:
        """Give what people see on a pull request, without ids, addresses and times."""
        with self._lock:
            return snapshot(self.world, number)
