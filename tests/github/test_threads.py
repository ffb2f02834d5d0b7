"""What stands on a pull request: which of it is ours, what people said, and all pages of it."""

from __future__ import annotations

from typing import Any

import pytest

from reviewbot.core.errors import GithubError
from reviewbot.github import markers, state, threads
from reviewbot.github.markers import Marker
from reviewbot.github.pull import PullRef
from reviewbot.github.state import Dismissal, State
from reviewbot.github.threads import Conversation, Spoken

REF = PullRef("acme", "app", 7)
PRINT = "0123456789abcdef"
FINDING = f"{Marker(markers.FINDING, (PRINT,))}\n**high: A query runs in a loop**\n\nLoad it once."
SUMMARY = f"{Marker(markers.SUMMARY, ('-', '1'), {'head': 'abc'})}\nNothing was found."
ANSWER = f"{Marker(markers.ANSWER, ('9',))}\nDone."


def said(number: int, body: str | None, *, ours: bool = False, **more: Any) -> dict[str, Any]:
    """Give a comment as GitHub does: by ada, or by the token's own bot."""
    author = {"__typename": "Bot", "login": "github-actions"} if ours else {"__typename": "User", "login": "ada"}
    base = {"databaseId": number, "body": body, "url": f"https://e.example/{number}", "viewerDidAuthor": ours}
    return {**base, "state": "SUBMITTED", "lastEditedAt": None, "author": author, **more}


def opened(name: str, *comments: dict[str, Any], **more: Any) -> dict[str, Any]:
    """Give a thread as GitHub does."""
    base = {
        "id": name,
        "isResolved": False,
        "isOutdated": False,
        "viewerCanResolve": True,
        "viewerCanUnresolve": False,
        "path": "a.py",
        "line": 5,
        "startLine": None,
        "diffSide": "RIGHT",
        "resolvedBy": None,
        "comments": {"totalCount": len(comments), "nodes": list(comments)},
    }
    return {**base, **more}


def pending(number: int, *bodies: str, ours: bool = True) -> dict[str, Any]:
    return {
        "databaseId": number,
        "viewerDidAuthor": ours,
        "comments": {"nodes": [{"body": body} for body in bodies]},
    }


class Client:
    """Gives comments and threads page by page, as they are asked for."""

    def __init__(self, comments: list[Any], threads: list[Any], reviews: tuple[Any, ...] = ()) -> None:
        self._pages = {"comments": comments, "threads": threads}
        self._reviews = reviews
        self.asked: list[dict[str, Any]] = []

    def graphql(self, _: str, **given: Any) -> dict[str, Any]:
        self.asked.append(given)
        pull: dict[str, Any] = {"headRefOid": "abc", "reviews": {"nodes": list(self._reviews)}}
        for name, key, more in (("comments", "comments", "moreComments"), ("threads", "reviewThreads", "moreThreads")):
            if given[more]:
                at = int(given[name] or 0)
                pages = self._pages[name]
                info = {"hasNextPage": at + 1 < len(pages), "endCursor": str(at + 1)}
                pull[key] = {"nodes": pages[at] if pages else [], "pageInfo": info}
        return {"viewer": {"login": "github-actions[bot]"}, "repository": {"pullRequest": pull}}


def read(*comments: Any, of: tuple[Any, ...] = (), reviews: tuple[Any, ...] = ()) -> Conversation:
    return threads.read(Client([list(comments)], [list(of)], reviews), REF)  # type: ignore[arg-type]


def test_every_page_is_read_and_none_twice() -> None:
    client = Client([[said(1, "a")], [said(2, "b")], [said(3, "c")]], [[], [opened("T", said(4, "d"))]])
    assert [one.body for one in threads.read(client, REF).spoken] == ["a", "b", "c", "d"]  # type: ignore[arg-type]
    assert [(one["comments"], one["threads"]) for one in client.asked] == [(None, None), ("1", "1"), ("2", "2")]
    assert [(one["moreComments"], one["moreThreads"]) for one in client.asked] == [
        (True, True),
        (True, True),
        (True, False),
    ]
    assert all(one.items() >= {"owner": "acme", "name": "app", "number": 7}.items() for one in client.asked)


def test_ours_is_what_has_a_marker_and_was_written_by_this_token() -> None:
    stands = read(
        said(9, SUMMARY, ours=True),
        said(3, SUMMARY, ours=True),
        said(4, SUMMARY),
        said(5, ANSWER, ours=True),
        said(6, "Hello.", ours=True),
        said(7, FINDING, ours=True),
        of=(opened("T", said(1, FINDING, ours=True), said(2, ANSWER, ours=True)),),
    )
    assert stands.head == "abc"
    assert [comment.id for comment in stands.summaries] == [3, 9]
    assert [comment.id for comment in stands.answers] == [5, 2]
    assert stands.summaries[0].url == "https://e.example/3"
    assert stands.of("-") == stands.summaries
    assert stands.of("other") == ()


