from __future__ import annotations

import time

import pytest

from reviewbot.core.errors import EngineError
from reviewbot.python.syntax import Source, parses

CODE = """\
import a

@register
class Häuser:
    größe = 1

    async def öffnen(self):
        def helper():
            return "🙂"
        return helper

    x = 2
y = 3
"""


@pytest.mark.parametrize(
    ("line", "symbol"),
    [
        (1, ""),
        (3, "Häuser"),
        (5, "Häuser"),
        (7, "Häuser.öffnen"),
        (9, "Häuser.öffnen.helper"),
        (10, "Häuser.öffnen"),
        (12, "Häuser"),
        (13, ""),
        (99, ""),
    ],
)
def test_the_symbol_is_the_class_and_function_around_a_line(line: int, symbol: str) -> None:
    assert Source(CODE).symbol(line) == symbol


def test_columns_and_offsets_count_characters() -> None:
    text = 'é = "🙂🙂"; f(ü, "🙂")\r\nf(1)\r\n'
    first, second = (
        Source(text).find({"rule": {"pattern": "f($A, $B)"}}),
        Source(text).find({"rule": {"pattern": "f(1)"}}),
    )
    (match,) = first
    line = text.split("\n")[match.span.start_line - 1]
    assert line[match.span.start_column : match.span.end_column] == match.span.text == 'f(ü, "🙂")'
    assert text[match.span.start : match.span.end] == match.span.text
    assert match.variable("A") is not None
    assert match.variable("NO") is None
    assert [one.span.start_line for one in second] == [2]


def test_a_transformed_piece_of_several_lines_keeps_its_indentation() -> None:
    text = "class A:\n    def f(self):\n        x = g(\n            1,\n\n            2,\n        )\n"
    more = {"replace": {"source": "$CALL", "replace": r",?(?P<end>\s*\))$", "by": ", 3$end"}}
    config = {"rule": {"all": [{"pattern": "$CALL"}, {"pattern": "g($$$)"}]}, "transform": {"MORE": more}}
    (match,) = Source(text).find(config)
    assert match.filled("$MORE") == "g(\n            1,\n\n            2, 3\n        )"


def test_a_template_may_name_a_variable_that_only_one_branch_of_the_rule_has() -> None:
    rule = {"any": [{"pattern": "f($A)"}, {"pattern": "g($B)"}]}
    first, second = Source("f(1)\ng(2)\n").find({"rule": rule})
    assert [match.fills("h($A, $$$C)") for match in (first, second)] == [True, False]


@pytest.mark.parametrize(
    ("call", "expected"),
    [
        ("f()", "f(t=1)"),
        ("f(a)", "f(a, t=1)"),
        ("f(a,)", "f(a, t=1,)"),
        ("f(a,  # (1\n)", "f(a, t=1,  # (1\n)"),
        ("f(t=None, b=g(t=2))", "f(t=1, b=g(t=2))"),
        ("f(*a)", "f(*a, t=1)"),
        ("f('ü🙂', ')')", "f('ü🙂', ')', t=1)"),
        ("f(  # none\n)", "f(t=1  # none\n)"),
        ("f(x for x in y)", None),
    ],
)
def test_a_call_gets_an_argument(call: str, expected: str | None) -> None:
    (match,) = Source(f"x = {call}\n").find({"rule": {"pattern": "x = $CALL"}})
    made = match.with_argument("CALL", "t=1")
    assert (made.text if made else None) == expected
    assert match.with_argument("OTHER", "t=1") is None


def test_a_template_is_filled_with_what_the_variables_matched() -> None:
    (match,) = Source("f(a, 'x',\n  b,)").find({"rule": {"pattern": "f($FIRST, $$$REST)"}})
    assert match.filled("g($FIRST)[$$$REST]") == "g(a)['x',\n  b]"
    assert match.filled("$NOTHING|$$$NOTHING") == "|"


def test_a_match_can_be_counted_from_another_line() -> None:
    (match,) = Source(CODE).find({"rule": {"pattern": "return helper"}})
    assert match.within(3).span.start_line == match.span.start_line - 3 == 7


@pytest.mark.parametrize(
    "text", ["", "\n", "x = 1\n", CODE, "type X[T] = list[T]\n", "match x:\n    case 1: pass\n", "t'{x}'\n"]
)
def test_python_parses_the_newest_too(text: str) -> None:
    assert parses(text)


@pytest.mark.parametrize(
    "text", ["def f(:\n    pass\n", "x = (1,\n", "if a:\n", "f(a b)\n", "class A\n    x = 1\n", "x = 'abc\n"]
)
def test_what_does_not_parse(text: str) -> None:
    assert not parses(text)


def test_a_rule_that_ast_grep_does_not_understand_is_an_error_of_the_engine() -> None:
    with pytest.raises(EngineError):
        list(Source("x").find({"rule": {"kind": "no_such_kind"}}))


@pytest.mark.parametrize("text", ["= 'e\n# r\n" * 12_000, "x = 1\n" + "#\n" * 50_000])
def test_a_text_that_takes_the_square_of_its_length_is_not_parsed(text: str) -> None:
    """The first is no Python, the second is; a megabyte of either would take half an hour."""
    source = Source(text)
    began = time.process_time()
    assert not source.parses
    assert list(source.find({"rule": {"kind": "comment"}})) == []
    assert source.tree is None
    assert time.process_time() - began < 20


@pytest.mark.parametrize(
    "text", ["x = a" + ".b('c')" * 9_000, "x = (a\n" + "    .b('c')\n" * 9_000 + ")", "x = " + "-" * 9_000 + "1"]
)
def test_what_is_nested_deeper_than_people_write_is_not_searched(text: str) -> None:
    """A rule that names itself would need more of the stack than there is, and the process would end without a word."""
    source = Source(text)
    assert not source.parses
    assert list(source.find({"rule": {"kind": "string"}})) == []
    assert source.tree is None


def test_what_is_long_and_ordinary_is_parsed() -> None:
    source = Source("def f(a):\n    # it returns\n    return [a, 1]\n\n\n" * 4_000)
    assert source.parses
    assert source.tree is not None
    assert Source("x = " + " + ".join(["'a'"] * 1_500)).tree is not None
