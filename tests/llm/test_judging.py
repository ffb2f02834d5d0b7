"""What becomes of many bundles together: nothing is lost, the ledger is honest, one call goes ahead, nobody waits."""

from __future__ import annotations

import json
import threading
import time
from collections import Counter
from typing import Any

import builders
import pytest
from fakeclaude import Ask, FakeClaude, Fault, Say
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import (
    ITEMS,
    apart,
    asks_items,
    asks_refutation,
    asks_review,
    candidates,
    claude,
    found,
    module,
    reply,
    review,
    reviewed,
    said,
    script,
    shows,
    two_files,
    verdict,
)

from reviewbot.core.agent import BEYOND
from reviewbot.core.errors import ModelError
from reviewbot.core.finding import Placement, Severity
from reviewbot.core.opinion import Memory
from reviewbot.core.reasons import NO_REASON, ReasonKind, because
from reviewbot.core.review import Status, Usage
from reviewbot.llm.calls import Answer, Call
from reviewbot.llm.gate import Gate
from reviewbot.llm.pool import Running
from reviewbot.settings.config import Config

QUOTES = [
    "row.status = 'approved'",
    "delete(row)",
    "save(row)",
    "def approve(row):",
    "nowhere",
    "",
    "row",
    "row\n" * 2000,
]
FOUND = st.builds(
    found,
    st.sampled_from(QUOTES),
    st.sampled_from(["app/approve.py", "app/remove.py", "app/none.py", "", "x" * 999]),
    item=st.sampled_from([*ITEMS, "made-up", ""]),
    line=st.none() | st.integers(-5, 9),
    side=st.sampled_from(["new", "old"]),
    severity=st.sampled_from(["critical", "high", "medium", "low", "info"]),
    confidence=st.sampled_from(["high", "medium", "low"]),
    title=st.text(max_size=9),
    body=st.text(max_size=9) | st.just("w" * 9_000),
    replacement=st.none() | st.text(max_size=9),
)
VERDICTS = st.lists(
    st.builds(
        verdict,
        st.integers(-1, 12),
        st.sampled_from(["stands", "corrected", "refuted", "minor", "open"]),
        evidence=st.sampled_from(["", "line 2 shows it"]),
        path=st.none() | st.sampled_from(["app/approve.py", "app/none.py"]),
        line=st.none() | st.integers(-2, 9),
        same_as=st.none() | st.integers(-1, 12),
        severity=st.none() | st.sampled_from(["critical", "low"]),
        title=st.none() | st.text(max_size=9),
        body=st.none() | st.text(max_size=9),
        quote=st.none() | st.sampled_from(QUOTES),
    ),
    max_size=12,
)
QUIET = st.lists(st.tuples(st.sampled_from(ITEMS), st.sampled_from(["breached", *map(str, Status)])), max_size=5)


class Says:
    """Answers without a network: a list of findings for the first bundle, and a list for the second."""

    def __init__(self, findings: list[list[dict[str, Any]]], items: list[tuple[str, str]], verdicts: Any) -> None:
        self.findings = {"app/approve.py": findings[0], "app/remove.py": findings[1]}
        self.items = [{"item": item, "verdict": verdict, "reason": ""} for item, verdict in items]
        self.verdicts = verdicts

    def ready(self) -> None: ...

    def ask(self, call: Call, began: Any) -> Answer:
        began()
        what, _, path = call.name.partition(" keeper: ")
        told = said(items=self.items)
        if what == "review" and not call.turns:
            told = said(items=self.items, findings=self.findings[path])
        elif what == "disprove":
            told = said(verdicts=self.verdicts)
        return Answer(json.dumps(told), "end_turn", Usage(calls=1))


