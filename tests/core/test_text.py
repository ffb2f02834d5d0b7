from __future__ import annotations

import pytest

from reviewbot.core.text import is_read_otherwise, printable


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


OTHERWISE = "utf-7 UTF_7 raw_unicode_escape unicode-escape cp037 utf-16 rot13 zlib_codec no-such"
AS_IT_LOOKS = "utf-8 utf-8-sig latin-1 iso-8859-15 cp1252 ascii euc-jp koi8-r"


@pytest.mark.parametrize("name", OTHERWISE.split())
def test_a_file_that_python_reads_otherwise_than_it_looks_is_seen(name: str) -> None:
    for line in (f"# coding: {name}", f"#!/usr/bin/python\n \t# -*- coding={name} -*-", f"\n# vim: coding:{name}"):
        assert is_read_otherwise(f"{line}\nx = 1\n")


@pytest.mark.parametrize("name", AS_IT_LOOKS.split())
def test_what_is_as_it_looks_is_read(name: str) -> None:
    assert not is_read_otherwise(f"# coding: {name}\nx = 1\n")


def test_a_declaration_stands_in_a_comment_of_the_first_two_lines() -> None:
    assert not is_read_otherwise("\n\n# coding: utf-7\n")
    assert not is_read_otherwise("x = 1  # coding: utf-7\n")
    assert not is_read_otherwise("")
