"""What the model answers, as it is asked to: the schemas of its structured outputs, and their validation.

Nothing that does not fit is repaired: it is a failure that the review states.
"""

from __future__ import annotations

from typing import Literal

from pydantic import BaseModel, ConfigDict


class _Reply(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class FoundReply(_Reply):
    """One finding of the model's, anchored by a quote."""

    item: str
    path: str
    quote: str
    line: int | None
    side: Literal["new", "old"]
    severity: Literal["critical", "high", "medium", "low", "info"]
    confidence: Literal["high", "medium", "low"]
    title: str
    body: str
    replacement: str | None


class ItemReply(_Reply):
    """The model's verdict on one checklist item."""

    item: str
    verdict: Literal["violated", "passed", "not_applicable", "not_checked"]
    reason: str


class SectionReply(_Reply):
    """One section of the agent's response format."""

    title: str
    body: str


class ManipulationReply(_Reply):
    """Text of the change that tries to steer its review."""

    path: str
    quote: str


class ReviewReply(_Reply):
    """The answer to one bundle."""

    findings: tuple[FoundReply, ...]
    items: tuple[ItemReply, ...]
    sections: tuple[SectionReply, ...]
    manipulation: tuple[ManipulationReply, ...]


class ItemsReply(_Reply):
    """The answer to the question for items that were left out."""

    items: tuple[ItemReply, ...]


class JudgedReply(_Reply):
    """The verdict on one candidate."""

    candidate: int
    verdict: Literal["stands", "refuted"]
    reason: str


class RefutationReply(_Reply):
    """The answer of the second pass."""

    verdicts: tuple[JudgedReply, ...]
