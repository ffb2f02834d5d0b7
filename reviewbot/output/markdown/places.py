"""Where something is, as parts of a line."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from reviewbot.core.finding import Finding
from reviewbot.output import grouping
from reviewbot.output.markdown.tree import Code, Link, Text, separated

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewbot.output.markdown.tree import Inline

Address = Callable[[Finding], str]


def place(finding: Finding, address: Address | None = None, *, shown: str = "") -> Inline:
    """Give ``path:3`` or ``path:3-5``, linked where there is an address.

    Args:
        finding: Whose lines.
        address: Gives their web address.
        shown: What to show instead.
    """
    at = shown or grouping.place(finding)
    return Link((Code(at),), address(finding)) if address else Code(at)


def paths(named: Sequence[str], most: int | None = None) -> tuple[Inline, ...]:
    """Give the paths, and how many more there are than ``most``."""
    shown = separated(Code(path) for path in named[:most])
    more = len(named) - len(named[:most])
    return (*shown, Text(f" and {more} more")) if more else shown
