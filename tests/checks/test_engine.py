from __future__ import annotations

import tempfile
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
from builders import agent, change_set, changed, hunk, item

from reviewbot.changes.diff.parse import apply
from reviewbot.checks import catalog, engine, ruff
from reviewbot.core.agent import BEYOND, Agent, Scope
from reviewbot.core.change import ChangedFile, ChangeSet, FileKind
from reviewbot.core.check import Reach
from reviewbot.core.errors import EngineError
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Assignment, Grade

if TYPE_CHECKING:
    from pathlib import Path

    from reviewbot.checks.results import CheckResult

CATALOG = catalog.load()
NAME = "sinag-backend-architect"
LOOP = ["for a in areas:", "    db.query(Area).get(a.id)", ""]


def run(changes: ChangeSet, reviewer: Agent | None = None, grade: Grade = Grade.PROJECT, **only: Any) -> CheckResult:
    who = reviewer or agent(NAME, item("n-plus-one"), item("async-io"))
    assignment = Assignment(who.name, grade, tuple(file.path for file in changes.files), 1.0)
    return engine.run(changes, [assignment], {who.name: who}, only.get("catalog", CATALOG))


def whole(file: ChangedFile, before: str) -> ChangedFile:
    return replace(file, old_text=before, new_text=apply(before, file.hunks))


def test_only_changed_lines_are_reported() -> None:
    text = "\n".join(["for a in areas:", "    db.query(Area).get(a.id)", "x = 1", ""])
    file = whole(changed("app/x.py", hunk(3, "-x = 1", "+x = 2")), text)
    assert run(change_set(file)).findings == ()


def test_a_loop_put_around_an_old_query_is_reported() -> None:
    file = whole(
        changed("app/x.py", hunk(1, "+for a in areas:", "     db.query(Area).get(a.id)")),
        "    db.query(Area).get(a.id)\n",
    )
    (finding,) = run(change_set(file)).findings
    assert (finding.start_line, finding.evidence) == (2, "    db.query(Area).get(a.id)")


def test_a_hunk_has_the_numbers_of_the_file() -> None:
    file = changed("app/x.py", hunk(90, " before = 1", *(f"+{line}" for line in LOOP)))
    result = run(change_set(file))
    assert [(f.start_line, f.symbol) for f in result.findings] == [(92, "")]
    reach = {one.check: one.reach for one in result.runs}
    assert (reach["query-in-loop"], reach["blocking-call-in-async"]) == (Reach.PARTIAL, Reach.NOTHING)
    assert result.seen == {"app/x.py": Reach.PARTIAL}


def test_what_cannot_be_read_says_why() -> None:
    result = run(
        change_set(
            changed("gone.py", hunk(1, "-x"), kind=FileKind.DELETED),
            changed("x.py", hunk(1, "-x", " y")),
            changed("logo.png", kind=FileKind.BINARY),
            changed("Dockerfile", hunk(1, "+FROM x")),
        )
    )
    assert result.seen == {
        "gone.py": because(ReasonKind.DELETED),
        "x.py": because(ReasonKind.NOTHING_ADDED),
        "logo.png": because(ReasonKind.BINARY),
        "Dockerfile": because(ReasonKind.ONLY_IN_WHOLE_CHANGE),
    }


def test_a_project_rule_is_not_run_for_another_project_of_the_stack() -> None:
    trainsmart = agent("trainsmart-senior-backend-architect", item("no-trailing-slash", Scope.PROJECT))
    changes = change_set(changed("app/api/x.py", hunk(1, '+@router.get("/x/")', "+def x(): ...")))
    assert len(run(changes, trainsmart).findings) == 1
    assert run(changes, trainsmart, Grade.STACK).findings == ()
    assert {one.item for one in run(changes, trainsmart, Grade.STACK).runs} == {BEYOND}


