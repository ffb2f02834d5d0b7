"""Counting in words, the same in every output."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from reviewbot.core.finding import Placement, Severity
from reviewbot.core.reasons import ReasonKind
from reviewbot.core.review import Status

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewbot.core.finding import Finding
    from reviewbot.core.review import ItemVerdict, Review, Usage


def plural(count: int, word: str) -> str:
    """Give ``1 file``, ``2 files``."""
    return f"{count} {word}" if count == 1 else f"{count} {word}s"


def findings(listed: Sequence[Finding]) -> str:
    """Give ``3 findings (1 critical, 2 low)``, or ``no findings``; how many are hints is said as well."""
    if not listed:
        return "no findings"
    severities = Counter(finding.severity for finding in listed)
    parts = ", ".join(f"{severities[severity]} {severity}" for severity in Severity if severities[severity])
    return f"{plural(len(listed), 'finding')} ({parts}{_hints(listed)})"


def _hints(listed: Sequence[Finding]) -> str:
    hints = sum(finding.is_hint for finding in listed)
    if not hints or len(listed) == 1:
        return ", a hint" if hints else ""
    return f"; {hints} of them {'a hint' if hints == 1 else 'hints'}"


def severity(finding: Finding) -> str:
    """Give how severe it is, and that it is a hint, where it is one: ``high``, ``high, a hint``."""
    return f"{finding.severity}, a hint" if finding.is_hint else str(finding.severity)


def hint(finding: Finding) -> str:
    """Give what is put after a title or a check to call it a hint, empty where it is none."""
    return " (a hint)" if finding.is_hint else ""


def title(finding: Finding) -> str:
    """Give its title for where a severity is not shown as we have it; of a hint it says how severe it would be."""
    return f"{finding.title} ({severity(finding)})" if finding.is_hint else finding.title


def decided(ledger: Iterable[ItemVerdict]) -> str:
    """Give the ledger's one line: ``9 of 56 checklist items decided (4 violated, 5 passed); 40 not checked, …``."""
    statuses = Counter(verdict.status for verdict in ledger)
    total = sum(statuses.values())
    if not total:
        return "no checklist items"
    answers = {status: f"{count} {status.replace('_', ' ')}" for status in Status if (count := statuses[status])}
    known = [status for status in (Status.VIOLATED, Status.PASSED) if status in answers]
    inside = f" ({', '.join(answers[status] for status in known)})" if known else ""
    rest = "".join(f"{', ' if n else '; '}{answers[s]}" for n, s in enumerate(s for s in answers if s not in known))
    return f"{sum(statuses[status] for status in known)} of {total} checklist items decided{inside}{rest}"


def shown(review: Review) -> list[Finding]:
    """Give the findings that are not held back, the most severe first."""
    visible = (finding for finding in review.findings if finding.placement is not Placement.HELD_BACK)
    return sorted(visible, key=lambda f: (f.severity.rank, f.path, f.start_line, f.fingerprint))


def commented(review: Review) -> list[Finding]:
    """Give the shown findings that no note speaks for, and that are no details."""
    elsewhere = {ReasonKind.SAID_ONCE, ReasonKind.DETAIL}
    return [finding for finding in shown(review) if finding.placement_reason.kind not in elsewhere]


def held_back(review: Review) -> list[Finding]:
    """Give the findings that are held back, in reading order."""
    return [finding for finding in review.findings if finding.placement is Placement.HELD_BACK]


def cost(usage: Usage, seconds: float | None = None) -> str:
    """Give what a model cost, what it was expected to, and how long it took; empty where none was asked.

    Args:
        usage: Of the model.
        seconds: How long the whole run took, where that is known.
    """
    time = f"{max(1, round(usage.seconds if seconds is None else seconds))} s"
    if not usage.calls:
        return "" if seconds is None else f"Took {time}."
    dollars = f"${usage.cost_usd:.2f} (expected about ${usage.expected_usd:.2f}"
    sent = usage.input_tokens + usage.cache_write_tokens
    apart = "".join(f"; {agent} ${dollars:.2f}" for agent, dollars in usage.by_agent.items())
    return (
        f"Claude: {plural(usage.calls, 'call')}, {sent:,} tokens sent, {usage.cache_read_tokens:,} from the cache, "
        f"{usage.output_tokens:,} answered, {dollars}{apart}); took {time}"
    )
