"""The summary's sections in the order of the agent's response format, assembled from findings and ledger.

A section is written from what was found, or left out; nobody invents trade-offs, and why a finding matters stands
in its comment alone. Which facts a section is made of follows from its name, so a foreign agent's response format
works as well.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.core.finding import Placement
from reviewbot.core.reasons import ReasonKind
from reviewbot.core.review import Section, Status
from reviewbot.core.text import one_line
from reviewbot.output import counting

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from reviewbot.core.agent import Agent
    from reviewbot.core.check import Check
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Assignment, ItemVerdict


def sections(
    assignments: Sequence[Assignment],
    agents: Mapping[str, Agent],
    findings: Sequence[Finding],
    ledger: Sequence[ItemVerdict],
    checks: Mapping[str, Check],
    written: Sequence[Section] = (),
) -> tuple[Section, ...]:
    """Give each assigned agent's sections, in the order its response format lists them.

    Bodies are Markdown. A section for which findings and ledger hold nothing is left out; one that the model has
    written stands as it is.
    """
    by_title = {(section.agent, section.title.casefold()): section for section in written}
    result = []
    for assignment in assignments:
        agent = agents[assignment.agent]
        shown = [f for f in findings if f.agent == agent.name and f.placement is not Placement.HELD_BACK]
        facts = _Facts(agent, assignment, shown, [v for v in ledger if v.agent == agent.name], checks)
        for name in agent.sections:
            own = by_title.pop((agent.name, name.casefold()), None)
            body = own.body if own else facts.body(name)
            if body:
                result.append(Section(agent.name, name, body))
    return (*result, *by_title.values())


class _Facts:
    """What one agent found, told in the ways that sections ask for."""

    def __init__(
        self,
        agent: Agent,
        assignment: Assignment,
        shown: Sequence[Finding],
        ledger: Sequence[ItemVerdict],
        checks: Mapping[str, Check],
    ) -> None:
        self._agent = agent
        self._assignment = assignment
        self._findings = sorted(shown, key=lambda f: (f.severity.rank, f.path, f.start_line))
        # Details have a line of their own in the summary.
        self._shown = [finding for finding in self._findings if finding.placement_reason.kind is not ReasonKind.DETAIL]
        # What has no comment of its own says in the summary itself why it matters and what to do.
        self._told = [finding for finding in self._shown if finding.placement is Placement.INLINE]
        self._ledger = ledger
        self._checks = checks

    def body(self, name: str) -> str:
        """Give the body of the section called ``name``, empty where there is nothing to say."""
        for pattern, tell in self._ways:
            if re.search(pattern, name, re.IGNORECASE):
                return tell(self)
        return self._of_heading(name)

    def _analysis(self) -> str:
        files = len(self._assignment.files)
        return f"{counting.plural(files, 'file')} reviewed: {counting.findings(self._findings)}."

    def _recommendation(self) -> str:
        """Say what to do about what, the most severe first, each fix once; what a model says stands at its lines."""
        fixes: dict[str, list[Finding]] = {}
        for finding in self._told:
            # What a model found has no fix in common with anything else.
            fixes.setdefault(finding.check if finding.check in self._checks else finding.fingerprint, []).append(
                finding
            )
        lines: list[str] = []
        for alike in fixes.values():
            known = self._checks.get(alike[0].check)
            places = ", ".join(_place(finding) for finding in alike[:3])
            more = f" and {len(alike) - 3} more" if len(alike) > 3 else ""
            what = f"**{known.title}**: {_sentence(known.fix)}" if known else f"Solve {_named(alike[0])}."
            lines.append(f"{len(lines) + 1}. {what} ({alike[0].severity}: {places}{more})")
        return "\n".join(lines)

    def _implementation(self) -> str:
        """Point to the replacements that were seen to parse."""
        ready = [finding for finding in self._told if finding.suggestion and finding.suggestion.verified]
        return "\n".join(f"- {_place(finding)}: a suggestion is attached to {_named(finding)}." for finding in ready)

    def _testing(self) -> str:
        return self._of_words(r"test")

    def _monitoring(self) -> str:
        return self._of_words(r"monitor|logging|observab")

    def _of_words(self, words: str) -> str:
        """List the findings whose checklist item's id has one of ``words``."""
        return self._listed([finding for finding in self._shown if re.search(words, finding.item)])

    def _of_heading(self, name: str) -> str:
        """List the findings of the checklist's heading of the same name."""

        def of(item_id: str) -> bool:
            item = self._agent.item(item_id)
            return item is not None and item.section.casefold() == name.casefold()

        violated = self._listed([finding for finding in self._shown if of(finding.item)])
        passed = [v.title for v in self._ledger if of(v.item) and v.status is Status.PASSED]
        return "\n".join(filter(None, [violated, *(f"- Holds: {_sentence(title)}" for title in passed)]))

    @staticmethod
    def _listed(findings: Sequence[Finding]) -> str:
        return "\n".join(f"- {finding.severity}: {_named(finding)} ({_place(finding)})" for finding in findings)

    # The first pattern that the section's name matches says how it is told.
    _ways: tuple[tuple[str, Callable[[_Facts], str]], ...] = (
        (r"analysis|overview|summary|assessment", _analysis),
        (r"recommend|approach|action|next steps", _recommendation),
        (r"implementation|code changes|fixes", _implementation),
        (r"test", _testing),
        (r"monitor|observab", _monitoring),
    )


def _place(finding: Finding) -> str:
    # A name with a backtick would not stay within its code span.
    path = one_line(finding.path).replace("`", "'")
    return f"`{path}:{finding.start_line}`"


def _named(finding: Finding) -> str:
    """Name a finding whose title the summary's table has."""
    return f"finding `{finding.fingerprint[:8]}`"


def _sentence(text: str) -> str:
    text = " ".join(text.split())
    return text if text.endswith((".", "!", "?")) else f"{text}."
