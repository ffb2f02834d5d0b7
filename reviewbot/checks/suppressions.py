"""What is held back although a check found it: ignored in the code, or known from the baseline."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.checks.ignore_comments import FORM, ignores
from reviewbot.checks.scope import looks_at
from reviewbot.checks.selection import nearest
from reviewbot.core.change import Side
from reviewbot.core.check import Reach
from reviewbot.core.finding import MODEL, Placement, fingerprint
from reviewbot.core.reasons import ReasonKind, because

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator, Sequence

    from reviewbot.checks.catalog import Catalog
    from reviewbot.checks.ignore_comments import Ignore
    from reviewbot.core.change import ChangeSet
    from reviewbot.core.check import CheckRun
    from reviewbot.core.finding import Finding
    from reviewbot.core.reasons import Reason
    from reviewbot.core.review import Assignment

_MOST_LISTED = 10
_EXCUSES = {ReasonKind.IGNORED, ReasonKind.IN_BASELINE}


class Excuses:
    """Why findings of a change are held back, and which of the reasons given in its code are none.

    Args:
        changes: The change; its own comments count, and are listed.
        known: Fingerprints of the baseline.
        comments: Whether comments in the code count at all.
    """

    def __init__(self, changes: ChangeSet, known: Container[str] = (), *, comments: bool = True) -> None:
        self._known = known
        self._renames = changes.renames
        self._ignores = {file.path: in_file for file in changes.files if comments and (in_file := ignores(file))}

    def reason(self, finding: Finding) -> Reason | None:
        """Say why a finding is held back, or None; it need not have its fingerprint yet."""
        ignore = self._ignore(finding)
        if ignore is not None:
            return because(ReasonKind.IGNORED, ignore.reason)
        own = finding.fingerprint or fingerprint(finding, self._renames)
        return because(ReasonKind.IN_BASELINE) if own in self._known else None

    def applied(self, findings: Iterable[Finding]) -> list[Finding]:
        """Give all of the findings, those with an excuse held back; so is what the model says of them again."""
        result = [_hold_back(finding, self.reason(finding)) for finding in findings]
        excused = [finding for finding in result if finding.placement_reason.kind in _EXCUSES]
        return [
            _hold_back(finding, next((e.placement_reason for e in excused if _same(e, finding)), None))
            if finding.check == MODEL
            else finding
            for finding in result
        ]

    def remarks(
        self,
        findings: Iterable[Finding],
        assignments: Sequence[Assignment],
        runs: Iterable[CheckRun],
        catalog: Catalog,
    ) -> tuple[str, ...]:
        """Say which findings the change itself asks to ignore, and which of its comments do nothing, and why.

        Args:
            findings: All of the review, wherever they are placed: a comment is of use where its check finds something.
            assignments: Who reviews what.
            runs: How far the checks got.
            catalog: The checks.
        """
        used = {(ignore, finding.check) for finding in findings if (ignore := self._ignore(finding)) is not None}
        ran = {(run.check, run.agent) for run in runs if run.reach is Reach.WHOLE}
        reviewer = {path: assignment.agent for assignment in assignments for path in assignment.files}
        useless = []
        new = (ignore for in_file in self._ignores.values() for ignore in in_file if ignore.new)
        for ignore in new:
            where = f"{ignore.path}:{ignore.line}"
            agent = reviewer.get(ignore.path, "")
            complaints = self._complaints(ignore, agent, used, ran, catalog)
            useless += [f"{where}: {said}{'' if said.endswith('?') else '.'}" for said in complaints]
        more = len(useless) - _MOST_LISTED
        several = "And 1 more comment that ignores a check does nothing."
        if more > 1:
            several = f"And {more} more comments that ignore checks do nothing."
        others = (several,) if more > 0 else ()
        return (*_brought(used), *useless[:_MOST_LISTED], *others)

    def _ignore(self, finding: Finding) -> Ignore | None:
        if finding.side is not Side.RIGHT:
            return None
        return next(
            (
                ignore
                for ignore in self._ignores.get(finding.path, ())
                if ignore.reason and finding.check in ignore.checks
                if ignore.covers(finding.start_line, finding.end_line)
            ),
            None,
        )

    def _complaints(
        self,
        ignore: Ignore,
        agent: str,
        used: Container[tuple[Ignore, str]],
        ran: Container[tuple[str, str]],
        catalog: Catalog,
    ) -> Iterator[str]:
        if not ignore.checks:
            yield f"this comment names no check, so it does nothing; write `{FORM}`"
        for name in ignore.checks:
            check = catalog.checks.get(name)
            if check is None:
                if name not in {*catalog.off, MODEL}:
                    yield f"no check is called `{name}`, so ignoring it does nothing{nearest(name, catalog.checks)}"
            elif not ignore.reason:
                yield f"ignoring {name} needs a reason, and without one does nothing; write `{FORM}`"
            # A check of the whole change often speaks once, wherever: that it is silent here says nothing.
            elif (
                (ignore, name) not in used
                and ignore.seen
                and check.engine != "change-set"
                and (name, agent) in ran
                and looks_at(check, ignore.path)
            ):
                yield f"{name} finds nothing here, so the comment that ignores it can go"


def _brought(used: Iterable[tuple[Ignore, str]]) -> list[str]:
    brought = sorted((ignore.path, ignore.line, check, ignore.reason) for ignore, check in used if ignore.brought)
    if not brought:
        return []
    listed = "; ".join(f"{path}:{line} {check} ({reason})" for path, line, check, reason in brought[:_MOST_LISTED])
    more = f"; and {len(brought) - _MOST_LISTED} more" if len(brought) > _MOST_LISTED else ""
    return [f"This change itself asks to ignore findings; see whether you agree: {listed}{more}."]


def _hold_back(finding: Finding, reason: Reason | None) -> Finding:
    if reason is None or finding.placement is not None:
        return finding
    return replace(finding, placement=Placement.HELD_BACK, placement_reason=reason)


def _same(first: Finding, second: Finding) -> bool:
    """Tell whether two findings are about the same item on the same lines."""
    places = [(f.agent, f.item, f.path, f.side) for f in (first, second)]
    return places[0] == places[1] and first.start_line <= second.end_line and second.start_line <= first.end_line
