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
    """Lets one call for each key go ahead."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._open: dict[Hashable, threading.Event] = {}

    @contextmanager
    def passing(self, key: Hashable) -> Iterator[Callable[[], None]]:
        """Wait for one's turn; give what the first one calls to let the others pass.

        Args:
            key: What calls with the same cached prompt have in common.
        """
        with self._lock:
            first = key not in self._open
            event = self._open.setdefault(key, threading.Event())
        if not first:
            event.wait(_PATIENCE)
        try:
            yield event.set
        finally:
            event.set()
