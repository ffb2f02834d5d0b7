"""Which findings people do not want to hear of: what follows from the commands they really wrote, read anew each time.

Nothing that we remember dismisses anything, since other workflows write under the same name and may have been made
to write our markers. It only tells what the beginning of a fingerprint stood for.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.errors import RefusedError
from reviewbot.core.logs import get_logger
from reviewbot.github import commands
from reviewbot.github.commands import Kind
from reviewbot.github.state import Dismissal

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewbot.github.client import Client
    from reviewbot.github.commands import Command
    from reviewbot.github.pull import PullRef
    from reviewbot.github.threads import Conversation

# It stands in the summary from now on.
_MOST_WORDS = 300

log = get_logger()


class Dismissals:
    """Reads what people dismissed on one pull request.

    Args:
        client: How to ask GitHub.
        ref: The pull request.
    """

    def __init__(self, client: Client, ref: PullRef) -> None:
        self._client = client
        self._ref = ref
        self._may: dict[str, bool] = {}

    def among(self, conversation: Conversation, name: str, findings: Iterable[str]) -> dict[str, Dismissal]:
        """Give who dismissed which finding, and why: fingerprint → dismissal, the last one of each.

        Args:
            conversation: What stands on the pull request.
            name: Name of the summary.
            findings: Fingerprints of the review.

        Raises:
            GithubError: GitHub cannot be asked who may give commands.
        """
        known = known_to(conversation, name) | set(findings)
        found: dict[str, Dismissal] = {}
        for spoken in conversation.spoken:
            command = commands.parse(spoken.body)
            if command is None or command.kind is not Kind.DISMISS or not command.why:
                continue
            matches = meant(command, spoken.thread, known)
            if len(matches) == 1 and self._allowed(spoken.login):
                found[matches[0]] = dismissal(spoken.login, command)
        return found

    def _allowed(self, login: str) -> bool:
        if login not in self._may:
            try:
                self._may[login] = commands.may(self._client, self._ref, login)
            except RefusedError as error:
                log.warning("GitHub does not say who may dismiss findings, so none is dismissed", reason=str(error))
                self._may[login] = False
        return self._may[login]


def dismissal(login: str, command: Command) -> Dismissal:
    """Give what a command says, in words that are not too many."""
    return Dismissal(login, command.why[:_MOST_WORDS])


def known_to(conversation: Conversation, name: str) -> set[str]:
    """Give the fingerprints of all findings that were ever shown here, as far as anything tells."""
    state = conversation.state(name)
    return {thread.fingerprint for thread in conversation.threads} | {*state.findings, *state.dismissed}


def meant(command: Command, thread: str | None, known: Iterable[str]) -> list[str]:
    """Give the findings that a command may be about: one, unless it is unclear.

    Args:
        command: To dismiss something.
        thread: The finding in whose thread it stands, or None.
        known: All fingerprints that there are.
    """
    if command.finding is None:
        return [thread] if thread is not None else []
    return sorted(fingerprint for fingerprint in known if fingerprint.startswith(command.finding))
