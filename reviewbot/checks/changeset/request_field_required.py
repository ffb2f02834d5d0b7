"""A request that was right yesterday is refused: a schema asks for a new field, without a default."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.places import adds, draft, modules
from reviewbot.checks.project.nodes import first_line, last_line
from reviewbot.checks.scope import EXEMPT
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.change import ChangedFile
    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.project import Project
    from reviewbot.checks.project import Side as Tree
    from reviewbot.checks.project.contracts import Schema

CHECK = Check(
    id="request-field-required",
    title="A request that was right yesterday is refused: a field becomes required",
    why="Every client that does not send the field yet gets a 422, from the moment this is deployed.",
    fix="Give the field a default, or accept requests without it until all clients send it.",
    leaves_alone=(
        "Schemas that no route took before; fields that were required already; where the repository has a frontend, "
        "fields that it sends, or at least mentions."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    items=("trainsmart-senior-backend-architect/backward-compatible-api",),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=("ensure backward compatibility", "maintain backward compatibility", "breaking api changes"),
    topics=(
        "backward compatibility of a web service",
        "backward compatible of a web service",
        "breaking changes of a web service",
        "breaking public API changes of a web service",
    ),
)


def run(context: Context) -> Iterator[Draft]:
    """Report each field that a published request must have now and need not have before."""
    project = context.project
    before = project.before if project is not None else None
    if project is None or before is None:
        return
    for file, module in modules(context, "class "):
        for name in module.classes:
            old, new = before.contracts.requests.get(name), project.contracts.requests.get(name)
            if old is not None and new is not None and new.module.path == module.path:
                yield from _required(project, before, file, old, new)


def _required(project: Project, before: Tree, file: ChangedFile, old: Schema, new: Schema) -> Iterator[Draft]:
    had, has = before.contracts.fields(old), project.contracts.fields(new)
    if had is None or has is None:
        return
    for name, field in has.items():
        known = had.get(name)
        if not field.required or (known is not None and known.required) or field.module.path != file.path:
            continue
        if not adds(file, first_line(field.node), last_line(field.node)) or _sent(project, name):
            continue
        title = f"`{new.definition.name}` now requires `{name}`, which clients do not send yet"
        yield draft(field.module, field.node, title)


def _sent(project: Project, name: str) -> bool:
    frontend = project.frontend
    if not frontend.exists:
        return False
    return not frontend.readable or frontend.mention(re.compile(rf"\b{re.escape(name)}\b")) is not None
