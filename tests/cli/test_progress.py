"""What people at a terminal see while they wait: a line that says what is done, and nothing of it afterwards."""

from __future__ import annotations

import contextlib
import fcntl
import io
import os
import pty
import re
import struct
import subprocess
import sys
import termios
import threading
from argparse import Namespace
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TYPE_CHECKING

import program
import pytest

from reviewbot.cli.reading import watched
from reviewbot.core.telling import counted, nobody
from reviewbot.output.progress import Progress

if TYPE_CHECKING:
    from collections.abc import Iterator

SINAG = Path(__file__).parents[2] / "examples" / "sinag-validation.diff"
CLEARED = "\x1b[2K"


class Terminal:
    """A terminal, and what was written to it."""

    def __init__(self, columns: int = 100) -> None:
        self.outer, self.inner = pty.openpty()
        fcntl.ioctl(self.inner, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self._written = b""
        self._more = threading.Condition()
        self._reader = threading.Thread(target=self._read, daemon=True)
        self._reader.start()

    def _read(self) -> None:
        try:
            while data := os.read(self.outer, 65536):
                with self._more:
                    self._written += data
                    self._more.notify()
        except OSError:  # the other end was closed
            return

    def close(self) -> None:
        """Let go of it once nobody writes any more: until then its number is not free for another one."""
        self._reader.join()
        os.close(self.outer)

    @property
    def written(self) -> str:
        return self._written.decode()

    def shows(self, words: str, seconds: float = 60) -> bool:
        """Wait until something is written."""
        with self._more:
            return self._more.wait_for(lambda: words.encode() in self._written, seconds)

    def screen(self) -> list[str]:
        """Give the lines that a person sees now, as far as we move: return, clear the line, up one line."""
        lines, at = [""], 0
        for piece in re.findall(r"\x1b\[[0-9;?]*[A-Za-z]|\r|\n|[^\x1b\r\n]+", self.written):
            if piece == "\n":
                at += 1
                lines += [""] * (at == len(lines))
            elif piece == "\x1b[1A":
                at -= 1
            elif piece == CLEARED:
                lines[at] = ""
            elif not piece.startswith(("\x1b", "\r")):
                lines[at] += piece
        return [line for line in lines if line.strip()]


@contextmanager
def terminal(columns: int = 100) -> Iterator[tuple[Terminal, IO[str]]]:
    made = Terminal(columns)
    with os.fdopen(made.inner, "w", encoding="utf-8") as file:
        yield made, file
    made.close()


@pytest.fixture(autouse=True)
def _a_capable_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TERM", "xterm")
    for name in ("CI", "NO_COLOR", "COLUMNS", "LINES"):
        monkeypatch.delenv(name, raising=False)


def test_a_line_says_what_is_done_and_is_gone_afterwards() -> None:
    with terminal() as (seen, file):
        with Progress(file, patience=0) as tell:
            tell("checks", "120 of 3,000 files")
            tell("model", "2 of 5 bundles done")
            assert seen.shows("checks: 120 of 3,000 files; model: 2 of 5 bundles done")
            tell("checks", "")
            assert seen.shows(" model: 2 of 5")
        assert seen.shows(f"\x1b[1A{CLEARED}")
        assert seen.screen() == []


def test_nothing_is_shown_of_what_is_done_at_once() -> None:
    with terminal() as (seen, file):
        with Progress(file, patience=60) as tell:
            tell("checks", "1 of 1 files")
        file.write("done\n")
        file.flush()
        assert seen.shows("done\r\n")
        assert seen.written == "done\r\n"


def test_what_goes_wrong_leaves_no_line_either() -> None:
    with terminal() as (seen, file):
        with contextlib.suppress(ZeroDivisionError), Progress(file, patience=0) as tell:
            tell("checks", "1 of 2 files")
            assert seen.shows("1 of 2 files")
            raise ZeroDivisionError
        assert seen.shows(f"\x1b[1A{CLEARED}")
        assert seen.screen() == []


def test_the_line_stays_one_line_and_steers_nothing() -> None:
    with terminal(40) as (seen, file):
        with Progress(file, patience=0) as tell:
            tell("model", f"reviewing a\x1b[31m\r\nb/{'x' * 300}.py")
            assert seen.shows("…")
        assert seen.shows(f"\x1b[1A{CLEARED}")
        assert "\x1b[31m" not in seen.written
        assert seen.screen() == []


def test_things_are_counted_as_they_are_taken() -> None:
    told: list[str] = []
    assert list(counted(range(1500), "files", "checks", lambda part, words: told.append(f"{part}: {words}")))
    assert (told[0], told[-1]) == ("checks: 1 of 1,500 files", "checks: 1,500 of 1,500 files")
    nobody("checks", "hears of it")


@contextmanager
def waiting(**environment: str) -> Iterator[tuple[Terminal, subprocess.Popen[bytes]]]:
    """Run the program, its standard error on a terminal, while it waits for a diff."""
    seen = Terminal()
    given = {**os.environ, "PYTHONPATH": str(program.TOP), **environment}
    command = [sys.executable, "-m", "reviewbot", "review", "-"]
    with subprocess.Popen(
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=seen.inner, env=given
    ) as process:
        os.close(seen.inner)
        yield seen, process
    seen.close()


def test_the_program_says_what_it_waits_for_and_leaves_the_terminal_clean() -> None:
    with waiting() as (seen, process):
        assert seen.shows("reading: the change")
        out, _ = process.communicate(SINAG.read_bytes(), timeout=60)
        assert process.returncode == 0
        assert out.decode().endswith("verdict: findings\n")
        assert "\x1b" not in out.decode()
        assert seen.shows(f"\x1b[1A{CLEARED}")
        assert seen.screen() == []


class Errors(io.StringIO):
    """Standard error, which is a terminal or not."""

    def __init__(self, *, terminal: bool) -> None:
        super().__init__()
        self._terminal = terminal

    def isatty(self) -> bool:
        return self._terminal


@pytest.mark.parametrize(
    ("terminal", "environment", "told"),
    [
        (True, {"TERM": "xterm"}, True),
        (True, {"TERM": "xterm", "CI": "true"}, False),
        (True, {"TERM": "dumb"}, False),
        (False, {"TERM": "xterm"}, False),
    ],
)
def test_nobody_is_told_in_a_workflow_or_a_file(
    terminal: bool, environment: dict[str, str], told: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sys, "stderr", Errors(terminal=terminal))
    with watched(Namespace(environment=environment, no_color=False)) as tell:
        assert (tell is not nobody) is told
