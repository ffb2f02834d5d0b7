"""Posting looks, does what is left, and looks again until all of it stands there; what becomes of lost answers too."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from builders import change_set, changed, finding, hunk
from conversations import comment, part, thread

from reviewbot.core.errors import GithubError, OutdatedError, RefusedError, TerminatedError, UnansweredError
from reviewbot.core.finding import Finding, Placement
from reviewbot.core.reasons import ReasonKind
from reviewbot.core.review import Review, Source, Verdict
from reviewbot.github import threads
from reviewbot.github.actions import CreateComment, CreateReview
from reviewbot.github.decisions import Rules
from reviewbot.github.poster import Posted, Poster
from reviewbot.github.pull import PullRef
from reviewbot.github.threads import Comment, Conversation, Spoken, Thread

if TYPE_CHECKING:
    from collections.abc import Callable

PATH = "app/service.py"
REF = PullRef("acme", "app", 7)
CHANGES = change_set(changed(PATH, hunk(1, "+a", "+b", "+c", "+d")), head="abc")
RULES = Rules("https://github.com")
FOUND = finding(fingerprint="f" * 16, placement=Placement.INLINE)


class Pull:
    """A pull request in memory, which lists what was posted ``lag`` looks later; troubles by number of the write."""

    def __init__(self, lag: int = 0, troubles: dict[int, BaseException] | None = None, head: str = "abc") -> None:
        self.summaries: list[Comment] = []
        self.threads: list[Thread] = []
        self.spoken: tuple[Spoken, ...] = ()
        self.written: list[str] = []
        self.looks = 0
        self._lag = lag
        self._troubles = troubles or {}
        self._head = head

    def send(self, method: str, path: str, body: Any = None) -> None:
        self.written.append(f"{method} {path.rpartition('/')[2]}")
        trouble = self._troubles.get(len(self.written))
        if trouble is not None and not isinstance(trouble, UnansweredError):
            raise trouble
        number = len(self.written)
        if path.endswith("/reviews"):
            self.threads.append(thread(FOUND, number))
        elif method == "POST":
            self.summaries.append(comment(number, body["body"]))
        elif method == "PATCH":
            edited = int(path.rpartition("/")[2])
            kept = [one for one in self.summaries if one.id != edited]
            self.summaries = [*kept, comment(edited, body["body"])]
        else:
            self.summaries = [one for one in self.summaries if not path.endswith(f"/{one.id}")]
        if trouble is not None:
            raise trouble

    def get(self, path: str) -> dict[str, str]:
        assert path == "/repos/acme/app/collaborators/ada/permission"
        return {"permission": "write"}

    def look(self, *_: Any) -> Conversation:
        self.looks += 1
        if self._lag > 0 and self.written:
            self._lag -= 1
            return Conversation(self._head, spoken=self.spoken)
        return Conversation(self._head, tuple(self.summaries), threads=tuple(self.threads), spoken=self.spoken)


def poster(pull: Pull, monkeypatch: pytest.MonkeyPatch, **given: Any) -> Poster:
    monkeypatch.setattr(threads, "read", pull.look)
    return Poster(pull, REF, **given)  # type: ignore[arg-type] # all that posting asks of a client


def review(*findings: Finding) -> Review:
    return Review(Source("github", head="abc"), ("checks",), Verdict.FINDINGS, findings=findings)


Post = tuple[Posted, list[float]]


@pytest.fixture
def post(monkeypatch: pytest.MonkeyPatch) -> Callable[..., Post]:
    def posted(pull: Pull, *findings: Finding, rules: Rules = RULES) -> Post:
        waits: list[float] = []
        return poster(pull, monkeypatch, sleep=waits.append).post(review(*findings), CHANGES, rules), waits

    return posted


def test_what_is_left_is_done_once_and_looked_at(post: Callable[..., Post]) -> None:
    pull = Pull()
    done, waits = post(pull, FOUND)
    assert pull.written == ["POST reviews", "POST comments"]
    assert (done.written, done.summary_url, waits, pull.looks) == (2, "https://e.example/2", [], 2)
    assert done.review.findings == (FOUND,)
    again, _ = post(pull, FOUND)
    assert (again.written, again.summary_url, len(pull.written)) == (0, "https://e.example/2", 2)


def test_what_github_shows_only_later_is_waited_for_and_not_done_twice(post: Callable[..., Post]) -> None:
    pull = Pull(lag=3)
    done, waits = post(pull, FOUND)
    assert pull.written == ["POST reviews", "POST comments"]
    assert (done.written, waits) == (2, [1.0, 2.0, 4.0])


def test_what_github_never_shows_is_an_error_that_names_it(post: Callable[..., Post]) -> None:
    with pytest.raises(GithubError) as error:
        post(Pull(lag=99), FOUND)
    told, _, what = str(error.value).rpartition(": ")
    assert told == "acme/app#7: GitHub said that it was done, and does not show it"
    assert what == "1 comment on lines, a comment with the summary"


def test_a_write_that_is_never_to_be_seen_is_named(post: Callable[..., Post]) -> None:
    class Deaf(Pull):
        def send(self, method: str, path: str, body: Any = None) -> None:
            if method != "POST":
                self.written.append(method)
                return
            super().send(method, path, body)

    pull = Deaf()
    post(pull)
    with pytest.raises(GithubError, match=r"does not show it: edit comment 1$"):
        post(pull, replace(FOUND, placement=Placement.SUMMARY))
    pull.summaries.append(comment(9, pull.summaries[0].body))
    with pytest.raises(GithubError, match=r"does not show it: delete comment 9, which says the same as an older one$"):
        post(pull)


def test_an_edit_that_another_run_has_overwritten_since_is_not_awaited(post: Callable[..., Post]) -> None:
    class Other(Pull):
        def send(self, method: str, path: str, body: Any = None) -> None:
            super().send(method, path, {"body": body["body"].replace("Review", "Another review")})

    pull = Other()
    pull.summaries.append(part(1))
    done, _ = post(pull)
    assert (pull.written, done.summary_url) == (["PATCH 1"], "https://e.example/1")


def test_after_a_lost_answer_what_was_done_is_seen_and_the_rest_is_done(post: Callable[..., Post]) -> None:
    pull = Pull(troubles={1: UnansweredError("lost")})
    done, _ = post(pull, FOUND)
    assert pull.written == ["POST reviews", "POST comments"]
    assert done.written == 1, "what it knows that it did"


def test_lines_that_github_refuses_go_into_the_summary(post: Callable[..., Post]) -> None:
    pull = Pull(troubles={1: RefusedError(422, "no such line")})
    done, _ = post(pull, FOUND)
    (result,) = done.review.findings
    assert (result.placement, result.placement_reason.kind) == (Placement.SUMMARY, ReasonKind.LINES_REFUSED)
    assert pull.threads == []
    for number, status in ((1, 403), (2, 422)):
        with pytest.raises(RefusedError):
            post(Pull(troubles={number: RefusedError(status, "no")}), FOUND)


def test_comments_that_never_come_to_rest_are_an_error(post: Callable[..., Post]) -> None:
    class Forgetful(Pull):
        def look(self, *_: Any) -> Conversation:
            return Conversation("abc")

    pull = Forgetful(troubles={number: UnansweredError("lost") for number in range(40)})
    with pytest.raises(GithubError, match=r"^acme/app#7: the comments did not come to rest; another run may be post"):
        post(pull)
    assert len(pull.written) == 8


@pytest.mark.parametrize("error", [KeyboardInterrupt(), TerminatedError("x")])
def test_whoever_stops_it_learns_what_was_done(error: BaseException, post: Callable[..., Post]) -> None:
    with pytest.raises(type(error)) as stopped:
        post(Pull(troubles={2: error}), FOUND)
    assert stopped.value.__notes__ == ["1 change made to acme/app#7; the next run goes on from there"]


def test_a_review_of_another_head_is_not_posted(monkeypatch: pytest.MonkeyPatch) -> None:
    pull = Pull(head="0123456789abcdef")
    for do in (poster(pull, monkeypatch).post, poster(pull, monkeypatch).planned):
        with pytest.raises(OutdatedError) as error:
            do(review(FOUND), CHANGES, RULES)
        words = "acme/app#7: the head is 0123456789ab now, the review is of abc; review again"
        assert str(error.value) == words
    assert pull.written == []


def test_what_would_be_done_is_planned_and_nothing_is_written(monkeypatch: pytest.MonkeyPatch) -> None:
    pull = Pull()
    pull.spoken = (Spoken("ada", f"/dismiss {'e' * 16} It is so."),)
    other = replace(FOUND, fingerprint="e" * 16, start_line=2, end_line=2)
    settled, planned = poster(pull, monkeypatch).planned(review(FOUND, other), CHANGES, RULES)
    assert [one.placement for one in settled.findings] == [Placement.INLINE, Placement.HELD_BACK]
    assert planned[0] == CreateReview("abc", (FOUND,), RULES.page)
    assert [type(action) for action in planned] == [CreateReview, CreateComment]
    assert pull.written == []


def test_whether_it_has_spoken_there(monkeypatch: pytest.MonkeyPatch) -> None:
    pull = Pull()
    post_ = poster(pull, monkeypatch)
    assert not post_.has_spoken(RULES)
    pull.threads.append(thread(FOUND))
    assert post_.has_spoken(RULES)
    summary = Pull()
    poster(summary, monkeypatch).post(review(), CHANGES, RULES)
    assert poster(summary, monkeypatch).has_spoken(RULES)
    assert not poster(summary, monkeypatch).has_spoken(replace(RULES, name="other"))


def test_whoever_waits_is_told_what_is_done(monkeypatch: pytest.MonkeyPatch) -> None:
    told: list[tuple[str, ...]] = []
    pull = Pull()
    poster(pull, monkeypatch, tell=lambda *words: told.append(words)).post(review(FOUND), CHANGES, RULES)
    assert ("posting", "looking what stands there") in told
    assert [words for _, words in told if "things" in words] == ["1 of 2 things", "2 of 2 things"]


def test_it_waits_by_the_clock_where_nobody_says_how(monkeypatch: pytest.MonkeyPatch) -> None:
    waits: list[float] = []
    monkeypatch.setattr(time, "sleep", waits.append)
    poster(Pull(lag=1), monkeypatch).post(review(FOUND), CHANGES, RULES)
    assert waits == [1.0]
