from __future__ import annotations

from reviewbot.core.text import printable


def test_what_could_steer_a_terminal_is_shown_as_an_escape() -> None:
    assert printable("a\x1b[31mb\rc\x9b") == "a\\x1b[31mb\\rc\\x9b"


def test_text_that_would_be_reordered_on_screen_is_shown() -> None:
    assert printable("a\u202eb\u2066c") == "a\\u202eb\\u2066c"


def test_ordinary_text_in_any_script_stays() -> None:
    assert printable("Straße\t日本語 🙂\n") == "Straße\t日本語 🙂\n"
