"""The application stops refusing paths with a slash: `redirect_slashes=False` is taken out."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.changeset import Draft
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.change import LineKind, Side
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context

CHECK = Check(
    id="redirect-slashes-removed",
    title="`redirect_slashes=False` is taken out of the application",
    why=(
        "FastAPI then answers a path with a slash by a redirect, which drops the body and the headers of the request "
        "in some clients and leaves HTTPS behind the proxy; callers that were wrong go on unnoticed."
    ),
    fix="Keep `redirect_slashes=False`, and correct the caller.",
    leaves_alone=(
        "The argument moved to another place or file, an application that is removed as a whole, and an application "
        "written anew, which `redirect-slashes-enabled` reports; tests."
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    items=("trainsmart-senior-backend-architect/no-trailing-slash",),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.CHANGE,
    engine="change-set",
    words=("redirect_slashes=False",),
)

_REFUSES = re.compile(r"\bredirect_slashes\s*=\s*False\b")
_APPLICATION = re.compile(r"\bFastAPI\(")


def run(context: Context) -> Iterator[Draft]:
    """Report the removed line, unless the change says the same or makes the application anew."""
    lines = [(file, line) for file in context.changes.files for hunk in file.hunks for line in hunk.lines]
    added = [line.text for _, line in lines if line.kind is LineKind.ADDED]
    removed = [line.text for _, line in lines if line.kind is LineKind.REMOVED]
    if any(_REFUSES.search(text) or _APPLICATION.search(text) for text in added) or any(
        _APPLICATION.search(text) for text in removed
    ):
        return
    own = {file.path for file in context.files}
    for file, line in lines:
        if file.path in own and line.kind is LineKind.REMOVED and line.old and _REFUSES.search(line.text):
            title = "The application answers paths with a slash by a redirect from now on"
            yield Draft(file.path, line.old, line.old, title, line.text, side=Side.LEFT)
