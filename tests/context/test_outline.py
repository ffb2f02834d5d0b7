"""Of a long function the lines that say what comes of it, within a limit."""

from __future__ import annotations

import pytest

from reviewbot.context.module import Module
from reviewbot.context.outline import function_outline
from reviewbot.context.snippet import build

FUNCTION = '''\
async def settle(db, invoice, amount):
    """Settle an invoice.

    Args:
        db: The session.
    """
    note = "kept"
    note += "."
    note += "."
    note += "."
    if amount < 0:
        raise ValueError(amount)
    total = 1
    total += 1
    total += 2
    total += 3
    newest = (await db.scalars(select(Payment).order_by(Payment.at))).all()[:20]
    total += 4
    total += 5
    total += 6
    ledger.book(
        invoice,
        amount,
    )
    total += 7
    total += 8
    total += 9
    logger.info("settled")
    total += 10
    total += 11
    await db.commit()
    total += 12
    total += 13
    total += 14
    return newest
'''


def outlined(short: int) -> str:
    (function,) = (module := Module("a.py", FUNCTION)).body
    snippet = build(module, function_outline(function, short), "x")
    assert snippet is not None
    return snippet.text


def test_of_a_long_function_its_results_and_effects_are_shown_and_calls_where_there_is_room() -> None:
    text = outlined(20)
    for line in ("raise ValueError", "if amount < 0", "[:20]", "await db.commit()", "return newest", "ledger.book("):
        assert line in text
    for line in ("Args:", "note", "total", "logger"):
        assert line not in text
    assert "... lines 3-10 left out" in text
    assert "ledger" not in outlined(14)


@pytest.mark.parametrize("short", [3, 5, 8, 12, 16, 25])
def test_the_limit_holds_and_what_comes_last_is_kept_longest(short: int) -> None:
    text = outlined(short)
    assert text.count("\n") + 1 <= max(short, 2)
    assert short < 5 or "return newest" in text


def test_a_short_function_is_whole_without_the_rest_of_its_docstring() -> None:
    text = outlined(40)
    assert "total += 14" in text
    assert "Args:" not in text
