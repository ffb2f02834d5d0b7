from __future__ import annotations

from typing import Any

import pytest

from reviewbot.checks import catalog
from reviewbot.checks.batches import Batch, batches, stays_inside
from reviewbot.checks.fragments import Fragment

CALL = {"rule": {"pattern": "f($X)"}}


def fragment(text: str, path: str = "x.py", section: str = "") -> Fragment:
    lines = range(1, text.count("\n") + 2)
    return Fragment(path, text, lines, frozenset(lines), whole=not section, section=section)


def seen(batch: Batch) -> list[tuple[str, int, str]]:
    return [(one.path, match.span.start_line, match.span.text) for one, match in batch.find(CALL)]


def test_fragments_that_parse_are_searched_together_each_with_its_own_lines() -> None:
    texts = ["f(1)\n", "", "class A:\n    def g(self):\n        f(2)", "# ü🙂\n\nf(3)\n"]
    pieces = [fragment(text, f"{at}.py") for at, text in enumerate(texts)]
    (batch,) = batches(pieces)
    assert seen(batch) == [("0.py", 1, "f(1)"), ("2.py", 3, "f(2)"), ("3.py", 3, "f(3)")]
    assert batch.symbol(pieces[2], 3) == "A.g"
    assert batch.symbol(pieces[3], 1) == ""


@pytest.mark.parametrize(
    "broken", ["def g(:\n  f(9)", 'x = """\nf(9)', "f(9\n", "x = (", "        f(9)\n    y)\n", "f(9) \\"]
)
def test_a_fragment_that_does_not_parse_reaches_no_other(broken: str) -> None:
    pieces = [fragment("f(1)\n", "a.py"), fragment(broken, "b.py"), fragment("def h():\n    f(2)\n", "c.py")]
    found = [one for batch in batches(pieces) for one in seen(batch)]
    assert [one for one in found if one[0] != "b.py"] == [("a.py", 1, "f(1)"), ("c.py", 2, "f(2)")]
    alone = [one for batch in batches([pieces[1]]) for one in seen(batch)]
    assert [one for one in found if one[0] == "b.py"] == alone


def test_two_halves_of_a_string_do_not_make_one_across_files() -> None:
    pieces = [fragment('f(1)\nx = """\n', "a.py"), fragment("f(2)\n", "b.py"), fragment('"""\nf(3)\n', "c.py")]
    assert [one for batch in batches(pieces) for one in seen(batch) if one[0] == "b.py"] == [("b.py", 1, "f(2)")]


def test_batches_are_small_enough_to_be_dropped() -> None:
    pieces = [fragment("f(1)\n" * 10_000, f"{at}.py") for at in range(10)]
    packed = list(batches(pieces))
    assert len(packed) == 3
    assert [one.path for batch in packed for one in batch.fragments] == [one.path for one in pieces]
    assert list(batches([])) == []


def test_a_hunk_tells_the_function_that_the_diff_shows() -> None:
    piece = fragment("    x = 1\n    f(1)\n\ndef other(): ...\n", section="outer")
    batch = Batch((piece,))
    assert [batch.symbol(piece, line) for line in (2, 4)] == ["outer", "other"]


@pytest.mark.parametrize(
    ("rule", "inside"),
    [
        ({"pattern": "f($X)"}, True),
        ({"kind": "call", "inside": {"kind": "function_definition", "stopBy": "end"}}, True),
        ({"inside": {"any": [{"kind": "for_statement"}, {"kind": "while_statement"}]}}, True),
        ({"has": {"nthChild": 1}}, True),
        ({"precedes": {"kind": "break_statement"}}, True),
        ({"not": {"inside": {"regex": "x", "stopBy": "end"}}}, False),
        ({"inside": {"kind": "module"}}, False),
        ({"all": [{"follows": {"pattern": "x", "stopBy": "end"}}]}, False),
        ({"has": {"follows": {"pattern": "x", "stopBy": "end"}}}, True),
        ({"nthChild": 1}, False),
        ({"inside": {"any": [{"kind": "for_statement"}, {"regex": "x"}]}}, False),
    ],
)
def test_only_a_rule_that_stays_inside_a_statement_is_run_on_many_files(rule: dict[str, Any], inside: bool) -> None:
    assert stays_inside({"rule": rule}) is inside


def test_most_rules_stay_inside() -> None:
    """What does not is run on each file by itself, which is slow: a new rule should have a reason for it."""
    alone = {rule.check.id for rule in catalog.load().rules if not stays_inside(rule.config)}
    # They ask what the module imports (MutableDict, asynchronous sessions), defines at its level (another function of
    # that name) or takes away again (`rmtree`), what stands before or after in the function, and one for the first of
    # several arguments.
    assert alone == {
        *("jsonb-changed-in-place", "sync-engine-in-async-app"),
        *("route-trailing-slash", "handler-name-repeated", "file-on-local-disk"),
        *("auth-check-skipped", "internal-error-exposed"),
    }


def test_what_a_change_leaves_alone_is_left_out_on_both_sides() -> None:
    """Else what stands in an unchanged function before would pass for what the changed one had."""
    same = "def g():\n    f(1)\n"
    old, new = f"{same}\n\ndef h():\n    f(2)\n", f"{same}\n\ndef h():\n    f(3)\n"
    piece = Fragment("x.py", new, range(1, 8), frozenset({6}), whole=True, old=old)
    assert piece.near == "def g():\n    ...\n\n\ndef h():\n    f(3)\n"
    assert piece.near_old == "def g():\n    ...\n\n\ndef h():\n    f(2)\n"
    # A function from which lines are only taken away is no other's before.
    less = Fragment("x.py", new, range(1, 8), frozenset({6}), whole=True, old=f"def g():\n    f(1)\n    f(0)\n\n{old}")
    assert "f(0)" in less.near_old
