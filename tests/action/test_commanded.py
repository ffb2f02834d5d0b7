"""Commands as the whole Action obeys, refuses or ignores them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import pytest
from pullrequests import AREAS, SLOW, UNSAFE, PullRequest, service

if TYPE_CHECKING:
    from pathlib import Path


def opened(folder: Path) -> PullRequest:
    return PullRequest(folder, {AREAS: service("areas", SLOW, UNSAFE)})


def asked(pull: PullRequest, login: str, body: str, *, action: str = "created", code: int = 0) -> int:
    """Comment, and run; give the number of the comment."""
    comment = pull.fake.comment(pull.number, login, body)
    assert pull.inside("issue_comment", action, comment=comment) == code, pull.error
    return comment


def reactions(pull: PullRequest, comment: int) -> set[str]:
    return {reaction.content for reaction in pull.fake.reactions(comment)}


def answers(pull: PullRequest) -> list[str]:
    bodies = [comment.body for comment in pull.fake.comments(pull.number)]
    return [body.partition("\n")[2] for body in bodies if body.startswith("<!-- reviewbot:1 answer")]


@pytest.mark.parametrize("permission", ["write", "maintain", "admin"])
def test_who_may_write_is_obeyed(tmp_path: Path, permission: str) -> None:
    with opened(tmp_path) as pull:
        pull.fake.person("bob", permission=permission)
        comment = asked(pull, "bob", "Please!\n\n/review")
        assert reactions(pull, comment) == {"eyes", "+1"}
        assert len(pull.seen()["threads"]) == 2
        assert answers(pull) == []


@pytest.mark.parametrize("permission", ["none", "read", "triage"])
def test_who_may_not_is_refused_in_words_once(tmp_path: Path, permission: str) -> None:
    with opened(tmp_path) as pull:
        pull.fake.person("newcomer", permission=permission)
        comment = asked(pull, "newcomer", "/review full")
        assert reactions(pull, comment) == {"eyes", "confused"}
        assert answers(pull) == ["Sorry, only people who may write to this repository can give me commands."]
        assert pull.seen()["threads"] == []
        before = pull.seen()
        assert pull.inside("issue_comment", "created", comment=comment) == 0
        assert pull.seen() == before, "the same run again"


def test_the_permission_is_githubs_word_not_the_payloads(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        pull.fake.person("eve", permission="read", association="OWNER")
        asked(pull, "eve", "/review")
        assert pull.seen()["threads"] == []


@pytest.mark.parametrize(
    ("login", "body", "action"),
    [
        ("helper[bot]", "/review", "created"),
        ("github-actions[bot]", "/review", "created"),
        ("ada", "> /review", "created"),
        ("ada", "```\n/review\n```", "created"),
        ("ada", "    /review", "created"),
        ("ada", "<!-- /review -->", "created"),
        ("ada", "/reviewer, look!", "created"),
        ("ada", "/review", "edited"),
        ("ada", "/review", "deleted"),
    ],
)
def test_what_is_no_command_is_left_alone(tmp_path: Path, login: str, body: str, action: str) -> None:
    with opened(tmp_path) as pull:
        asked(pull, login, body, action=action)
        assert pull.fake.journal == [], "GitHub is not even asked"


def test_a_comment_counts_as_it_was_when_it_was_written(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        comment = pull.fake.comment(pull.number, "ada", "Nice work.")
        payload = pull.fake.event("issue_comment", "created", pull.number, comment_id=comment)
        pull.fake.edit_comment(comment, "/review")
        environment = pull.environment("issue_comment", payload)
        result = pull.run(environment)
        assert (result.code, result.outputs["verdict"]) == (0, "skipped")
        assert pull.seen()["threads"] == []


def test_an_agent_nobody_knows_is_answered_with_those_there_are(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        comment = asked(pull, "ada", "/review nonsense-agent <img src=x> @octocat", code=2)
        assert reactions(pull, comment) == {"eyes", "confused"}
        (answer,) = answers(pull)
        assert answer.startswith("That did not work: no agent is called")
        assert "sinag-backend-architect" in answer
        outside_of_code = re.sub(r"`[^`]*`", "", answer)
        assert "@octocat" not in outside_of_code
        assert "<img" not in outside_of_code
        assert pull.seen()["threads"] == []
        before = pull.seen()
        assert pull.inside("issue_comment", "created", comment=comment) == 2
        assert pull.seen() == before


def test_one_agent_for_this_once(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        asked(pull, "ada", "/review trains")
        assert "**trainsmart-senior-backend-architect** reviewed" in pull.summary_comment()
        asked(pull, "ada", "/review")
        assert "**sinag-backend-architect** reviewed" in pull.summary_comment()


def test_help(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        comment = asked(pull, "ada", "/review help")
        (answer,) = answers(pull)
        assert "`/dismiss ID why`" in answer
        assert "`sinag-backend-architect`" in answer
        assert reactions(pull, comment) == {"eyes", "+1"}
        assert pull.seen()["threads"] == []


def test_full_says_again_what_was_deleted_and_forgets_no_dismissal(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        assert pull.inside() == 0
        slow, unsafe = pull.fake.threads(pull.number)
        asked(pull, "ada", f"/dismiss {unsafe.comments[0].body.split()[3][:8]} It is our own name.")
        pull.fake.delete_comment(slow.comments[0].id)
        asked(pull, "ada", "/review")
        assert len(pull.seen()["threads"]) == 1, "what somebody deleted stays deleted"
        asked(pull, "ada", "/review full")
        assert len(pull.seen()["threads"]) == 2
        assert "dismissed by ada: It is our own name." in pull.summary_comment()


def test_dismissed_is_remembered_and_said(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        assert pull.inside() == 0
        first = pull.fake.threads(pull.number)[0].comments[0]
        comment = asked(pull, "ada", f"/dismiss {first.body.split()[3][:8]} Not here, @octocat: " + "x" * 5000)
        assert reactions(pull, comment) == {"eyes", "+1"}
        assert "1 finding " in pull.summary_comment()
        assert "dismissed by ada: Not here" in pull.summary_comment()
        assert "x" * 400 not in pull.summary_comment()
        assert "**Dismissed by ada: Not here" in pull.fake.threads(pull.number)[0].comments[0].body
        assert "@octocat" not in pull.summary_comment()
        before = pull.seen()
        assert pull.inside("issue_comment", "created", comment=comment) == 0
        assert pull.inside(action="synchronize") == 0
        assert pull.seen() == before


@pytest.mark.parametrize(
    ("body", "says"),
    [
        ("/dismiss", "say why"),
        ("/dismiss 0123abcd", "say why"),
        ("/dismiss I do not like it", "say which finding"),
        ("/dismiss 0123abcd because", "no finding here begin"),
    ],
)
def test_a_dismissal_that_cannot_be_is_answered(tmp_path: Path, body: str, says: str) -> None:
    with opened(tmp_path) as pull:
        assert pull.inside() == 0
        comment = asked(pull, "ada", body, code=2)
        (answer,) = answers(pull)
        assert says in answer
        assert reactions(pull, comment) == {"eyes", "confused"}
        assert "dismissed by" not in pull.summary_comment()


def test_an_id_that_fits_two_findings_is_refused(tmp_path: Path) -> None:
    """The shortest ID has six characters; two findings that share them are made by hand."""
    with opened(tmp_path) as pull:
        assert pull.inside() == 0
        threads = pull.fake.threads(pull.number)
        first, second = (thread.comments[0].body.split()[3] for thread in threads)
        other = "0" if first[6] != "0" else "1"
        twin = threads[1].comments[0].body.replace(second, first[:6] + other + first[7:], 1)
        pull.fake.edit_comment(threads[1].comments[0].id, twin)
        asked(pull, "ada", f"/dismiss {first[:6]} because", code=2)
        assert f"2 findings here begin with {first[:6]}" in answers(pull)[0]
        asked(pull, "ada", f"/dismiss {first[:8]} because")
        assert "dismissed by ada: because" in pull.summary_comment()


def test_in_a_thread_no_id_is_needed_and_the_answer_stands_there(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        assert pull.inside() == 0
        root = pull.fake.threads(pull.number)[0].comments[0].id
        for body, code in (("/dismiss", 2), ("/dismiss It is meant so.", 0)):
            reply = pull.fake.reply(pull.number, root, "ada", body)
            for _ in range(2):
                assert pull.inside("pull_request_review_comment", "created", comment=reply) == code
        thread = pull.fake.threads(pull.number)[0]
        said = [comment.body.partition("\n")[2] for comment in thread.comments[1:] if "answer" in comment.body]
        assert [text[:27] for text in said] == ["That did not work: say why:"]
        assert "dismissed by ada: It is meant so." in pull.summary_comment()


def test_a_foreign_thread_is_no_finding(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        line = {"path": AREAS, "line": 15, "side": "RIGHT", "body": "Why?"}
        pull.fake.review(pull.number, "rita", event="COMMENT", comments=[line])
        root = pull.fake.threads(pull.number)[0].comments[0].id
        reply = pull.fake.reply(pull.number, root, "ada", "/dismiss because")
        assert pull.inside("pull_request_review_comment", "created", comment=reply) == 2
        assert "say which finding" in str(pull.error)


def test_a_review_that_fails_is_answered(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}, {".reviewbot.yml": "fail_onn: high\n"}) as pull:
        comment = asked(pull, "ada", "/review", code=2)
        assert "That did not work: .reviewbot.yml:1:1: unknown key" in answers(pull)[0]
        assert reactions(pull, comment) == {"eyes", "confused"}


def test_another_word(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        comment = pull.fake.comment(pull.number, "ada", "/bot")
        assert pull.inside("issue_comment", "created", comment=comment, trigger="/bot") == 0
        assert len(pull.seen()["threads"]) == 2
