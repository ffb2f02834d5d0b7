"""Where something is, and where more is to be read of it, as parts of a line."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.output import grouping
from reviewbot.output.markdown.tree import Code, Link, Text, line, separated

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from reviewbot.core.finding import Finding
    from reviewbot.output.markdown.tree import Inline


def nowhere(_: Finding) -> str:
    """Give no address."""
    return ""


@dataclass(frozen=True, slots=True)
class Links:
    """Where the web has more on a finding; each gives an address, empty where there is none.

    Attributes:
        lines: Its lines.
        page: The page of its check.
    """

    lines: Callable[[Finding], str] = nowhere
    page: Callable[[Finding], str] = nowhere


NO_LINKS = Links()


def place(finding: Finding, links: Links = NO_LINKS, *, shown: str = "") -> Inline:
    """Give ``path:3`` or ``path:3-5``, linked where there is an address.

    Args:
        finding: Whose lines.
        links: What to link to.
        shown: What to show instead.
    """
    return _linked((Code(shown or grouping.place(finding)),), links.lines(finding))[0]


def check(finding: Finding, links: Links = NO_LINKS) -> Inline:
    """Give the id of its check, linked to its page where there is one."""
    return _linked((Code(finding.check),), links.page(finding))[0]


def titled(text: str, finding: Finding, links: Links = NO_LINKS) -> tuple[Inline, ...]:
    """Give a title of a finding, linked likewise."""
    return _linked(line(text), links.page(finding))


def paths(named: Sequence[str], most: int | None = None) -> tuple[Inline, ...]:
    """Give the paths, and how many more there are than ``most``."""
    shown = separated(Code(path) for path in named[:most])
    more = len(named) - len(named[:most])
    return (*shown, Text(f" and {more} more")) if more else shown


def _linked(parts: tuple[Inline, ...], address: str) -> tuple[Inline, ...]:
    return (Link(parts, address),) if address else parts
