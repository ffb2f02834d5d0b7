"""``reviewbot route``: which agent reviews each file, and why."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.cli.reading import read_change, read_settings, say
from reviewbot.review.outcome import write

if TYPE_CHECKING:
    from argparse import Namespace


def run(args: Namespace) -> int:
    """Print the routing as a table or as JSON; give the exit code."""
    changes = read_change(args)
    settings = read_settings(args)
    from reviewbot.output import routing_table as reporter

    if not changes.files:
        say("nothing to route: the diff is empty")
    routing = settings.assign(changes)
    as_json = args.format == "json"
    write(reporter.as_json(routing) if as_json else reporter.as_text(routing), args.output, exact=as_json)
    return 0
