"""What commands have in common at their end: the payload, and the exit code."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.core import printing
from reviewbot.core.errors import UsageError
from reviewbot.core.finding import Placement
from reviewbot.core.reasons import ReasonKind
from reviewbot.core.review import Verdict
from reviewbot.core.unreviewed import was_possible, without_findings
from reviewbot.settings.config import WHERE_POSSIBLE

if TYPE_CHECKING:
    from reviewbot.core.review import Review
    from reviewbot.settings.config import Config


def exit_code(review: Review, config: Config) -> int:
    """Give 3 when something failed or a required review did not happen, 1 for findings at the threshold, else 0.

    A job does not fail for what a check says that has not yet proven itself in projects such as this one.
    """
    if review.failures:
        return 3
    nothing = without_findings(review.not_reviewed, review.coverage.files) is Verdict.NOT_REVIEWED
    required = was_possible(review) if config.require_review == WHERE_POSSIBLE else config.require_review
    if required and nothing and review.verdict in {Verdict.NOT_REVIEWED, Verdict.INCOMPLETE}:
        return 3
    counted = (
        finding
        for finding in review.findings
        if finding.placement is not Placement.HELD_BACK and finding.placement_reason.kind is not ReasonKind.UNPROVEN
    )
    return int(any(config.fail_on.is_reached_by(finding.severity) for finding in counted))


def demand_folder(output: str | None) -> None:
    """See to it that there is a folder for the file, before anybody reviews or pays for what goes there.

    Raises:
        UsageError: There is none.
    """
    if output is not None and not Path(output).absolute().parent.is_dir():
        raise UsageError(f"--output {output}: cannot write: there is no such folder")


def write(text: str, output: str | None, what: str = "--output", *, exact: bool = False) -> None:
    """Put the payload into the file, or on standard output.

    Args:
        text: The payload.
        output: The file, or None for standard output.
        what: What the file is, for messages.
        exact: Whether it is safe to print as it is, see :func:`reviewbot.core.printing.out`.

    Raises:
        UsageError: The file cannot be written; the payload is on standard output then.
        OutputError: Standard output cannot.
        BrokenPipeError: Its reader has seen enough.
    """
    if output is None:
        printing.out(text, exact=exact)
        return
    try:
        Path(output).write_text(text, encoding="utf-8", errors="replace", newline="")
    except OSError as error:
        # It may have taken a model and minutes.
        printing.out(text, exact=exact)
        raise UsageError(f"{what} {output}: cannot write: {error.strerror}; it is on standard output") from error
