"""What the checks came to, whole and while it is made."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewbot.core.telling import UNWATCHED, Watch

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviewbot.checks.moved import Removed
    from reviewbot.checks.project import Project
    from reviewbot.core.check import CheckRun, Reach
    from reviewbot.core.finding import Finding
    from reviewbot.core.reasons import Reason
    from reviewbot.core.review import Failure


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What the checks came to.

    Attributes:
        findings: Not yet identified or placed.
        runs: How far each check got, for each agent.
        seen: Path → how it was seen (see :func:`reviewbot.review.coverage.coverage`).
        failures: Checks that broke; the others ran all the same.
        remarks: What the reader must know besides.
        project: What was learned about the project around the change.
        watch: Who waited for it.
    """

    findings: tuple[Finding, ...]
    runs: tuple[CheckRun, ...]
    seen: Mapping[str, Reach | Reason]
    failures: tuple[Failure, ...]
    remarks: tuple[str, ...] = ()
    project: Project | None = None
    watch: Watch = UNWATCHED


@dataclass(slots=True)
class Making:
    """What is there so far.

    Attributes:
        excuse: Says why a finding will be held back.
        project: What is learned about the project around the change.
        removed: What stood in the code before the change.
        watch: Who waits for it.
        unreadable: Why the tree around the change cannot be read; empty where it can.
        cut: Paths of files that are such that not every place was looked at.
        late: What there was no time for, by name: files and checks.
    """

    excuse: Callable[[Finding], Reason | None]
    project: Project | None
    removed: Removed
    watch: Watch = UNWATCHED
    findings: list[Finding] = field(default_factory=list)
    runs: list[CheckRun] = field(default_factory=list)
    seen: dict[str, Reach | Reason] = field(default_factory=dict)
    failures: list[Failure] = field(default_factory=list)
    unreadable: str = ""
    cut: dict[str, None] = field(default_factory=dict)
    late: dict[str, None] = field(default_factory=dict)

    @property
    def remarks(self) -> tuple[str, ...]:
        """What the reader must know besides."""
        if not self.cut:
            return ()
        why = "Lines are so long that the checks did not look at every place"
        return (f"{why}: {', '.join(self.cut)}.",)

    def is_late(self, what: str) -> bool:
        """Tell whether there is no time for a file or a check any more, and note it then."""
        if self.watch.until.over:
            self.late[what] = None
        return what in self.late
