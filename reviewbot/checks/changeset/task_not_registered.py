"""A Celery task stands in a module that no worker imports."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.places import adds, draft, modules
from reviewbot.checks.scope import EXEMPT
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft

CHECK = Check(
    id="task-not-registered",
    title="A Celery task stands in a module that no worker imports",
    why="The worker does not know the task: it says `Received unregistered task` and throws the message away.",
    fix="Add the module to `include` of the Celery application.",
    leaves_alone=(
        "Modules that an included module, the application's module or a `*celery*.py` imports, however indirectly; "
        "projects that find tasks by themselves (`autodiscover_tasks`), that configure Celery from elsewhere, or that "
        "have several Celery applications. One finding for each module."
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
    """Report the first task that a change adds or alters in each module that is not loaded."""
    for file, module in modules(context, "task"):
        if context.project is None:
            return
        celery = context.project.celery
        for task in celery.tasks_of(module):
            if not adds(file, task.function.start, task.function.signature_end):
                continue
            if celery.registered is not None and module.path not in celery.registered:
                title = f"No worker imports this module, so `{task.function.name}` is never registered"
                yield draft(module, task.function.decorated, title)
            break
