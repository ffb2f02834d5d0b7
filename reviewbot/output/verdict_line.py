"""What a review comes to, the same in every output: counted, and in a sentence for whoever decides about the change."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.finding import Severity
from reviewbot.core.review import Verdict
from reviewbot.output import counting

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Review


def headline(review: Review) -> str:
    """Give ``3 findings in 2 files (1 critical, 2 low)``; what did not happen is never called good."""
    found = counting.shown(review)
    looked = sum(file.status in {"reviewed", "partial"} for file in review.coverage.files)
    if review.verdict is Verdict.NOT_REVIEWED:
        return "nothing was reviewed"
    count = f"no findings in {counting.plural(looked, 'file')}"
    if found:
        files = counting.plural(len({finding.path for finding in found}), "file")
        count = counting.findings(found).replace(" (", f" in {files} (", 1)
    if review.verdict is Verdict.INCOMPLETE:
        return f"incomplete, so far {count}"
    return count if looked or found else "nothing to review, so no findings"


def verdict_line(review: Review) -> str:
    """Give the sentence; it never says more than was looked at."""
    if review.failures or review.verdict is Verdict.INCOMPLETE:
        why = "failed" if review.failures else "was left out"
        return f"Something {why}, so this review does not speak for the whole change."
    if review.verdict is Verdict.NOT_REVIEWED:
        return "Nothing was reviewed, so nothing is known of this change."
    shown = counting.shown(review)
    if not shown and not review.assignments:
        return "Nothing in this change is for any agent, so nothing was reviewed."
    return _of_findings(shown)


def _of_findings(shown: Sequence[Finding]) -> str:
    sure = [finding for finding in shown if not finding.is_hint]
    serious = sum(finding.severity.at_least(Severity.HIGH) for finding in sure)
    others = sum(finding.severity is Severity.MEDIUM for finding in sure)
    small, hints = len(sure) - serious - others, len(shown) - len(sure)
    parts = [
        f"{counting.plural(serious, 'serious problem')} to solve before this is merged" if serious else "",
        f"{counting.plural(others, 'finding')} worth a look" if others else "",
        f"{small} small {'one' if small == 1 else 'ones'}" if small else "",
        f"{counting.plural(hints, 'hint')} that may be wrong" if hints else "",
    ]
    told = ", ".join(part for part in parts if part)
    if serious:
        return f"{told}."
    if others or hints:
        return f"Nothing serious is sure: {told}." if hints else f"Nothing serious was seen: {told}."
    if shown:
        return "Nothing serious was seen; what was found is small."
    return "Nothing was found, which is no proof that nothing is wrong."
