"""``reviewbot review``: review a change and print it in one of the formats."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot import logs
from reviewbot.commands import judging
from reviewbot.commands.inputs import read_change, read_settings, say
from reviewbot.errors import UsageError
from reviewbot.finding import Placement

if TYPE_CHECKING:
    from argparse import Namespace

    from reviewbot.config import Config
    from reviewbot.review import Review


def run(args: Namespace) -> int:
    """Review and print; give the exit code (see ``docs/command-line.md``)."""
    if args.pr:
        from reviewbot.commands import pullrequest

        return pullrequest.run(args)
    if args.post:
        raise UsageError("--post needs --pr OWNER/REPO#N: where to post")
    logs.configure(json=args.log_format == "json")
    settings = read_settings(args)
    judge = judging.of(settings.config, args.environment, args.record, args.replay)
    changes = read_change(args)
    if not changes.files:
        say("nothing to review: the diff is empty")
    from reviewbot import pipeline, reporters
    from reviewbot.checks import selection

    review = pipeline.review(changes, settings, selection.of(settings), judge)
    color = not args.output and sys.stdout.isatty() and not args.no_color
    write(reporters.render(args.format, review, changes, color=color), args.output)
    for failure in review.failures:
        say(f"failed: {failure.stage}: {failure.message}")
    return exit_code(review, settings.config)


def exit_code(review: Review, config: Config) -> int:
    """3 when something failed, 1 for findings at or above the threshold, else 0."""
    if review.failures:
        return 3
    if config.fail_on is None:
        return 0
    shown = (finding for finding in review.findings if finding.placement is not Placement.HELD_BACK)
    return int(any(finding.severity.at_least(config.fail_on) for finding in shown))


def write(text: str, output: str | None) -> None:
    """Put the payload into the file, or on standard output.

    Raises:
        UsageError: The file cannot be written.
    """
    if output is None:
        sys.stdout.buffer.write(text.encode("utf-8", errors="replace"))
        sys.stdout.buffer.flush()
        return
    try:
        Path(output).write_text(text, encoding="utf-8", errors="replace", newline="")
    except OSError as error:
        raise UsageError(f"--output {output}: cannot write: {error.strerror}") from error
