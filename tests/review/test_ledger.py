from __future__ import annotations

from builders import agent, check, finding, item

from reviewbot.core.agent import Scope
from reviewbot.core.check import CheckRun, Reach
from reviewbot.core.finding import Finding, Placement
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Assignment, Grade, ItemVerdict, Status
from reviewbot.output.reason_sentences import sentence
from reviewbot.review.ledger import ledger

DECIDING = check("decider", "sinag/rule", decides=("sinag/rule",))
SPEAKING = check("speaker", "sinag/rule")


def verdict(
    *runs: CheckRun,
    found: tuple[Finding, ...] = (),
    scope: Scope = Scope.STACK,
    grade: Grade = Grade.PROJECT,
) -> ItemVerdict:
    sinag = agent("sinag", item("rule", scope))
    assignment = Assignment("sinag", grade, ("a.py",), 1.0)
    checks = {"decider": DECIDING, "speaker": SPEAKING}
    (result,) = ledger([assignment], {"sinag": sinag}, found, runs, checks)
    return result


def run(name: str, reach: Reach = Reach.WHOLE, files: int = 1) -> CheckRun:
    return CheckRun(name, "sinag", "rule", reach, files)


def test_a_shown_finding_violates() -> None:
    found = finding(item="rule", check="speaker", fingerprint="f1", placement=Placement.SUMMARY)
    result = verdict(run("speaker"), run("decider"), found=(found,))
    assert (result.status, result.decided_by, result.findings) == (Status.VIOLATED, ("speaker",), ("f1",))


def test_silence_passes_only_where_the_check_decides_the_item() -> None:
    assert verdict(run("decider")).status is Status.PASSED
    assert verdict(run("speaker")).status is Status.NOT_CHECKED


def test_a_check_that_saw_only_hunks_decides_nothing() -> None:
    assert verdict(run("decider", Reach.PARTIAL)).status is Status.NOT_CHECKED
    assert verdict(run("decider", Reach.NOTHING)).status is Status.NOT_CHECKED


def test_nothing_of_its_kind_changed_is_not_applicable() -> None:
    assert verdict(run("decider", files=0)).status is Status.NOT_APPLICABLE


def test_a_project_rule_does_not_apply_to_another_project_of_the_stack() -> None:
    result = verdict(run("decider"), scope=Scope.PROJECT, grade=Grade.STACK)
    assert result.status is Status.NOT_APPLICABLE
    assert "pin the agent" in sentence(result.reason)
    for grade in (Grade.PROJECT, Grade.PINNED, Grade.FORCED):
        assert verdict(run("decider"), scope=Scope.PROJECT, grade=grade).status is Status.PASSED


def test_a_held_back_finding_neither_violates_nor_lets_pass() -> None:
    held = finding(item="rule", placement=Placement.HELD_BACK, placement_reason=because(ReasonKind.REFUTED))
    assert verdict(run("decider"), found=(held,)).status is Status.NOT_CHECKED


def test_no_run_at_all_is_not_checked() -> None:
    assert verdict().status is Status.NOT_CHECKED
