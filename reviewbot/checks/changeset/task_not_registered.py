"""A Celery task stands in a module that no worker imports."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.changeset import Draft
from reviewbot.checks.helpers.changed_modules import adds, draft, modules
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.change import FileKind, LineKind, Side
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.packages import module_name

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context
    from reviewbot.checks.project import Project

CHECK = Check(
    id="task-not-registered",
    title="A Celery task stands in a module that no worker imports",
    why="The worker does not know the task: it says `Received unregistered task` and throws the message away.",
    fix="Add the module to `include` of the Celery application.",
    leaves_alone=(
        "Modules that an included module, the application's module, a `*celery*.py` or what a worker is started with "
        "imports, however indirectly; projects that find tasks by themselves (`autodiscover_tasks`, `import_module`), "
        "that configure Celery from elsewhere, or that have several Celery applications. One finding for each module."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    items=("sinag-backend-architect/task-routing",),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=("celery task registration", "registered tasks"),
    topics=("task registration",),
)


def run(context: Context) -> Iterator[Draft]:
    """Report the first task that a change adds or alters in each module that is not loaded, and what is taken out."""
    project = context.project
    if project is None:
        return
    celery = project.celery
    for file, module in modules(context, "task", "Task"):
        for task in (*celery.tasks_of(module), *celery.classes_of(module)):
            last = task.function.start if task.attributes else task.function.signature_end
            if not adds(file, task.function.start, last):
                continue
            if celery.registered is not None and module.path not in celery.registered:
                title = f"No worker imports this module, so `{task.function.name}` is never registered"
                yield draft(module, task.function.decorated, title)
            break
    yield from _taken_out(context, project)


def _taken_out(context: Context, project: Project) -> Iterator[Draft]:
    """Report a removed line that made workers import a module, where they do no longer and it still has tasks."""
    removed = [file for file in context.files if file.removed_lines]
    if not removed or project.base is None:
        return
    base_paths, now = project.base.celery.registered, project.celery.registered
    changed = {file.path for file in context.files if file.kind is FileKind.ADDED}
    for path in sorted((base_paths or frozenset()) - (now or base_paths or frozenset()) - changed):
        module = project.code.module(path)
        task = (
            next(iter((*project.celery.tasks_of(module), *project.celery.classes_of(module))), None) if module else None
        )
        name = module_name(path).rpartition(".")[2]
        for file in removed if task is not None else ():
            lines = (line for hunk in file.hunks for line in hunk.lines if line.kind is LineKind.REMOVED)
            line = next(
                (removed_line for removed_line in lines if re.search(rf"\b{re.escape(name)}\b", removed_line.text)),
                None,
            )
            if line is not None and line.old and task is not None:
                title = f"No worker imports `{name}` any more, so `{task.function.name}` is not registered"
                text = line.text.removesuffix("\r")
                yield Draft(file.old_path or file.path, line.old, line.old, title, text, side=Side.LEFT)
                break
