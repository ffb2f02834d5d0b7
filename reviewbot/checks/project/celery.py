"""Celery: the application's configuration, its tasks, which queue each goes to, and which queues workers consume."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.checks.project.code import module_name
from reviewbot.checks.project.module import functions_within
from reviewbot.checks.project.nodes import call, decorators, elements, pairs, string, strings
from reviewbot.checks.project.workers import consumed, limited

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewbot.checks.project.code import Code
    from reviewbot.checks.project.module import Function, Module
    from reviewbot.checks.project.nodes import Call
    from reviewbot.syntax import Node

_OPAQUE = re.compile(r"\.config_from_(?:object|envvar|cmdline)\(|\.conf\.update\(\s*(?:\*\*|[A-Za-z_][\w.]*\s*\))")
_OTHER_TASKS = re.compile(r"\bregister_task\(|class \w+\((?:\w+\.)*Task\)")
# Names before Celery 4 are still understood.
_OLD = {
    "CELERY_INCLUDE": "include",
    "CELERY_IMPORTS": "imports",
    "CELERY_ROUTES": "task_routes",
    "CELERY_TASK_ROUTES": "task_routes",
    "CELERY_DEFAULT_QUEUE": "task_default_queue",
    "CELERYD_TASK_TIME_LIMIT": "task_time_limit",
    "CELERYD_TASK_SOFT_TIME_LIMIT": "task_soft_time_limit",
    "CELERY_RESULT_BACKEND": "result_backend",
    "backend": "result_backend",
}


@dataclass(frozen=True)
class Task:
    """A task.

    Attributes:
        module: The file that defines it.
        function: The function.
        options: The decorator's call; None where it has no parentheses.
    """

    module: Module
    function: Function
    options: Call | None

    @cached_property
    def name(self) -> str | None:
        """The name it is registered under; None where it is computed."""
        given = self.options.keywords.get("name") if self.options is not None else None
        if given is None:
            return f"{module_name(self.module.path)}.{self.function.name}"
        return string(given)

    @cached_property
    def is_named(self) -> bool:
        """Whether its name is given, and not made from the module's, which depends on where a worker starts."""
        return self.options is not None and "name" in self.options.keywords

    def option(self, name: str) -> Node | None:
        """Give an option of the decorator, or None."""
        return self.options.keywords.get(name) if self.options is not None else None


@dataclass(frozen=True)
class Configuration:
    """What the only Celery application of a project is told.

    Attributes:
        module: The file that makes it.
        call: ``Celery(…)``.
        settings: Name → value, by the lower-case names of Celery 4.
        opaque: Whether more is read from where it cannot be seen.
        discovers: Whether tasks are found by ``autodiscover_tasks``.
    """

    module: Module
    call: Call
    settings: Mapping[str, Node]
    opaque: bool
    discovers: bool

    def has(self, *names: str) -> bool:
        """Tell whether any of the settings is given."""
        return any(name in self.settings for name in names)