def test_a_foreign_agent_gets_the_checks_its_words_ask_for() -> None:
    words = replace(item("their-item"), title="No N+1 queries", text="Watch for queries in loops.")
    result = run(change_set(changed("x.py", hunk(1, *(f"+{line}" for line in LOOP)))), agent("their-agent", words))
    assert [(f.agent, f.item, f.check) for f in result.findings] == [("their-agent", "their-item", "query-in-loop")]


def test_the_pieces_of_a_line_with_wide_characters_are_cut_right() -> None:
    trainsmart = agent("trainsmart-senior-backend-architect", item("async-idioms"))
    code = 'async def f(db: AsyncSession):\n    x = "ü🙂"; db.commit()  # größer 🙂\n'
    file = whole(changed("app/x.py", hunk(1, *(f"+{line}" for line in code.split("\n")[:2])), kind=FileKind.ADDED), "")
    (finding,) = run(change_set(file), trainsmart).findings
    assert finding.suggestion is not None
    assert finding.suggestion.replacement == '    x = "ü🙂"; await db.commit()  # größer 🙂'
    assert finding.suggestion.verified


def test_a_file_with_a_syntax_error_is_still_looked_at_and_gets_no_suggestion() -> None:
    trainsmart = agent("trainsmart-senior-backend-architect", item("async-idioms"))
    lines = ["async def f(db: AsyncSession):", "    db.commit()", "", "def broken(:", "    x = = 1"]
    file = whole(changed("app/x.py", hunk(1, *(f"+{line}" for line in lines)), kind=FileKind.ADDED), "")
    (finding,) = run(change_set(file), trainsmart).findings
    assert finding.suggestion is None


def test_ruff_is_not_silenced_by_the_change() -> None:
    lines = ["# ruff: noqa", "import time", "async def f():", "    time.sleep(1)  # noqa"]
    file = whole(changed("app/x.py", hunk(1, *(f"+{line}" for line in lines)), kind=FileKind.ADDED), "")
    (finding,) = run(change_set(file)).findings
    assert (finding.check, finding.start_line, finding.symbol) == ("blocking-call-in-async", 4, "f")


def test_ruff_is_not_silenced_by_what_lies_around_the_temporary_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".git").mkdir()
    for name in (".gitignore", ".ignore"):
        (tmp_path / name).write_text("*\n")
    (tmp_path / "ruff.toml").write_text('exclude = ["*.py"]\n')
    monkeypatch.setattr(tempfile, "tempdir", str(tmp_path))
    monkeypatch.setenv("RUFF_EXCLUDE", "*.py")
    file = whole(changed("x.py", hunk(1, "+import time", "+async def f():", "+    time.sleep(1)")), "")
    assert [finding.check for finding in run(change_set(file)).findings] == ["blocking-call-in-async"]


def test_a_ruff_that_does_not_end_is_a_failure_that_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    program = tmp_path / "ruff"
    program.write_text("#!/bin/sh\nexec sleep 30\n")
    program.chmod(0o755)
    monkeypatch.setattr(ruff, "find_ruff_bin", lambda: str(program))
    monkeypatch.setattr(ruff, "_SECONDS", 0.3)
    file = whole(changed("x.py", hunk(1, "+import time", "+async def f():", "+    time.sleep(1)")), "")
    (failure,) = run(change_set(file)).failures
    assert "ruff did not run: it did not end within 0.3 seconds, and was stopped" in failure.message


@pytest.mark.parametrize("before", ["x = 1\r", "# a\rb = 2\r\r", '"""a\r\rb"""', "\r", "s = '🙂' #\r"])
def test_a_carriage_return_of_its_own_is_no_line_of_ours(before: str) -> None:
    lines = [
        before,
        "import time\r",
        "async def f():",
        "    time.sleep(1)  # \r",
        "",
        "async def g():",
        " time.sleep(2)",
    ]
    file = whole(changed("app/x.py", hunk(1, *(f"+{line}" for line in lines)), kind=FileKind.ADDED), "")
    found = [one for one in run(change_set(file)).findings if one.check == "blocking-call-in-async"]
    assert [(one.start_line, one.symbol, one.evidence) for one in found] == [
        (4, "f", "    time.sleep(1)  # "),
        (7, "g", " time.sleep(2)"),
    ]


