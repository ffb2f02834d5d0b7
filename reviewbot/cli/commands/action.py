"""``reviewbot action``: the step of a workflow."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from argparse import Namespace


def run(args: Namespace) -> int:
    """Do what the event asks for; give the exit code."""
    from reviewbot.action import inputs, step
    from reviewbot.core import logs

    json = args.log_format == "json" or inputs.wants_json(args.environment)
    logs.configure(debug=args.environment.get("RUNNER_DEBUG") == "1", json=json)
    return step.run(args.environment)