@given(st.lists(st.lists(FOUND, max_size=6), min_size=2, max_size=2), QUIET, VERDICTS, st.integers(0, 4))
@settings(max_examples=40, deadline=None)
def test_every_finding_comes_out_once_inline_in_the_summary_or_held_back(
    findings: list[list[dict[str, Any]]], items: list[tuple[str, str]], verdicts: Any, most: int
) -> None:
    config = Config(max_bundle_tokens=40, max_comments=most)
    made = review(Says(findings, items, verdicts), config=config)
    assert made.failures == ()
    assert len(made.findings) == len(findings[0]) + len(findings[1])
    assert all(finding.placement is not None and finding.placement_reason != NO_REASON for finding in made.findings)
    placed = Counter(finding.placement for finding in made.findings)
    assert placed[Placement.INLINE] <= most
    assert len({finding.fingerprint for finding in made.findings}) == len(made.findings)
    lines = {
        file.path: {line.new for hunk in file.hunks for line in hunk.lines if line.new} for file in two_files().files
    }
    for finding in made.findings:
        if finding.placement is Placement.INLINE:
            assert {finding.start_line, finding.end_line} <= lines[finding.path]
            assert finding.item in {*ITEMS, BEYOND}
            assert finding.severity.at_least(Severity.MEDIUM)
    by_item = {one.item: one for one in made.ledger}
    for item in ITEMS:
        own = [finding for finding in made.findings if finding.item == item]
        shown = [finding for finding in own if finding.placement is not Placement.HELD_BACK]
        breached = by_item[item].reason.kind is ReasonKind.BREACHED
        assert (by_item[item].status is Status.VIOLATED) == (bool(shown) or breached)
    beyond = [f for f in made.findings if f.item == BEYOND and f.placement is not Placement.HELD_BACK]
    assert set(by_item) == {*ITEMS, *([BEYOND] if beyond else [])}


def statuses(first: str, second: str) -> Status:
    def says(ask: Ask) -> Say:
        what = first if shows(ask, "app/approve.py") else second
        return Say.json(reply(items=dict.fromkeys(ITEMS, what)))

    (status,) = {one.status for one in reviewed(says, config=apart()).ledger}
    return status


@pytest.mark.parametrize(
    ("first", "second", "expected"),
    [
        ("passed", "not_applicable", "passed"),
        ("not_checked", "passed", "not_checked"),
        ("not_applicable", "not_checked", "not_checked"),
        ("not_applicable", "not_applicable", "not_applicable"),
        ("passed", "passed", "passed"),
    ],
)
def test_over_bundles_the_doubt_counts(first: str, second: str, expected: str) -> None:
    assert statuses(first, second) == expected
    assert statuses(second, first) == expected


def test_what_an_earlier_review_knew_counts_with_the_new_one() -> None:
    memory = Memory(
        files=frozenset({"app/approve.py"}),
        findings=(builders.finding(agent="keeper", item="races", path="app/approve.py", start_line=2, end_line=2),),
        items={("keeper", "design"): (Status.NOT_CHECKED, because(ReasonKind.OTHER, "not seen"))},
    )
    made = reviewed(script(), memory=memory)
    assert {one.item: str(one.status) for one in made.ledger} == {
        "races": "violated",
        "authorisation": "passed",
        "design": "not_checked",
    }


def test_sections_of_several_bundles_are_joined_and_hostile_titles_stay() -> None:
    def says(ask: Ask) -> Say:
        name = "one" if shows(ask, "app/approve.py") else "two"
        return Say.json(reply(sections=[{"title": " analysis ", "body": name}, {"title": "Other", "body": " "}]))

    made = reviewed(says, config=apart())
    assert [(section.title, section.body) for section in made.sections] == [("Analysis", "one\n\ntwo")]


def test_text_that_steers_becomes_a_finding() -> None:
    steering = [
        {"path": "app/approve.py", "quote": "row.status = 'approved'"},
        {"path": "app/approve.py", "quote": "made up"},
        {"path": "none.py", "quote": "x"},
    ]
    made = reviewed(script(manipulation=steering))
    placed = [(f.item, f.start_line, str(f.placement)) for f in made.findings if f.path == "app/approve.py"]
    assert sorted(placed) == [
        ("text-addresses-the-reviewer", 1, "held_back"),
        ("text-addresses-the-reviewer", 2, "inline"),
    ]
    assert len(made.findings) == 3


