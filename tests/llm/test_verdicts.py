"""What the second pass says of each candidate needs evidence, and decides where it is shown."""

from __future__ import annotations

from typing import Any

import builders
import pytest
from builders import change_set
from fakeclaude import Ask, Say
from judging import asks_refutation, candidates, found, full, module, reply, reviewed, said, two_files, verdict

from reviewbot.core.finding import MODEL, Confidence, Finding, Placement, Severity
from reviewbot.llm import verdicts
from reviewbot.llm.replies import VerdictReply
from reviewbot.llm.workspace import Workspace
from reviewbot.output.reason_sentences import sentence

LOCK = "row.status = 'approved'"


def judged(what: str, **more: Any) -> Finding:
    """Give a finding that the second pass has judged."""

    def says(ask: Ask) -> Say:
        if asks_refutation(ask):
            return Say.json(said(verdicts=[verdict(1, what, **more)]))
        return Say.json(reply(found(LOCK)))

    (finding,) = reviewed(says).findings
    return finding


@pytest.mark.parametrize(
    ("what", "placement", "reason"),
    [
        ("stands", "inline", "its lines are in the diff"),
        ("corrected", "inline", "its lines are in the diff"),
        ("refuted", "held_back", "refuted: line 3 saves it"),
        ("minor", "held_back", "true, and not worth an interruption: line 3 saves it"),
        ("open", "summary", "a question: the second pass could neither show it nor disprove it: line 3 saves it"),
    ],
)
def test_each_verdict_has_its_place(what: str, placement: str, reason: str) -> None:
    finding = judged(what, evidence="line 3 saves it")
    assert (str(finding.placement), sentence(finding.placement_reason)) == (placement, reason)


@pytest.mark.parametrize("what", ["stands", "corrected", "refuted", "minor"])
@pytest.mark.parametrize(
    "evidence",
    [
        {"evidence": " "},
        {"evidence": "a line says so", "path": "app/made_up.py", "line": 3},
        {"evidence": "a line says so", "path": "../etc/passwd", "line": 1},
    ],
)
def test_without_evidence_it_is_a_question(what: str, evidence: dict[str, Any]) -> None:
    finding = judged(what, **evidence)
    assert finding.placement is Placement.SUMMARY
    assert sentence(finding.placement_reason).startswith("a question")


def test_evidence_beyond_the_end_of_a_file_is_none() -> None:
    changes = change_set(full("app/approve.py", f"def approve(row):\n    {LOCK}\n", {2}))
    for line, placement in ((2, Placement.HELD_BACK), (3, Placement.SUMMARY), (0, Placement.SUMMARY)):

        def says(ask: Ask, line: int = line) -> Say:
            if asks_refutation(ask):
                one = verdict(1, "refuted", evidence="it is locked", path="app/approve.py", line=line)
                return Say.json(said(verdicts=[one]))
            return Say.json(reply(found(LOCK)))

        assert reviewed(says, changes).findings[0].placement is placement


def test_what_is_corrected_is_shown_as_it_should_be() -> None:
    finding = judged("corrected", severity="medium", title="Approved twice", body="The row.", quote="save(row)")
    assert (finding.severity, finding.title, finding.body) == (Severity.MEDIUM, "Approved twice", "The row.")
    assert (finding.start_line, finding.evidence) == (3, "    save(row)")
    assert judged("corrected", severity="low").placement is Placement.SUMMARY
    unmended = judged("corrected", quote="not there", title=" ", body="x" * 7_000)
    assert (unmended.start_line, unmended.title) == (2, "Two at once both pass")


def test_one_comment_for_one_defect() -> None:
    def says(ask: Ask) -> Say:
        if asks_refutation(ask):
            return Say.json(said(verdicts=[verdict(1, same_as=2), verdict(2, same_as=1), verdict(3, same_as=1)]))
        titles = ("Two pass", "Both are approved", "A third way to say it")
        lines = (LOCK, "save(row)", "def approve(row):")
        told = [found(line, title=title) for line, title in zip(lines, titles, strict=True)]
        return Say.json(reply(*told))

    made = reviewed(says).findings
    assert {one.title: str(one.placement) for one in made} == {
        "Two pass": "inline",
        "Both are approved": "held_back",
        "A third way to say it": "held_back",
    }
    assert {sentence(one.placement_reason) for one in made if one.placement is Placement.HELD_BACK} == {
        "says the same as `Two pass`"
    }


@pytest.mark.parametrize("circle", [(2, 3, 1), (3, 1, 2), (2, 1, 1), (1, 1, 2), (0, 1, 2), (99, 1, 2)])
def test_a_circle_of_repeats_leaves_one_and_a_chain_its_beginning(circle: tuple[int, ...]) -> None:
    three = [builders.finding(check=MODEL, title=title) for title in ("one", "two", "three")]
    replies = [VerdictReply(**verdict(number, same_as=same)) for number, same in enumerate(circle, 1)]
    result = verdicts.applied(three, replies, Workspace(two_files()))
    assert [result[id(one)].placement for one in three] == [None, Placement.HELD_BACK, Placement.HELD_BACK]
    assert {sentence(result[id(one)].placement_reason) for one in three[1:]} == {"says the same as `one`"}


