"""Bundles: nothing is lost, budgets hold, numbers stay true, the most important comes first."""

from __future__ import annotations

import time
from collections import Counter

import builders
import pytest
from fakeclaude import Ask, FakeClaude, Say
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import AGENT, asks_refutation, assignment, claude, found, reply, review, script, stands

from reviewbot.core.change import ChangedFile, ChangeSet, FileKind
from reviewbot.core.opinion import Memory
from reviewbot.core.reasons import ReasonKind
from reviewbot.core.review import Status, Usage, Verdict
from reviewbot.llm.budget import Budget, expected
from reviewbot.llm.bundling import Bundle, importance, pack, readable
from reviewbot.llm.models import choose
from reviewbot.llm.planning import Plan
from reviewbot.llm.prompt.prompts import Prompts
from reviewbot.output.reason_sentences import sentence
from reviewbot.settings.config import Config

# Room for one file of the change `many`, and not for two.
ROOM = 120
NOTHING = ChangeSet("patch", ())
SIZE = Prompts(NOTHING, AGENT, assignment(NOTHING)).size
Row = tuple[str, str, int | None, int | None, str]


def rows(files: tuple[ChangedFile, ...] | list[ChangedFile]) -> Counter[Row]:
    """Give every line of every hunk, with its numbers."""
    return Counter(
        (file.path, str(line.kind), line.old, line.new, line.text)
        for file in files
        for hunk in file.hunks
        for line in hunk.lines
    )


def shown(bundles: list[Bundle]) -> Counter[Row]:
    return sum((rows(bundle.files) for bundle in bundles), Counter())


def lines_of(count: int, first: int = 0) -> list[str]:
    return [f"+value_{number} = load({number})" for number in range(first, first + count)]


LINE = st.builds(str.__add__, st.sampled_from("+- "), st.sampled_from(["", "x = 1", "    y()", "def f():", "z" * 60]))
HUNK = st.lists(LINE, min_size=1, max_size=30)


@given(st.lists(st.lists(HUNK, min_size=1, max_size=4), min_size=1, max_size=6), st.integers(20, 400))
@settings(max_examples=80, deadline=None)
def test_every_line_is_in_exactly_one_bundle(shape: list[list[list[str]]], budget: int) -> None:
    files = []
    for number, hunks in enumerate(shape):
        made, at = [], 1
        for lines in hunks:
            made.append(builders.hunk(at, *lines))
            at += len(lines) + 5
        files.append(builders.changed(f"app/file{number}.py", *made))
    bundles = pack(files, budget, SIZE)
    assert shown(bundles) == rows(files)
    for bundle in bundles:
        assert bundle.pieces
        assert bundle.tokens == sum(SIZE(file) for file in bundle.files)
        for file in bundle.files:
            for hunk in file.hunks:
                assert [line.new for line in hunk.lines if line.new is not None][:1] in ([], [max(hunk.new_start, 1)])
                assert hunk.new_length == sum(line.new is not None for line in hunk.lines)
                assert hunk.old_length == sum(line.old is not None for line in hunk.lines)


def test_a_file_that_is_too_large_is_split_between_its_hunks() -> None:
    hunks = [builders.hunk(1 + 100 * number, *lines_of(20, 100 * number)) for number in range(6)]
    bundles = pack([builders.changed("app/a.py", *hunks)], 500, SIZE)
    assert len(bundles) > 1
    assert [hunk for bundle in bundles for file in bundle.files for hunk in file.hunks] == hunks
    assert [piece.part for bundle in bundles for piece in bundle.pieces] == [
        f"part {number} of {len(bundles)}" for number in range(1, len(bundles) + 1)
    ]
    assert all(bundle.tokens <= 500 for bundle in bundles)


def test_a_hunk_that_is_too_large_is_split_where_a_function_begins() -> None:
    body = [line for number in range(30) for line in (f"+def f{number}(a):", "+    b = a", "+    return b", "+")]
    bundles = pack([builders.changed("app/a.py", builders.hunk(1, *body))], 300, SIZE)
    assert len(bundles) > 1
    for bundle in bundles:
        (file,) = bundle.files
        assert file.hunks[0].lines[0].text.startswith("def f")


