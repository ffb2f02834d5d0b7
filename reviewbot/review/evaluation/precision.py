"""How often each check was right on real code: precision.yml holds it, `bench/precision.py` measures it.

The figures stand in `precision.yml`: what was measured of each check, and how much all of them together say.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.core import documents
from reviewbot.core.finding import Confidence, Severity
from reviewbot.output.counting import plural
from reviewbot.review.evaluation.share import Share

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewbot.core.check import Check

DATA = Path(__file__).with_name("precision.yml")

# The classes that promises are about. Hints are never inline.
CLASSES = ("medium and up", "low", "hint")


@dataclass(frozen=True, slots=True)
class Measured:
    """What was measured of one check, or of several.

    Attributes:
        hits: Distinct findings on the histories that were looked at.
        read: How many of them somebody read and judged.
        right: How many of those were right and worth saying.
        repositories: Where.
    """

    hits: int
    read: int
    right: int
    repositories: tuple[str, ...] = ()

    @property
    def interval(self) -> tuple[float, float]:
        """The Wilson interval that holds the true share of right findings with 95 % confidence."""
        return Share(self.right, self.read).interval

    def __str__(self) -> str:
        """Say it in words."""
        named = f" ({', '.join(self.repositories)})" if self.repositories else ""
        where = f"in the history of real projects{named} it reported"
        if not self.hits:
            return f"{where} nothing, so nobody knows how often it is right"
        said = f"{where} {plural(self.hits, 'place')}"
        if not self.read:
            return f"{said}, of which nobody has read any"
        low, high = self.interval
        likely = f"most likely {low:.0%} to {high:.0%} of what it reports is"
        were = "was" if self.right == 1 else "were"
        return f"{said}; of {self.read} that somebody read {self.right} {were} right ({likely})"


@dataclass(frozen=True, slots=True)
class Noise:
    """How many inline comments changes got, for each 200 changed lines of backend code.

    A change of fewer lines counts as one of 200: a comment on a change of three lines is one comment.
    """

    changes: int
    lines: int
    median: float
    ninetieth: float
    pooled: float
    repositories: tuple[str, ...]


def measured(path: Path = DATA) -> dict[str, Measured]:
    """Read the figures: check → what was measured."""
    data = documents.own(path)["checks"] or {}
    return {check: Measured(**{**entry, "repositories": tuple(entry["repositories"])}) for check, entry in data.items()}


def unseen(path: Path = DATA) -> list[dict[str, Measured]]:
    """Read the figures of commits that no check had been narrowed on, the newest last: class → what was measured."""
    return [
        {kind: Measured(**{**entry, "repositories": tuple(entry["repositories"])}) for kind, entry in data.items()}
        for data in documents.own(path).get("unseen") or ()
    ]


def noise(path: Path = DATA) -> Noise | None:
    """Read how much was said; None where it was not measured."""
    data = documents.own(path)["noise"]
    return Noise(**{**data, "repositories": tuple(data["repositories"])}) if data else None


def pooled(figures: Iterable[Measured]) -> Measured:
    """Add figures up."""
    every = list(figures)
    names = {name for measured in every for name in measured.repositories}
    hits, read, right = (sum(getattr(measured, field) for measured in every) for field in ("hits", "read", "right"))
    return Measured(hits, read, right, tuple(sorted(names)))


def kind(check: Check) -> str:
    """Give the class of :data:`CLASSES` that a check belongs to."""
    return kind_of(check.severity, check.confidence)


def kind_of(severity: Severity, confidence: Confidence) -> str:
    """Give the class of a finding's severity and confidence."""
    if confidence is Confidence.LOW or severity is Severity.INFO:
        return "hint"
    return "low" if severity is Severity.LOW else "medium and up"
