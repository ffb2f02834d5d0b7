"""REST: reviews and the comments of threads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakegithub import reviewing
from fakegithub.http import Answer, invalid, not_found, route
from fakegithub.looks import review as review_json
from fakegithub.looks import review_comment
from fakegithub.paging import paged
from fakegithub.rest_comments import change, may_touch
from fakegithub.rest_pulls import pull_of

if TYPE_CHECKING:
    from fakegithub.http import Request
    from fakegithub.model import Review, ReviewComment

_REPO = "/repos/{owner}/{repo}"
_PULL = _REPO + "/pulls/{pull_number}"
_REVIEW = _PULL + "/reviews/{review_id}"
_COMMENT = _REPO + "/pulls/comments/{comment_id}"
_SCOPE = "pull_requests"


def _review(request: Request) -> Review:
    """Give the review of the path; one that waits is seen by its author only."""
    found = request.world.reviews.get(request.number("review_id"))
    hidden = found is not None and found.state == "PENDING" and found.login != request.token.login
    if found is None or hidden or found.pull != request.number("pull_number"):
        raise not_found()
    return found


def _comment(request: Request) -> ReviewComment:
    found = request.world.review_comments.get(request.number("comment_id"))
    if found is None or not request.world.visible([found], request.token.login):
        raise not_found()
    return found


@route("GET", _PULL + "/reviews")
def reviews(request: Request) -> Answer:
    """List the reviews, oldest first."""
    request.need("read", _SCOPE)
    number, login = pull_of(request).number, request.token.login
    shown = [
        one
        for one in request.world.reviews.values()
        if one.pull == number and (one.state != "PENDING" or one.login == login)
    ]
    return paged(request, shown, lambda one: review_json(request.world, one))


@route("POST", _PULL + "/reviews")
def create(request: Request) -> Answer:
    """Make a review with all its comments, or nothing."""
    pull = pull_of(request)
    request.need("write", _SCOPE)
    made = reviewing.begin(request.world, pull, request.token.login, request.body or {})
    return Answer(200, review_json(request.world, made))


@route("GET", _REVIEW)
def review(request: Request) -> Answer:
    """Give a review."""
    request.need("read", _SCOPE)
    return Answer(200, review_json(request.world, _review(request)))


@route("PUT", _REVIEW)
def edit(request: Request) -> Answer:
    """Change the text of a review."""
    request.need("write", _SCOPE)
    found = _review(request)
    may_touch(request, found.login)
    reviewing.check_body(request.world, request.body["body"], "PullRequestReview", simple=True)
    found.body, found.edited = request.body["body"], request.world.now()
    return Answer(200, review_json(request.world, found))


@route("DELETE", _REVIEW)
def delete(request: Request) -> Answer:
    """Delete a review that was not submitted."""
    request.need("write", _SCOPE)
    found = _review(request)
    answer = Answer(200, review_json(request.world, found))
    reviewing.discard(request.world, found)
    return answer


@route("POST", _REVIEW + "/events")
def submit(request: Request) -> Answer:
    """Submit a review."""
    request.need("write", _SCOPE)
    found = _review(request)
    reviewing.submit(request.world, pull_of(request), found, request.body["event"], request.body.get("body"))
    return Answer(200, review_json(request.world, found))


@route("GET", _REVIEW + "/comments")
def of_review(request: Request) -> Answer:
    """List the comments of a review."""
    request.need("read", _SCOPE)
    found = _review(request)
    shown = [one for one in request.world.review_comments.values() if one.review == found.id]
    return paged(request, shown, lambda one: review_comment(request.world, one))


@route("GET", _PULL + "/comments")
def comments(request: Request) -> Answer:
    """List the comments of all threads; those that wait are left out."""
    request.need("read", _SCOPE)
    number, since = pull_of(request).number, request.query.get("since", "")
    every = [one for one in request.world.review_comments.values() if one.pull == number and one.updated >= since]
    shown = request.world.visible(every, None)
    if request.query.get("direction") == "desc":
        shown.reverse()
    return paged(request, shown, lambda one: review_comment(request.world, one))


@route("POST", _PULL + "/comments")
def create_comment(request: Request) -> Answer:
    """Begin a thread with one comment, or answer in one."""
    pull = pull_of(request)
    request.need("write", _SCOPE)
    if "in_reply_to" in request.body:
        return _answered(request, request.body["in_reply_to"])
    made = reviewing.alone(request.world, pull, request.token.login, request.body)
    return _created(request, made)


@route("POST", _PULL + "/comments/{comment_id}/replies")
def reply(request: Request) -> Answer:
    """Answer in a thread."""
    pull_of(request)
    request.need("write", _SCOPE)
    return _answered(request, request.number("comment_id"))


def _answered(request: Request, root_id: int) -> Answer:
    root = request.world.review_comments.get(root_id)
    pull = pull_of(request)
    if root is None or root.pull != pull.number:
        raise not_found()
    return _created(request, reviewing.reply(request.world, pull, request.token.login, root, str(request.body["body"])))


def _created(request: Request, made: ReviewComment) -> Answer:
    json = review_comment(request.world, made)
    return Answer(201, json, {"location": json["url"]})


@route("GET", _COMMENT)
def comment(request: Request) -> Answer:
    """Give a comment of a thread."""
    request.need("read", _SCOPE)
    return Answer(200, review_comment(request.world, _comment(request)))


@route("PATCH", _COMMENT)
def edit_comment(request: Request) -> Answer:
    """Change a comment of a thread."""
    found = _comment(request)
    request.need("write", _SCOPE)
    may_touch(request, found.login)
    body = str(request.body["body"])
    if not body.strip():
        raise invalid("PullRequestReviewComment", "body", "Body can't be blank", "missing_field")
    reviewing.check_body(request.world, body, "PullRequestReviewComment")
    change(request.world, found, body)
    return Answer(200, review_comment(request.world, found))


@route("DELETE", _COMMENT)
def delete_comment(request: Request) -> Answer:
    """Delete a comment of a thread."""
    found = _comment(request)
    request.need("write", _SCOPE)
    may_touch(request, found.login)
    reviewing.remove(request.world, found)
    return Answer(204)
