"""Which classes are models and which are schemas, through bases in other files; and what they inherit."""

from __future__ import annotations

from enum import Enum
from typing import TYPE_CHECKING, NamedTuple

from reviewbot.python.nodes import call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.python.codebase import Code
    from reviewbot.python.module import Class, Module
    from reviewbot.python.syntax import Node

_MOST_BASES = 40
# Stands among the bases that are out of sight where there are more.
_CUT = "…"
_MODEL_ROOTS = frozenset({"DeclarativeBase", "DeclarativeBaseNoMeta", "AsyncAttrs", "SQLModel", "MappedAsDataclass"})
_SCHEMA_ROOTS = frozenset({"BaseModel", "RootModel", "BaseSettings", "GenericModel"})
_HARMLESS = frozenset({"Generic", "ABC", "object", "Enum", "Protocol", "str", "int"})


class Kind(Enum):
    """What a class is."""

    MODEL = "model"
    SCHEMA = "schema"
    OTHER = "other"


class Lineage(NamedTuple):
    """A class with all its bases that are in the tree.

    Attributes:
        classes: Itself first, then its bases, nearest first, each with its file.
        outside: Bases that are not in the tree, as they are written.
    """

    classes: tuple[tuple[Module, Class], ...]
    outside: tuple[str, ...]

    @property
    def complete(self) -> bool:
        """Whether nothing of what it inherits is out of sight, but for the libraries' own bases."""
        known = _MODEL_ROOTS | _SCHEMA_ROOTS | _HARMLESS
        return all(name.rpartition(".")[2] in known for name in self.outside)

    @property
    def attributes(self) -> dict[str, Node]:
        """Name → assignment or annotation of each attribute, inherited ones included."""
        attributes: dict[str, Node] = {}
        for _, definition in reversed(self.classes):
            attributes.update(definition.attributes)
        return attributes


class Declarations:
    """The classes of one tree.

    Args:
        code: The application's files.
    """

    def __init__(self, code: Code) -> None:
        self._code = code

    def lineage(self, module: Module, definition: Class) -> Lineage:
        """Give a class with its bases."""
        classes: list[tuple[Module, Class]] = []
        outside: list[str] = []
        waiting = [(module, definition)]
        seen: set[tuple[str, str]] = set()
        while waiting:
            at, current = waiting.pop(0)
            if (at.path, current.name) in seen:
                continue
            if len(classes) == _MOST_BASES:
                outside.append(_CUT)
                break
            seen.add((at.path, current.name))
            classes.append((at, current))
            for base in current.bases:
                parent = self.find(at, base)
                if parent is None:
                    outside.append(self._maker(at, base))
                else:
                    waiting.append(parent)
        return Lineage(tuple(classes), tuple(outside))

    def find(self, module: Module, name: str) -> tuple[Module, Class] | None:
        """Give the class that a name means in a module, with the file that defines it."""
        place = self._code.resolve(module, name)
        definition = place.module.classes.get(place.name) if place is not None else None
        return (place.module, definition) if place is not None and definition is not None else None

    def kind(self, module: Module, definition: Class) -> Kind:
        """Tell what a class is; OTHER where its bases do not say."""
        lineage = self.lineage(module, definition)
        roots = {name.rpartition(".")[2] for name in lineage.outside}
        if roots & _MODEL_ROOTS or "declarative_base" in roots or "__tablename__" in lineage.attributes:
            return Kind.MODEL
        return Kind.SCHEMA if roots & _SCHEMA_ROOTS else Kind.OTHER

    def models(self, module: Module) -> Iterator[Class]:
        """Give the models of a module that have a table."""
        for definition in module.classes.values():
            if "__tablename__" in definition.attributes and self.kind(module, definition) is Kind.MODEL:
                yield definition

    def _maker(self, module: Module, base: str) -> str:
        """Give the function that makes a base: ``Base = declarative_base()``; else the base itself."""
        place = self._code.resolve(module, base)
        made = call(place.module.assignments.get(place.name)) if place is not None else None
        # `declarative_base(cls=…)` inherits from what is passed.
        return made.name if made is not None and not made.open and "cls" not in made.keywords else base
