"""Answering a comment: reactions and words, each once however often the run is repeated."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

from reviewbot.core.errors import GithubError, UnansweredError
from reviewbot.github import markers, threads
from reviewbot.github.actions import CreateComment, Reply
from reviewbot.github.markers import Marker

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewbot.github.client import Client
    from reviewbot.github.events import Asked
    from reviewbot.github.pull import PullRef

_ATTEMPTS = 4


class Answers:
    """Answers one comment.

    Args:
        client: How to talk to GitHub.
        ref: The pull request.
        asked: The comment.
        sleep: How to wait; tests pass their own.
    """

    def __init__(
        self, client: Client, ref: PullRef, asked: Asked, *, sleep: Callable[[float], None] | None = None
    ) -> None:
        self._client = client
        self._ref = ref
        self._asked = asked
        self._sleep = sleep or time.sleep

    def react(self, content: str) -> None:
        """Put a reaction on the comment: ``eyes``, ``+1``, ``confused``. Twice is once.

        Raises:
            GithubError: GitHub cannot be asked, or says no.
        """
        kind = "issues" if self._asked.thread is None else "pulls"
        path = f"{self._ref.path}/{kind}/comments/{self._asked.id}/reactions"
        self._client.send("POST", path, {"content": content}, twice=True)

    def say(self, text: str) -> None:
        """Answer in words, unless the comment was answered already.

        Args:
            text: Harmless Markdown.

        Raises:
            GithubError: GitHub cannot be asked, or says no.
        """
        number = str(self._asked.id)
        body = f"{Marker(markers.ANSWER, (number,))}\n{text}"
        thread = self._asked.thread
        action = CreateComment(body) if thread is None else Reply(thread, body)
        for attempt in range(_ATTEMPTS):
            conversation = threads.read(self._client, self._ref)
            if any(comment.marker.words == (number,) for comment in conversation.answers):
                return
            try:
                action.do(self._client, self._ref)
            except UnansweredError:
                self._sleep(float(2**attempt))
            else:
                return
        raise GithubError(f"{self._ref}: the comment {number} could not be answered")
