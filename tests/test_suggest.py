from __future__ import annotations

import pytest

from reviewbot.finding import Suggestion
from reviewbot.suggest import applied, verified

TEXT = "def f(db):\n    db.commit()\n    return 1\n"


def test_a_suggestion_that_parses_is_verified() -> None:
    suggestion = Suggestion(2, 2, "    await db.commit()")
    assert verified("async " + TEXT, suggestion) == Suggestion(2, 2, "    await db.commit()", verified=True)
    assert applied(TEXT, Suggestion(2, 2, "")) == "def f(db):\n    return 1\n"


@pytest.mark.parametrize(
    ("text", "suggestion"),
    [
        pytest.param(TEXT, Suggestion(2, 2, "    db.commit("), id="does not parse afterwards"),
        pytest.param("def g(:\n" + TEXT, Suggestion(3, 3, "    pass"), id="did not parse before"),
        pytest.param(TEXT, Suggestion(2, 9, "    pass"), id="no such lines"),
        pytest.param(TEXT, Suggestion(0, 1, "    pass"), id="line zero"),
        pytest.param(TEXT, Suggestion(2, 2, "    db.commit()"), id="changes nothing"),
    ],
)
def test_any_other_is_dropped(text: str, suggestion: Suggestion) -> None:
    assert verified(text, suggestion) is None


def test_a_file_with_crlf_keeps_it() -> None:
    assert applied("a\r\nb\r\n", Suggestion(1, 1, "x\ny")) == "x\r\ny\r\nb\r\n"
