"""What stood there before the change is not said to be new, however the change laid it out."""

from __future__ import annotations

import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from builders import agent, change_set, item

from reviewbot.checks import catalog, engine, preexisting
from reviewbot.checks.case_files import edited
from reviewbot.core.review import Assignment, Grade

if TYPE_CHECKING:
    from reviewbot.core.change import ChangeSet

CATALOG = catalog.load()
PATH = "apps/api/app/services/area_service.py"
LOOP = "for i in ids:\n    db.query(Area).get(i)\n"
PRINT = "    print(ids)\n"
HEAD = "def names(db, ids):\n"


def lines(check: str, before: str, after: str, *, whole: bool = True) -> list[int]:
    file = edited(PATH, before, after)
    return found_in(change_set(file if whole else replace(file, old_text=None, new_text=None)), check)


def found_in(changes: ChangeSet, check: str) -> list[int]:
    name, _, item_id = CATALOG.checks[check].items[0].partition("/")
    only = catalog.Catalog(tuple(one for one in CATALOG.rules if one.check.id == check), ())
    paths = tuple(file.path for file in changes.files)
    found = engine.run(changes, [Assignment(name, Grade.PROJECT, paths, 1.0)], {name: agent(name, item(item_id))}, only)
    assert found.failures == ()
    return [finding.start_line for finding in found.findings]


def body(*statements: str) -> str:
    return HEAD + textwrap.indent("".join(statements), "    ")


@pytest.mark.parametrize("whole", [True, False])
def test_code_that_was_indented_is_old(whole: bool) -> None:
    after = body("if ids:\n", textwrap.indent(LOOP, "    "))
    assert lines("query-in-loop", body(LOOP), after, whole=whole) == []


def test_code_that_was_wrapped_is_old() -> None:
    after = body("for i in ids:\n    db.query(\n        Area,\n    ).get(i)\n")
    assert lines("query-in-loop", body(LOOP), after) == []


def test_a_loop_around_an_old_query_is_new() -> None:
    assert lines("query-in-loop", body("db.query(Area).get(i)\n"), body(LOOP)) == [3]


def test_an_edited_line_is_old_and_another_one_in_its_place_is_new() -> None:
    other = "for i in ids:\n    db.execute(select(Role.name).where(Role.owner_id == i)).scalars().all()\n"
    assert lines("query-in-loop", body(LOOP), body(LOOP.replace("Area", "Role"))) == []
    assert lines("query-in-loop", body(LOOP), body(LOOP.replace("Area", "Role"), LOOP)) == [3]
    assert lines("query-in-loop", body(LOOP), body(other)) == [3]


def test_what_is_severe_is_said_of_an_edited_line_too() -> None:
    old = HEAD.replace("def", "async def").replace("db,", "db: AsyncSession,") + "    db.execute(first)\n"
    assert lines("session-call-not-awaited", old, old.replace("first", "second")) == [2]


def test_the_same_once_more_is_new() -> None:
    after = body("if ids:\n", textwrap.indent(LOOP, "    "), LOOP)
    assert lines("query-in-loop", body(LOOP), after) == [4]


def test_style_is_new_only_where_a_function_has_more_of_it() -> None:
    old = HEAD + PRINT
    assert lines("print-in-application", old, HEAD + PRINT.replace("ids", "len(ids)")) == []
    assert lines("print-in-application", old, HEAD + PRINT.replace("ids", "len(ids)") + PRINT) == [2]
    assert lines("print-in-application", old, old + "\n\ndef more(ids):\n" + PRINT) == [6]


def test_a_comment_is_about_its_line() -> None:
    old = HEAD + "    first = load(ids)  # type: ignore\n"
    moved = body("if ids:\n    first = load(ids)  # type: ignore\n    last = load(ids)  # type: ignore\n")
    assert lines("blanket-suppression", old, moved) == [4]


def test_style_that_moves_to_another_file_is_old() -> None:
    line = "    print('so many ids:', len(ids))\n"
    there = edited("apps/api/app/services/old_service.py", HEAD + line, HEAD + "    return ids\n")
    for text, expected in ((line, []), (line.replace("ids:", "rows:"), [2])):
        here = edited(PATH, "", HEAD + text)
        assert found_in(change_set(here, there), "print-in-application") == expected


HANDLER = """\
    try:
        return load(url)
    except Exception as error:
        raise HTTPException(500, detail=str(error))
"""
OTHER = "apps/api/app/services/old_service.py"


@pytest.mark.parametrize(
    ("removed", "added", "expected"),
    [
        (HANDLER, HANDLER, []),
        # What stands around it is another, so that it may be alike by chance.
        (HANDLER, HANDLER.replace("load(url)", "load(url, again=True)"), [5]),
        # One excuses one.
        (HANDLER, HANDLER + "\n\ndef more(url):\n" + HANDLER, [12]),
        (HANDLER + "\n\ndef more(url):\n" + HANDLER, HANDLER + "\n\ndef more(url):\n" + HANDLER, []),
    ],
)
def test_little_code_is_old_where_its_neighbours_came_along(removed: str, added: str, expected: list[int]) -> None:
    there = edited(OTHER, "def old(url):\n" + removed, "")
    here = edited(PATH, "", "def new(url):\n" + added)
    assert found_in(change_set(here, there), "internal-error-exposed") == expected


def test_a_name_that_the_file_has_is_renamed_with_it() -> None:
    line = "    print('Old Shop of:', len(ids))\n".replace("Old Shop", "OldShop")
    for text, expected in ((line.replace("OldShop", "New_shop"), []), (line.replace("OldShop", "Another"), [2])):
        there = edited("apps/api/app/services/old_shop/load.py", HEAD + line, "")
        here = edited("apps/api/app/services/new_shop/load.py", "", HEAD + text)
        assert found_in(change_set(here, there), "print-in-application") == expected


def test_a_comment_makes_nothing_new() -> None:
    old = "def find(db, name):\n    return db.execute(\n        f'SELECT id FROM users WHERE name = {name}',\n    )\n"
    assert lines("sql-built-from-strings", old, old.replace("',\n", "',  # noqa: S608\n")) == []
    assert lines("sql-built-from-strings", old, old.replace("id FROM", "name FROM")) == [2]


def test_findings_of_ruff_too() -> None:
    old = "async def load(url):\n    return requests.get(url)\n"
    wrapped = "async def load(url):\n    return requests.get(\n        url,\n    )\n"
    imports = "import requests\n\n\n"
    assert lines("blocking-call-in-async", imports, imports + old) == [5]
    assert lines("blocking-call-in-async", imports + old, imports + wrapped) == []


@pytest.mark.parametrize(
    ("one", "other"),
    [("f(a,\n  b)", "f(\n    a,\n    b,\n)"), ("x['a']", 'x["a"]'), ("[1,\n]", "[1]"), ("{'a': 1,}", '{"a": 1}')],
)
def test_layout_does_not_count(one: str, other: str) -> None:
    assert preexisting.squeezed(one) == preexisting.squeezed(other)
    assert preexisting.squeezed("f(a, b)") != preexisting.squeezed("f(b, a)")