def test_the_first_call_goes_ahead_and_the_others_follow_its_beginning_not_its_end() -> None:
    changes = builders.change_set(*(module(f"app/f{n}.py", f"value = {n}") for n in range(6)))

    def says(_: Ask) -> Say:
        return Say.json(reply(), delay=0.1, spread=0.3)

    with FakeClaude(says) as fake, claude(fake) as asked:
        review(asked, changes, Config(max_bundle_tokens=1, refute=False))
        first, *others = sorted(fake.journal.messages(), key=lambda one: one.began)
        assert first.answered is not None
        assert first.ended is not None
        assert all(first.answered <= other.began < first.ended for other in others)


def test_where_the_first_call_fails_the_next_one_goes_ahead() -> None:
    changes = builders.change_set(*(module(f"app/f{n}.py", f"value = {n}") for n in range(6)))
    with FakeClaude(script()) as fake, claude(fake) as asked:
        fake.faults.add(Fault("status", match=asks_review, times=2, status=404))
        made = review(asked, changes, Config(max_bundle_tokens=1, refute=False))
        asks = [one.ask for one in fake.journal.messages()]
        assert set(fake.journal.uncached("".join(asks[0].system)).values()) == {1}
    assert len(made.failures) == 2


def test_nobody_waits_at_the_gate_for_ever() -> None:
    gate = Gate(patience=0.05)
    with gate.passing("key", 1):
        began = time.monotonic()
        with gate.passing("key", 1):
            assert 0.04 < time.monotonic() - began < 5
        with gate.passing("another", 1):
            pass


def test_a_bug_in_one_bundle_is_a_failure_of_it_alone() -> None:
    class Broken:
        def ready(self) -> None: ...

        def ask(self, call: Call, began: Any) -> Answer:
            began()
            if "approve" in call.name:
                raise RuntimeError("oops")
            return Answer(json.dumps(reply()), "end_turn", Usage(calls=1))

    made = review(Broken(), config=apart())
    assert [failure.message for failure in made.failures] == ["keeper: app/approve.py: broke: RuntimeError: oops"]
    assert {file.path: file.status for file in made.coverage.files}["app/approve.py"] == "failed"


def test_what_has_not_begun_when_somebody_interrupts_is_not_begun_any_more() -> None:
    begun: list[int] = []
    go = threading.Event()

    def work(job: int) -> int:
        begun.append(job)
        if job == 0:
            return 0
        if job == 1:
            raise KeyboardInterrupt  # comes out in the thread that waits
        go.wait(5)
        return job

    outcomes, interrupted = Running(work, list(range(40)), at_once=3).outcomes()
    go.set()
    time.sleep(0.05)
    assert interrupted
    assert set(outcomes) <= {0}
    assert len(begun) <= 6


def test_errors_of_a_thread_are_not_swallowed() -> None:
    def work(_: int) -> int:
        raise ModelError("a bug in the worker")

    with pytest.raises(ModelError, match="a bug in the worker"):
        Running(work, [1, 2]).outcomes()


def test_no_jobs_take_no_threads() -> None:
    assert Running(str, []).outcomes() == ([], False)


def test_each_finding_is_judged_by_its_own_bundle() -> None:
    heard: dict[str, list[int]] = {}

    def says(ask: Ask) -> Say:
        if asks_items(ask):
            return Say.json(said())
        if asks_refutation(ask):
            path = "app/approve.py" if shows(ask, "app/approve.py") else "app/remove.py"
            heard[path] = candidates(ask)
            what = "refuted" if path == "app/remove.py" else "stands"
            return Say.json(said(verdicts=[verdict(n, what) for n in heard[path]]))
        if shows(ask, "app/approve.py"):
            return Say.json(reply(found("row.status = 'approved'"), found("save(row)", item="design")))
        return Say.json(reply(found("delete(row)", "app/remove.py"), found("not there", "app/remove.py")))

    made = reviewed(says, config=apart())
    assert heard == {"app/approve.py": [1, 2], "app/remove.py": [1]}
    assert Counter(str(finding.placement) for finding in made.findings) == {"inline": 2, "held_back": 2}