def test_of_a_very_long_line_some_places_are_looked_at_and_that_is_said() -> None:
    calls = ", ".join(f"requests.get(url{number})" for number in range(4_000))
    lines = ["def f(db):", f"    return [{calls}]", "", "def g(db):", "    requests.get(1)"]
    long = whole(changed("app/long.py", hunk(1, *(f"+{line}" for line in lines)), kind=FileKind.ADDED), "")
    plain = whole(changed("app/x.py", hunk(1, *(f"+{line}" for line in lines[3:])), kind=FileKind.ADDED), "")
    result = run(change_set(long, plain), agent(NAME, item("edge-cases")))
    counted = Counter(finding.path for finding in result.findings)
    assert 0 < counted["app/long.py"] < 1_000
    assert counted["app/x.py"] == 1
    assert max(len(finding.evidence) for finding in result.findings) < 3_000
    assert [one.suggestion is None for one in result.findings if one.path == "app/long.py"] == [True] * counted[
        "app/long.py"
    ]
    assert [remark.endswith("did not look at every place: app/long.py.") for remark in result.remarks] == [True]


def test_paths_of_the_change_do_not_become_paths_on_the_disk() -> None:
    lines = ["import time", "async def f():", "    time.sleep(1)"]
    file = whole(changed("app/a b/ü\n;x.py", hunk(1, *(f"+{line}" for line in lines)), kind=FileKind.ADDED), "")
    assert [f.path for f in run(change_set(file)).findings] == ["app/a b/ü\n;x.py"]


def test_a_broken_check_is_a_failure_and_the_others_still_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def broken(*_: object) -> None:
        raise EngineError("ruff did not run: no such file")

    monkeypatch.setattr(ruff, "run", broken)
    rules = tuple(
        replace(rule, config={"rule": {"no-such-kind": 1}}) if rule.check.id == "commit-in-loop" else rule
        for rule in CATALOG.rules
    )
    reviewer = agent(NAME, item("n-plus-one"), item("bulk-operations"), item("async-io"))
    file = changed("x.py", hunk(1, *(f"+{line}" for line in [*LOOP, "db.commit()"])), kind=FileKind.ADDED)
    result = run(change_set(whole(file, "")), reviewer, catalog=catalog.Catalog(rules, CATALOG.change_checks))
    assert [finding.check for finding in result.findings] == ["query-in-loop"]
    assert len(result.failures) == 2
    assert "the rule of commit-in-loop is broken" in result.failures[0].message
    reach = {one.check: one.reach for one in result.runs}
    assert reach["commit-in-loop"] is reach["blocking-call-in-async"] is Reach.NOTHING
    assert reach["query-in-loop"] is Reach.WHOLE


def test_every_check_names_items_that_exist() -> None:
    from reviewbot.agents import agent_files

    bundled, _ = agent_files.load_dir(agent_files.bundled_dir())
    known = {f"{one.name}/{own.id}" for one in bundled for own in one.checklist}
    for check in CATALOG.checks.values():
        assert set(check.items) <= known, check.id


def test_a_column_that_moves_between_hunks_of_a_bare_diff_is_no_change_of_the_schema() -> None:
    column = "    locale = Column(String(8))"
    reviewer = agent(NAME, item("migration-for-model-change"))
    moved = changed("api/models/user.py", hunk(2, f"-{column}", " "), hunk(20, " ", f"+{column}", old_start=21))
    assert run(change_set(moved), reviewer).findings == ()
    altered = changed("api/models/user.py", hunk(2, f"-{column}", f"+{column.replace('8', '9')}"))
    assert [f.check for f in run(change_set(altered), reviewer).findings] == ["missing-migration"]
