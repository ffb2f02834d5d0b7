"""Results of Celery tasks are read, and the application keeps none."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.changed_modules import adds, draft, modules
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import first_line, last_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft

CHECK = Check(
    id="results-without-backend",
    title="Results of tasks are read, and none are kept",
    why="Without a result backend `AsyncResult` knows nothing: asking for a state or a result raises an error.",
    fix="Give the Celery application a backend (`backend=settings.CELERY_RESULT_BACKEND`) and let results expire.",
    leaves_alone=(
        "Projects that configure Celery from elsewhere, or have several applications; projects that read no results."
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    items=("sinag-backend-architect/result-backend",),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=("result backend",),
)

_READS = re.compile(r"^(?:[A-Za-z0-9_]+\.)*AsyncResult\(")


def run(context: Context) -> Iterator[Draft]:
    """Report each new place that asks for the result of a task by its id."""
    for file, module in modules(context, "AsyncResult("):
        configuration = context.project.celery.configuration if context.project is not None else None
        if configuration is None or configuration.opaque or configuration.has("result_backend"):
            return
        for node in module.source.root.find_all(kind="call", regex=_READS.pattern):
            if adds(file, first_line(node), last_line(node)):
                yield draft(module, node, f"`{configuration.module.path}` gives Celery no result backend to ask")
                break
