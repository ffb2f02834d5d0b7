"""What the engine does where something is missing, broken, said twice, or in pieces."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any
from unittest import mock

import pytest
from builders import agent, change_set, changed, hunk, item
from trees import Files

from reviewbot.checks import catalog, engine, ruff
from reviewbot.checks.changeset import public_post_without_limit as post
from reviewbot.core.change import ChangedFile, ChangeSet, FileKind, LineKind, Side
from reviewbot.core.check import CheckRun, Needs, Reach
from reviewbot.core.errors import EngineError
from reviewbot.core.review import Assignment, Grade

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.results import CheckResult

CATALOG = catalog.load()
RUFF = [rule for rule in CATALOG.rules if rule.codes]
SINAG, TRAINSMART = "sinag-backend-architect", "trainsmart-senior-backend-architect"
REVIEWER = agent(
    SINAG, item("n-plus-one"), item("bulk-operations"), item("async-io"), item("migration-for-model-change")
)


def run(
    changes: ChangeSet, checks: catalog.Catalog = CATALOG, files: Mapping[str, tuple[str, ...]] | None = None
) -> CheckResult:
    agents = {SINAG: REVIEWER, TRAINSMART: agent(TRAINSMART, item("no-trailing-slash"))}
    assigned = files or {SINAG: tuple(file.path for file in changes.files)}
    assignments = [Assignment(name, Grade.PROJECT, paths, 1.0) for name, paths in assigned.items()]
    return engine.run(changes, assignments, agents, checks)


def added(path: str, text: str) -> ChangedFile:
    lines = [f"+{line}" for line in text.removesuffix("\n").split("\n")]
    return changed(path, hunk(1, *lines), kind=FileKind.ADDED, new_text=text)


def bare(file: ChangedFile) -> ChangedFile:
    return replace(file, new_text=None)


def of(result: CheckResult, check: str) -> CheckRun:
    (one,) = (one for one in result.runs if one.check == check)
    return one


LOOP = "def f{0}(db, ids):\n    for i in ids:\n        db.query(A).get(i)\n        db.query(B).get(i)\n"


def test_a_rule_that_speaks_once_for_a_function_says_it_for_each_function_and_each_file() -> None:
    text = LOOP.format(1) + LOOP.format(2)
    result = run(change_set(added("a.py", text), added("b.py", text)))
    assert [(f.path, f.start_line, f.symbol) for f in result.findings] == [
        ("a.py", 3, "f1"),
        ("a.py", 7, "f2"),
        ("b.py", 3, "f1"),
        ("b.py", 7, "f2"),
    ]


def test_two_hunks_of_one_function_are_one_place_and_of_an_unknown_one_two() -> None:
    lines = ["     for i in ids:", "+        db.query(A).get(i)"]
    first, second = hunk(10, *lines), hunk(50, *lines)
    unknown = run(change_set(changed("a.py", first, second)))
    assert [f.start_line for f in unknown.findings] == [11, 51]
    named = (replace(one, section="async def totals(db, ids):") for one in (first, second))
    known = run(change_set(changed("a.py", *named)))
    assert [(f.start_line, f.symbol) for f in known.findings] == [(11, "totals")]


def test_evidence_of_a_crlf_file_has_no_carriage_return() -> None:
    (finding,) = run(change_set(added("a.py", LOOP.format("").replace("\n", "\r\n")))).findings
    assert (finding.start_line, finding.evidence) == (3, "        db.query(A).get(i)")


def test_evidence_is_in_the_post_image_where_the_finding_says() -> None:
    text = "# größer 🙂\n\n" + LOOP.format("ü")
    (finding,) = run(change_set(added("a.py", text))).findings
    assert "\n".join(text.split("\n")[finding.start_line - 1 : finding.end_line]) == finding.evidence


def test_the_order_of_the_files_does_not_change_what_is_found() -> None:
    files = [added(f"{name}.py", LOOP.format(name)) for name in "abc"]
    forward, backward = run(change_set(*files)), run(change_set(*reversed(files)))
    assert set(forward.findings) == set(backward.findings)
    assert run(change_set(*files)) == forward


def test_a_file_that_does_not_parse_hides_nothing_in_the_others() -> None:
    result = run(change_set(added("a.py", LOOP.format(1)), added("b.py", 'x = """\n'), added("c.py", LOOP.format(3))))
    assert [f.path for f in result.findings] == ["a.py", "c.py"]


@pytest.mark.parametrize("how", ["-", "[", "1+"])
def test_a_file_that_ruff_breaks_at_costs_no_other_file_its_findings(how: str) -> None:
    """An expression so deep that ruff overflows its stack, beside code that it has something to say of."""
    deep = f"x = {how * 50_000}1{']' * 50_000 * (how == '[')}\n"
    code = "import time\n\n\nasync def wait():\n    time.sleep(1)\n"
    files = {f"a{n}.py": code for n in range(3)} | {"deep.py": deep} | {f"z{n}.py": code for n in range(3)}
    drafts, unread = ruff.run(RUFF, [added(name, text) for name, text in files.items()])
    assert {draft.path for draft in drafts["blocking-call-in-async"]} == set(files) - {"deep.py"}
    assert list(unread) == ["deep.py"]
    assert "stack" in unread["deep.py"]


