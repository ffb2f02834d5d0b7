"""A Celery task may run for ever: neither it, nor the configuration, nor the worker's command sets a limit."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.checks.helpers.changed_modules import adds, draft, modules
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft

CHECK = Check(
    id="task-without-time-limit",
    title="A Celery task may run for ever",
    why="A task that hangs, on a socket or on a lock, keeps its worker process for good; a few of them stop the queue.",
    fix="Set `task_time_limit` and `task_soft_time_limit` in the Celery configuration, or `time_limit` on the task.",
    leaves_alone=(
        "Projects that limit all tasks in the configuration or in the worker's command, or configure Celery from "
        "elsewhere; tasks with a limit of their own, or with a `base` that may have one; tasks of other queues "
        "(taskiq, huey). One finding for each module."
    ),
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    items=("sinag-backend-architect/task-timeouts",),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=("celery time limit", "task time limit", "task timeout", "soft time limit"),
)

_LIMITS = ("time_limit", "soft_time_limit")


def run(context: Context) -> Iterator[Draft]:
    """Report the first new task without a limit in each module."""
    for file, module in modules(context, "task"):
        if context.project is None:
            return
        for task in context.project.celery.tasks_of(module):
            if context.project.celery.limits_all is not False:
                return
            limited = task.options is not None and (
                task.options.open or any(task.option(name) for name in (*_LIMITS, "base"))
            )
            if not limited and adds(file, task.function.start, task.function.signature_end):
                title = f"`{task.function.name}` has no time limit, and neither has Celery's configuration"
                yield draft(module, task.function.decorated, title)
                break