def test_one_line_that_is_larger_than_a_bundle_is_shown_all_the_same() -> None:
    files = [builders.changed("app/a.py", builders.hunk(1, "+a = 1", "+" + "x" * 9_000, "+b = 2"))]
    assert shown(pack(files, 100, SIZE)) == rows(files)


def test_related_files_are_together() -> None:
    paths = ["app/services/area_service.py", "app/api/users.py", "tests/test_area.py", "app/models/areas.py"]
    files = [builders.changed(path, builders.hunk(1, *lines_of(10))) for path in paths]
    size = SIZE(files[0])
    bundles = pack(files, size * 3 + 30, SIZE)
    assert {bundle.paths for bundle in bundles} == {(paths[0], paths[2], paths[3]), (paths[1],)}


def test_code_comes_before_tests_and_tests_before_all_else() -> None:
    paths = ["README.md", "tests/test_a.py", "app/small.py", "app/large.py", "uv.lock", "app/gone.py"]
    files = {path: builders.changed(path, builders.hunk(1, "+a = 1")) for path in paths}
    files["app/large.py"] = builders.changed("app/large.py", builders.hunk(1, *lines_of(9)))
    files["app/gone.py"] = builders.changed("app/gone.py", builders.hunk(1, "-a = 1"), kind=FileKind.DELETED)
    assert [file.path for file in sorted(files.values(), key=importance)] == [
        "app/large.py",
        "app/small.py",
        "app/gone.py",
        "tests/test_a.py",
        "README.md",
        "uv.lock",
    ]


def test_ten_thousand_lines_are_planned_in_two_seconds() -> None:
    files = tuple(
        builders.changed(f"app/file{number}.py", builders.hunk(1, *lines_of(200, number))) for number in range(50)
    )
    changes = ChangeSet("patch", files)
    began = time.process_time()
    plan = planned(changes, Config())
    prompts = [job.call().prompt for job in plan.jobs]
    assert time.process_time() - began < 2
    text = "".join(prompt.bundle for prompt in prompts)
    assert all(f"=== {file.path} (" in text for file in files)


def planned(changes: ChangeSet, config: Config) -> Plan:
    plan = Plan(changes, {AGENT.name: AGENT}, config, Memory())
    plan.add(assignment(changes))
    return plan


def many(count: int = 6) -> ChangeSet:
    paths = [*(f"app/part_{number:02}.py" for number in range(count - 2)), "tests/test_it.py", "notes.md"]
    return ChangeSet("patch", tuple(builders.changed(path, builders.hunk(1, *lines_of(9))) for path in paths))


def test_what_is_over_the_budget_of_tokens_is_named_the_least_important_first() -> None:
    changes = many()
    everything = planned(changes, Config(max_bundle_tokens=ROOM))
    assert len(everything.jobs) == 6
    one = everything.jobs[0]
    a_call = one.bundle.tokens
    plan = planned(changes, Config(max_bundle_tokens=ROOM, max_input_tokens=a_call * 4 + 10))
    assert [job.bundle.paths for job in plan.jobs] == [(file.path,) for file in changes.files[:4]]
    assert {path for _, path in plan.left_out} == {"tests/test_it.py", "notes.md"}
    assert all(reason.kind is ReasonKind.OVER_TOKENS for reason in plan.left_out.values())


def test_what_would_cost_too_much_is_not_sent_and_named() -> None:
    changes = many()
    whole = planned(changes, Config(max_bundle_tokens=ROOM)).budget.planned_usd
    config = Config(max_bundle_tokens=ROOM, max_cost_usd=whole * 0.7)
    with FakeClaude(script()) as fake, claude(fake) as asked:
        made = review(asked, changes, config)
        sent = "".join(one.ask.user[1] for one in fake.journal.messages())
    left = [file.path for file in changes.files if f"=== {file.path} (" not in sent]
    assert left == ["tests/test_it.py", "notes.md"]
    (remark,) = [remark for remark in made.remarks if "max_cost_usd" in remark]
    assert all(path in remark for path in left)
    by_path = {file.path: file for file in made.coverage.files}
    assert all("max_cost_usd" in sentence(by_path[path].reason) for path in left)
    assert made.verdict is Verdict.INCOMPLETE
    assert {verdict.status for verdict in made.ledger} == {Status.NOT_CHECKED}


