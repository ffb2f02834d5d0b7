"""Reviews and threads: what is accepted, and what it becomes."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from fakegithub.http import RefusedError, invalid, unprocessable
from fakegithub.model import Review, ReviewComment, Thread

if TYPE_CHECKING:
    from fakegithub.diffs import FileDiff, Row
    from fakegithub.model import Pull
    from fakegithub.world import World

STATES = {"APPROVE": "APPROVED", "REQUEST_CHANGES": "CHANGES_REQUESTED", "COMMENT": "COMMENTED"}
ONE_PENDING = "User can only have one pending review per pull request"
_SIDES = ("LEFT", "RIGHT")
_THREAD = "Pull request review thread"
_NO_HUNK = f"{_THREAD} diff hunk can't be blank"


class BadPlaceError(Exception):
    """A comment is about something that the diff does not show; the arguments are a field and a message."""


@dataclass(frozen=True)
class Place:
    """What a comment is about."""

    file: FileDiff
    side: str
    line: int | None
    start_line: int | None
    start_side: str | None
    position: int
    hunk: str
    subject: str


def _joined(messages: list[str]) -> str:
    """Write several complaints about one thread as GitHub does."""
    *most, last = messages
    return f"{', '.join(most)}{',' if len(most) > 1 else ''} and {last}" if most else last


def place(world: World, pull: Pull, commit: str, wanted: dict[str, Any]) -> Place:
    """Find what a comment is about in the diff of a commit.

    Raises:
        BadPlaceError: The diff does not show it.
    """
    file = next((file for file in world.files(pull, commit) if file.path == wanted.get("path")), None)
    if file is None:
        raise BadPlaceError("path", _joined([f"{_THREAD} path is invalid", _NO_HUNK]))
    if wanted.get("subject_type") == "file":
        return Place(file, "RIGHT", None, None, None, 1, "", "file")
    side = str(wanted.get("side", "RIGHT")).upper()
    if side not in _SIDES:
        raise BadPlaceError("side", f"{_THREAD} side is not included in the list")
    row: Row | None = None
    if isinstance(wanted.get("line"), int):
        row = file.row(side, wanted["line"])
    elif isinstance(wanted.get("position"), int):
        row = file.at(wanted["position"])
        side = "LEFT" if row is not None and row.new is None else "RIGHT"
    start_line, start_side, start = wanted.get("start_line"), None, None
    if start_line is not None:
        start_side = str(wanted.get("start_side", side)).upper()
        start = file.row(start_side, start_line)
        if row is not None and start is not None and start.position >= row.position:
            raise BadPlaceError("start_line", f"{_THREAD} start line must precede the end line.")
    if row is None or (start_line is not None and (start is None or start.hunk != row.hunk)):
        wrong = [f"{_THREAD} line must be part of the diff"] if row is None else []
        if start_line is not None:
            wrong.append(f"{_THREAD} start line must be part of the same hunk as the line.")
        raise BadPlaceError("line" if row is None else "start_line", _joined([*wrong, _NO_HUNK]))
    line = row.old if side == "LEFT" else row.new
    return Place(file, side, line, start_line, start_side, row.position, file.hunk_to(row.position), "line")


def known_commit(world: World, pull: Pull, sha: str | None) -> str:
    """Give the commit that a review is about: the head unless another one of the pull request is named.

    Raises:
        RefusedError: It is no commit of the pull request.
    """
    head = world.head(pull)
    if sha is None or sha == head:
        return head
    if sha not in world.commits(pull):
        raise unprocessable("End commit oid is not part of the pull request")
    return sha


def check_body(world: World, body: str, resource: str, *, simple: bool = False) -> None:
    """Refuse a text that is too long."""
    if len(body) <= world.limits.body_characters:
        return
    message = f"Body is too long (maximum is {world.limits.body_characters} characters)"
    raise unprocessable(message) if simple else invalid(resource, "body", message)


def pending_of(world: World, number: int, login: str) -> Review | None:
    """Give somebody's review that was not submitted yet."""
    return next(
        (r for r in world.reviews.values() if r.pull == number and r.login == login and r.state == "PENDING"), None
    )


def begin(world: World, pull: Pull, login: str, wanted: dict[str, Any]) -> Review:
    """Make a review with all its comments, or none of it.

    Raises:
        RefusedError: Something in it is not accepted; then nothing is stored.
    """
    event, body = wanted.get("event"), wanted.get("body") or ""
    comments: list[dict[str, Any]] = wanted.get("comments") or []
    commit = known_commit(world, pull, wanted.get("commit_id"))
    check_body(world, body, "PullRequestReview", simple=True)
    if pending_of(world, pull.number, login):
        raise unprocessable(ONE_PENDING)
    _check_event(pull, login, event, body, has_comments=bool(comments))
    places, errors = [], []
    for comment in comments:
        check_body(world, comment["body"], "PullRequestReviewComment", simple=True)
        if not comment["body"].strip():
            errors.append("Pull request review comment body can't be blank")
        try:
            places.append(place(world, pull, commit, comment))
        except BadPlaceError as error:
            errors.append(str(error.args[1]))
    if errors:
        raise unprocessable(*errors)
    review = Review(world.next_id(), pull.number, login, "PENDING", body, commit, world.now())
    world.reviews[review.id] = review
    for where, comment in zip(places, comments, strict=True):
        add(world, pull, review, open_thread(world, pull, commit, where), comment["body"])
    if event:
        submit(world, pull, review, event)
    return review


