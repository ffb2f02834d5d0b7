"""Whatever a model answers, and however the call fails: a stated failure or a finding held back, never silence."""

from __future__ import annotations

import json
import threading
from typing import Any

import pytest
from fakeclaude import Ask, FakeClaude, Fault, Say
from judging import (
    ITEMS,
    Script,
    Waits,
    apart,
    asks_items,
    asks_refutation,
    asks_review,
    candidates,
    claude,
    found,
    reply,
    review,
    reviewed,
    said,
    script,
    shows,
    stands,
    verdict,
)

from reviewbot.core.finding import Finding, Placement
from reviewbot.core.reasons import NO_REASON
from reviewbot.core.review import Review, Status, Verdict
from reviewbot.output.reason_sentences import sentence
from reviewbot.review.outcome import exit_code
from reviewbot.settings.config import Config

LOCK = "row.status = 'approved'"
GOOD = script(found(LOCK), found("delete(row)", "app/remove.py", item="authorisation"))


def first_bundle(ask: Ask) -> bool:
    return asks_review(ask) and shows(ask, "app/approve.py")


def statuses(made: Review) -> dict[str, Status]:
    return {one.item: one.status for one in made.ledger}


def only(made: Review) -> Finding:
    (finding,) = made.findings
    return finding


def assert_failed_apart(made: Review, words: str) -> None:
    """The first bundle failed with these words; the second one's findings are there all the same."""
    (failure,) = made.failures
    assert failure.stage == "model"
    assert failure.message.startswith("keeper: app/approve.py: ")
    assert words in failure.message
    assert [(f.path, f.placement) for f in made.findings] == [("app/remove.py", Placement.INLINE)]
    assert made.verdict is Verdict.INCOMPLETE
    assert exit_code(made, Config()) == 3
    by_path = {file.path: file for file in made.coverage.files}
    assert by_path["app/approve.py"].status == "failed"
    assert by_path["app/remove.py"].engines[-1:] == ("claude",)
    # What passed where it was looked at is not said to pass where it was not.
    assert Status.PASSED not in statuses(made).values()
    assert statuses(made)["authorisation"] is Status.VIOLATED


def test_a_good_reply_is_a_review() -> None:
    made = reviewed(GOOD, config=apart())
    assert [(f.path, f.start_line, f.placement) for f in made.findings] == [
        ("app/approve.py", 2, Placement.INLINE),
        ("app/remove.py", 2, Placement.INLINE),
    ]
    assert (made.failures, made.verdict, exit_code(made, Config())) == ((), Verdict.FINDINGS, 0)
    assert statuses(made) == {
        "races": Status.VIOLATED,
        "authorisation": Status.VIOLATED,
        "design": Status.PASSED,
    }
    assert made.usage.calls == 4
    assert made.usage.cost_usd > 0


# What ends an answer at once: nobody asks again.
FINAL = {
    "refusal": (Say("", stop_reason="refusal", stop_details={"category": "cyber"}), "refused to answer (cyber)"),
    "max_tokens": (Say('{"findings": [', stop_reason="max_tokens"), "cut off at the most tokens"),
    "context": (Say("", stop_reason="model_context_window_exceeded"), "longer than the model can take"),
    "no JSON": (Say("I see nothing wrong here.", checked=False), "not what was asked for"),
    "another shape": (Say.json({"findings": []}, checked=False), "not what was asked for"),
    "an unknown field": (Say.json({**reply(), "score": 10}, checked=False), "not what was asked for"),
    "a wrong severity": (Say.json(reply(found(LOCK, severity="blocker")), checked=False), "findings.0.severity"),
    "a list": (Say.json([], checked=False), "not what was asked for"),
    "nothing": (Say(None, checked=False), "not what was asked for"),
    "half a pair of surrogates": (
        Say(json.dumps(reply(found(LOCK, title="\ud800"))), checked=False),
        "not what was asked for",
    ),
    "a number with 5,000 digits": (
        Say(json.dumps(reply(found(LOCK))).replace('"line": null', f'"line": {"9" * 5000}'), checked=False),
        "not what was asked for",
    ),
}


@pytest.mark.parametrize("name", FINAL)
def test_an_unusable_answer_is_a_failure_of_its_bundle_alone(name: str) -> None:
    say, words = FINAL[name]

    def says(ask: Ask) -> Say:
        return say if first_bundle(ask) else GOOD(ask)

    with FakeClaude(says) as fake, claude(fake) as asked:
        assert_failed_apart(review(asked, config=apart()), words)
        assert sum(first_bundle(one.ask) for one in fake.journal.messages()) == 1


