"""What is left to do on a pull request: nothing where all of it stands there, and never the same twice."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from builders import change_set, changed, finding, hunk
from conversations import comment, part, thread

from reviewbot.core.change import Side
from reviewbot.core.errors import RefusedError
from reviewbot.core.finding import Finding, Placement
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Assignment, Coverage, FileCoverage, Grade, Review, Source, Verdict
from reviewbot.github import marked_bodies, markers, state
from reviewbot.github.actions import CreateComment, CreateReview, Delete, DiscardPending, Edit, Reply, Resolve
from reviewbot.github.decisions import Rules
from reviewbot.github.pending import plan
from reviewbot.github.pull import PullRef
from reviewbot.github.state import Dismissal
from reviewbot.github.threads import Conversation

if TYPE_CHECKING:
    from reviewbot.github.actions import Action

PATH = "app/service.py"
REF = PullRef("acme", "app", 7)
HEAD = "abcdef0123456789"
CHANGES = change_set(
    changed(PATH, hunk(1, *(f"+x{n} = 1" for n in range(1, 51)))),
    changed("b.py", hunk(1, "+b")),
    head=HEAD,
)
RULES = Rules("https://github.com")


def one(line: int = 3, **more: Any) -> Finding:
    own = {
        "fingerprint": f"{line:016}",
        "placement": Placement.INLINE,
        "item": f"item-{line}",
        "check": f"check-{line}",
    }
    return finding(**{"start_line": line, "end_line": line, **own, **more})


def review(*findings: Finding, **more: Any) -> Review:
    seen = because(ReasonKind.BY_MODEL)
    files = tuple(FileCoverage(file.path, "reviewed", seen, 1, 1, ("checks",)) for file in CHANGES.files)
    by_hand = {
        "coverage": Coverage(files),
        "assignments": (Assignment("sinag", Grade.PROJECT, (PATH, "b.py"), 1.0),),
    }
    return Review(
        Source("github", head=CHANGES.head), ("checks",), Verdict.FINDINGS, findings=findings, **{**by_hand, **more}
    )


def left(made: Review, rules: Rules = RULES, **stands: Any) -> list[Action]:
    return plan(made, CHANGES, Conversation(HEAD, **stands), rules, REF)


def summary_of(made: Review, rules: Rules = RULES) -> str:
    (body,) = [action.body for action in left(made, rules) if isinstance(action, CreateComment)]
    return body


def test_of_a_first_review_the_comments_come_before_the_summary() -> None:
    made = review(one(3), one(4), one(5, placement=Placement.SUMMARY), one(6, placement=Placement.HELD_BACK))
    first, second = left(made)
    assert first == CreateReview(HEAD, (one(3), one(4)), RULES.page)
    assert isinstance(second, CreateComment)
    assert second.body == summary_of(made)


def test_what_stands_there_is_not_said_again() -> None:
    made = review(one(3))
    there = (thread(one(3)),)
    body = left(made, threads=there)[-1]
    assert isinstance(body, CreateComment)
    for text in (body.body, body.body.replace("\n", "\r\n"), f"{body.body}\n"):
        assert left(made, threads=there, summaries=(comment(9, text),)) == []
    assert left(made, replace(RULES, posted=frozenset({one(3).fingerprint})), summaries=(comment(9, body.body),)) == []


def test_a_summary_that_says_something_else_is_edited() -> None:
    made = review()
    assert left(made, summaries=(part(9),)) == [Edit(9, summary_of(made))]


def test_the_oldest_of_two_summaries_stays_and_those_of_others_do() -> None:
    made = review()
    stands = comment(9, summary_of(made))
    assert left(made, summaries=(stands, part(12), part(13, which=2), part(14, "other"))) == [Delete(12), Delete(13)]


def test_no_review_has_more_comments_than_github_takes_at_once() -> None:
    findings = tuple(one(line) for line in range(1, 51))
    reviews = [action for action in left(review(*findings)) if isinstance(action, CreateReview)]
    assert [action.findings for action in reviews] == [findings[:30], findings[30:]]
    exactly = [action for action in left(review(*findings[:30])) if isinstance(action, CreateReview)]
    assert [len(action.findings) for action in exactly] == [30]


def test_a_review_begun_and_never_sent_goes_only_where_another_is_to_come() -> None:
    assert left(review(one(3)), pending=(5, 6))[:2] == [DiscardPending(5), DiscardPending(6)]
    assert not [action for action in left(review(), pending=(5,)) if isinstance(action, DiscardPending)]


def test_what_was_addressed_is_resolved_and_then_says_so() -> None:
    gone = thread(one(3), outdated=True)
    words = marked_bodies.closed(gone.root, "Addressed in abcdef012345.")
    assert left(review(), threads=(gone,))[:-1] == [Resolve("T1"), Edit(1, words, inline=True)]
    assert left(review(), threads=(replace(gone, can_resolve=False),))[:-1] == [Edit(1, words, inline=True)]
    resolved = replace(gone, resolved=True, resolved_by_us=True)
    assert left(review(), threads=(resolved,))[:-1] == [Edit(1, words, inline=True)]


def test_what_is_back_is_said_again() -> None:
    ours: dict[str, Any] = {"resolved": True, "resolved_by_us": True}
    closed = thread(one(3), why_closed="Addressed in 0.", **ours)
    said = Edit(1, marked_bodies.inline(one(3)), inline=True)
    assert left(review(one(3)), threads=(closed,))[:-1] == [Resolve("T1", resolved=False), said]
    assert left(review(one(3)), threads=(replace(closed, can_reopen=False),))[:-1] == [said]
    assert left(review(one(3)), threads=(replace(closed, resolved=False),))[:-1] == [said]
    assert left(review(one(3, placement=Placement.HELD_BACK)), threads=(closed,))[:-1] == []
    assert left(review(one(3)), threads=(thread(one(3), **ours),))[:-1] == []


def test_of_a_comment_that_stands_there_twice_the_later_one_goes_unless_somebody_answered() -> None:
    twice = (thread(one(3), 1), thread(one(3), 2), thread(one(3), 3, answered=True))
    made = review(one(3))
    assert left(made, threads=twice)[1:] == [Delete(2, inline=True)]
    assert left(review(), threads=tuple(replace(each, outdated=True) for each in twice))[-1] == Delete(2, inline=True)


def test_the_summary_remembers_what_was_reviewed_and_who_dismissed_what() -> None:
    dismissed = {one(4).fingerprint: Dismissal("ada", "So.")}
    seen = FileCoverage(PATH, "reviewed", because(ReasonKind.BY_MODEL), 1, 1, ("checks",))
    failed = FileCoverage("b.py", "failed", because(ReasonKind.OUT_OF_TIME, "60"), 1, 0)
    made = review(one(3), one(4), coverage=Coverage((seen, failed)))
    marker = markers.read(summary_of(made, replace(RULES, dismissals=dismissed, judged={"a": "b"})))
    assert marker is not None
    assert marker.words == ("-", "1")
    kept = state.read(marker.data)
    assert (kept.head, kept.dismissed, kept.judged) == (CHANGES.head, dismissed, {"a": "b"})
    assert kept.findings == (one(3).fingerprint, one(4).fingerprint)
    assert [kept.unchanged(file) for file in CHANGES.files] == [True, False], "what failed is looked at again"


class Client:
    """Keeps what it was asked to send; ``fails`` is the status with which it is refused."""

    def __init__(self, fails: int = 0) -> None:
        self.sent: list[tuple[Any, ...]] = []
        self._fails = fails

    def send(self, *request: Any) -> str:
        self.sent.append(request)
        if self._fails:
            raise RefusedError(self._fails, "no")
        return "done"

    def graphql(self, query: str, **variables: Any) -> str:
        self.sent.append((query, variables))
        return "done"


PULL = "/repos/acme/app"


@pytest.mark.parametrize(
    ("action", "request_", "words"),
    [
        (CreateComment("Hi."), ("POST", f"{PULL}/issues/7/comments", {"body": "Hi."}), "post a comment\n\nHi."),
        (
            Reply(3, "Hi."),
            ("POST", f"{PULL}/pulls/7/comments/3/replies", {"body": "Hi."}),
            "reply to comment 3\n\nHi.",
        ),
        (Edit(3, "Hi."), ("PATCH", f"{PULL}/issues/comments/3", {"body": "Hi."}), "edit comment 3\n\nHi."),
        (Edit(3, "Hi.", inline=True), ("PATCH", f"{PULL}/pulls/comments/3", {"body": "Hi."}), "edit comment 3\n\nHi."),
        (Delete(3), ("DELETE", f"{PULL}/issues/comments/3"), "delete comment 3, which says the same as an older one"),
        (
            Delete(3, inline=True),
            ("DELETE", f"{PULL}/pulls/comments/3"),
            "delete comment 3, which says the same as an older one",
        ),
        (DiscardPending(5), ("DELETE", f"{PULL}/pulls/7/reviews/5"), "delete the pending review 5"),
    ],
)
def test_each_action_is_one_request_and_says_what_it_does(
    action: Action, request_: tuple[Any, ...], words: str
) -> None:
    client = Client()
    assert action.do(client, REF) == "done"  # type: ignore[arg-type] # all that an action asks of a client
    assert client.sent == [request_]
    assert str(action) == words


@pytest.mark.parametrize("action", [Delete(3), DiscardPending(5)])
def test_what_is_gone_already_need_not_be_deleted(action: Action) -> None:
    assert action.do(Client(404), REF) is None  # type: ignore[arg-type]
    with pytest.raises(RefusedError):
        action.do(Client(403), REF)  # type: ignore[arg-type]


def test_threads_are_resolved_and_opened_again() -> None:
    client = Client()
    for resolved, word in ((True, "resolve"), (False, "reopen")):
        action = Resolve("T1", resolved=resolved)
        assert action.do(client, REF) == "done"  # type: ignore[arg-type]
        assert str(action) == f"{word} the thread T1"
    (first, variables), (second, _) = client.sent
    assert variables == {"id": "T1"}
    assert first.replace("resolveReviewThread", "unresolveReviewThread") == second


def test_comments_name_their_lines_as_github_wants_them() -> None:
    client = Client()
    several, removed = one(3, end_line=5), one(4, side=Side.LEFT)
    action = CreateReview("abc", (several, removed))
    action.do(client, REF)  # type: ignore[arg-type]
    ((method, path, body),) = client.sent
    assert (method, path) == ("POST", f"{PULL}/pulls/7/reviews")
    assert (body["commit_id"], body["event"]) == ("abc", "COMMENT")
    first, second = body["comments"]
    assert first == {
        "path": PATH,
        "body": marked_bodies.inline(several),
        "start_line": 3,
        "line": 5,
        "start_side": "RIGHT",
        "side": "RIGHT",
    }
    assert second == {"path": PATH, "body": marked_bodies.inline(removed), "line": 4, "side": "LEFT"}
    assert str(action).startswith(f"post a review with 2 comments\n\n--- {PATH}:3-5\n<!-- reviewbot:1 finding ")
    assert f"\n\n--- {PATH}:4-4\n<!-- " in str(action)


def test_a_comment_leads_to_the_page_of_its_check() -> None:
    client = Client()
    action = CreateReview("abc", (one(3),), lambda found: f"https://e.example/{found.check}")
    action.do(client, REF)  # type: ignore[arg-type]
    again = left(
        review(one(3)),
        replace(RULES, page=action.page),
        threads=(thread(one(3), why_closed="Addressed.", can_reopen=False),),
    )
    said = client.sent[0][2]["comments"][0]["body"]
    assert again[0] == Edit(1, said, inline=True)
    assert "[`check-3`](https://e.example/check-3) for" in said
    assert said in str(action)


def test_what_is_in_the_summary_leads_to_its_lines() -> None:
    outside = one(3, placement=Placement.SUMMARY, placement_reason=because(ReasonKind.NOT_IN_DIFF), path="a b/é.py")
    for changes, address in (
        ({}, "blob/abcdef0123456789/a%20b/%C3%A9.py#L3"),
        ({"end_line": 5}, "blob/abcdef0123456789/a%20b/%C3%A9.py#L3-L5"),
        ({"side": Side.LEFT, "path": PATH}, f"pull/7/files#diff-{hashlib.sha256(PATH.encode()).hexdigest()}L3"),
    ):
        body = summary_of(review(replace(outside, **changes)))
        assert f"(https://github.com/acme/app/{address})" in body
    assert "Reviewed at `abcdef012345`." in body