@pytest.mark.parametrize("other", [-1, 0, 2, 99])
def test_a_verdict_on_a_candidate_that_is_not_there_is_about_nothing(other: int) -> None:
    one = builders.finding(check=MODEL, title="one")
    replies = [VerdictReply(**verdict(1, same_as=other)), VerdictReply(**verdict(other))]
    assert verdicts.applied([one], replies, Workspace(two_files()))[id(one)].placement is None


def test_a_corrected_quote_gives_a_finding_its_line() -> None:
    changes = change_set(module("app/approve.py", LOCK, "save(row)", LOCK))

    def says(ask: Ask) -> Say:
        if asks_refutation(ask):
            return Say.json(said(verdicts=[verdict(1, "corrected", quote="save(row)")]))
        return Say.json(reply(found(LOCK)))

    (finding,) = reviewed(says, changes).findings
    assert (finding.start_line, finding.placement) == (2, Placement.INLINE)


def test_who_repeats_what_was_refuted_is_judged_by_itself() -> None:
    space = Workspace(two_files())
    two = [builders.finding(check=MODEL, title=title) for title in ("one", "two")]
    replies = [verdict(1, "refuted"), verdict(2, "stands", same_as=1)]
    result = verdicts.applied(two, [VerdictReply(**one) for one in replies], space)
    assert result[id(two[0])].placement is Placement.HELD_BACK
    assert result[id(two[1])].placement is None


def test_what_the_second_pass_adds_is_tried_in_turn_and_once() -> None:
    asked: list[list[int]] = []

    def says(ask: Ask) -> Say:
        if not asks_refutation(ask):
            return Say.json(reply(found(LOCK)))
        asked.append(candidates(ask))
        more = [found("save(row)", title=f"Added {len(asked)}", item="design")]
        return Say.json(said(verdicts=[verdict(1, "minor" if len(asked) == 2 else "stands")], findings=more))

    made = reviewed(says).findings
    assert asked == [[1], [1]]
    assert {one.title: str(one.placement) for one in made} == {
        "Two at once both pass": "inline",
        "Added 1": "held_back",
    }


def hint(check: str = "some-check", line: int = 1, **more: Any) -> Finding:
    given = {"severity": Severity.MEDIUM, "confidence": Confidence.LOW, **more}
    return builders.finding(check=check, start_line=line, **given)


def settled(hints: list[Finding], *replies: dict[str, Any]) -> list[tuple[str, str]]:
    space = Workspace(change_set(module("app/a.py", "x = 1")))
    asked = verdicts.candidates([], hints)
    result = verdicts.applied(asked, [VerdictReply(**one) for one in replies], space) if asked else {}
    return [
        (str(one.placement or "shown"), sentence(one.placement_reason))
        for one in verdicts.settled(hints, result).values()
    ]


def test_a_hint_is_shown_where_it_is_confirmed_and_else_held_back() -> None:
    assert settled([hint()], verdict(1, "stands", evidence="seen")) == [("shown", "")]
    assert settled([hint()], verdict(1, "open", evidence="seen")) == [("held_back", "a hint, not confirmed: seen")]
    assert settled([hint()], verdict(1, "refuted", evidence="no")) == [("held_back", "a hint, refuted: no")]
    assert settled([hint()], verdict(1, "stands", evidence="")) == [("held_back", "a hint, not confirmed")]
    assert settled([hint()]) == [("held_back", "a hint, the second pass gave no verdict on it")]


def test_what_a_check_is_sure_of_is_held_back_only_against_evidence() -> None:
    sure = hint(confidence=Confidence.HIGH)
    assert settled([sure], verdict(1, "open")) == [("shown", "")]
    assert settled([sure], verdict(1, "minor", evidence="")) == [("shown", "")]
    assert settled([sure]) == [("shown", "")]
    (held,) = settled([sure], verdict(1, "minor", evidence="a route of its own"))
    assert held == ("held_back", "a hint, true, and not worth an interruption: a route of its own")


def test_of_many_alike_a_few_are_judged_and_tell_of_the_others() -> None:
    many = [hint(line=n, confidence=Confidence.HIGH) for n in range(1, 8)]
    assert len(verdicts.candidates([], many)) == 3
    all_minor = settled(many, *(verdict(n, "minor", evidence="petty") for n in (1, 2, 3)))
    assert [placement for placement, _ in all_minor] == ["held_back"] * 7
    one_stands = settled(many, verdict(1, "stands"), verdict(2, "minor"), verdict(3, "minor"))
    assert [placement for placement, _ in one_stands] == ["shown", "held_back", "held_back", *["shown"] * 4]


def test_hints_of_little_weight_are_worth_no_call() -> None:
    light = hint(severity=Severity.LOW, confidence=Confidence.HIGH)
    assert verdicts.candidates([], [light]) == []
    assert settled([light]) == [("held_back", "a hint, of little weight, or not confirmed")]
