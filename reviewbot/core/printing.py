"""Standard output and standard error: the one place that writes to them.

Whatever stands in a file name, a title or a message, no line of ours steers a terminal, hides text, or is a command
that GitHub's runner obeys.
"""

from __future__ import annotations

import os
import re
import sys
from contextlib import suppress
from pathlib import Path
from typing import IO, Any

from reviewbot.core.errors import OutputError
from reviewbot.core.text import printable

ZERO_WIDTH = "\u200b"
_ANYWHERE = re.compile(r"##(?=[A-Za-z]{0,20}\[)")


def inert(text: str) -> str:
    """Break whatever a runner would obey when it finds it in a step's log.

    GitHub's obeys ``::name::`` after any blanks at the start of a line, and ``##[name]`` anywhere in it
    (actions/runner, src/Runner.Common/ActionCommand.cs); others ``##vso[name]`` (Azure) and ``##teamcity[name]``.
    """
    text = re.sub(r"^([^\S\n]*):(?=:)", rf"\1:{ZERO_WIDTH}", text, flags=re.MULTILINE)
    return _ANYWHERE.sub(f"#{ZERO_WIDTH}#", text)


def inert_json(text: str) -> str:
    """Break the same in JSON, where it can only stand in a string, so that a reader finds what was meant."""
    return _ANYWHERE.sub(r"#\\u0023", text)


def out(text: str, *, exact: bool = False) -> None:
    """Write to standard output.

    Args:
        text: What to write.
        exact: Whether it is safe by the rules of its own format: JSON, colours of ours, commands that are meant.

    Raises:
        OutputError: Standard output is closed or full.
        BrokenPipeError: Its reader has seen enough.
    """
    if sys.stdout is None:
        raise OutputError("standard output is closed: leave it open, or name a file with --output")
    try:
        sys.stdout.flush()
        sys.stdout.buffer.write((text if exact else inert(printable(text))).encode("utf-8", errors="replace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        leave_output()
        raise
    except OSError as error:
        leave_output()
        raise OutputError(f"standard output cannot be written: {error.strerror}") from error


def err(text: str) -> None:
    """Write to standard error; where that is full, or nobody reads it any more, the work goes on unheard."""
    try:
        sys.stderr.write(inert(printable(text)))
    except OSError:
        with suppress(OSError):  # a stream of a test has no number
            _leave(sys.stderr)


def say(sentence: str) -> None:
    """Write one line to standard error, with our name."""
    err(f"reviewbot: {' '.join(sentence.split())}\n")


def ask(question: str) -> str | None:
    """Ask who sits at the terminal, and give what they say; None where nobody sits there, or nothing was said."""
    if sys.stdin is None or not sys.stdin.isatty() or not sys.stderr.isatty():
        return None
    err(f"{question} ")
    sys.stderr.flush()
    return sys.stdin.readline().strip() or None


def is_terminal() -> bool:
    """Tell whether people watch standard output."""
    return sys.stdout is not None and sys.stdout.isatty()


def watched_errors() -> IO[str] | None:
    """Give standard error where people watch it, for what draws on a terminal."""
    return sys.stderr if sys.stderr.isatty() else None


def standard_output() -> Any:
    """Give standard output, to tell it from other files."""
    return sys.stdout


def leave_output() -> None:
    """Let nobody write to standard output again, or the interpreter would complain when it ends."""
    _leave(sys.stdout)


def _leave(stream: IO[str]) -> None:
    os.dup2(os.open(os.devnull, os.O_WRONLY), stream.fileno())


def open_what_is_closed() -> None:
    """Give every closed standard stream (`>&-`) a place to go, or the next file that is opened would be it."""
    for number in range(3):
        try:
            os.fstat(number)
        except OSError:
            os.open(os.devnull, os.O_RDWR)  # the lowest number that is free
    # What cannot be read or shown is an error, but nobody has to hear of it.
    if sys.stderr is None:
        sys.stderr = Path(os.devnull).open("w", encoding="utf-8")  # noqa: SIM115 - open as long as the program runs


class Errors:
    """Standard error as a file, for who wants one: whatever it is when something is written."""

    def write(self, text: str) -> None:
        """Write."""
        err(text)

    def flush(self) -> None:
        """Have nothing left to write."""
        sys.stderr.flush()
