"""The beat schedule names a task that does not exist."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.places import adds, draft, modules
from reviewbot.checks.project.nodes import first_line, last_line, pairs, string
from reviewbot.checks.scope import EXEMPT
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.syntax import Node

CHECK = Check(
    id="scheduled-task-unknown",
    title="The beat schedule names a task that does not exist",
    why=(
        "Beat sends the name at every due time, the worker answers `Received unregistered task`, and what was planned "
        "never happens."
    ),
    fix="Write the name under which the task is registered: the `name` of its decorator, or its module and function.",
    leaves_alone=(
        "Celery's own tasks; projects with tasks whose names are computed or that are classes; schedules that are "
        "computed; projects that configure Celery from elsewhere, or without any task of their own."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    items=("sinag-backend-architect/task-routing",),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=("celery beat", "beat schedule", "periodic tasks"),
    topics=("celery scheduled tasks",),
)


def run(context: Context) -> Iterator[Draft]:
    """Report each new entry of the schedule that names no task."""
    for file, module in modules(context, "beat_schedule"):
        celery = context.project.celery if context.project is not None else None
        if celery is None or celery.configuration is None or celery.configuration.module.path != module.path:
            return
        names = celery.names
        for node in _tasks(celery.configuration.settings.get("beat_schedule")):
            name = string(node)
            known = not names or name is None or name in names or name.startswith("celery.")
            if not known and adds(file, first_line(node), last_line(node)):
                yield draft(module, node, f"The schedule names the task `{name}`, which does not exist")


def _tasks(schedule: Node | None) -> Iterator[Node]:
    for _, entry in pairs(schedule):
        yield from (value for key, value in pairs(entry) if string(key) == "task")
