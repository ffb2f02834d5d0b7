"""A Celery task goes to a queue that no worker consumes."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING

from reviewbot.checks.changeset import Draft
from reviewbot.checks.helpers.changed_modules import adds, draft, modules
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.change import LineKind, Side
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import call, first_line, last_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context
    from reviewbot.checks.project import Project
    from reviewbot.checks.project.celery_tasks import Task
    from reviewbot.core.change import ChangedFile
    from reviewbot.python.module import Module

CHECK = Check(
    id="task-queue-without-worker",
    title="A Celery task goes to a queue that no worker consumes",
    why="The messages pile up in Redis and nobody ever runs them; nothing fails, so nobody notices either.",
    fix=(
        "Add the queue to `--queues` where the worker is started, in every compose file and image, or route the task "
        "to one that is consumed."
    ),
    leaves_alone=(
        "Projects whose workers are started nowhere in the repository, or with queues from a variable; configuration "
        "that is not in the tree; tasks that a caller sends to another queue (`apply_async(queue=…)`, the beat "
        "schedule); routes that match no task. A task without a queue and without a route goes to Celery's default "
        "queue."
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


_SENDS = r"(?s)^[A-Za-z0-9_.]+\.(?:apply_async|send_task)\("


def run(context: Context) -> Iterator[Draft]:
    """Report new tasks, routes, calls and default queues whose queue nobody consumes; once for each queue."""
    project = context.project
    said: set[str] = set()
    for file, module in modules(context, "task", "queue"):
        if project is None or project.celery.queues is None:
            return
        for search in (_routes, _default, _tasks, _calls):
            for finding, queue in search(project, file, module):
                if queue not in said:
                    said.add(queue)
                    yield finding
    if project is not None:
        yield from _given_up(context, project, said)


def _tasks(project: Project, file: ChangedFile, module: Module) -> Iterator[tuple[Draft, str]]:
    for task in (*project.celery.tasks_of(module), *project.celery.classes_of(module)):
        given = task.option("queue")
        changed = given is not None and adds(file, first_line(given), last_line(given))
        if not (changed or adds(file, task.function.start, _head(task))):
            continue
        queue = _left_alone(project, task)
        if queue is not None:
            kind = "the default queue" if queue == project.celery.default_queue else "queue"
            title = f"`{task.function.name}` goes to {kind} `{queue}`, which no worker consumes"
            yield draft(module, task.function.decorated, title), queue


def _head(task: Task) -> int:
    """Give the last line of what names a task: of a class only the first."""
    return task.function.start if task.attributes else task.function.signature_end


def _left_alone(project: Project, task: Task) -> str | None:
    """Give the queue of a task that nobody consumes; None where somebody does, or it cannot be told."""
    queue, consumed = project.celery.queue_of(task), project.celery.queues
    if queue is None or consumed is None or queue in consumed or _sent_elsewhere(project, task):
        return None
    return queue


def _routes(project: Project, file: ChangedFile, module: Module) -> Iterator[tuple[Draft, str]]:
    consumed = project.celery.queues or ()
    for pattern, queue, entry in project.celery.routes or ():
        if entry.module.path != module.path or queue in consumed or not _routes_any(project, pattern):
            continue
        if adds(file, first_line(entry.key), last_line(entry.value)):
            yield draft(module, entry.key, f"Tasks are routed to queue `{queue}`, which no worker consumes"), queue


def _routes_any(project: Project, pattern: str) -> bool:
    """Tell whether the pattern of a route matches any task, or may match one whose name cannot be told."""
    names = project.celery.names
    return not names or any(fnmatchcase(name, pattern) for name in names)


def _default(project: Project, file: ChangedFile, module: Module) -> Iterator[tuple[Draft, str]]:
    """Report a default queue that tasks go to and nobody consumes."""
    configuration, queue = project.celery.configuration, project.celery.default_queue
    given = configuration.told.given.get("task_default_queue") if configuration is not None else None
    if not given or queue is None or given[-1].module.path != module.path or queue in (project.celery.queues or ()):
        return
    if adds(file, first_line(given[-1].node), last_line(given[-1].node)):
        tasks = (task for other in project.code.mentioning("task") for task in project.celery.tasks_of(other))
        if any(_left_alone(project, task) == queue for task in tasks):
            yield draft(module, given[-1].node, f"The default queue is `{queue}`, which no worker consumes"), queue


def _calls(project: Project, file: ChangedFile, module: Module) -> Iterator[tuple[Draft, str]]:
    """Report where a task is sent to a queue that nobody consumes."""
    for node in module.source.root.find_all(kind="call", regex=_SENDS):
        made = call(node)
        given = made.keywords.get("queue") if made is not None else None
        queue = project.celery.reader.text(module, given)
        if given is None or queue is None or queue in (project.celery.queues or ()):
            continue
        if adds(file, first_line(given), last_line(given)):
            yield draft(module, given, f"A task is sent to queue `{queue}`, which no worker consumes"), queue


def _given_up(context: Context, project: Project, said: set[str]) -> Iterator[Draft]:
    """Report a line that no longer makes a worker consume a queue that tasks still go to."""
    base_queues = project.base.celery.queues if project.base is not None else None
    lost = (base_queues or frozenset()) - (project.celery.queues or base_queues or frozenset()) - said
    if not lost:
        return
    tasks = [task for module in project.code.mentioning("task") for task in project.celery.tasks_of(module)]
    for queue in sorted(lost):
        named = next((task for task in tasks if _left_alone(project, task) == queue), None)
        place = _removed(context, queue) if named is not None else None
        if named is not None and place is not None:
            file, line, text = place
            title = f"No worker consumes queue `{queue}` any more, and `{named.function.name}` goes to it"
            yield Draft(file.path, line, line, title, text, side=Side.LEFT)


def _removed(context: Context, queue: str) -> tuple[ChangedFile, int, str] | None:
    """Give the removed line that names a queue, of a file that starts workers."""
    for file in context.changes.files:
        if file.path in context.others or file.path.endswith(".py"):
            continue
        for line in (line for hunk in file.hunks for line in hunk.lines if line.kind is LineKind.REMOVED):
            if line.old and re.search(rf"\b{re.escape(queue)}\b", line.text):
                return file, line.old, line.text.removesuffix("\r")
    return None


def _sent_elsewhere(project: Project, task: Task) -> bool:
    """Tell whether some caller names a queue of its own."""
    name = re.escape(task.function.name)
    sent = re.compile(rf"\b{name}\s*\.\s*(?:apply_async|s|si|signature)\((?:[^()]|\([^()]*\))*\bqueue\s*=")
    by_name = task.name is not None and re.compile(
        rf"""\b(?:send_task|signature)\(\s*["']{re.escape(task.name)}["'](?:[^()]|\([^()]*\))*\bqueue\s*="""
    )
    if any(
        sent.search(module.text) or (by_name and by_name.search(module.text))
        for module in project.code.mentioning("queue=")
    ):
        return True
    configuration = project.celery.configuration
    beat = configuration.settings.get("beat_schedule") if configuration is not None else None
    return beat is not None and "queue" in beat.text() and (task.name or "?") in beat.text()
