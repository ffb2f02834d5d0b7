"""Who reviews: an agent, the stack it is for, and its checklist."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from reviewbot.core.finding import Item, Severity
from reviewbot.core.globs import complaint
from reviewbot.core.marks import Must, one_or_many

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewbot.core.finding import Finding


class SignalKind(StrEnum):
    """What a signal looks at.

    ``path``: glob on the changed file's path. ``import``: module imported by the file (prefix on dots).
    ``dependency``: package named by a manifest of the base tree. ``token``: regular expression in the
    file's text. ``file``: glob on the paths of the base tree.
    """

    PATH = "path"
    IMPORT = "import"
    DEPENDENCY = "dependency"
    TOKEN = "token"  # noqa: S105 - a signal kind, not a secret
    FILE = "file"


@dataclass(frozen=True, slots=True)
class Signal:
    """One piece of evidence to look for.

    Attributes:
        kind: What it looks at.
        pattern: Glob, module, package or regular expression, after ``kind``.
        weight: How much a match counts; positive.
        identity: True where a match speaks for the project itself, not only for its technologies.
    """

    kind: SignalKind
    pattern: str
    weight: float
    identity: bool = False


@dataclass(frozen=True, slots=True)
class Stack:
    """When an agent is the right one.

    Attributes:
        signals: Evidence for it.
        against: Evidence that this is another stack; a match lowers the score by its weight.
        requires: Packages of which a repository uses one, or it is another stack, whatever else it looks like.
        fallback: True where it is for the Python files that no other agent claims.
        any: True where it is for code of any kind, and reviews beside the agent whose stack a file is.
        derived: True where it was read off a foreign agent's prose.
    """

    signals: tuple[Signal, ...] = ()
    against: tuple[Signal, ...] = ()
    requires: tuple[str, ...] = ()
    fallback: bool = False
    any: bool = False
    derived: bool = False


class Scope(StrEnum):
    """Whether an item holds for every project of the stack or only for the agent's own project."""

    STACK = "stack"
    PROJECT = "project"


# Where a finding stands that is about no item of the checklist.
BEYOND = "beyond-the-checklist"


@dataclass(frozen=True, slots=True)
class ChecklistItem:
    """One statement of a checklist.

    Attributes:
        id: Kebab-case, unique within the agent.
        section: Heading it stands under.
        title: The rule, as one sentence.
        text: What to look for and what to leave alone; may be empty.
        severity: How much a violation matters unless the check says otherwise.
        scope: Stack or project.
        line: 1-based line in the agent file.
    """

    id: str
    section: str
    title: str
    text: str
    severity: Severity
    scope: Scope
    line: int


# What such a finding is filed under: it is no item of any agent's file.
BEYOND_ITEM = ChecklistItem(BEYOND, "", "Beyond the checklist", "", Severity.MEDIUM, Scope.STACK, 0)


@dataclass(frozen=True)
class Agent:
    """A reviewer, read from a Claude Code sub-agent file.

    Attributes:
        name: From the front matter, or the file's name.
        description: From the front matter; empty where there is none.
        model: As written there (alias, full id, ``inherit``), or None.
        stack: When it is the right one.
        checklist: In the order of the file.
        sections: Names of its response format's sections, in order; empty where the file lists none.
        body: The Markdown after the front matter, as Claude Code would show it.
        path: Where it was read from, for messages.
    """

    name: str
    description: str
    model: str | None
    stack: Stack
    checklist: tuple[ChecklistItem, ...]
    sections: tuple[str, ...]
    body: str
    path: str

    def item(self, item_id: str) -> ChecklistItem | None:
        """Give the checklist item of that id, or None."""
        return self._items.get(item_id)

    @cached_property
    def bindings(self) -> dict[tuple[tuple[str, ...], tuple[str, ...]], ChecklistItem | None]:
        """What was found already for checks that do not name its items: phrases and topics → item."""
        return {}

    @cached_property
    def _items(self) -> dict[str, ChecklistItem]:
        return {item.id: item for item in self.checklist}


@dataclass(frozen=True, slots=True)
class Pin:
    """A team's own word on who reviews what: the agents named review every file that a glob matches."""

    paths: Annotated[tuple[str, ...], Must(complaint)]
    agent: Annotated[tuple[str, ...], one_or_many("an agent")]

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid"}


def violated(finding: Finding) -> tuple[Item, ...]:
    """Give the items that a finding is about, its own first; what is about one is not called beyond the checklist."""
    own = Item(finding.agent, finding.item)
    return finding.also if finding.item == BEYOND and finding.also else (own, *finding.also)