class Celery:
    """Celery in one tree.

    Args:
        code: The application's files.
    """

    def __init__(self, code: Code) -> None:
        self._code = code

    @cached_property
    def configuration(self) -> Configuration | None:
        """The configuration; None where there is no Celery application, or more than one."""
        made = [
            (module, found)
            for module in self._code.mentioning("Celery(")
            for node in module.source.root.find_all(kind="call", regex=r"^([A-Za-z0-9_]+\.)*Celery\(")
            if (found := call(node)) is not None
        ]
        if len(made) != 1:
            return None
        module, found = made[0]
        settings = dict(_settings(module, found))
        opaque = found.open or bool(_OPAQUE.search(module.text)) or "config_source" in found.keywords
        return Configuration(module, found, settings, opaque, "autodiscover_tasks(" in module.text)

    def tasks_of(self, module: Module) -> Iterator[Task]:
        """Give the tasks that a module defines."""
        if "task" not in module.text:
            return
        for function in functions_within(module.source):
            for decorator in decorators(function.decorated):
                options = call(decorator)
                name = options.function if options is not None else decorator.text()
                if name == "shared_task" or (
                    name.endswith((".task", ".shared_task")) and self._is_celery(module, name)
                ):
                    yield Task(module, function, options)

    def _is_celery(self, module: Module, decorator: str) -> bool:
        """Tell whether what has the decorator may be Celery, and not another queue (taskiq, huey, dramatiq …)."""
        owner = decorator.rpartition(".")[0]
        if "celery" in owner.casefold():
            return True
        place = self._code.resolve(module, owner)
        value = place.module.assignments.get(place.name) if place is not None else None
        made = call(value) if value is not None else None
        return "celery" in made.name.casefold() if made is not None else "broker" not in owner.casefold()

    @cached_property
    def names(self) -> frozenset[str] | None:
        """The names that tasks can be called by; None where some are computed, or tasks are made in other ways."""
        found: set[str] = set()
        for module in self._code.mentioning("task", "Task"):
            if _OTHER_TASKS.search(module.text):
                return None
            for task in self.tasks_of(module):
                if task.name is None:
                    return None
                found.update([task.name] if task.is_named else _tails(task.name))
        return frozenset(found)

    @cached_property
    def registered(self) -> frozenset[str] | None:
        """Paths of the modules that a worker imports when it starts; None where that cannot be told."""
        configuration = self.configuration
        if configuration is None or configuration.opaque or configuration.discovers:
            return None
        included: list[str] = []
        for name in ("include", "imports"):
            node = configuration.settings.get(name)
            if node is not None and node.kind() == "identifier":
                node = configuration.module.assignments.get(node.text())
            names = strings(node) if node is not None else ()
            if names is None:
                return None
            included += names
        # What a worker is started with: the application's module, or one made for it, such as `celery_worker.py`.
        entries = [self._code.module(path) for path in sorted(self._code.paths) if "celery" in path.rpartition("/")[2]]
        included_modules = (self._code.find(configuration.module, name) for name in included)
        starts = [configuration.module, *filter(None, (*entries, *included_modules))]
        return frozenset(module.path for module in self._code.loaded(starts))

    @cached_property
    def queues(self) -> frozenset[str] | None:
        """The queues that some worker consumes; None where that cannot be told."""
        configuration = self.configuration
        if configuration is None or configuration.opaque:
            return None
        default = self.default_queue
        return None if default is None else consumed(self._code.tree, {default, *self._declared_queues})

    @cached_property
    def limits_all(self) -> bool | None:
        """Whether all tasks have a time limit; None where that cannot be told."""
        configuration = self.configuration
        if configuration is None or configuration.opaque:
            return None
        return configuration.has("task_time_limit", "task_soft_time_limit") or limited(self._code.tree)

    @cached_property
    def default_queue(self) -> str | None:
        """The queue of tasks that name none; None where it is computed."""
        node = self.configuration.settings.get("task_default_queue") if self.configuration is not None else None
        return "celery" if node is None else string(node)

    @cached_property
    def _declared_queues(self) -> frozenset[str]:
        """What a worker without ``--queues`` consumes besides."""
        node = self.configuration.settings.get("task_queues") if self.configuration is not None else None
        made = (call(element) for element in elements(node))
        names = (string(one.argument(0, "name")) for one in made if one is not None)
        return frozenset(name for name in names if name is not None)

    @cached_property
    def routes(self) -> tuple[tuple[str, str], ...] | None:
        """Pattern and queue of each entry of ``task_routes``, in their order; None where that cannot be told."""
        configuration = self.configuration
        if configuration is None or configuration.opaque:
            return None
        node = configuration.settings.get("task_routes")
        if node is not None and node.kind() == "identifier":
            node = configuration.module.assignments.get(node.text())
        if node is None:
            return ()
        if node.kind() != "dictionary":
            return None
        found = []
        for key, value in pairs(node):
            pattern, queue = string(key), string(value)
            if value.kind() == "dictionary":
                queue = next((string(inner) for name, inner in pairs(value) if string(name) == "queue"), None)
            if pattern is None or queue is None:
                return None
            found.append((pattern, queue))
        return tuple(found)

    def queue_of(self, task: Task) -> str | None:
        """Give the queue a task goes to unless its caller names another one; None where that cannot be told."""
        named = task.option("queue")
        if named is not None:
            return string(named)
        if self.routes is None or task.name is None or (task.options is not None and task.options.open):
            return None
        for pattern, queue in self.routes:
            # An automatic name begins where the worker starts, which may be any folder above the module.
            tails = [task.name] if task.is_named else _tails(task.name)
            if any(fnmatchcase(tail, pattern) for tail in tails):
                return queue
        return self.default_queue


def _settings(module: Module, made: Call) -> Iterator[tuple[str, Node]]:
    """Give what ``Celery(…)``, ``app.conf.update(…)`` and ``app.conf.name = …`` say."""
    for name, node in made.keywords.items():
        yield _OLD.get(name, name), node
    for node in module.source.root.find_all(kind="call", regex=r"^[A-Za-z0-9_.]+\.conf\.update\("):
        update = call(node)
        for name, value in update.keywords.items() if update is not None else ():
            yield _OLD.get(name, name), value
        for key, value in pairs(update.positional[0] if update is not None and update.positional else None):
            name = string(key) or ""
            yield _OLD.get(name, name), value
    for node in module.source.root.find_all(kind="assignment", regex=r"^[A-Za-z0-9_.]+\.conf\.[A-Za-z0-9_]+\s*="):
        left, right = node.field("left"), node.field("right")
        if left is not None and right is not None:
            name = left.text().rpartition(".")[2]
            yield _OLD.get(name, name), right


def _tails(dotted: str) -> list[str]:
    parts = dotted.split(".")
    return [".".join(parts[at:]) for at in range(len(parts))]