def _check_event(pull: Pull, login: str, event: str | None, body: str, *, has_comments: bool) -> None:
    if event in {"APPROVE", "REQUEST_CHANGES"} and login == pull.author:
        raise unprocessable(
            f"Can not {'approve' if event == 'APPROVE' else 'request changes on'} your own pull request"
        )
    if event == "REQUEST_CHANGES" and not body:
        raise unprocessable("Body can't be blank")
    if event == "COMMENT" and not body and not has_comments:
        raise unprocessable("Review Can not submit an empty review")


def submit(world: World, pull: Pull, review: Review, event: str, body: str | None = None) -> None:
    """Submit a review that waits.

    Raises:
        RefusedError: It was submitted already, or is empty.
    """
    if review.state != "PENDING":
        raise unprocessable("Can not submit a pull request review that is not pending")
    text = review.body if body is None else body
    has_comments = any(comment.review == review.id for comment in world.review_comments.values())
    _check_event(pull, review.login, event, text, has_comments=has_comments)
    review.body, review.state, review.submitted = text, STATES[event], world.now()


def open_thread(world: World, pull: Pull, commit: str, where: Place) -> Thread:
    """Begin a thread."""
    thread = Thread(
        world.next_id(),
        pull.number,
        where.file.path,
        where.file.old_path,
        where.side,
        where.line,
        where.start_line,
        where.start_side,
        commit,
        world.merge_base(pull, commit),
        where.position,
        where.hunk,
        where.subject,
    )
    world.threads[thread.id] = thread
    return thread


def add(world: World, pull: Pull, review: Review, thread: Thread, body: str) -> ReviewComment:
    """Put a comment into a thread."""
    root = next(iter(world.thread_comments(thread)), None)
    now = world.now()
    comment = ReviewComment(
        world.next_id(), pull.number, thread.id, review.id, review.login, body, now, now, root.id if root else None
    )
    world.review_comments[comment.id] = comment
    return comment


def alone(world: World, pull: Pull, login: str, wanted: dict[str, Any]) -> ReviewComment:
    """Make one comment, which gets a review of its own.

    Raises:
        RefusedError: It is not accepted.
    """
    resource = "PullRequestReviewComment"
    if pending_of(world, pull.number, login):
        raise invalid(resource, "user_id", f"user_id {ONE_PENDING.lower()}")
    check_body(world, wanted["body"], resource)
    if wanted.get("subject_type") == "line" and wanted.get("line") is not None:
        raise RefusedError(422, 'Invalid request.\n\nNo subschema in "oneOf" matched.\n"line" is not a permitted key.')
    head = world.head(pull)
    commit = wanted["commit_id"]
    if commit != head and commit not in world.commits(pull):
        raise invalid(resource, "end_commit_oid", "end_commit_oid is not part of the pull request")
    try:
        where = place(world, pull, commit, wanted)
    except BadPlaceError as error:
        field, message = error.args
        raise invalid(resource, f"pull_request_review_thread.{field}", message) from error
    return _single(world, pull, login, open_thread(world, pull, commit, where), wanted["body"])


def reply(world: World, pull: Pull, login: str, root: ReviewComment, body: str) -> ReviewComment:
    """Answer in a thread; an answer to an answer is one to the first comment, too.

    Raises:
        RefusedError: It is not accepted.
    """
    resource = "PullRequestReviewComment"
    if pending_of(world, pull.number, login):
        raise invalid(resource, "user_id", f"user_id {ONE_PENDING.lower()}")
    check_body(world, body, resource)
    return _single(world, pull, login, world.threads[root.thread], body)


def _single(world: World, pull: Pull, login: str, thread: Thread, body: str) -> ReviewComment:
    now = world.now()
    review = Review(world.next_id(), pull.number, login, "COMMENTED", "", world.head(pull), now, submitted=now)
    world.reviews[review.id] = review
    return add(world, pull, review, thread, body)


def remove(world: World, comment: ReviewComment) -> None:
    """Delete a comment, and its thread with the last one."""
    del world.review_comments[comment.id]
    if not world.thread_comments(world.threads[comment.thread]):
        del world.threads[comment.thread]


def discard(world: World, review: Review) -> None:
    """Delete a review that waits, with all its comments.

    Raises:
        RefusedError: It was submitted already.
    """
    if review.state != "PENDING":
        raise unprocessable("Can not delete a non-pending pull request review")
    for comment in [c for c in world.review_comments.values() if c.review == review.id]:
        remove(world, comment)
    del world.reviews[review.id]
