"""One defect is said once, whoever found it, and the finding that is shown names every item that it violates."""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.core.agent import BEYOND
from reviewbot.core.finding import MODEL, Confidence, Finding, Item, Placement
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.text import alike

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from reviewbot.core.change import Side

_CONFIDENCES = list(Confidence)
_Place = tuple[str, "Side"]


def said_once(findings: Sequence[Finding], agents: Sequence[str] = ()) -> list[Finding]:
    """Hold back what says the same of the same lines as a surer finding, also one of another agent's.

    Args:
        findings: Placed, in any order, in which they are given back.
        agents: Names in the order in which they are heard where several say the same.
    """
    heard = {agent: at for at, agent in enumerate(agents)}
    once = _Once()
    speaks = {
        finding.fingerprint: speaker
        for finding in sorted(
            findings, key=lambda finding: (*_by_weight(finding), heard.get(finding.agent, 0), *_by_place(finding))
        )
        if (speaker := once.speaker(finding)) is not None
    }
    also = _also(findings, speaks)
    return [
        _held_back(finding, speaks[finding.fingerprint])
        if finding.fingerprint in speaks
        else replace(finding, also=also.get(finding.fingerprint, ()))
        for finding in findings
    ]


def most_worth_first(finding: Finding) -> tuple[object, ...]:
    """Give what findings are sorted by: severity, confidence, place."""
    return (*_by_weight(finding), *_by_place(finding))


class _Once:
    """What was said so far."""

    def __init__(self) -> None:
        # By line: none of those that are kept for an item has a line of another.
        self._of_item: dict[tuple[str, str, _Place], list[Finding]] = {}
        self._of_check: dict[tuple[str, _Place, int, int], Finding] = {}
        self._models: dict[_Place, list[Finding]] = {}
        self._checks: dict[_Place, list[Finding]] = {}

    def speaker(self, finding: Finding) -> Finding | None:
        """Give the finding that says it already; None where this is the first, and is noted."""
        by_model, place = finding.check == MODEL, (finding.path, finding.side)
        if finding.placement is Placement.HELD_BACK:
            return None
        lines = (finding.check, place, finding.start_line, finding.end_line)
        if not by_model and (speaker := self._of_check.get(lines)) is not None and speaker.agent != finding.agent:
            return speaker
        inline = finding.placement is Placement.INLINE
        if not inline and not (by_model and finding.placement is Placement.SUMMARY):
            self._of_check.setdefault(lines, finding)
            return None
        same = self._of_item.setdefault((finding.agent, finding.item, place), [])
        at = bisect_left(same, finding.start_line, key=lambda earlier: earlier.end_line)
        speaker = same[at] if inline and at < len(same) and same[at].start_line <= finding.end_line else None
        # There are few findings of a model's, and one of them is compared with each.
        others = (*self._models.get(place, ()), *(self._checks.get(place, ()) if by_model else ()))
        speaker = speaker or next((earlier for earlier in others if _same(earlier, finding)), None)
        if speaker is not None:
            return speaker
        (self._models if by_model else self._checks).setdefault(place, []).append(finding)
        self._of_check.setdefault(lines, finding)
        if inline:
            same.insert(at, finding)
        return None


def _also(findings: Sequence[Finding], speaks: Mapping[str, Finding]) -> dict[str, tuple[Item, ...]]:
    """Give by fingerprint the items of other findings for which one speaks."""
    also: dict[str, dict[Item, None]] = {}
    for finding in findings:
        speaker = speaks.get(finding.fingerprint)
        if (
            speaker is not None
            and finding.item != BEYOND
            and (speaker.agent, speaker.item) != (finding.agent, finding.item)
        ):
            also.setdefault(speaker.fingerprint, {})[Item(finding.agent, finding.item)] = None
    return {fingerprint: tuple(items) for fingerprint, items in also.items()}


def _held_back(finding: Finding, speaker: Finding) -> Finding:
    reason = because(ReasonKind.REPEATS, speaker.fingerprint, speaker.check)
    return replace(finding, placement=Placement.HELD_BACK, placement_reason=reason)


def _same(finding: Finding, other: Finding) -> bool:
    """Tell whether two findings on a file are about one defect: on the same lines, and in like words."""
    if finding.start_line > other.end_line or other.start_line > finding.end_line:
        return False
    return alike(f"{finding.title} {finding.body}", f"{other.title} {other.body}")


def _by_weight(finding: Finding) -> tuple[int, int]:
    return finding.severity.rank, _CONFIDENCES.index(finding.confidence)


def _by_place(finding: Finding) -> tuple[str, int, str]:
    return finding.path, finding.start_line, finding.fingerprint
