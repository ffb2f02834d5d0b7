"""``reviewbot review``: review a change and print it in one of the formats."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.cli.reading import manner, read_change, read_settings, say, tell_written, watched
from reviewbot.core import children
from reviewbot.core.deadline import Deadline
from reviewbot.core.errors import UsageError
from reviewbot.core.telling import Watch
from reviewbot.review import engines
from reviewbot.review.outcome import demand_folder, exit_code, write

if TYPE_CHECKING:
    from argparse import Namespace

    from reviewbot.checks.catalog import Catalog


def run(args: Namespace) -> int:
    """Review and print; give the exit code (see ``docs/command-line.md``)."""
    demand_folder(args.output)
    if args.pr:
        from reviewbot.cli.commands import pull_request

        return pull_request.run(args)
    if args.post:
        raise UsageError("--post needs --pr OWNER/REPO#N: where to post")
    until = Deadline(args.timeout)
    settings = read_settings(args)
    judge = engines.of(settings.config, args.environment, args.record, args.replay, until)
    if judge is not None:
        from reviewbot.core import logs

        logs.configure(json=args.log_format == "json")
    from reviewbot.checks import deferred
    from reviewbot.output import formats
    from reviewbot.review import pipeline

    fmt, checks = args.format or formats.for_file(args.output), deferred.of(settings)

    def read() -> Catalog:
        # Both while a model answers, if one is asked: what looks beside it, and what will show the review.
        formats.load(fmt)
        return checks()

    with watched(args) as tell, children.until(until):
        tell("reading", "the change")
        changes = read_change(args)
        tell("reading", "")
        review = pipeline.review(changes, settings, read, judge, Watch(tell, until))
    write(formats.render(fmt, review, changes, manner(args, settings)), args.output, exact=True)
    tell_written(args.output, review)
    for failure in review.failures:
        say(f"failed: {failure.stage}: {failure.message}")
    return exit_code(review, settings.config)
