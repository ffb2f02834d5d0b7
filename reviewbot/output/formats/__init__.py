"""Ways out: each module renders a review in one format."""

from __future__ import annotations

import importlib
import re
from dataclasses import dataclass
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from reviewbot.core.errors import UsageError
from reviewbot.core.printing import inert

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewbot.core.change import ChangeSet
    from reviewbot.core.explanation import Explanation
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Review

FORMATS = ("terminal", "concise", "json", "markdown", "html", "sarif", "rdjson", "gitlab", "junit", "annotations")
# What the ending of a file's name says. More than five letters are none: `mktemp` ends its names with ten.
ENDINGS = {
    ".json": "json",
    ".md": "markdown",
    ".html": "html",
    ".htm": "html",
    ".sarif": "sarif",
    ".xml": "junit",
    ".txt": "terminal",
    ".log": "terminal",
}
_ENDING = re.compile(r"\.[A-Za-z]\w{0,4}")
# Programs read these: they escape by their own rules, and no character may be added.
_ESCAPED = {"json", "sarif", "rdjson", "gitlab", "annotations"}
# These can be wanted in one way or another.
_MANNERED = {"terminal", "markdown", "html", "sarif", "rdjson"}


@dataclass(frozen=True, slots=True)
class Manner:
    """How a review is shown.

    Attributes:
        color: Whether the terminal format may use colour.
        width: Its columns; None for those of the terminal, or 120 without one.
        all: Whether it shows every finding and place, however many there are.
        verbose: Whether it says who reviews what and why, and the checklist item by item.
        watched: Whether people see it appear, and may be told what to do next.
        explain: Gives what is known of a finding's check or item, for formats that describe them; None for nothing.
    """

    color: bool = False
    width: int | None = None
    all: bool = False
    verbose: bool = False
    watched: bool = False
    explain: Callable[[Finding], Explanation | None] = lambda _: None

    def page(self, finding: Finding) -> str:
        """Give the address of the page of a finding's check; empty where there is none."""
        known = self.explain(finding)
        return known.page if known else ""


PLAIN = Manner()


def render(name: str, review: Review, changes: ChangeSet | None, manner: Manner = PLAIN) -> str:
    """Give the review as text.

    Args:
        name: One of :data:`FORMATS`, which are also the modules' names.
        review: What to render.
        changes: The change, for code frames; None for a saved review, whose findings quote their code.
        manner: How.

    Raises:
        UsageError: There is no such format.
    """
    module = load(name)
    wanted = (manner,) if name in _MANNERED else ()
    text: str = module.render(review, changes, *wanted)
    return text if name in _ESCAPED else inert(text)


def load(name: str) -> Any:
    """Import what renders a format, so that it is there when there is something to show.

    Raises:
        UsageError: There is no such format.
    """
    if name not in FORMATS:
        raise UsageError(f"no format {name!r}; choose one of {', '.join(FORMATS)}")
    return importlib.import_module(f"reviewbot.output.formats.{name}")


def for_file(name: str | None) -> str:
    """Give the format that the ending of a file's name says; the terminal's where it has none, or there is no file.

    Raises:
        UsageError: It has an ending that says no format.
    """
    ending = PurePath(name or "").suffix.lower()
    if ending not in ENDINGS and _ENDING.fullmatch(ending):
        raise UsageError(
            f"--output {name}: no format ends with {ending}; take one of {', '.join(ENDINGS)}, or say --format"
        )
    return ENDINGS.get(ending, "terminal")