# Kind of fault, its parameters, and the words of the failure when it never ends.
TRANSIENT: dict[str, tuple[dict[str, Any], str]] = {
    "429": ({"retry_after": 7}, "rate limit"),
    "529": ({}, "overloaded"),
    "500": ({}, "api_error"),
    "502-html": ({}, "502"),
    "html-200": ({}, "broke off"),
    "reset-before": ({}, "no answer"),
    "cut": ({}, "broke off in the middle"),
    "reset-mid": ({}, "broke off"),
    "close-mid": ({}, "broke off"),
    "error-event": ({}, "overloaded_error"),
}


@pytest.mark.parametrize("kind", TRANSIENT)
def test_what_passes_is_tried_again_as_long_as_it_may(kind: str) -> None:
    more, words = TRANSIENT[kind]
    waits = Waits()
    with FakeClaude(GOOD) as fake, claude(fake, waits) as asked:
        fake.faults.add(Fault(kind, match=first_bundle, times=2, **more))
        made = review(asked, config=apart())
        assert (made.failures, len(made.findings)) == ((), 2)
        assert len(waits.seconds) == 2
        if "retry_after" in more:
            assert all(7 <= seconds <= 8 for seconds in waits.seconds)
        waits.seconds.clear()
        fake.faults.add(Fault(kind, match=first_bundle, times=100, **more))
        assert_failed_apart(review(asked, config=apart()), words)
        assert len(waits.seconds) == 4


@pytest.mark.parametrize(
    ("status", "words"), [(401, "key"), (403, "may not use"), (404, "no such model"), (413, "long")]
)
def test_what_does_not_pass_is_not_tried_again(status: int, words: str) -> None:
    waits = Waits()
    with FakeClaude(GOOD) as fake, claude(fake, waits) as asked:
        fake.faults.add(Fault("status", match=first_bundle, times=100, status=status))
        assert_failed_apart(review(asked, config=apart()), words)
        assert waits.seconds == []


def test_nobody_waits_longer_than_the_deadline_whatever_the_api_asks_for() -> None:
    waits = Waits()
    with FakeClaude(GOOD) as fake, claude(fake, waits, deadline=100.0) as asked:
        fake.faults.add(Fault("429", match=first_bundle, times=100, retry_after=3_600))
        assert_failed_apart(review(asked, config=apart()), "the time for that is used up")
        assert waits.seconds == []


def test_the_deadline_holds_for_all_calls_together() -> None:
    waits = Waits()
    with FakeClaude(GOOD) as fake, claude(fake, waits, deadline=100.0, clock=lambda: waits.now) as asked:
        fake.faults.add(Fault("429", match=asks_review, times=100, retry_after=30))
        made = review(asked, config=apart())
        assert len(made.failures) == 2
        assert sum(waits.seconds) <= 100


def test_waiting_at_once_counts_once() -> None:
    """A rate limit holds up every thread; three that wait for the same half minute have lost half a minute."""
    barrier = threading.Barrier(3)

    def sleep(seconds: float) -> None:
        assert seconds >= 30
        barrier.wait(10)

    with FakeClaude(lambda _: Say.json(reply())) as fake, claude(fake, sleep, deadline=40.0) as asked:
        fake.faults.add(Fault("429", match=asks_review, times=3, retry_after=30))
        calls = [threading.Thread(target=review, args=(asked,)) for _ in range(3)]
        for call in calls:
            call.start()
        for call in calls:
            call.join()
        assert sorted(one.status for one in fake.journal.messages()) == [200, 200, 200, 429, 429, 429]


@pytest.mark.parametrize(
    ("retry_after", "least", "most"),
    [("soon", 0, 2), ("-5", 0, 1), ("nan", 0, 1), ("Wed, 25 Nov 2026 21:00:00 GMT", 0, 2)],
)
def test_a_strange_retry_after_is_no_trouble(retry_after: str, least: float, most: float) -> None:
    from reviewbot.llm import wire

    waited = wire._retry_after({"retry-after": retry_after})  # noqa: SLF001 - the fake sends numbers only
    assert waited is None or least <= waited <= most


