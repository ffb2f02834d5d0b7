"""What commands have in common at their end: the payload, and the exit code."""

from __future__ import annotations

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.core.errors import OutputError, UsageError
from reviewbot.core.finding import Placement
from reviewbot.core.review import Verdict
from reviewbot.core.unreviewed import was_possible, without_findings
from reviewbot.settings.config import WHERE_POSSIBLE

if TYPE_CHECKING:
    from reviewbot.core.review import Review
    from reviewbot.settings.config import Config


def exit_code(review: Review, config: Config) -> int:
    """Give 3 when something failed or a required review did not happen, 1 for findings at the threshold, else 0."""
    if review.failures:
        return 3
    nothing = without_findings(review.not_reviewed, review.coverage.files) is Verdict.NOT_REVIEWED
    required = was_possible(review) if config.require_review == WHERE_POSSIBLE else config.require_review
    if required and nothing and review.verdict in {Verdict.NOT_REVIEWED, Verdict.INCOMPLETE}:
        return 3
    shown = (finding for finding in review.findings if finding.placement is not Placement.HELD_BACK)
    return int(any(config.fail_on.is_reached_by(finding.severity) for finding in shown))


def write(text: str, output: str | None, what: str = "--output") -> None:
    """Put the payload into the file, or on standard output.

    Args:
        text: The payload.
        output: The file, or None for standard output.
        what: What the file is, for messages.

    Raises:
        UsageError: The file cannot be written.
        OutputError: Standard output cannot.
        BrokenPipeError: Its reader has seen enough.
    """
    if output is None:
        _print(text)
        return
    try:
        Path(output).write_text(text, encoding="utf-8", errors="replace", newline="")
    except OSError as error:
        raise UsageError(f"{what} {output}: cannot write: {error.strerror}") from error


def is_terminal() -> bool:
    """Tell whether people watch standard output."""
    return sys.stdout is not None and sys.stdout.isatty()


def leave_output() -> None:
    """Let nobody write to standard output again, or the interpreter would complain when it ends."""
    os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())


def _print(text: str) -> None:
    if sys.stdout is None:
        raise OutputError("standard output is closed: leave it open, or name a file with --output")
    try:
        sys.stdout.buffer.write(text.encode("utf-8", errors="replace"))
        sys.stdout.buffer.flush()
    except BrokenPipeError:
        raise
    except OSError as error:
        leave_output()
        raise OutputError(f"standard output cannot be written: {error.strerror}") from error
