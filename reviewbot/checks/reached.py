"""What a rule cannot see from one place: whether clients reach it, and whether it was there in another form."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.change import LineKind
from reviewbot.checks.changeset.sides import normalised

if TYPE_CHECKING:
    from reviewbot.change import ChangeSet
    from reviewbot.checks.catalog import Rule
    from reviewbot.checks.changeset import Draft
    from reviewbot.checks.project import Project


def is_idle(rule: Rule, draft: Draft, changes: ChangeSet, project: Project | None) -> bool:
    """Tell whether a finding is about what no client reaches or what was there before, where its rule asks for that."""
    if rule.only_new and _was_there(rule.only_new, draft, changes):
        return True
    if project is None or not rule.reached:
        return False
    if rule.reached == "schema":
        return bool(draft.symbol) and project.shown.hides(draft.symbol)
    return _is_detached(draft, project)


def _is_detached(draft: Draft, project: Project) -> bool:
    module = project.code.module(draft.path)
    routes = project.routing.routes_of(module) if module is not None else ()
    around = [one for one in routes if one.function.start <= draft.start_line <= one.function.signature_end]
    return bool(around) and all(one.router is not None and project.routing.is_detached(one.router) for one in around)


def _was_there(beginning: str, draft: Draft, changes: ChangeSet) -> bool:
    """Tell whether the same hunk removes what begins in the same way, as often as it adds it."""
    file, begins = changes.file(draft.path), re.compile(beginning)
    said = begins.search(normalised(draft.evidence))
    if file is None or said is None:
        return False
    for hunk in file.hunks:
        if any(line.new == draft.start_line for line in hunk.lines):
            counts = [
                begins.findall(normalised("\n".join(line.text for line in hunk.lines if line.kind is kind)))
                for kind in (LineKind.REMOVED, LineKind.ADDED)
            ]
            removed, added = (found.count(said.group()) for found in counts)
            return removed >= max(added, 1)
    return False
