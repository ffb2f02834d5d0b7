"""A definition that changed lines use: how much it matters, how much of it is shown, and what for."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewbot.context.module import Kind
from reviewbot.context.outline import FEW, function_outline, outline
from reviewbot.context.snippet import build

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reviewbot.context.module import Definition, Module
    from reviewbot.context.snippet import Snippet

# A path and a line.
Place = tuple[str, int]

# How many of the files and lines that use a definition are named.
_NAMED_FILES = 2
_NAMED_LINES = 3


@dataclass
class Target:
    """A definition at module level that is used, with all that is used of it.

    Attributes:
        module: The file it stands in.
        definition: The class, function or value.
        whole: Whether a class is used itself, and not only some of its methods.
        members: The members of a class that are used, by name.
        lines: Where it is used: path and line.
        variables: The variables that come from it, each with the lines that use it.
        passed: The module-level objects it was found through.
        dependency: Whether FastAPI calls it for a request.
        direct: Whether changed lines name it.
        wanted: Whether they do more than annotate with it, and not only in tests.
        around: What depends on it: by path, and in words up to their lines, functions around changed lines and aliases.
        base_of: The class that extends it; empty where there is none.
    """

    module: Module
    definition: Definition
    whole: bool = False
    members: dict[str, Definition] = field(default_factory=dict)
    lines: dict[Place, None] = field(default_factory=dict)
    variables: dict[str, list[Place]] = field(default_factory=dict)
    passed: dict[str, None] = field(default_factory=dict)
    dependency: bool = False
    direct: bool = False
    wanted: bool = False
    around: dict[tuple[str, str], list[Place]] = field(default_factory=dict)
    base_of: str = ""

    def serves(self, what: str, place: Place) -> None:
        """Note that something depends on it, in words that the line follows."""
        self.around.setdefault((place[0], what), []).append(place)

    @property
    def rank(self) -> tuple[int, int]:
        """What a review needs first: models that are made and dependencies, what is called, then what annotates."""
        fields = any(member.kind is Kind.VALUE for member in self.definition.body)
        called = any(member.kind is Kind.FUNCTION for member in self.members.values())
        if self.wanted and (self.dependency or (fields and self.whole)):
            first = 0
        elif self.wanted or called:
            first = 1
        else:
            first = 2 if self.direct else 5 if self.around else 4 if self.base_of else 3
        return (first, -len(self.lines))

    def snippet(self, shown: Mapping[str, frozenset[int]], words: set[str], short: int) -> Snippet | None:
        """Give what is shown of it; None where that says nothing, or is shown already.

        Args:
            shown: By path, the numbers of the lines that are shown already.
            words: Names of fields in the changed lines.
            short: How many lines of a function are shown.
        """
        if _says_nothing(self.definition):
            return None
        # The head of a class or function says which it is; alone it says nothing. A value has none.
        head = set() if self.definition.kind is Kind.VALUE else set(self.definition.head)
        seen = shown.get(self.module.path, frozenset())
        lines = self._lines(words, short)
        if lines - seen <= head:
            return None
        return build(self.module, (lines - seen) | head, self.why, seen)

    def _lines(self, words: set[str], short: int) -> set[int]:
        definition = self.definition
        if definition.kind is Kind.FUNCTION:
            lines = function_outline(definition, short)
        elif self.wanted and (self.whole or not self.members):
            lines = outline(definition, words)
        elif self.whole or not self.members:
            lines = outline(definition, words, FEW)
        else:
            lines = set(definition.head)
        for member in self.members.values():
            lines |= function_outline(member, short) if member.kind is Kind.FUNCTION else outline(member)
        return lines

    @property
    def why(self) -> str:
        """What it is shown for, in words."""
        if self.direct:
            through = f" as `{next(iter(self.passed))}`" if self.passed else ""
            return f"used{through} by {_where(self.lines)}"
        if self.base_of:
            return f"base class of {self.base_of}"
        for variable, places in self.variables.items():
            return f"`{variable}` comes from it, used by {_where(places)}"
        for (_, what), places in self.around.items():
            return f"dependency of {what} {_where(places)}"
        return f"used by {_where(self.lines)}"


def _says_nothing(definition: Definition) -> bool:
    """Tell whether a value is made without a word on how: ``logging.getLogger(__name__)``, ``APIRouter()``."""
    value = definition.value
    if value is None or value.kind() != "call" or value.find(kind="call") is None:
        return False
    arguments = value.field("arguments")
    return arguments is not None and arguments.text().strip("() \n") in {"", "__name__"}


def _where(places: Iterable[Place]) -> str:
    files: dict[str, list[int]] = {}
    for path, line in dict.fromkeys(places):
        files.setdefault(path, []).append(line)
    return "; ".join(f"{path}:{_listed(lines)}" for path, lines in list(files.items())[:_NAMED_FILES])


def _listed(lines: list[int]) -> str:
    first = ", ".join(str(line) for line in sorted(lines)[:_NAMED_LINES])
    return f"{first}, ..." if len(lines) > _NAMED_LINES else first