def test_ruff_that_is_missing_is_said_and_its_check_counts_as_not_run(monkeypatch: pytest.MonkeyPatch) -> None:
    def missing() -> str:
        raise FileNotFoundError("no ruff")

    monkeypatch.setattr(ruff, "find_ruff_bin", missing)
    result = run(change_set(added("a.py", LOOP.format(1))))
    assert [failure.stage for failure in result.failures] == ["checks"]
    assert "ruff is not installed" in result.failures[0].message
    assert of(result, "blocking-call-in-async").reach is Reach.NOTHING
    assert [f.check for f in result.findings] == ["query-in-loop"]


@pytest.mark.parametrize("program", ["/bin/false", "/bin/echo", "/no/such/program"])
def test_a_ruff_that_fails_is_an_error_of_the_engine(program: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruff, "find_ruff_bin", lambda: program)
    with pytest.raises(EngineError, match="ruff"):
        ruff.run(RUFF, [added("a.py", "x = 1\n")])


def test_ruff_reports_added_lines_only_and_reads_the_newest_syntax() -> None:
    text = "import time\ntype A[T] = list[T]\nasync def f():\n    time.sleep(1)\n    time.sleep(2)\n"
    (one,) = added("a.py", text).hunks
    lines = (replace(line, kind=LineKind.CONTEXT, old=1) if line.new == 4 else line for line in one.lines)
    file = changed("a.py", replace(one, lines=tuple(lines)), new_text=text)
    assert [(d.start_line, d.symbol) for d in ruff.run(RUFF, [file]).drafts["blocking-call-in-async"]] == [(5, "f")]


