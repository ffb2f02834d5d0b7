"""Celery: the application's configuration, its tasks, which queue each goes to, and which queues workers consume."""

from __future__ import annotations

import re
from dataclasses import dataclass
from fnmatch import fnmatchcase
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

from reviewbot.checks.project.celery_settings import Told
from reviewbot.checks.project.celery_tasks import Task, tails
from reviewbot.checks.project.workers import consumed, limited, loaded_by_workers
from reviewbot.checks.project.written import Entry, Reader, Written
from reviewbot.python.module import Function, functions_within
from reviewbot.python.nodes import call, decorators, elements, pairs, string
from reviewbot.python.packages import module_name

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewbot.python.codebase import Code
    from reviewbot.python.module import Module
    from reviewbot.python.nodes import Call
    from reviewbot.python.syntax import Node

_ELSEWHERE = re.compile(r"\.config_from_(?:object|envvar|cmdline)\(")
_TASK_CLASS = re.compile(r"\bclass \w+\((?:[^()]*,\s*)?(?:\w+\.)*\w*Task\b")
_SCHEDULES = r"^(?:[A-Za-z0-9_]+\.)*(?:add_periodic_task|RedBeatSchedulerEntry)\("
_IMPORTS_ITSELF = re.compile(r"\b(?:import_module|iter_modules|walk_packages|__import__|find_modules)\(")


@dataclass(frozen=True)
class Configuration:
    """What the only Celery application of a project is told.

    Attributes:
        module: The file that makes it.
        call: ``Celery(…)``.
        settings: Name → value, by the lower-case names of Celery 4.
        told: The same with the files, and everything that is given for a name.
        opaque: Whether more is read from a configuration of its own, or from where it cannot be seen.
        discovers: Whether tasks are found by ``autodiscover_tasks``.
    """

    module: Module
    call: Call
    settings: Mapping[str, Node]
    told: Told
    opaque: bool
    discovers: bool

    def has(self, *names: str) -> bool:
        """Tell whether any of the settings is given."""
        return any(name in self.settings for name in names)


class Route(NamedTuple):
    """An entry of ``task_routes``.

    Attributes:
        pattern: Of names of tasks.
        queue: Where they go.
        entry: Where it stands.
    """

    pattern: str
    queue: str
    entry: Entry


