"""What is known of a check, or of a checklist item, besides a finding: for formats that describe their rules."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot import ADDRESS, __version__

if TYPE_CHECKING:
    from reviewbot.core.finding import Confidence, Severity

# Where the program's files can be read. As long as the owner is a placeholder, nowhere.
HOME = "" if ADDRESS.startswith("OWNER/") else f"https://github.com/{ADDRESS}/blob/v{__version__}"


@dataclass(frozen=True, slots=True)
class Explanation:
    """A check or an item.

    Attributes:
        title: What is wrong where it reports; of an item its rule.
        why: What goes wrong in production; of an item what to look for.
        severity: Of its findings.
        confidence: Of its findings; None where that differs from one to the next.
        fix: What to do instead; empty where the finding says it.
        leaves_alone: What it deliberately does not report; empty where nobody has said.
        reported: Code that it reports; empty where none is known.
        left_alone: Code that it leaves alone; empty likewise.
        security: Whether it is about security.
        page: Address of its page; empty where there is none.
    """

    title: str
    why: str
    severity: Severity
    confidence: Confidence | None = None
    fix: str = ""
    leaves_alone: str = ""
    reported: str = ""
    left_alone: str = ""
    security: bool = False
    page: str = ""


def page_of(check: str, home: str = HOME) -> str:
    """Give the address of the page of a check that came with the program; empty where it can be read nowhere.

    Args:
        check: Its id.
        home: Where the program's files can be read, such as ``https://github.com/OWNER/reviewbot/blob/main``.
    """
    return f"{home}/docs/checks/{check}.md" if home else ""
