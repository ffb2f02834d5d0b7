"""How good reviews are, counted: what of the golden findings was found, and what was said besides.

A golden finding counts as found when a shown finding stands on its lines, or at most two lines beside them; each
finding counts for one golden finding only.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.core.finding import MODEL, Severity
from reviewbot.core.reasons import ReasonKind
from reviewbot.output.counting import shown
from reviewbot.review.evaluation.share import Share

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Review
    from reviewbot.review.evaluation.cases import Case, Golden

_BESIDE = 2
# Reasons of findings whose quote did not lead to one place.
_UNANCHORED = {ReasonKind.CODE_NOT_THERE, ReasonKind.AMBIGUOUS}


@dataclass(frozen=True, slots=True)
class CaseScore:
    """One case.

    Attributes:
        case: The case.
        found: The golden findings that were found.
        missed: Those that were not.
        unexpected: Shown findings that are no golden ones.
        matched: How many shown findings are golden ones.
        anchored: How many of the model's findings stand at one place.
        failed: Whether something failed, so that the case says little.
        cost_usd: What it cost.
    """

    case: Case
    found: tuple[Golden, ...]
    missed: tuple[Golden, ...]
    unexpected: tuple[Finding, ...]
    matched: int
    anchored: Share
    failed: bool
    cost_usd: float


@dataclass(frozen=True)
class Score:
    """All cases.

    Attributes:
        cases: One by one.
    """

    cases: tuple[CaseScore, ...]

    @property
    def recall(self) -> dict[Severity, Share]:
        """Found of all golden findings, by severity; severities that no case has are left out."""
        result = {}
        for severity in Severity:
            hits = sum(golden.severity is severity for case in self.cases for golden in case.found)
            missed = sum(golden.severity is severity for case in self.cases for golden in case.missed)
            if hits + missed:
                result[severity] = Share(hits, hits + missed)
        return result

    @property
    def recall_of_all(self) -> Share:
        """Found of all golden findings."""
        hits = sum(len(case.found) for case in self.cases)
        return Share(hits, hits + sum(len(case.missed) for case in self.cases))

    @property
    def expected(self) -> Share:
        """Golden ones among the shown findings; what a case's author did not think of counts as unexpected."""
        matched = sum(case.matched for case in self.cases)
        return Share(matched, matched + sum(len(case.unexpected) for case in self.cases))

    @property
    def comments_per_change(self) -> float:
        """Shown findings per case."""
        total = sum(case.matched + len(case.unexpected) for case in self.cases)
        return total / len(self.cases) if self.cases else 0.0

    @property
    def clean(self) -> Share:
        """Clean changes on which nothing was said."""
        clean = [case for case in self.cases if case.case.clean]
        return Share(sum(not case.unexpected for case in clean), len(clean))

    @property
    def anchored(self) -> Share:
        """The model's findings that stand at one place."""
        return Share(sum(case.anchored.part for case in self.cases), sum(case.anchored.whole for case in self.cases))

    @property
    def cost_usd(self) -> float:
        """What all cost."""
        return sum(case.cost_usd for case in self.cases)


def score(case: Case, review: Review) -> CaseScore:
    """Compare a review with what its case asks for."""
    visible = list(shown(review))
    pairs = sorted(
        (abs(finding.start_line - golden.lines[0]), at, number)
        for at, golden in enumerate(case.golden)
        for number, finding in enumerate(visible)
        if _meets(golden, finding)
    )
    taken: dict[int, int] = {}
    for _, at, number in pairs:
        if at not in taken and number not in taken.values():
            taken[at] = number
    also = {number for _, _, number in pairs}  # a second comment on a golden finding is not unexpected
    models = [finding for finding in review.findings if finding.check == MODEL]
    lost = sum(finding.placement_reason.kind in _UNANCHORED for finding in models)
    return CaseScore(
        case,
        found=tuple(golden for at, golden in enumerate(case.golden) if at in taken),
        missed=tuple(golden for at, golden in enumerate(case.golden) if at not in taken),
        unexpected=tuple(finding for number, finding in enumerate(visible) if number not in also),
        matched=len(also),
        anchored=Share(len(models) - lost, len(models)),
        failed=bool(review.failures),
        cost_usd=review.usage.cost_usd,
    )


def total(scores: Iterable[CaseScore]) -> Score:
    """Put the cases together."""
    return Score(tuple(scores))


def worst(scores: Sequence[CaseScore]) -> list[CaseScore]:
    """Give the cases in which something was missed or unexpected, the worst first."""
    wrong = [case for case in scores if case.missed or case.unexpected or case.failed]
    return sorted(wrong, key=lambda case: (-len(case.missed), -len(case.unexpected), case.case.name))


def _meets(golden: Golden, finding: Finding) -> bool:
    first, last = golden.lines
    near = finding.start_line <= last + _BESIDE and first - _BESIDE <= finding.end_line
    return near and finding.path == golden.path and golden.item in {None, finding.item}
