"""What the printer makes of text, and that the log goes through it; the attacks on it are in ``tests/attacks``."""

from __future__ import annotations

import io
import json
import sys
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from reviewbot.core import logs, printing
from reviewbot.core.errors import OutputError


def test_what_a_runner_or_a_terminal_would_obey_is_broken(capsys: pytest.CaptureFixture[str]) -> None:
    printing.out("a ##[error]b\n  ::error::c\n\x1b[31m\n")
    printing.err("::stop-commands::x\n")
    said = capsys.readouterr()
    assert said.out == "a #\u200b#[error]b\n  :\u200b:error::c\n\\x1b[31m\n"
    assert said.err == ":\u200b:stop-commands::x\n"


def test_what_is_exact_stays(capsys: pytest.CaptureFixture[str]) -> None:
    printing.out("::warning title=ours::x\n", exact=True)
    assert capsys.readouterr().out == "::warning title=ours::x\n"


def test_a_sentence_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    printing.say("a\n::error::b")
    assert capsys.readouterr().err == "reviewbot: a ::error::b\n"


def test_the_log_is_json_that_says_what_was_meant(capsys: pytest.CaptureFixture[str]) -> None:
    logs.configure(json=True)
    logs.get_logger().warning("x", path="##[error]\x1b\u202e\n::b")
    logs.configure()
    line = capsys.readouterr().err
    assert "##[" not in line
    assert line.isascii()
    assert json.loads(line)["path"] == "##[error]\x1b\u202e\n::b"


def test_closed_standard_output_is_an_error_in_words(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sys.stdout", None)
    with pytest.raises(OutputError, match="standard output is closed"):
        printing.out("x")


def test_lines_of_threads_stay_whole(monkeypatch: pytest.MonkeyPatch) -> None:
    class Stream(io.StringIO):
        def write(self, text: str) -> int:
            written = super().write(text)
            time.sleep(0)  # where another thread may go on
            return written

    monkeypatch.setattr(sys, "stderr", stream := Stream())
    logs.configure(json=True)
    try:
        with ThreadPoolExecutor(8) as pool:
            list(pool.map(lambda number: logs.get_logger().info("asking", number=number), range(400)))
    finally:
        logs.configure()
    assert sorted(json.loads(line)["number"] for line in stream.getvalue().splitlines()) == list(range(400))
