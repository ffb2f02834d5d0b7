"""The Action: an event in, comments out. Whatever happens, the run ends in something that people can see."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.action import commented
from reviewbot.action.inputs import read as read_inputs
from reviewbot.action.reviewer import Reviewer
from reviewbot.action.runner import Runner, skipped
from reviewbot.checks import check_pages
from reviewbot.core import children
from reviewbot.core.deadline import Deadline
from reviewbot.core.errors import ReviewbotError, TerminatedError
from reviewbot.core.review import Verdict
from reviewbot.github import events
from reviewbot.github.client import API_URL, Client
from reviewbot.github.decisions import Rules
from reviewbot.output.markdown import foreign
from reviewbot.output.markdown.tree import Heading, line
from reviewbot.settings.origin import home

if TYPE_CHECKING:
    from collections.abc import Mapping


SERVER = "https://github.com"


def run(environment: Mapping[str, str]) -> int:
    """Do what the event asks for; give the exit code.

    Args:
        environment: The step's: inputs, event, addresses, and where outputs go.

    Raises:
        ConfigError: An input or the payload is not usable.
        ReviewbotError: Something failed; the job summary says so as well.
    """
    runner, code = Runner(environment), 3
    try:
        code = _run(runner, environment)
        # What nobody is told is no success.
        code = 3 if runner.unwritten else code
    except (KeyboardInterrupt, TerminatedError) as error:
        runner.output(verdict=str(Verdict.INCOMPLETE))
        done = "; ".join(getattr(error, "__notes__", ())) or "nothing was posted"
        runner.summary((Heading(2, line("reviewbot was ended")), *foreign.blocks(done)))
        runner.verdict, code = "ended", getattr(error, "exit_code", 130)
        raise
    except ReviewbotError as error:
        runner.output(verdict=str(Verdict.INCOMPLETE))
        runner.summary((Heading(2, line("reviewbot failed")), *foreign.blocks(str(error))))
        runner.verdict, code = type(error).__name__, error.exit_code
        raise
    finally:
        runner.account.closed(runner.verdict or "broken", code)
    return code


def _run(runner: Runner, environment: Mapping[str, str]) -> int:
    inputs = read_inputs(environment)
    trigger = events.read(*runner.event(), inputs.pull_request)
    if isinstance(trigger, str):
        return skipped(runner, trigger)
    if trigger.draft and not inputs.drafts:
        return skipped(runner, f"{trigger.ref} is a draft; set `drafts: true` to review drafts.")
    until = Deadline(inputs.timeout)
    api, graphql = environment.get("GITHUB_API_URL") or API_URL, environment.get("GITHUB_GRAPHQL_URL") or None
    client = Client(inputs.token, api, graphql, until=until)
    runner.account.about(trigger.ref, client)
    server = (environment.get("GITHUB_SERVER_URL") or SERVER).rstrip("/")
    rules = Rules(server, page=check_pages.of(home(environment)))
    reviewer = Reviewer(runner, client, inputs, trigger, rules, until)
    with children.until(until):
        return reviewer.review() if trigger.comment is None else commented.run(reviewer, trigger.comment)