@pytest.mark.parametrize("kind", ["hang", "stall", "pings", "drip", "drip-headers"])
def test_silence_ends(kind: str, monkeypatch: pytest.MonkeyPatch) -> None:
    from reviewbot.llm import claude as module

    monkeypatch.setattr(module, "_SILENCE", 0.3)
    monkeypatch.setattr(module, "_LONGEST_ANSWER", 0.3)
    with FakeClaude(GOOD) as fake, claude(fake) as asked:
        fake.faults.add(Fault(kind, match=first_bundle, times=1, seconds=5))
        made = review(asked, config=apart())
        assert (made.failures, len(made.findings)) == ((), 2)
        first, again, *_ = [one for one in fake.journal.messages() if first_bundle(one.ask)]
        assert again.began - first.began < 3


# What a model may write into one finding, and why it is held back.
HELD: dict[str, tuple[dict[str, Any], str]] = {
    "a made-up file": ({"path": "app/secret.py"}, "names a file that is not there"),
    "a path from another place": ({"path": "../../etc/passwd"}, "names a file that is not there"),
    "a made-up quote": ({"quote": "row.commit_everything()"}, "quotes code that is not there"),
    "no quote": ({"quote": ""}, "quotes code that is not there"),
    "no title": ({"title": " "}, "it says nothing"),
    "no text": ({"body": "\n"}, "it says nothing"),
    "a long text": ({"body": "word " * 5_000}, "longer than a comment is read"),
    "a long title": ({"title": "word " * 1_000}, "longer than a comment is read"),
    "a long quote": ({"quote": "row\n" * 5_000}, "longer than a comment is read"),
}


@pytest.mark.parametrize("name", HELD)
def test_a_finding_that_cannot_be_true_is_held_back_with_the_reason(name: str) -> None:
    changes, reason = HELD[name]
    bad = {**found(LOCK), **changes}

    def says(ask: Ask) -> Say:
        return Say.json(reply(bad)) if first_bundle(ask) else GOOD(ask) if asks_refutation(ask) else Say.json(reply())

    made = reviewed(says, config=apart())
    assert (only(made).placement, made.verdict) == (Placement.HELD_BACK, Verdict.NO_FINDINGS)
    assert reason in sentence(only(made).placement_reason)
    assert len(only(made).title) <= 300
    assert len(only(made).body) <= 7_000
    assert len(only(made).evidence) <= 7_000
    assert made.failures == ()


@pytest.mark.parametrize("line", [0, -7, 10**40])
def test_a_wrong_line_number_is_no_trouble(line: int) -> None:
    finding = only(reviewed(script(found(LOCK, line=line))))
    assert (finding.placement, finding.start_line) == (Placement.INLINE, 2)


def test_an_ambiguous_quote_goes_to_the_summary() -> None:
    from builders import change_set
    from judging import module

    changes = change_set(module("app/approve.py", LOCK, "save(row)", LOCK))
    finding = only(reviewed(script(found(LOCK)), changes))
    assert (finding.placement, sentence(finding.placement_reason)) == (
        Placement.SUMMARY,
        "the code it quotes stands in several places",
    )


def test_a_hundred_findings_on_one_line_are_one_comment_and_nothing_is_lost() -> None:
    many = [found(LOCK, item=ITEMS[number % 3], title=f"Number {number}") for number in range(100)]
    made = reviewed(script(*many))
    placed = [finding.placement for finding in made.findings]
    assert len(placed) == 100
    assert placed.count(Placement.INLINE) == 1
    assert placed.count(Placement.HELD_BACK) == 99
    assert all(f.placement_reason != NO_REASON for f in made.findings)


def test_the_same_finding_of_two_bundles_is_said_once() -> None:
    """A bundle may report what it sees in the definitions; the other one has said it."""

    def says(ask: Ask) -> Say:
        return stands(ask) if asks_refutation(ask) else Say.json(reply(found(LOCK)))

    made = reviewed(says, config=apart())
    assert sorted(str(f.placement) for f in made.findings) == ["held_back", "inline"]


def test_items_left_out_are_asked_once_more() -> None:
    def says(ask: Ask) -> Say:
        if asks_items(ask):
            assert "`design`" in ask.question
            assert "`races`" not in ask.question
            return Say.json(said(items=[{"item": "design", "verdict": "not_applicable", "reason": "none"}]))
        return Say.json(reply(items={"races": "passed", "authorisation": "passed"}))

    made = reviewed(says)
    assert statuses(made) == {
        "races": Status.PASSED,
        "authorisation": Status.PASSED,
        "design": Status.NOT_APPLICABLE,
    }