def test_a_budget_that_is_spent_ends_the_review_and_says_so() -> None:
    """Answers may be longer than was expected."""

    def says(ask: Ask) -> Say:
        told = reply(sections=[{"title": "Analysis", "body": "word " * 20_000}])
        return stands(ask) if asks_refutation(ask) else Say.json(told)

    changes = many(40)
    config = Config(max_bundle_tokens=ROOM, max_cost_usd=3.0, refute=False, model="sonnet")
    with FakeClaude(says) as fake, claude(fake) as asked:
        made = review(asked, changes, config)
        sent = len(fake.journal.messages())
    assert made.usage.cost_usd >= 3.0
    assert sent < 40
    spent = [file for file in made.coverage.files if "is spent" in sentence(file.reason)]
    assert len(spent) == 40 - sent
    assert made.verdict is Verdict.INCOMPLETE


def test_nothing_is_sent_for_no_money() -> None:
    with FakeClaude(script()) as fake, claude(fake) as asked:
        made = review(asked, config=Config(max_cost_usd=0.0))
        assert fake.journal.messages() == []
    assert made.verdict is Verdict.INCOMPLETE


def test_the_second_pass_is_planned_at_its_own_price() -> None:
    haiku, opus = choose("haiku")[0], choose("opus")[0]
    cheap, dear = Budget(10**9, None), Budget(10**9, None)
    assert cheap.plan(expected(5_000, 5_000, 0, [haiku, haiku])) is None
    assert dear.plan(expected(5_000, 5_000, 0, [haiku, opus])) is None
    assert dear.planned_usd > cheap.planned_usd * 10
    only = Budget(10**9, None)
    only.plan(expected(5_000, 5_000, 0, [haiku]))
    assert only.planned_usd < cheap.planned_usd


def test_a_model_without_a_price_is_counted_in_tokens_and_said() -> None:
    budget = Budget(10**9, 0.01)
    unknown = choose("claude-saga-9")[0]
    budget.spend("sinag", unknown, Usage(input_tokens=10**7, calls=1))
    assert (budget.spent.cost_usd, budget.spent.input_tokens, budget.unpriced) == (0.0, 10**7, {"claude-saga-9"})


@pytest.mark.parametrize("kind", [FileKind.BINARY, FileKind.SUBMODULE])
def test_what_has_no_text_is_not_for_a_model(kind: FileKind) -> None:
    assert not readable(builders.changed("a.bin", builders.hunk(1, "+x"), kind=kind))
    assert not readable(builders.changed("a.py", kind=FileKind.RENAMED))
    assert readable(builders.changed("a.py", builders.hunk(1, "+x")))


def test_a_finding_in_any_part_of_a_split_file_is_found() -> None:
    text = [line for number in range(60) for line in (f"+def f{number}(a):", f"+    return {number} + a")]
    changes = builders.change_set(builders.changed("app/a.py", builders.hunk(1, *text)))

    def says(ask: Ask) -> Say:
        if asks_refutation(ask):
            return stands(ask)
        there = "return 57 + a" in ask.user[1]
        return Say.json(reply(*([found("return 57 + a", "app/a.py", line=116)] if there else [])))

    with FakeClaude(says) as fake, claude(fake) as asked:
        made = review(asked, changes, Config(max_bundle_tokens=300))
        assert len(fake.journal.messages()) > 3
        assert any(", part 2 of " in one.ask.user[1] for one in fake.journal.messages())
    assert [(finding.start_line, str(finding.placement)) for finding in made.findings] == [(116, "inline")]
