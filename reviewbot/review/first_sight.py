"""Which checks speak up in a project that their agent does not know: those that were right in others at first sight."""

from __future__ import annotations

import re
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.core import documents
from reviewbot.core.finding import Confidence
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Grade
from reviewbot.review.evaluation.share import Share

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from reviewbot.checks.catalog import Catalog
    from reviewbot.checks.results import CheckResult
    from reviewbot.core.change import ChangeSet
    from reviewbot.core.check import Check
    from reviewbot.core.finding import Finding
    from reviewbot.core.reasons import Reason
    from reviewbot.core.review import Assignment
    from reviewbot.settings.config import Config

DATA = Path(__file__).with_name("evaluation") / "first_sight.yml"
# Fewer readings than that tell nothing; and of five comments one may be wrong.
_LEAST = 3
_RIGHT = 0.8


@cache
def shares() -> Mapping[str, Share]:
    """Give how often each check was right when first read in a project; those never read are not there."""
    return {check: Share(right, read) for check, (right, read) in documents.own(DATA).items()}


def is_proven(share: Share | None) -> bool:
    """Tell whether a check with that share may speak up anywhere."""
    return share is not None and share.whole >= _LEAST and share.part >= _RIGHT * share.whole


def told(check: Check) -> str:
    """Say what a check's findings are in a project that is not the agent's own; empty where they are hints anyway."""
    if check.confidence is Confidence.LOW or check.petty or check.origin:
        return ""
    share = shares().get(check.id)
    known = f"{share.part} of {share.whole} were right" if share else "none of them has been read"
    plain = ", but for what is plain in the quoted code" if check.plain else ""
    return f"{'comments' if is_proven(share) else f'hints{plain}'} (at first sight {known})"


def unproven(
    changes: ChangeSet, assignments: Iterable[Assignment], checks: Mapping[str, Check], config: Config
) -> dict[str, Reason]:
    """Give the ``agent/check`` whose findings are hints here, whatever the check thinks of them, and why.

    Args:
        changes: Of a bare diff nobody knows whose project it is, so that there is none.
        assignments: Who reviews; an agent's own project is one that it knows, as is what somebody gave it by name.
        checks: Every check by its id; those of the team's own know the project.
        config: Where it says how severe a check is, somebody wants to see it.
    """
    foreign = [each.agent for each in assignments if each.grade in {Grade.STACK, Grade.FALLBACK}]
    if changes.head_tree is None or not foreign:
        return {}
    doubtful = [
        check.id
        for check in checks.values()
        if check.confidence is not Confidence.LOW
        and not check.origin
        and not ((control := config.checks.get(check.id)) and control.severity)
        and not is_proven(shares().get(check.id))
    ]
    return {f"{agent}/{check}": because(ReasonKind.UNPROVEN) for agent in foreign for check in doubtful}


def hedged(checked: CheckResult, unproven: Collection[str], catalog: Catalog) -> CheckResult:
    """Give the same result, its findings as hints where their check has not proven itself and they are not plain."""
    findings = (
        replace(finding, confidence=Confidence.LOW)
        if f"{finding.agent}/{finding.check}" in unproven and not _is_plain(finding, catalog.checks[finding.check])
        else finding
        for finding in checked.findings
    )
    return replace(checked, findings=tuple(findings))


def _is_plain(finding: Finding, check: Check) -> bool:
    return bool(check.plain) and re.search(check.plain, finding.evidence) is not None
