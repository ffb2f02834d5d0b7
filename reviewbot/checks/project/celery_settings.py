"""What a Celery application is told: by its call, by `app.conf` in any file, and by configuration modules."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.project.written import Entry, Written
from reviewbot.python.nodes import call, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.project.written import Reader
    from reviewbot.python.codebase import Code
    from reviewbot.python.module import Module
    from reviewbot.python.nodes import Call
    from reviewbot.python.syntax import Node

# Names before Celery 4 are still understood.
_OLD = {
    "celery_include": "include",
    "celery_imports": "imports",
    "celery_routes": "task_routes",
    "celery_task_routes": "task_routes",
    "celery_default_queue": "task_default_queue",
    "celery_queues": "task_queues",
    "celerybeat_schedule": "beat_schedule",
    "celeryd_task_time_limit": "task_time_limit",
    "celeryd_task_soft_time_limit": "task_soft_time_limit",
    "celery_result_backend": "result_backend",
    "backend": "result_backend",
}
_CONF = r"^[A-Za-z0-9_.]+\.conf\."
_FROM_OBJECT = r"^[A-Za-z0-9_.]+\.config_from_object\("


class Told:
    """All that the only Celery application of a project is told.

    Args:
        code: The application's files.
        reader: Reads what stands there.
        module: The file that makes the application.
        made: ``Celery(…)``.
    """

    def __init__(self, code: Code, reader: Reader, module: Module, made: Call) -> None:
        self._code = code
        self._reader = reader
        self._module = module
        self.hidden = made.open or "config_source" in made.keywords or ".config_from_envvar(" in module.text
        self.given: dict[str, list[Written]] = {}
        # Entries that are put into a setting one by one: `app.conf.beat_schedule["daily"] = …`.
        self.single: dict[str, list[Entry]] = {}
        for name, node in made.keywords.items():
            self._add(name, module, node)
        for other in self._modules():
            for name, node in _conf(other, self):
                self._add(name, other, node)
        for node in module.source.root.find_all(kind="call", regex=_FROM_OBJECT):
            self._from_object(call(node))

    def _modules(self) -> Iterator[Module]:
        """Give the application's module, and the others that set something on its configuration."""
        yield self._module
        for module in self._code.mentioning(".conf."):
            if module.path == self._module.path:
                continue
            owners = set(re.findall(r"(?m)^[ \t]*+([A-Za-z0-9_.]+)\.conf\.", module.text))
            places = (self._code.resolve(module, owner) for owner in owners)
            if any(place is not None and place.module.path == self._module.path for place in places):
                yield module

    def _add(self, name: str, module: Module, node: Node) -> None:
        plain = name.lower()
        self.given.setdefault(_OLD.get(plain, plain), []).append(Written(module, node))

    def update(self, module: Module, made: Call) -> None:
        """Take in ``app.conf.update(…)``."""
        for name, value in made.keywords.items():
            self._add(name, module, value)
        for node in (*made.positional, *_splats(made.node)):
            entries = self._reader.entries(Written(module, node))
            if entries is None:
                self.hidden = True
            for entry in entries or ():
                self._add(entry.name or "", entry.module, entry.value)

    def put(self, name: str, module: Module, key: Node, value: Node) -> None:
        """Take in ``app.conf.name[key] = value``."""
        plain = name.lower()
        self.single.setdefault(_OLD.get(plain, plain), []).append(Entry(module, key, value))

    def _from_object(self, made: Call | None) -> None:
        """Take in ``app.config_from_object(…)`` of a module or a class that is in the tree."""
        node = made.argument(0, "obj") if made is not None else None
        prefix = string(made.keywords.get("namespace")) if made is not None else None
        settings = [*self._assigned(node)] if node is not None else []
        if not settings:
            self.hidden = True
        for name, module, value in settings:
            if prefix is None:
                self._add(name, module, value)
            elif name.startswith(f"{prefix}_"):
                self._add(name.removeprefix(f"{prefix}_"), module, value)

    def _assigned(self, node: Node) -> Iterator[tuple[str, Module, Node]]:
        named = string(node)
        dotted, _, inner = (named or "").partition(":")
        module = self._code.find(self._module, dotted) if dotted else None
        if named is None:
            place = self._code.resolve(self._module, node.text())
            module, inner = (place.module, place.name) if place is not None else (None, "")
        if module is None and "." in dotted:
            # `"app.config.CelerySettings"`, without a colon.
            dotted, _, inner = dotted.rpartition(".")
            module = self._code.find(self._module, dotted)
        if module is None:
            return
        if not inner:
            yield from ((name, module, value) for name, value in module.assignments.items())
        elif inner in module.classes and not module.classes[inner].bases:
            for name, declared in module.classes[inner].attributes.items():
                value = declared.field("right")
                if value is not None:
                    yield name, module, value


def _conf(module: Module, told: Told) -> Iterator[tuple[str, Node]]:
    """Give what a module sets on `app.conf`, and tell what it puts there in other ways."""
    root = module.source.root
    for node in root.find_all(kind="call", regex=rf"{_CONF}(?:[A-Za-z_]+\.)?update\("):
        made = call(node)
        middle = re.search(r"\.conf\.(\w+)\.update$", made.function) if made is not None else None
        if made is not None and middle is None:
            told.update(module, made)
        elif made is not None and middle is not None:
            yield from ((middle[1], argument) for argument in made.positional)
    for node in root.find_all(kind="assignment", regex=_CONF):
        left, right = node.field("left"), node.field("right")
        if left is None or right is None:
            continue
        key, owner = left.field("subscript"), left.field("value")
        if key is not None and owner is not None:
            told.put(owner.text().rpartition(".")[2], module, key, right)
        else:
            yield left.text().rpartition(".")[2], right
    for node in root.find_all(kind="augmented_assignment", regex=_CONF):
        left, right = node.field("left"), node.field("right")
        if left is not None and right is not None:
            yield left.text().rpartition(".")[2], right


def _splats(node: Node) -> Iterator[Node]:
    arguments = node.field("arguments")
    for child in arguments.children() if arguments is not None else ():
        if child.kind() == "dictionary_splat":
            yield from (inner for inner in child.children() if inner.is_named())
