"""REST: comments of the conversation, and reactions to comments of both kinds."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakegithub.http import INTEGRATION, Answer, RefusedError, invalid, not_found, route
from fakegithub.looks import issue_comment, reaction
from fakegithub.model import IssueComment, Reaction, ReviewComment
from fakegithub.paging import paged
from fakegithub.rest_pulls import pull_of
from fakegithub.reviewing import check_body

if TYPE_CHECKING:
    from fakegithub.http import Request
    from fakegithub.world import World

_REPO = "/repos/{owner}/{repo}"
_ISSUE = _REPO + "/issues/{issue_number}/comments"
_COMMENT = _REPO + "/issues/comments/{comment_id}"
_INLINE = _REPO + "/pulls/comments/{comment_id}"
_SCOPES = ("issues", "pull_requests")


def new_comment(world: World, number: int, login: str, body: str) -> IssueComment:
    """Put a comment into the conversation."""
    now = world.now()
    comment = IssueComment(world.next_id(), number, login, body, now, now)
    world.comments[comment.id] = comment
    return comment


def change(world: World, comment: IssueComment | ReviewComment, body: str) -> None:
    """Edit a comment."""
    comment.body = body
    comment.updated = comment.edited = world.now()


def may_touch(request: Request, login: str) -> None:
    """Refuse a person who wants to change another one's words; who may write here may, and so may an installation."""
    if login == request.token.login or request.token.kind == "installation":
        return
    if request.world.level(request.token, "contents") != "write":
        raise RefusedError(403, "Must have admin rights to Repository.")


def _found(request: Request) -> IssueComment:
    comment = request.world.comments.get(request.number("comment_id"))
    if comment is None:
        raise not_found()
    return comment


@route("GET", _ISSUE)
def comments(request: Request) -> Answer:
    """List the comments, oldest first."""
    request.need("read", *_SCOPES)
    number, since = pull_of(request, "issue_number").number, request.query.get("since", "")
    found = [c for c in request.world.comments.values() if c.pull == number and c.updated >= since]
    return paged(request, found, lambda comment: issue_comment(request.world, comment))


@route("POST", _ISSUE)
def create(request: Request) -> Answer:
    """Write a comment."""
    number = pull_of(request, "issue_number").number
    request.need("write", *_SCOPES)
    body = _body(request)
    made = new_comment(request.world, number, request.token.login, body)
    json = issue_comment(request.world, made)
    return Answer(201, json, {"location": json["url"]})


def _body(request: Request) -> str:
    body = str(request.body["body"])
    if not body.strip():
        raise invalid("IssueComment", "body", "Body can't be blank", "missing_field")
    check_body(request.world, body, "IssueComment")
    return body


@route("GET", _COMMENT)
def comment(request: Request) -> Answer:
    """Give a comment."""
    request.need("read", *_SCOPES)
    return Answer(200, issue_comment(request.world, _found(request)))


@route("PATCH", _COMMENT)
def edit(request: Request) -> Answer:
    """Change a comment."""
    found = _found(request)
    request.need("write", *_SCOPES)
    may_touch(request, found.login)
    change(request.world, found, _body(request))
    return Answer(200, issue_comment(request.world, found))


@route("DELETE", _COMMENT)
def delete(request: Request) -> Answer:
    """Delete a comment."""
    found = _found(request)
    request.need("write", *_SCOPES)
    may_touch(request, found.login)
    del request.world.comments[found.id]
    return Answer(204)


def _reacted(request: Request) -> tuple[IssueComment | ReviewComment, tuple[str, ...]]:
    """Give the comment, and the scopes that reactions to it need."""
    if "/issues/" in request.path:
        return _found(request), _SCOPES
    inline = request.world.review_comments.get(request.number("comment_id"))
    if inline is None:
        raise not_found()
    return inline, ("pull_requests",)


@route("GET", _COMMENT + "/reactions")
@route("GET", _INLINE + "/reactions")
def reactions(request: Request) -> Answer:
    """List the reactions to a comment."""
    found, scopes = _reacted(request)
    request.need("read", *scopes)
    content = request.query.get("content")
    shown = [one for one in found.reactions if content in {None, one.content}]
    return paged(request, shown, lambda one: reaction(request.world, one))


@route("POST", _COMMENT + "/reactions")
@route("POST", _INLINE + "/reactions")
def react(request: Request) -> Answer:
    """React to a comment; a second time changes nothing."""
    found, scopes = _reacted(request)
    request.need("write", *scopes)
    world, login, content = request.world, request.token.login, request.body["content"]
    there = next((one for one in found.reactions if (one.login, one.content) == (login, content)), None)
    if there is not None:
        return Answer(200, reaction(world, there))
    made = Reaction(world.next_id(), login, content, world.now())
    found.reactions.append(made)
    return Answer(201, reaction(world, made))


@route("DELETE", _COMMENT + "/reactions/{reaction_id}")
@route("DELETE", _INLINE + "/reactions/{reaction_id}")
def unreact(request: Request) -> Answer:
    """Take back a reaction of one's own."""
    found, scopes = _reacted(request)
    request.need("write", *scopes)
    there = next((one for one in found.reactions if one.id == request.number("reaction_id")), None)
    if there is None:
        raise not_found()
    if there.login != request.token.login:
        raise RefusedError(403, INTEGRATION)
    found.reactions.remove(there)
    return Answer(204)