def test_a_thread_of_ours_begins_with_our_comment_on_a_finding() -> None:
    nobodys = (
        opened("A", said(1, FINDING)),
        opened("B", said(2, "Hello.", ours=True)),
        opened("C", said(3, SUMMARY, ours=True)),
        opened("D", said(4, FINDING, ours=True, state="PENDING")),
        opened("E", said(5, "Hello."), said(6, FINDING, ours=True)),
        opened("F"),
        opened("G", said(7, str(Marker(markers.FINDING)), ours=True)),
    )
    assert read(of=nobodys).threads == ()
    both = read(of=(opened("Z", said(9, FINDING, ours=True)), opened("Y", said(8, FINDING, ours=True)))).threads
    assert [(one.id, one.fingerprint, one.root.id) for one in both] == [("Y", PRINT, 8), ("Z", PRINT, 9)]


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        ({}, {"lines": (5, 5), "side": "RIGHT", "resolved": False, "can_resolve": True, "can_reopen": False}),
        ({"startLine": 3}, {"lines": (3, 5)}),
        ({"line": None, "startLine": 3, "isOutdated": True}, {"lines": None, "outdated": True}),
        ({"isResolved": True, "resolvedBy": {"login": "ada"}}, {"resolved": True, "resolved_by_us": False}),
        ({"resolvedBy": {"login": "github-actions"}}, {"resolved_by_us": True}),
        ({"resolvedBy": {"login": "github-actions[bot]"}}, {"resolved_by_us": True}),
        ({"viewerCanResolve": False, "viewerCanUnresolve": True}, {"can_resolve": False, "can_reopen": True}),
        ({"path": "b.py", "diffSide": "LEFT"}, {"path": "b.py", "side": "LEFT"}),
    ],
)
def test_a_thread_is_as_github_says(given: dict[str, Any], expected: dict[str, Any]) -> None:
    (thread,) = read(of=(opened("T", said(1, FINDING, ours=True), **given),)).threads
    assert {name: getattr(thread, name) for name in expected} == expected


def test_a_thread_is_answered_by_whatever_is_not_our_answer_to_a_command() -> None:
    def answered(*more: Any, total: int | None = None) -> bool:
        node = opened("T", said(1, FINDING, ours=True), *more)
        node["comments"]["totalCount"] += total or 0
        return read(of=(node,)).threads[0].answered

    assert not answered()
    assert not answered(said(2, ANSWER, ours=True))
    assert answered(said(2, "Why?"))
    assert answered(said(2, "Why?"), said(3, ANSWER, ours=True))
    assert answered(said(2, "It is so.", ours=True)), "a person whose token we use"
    assert answered(said(2, FINDING, ours=True)), "whatever that is"
    assert answered(total=40), "what is on another page"


def test_a_pending_review_is_ours_where_all_of_it_is() -> None:
    stands = read(
        reviews=(
            pending(1, FINDING, FINDING),
            pending(2, FINDING, "Hello."),
            pending(3),
            pending(4, FINDING, ours=False),
            pending(5, SUMMARY),
        )
    )
    assert (stands.pending, stands.foreign_pending) == ((1,), True)
    assert not read(reviews=(pending(1, FINDING), pending(4, "Hello.", ours=False))).foreign_pending


def test_what_people_said_and_nobody_edited_may_be_a_command() -> None:
    bot: dict[str, Any] = {"author": {"__typename": "Bot", "login": "renovate"}}
    stands = read(
        said(9, "/review"),
        said(8, "/review", lastEditedAt="2026-01-01"),
        said(7, "/review", **bot),
        said(6, "/review", author=None),
        said(5, SUMMARY, ours=True, author={"__typename": "User", "login": "ada"}),
        said(4, "/dismiss x", ours=True, author={"__typename": "User", "login": "ada"}),
        said(1, None),
        of=(
            opened("T", said(2, FINDING, ours=True), said(3, "/dismiss so")),
            opened("U", said(10, "Why?"), said(11, "So.", state="PENDING")),
            opened("V", said(12, SUMMARY, ours=True), said(13, "/dismiss so")),
        ),
    )
    assert stands.spoken == (
        Spoken("ada", ""),
        Spoken("ada", "/dismiss so", PRINT),
        Spoken("ada", "/dismiss x"),
        Spoken("ada", "/review"),
        Spoken("ada", "Why?"),
        Spoken("ada", "/dismiss so"),
    )


def test_what_others_said_is_one_line_each_the_newest_where_it_is_much() -> None:
    bot: dict[str, Any] = {"author": {"__typename": "Bot", "login": "renovate"}}
    stands = read(
        said(3, "Two\n\n lines."),
        said(2, "x" * 401, author=None),
        said(1, "x" * 400, **bot),
        said(6, "Ours.", ours=True),
        said(5, None),
        of=(opened("T", said(4, FINDING, ours=True), said(7, "Why?")),),
    )
    assert stands.others == (
        f"renovate: {'x' * 400}",
        f"somebody: {'x' * 400}…",
        "ada: Two lines.",
        "ada: ",
        "ada on a.py: Why?",
    )
    much = read(*(said(number, str(number)) for number in range(40))).others
    assert (len(much), much[0], much[-1]) == (30, "ada: 10", "ada: 39")


def test_statements_are_ours_and_then_those_of_others() -> None:
    resolved = {"isResolved": True}
    long = f"{Marker(markers.FINDING, (PRINT,))}\n{'word ' * 99}"
    stands = read(
        said(3, "Why?"),
        of=(opened("T", said(1, FINDING, ours=True), **resolved), opened("U", said(2, long, ours=True))),
    )
    first, second, third = stands.statements
    assert first == "in a.py, by this program (resolved): **high: A query runs in a loop** Load it once."
    assert second == f"in a.py, by this program: {('word ' * 99)[:160]}"
    assert third == "ada: Why?"


def test_the_state_is_that_of_the_first_part_that_has_one() -> None:
    kept = State("abc", {"x": "y"}, (PRINT,), {PRINT: Dismissal("ada", "So.")})
    empty = f"{Marker(markers.SUMMARY, ('-', '2'))}\nMore."
    whole = f"{Marker(markers.SUMMARY, ('-', '1'), kept.data())}\nText."
    stands = read(said(1, empty, ours=True), said(2, whole, ours=True), said(3, SUMMARY, ours=True))
    assert stands.state("-") == kept
    assert stands.state("other") == state.State()


def test_an_answer_of_another_shape_is_an_error() -> None:
    with pytest.raises(GithubError):
        read({"databaseId": 1})