def test_ruff_is_not_started_for_hunks(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(ruff, "run", lambda *_: pytest.fail("started"))
    result = run(change_set(bare(added("a.py", LOOP.format(1)))))
    assert of(result, "blocking-call-in-async").reach is Reach.NOTHING
    assert of(result, "query-in-loop").reach is Reach.PARTIAL


def with_check(run_it: Any, **more: Any) -> catalog.Catalog:
    (one,) = (one for one in CATALOG.change_checks if one.check.id == "missing-migration")
    return catalog.Catalog(CATALOG.rules, (catalog.ChangeCheck(replace(one.check, paths=(), **more), run_it),))


def test_a_check_of_the_change_that_crashes_is_a_failure_and_the_others_run() -> None:
    def crash(_: Context) -> Iterator[Draft]:
        raise ZeroDivisionError("by zero")

    result = run(change_set(added("a.py", LOOP.format(1))), with_check(crash))
    assert [failure.message for failure in result.failures] == ["missing-migration broke: ZeroDivisionError: by zero"]
    assert of(result, "missing-migration").reach is Reach.NOTHING
    assert [f.check for f in result.findings] == ["query-in-loop"]


def test_a_check_of_the_tree_does_not_run_without_one() -> None:
    result = run(change_set(added("a.py", "x = 1\n")), with_check(lambda _: pytest.fail("ran"), needs=Needs.TREE))
    assert (of(result, "missing-migration").reach, result.failures) == (Reach.NOTHING, ())


MODEL = added("api/app/models/user.py", 'class User(Base):\n    __tablename__ = "users"\n    id = Column(Integer)\n')
MIGRATION = added("api/alembic/versions/1_users.py", "def upgrade():\n    pass\n")


def test_a_migration_of_another_project_of_the_monorepo_does_not_count() -> None:
    for path in ("depot/alembic/versions/1_users.py", "alembic/versions/1_users.py", "api2/alembic/versions/1.py"):
        other = added(path, MIGRATION.new_text or "")
        changes = change_set(MODEL, other)
        assert run(changes, files={SINAG: (MODEL.path,)}).findings == ()
        (finding,) = run(changes, files={SINAG: (MODEL.path,), TRAINSMART: (other.path,)}).findings
        assert (finding.check, finding.start_line) == ("missing-migration", 2)


def test_a_migration_beside_the_model_counts_whoever_reviews_it() -> None:
    changes = change_set(MODEL, MIGRATION)
    assert run(changes, files={SINAG: (MODEL.path,), TRAINSMART: (MIGRATION.path,)}).findings == ()


def test_a_removed_column_is_shown_on_the_side_where_it_stood() -> None:
    text = 'class User(Base):\n    __tablename__ = "users"\n'
    file = changed(
        MODEL.path,
        hunk(2, '     __tablename__ = "users"', "-    id = Column(Integer)"),
        old_text=MODEL.new_text,
        new_text=text,
    )
    for one in (file, replace(file, old_text=None, new_text=None)):
        (finding,) = run(change_set(one)).findings
        assert (finding.side, finding.start_line, finding.evidence) == (Side.LEFT, 3, "    id = Column(Integer)")


def test_a_deleted_model_needs_a_migration_as_well() -> None:
    lines = [f"-{line}" for line in (MODEL.new_text or "").splitlines()]
    file = changed(MODEL.path, hunk(1, *lines), kind=FileKind.DELETED, old_text=MODEL.new_text)
    result = run(change_set(file))
    assert [(f.side, f.start_line) for f in result.findings] == [(Side.LEFT, 2)]
    assert of(result, "missing-migration").reach is Reach.WHOLE


def test_a_column_that_moves_to_another_class_is_a_change_where_the_classes_are_seen() -> None:
    column = "    note = Column(Text)"
    before, after = ["class A(Base):", column, "class B(Base):"], ["class A(Base):", "class B(Base):", column]
    file = changed(
        MODEL.path,
        hunk(1, " class A(Base):", f"-{column}", " class B(Base):", f"+{column}"),
        old_text="\n".join(before),
        new_text="\n".join(after),
    )
    assert [(f.start_line, f.symbol) for f in run(change_set(file)).findings] == [(3, "B")]


def test_a_column_that_moves_between_hunks_is_none_though_only_one_shows_the_class() -> None:
    column = "    note = Column(Text)"
    hunks = (
        hunk(1, " class A(Base):", f"-{column}", " "),
        hunk(20, "     def title(self) -> str: ...", f"+{column}", old_start=21),
    )
    assert run(change_set(changed(MODEL.path, *hunks))).findings == ()


def test_the_routes_of_an_application_are_gone_through_once_however_many_are_new() -> None:
    head = "from fastapi import APIRouter\nrouter = APIRouter()\n"
    routes = {f"app/r{n}.py": f"{head}@router.post('/a{n}')\ndef add{n}(a: dict): ...\n" for n in range(5)}
    main = "from fastapi import FastAPI\nfrom app import r0, r1, r2, r3, r4\napp = FastAPI()\n"
    main += "".join(f"app.include_router(r{n}.router)\n" for n in range(5))
    tree = Files({**routes, "app/main.py": main})
    changes = change_set(*(added(path, text) for path, text in routes.items()), head_tree=tree)
    reviewer = agent(SINAG, item("rate-limited-public-endpoints"))
    assignment = Assignment(SINAG, Grade.PROJECT, tuple(routes), 1.0)
    with mock.patch.object(post, "_limited", wraps=post._limited) as limited:  # noqa: SLF001 - it took the square of the time
        engine.run(changes, [assignment], {SINAG: reviewer}, CATALOG)
    assert limited.call_count == 1


def test_a_file_that_is_nested_too_deeply_to_be_searched_is_a_failure_and_the_others_are_checked() -> None:
    deep, other = (f"def f(db, x):\n    {body}\n    db.commit()" for body in ("x.meta" + ".get('a')" * 3_000, "pass"))
    lines = ["def f(db: Session, name: str) -> None:", "    db.execute(text(f'SELECT {name}'))"]
    reviewer = agent(SINAG, item("sql-injection"))
    files = [added("app/a.py", deep), added("app/b.py", other), added("app/c.py", "\n".join(lines))]
    assignment = Assignment(SINAG, Grade.PROJECT, tuple(file.path for file in files), 1.0)
    result = engine.run(change_set(*files), [assignment], {SINAG: reviewer}, CATALOG)
    assert [finding.path for finding in result.findings] == ["app/c.py"]
    (failure,) = [one for one in result.failures if "no check looked at it" in one.message]
    assert failure.message.startswith("app/a.py: ")


@pytest.mark.parametrize(
    ("made", "found"),
    [
        pytest.param("'SELECT ' + " + " + ".join(["name"] * 1_500), True, id="a long sum"),
        pytest.param("(" * 900 + "'SELECT ' + name" + ")" * 900, False, id="more brackets than a query has"),
        pytest.param("'SELECT ' + a", True, id="names that go round in circles"),
        pytest.param("'SELECT ' + ', '.join([" + ", ".join(["'a'"] * 5_000) + "])", False, id="a long list"),
    ],
)
def test_a_text_is_followed_as_far_as_a_query_goes(made: str, *, found: bool) -> None:
    lines = ["def f(db: Session, name: str) -> None:", "    a = b + name", "    b = a", f"    db.execute(text({made}))"]
    reviewer = agent(SINAG, item("sql-injection"))
    assignment = Assignment(SINAG, Grade.PROJECT, ("app/x.py",), 1.0)
    changes = change_set(added("app/x.py", "\n".join(lines)))
    result = engine.run(changes, [assignment], {SINAG: reviewer}, CATALOG)
    assert ("sql-built-from-strings" in {finding.check for finding in result.findings}) is found
