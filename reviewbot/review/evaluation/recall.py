"""What share of planted defects each check finds, and how many look-alikes it reports; `bench/planted.py` counts it."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.core import documents
from reviewbot.output.counting import plural

if TYPE_CHECKING:
    from collections.abc import Iterable

DATA = Path(__file__).with_name("recall.yml")


@dataclass(frozen=True, slots=True)
class Recall:
    """What was counted of one check, or of several.

    Attributes:
        found: Planted instances that it found.
        planted: How many there were.
        reported: Look-alikes that it complained of.
        fine: How many there were.
    """

    found: int
    planted: int
    reported: int
    fine: int

    def __str__(self) -> str:
        """Say it in words."""
        defects, places = plural(self.planted, "defect"), plural(self.fine, "harmless place")
        return (
            f"{defects} written by others, of which it found {self.found}; and {places} that look like one, of "
            f"which it reported {self.reported}"
        )


def counted(half: str, path: Path = DATA) -> dict[str, Recall]:
    """Read the figures of one half, ``seen`` or ``unseen``: check → what was counted."""
    data = documents.own(path)["checks"]
    return {check: Recall(*entry[half]) for check, entry in data.items()}


def first_count(half: str, path: Path = DATA) -> Recall:
    """Read what was counted of all checks together before they were mended by the seen half."""
    return Recall(*documents.own(path)["before"][half])


def total(figures: Iterable[Recall]) -> Recall:
    """Add figures up."""
    every = list(figures)
    return Recall(
        *(sum(getattr(recall, field) for recall in every) for field in ("found", "planted", "reported", "fine"))
    )
