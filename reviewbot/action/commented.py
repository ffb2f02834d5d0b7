"""A comment triggered the run: it may be a command, and it gets an answer."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.action.runner import skipped
from reviewbot.core.errors import RefusedError, ReviewbotError, UsageError
from reviewbot.github import commands, dismissals, threads
from reviewbot.github import pull as pulls
from reviewbot.github.answers import Answers
from reviewbot.github.commands import Kind
from reviewbot.github.contents import ApiTree, Blobs
from reviewbot.output.markdown import writer
from reviewbot.settings import loading

if TYPE_CHECKING:
    from reviewbot.action.reviewer import Reviewer
    from reviewbot.github.commands import Command
    from reviewbot.github.events import Asked

_NOT_ALLOWED = "Sorry, only people who may write to this repository can give me commands."


def run(reviewer: Reviewer, asked: Asked) -> int:
    """Do what the comment says, if it is a command of somebody who may give it; give the exit code.

    Raises:
        ReviewbotError: It failed; the comment was answered with the reason.
    """
    command = commands.parse(asked.body, reviewer.inputs.trigger)
    if command is None:
        return skipped(reviewer.runner, "Nothing to do: the comment is no command.")
    answers = Answers(reviewer.client, reviewer.trigger.ref, asked)
    try:
        answers.react("eyes")
        if not commands.may(reviewer.client, reviewer.trigger.ref, asked.author):
            answers.say(_NOT_ALLOWED)
            answers.react("confused")
            return skipped(reviewer.runner, f"{asked.author} may not give commands here.")
    except RefusedError as error:
        if error.status != 403 or not reviewer.trigger.forked:
            raise
        return skipped(
            reviewer.runner,
            "GitHub gives a run for a comment on a line of a fork's pull request a token that can only read. "
            f"Write the command as an ordinary comment of the pull request. ({error})",
        )
    return _answered(reviewer, asked, command, answers)


def _answered(reviewer: Reviewer, asked: Asked, command: Command, answers: Answers) -> int:
    try:
        code = _obey(reviewer, asked, command, answers)
    except ReviewbotError as error:
        answers.say(f"That did not work: {writer.sentence(str(error))}")
        answers.react("confused")
        raise
    if code == 3:
        answers.say("Something failed, so the review is incomplete; the summary says what.")
    answers.react("confused" if code == 3 else "+1")
    return code


def _obey(reviewer: Reviewer, asked: Asked, command: Command, answers: Answers) -> int:
    if command.kind is Kind.HELP:
        answers.say(_help(reviewer))
        return 0
    if command.kind is Kind.DISMISS:
        fingerprint = _finding(reviewer, asked, command)
        now = {fingerprint: dismissals.dismissal(asked.author, command)}
        reviewer.rules = replace(reviewer.rules, dismissals=now)
        return reviewer.review()
    return reviewer.review(full=command.full, agent=command.agent)


def _help(reviewer: Reviewer) -> str:
    pull = pulls.read(reviewer.client, reviewer.trigger.ref)
    tree = ApiTree(reviewer.client, reviewer.trigger.ref, pull.base, Blobs(reviewer.client, reviewer.trigger.ref))
    chosen = loading.of_tree(tree, reviewer.inputs.config, reviewer.inputs.overrides)
    return commands.usage(reviewer.inputs.trigger, [agent.name for agent in chosen.agents])


def _finding(reviewer: Reviewer, asked: Asked, command: Command) -> str:
    """Give the fingerprint of the finding that is to be dismissed.

    Raises:
        UsageError: It is not clear which one, or there is no reason.
    """
    if not command.why:
        raise UsageError("say why: `/dismiss ID the reason`, or `/dismiss the reason` in the finding's thread")
    conversation = threads.read(reviewer.client, reviewer.trigger.ref)
    here = [t.fingerprint for t in conversation.threads if asked.thread is not None and t.root.id == asked.thread]
    known = dismissals.known_to(conversation, reviewer.rules.name)
    matches = dismissals.meant(command, here[0] if here else None, known)
    if command.finding is None and not matches:
        raise UsageError("say which finding: `/dismiss ID the reason`; every finding shows its ID")
    if len(matches) != 1:
        what = "no finding" if not matches else f"{len(matches)} findings"
        raise UsageError(f"{what} here begin with {command.finding}: every finding shows its ID")
    return matches[0]
