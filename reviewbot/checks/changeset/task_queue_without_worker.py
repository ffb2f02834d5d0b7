"""A Celery task goes to a queue that no worker consumes."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.places import adds, draft, modules
from reviewbot.checks.project.nodes import first_line, last_line, pairs, string
from reviewbot.checks.scope import EXEMPT
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.change import ChangedFile
    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.project import Project
    from reviewbot.checks.project.celery import Task
    from reviewbot.checks.project.module import Module

CHECK = Check(
    id="task-queue-without-worker",
    title="A Celery task goes to a queue that no worker consumes",
    why="The messages pile up in Redis and nobody ever runs them; nothing fails, so nobody notices either.",
    fix=(
        "Add the queue to `--queues` where the worker is started, in every compose file and image, or route the task "
        "to one that is consumed."
    ),
    leaves_alone=(
        "Projects whose workers are started nowhere in the repository, or with queues from a variable; tasks that a "
        "caller sends to another queue (`apply_async(queue=…)`, the beat schedule); routes that match no task. A task "
        "without a queue and without a route goes to Celery's default queue."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    items=("sinag-backend-architect/task-routing",),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=("celery task routing", "celery queues", "queue routing"),
    topics=("task queues",),
)


def run(context: Context) -> Iterator[Draft]:
    """Report new tasks and new routes whose queue nobody consumes; once for each queue."""
    said: set[str] = set()
    for file, module in modules(context, "task"):
        if context.project is None:
            return
        for one, queue in (*_routes(context.project, file, module), *_tasks(context.project, file, module)):
            if queue not in said:
                said.add(queue)
                yield one


def _tasks(project: Project, file: ChangedFile, module: Module) -> Iterator[tuple[Draft, str]]:
    for task in project.celery.tasks_of(module):
        if not adds(file, task.function.start, task.function.signature_end):
            continue
        queue, consumed = project.celery.queue_of(task), project.celery.queues
        if queue is None or consumed is None or queue in consumed or _sent_elsewhere(project, task):
            continue
        kind = "the default queue" if queue == project.celery.default_queue else "queue"
        title = f"`{task.function.name}` goes to {kind} `{queue}`, which no worker consumes"
        yield draft(module, task.function.decorated, title), queue


def _routes(project: Project, file: ChangedFile, module: Module) -> Iterator[tuple[Draft, str]]:
    configuration = project.celery.configuration
    if configuration is None or configuration.module.path != module.path:
        return
    consumed = project.celery.queues
    routed = dict(project.celery.routes or ())
    for key, value in pairs(configuration.settings.get("task_routes")):
        queue = routed.get(string(key) or "")
        if consumed is None or queue is None or queue in consumed or not _routes_any(project, string(key) or ""):
            continue
        if adds(file, first_line(key), last_line(value)):
            yield draft(module, key, f"Tasks are routed to queue `{queue}`, which no worker consumes"), queue


def _routes_any(project: Project, pattern: str) -> bool:
    """Tell whether the pattern of a route matches any task, or may match one whose name cannot be told."""
    names = project.celery.names
    return not names or any(fnmatchcase(name, pattern) for name in names)


def _sent_elsewhere(project: Project, task: Task) -> bool:
    """Tell whether some caller names a queue of its own."""
    name = re.escape(task.function.name)
    sent = re.compile(rf"\b{name}\s*\.\s*(?:apply_async|s|si|signature)\((?:[^()]|\([^()]*\))*\bqueue\s*=")
    if any(sent.search(module.text) for module in project.code.mentioning("queue=")):
        return True
    configuration = project.celery.configuration
    beat = configuration.settings.get("beat_schedule") if configuration is not None else None
    return beat is not None and "queue" in beat.text() and (task.name or "?") in beat.text()