def test_items_left_out_twice_are_not_checked() -> None:
    def says(ask: Ask) -> Say:
        if asks_items(ask):
            told = [{"item": name, "verdict": "passed", "reason": "x"} for name in ("races", "made-up")]
            return Say.json(said(items=told))
        return Say.json(reply(items={"races": "passed", "made-up": "violated"}))

    with FakeClaude(says) as fake, claude(fake) as asked:
        made = review(asked)
        assert [asks_items(one.ask) for one in fake.journal.messages()] == [False, True]
    assert statuses(made)["races"] is Status.PASSED
    silent = next(one for one in made.ledger if one.item == "design")
    assert (silent.status, sentence(silent.reason)) == (
        Status.NOT_CHECKED,
        "the model gave no verdict, though it was asked twice",
    )
    assert made.failures == ()


def test_the_question_for_items_may_fail_and_the_findings_stay() -> None:
    def says(ask: Ask) -> Say:
        if asks_items(ask):
            return Say("", stop_reason="refusal")
        return stands(ask) if asks_refutation(ask) else Say.json(reply(found(LOCK), items={"races": "violated"}))

    made = reviewed(says)
    assert only(made).placement is Placement.INLINE
    assert statuses(made)["design"] is Status.NOT_CHECKED
    assert [failure.message.split(",")[0] for failure in made.failures] == ["left out"]
    assert made.verdict is Verdict.INCOMPLETE


def test_violated_without_a_finding_is_not_believed() -> None:
    made = reviewed(script(items=dict.fromkeys(ITEMS, "violated")))
    assert set(statuses(made).values()) == {Status.NOT_CHECKED}


def refuting(**verdicts: Any) -> Script:
    def says(_: Ask) -> Say:
        listed = [verdict(int(number[1:]), what, evidence="line 1 takes a lock") for number, what in verdicts.items()]
        return Say.json(said(verdicts=listed))

    return says


def test_what_the_second_pass_refutes_is_held_back_and_its_item_not_checked() -> None:
    made = reviewed(script(found(LOCK), refute=refuting(n1="refuted")))
    assert only(made).placement is Placement.HELD_BACK
    assert sentence(only(made).placement_reason) == "refuted: line 1 takes a lock"
    races = next(one for one in made.ledger if one.item == "races")
    assert races.status is Status.NOT_CHECKED
    assert (made.failures, made.verdict) == ((), Verdict.NO_FINDINGS)


def test_candidates_nobody_asked_about_change_nothing() -> None:
    made = reviewed(script(found(LOCK), refute=refuting(n0="refuted", n7="refuted", n1="stands")))
    assert only(made).placement is Placement.INLINE


def test_a_candidate_without_a_verdict_is_not_shown_inline() -> None:
    made = reviewed(script(found(LOCK), refute=refuting(n2="stands")))
    assert (only(made).placement, sentence(only(made).placement_reason)) == (
        Placement.SUMMARY,
        "the second pass gave no verdict on it",
    )


def test_of_two_verdicts_on_one_candidate_the_doubt_wins() -> None:
    def says(_: Ask) -> Say:
        return Say.json(said(verdicts=[verdict(1, what) for what in ("refuted", "stands")]))

    assert only(reviewed(script(found(LOCK), refute=says))).placement is Placement.HELD_BACK


def test_a_second_pass_that_fails_leaves_the_findings_in_the_summary() -> None:
    made = reviewed(script(found(LOCK), refute=lambda _: Say("", stop_reason="refusal")))
    assert only(made).placement is Placement.SUMMARY
    assert "not confirmed by a second pass" in sentence(only(made).placement_reason)
    assert [failure.message.split(",")[0] for failure in made.failures] == ["disprove"]
    assert exit_code(made, Config()) == 3


def test_without_a_second_pass_nothing_is_judged_twice() -> None:
    with FakeClaude(script(found(LOCK))) as fake, claude(fake) as asked:
        made = review(asked, config=Config(refute=False))
        assert len(fake.journal.messages()) == 1
    assert only(made).placement is Placement.INLINE


def test_the_second_pass_is_not_told_how_sure_the_first_one_was() -> None:
    heard = []

    def listens(ask: Ask) -> Say:
        heard.append(ask.question)
        assert candidates(ask) == [1, 2]
        return stands(ask)

    reviewed(script(found(LOCK, confidence="low"), found("save(row)", item="design"), refute=listens))
    assert "confidence" not in heard[0].partition("# The comments")[2].lower()
    assert LOCK in heard[0]
