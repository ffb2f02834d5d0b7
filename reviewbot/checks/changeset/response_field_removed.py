"""A field that clients read is no longer in the answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.change import FileKind, LineKind, Side
from reviewbot.check import Check, Needs
from reviewbot.checks.changeset import Draft
from reviewbot.checks.project.nodes import first_line
from reviewbot.checks.scope import EXEMPT
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.change import ChangedFile
    from reviewbot.checks.changeset import Context
    from reviewbot.checks.project import Project
    from reviewbot.checks.project import Side as Tree
    from reviewbot.checks.project.contracts import Field, Schema

CHECK = Check(
    id="response-field-removed",
    title="A field that clients read is no longer in the answer",
    why="A client that reads the field gets `undefined` from the moment this is deployed, and shows it, or nothing.",
    fix="Keep the field until no client reads it, under its old name too where it is renamed (`serialization_alias`).",
    leaves_alone=(
        "Schemas that no route answers with; fields that a base or a computed field still gives, or that keep their "
        "name by an alias; where the repository has a frontend, fields that it does not mention any more, and names of "
        "one word."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.LOW,
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

_FIELD = re.compile(r"\s+\w+\s*:")
# What the frontend keeps for itself: a filter or a form may have a field of the same name.
_NOT_AN_ANSWER = "".join(
    rf"(?<!\b{name})"
    for name in ("filters", "filter", "params", "query", "form", "formData", "values", "search", "state")
)


def run(context: Context) -> Iterator[Draft]:
    """Report each field that a schema of the answers had and has no more."""
    project = context.project
    before = project.before if project is not None else None
    if project is None or before is None:
        return
    for file in context.files:
        if file.kind in {FileKind.ADDED, FileKind.DELETED} or not any(map(_FIELD.match, _removed_texts(file))):
            continue
        module = before.code.module(file.old_path or file.path)
        if module is None:
            continue
        for name in module.classes:
            old, new = before.contracts.answers.get(name), project.contracts.answers.get(name)
            if old is not None and new is not None and old.module.path == module.path:
                yield from _removed(project, before, file, old, new)


def _removed_texts(file: ChangedFile) -> Iterator[str]:
    return (line.text for hunk in file.hunks for line in hunk.lines if line.kind is LineKind.REMOVED)


def _removed(project: Project, before: Tree, file: ChangedFile, old: Schema, new: Schema) -> Iterator[Draft]:
    had, has = before.contracts.fields(old), project.contracts.fields(new)
    if had is None or has is None:
        return
    for name, field in had.items():
        line = first_line(field.node)
        if name in has or field.module.path != old.module.path or line not in file.removed_lines:
            continue
        used = _read_by(project, name)
        if used is None:
            continue
        title = f"`{old.definition.name}` loses `{name}`{used}"
        # Another answer's field of the same name may be what is read.
        severity = Severity.LOW if _is_shared(before, old, name) else None
        evidence, symbol = _evidence(field, line), old.definition.name
        yield Draft(file.path, line, line, title, evidence, side=Side.LEFT, symbol=symbol, severity=severity)


def _is_shared(before: Tree, old: Schema, name: str) -> bool:
    answers = (one for one in before.contracts.answers.values() if one is not old)
    return any(name in (before.contracts.fields(one) or {}) for one in answers)


def _read_by(project: Project, name: str) -> str | None:
    """Say where the frontend reads a field; nothing where there is no frontend, None where it does not."""
    if not project.frontend.exists:
        return ", which clients may read"
    if "_" not in name and not re.search("[a-z][A-Z]", name):
        return None
    place = project.frontend.mention(re.compile(rf"{_NOT_AN_ANSWER}\.\s*{re.escape(name)}\b(?!\s*=[^=])"))
    return f", which `{place}` reads" if place is not None else None


def _evidence(field: Field, line: int) -> str:
    return field.module.text.split("\n")[line - 1].removesuffix("\r")
