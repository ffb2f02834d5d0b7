"""Small builders of the core words, so that a test says only what it is about."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from reviewbot.core.agent import Agent, ChecklistItem, Scope, Stack
from reviewbot.core.change import ChangedFile, ChangeSet, FileKind, Hunk, Line, LineKind
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Finding, Severity


def finding(**changes: Any) -> Finding:
    base = Finding(
        agent="sinag",
        item="n-plus-one",
        check="query-in-loop",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        path="app/service.py",
        start_line=3,
        end_line=3,
        title="A query runs in a loop",
        body="One round trip for each element.",
        evidence="    db.query(Area).get(area_id)",
        symbol="Service.list",
    )
    return replace(base, **changes)


def hunk(start: int, *lines: str, old_start: int | None = None) -> Hunk:
    """Build a hunk from lines that begin with ``+``, ``-`` or a space."""
    old, new = old_start or start, start
    built = []
    for line in lines:
        mark, text = line[0], line[1:]
        kind = {"+": LineKind.ADDED, "-": LineKind.REMOVED, " ": LineKind.CONTEXT}[mark]
        built.append(Line(kind, None if mark == "+" else old, None if mark == "-" else new, text))
        old += mark != "+"
        new += mark != "-"
    first = old_start or start
    # An empty side is named by the line before it, as git does.
    return Hunk(first - (old == first), old - first, start - (new == start), new - start, "", tuple(built))


def changed(path: str, *hunks: Hunk, kind: FileKind = FileKind.MODIFIED, **more: Any) -> ChangedFile:
    return ChangedFile(path, kind, hunks, **more)


def change_set(*files: ChangedFile, **more: Any) -> ChangeSet:
    return ChangeSet("patch", files, **more)


def item(item_id: str, scope: Scope = Scope.STACK, section: str = "Performance") -> ChecklistItem:
    return ChecklistItem(item_id, section, f"The rule of {item_id}", "", Severity.HIGH, scope, 1)


def agent(name: str, *items: ChecklistItem, sections: tuple[str, ...] = (), stack: Stack | None = None) -> Agent:
    return Agent(name, "", None, stack or Stack(), items, sections, "", f"agents/{name}.md")


def check(check_id: str, *items: str, decides: tuple[str, ...] = (), **more: Any) -> Check:
    base = Check(
        id=check_id,
        title=f"{check_id} happened",
        why="it hurts",
        fix="do the other thing",
        leaves_alone="tests",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        items=items,
        decides=decides,
        paths=(),
        ignores=(),
        needs=Needs.HUNK,
        engine="ast-grep",
    )
    return replace(base, **more)
