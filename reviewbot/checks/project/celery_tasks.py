"""A task of Celery's, and the names it can be called by."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.python.packages import module_name

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewbot.checks.project.written import Reader
    from reviewbot.python.module import Function, Module
    from reviewbot.python.nodes import Call
    from reviewbot.python.syntax import Node


@dataclass(frozen=True)
class Task:
    """A task.

    Attributes:
        module: The file that defines it.
        function: The function.
        options: The decorator's call; None where it has no parentheses.
        reader: Reads what its options stand for.
        attributes: Of a task that is a class; ``function`` is then the class.
    """

    module: Module
    function: Function
    options: Call | None
    reader: Reader
    attributes: Mapping[str, Node] = field(default_factory=dict)

    @cached_property
    def name(self) -> str | None:
        """The name it is registered under; None where it is computed."""
        given = self.option("name")
        if given is None:
            return f"{module_name(self.module.path)}.{self.function.name}"
        return self.reader.text(self.module, given)

    @cached_property
    def is_named(self) -> bool:
        """Whether its name is given, and not made from the module's, which depends on where a worker starts."""
        return self.option("name") is not None

    @cached_property
    def names(self) -> tuple[str, ...]:
        """The names it can be called by: of one that is not given, all that a worker's folder may make of it."""
        return () if self.name is None else (self.name,) if self.is_named else tuple(tails(self.name))

    def option(self, name: str) -> Node | None:
        """Give an option of the decorator, or an attribute of the class; None where there is none."""
        given = self.options.keywords.get(name) if self.options is not None else None
        declared = self.attributes.get(name)
        return given or (declared.field("right") if declared is not None else None)


def tails(dotted: str) -> list[str]:
    """Give what a dotted name may be where a worker starts in a folder further down."""
    parts = dotted.split(".")
    return [".".join(parts[at:]) for at in range(len(parts))]
