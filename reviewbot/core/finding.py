"""What a review says: findings, with their severity, their suggestion and their identity."""

from __future__ import annotations

import hashlib
from collections import Counter
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import TYPE_CHECKING

from reviewbot.core.change import Side
from reviewbot.core.reasons import NO_REASON, Reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


# What stands for the check of a finding that a model made.
MODEL = "model"


class Severity(StrEnum):
    """How much a finding matters; compare with :attr:`rank`."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"

    @property
    def rank(self) -> int:
        """0 for critical … 4 for info: smaller is more severe."""
        return list(Severity).index(self)

    def at_least(self, threshold: Severity) -> bool:
        """Tell whether this is as severe as ``threshold`` or more."""
        return self.rank <= threshold.rank


class Threshold(StrEnum):
    """From which severity on something happens, if at all."""

    CRITICAL = "critical"
    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"
    INFO = "info"
    NEVER = "never"

    def is_reached_by(self, severity: Severity) -> bool:
        """Tell whether a finding of that severity is enough."""
        return self is not Threshold.NEVER and severity.at_least(Severity(self))


class Confidence(StrEnum):
    """How sure the engine is that the finding is right."""

    HIGH = "high"
    MEDIUM = "medium"
    LOW = "low"


class Placement(StrEnum):
    """Where a finding is shown."""

    INLINE = "inline"
    SUMMARY = "summary"
    HELD_BACK = "held_back"


@dataclass(frozen=True, slots=True)
class Suggestion:
    """Replacement for whole lines of the post-image.

    Attributes:
        start_line: First post-image line replaced.
        end_line: Last post-image line replaced, inclusive.
        replacement: The new lines, without a final newline; empty deletes the lines.
        verified: True where the patched file was seen to parse; False on a bare diff (shown, never posted).
    """

    start_line: int
    end_line: int
    replacement: str
    verified: bool = False


@dataclass(frozen=True, slots=True)
class Item:
    """A checklist item: name of the agent, id of the item."""

    agent: str
    item: str

    def __str__(self) -> str:
        """Give it as people write it."""
        return f"{self.agent}/{self.item}"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing to say about one place of the change.

    Attributes:
        agent: Name of the agent that says it.
        item: Id of the checklist item it violates.
        check: Id of the check that found it, or ``model``.
        severity: How much it matters.
        confidence: How sure the engine is.
        path: File, as in the change set.
        start_line: First line it is about, on ``side``.
        end_line: Last line it is about, inclusive.
        title: One sentence: what is wrong here.
        body: Why it matters and what to do, in Markdown.
        evidence: The code it is about, quoted exactly; its first line takes part in the identity.
        side: RIGHT for the post-image, LEFT for removed code.
        symbol: Enclosing class and function, dotted (``AssessmentService.create``), empty at module level.
        suggestion: A replacement that fixes it, or None.
        fingerprint: Its identity; set by :func:`identified`.
        placement: Where it is shown; set by placement.
        placement_reason: Why it is shown there.
        also: What else it violates, as agent and item, said by findings that repeat it and are held back.
    """

    agent: str
    item: str
    check: str
    severity: Severity
    confidence: Confidence
    path: str
    start_line: int
    end_line: int
    title: str
    body: str
    evidence: str
    side: Side = Side.RIGHT
    symbol: str = ""
    suggestion: Suggestion | None = None
    fingerprint: str = ""
    placement: Placement | None = None
    placement_reason: Reason = NO_REASON
    also: tuple[Item, ...] = ()

    @property
    def is_hint(self) -> bool:
        """Tell whether it may well be wrong, however severe it would be."""
        return self.confidence is Confidence.LOW


def identified(findings: Iterable[Finding], renames: Mapping[str, str] | None = None) -> tuple[Finding, ...]:
    """Give the findings in reading order, each with its fingerprint.

    The identity is agent, item, path, enclosing symbol, first quoted line with its white
    space normalised, and an ordinal among equals. It has no line number, so it
    survives rebases and moved code, while two identical lines stay two findings.

    Args:
        findings: In any order.
        renames: Path after the change → path before it; a renamed file keeps its findings' identity.
    """
    ordered = sorted(findings, key=lambda f: (f.path, f.start_line, f.end_line, f.agent, f.item, f.check, f.title))
    seen: Counter[tuple[str, ...]] = Counter()
    result = []
    for finding in ordered:
        key = _identity(finding, renames)
        result.append(replace(finding, fingerprint=fingerprint(finding, renames, seen[key])))
        seen[key] += 1
    return tuple(result)


def fingerprint(finding: Finding, renames: Mapping[str, str] | None = None, ordinal: int = 0) -> str:
    """Give the fingerprint that a finding has as the one of that ordinal among its equals."""
    text = "\0".join((*_identity(finding, renames), str(ordinal)))
    return hashlib.sha256(text.encode()).hexdigest()[:16]


def _identity(finding: Finding, renames: Mapping[str, str] | None) -> tuple[str, ...]:
    first_line = next((line for line in finding.evidence.splitlines() if line.strip()), "")
    path = (renames or {}).get(finding.path, finding.path)
    return (finding.agent, finding.item, path, finding.symbol, " ".join(first_line.split()))
