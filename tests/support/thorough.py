"""How much is tried: everything in `.ci/run`, a share of it, always the same, by `make test`."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, TypeVar

if TYPE_CHECKING:
    from collections.abc import Iterable

T = TypeVar("T")

EVERYTHING = os.environ.get("REVIEWBOT_KILL") == "everywhere"


def share(things: Iterable[T], one_in: int) -> list[T]:
    """Give all of the things, or the first and each ``one_in``-th after it."""
    return list(things)[:: 1 if EVERYTHING else one_in]
