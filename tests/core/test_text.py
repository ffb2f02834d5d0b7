from __future__ import annotations

import pytest

from reviewbot.core.text import printable


def test_what_could_steer_a_terminal_is_shown_as_an_escape() -> None:
    assert printable("a\x1b[31mb\rc\x9b") == "a\\x1b[31mb\\rc\\x9b"


def test_text_that_would_be_reordered_on_screen_is_shown() -> None:
    assert printable("a\u202eb\u2066c") == "a\\u202eb\\u2066c"


def test_ordinary_text_in_any_script_stays() -> None:
    assert printable("Straße\t日本語 🙂\n") == "Straße\t日本語 🙂\n"


@pytest.mark.parametrize(
    "hidden",
    [
        *"\u00ad\u034f\u115f\u1160\u180e\u200b\u200c\u200d\u2060\u2064\u3164\ufe00\ufe0f\uffa0",
        *"\U000e0001\U000e0041\U000e0100\U000e01ef",
    ],
)
def test_what_is_shown_as_nothing_is_shown_as_an_escape(hidden: str) -> None:
    shown = printable(f"a{hidden}b")
    assert shown.isascii()
    assert shown == f"a{hidden.encode('unicode_escape').decode()}b"
