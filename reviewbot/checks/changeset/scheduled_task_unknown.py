"""The beat schedule names a task that does not exist."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.changeset import Draft
from reviewbot.checks.helpers.changed_modules import adds, draft
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.change import FileKind, Side
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import first_line, last_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context
    from reviewbot.checks.project import Project

CHECK = Check(
    id="scheduled-task-unknown",
    title="The beat schedule names a task that does not exist",
    why=(
        "Beat sends the name at every due time, the worker answers `Received unregistered task`, and what was planned "
        "never happens."
    ),
    fix="Write the name under which the task is registered: the `name` of its decorator, or its module and function.",
    leaves_alone=(
        "Celery's own tasks; projects with tasks whose names are computed; names in a schedule that are computed; "
        "projects that configure Celery from outside of the repository, have several applications, or have no task of "
        "their own; entries that were wrong before the change."
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


_WORDS = re.compile(r"task|schedule")


def run(context: Context) -> Iterator[Draft]:
    """Report each new entry of the schedule that names no task, and each task that goes and is still scheduled."""
    project = context.project
    texts = ((file.new_text, file.old_text) for file in context.files)
    if project is None or not any(text is None or _WORDS.search(text) for pair in texts for text in pair):
        return
    files = {file.path: file for file in context.files}
    names = project.celery.names
    base_names = project.base.celery.names if project.base is not None else None
    lost: set[str] = set()
    for entry in project.celery.scheduled if names else ():
        name = project.celery.reader.text(*entry)
        if name is None or name in (names or ()) or name.startswith("celery."):
            continue
        file = files.get(entry.module.path)
        if file is not None and adds(file, first_line(entry.node), last_line(entry.node)):
            yield draft(entry.module, entry.node, f"The schedule names the task `{name}`, which does not exist")
        elif base_names is not None and name in base_names:
            lost.add(name)
    yield from _lost_tasks(context, project, lost)


def _lost_tasks(context: Context, project: Project, lost: set[str]) -> Iterator[Draft]:
    """Report where a task was that the schedule still names."""
    base = project.base
    for file in context.files if base is not None and lost else ():
        module = base.code.module(file.old_path or file.path) if base is not None else None
        if module is None or base is None or file.kind is FileKind.ADDED:
            continue
        for task in (*base.celery.tasks_of(module), *base.celery.classes_of(module, registered=False)):
            name = next((task_name for task_name in task.names if task_name in lost), None)
            if name is None:
                continue
            lost.discard(name)
            lines = range(task.function.start, last_line(task.function.node) + 1)
            line = next((number for number in lines if number in file.removed_lines), task.function.start)
            evidence = module.source.lines[line - 1].removesuffix("\r")
            title = f"The task `{name}` is no longer there, and the schedule still names it"
            yield Draft(file.path, line, line, title, evidence, side=Side.LEFT, symbol=task.function.name)
