"""The fake takes and refuses reviews as GitHub does, and threads follow pushes."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fakegithub.stage import BOT, Stage, lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Stage(tmp_path) as stage:
        yield stage


def at(line: int, side: str = "RIGHT", path: str = "app.py", **more: Any) -> dict[str, Any]:
    return {"path": path, "line": line, "side": side, "body": f"about {line}", **more}


# The hunks are 7-13/7-14, 37-43/38-44 and 47-53/48-53.
@pytest.mark.parametrize(
    "place",
    [
        at(7),
        at(10),
        at(11),
        at(14),
        at(38),
        at(53),
        at(7, "LEFT"),
        at(10, "LEFT"),
        at(50, "LEFT"),
        at(1, "LEFT", "old.py"),
    ],
)
def test_lines_of_the_diff_are_taken(stage: Stage, place: dict[str, Any]) -> None:
    reply = stage.review(place, body="words")
    assert (reply.status, reply.json["state"]) == (200, "COMMENTED")
    thread = stage.fake.threads(1)[0]
    assert (thread.path, thread.side, thread.line) == (place["path"], place["side"], place["line"])


@pytest.mark.parametrize(
    ("place", "message"),
    [
        (at(6), "line must be part of the diff and"),
        (at(15), "line must be part of the diff and"),
        (at(54), "line must be part of the diff and"),
        (at(14, "LEFT"), "line must be part of the diff and"),
        (at(1, path="old.py"), "line must be part of the diff and"),
        (at(1, path="nothing.py"), "path is invalid and"),
        (at(1, path="bin.dat"), "line must be part of the diff and"),
        ({"path": "app.py", "body": "no line"}, "line must be part of the diff and"),
        (at(10, start_line=11, start_side="RIGHT"), "start line must precede the end line."),
        (at(10, start_line=10, start_side="RIGHT"), "start line must precede the end line."),
        (at(40, start_line=10, start_side="RIGHT"), "start line must be part of the same hunk"),
        (at(10, start_line=2, start_side="RIGHT"), "start line must be part of the same hunk"),
        (at(30, start_line=2), "part of the diff, Pull request review thread start line must be part of the same hunk"),
    ],
)
def test_one_bad_line_refuses_the_whole_review(stage: Stage, place: dict[str, Any], message: str) -> None:
    reply = stage.review(at(10), place, at(11), body="words")
    assert (reply.status, reply.json["message"]) == (422, "Unprocessable Entity")
    assert len(reply.json["errors"]) == 1
    assert message in reply.json["errors"][0]
    assert stage.fake.reviews(1) == []
    assert stage.fake.threads(1) == []


def test_each_comment_of_a_review_begins_a_thread(stage: Stage) -> None:
    stage.review(at(10), at(10), at(14, start_line=9, start_side="RIGHT"), body="all")
    threads = stage.fake.threads(1)
    assert [(one.start_line, one.line) for one in threads] == [(None, 10), (None, 10), (9, 14)]
    comment = stage.bot.get(f"{stage.pull_path}/comments")[2]
    assert (comment["start_line"], comment["line"], comment["start_side"], comment["side"]) == (9, 14, "RIGHT", "RIGHT")
    assert comment["diff_hunk"].startswith("@@ -7,7 +7,8 @@")
    assert comment["diff_hunk"].endswith("line 13")
    assert comment["original_commit_id"] == stage.head


def test_positions_are_taken_too(stage: Stage) -> None:
    stage.review({"path": "app.py", "position": 4, "body": "old"}, {"path": "app.py", "position": 5, "body": "new"})
    assert [(one.side, one.line) for one in stage.fake.threads(1)] == [("LEFT", 10), ("RIGHT", 10)]


def test_commits_of_a_review(stage: Stage) -> None:
    second = stage.repo.commit({"app.py": lines({10: "changed 10\nadded 11\n", 20: "changed 21\n"})})
    assert stage.review(at(21), commit_id=stage.head).status == 422
    assert stage.review(at(21), commit_id=second).status == 200
    # Line 40 is no longer changed, so the thread is outdated at once.
    assert stage.review(at(41), commit_id=stage.head).status == 200
    assert [one.outdated for one in stage.fake.threads(1)] == [False, True]
    for unknown in ("f" * 40, stage.base):
        reply = stage.review(at(10), commit_id=unknown)
        assert (reply.status, reply.json["errors"]) == (422, ["End commit oid is not part of the pull request"])
    stage.repo.git("reset", "-q", "--hard", stage.head)
    stage.repo.git("commit", "-q", "--amend", "-m", "forced")
    assert stage.review(at(10), commit_id=stage.head).status == 422


def test_a_pending_review_blocks_others(stage: Stage) -> None:
    waiting = stage.fake.pending_review(1, BOT, body="left behind", comments=[at(10)])
    one = "User can only have one pending review per pull request"
    assert stage.review(at(11)).json["errors"] == [one]
    assert stage.bot.ask("POST", f"{stage.pull_path}/reviews", {"body": "x"}).json["errors"] == [one]
    single = {"body": "x", "commit_id": stage.head, "path": "app.py", "line": 10}
    assert stage.bot.ask("POST", f"{stage.pull_path}/comments", single).status == 422
    assert stage.review(body="hers", client=stage.person("eve")).status == 200
    assert [one["state"] for one in stage.bot.get(f"{stage.pull_path}/reviews")] == ["PENDING", "COMMENTED"]
    assert [one["state"] for one in stage.person("eve").get(f"{stage.pull_path}/reviews")] == ["COMMENTED"]
    assert stage.bot.get(f"{stage.pull_path}/comments") == []
    assert stage.person("eve").ask("DELETE", f"{stage.pull_path}/reviews/{waiting}").status == 404
    assert stage.bot.ask("DELETE", f"{stage.pull_path}/reviews/{waiting}").status == 200
    assert stage.fake.threads(1) == []
    assert stage.review(at(11)).status == 200


def test_a_pending_review_is_submitted(stage: Stage) -> None:
    made = stage.bot.ask("POST", f"{stage.pull_path}/reviews", {"comments": [at(10)]})
    assert made.json["state"] == "PENDING"
    assert "submitted_at" not in made.json
    path = f"{stage.pull_path}/reviews/{made.json['id']}"
    reply = stage.bot.ask("POST", f"{path}/events", {"event": "COMMENT", "body": "now"})
    assert (reply.status, reply.json["state"], reply.json["body"]) == (200, "COMMENTED", "now")
    assert stage.bot.ask("POST", f"{path}/events", {"event": "COMMENT"}).status == 422
    assert len(stage.bot.get(f"{stage.pull_path}/comments")) == 1


def test_reviews_that_say_nothing_or_judge_oneself(stage: Stage) -> None:
    assert stage.review().status == 422
    ada, eve = stage.person("ada"), stage.person("eve")
    for event in ("APPROVE", "REQUEST_CHANGES"):
        reply = stage.review(client=ada, event=event, body="mine")
        assert reply.status == 422
        assert "your own pull request" in reply.json["errors"][0]
    assert stage.review(client=eve, event="APPROVE").json["state"] == "APPROVED"
    assert stage.review(client=eve, event="REQUEST_CHANGES").status == 422


def test_a_comment_alone_has_a_review_of_its_own(stage: Stage) -> None:
    wanted = {"body": "x", "commit_id": stage.head, "path": "app.py", "line": 10, "side": "RIGHT"}
    refused = stage.bot.ask("POST", f"{stage.pull_path}/comments", {**wanted, "subject_type": "line"})
    assert refused.status == 422
    assert stage.bot.ask("POST", f"{stage.pull_path}/comments", wanted).status == 201
    review = stage.fake.reviews(1)[0]
    assert (review.state, review.body, stage.fake.threads(1)[0].comments[0].review) == ("COMMENTED", "", review.id)
    whole = {"body": "x", "commit_id": stage.head, "path": "bin.dat", "subject_type": "file"}
    made = stage.bot.ask("POST", f"{stage.pull_path}/comments", whole)
    assert (made.status, made.json["line"], made.json["subject_type"]) == (201, None, "file")


def test_answers_belong_to_the_first_comment(stage: Stage) -> None:
    root = stage.inline()
    answer = stage.bot.ask("POST", f"{stage.pull_path}/comments/{root}/replies", {"body": "a"}).json
    again = stage.bot.ask("POST", f"{stage.pull_path}/comments/{answer['id']}/replies", {"body": "b"}).json
    other = stage.bot.ask("POST", f"{stage.pull_path}/comments", {"body": "c", "in_reply_to": root}).json
    assert [one["in_reply_to_id"] for one in (answer, again, other)] == [root] * 3
    assert len({one["pull_request_review_id"] for one in (answer, again, other)}) == 3
    assert [one.body for one in stage.fake.threads(1)[0].comments] == ["a finding", "a", "b", "c"]


def test_a_thread_goes_with_its_last_comment(stage: Stage) -> None:
    root = stage.inline()
    answer = stage.fake.reply(1, root, "ada", "why")
    assert stage.bot.ask("DELETE", f"{stage.repo_path}/pulls/comments/{root}").status == 204
    assert [one.body for one in stage.fake.threads(1)[0].comments] == ["why"]
    stage.fake.delete_comment(answer)
    assert stage.fake.threads(1) == []


def test_threads_follow_pushes(stage: Stage) -> None:
    stage.inline(10)
    stage.inline(14, start_line=13, start_side="RIGHT")
    stage.inline(41)
    stage.inline(50, side="LEFT")
    assert [one.line for one in stage.fake.threads(1)] == [10, 14, 41, 50]
    stage.repo.commit({"app.py": "first\n" + lines({10: "changed 10\nadded 11\n", 40: "else\n", 50: ""})})
    now = stage.fake.threads(1)
    assert [(one.line, one.start_line, one.outdated) for one in now] == [
        (11, None, False),
        (15, 14, False),
        (None, None, True),
        (50, None, False),
    ]
    assert [one.original_line for one in now] == [10, 14, 41, 50]
    shown = stage.bot.get(f"{stage.pull_path}/comments")
    assert [one["line"] for one in shown] == [11, 15, None, 50]
    assert [one["position"] is None for one in shown] == [False, False, True, False]
    assert shown[2]["commit_id"] == stage.head != shown[0]["commit_id"]


def test_a_thread_is_outdated_outside_the_diff(stage: Stage) -> None:
    stage.inline(14)
    stage.inline(51)
    # The change at 10 is taken back: its context is no longer shown, although line 14 is what it was.
    stage.repo.commit({"app.py": lines({40: "changed 41\n", 50: ""})})
    assert [(one.line, one.outdated) for one in stage.fake.threads(1)] == [(None, True), (50, False)]
    stage.repo.commit({"app.py": lines()})
    assert [one.outdated for one in stage.fake.threads(1)] == [True, True]
    stage.repo.git("reset", "-q", "--hard", stage.head)
    assert [one.line for one in stage.fake.threads(1)] == [14, 51]


def test_removed_lines_follow_the_base(stage: Stage) -> None:
    stage.inline(50, side="LEFT")
    stage.repo.git("checkout", "-q", "main")
    stage.repo.commit({"app.py": "first\n" + lines()})
    assert stage.fake.threads(1)[0].line == 50
    stage.repo.git("checkout", "-q", "feature")
    stage.repo.git("merge", "-q", "main")
    assert stage.fake.threads(1)[0].line == 51


def test_snapshots_compare(stage: Stage) -> None:
    stage.inline(41)
    stage.inline(10, body="early")
    stage.fake.resolve(stage.fake.threads(1)[0], by="ada")
    stage.fake.pending_review(1, "eve", body="later")
    number = stage.fake.comment(1, "ada", "hi")
    stage.fake.react(number, BOT, "eyes")
    stage.review(body="", event="APPROVE", client=stage.person("bob"))
    found = stage.fake.snapshot(1)
    assert [(one["line"], one["resolved"]) for one in found["threads"]] == [(10, False), (41, True)]
    assert found["comments"] == [{"author": "ada", "body": "hi", "reactions": [[BOT, "eyes"]]}]
    assert found["pending"] == [{"author": "eve", "body": "later", "comments": []}]
    assert [one["state"] for one in found["reviews"]] == ["COMMENTED", "COMMENTED", "APPROVED"]
    # A review of which nothing is left is not seen.
    stage.fake.delete_comment(stage.fake.threads(1)[0].comments[0].id)
    assert len(stage.fake.snapshot(1)["reviews"]) == 2
