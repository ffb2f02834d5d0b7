"""The first call with a prompt goes ahead, the others wait until its answer begins: then the prompt is in the cache."""

from __future__ import annotations

import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterator

# The first call may be waiting for a rate limit; nobody waits for it for ever.
_PATIENCE = 300.0


class Gate:
    """Lets one call for each key go ahead; where that one fails before its answer begins, the next one goes ahead.

    Args:
        patience: Seconds after which those who wait go on all the same.
    """

    def __init__(self, patience: float = _PATIENCE) -> None:
        self._patience = patience
        self._changed = threading.Condition()
        self._ahead: set[Hashable] = set()
        self._open: set[Hashable] = set()

    @contextmanager
    def passing(self, key: Hashable) -> Iterator[Callable[[], None]]:
        """Wait for one's turn; give what the first one calls to let the others pass.

        Args:
            key: What calls with the same cached prompt have in common.
        """

        def opened() -> None:
            with self._changed:
                self._open.add(key)
                self._changed.notify_all()

        with self._changed:
            self._changed.wait_for(lambda: key in self._open or key not in self._ahead, self._patience)
            first = key not in self._ahead
            self._ahead.add(key)
        try:
            yield opened
        finally:
            if first:
                with self._changed:
                    self._ahead.discard(key)
                    self._changed.notify_all()
