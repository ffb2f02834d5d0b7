from __future__ import annotations

import pytest

from reviewbot.core.finding import Suggestion
from reviewbot.python.suggestion import applied, verified

TEXT = "def f(db):\n    db.commit()\n    return 1\n"


def test_a_suggestion_that_parses_is_verified() -> None:
    suggestion = Suggestion(2, 2, "    await db.commit()")
    assert verified("async " + TEXT, suggestion) == Suggestion(2, 2, "    await db.commit()", verified=True)
    assert applied(TEXT, [Suggestion(2, 2, "")]) == "def f(db):\n    return 1\n"


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        pytest.param(TEXT, Suggestion(2, 2, "    db.commit("), id="does not parse afterwards"),
        pytest.param("def g(:\n" + TEXT, Suggestion(3, 3, "    pass"), id="did not parse before"),
        pytest.param(TEXT, Suggestion(2, 9, "    pass"), id="no such lines"),
        pytest.param(TEXT, Suggestion(0, 1, "    pass"), id="line zero"),
        pytest.param(TEXT, Suggestion(2, 2, "    db.commit()"), id="changes nothing"),
        pytest.param(TEXT, Suggestion(2, 2, "    db.commit(now)"), id="uses a name that is nowhere"),
    ],
)
def test_any_other_is_dropped(text: str, suggestion: Suggestion) -> None:
    assert verified(text, suggestion) is None


def test_a_file_with_crlf_keeps_it() -> None:
    assert applied("a\r\nb\r\n", [Suggestion(1, 1, "x\ny")]) == "x\r\ny\r\nb\r\n"


@pytest.mark.parametrize(
    ("old", "new", "about", "kept"),
    [
        ("x = f(a)", "x = f(a, timeout=1)", (), True),
        ("x = f(a)", "x = a", (), False),
        ("x = f(a)", "x = a", ("f",), True),
        ("x = f(a)", "x = (f, a)", (), False),
        ("x = f(a)  # why", "x = f(a, 1)", (), False),
        ("x = f(a)  # why", "x = f(  # why\n    a, 1)", (), True),
        ("x = f(a)", "x = [f(one) for one in a]", (), True),
        ("x = f(a)", "with g(a) as x: f(a)", (), False),
        ("x = f(a)", "x = f(a).strip()", (), True),
    ],
)
def test_what_the_fix_is_not_about_is_still_there(old: str, new: str, about: tuple[str, ...], *, kept: bool) -> None:
    text = f"from m import f, a\n{old}\n"
    assert (verified(text, Suggestion(2, 2, new), about) is not None) is kept
