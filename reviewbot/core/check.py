"""What is checked without a model: a check, and how far it got."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING

from reviewbot.core.agent import BEYOND_ITEM
from reviewbot.core.binding import about

if TYPE_CHECKING:
    from reviewbot.core.agent import Agent, ChecklistItem
    from reviewbot.core.finding import Confidence, Severity


class Needs(StrEnum):
    """The least a check must see to say anything at all."""

    HUNK = "hunk"
    FILE = "file"
    CHANGE = "change"
    TREE = "tree"


@dataclass(frozen=True, slots=True)
class Check:
    """A deterministic check, as ``reviewbot explain`` shows it.

    Attributes:
        id: Kebab-case; the name of its file.
        title: One sentence: what is wrong where it reports.
        why: What goes wrong in production.
        fix: What to do instead.
        leaves_alone: What it deliberately does not report.
        severity: Of its findings.
        confidence: Of its findings.
        items: Checklist items it speaks for, ``agent-name/item-id``.
        decides: Those of its items for which its silence means "passed".
        paths: Globs of the files it looks at; empty means every file of its language.
        ignores: Globs of files it leaves alone.
        needs: The least it must see.
        engine: ``ast-grep``, ``ruff`` or ``change-set``.
        group_above: Above this number of findings they become one note; None for never.
        words: Phrases of an item, of an agent that no check names, that is about the same; the most specific first.
        topics: What it is one case of: an item whose rule is about nothing else gets it where none says a phrase.
        everywhere: Whether it holds for any Python and so runs for every agent, also where no item is about it.
        only: Globs of the only files it may look at, in this repository; empty for no such limit.
        petty: Whether its findings are details, which are named in one folded line of the summary.
        plain: A regular expression for the quoted code of a finding that is right whatever the project; empty for none.
        origin: The file it was read from, for a team's own check; empty for one that came with the program.
    """

    id: str
    title: str
    why: str
    fix: str
    leaves_alone: str
    severity: Severity
    confidence: Confidence
    items: tuple[str, ...]
    decides: tuple[str, ...]
    paths: tuple[str, ...]
    ignores: tuple[str, ...]
    needs: Needs
    engine: str
    group_above: int | None = None
    words: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    everywhere: bool = False
    only: tuple[str, ...] = ()
    petty: bool = False
    plain: str = ""
    origin: str = ""

    def spoken_for(self, agent: Agent) -> ChecklistItem | None:
        """Give what its findings are filed under for ``agent``; None where it does not run for it."""
        return self.item_of(agent) or (BEYOND_ITEM if self.everywhere else None)

    def item_of(self, agent: Agent) -> ChecklistItem | None:
        """Give the item of ``agent`` that this check speaks for, or None.

        A check names the items of the agents it was made for. Of any other agent it takes the item that is about
        the same, by its words and topics, so a team's own agent file gets its checks as well.
        """
        named = (item.partition("/") for item in self.items)
        own = next((item for name, _, item in named if name == agent.name), None)
        if own is not None:
            return agent.item(own)
        return about(self.words, self.topics, agent)


class Reach(StrEnum):
    """How much of what a check wanted to see it saw."""

    WHOLE = "whole"
    PARTIAL = "partial"
    NOTHING = "nothing"


@dataclass(frozen=True, slots=True)
class CheckRun:
    """What became of one check for one agent.

    Attributes:
        check: Its id.
        agent: The agent it ran for.
        item: The item it speaks for.
        reach: WHOLE where it saw all it needs; PARTIAL where it saw only hunks of some file;
            NOTHING where it could not run.
        files: How many changed files it looked at (0: none is its business).
    """

    check: str
    agent: str
    item: str
    reach: Reach
    files: int