class Celery:
    """Celery in one tree.

    Args:
        code: The application's files.
    """

    def __init__(self, code: Code) -> None:
        self._code = code
        self.reader = Reader(code)

    @cached_property
    def configuration(self) -> Configuration | None:
        """The configuration; None where there is no Celery application, or more than one."""
        applications = [
            (module, application)
            for module in self._code.mentioning("Celery(")
            for node in module.source.root.find_all(kind="call", regex=r"^([A-Za-z0-9_]+\.)*Celery\(")
            if (application := call(node)) is not None
        ]
        if len(applications) != 1:
            return None
        module, application = applications[0]
        told = Told(self._code, self.reader, module, application)
        settings = {name: given[-1].node for name, given in told.given.items()}
        opaque = told.hidden or _ELSEWHERE.search(module.text) is not None
        return Configuration(module, application, settings, told, opaque, "autodiscover_tasks(" in module.text)

    def tasks_of(self, module: Module) -> Iterator[Task]:
        """Give the tasks that a module defines."""
        if "task" not in module.text:
            return
        for function in functions_within(module.source):
            for decorator in decorators(function.decorated):
                options = call(decorator)
                name = options.function if options is not None else decorator.text()
                if (
                    name == "shared_task"
                    or any(binding.attribute == "shared_task" for binding in module.imported.get(name, ()))
                    or (name.endswith((".task", ".shared_task")) and self._is_celery(module, name))
                ):
                    yield Task(module, function, options, self.reader)

    def classes_of(self, module: Module, *, registered: bool = True) -> Iterator[Task]:
        """Give the tasks that a module defines as classes.

        Args:
            module: The file.
            registered: Whether only those that it registers; else its abstract ones too.
        """
        for definition in module.classes.values() if "Task" in module.text else ():
            if not any(base.rpartition(".")[2].endswith("Task") for base in definition.bases):
                continue
            if not registered or re.search(rf"\bregister(?:_task)?\(\s*{re.escape(definition.name)}\b", module.text):
                yield Task(module, Function(definition.node, definition.node), None, self.reader, definition.attributes)

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
        names: set[str] = set()
        for module in self._code.mentioning("task", "Task"):
            tasks = (*self.tasks_of(module), *self.classes_of(module, registered=False))
            others = tuple(self._other_names(module))
            if None in others or any(task.name is None for task in tasks):
                return None
            names.update(*(task.names for task in tasks), (name for name in others if name is not None))
        return frozenset(names)

    def _other_names(self, module: Module) -> Iterator[str | None]:
        """Give the names of tasks that are made otherwise, None where one cannot be told."""
        for node in module.source.root.find_all(kind="call", regex=r"^[A-Za-z0-9_.]+\.task\("):
            parent, made = node.parent(), call(node)
            if parent is not None and parent.kind() == "decorator":
                continue
            named = made.keywords.get("name") if made is not None else None
            if made is None or made.open or (named is None and not made.positional):
                yield None
            elif named is not None:
                yield self.reader.text(module, named)
            else:
                yield from tails(f"{module_name(module.path)}.{made.positional[0].text()}")
        for function in functions_within(module.source):
            for decorator in decorators(function.decorated):
                # What a decorator of the project's own makes of it may be a task.
                if re.match(r"(?:\w*_)?task\b", decorator.text()) and not decorator.text().startswith("shared_task"):
                    options = call(decorator)
                    named = options.keywords.get("name") if options is not None else None
                    yield from tails(f"{module_name(module.path)}.{function.name}") if named is None else ()
                    yield from (self.reader.text(module, named),) if named is not None else ()

    @cached_property
    def scheduled(self) -> tuple[Written, ...]:
        """What the schedule of beat names as its tasks, as far as it can be read."""
        configuration = self.configuration
        told = configuration.told if configuration is not None else None
        given = told.given.get("beat_schedule", ()) if told is not None else ()
        entries = [entry for written in given for entry in self.reader.members(written)]
        entries += told.single.get("beat_schedule", ()) if told is not None else ()
        tasks = [
            Written(inner.module, inner.value)
            for entry in entries
            for inner in self.reader.members(Written(entry.module, entry.value))
            if inner.name == "task"
        ]
        for module in self._code.mentioning("add_periodic_task(", "RedBeatSchedulerEntry("):
            for node in module.source.root.find_all(kind="call", regex=_SCHEDULES):
                made = call(node)
                task = made.argument(1, "task" if made.name.endswith("Entry") else "sig") if made is not None else None
                signed = call(task)
                if signed is not None and signed.name in {"signature", "Signature", "subtask"}:
                    task = signed.argument(0, "varies" if signed.name == "signature" else "task")
                elif made is not None and not made.name.endswith("Entry"):
                    task = None
                tasks += [Written(module, task)] if task is not None else []
        return tuple(tasks)

    @cached_property
    def registered(self) -> frozenset[str] | None:
        """Paths of the modules that a worker imports when it starts; None where that cannot be told."""
        configuration = self.configuration
        if configuration is None or configuration.opaque or configuration.discovers:
            return None
        included: list[str] = list(loaded_by_workers(self._code.tree))
        for name in ("include", "imports"):
            for given in configuration.told.given.get(name, ()):
                names = self.reader.strings(given)
                if names is None:
                    return None
                included += names
        if re.search(r"\.conf\.(?:include|imports)\.(?!update)\w+\(", configuration.module.text):
            return None
        # What a worker is started with: the application's module, or one made for it, such as `celery_worker.py`.
        entries = [self._code.module(path) for path in sorted(self._code.paths) if "celery" in path.rpartition("/")[2]]
        included_modules = (self._code.likely(configuration.module, name) for name in included)
        starts = [configuration.module, *filter(None, (*entries, *included_modules))]
        loaded = list(self._code.loaded(starts))
        # One that looks for modules itself may load any.
        by_itself = any(_IMPORTS_ITSELF.search(module.text) for module in loaded if "elery" in module.text)
        return None if by_itself else frozenset(module.path for module in loaded)

    @cached_property
    def queues(self) -> frozenset[str] | None:
        """The queues that some worker consumes; None where that cannot be told."""
        configuration = self.configuration
        if configuration is None or configuration.told.hidden:
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
        given = self.configuration.told.given.get("task_default_queue") if self.configuration is not None else None
        return self.reader.text(*given[-1]) if given else "celery"

    @cached_property
    def _declared_queues(self) -> frozenset[str]:
        """What a worker without ``--queues`` consumes besides."""
        given = self.configuration.told.given.get("task_queues") if self.configuration is not None else None
        queues = self.reader.value(given[-1]) if given else None
        if queues is None:
            return frozenset()
        made = (call(element) for element in elements(queues.node))
        names = [self.reader.text(queues.module, queue.argument(0, "name")) for queue in made if queue is not None]
        names += [string(key) for key, _ in pairs(queues.node)]
        return frozenset(name for name in names if name is not None)

    @cached_property
    def routes(self) -> tuple[Route, ...] | None:
        """The entries of ``task_routes``, in their order; None where that cannot be told."""
        configuration = self.configuration
        if configuration is None or configuration.told.hidden:
            return None
        routes: list[Route] = []
        given = configuration.told.given.get("task_routes")
        listed = [*self._listed(given[-1])] if given else []
        for entries in (*listed, configuration.told.single.get("task_routes", ())):
            for entry in entries or ():
                queue = self.reader.text(entry.module, entry.value)
                for inner in (queue is None and self.reader.entries(Written(entry.module, entry.value))) or ():
                    queue = self.reader.text(inner.module, inner.value) if inner.name == "queue" else queue
                pattern = self.reader.text(entry.module, entry.key)
                if pattern is None or queue is None:
                    return None
                routes.append(Route(pattern, queue, entry))
        return None if None in listed else tuple(routes)

    def _listed(self, given: Written) -> Iterator[tuple[Entry, ...] | None]:
        """Give the dictionaries of routes; pairs of a list are entries too."""
        value = self.reader.value(given)
        if value is None or value.node.kind() not in {"list", "tuple"}:
            yield self.reader.entries(given)
            return
        for element in elements(value.node):
            inner = [*elements(element)]
            if len(inner) == 2 and string(inner[0]) is not None:
                yield (Entry(value.module, inner[0], inner[1]),)
            else:
                yield from self._listed(Written(value.module, element))

    def queue_of(self, task: Task) -> str | None:
        """Give the queue a task goes to unless its caller names another one; None where that cannot be told."""
        named = task.option("queue")
        if named is not None:
            return self.reader.text(task.module, named)
        if self.routes is None or task.name is None or (task.options is not None and task.options.open):
            return None
        for route in self.routes:
            # An automatic name begins where the worker starts, which may be any folder above the module.
            if any(fnmatchcase(name, route.pattern) for name in task.names):
                return route.queue
        return self.default_queue
