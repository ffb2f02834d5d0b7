"""``reviewbot action``: the step of a workflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace


def run(args: Namespace) -> int:
    """Do what the event asks for; give the exit code."""
    from reviewbot.action import step
    from reviewbot.core import logs

    logs.configure(debug=args.environment.get("RUNNER_DEBUG") == "1", json=args.log_format == "json")
    return step.run(args.environment)
