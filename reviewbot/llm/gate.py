"""Who goes first: of calls with one prompt the first, so that the prompt is in the cache; of all work the calls."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Iterator

# The first call may be waiting for a rate limit; nobody waits for it for ever.
_PATIENCE = 300.0


class Gate:
    """Lets one call for each prompt go ahead; where that one fails before its answer begins, the next one goes ahead.

    Args:
        first: Who makes a call at once, one key each; others may wait until these are being answered.
        patience: Seconds after which those who wait for another call go on all the same.
    """

    def __init__(self, first: Iterable[Hashable] = (), patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._changed = threading.Condition()
        self._ahead: set[Hashable] = set()
        self._open: set[Hashable] = set()
        self._left = set(first)

    @contextmanager
    def passing(self, prompt: Hashable, who: Hashable) -> Iterator[Callable[[], None]]:
        """Wait for one's turn; give what is called when the answer begins, to let the others pass.

        Args:
            prompt: What calls with the same cached prompt have in common.
            who: Who calls.
        """

        def opened() -> None:
            with self._changed:
                self._open.add(prompt)
                self._left.discard(who)
                self._changed.notify_all()

        with self._changed:
            self._changed.wait_for(lambda: prompt in self._open or prompt not in self._ahead, self._patience)
            first = prompt not in self._ahead
            self._ahead.add(prompt)
        try:
            yield opened
        finally:
            if first:
                with self._changed:
                    self._ahead.discard(prompt)
                    self._changed.notify_all()

    def over(self, who: Hashable) -> None:
        """Note that somebody makes no call any more."""
        with self._changed:
            self._left.discard(who)
            self._changed.notify_all()

    def wait(self, seconds: float) -> None:
        """Wait, at most so many seconds, until all who call at once are being answered: the processor is free then."""
        with self._changed:
            self._changed.wait_for(lambda: not self._left, seconds)
