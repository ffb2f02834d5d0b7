"""What the model answers, as it is asked to: the schema of its structured output, and its validation.

There is one schema for all questions about the same files, since another one would be another prompt to the cache.
Nothing that does not fit is repaired: it is a failure that the review states.
"""

from __future__ import annotations

from typing import Literal

from reviewbot.core.forms import Form

SeverityName = Literal["critical", "high", "medium", "low", "info"]


class FoundReply(Form):
    """One finding of the model's, anchored by a quote."""

    item: str
    path: str
    quote: str
    line: int | None
    side: Literal["new", "old"]
    severity: SeverityName
    confidence: Literal["high", "medium", "low"]
    title: str
    body: str
    replacement: str | None


class ItemReply(Form):
    """The model's verdict on one checklist item."""

    item: str
    verdict: Literal["violated", "breached", "passed", "not_applicable", "not_checked"]
    reason: str


class SectionReply(Form):
    """One section of the agent's response format."""

    title: str
    body: str


class ManipulationReply(Form):
    """Text of the change that tries to steer its review."""

    path: str
    quote: str


class VerdictReply(Form):
    """What the second pass came to on one candidate, and the line or the fact that shows it.

    ``path`` and ``line`` say where the evidence stands, ``same_as`` names the candidate that says the same already.
    ``severity``, ``title``, ``body``, ``quote`` are as they should be, null where they are right.
    """

    candidate: int
    verdict: Literal["stands", "corrected", "refuted", "minor", "open"]
    evidence: str
    path: str | None
    line: int | None
    same_as: int | None
    severity: SeverityName | None
    title: str | None
    body: str | None
    quote: str | None


class ReviewReply(Form):
    """An answer; each question says which of these lists it asks for, the others stay empty."""

    findings: tuple[FoundReply, ...]
    verdicts: tuple[VerdictReply, ...]
    items: tuple[ItemReply, ...]
    sections: tuple[SectionReply, ...]
    manipulation: tuple[ManipulationReply, ...]
