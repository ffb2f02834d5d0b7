"""GraphQL: the repository and its pull requests."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakegithub.graphql_git import git_object
from fakegithub.graphql_paging import connection, error
from fakegithub.http import INTEGRATION
from fakegithub.looks import page_url
from fakegithub.users import node_id
from fakegithub.world import REPOSITORY_ID

if TYPE_CHECKING:
    from fakegithub.diffs import FileDiff
    from fakegithub.graphql_objects import Objects
    from fakegithub.model import Pull, Review

_MERGEABLE = {True: "MERGEABLE", False: "CONFLICTING", None: "UNKNOWN"}
_CHANGES = {"removed": "DELETED"}


def repository_fields(objects: Objects, slug: str) -> dict[str, Any]:
    """Give the repository, or a fork of it."""
    world, token = objects.world, objects.token
    fork = slug != world.slug
    role = world.person(token.login).permission.upper()
    number = REPOSITORY_ID + (1 if fork else 0)

    def git(_info: Any, oid: str | None = None, expression: str | None = None) -> dict[str, Any] | None:
        if world.level(token, "contents") == "none":
            raise error("FORBIDDEN", INTEGRATION)
        return git_object(world, oid or expression)

    def pull(_info: Any, number: int) -> dict[str, Any]:
        if world.level(token, "pull_requests") == "none":
            raise error("FORBIDDEN", INTEGRATION)
        found = world.pulls.get(number)
        if found is None or fork:
            raise error("NOT_FOUND", f"Could not resolve to a PullRequest with the number of {number}.")
        return pull_fields(objects, found)

    return {
        "__typename": "Repository",
        "id": node_id("R", number),
        "databaseId": number,
        "name": slug.split("/")[1],
        "nameWithOwner": slug,
        "url": f"{world.web}/{slug}",
        "isPrivate": True,
        "isFork": fork,
        "viewerPermission": None if token.kind == "installation" or role == "NONE" else role,
        "defaultBranchRef": lambda _info: ref_fields(objects, world.default_branch),
        "ref": lambda _info, **arguments: ref_fields(objects, arguments["qualifiedName"]),
        "object": git,
        "pullRequest": pull,
    }


def ref_fields(objects: Objects, name: str) -> dict[str, Any] | None:
    """Give a branch; None where there is none."""
    short = name.removeprefix("refs/heads/")
    oid = objects.world.git.branch(short)
    if oid is None:
        return None
    return {
        "__typename": "Ref",
        "id": node_id("REF", int(oid[:8], 16)),
        "name": short,
        "prefix": "refs/heads/",
        "target": lambda _info: git_object(objects.world, oid),
    }


def pull_fields(objects: Objects, pull: Pull) -> dict[str, Any]:
    """Give a pull request."""
    world, login = objects.world, objects.token.login

    def comments(_info: Any, **arguments: Any) -> dict[str, Any]:
        every = [(one.id, one) for one in world.comments.values() if one.pull == pull.number]
        return connection("comments", every, objects.issue_comment, arguments)

    def threads(_info: Any, **arguments: Any) -> dict[str, Any]:
        every = [
            (one.id, one) for one in world.pull_threads(pull.number) if world.visible(world.thread_comments(one), login)
        ]
        return connection("reviewThreads", every, objects.thread, arguments)

    def reviews(_info: Any, **arguments: Any) -> dict[str, Any]:
        states, author = arguments.get("states"), arguments.get("author")

        def shown(one: Review) -> bool:
            if one.pull != pull.number or (one.state == "PENDING" and one.login != login):
                return False
            return (not states or one.state in states) and (author is None or one.login == author)

        every = [(one.id, one) for one in world.reviews.values() if shown(one)]
        return connection("reviews", every, objects.review, arguments)

    def files(_info: Any, **arguments: Any) -> dict[str, Any]:
        every = list(enumerate(world.files(pull)[: world.limits.files], 1))
        return connection("files", every, _file, arguments)

    return {
        "__typename": "PullRequest",
        "id": node_id("PR", pull.id),
        "databaseId": pull.id,
        "fullDatabaseId": pull.id,
        "number": pull.number,
        "title": pull.title,
        "body": pull.body or "",
        "state": pull.state.upper(),
        "isDraft": pull.draft,
        "isCrossRepository": pull.fork is not None,
        "changedFiles": lambda _info: len(world.files(pull)),
        "additions": lambda _info: sum(file.additions for file in world.files(pull)),
        "deletions": lambda _info: sum(file.deletions for file in world.files(pull)),
        "author": lambda _info: objects.actor(pull.author),
        "authorAssociation": world.person(pull.author).association,
        "viewerDidAuthor": pull.author == login,
        "baseRefName": pull.base,
        "baseRefOid": lambda _info: world.base_oid(pull),
        "baseRef": lambda _info: ref_fields(objects, pull.base),
        "headRefName": pull.head,
        "headRefOid": lambda _info: world.head(pull),
        "headRef": lambda _info: ref_fields(objects, pull.head),
        "headRepository": lambda _info: repository_fields(objects, pull.fork or world.slug),
        "mergeable": _MERGEABLE[pull.mergeable],
        "maintainerCanModify": pull.maintainer_can_modify,
        "url": page_url(world, pull.number),
        "createdAt": pull.created,
        "updatedAt": pull.updated,
        "comments": comments,
        "reviewThreads": threads,
        "reviews": reviews,
        "files": files,
    }


def _file(file: FileDiff) -> dict[str, Any]:
    return {
        "path": file.path,
        "additions": file.additions,
        "deletions": file.deletions,
        "changeType": _CHANGES.get(file.status, file.status.upper()),
    }
