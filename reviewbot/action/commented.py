"""A comment triggered the run: it may be a command, and it gets an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.action.runner import skipped
from reviewbot.core.errors import RefusedError, ReviewbotError, UsageError
from reviewbot.github import commands, threads
from reviewbot.github import pull as pulls
from reviewbot.github.answers import Answers
from reviewbot.github.commands import Kind
from reviewbot.github.contents import ApiTree, Blobs
from reviewbot.github.state import Dismissal
from reviewbot.output.markdown import safe
from reviewbot.settings import loading

if TYPE_CHECKING:
    from reviewbot.action.job import Job
    from reviewbot.github.commands import Command
    from reviewbot.github.events import Asked

# It stands in the summary from now on, and in what is remembered.
_MOST_WORDS = 300
_NOT_ALLOWED = "Sorry, only people who may write to this repository can give me commands."


def run(job: Job, asked: Asked) -> int:
    """Do what the comment says, if it is a command of somebody who may give it; give the exit code.

    Raises:
        ReviewbotError: It failed; the comment was answered with the reason.
    """
    command = commands.parse(asked.body, job.inputs.trigger)
    if command is None:
        return skipped(job.runner, "Nothing to do: the comment is no command.")
    answers = Answers(job.client, job.trigger.ref, asked)
    try:
        answers.react("eyes")
        if not commands.may(job.client, job.trigger.ref, asked.author):
            answers.say(_NOT_ALLOWED)
            answers.react("confused")
            return skipped(job.runner, f"{asked.author} may not give commands here.")
    except RefusedError as error:
        if error.status != 403 or not job.trigger.forked:
            raise
        return skipped(
            job.runner,
            "GitHub gives a run for a comment on a line of a fork's pull request a token that can only read. "
            f"Write the command as an ordinary comment of the pull request. ({error})",
        )
    return _answered(job, asked, command, answers)


def _answered(job: Job, asked: Asked, command: Command, answers: Answers) -> int:
    try:
        code = _obey(job, asked, command, answers)
    except ReviewbotError as error:
        answers.say(f"That did not work: {safe.line(str(error))}")
        answers.react("confused")
        raise
    if code == 3:
        answers.say("Something failed, so the review is incomplete; the summary says what.")
    answers.react("confused" if code == 3 else "+1")
    return code


def _obey(job: Job, asked: Asked, command: Command, answers: Answers) -> int:
    if command.kind is Kind.HELP:
        answers.say(_help(job))
        return 0
    if command.kind is Kind.DISMISS:
        fingerprint = _finding(job, asked, command)
        dismissals = {fingerprint: Dismissal(asked.author, command.why[:_MOST_WORDS])}
        job.rules = replace(job.rules, dismissals=dismissals)
        return job.review()
    return job.review(full=command.full, agent=command.agent)


def _help(job: Job) -> str:
    pull = pulls.read(job.client, job.trigger.ref)
    tree = ApiTree(job.client, job.trigger.ref, pull.base, Blobs(job.client, job.trigger.ref))
    chosen = loading.of_tree(tree, job.inputs.config, job.inputs.overrides)
    return commands.usage(job.inputs.trigger, [agent.name for agent in chosen.agents])


def _finding(job: Job, asked: Asked, command: Command) -> str:
    """Give the fingerprint of the finding that is to be dismissed.

    Raises:
        UsageError: It is not clear which one, or there is no reason.
    """
    if not command.why:
        raise UsageError("say why: `/dismiss ID the reason`, or `/dismiss the reason` in the finding's thread")
    conversation = threads.read(job.client, job.trigger.ref)
    if command.finding is None:
        here = [t.fingerprint for t in conversation.threads if asked.thread is not None and t.root.id == asked.thread]
        if not here:
            raise UsageError("say which finding: `/dismiss ID the reason`; every finding shows its ID")
        return here[0]
    known = {thread.fingerprint for thread in conversation.threads} | set(conversation.state(job.rules.name).findings)
    found = sorted(fingerprint for fingerprint in known if fingerprint.startswith(command.finding))
    if len(found) != 1:
        what = "no finding" if not found else f"{len(found)} findings"
        raise UsageError(f"{what} here begin with {command.finding}: every finding shows its ID")
    return found[0]
