"""GraphQL: where queries begin, and what mutations do."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from fakegithub import reviewing
from fakegithub.graphql_objects import Objects
from fakegithub.graphql_paging import error
from fakegithub.graphql_pulls import pull_fields, repository_fields
from fakegithub.http import INTEGRATION, RefusedError
from fakegithub.rest_comments import new_comment
from fakegithub.users import node_id

if TYPE_CHECKING:
    from collections.abc import Callable

    from fakegithub.model import IssueComment, ReviewComment, Thread, Token
    from fakegithub.world import World


class Roots:
    """The fields of Query and Mutation.

    Args:
        world: The world.
        token: Of the viewer.
        nodes: How many nodes the query may bring.
    """

    def __init__(self, world: World, token: Token, nodes: int) -> None:
        self._world = world
        self._token = token
        self._nodes = nodes
        self._objects = Objects(world, token)

    def fields(self) -> dict[str, Any]:
        """Give them all."""
        # The viewer's login keeps its suffix, that of an author has none.
        viewer = {**self._objects.actor(self._token.login), "__typename": "User", "login": self._token.login}
        return {
            "viewer": viewer,
            "rateLimit": lambda _info, **_arguments: self._limit(),
            "node": lambda _info, **arguments: self._node(arguments["id"]),
            "nodes": lambda _info, **arguments: [self._node(one) for one in arguments["ids"]],
            "repository": self._repository,
            "resolveReviewThread": lambda _info, **arguments: self._resolve(arguments["input"], resolve=True),
            "unresolveReviewThread": lambda _info, **arguments: self._resolve(arguments["input"], resolve=False),
            "minimizeComment": lambda _info, **arguments: self._minimize(arguments["input"], "minimizedComment"),
            "unminimizeComment": lambda _info, **arguments: self._minimize(arguments["input"], "unminimizedComment"),
            "addComment": lambda _info, **arguments: self._comment(arguments["input"]),
        }

    def _limit(self) -> dict[str, Any]:
        reset = datetime.fromtimestamp(time.time() + 3600, UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
        limit = {"limit": 5000, "remaining": 4999, "used": 1, "resetAt": reset}
        return {"cost": 1, "nodeCount": self._nodes, **limit}

    def _repository(self, _info: Any, owner: str, name: str, **_arguments: Any) -> dict[str, Any]:
        world, token = self._world, self._token
        hidden = token.kind == "user" and world.person(token.login).permission == "none"
        if f"{owner}/{name}".lower() != world.slug.lower() or hidden:
            raise error("NOT_FOUND", f"Could not resolve to a Repository with the name '{owner}/{name}'.")
        return repository_fields(self._objects, world.slug)

    def _find(self, wanted: str) -> tuple[Any, Callable[[Any], dict[str, Any]]]:
        world, objects = self._world, self._objects
        kinds: dict[str, tuple[dict[int, Any], Callable[[Any], dict[str, Any]]]] = {
            "IC": (world.comments, objects.issue_comment),
            "PRRC": (world.review_comments, objects.review_comment),
            "PRRT": (world.threads, objects.thread),
            "PRR": (world.reviews, objects.review),
            "PR": ({one.id: one for one in world.pulls.values()}, lambda pull: pull_fields(objects, pull)),
        }
        for prefix, (table, render) in kinds.items():
            for number, found in table.items():
                if node_id(prefix, number) == wanted:
                    return found, render
        raise error("NOT_FOUND", f"Could not resolve to a node with the global id of '{wanted}'")

    def _node(self, wanted: str) -> dict[str, Any]:
        found, render = self._find(wanted)
        return render(found)

    def _need(self, *, allowed: bool) -> None:
        if not allowed:
            raise error("FORBIDDEN", INTEGRATION)

    def _resolve(self, wanted: dict[str, Any], *, resolve: bool) -> dict[str, Any]:
        thread: Thread = self._find(wanted["threadId"])[0]
        self._need(allowed=self._world.may_resolve(self._token, self._world.pulls[thread.pull]))
        if resolve and not thread.resolved:
            thread.resolved_by = self._token.login
        elif not resolve:
            thread.resolved_by = None
        return {"clientMutationId": wanted.get("clientMutationId"), "thread": self._objects.thread(thread)}

    def _writes(self) -> bool:
        return "write" in {self._world.level(self._token, scope) for scope in ("pull_requests", "issues")}

    def _minimize(self, wanted: dict[str, Any], field: str) -> dict[str, Any]:
        comment: IssueComment | ReviewComment
        comment, render = self._find(wanted["subjectId"])
        self._need(allowed=self._writes())
        classifier = wanted.get("classifier")
        comment.minimized = classifier.lower().replace("_", "-") if classifier else None
        return {"clientMutationId": wanted.get("clientMutationId"), field: render(comment)}

    def _comment(self, wanted: dict[str, Any]) -> dict[str, Any]:
        pull = self._find(wanted["subjectId"])[0]
        self._need(allowed=self._writes())
        try:
            reviewing.check_body(self._world, wanted["body"], "IssueComment")
        except RefusedError as refused:
            raise error("UNPROCESSABLE", "Body is too long") from refused
        made = new_comment(self._world, pull.number, self._token.login, wanted["body"])
        edge = {"cursor": str(made.id), "node": self._objects.issue_comment(made)}
        return {"clientMutationId": wanted.get("clientMutationId"), "commentEdge": edge}
