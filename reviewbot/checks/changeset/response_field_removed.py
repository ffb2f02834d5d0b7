"""A field that clients read is no longer in the answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.changeset import Draft
from reviewbot.checks.helpers.compatibility import COMPATIBILITY, COMPATIBLE
from reviewbot.checks.project.contracts import answer
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.change import FileKind, Side
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import first_line, last_line

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewbot.checks.changeset import Context
    from reviewbot.checks.project import Project
    from reviewbot.checks.project import Side as Tree
    from reviewbot.checks.project.contracts import Field, Schema
    from reviewbot.checks.project.routes import Route
    from reviewbot.core.change import ChangedFile
    from reviewbot.python.syntax import Node

CHECK = Check(
    id="response-field-removed",
    title="A field that clients read is no longer in the answer",
    why="A client that reads the field gets `undefined` from the moment this is deployed, and shows it, or nothing.",
    fix="Keep the field until no client reads it, under its old name too where it is renamed (`serialization_alias`).",
    leaves_alone=(
        "Schemas that no route answers with; fields that a base or a computed field still gives, or that keep their "
        "name by an alias or an alias generator for camel or Pascal case; answers without a schema; where "
        "the repository has a frontend, fields that it does not mention any more, and names of one word."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.LOW,
    items=("trainsmart-senior-backend-architect/backward-compatible-api",),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=COMPATIBLE,
    topics=COMPATIBILITY,
)

# What the frontend keeps for itself: a filter or a form may have a field of the same name.
_NOT_AN_ANSWER = "".join(
    rf"(?<!\b{name})"
    for name in ("filters", "filter", "params", "query", "form", "formData", "values", "search", "state")
)
_NAME = re.compile(r"[A-Za-z_][\w.]*")
_COLUMN = r"(?:accessorKey|accessor|dataIndex|dataKey|field|prop|valueKey)"
_EXCLUDED = re.compile(r"\bexclude\s*=\s*True\b")


def run(context: Context) -> Iterator[Draft]:
    """Report each field that a schema of the answers had and has no more."""
    project = context.project
    base = project.base if project is not None else None
    if project is None or base is None:
        return
    files = {file.old_path or file.path: file for file in context.files if _may_lose(file)}
    said: set[tuple[str, int, str]] = set()
    for draft in _drafts(project, base, files) if files else ():
        # A base's field is lost by whatever inherits it.
        key = (draft.path, draft.start_line, draft.title.partition(" loses ")[2])
        if key not in said:
            said.add(key)
            yield draft


def _may_lose(file: ChangedFile) -> bool:
    return file.kind not in {FileKind.ADDED, FileKind.DELETED} and bool(file.removed_lines)


def _drafts(project: Project, base: Tree, files: Mapping[str, ChangedFile]) -> Iterator[Draft]:
    for name, old in base.contracts.answers.items():
        new = project.contracts.answers.get(name)
        if new is not None:
            yield from _removed(project, base, files, old, new)
    now = {(route.method, path): route for route in project.routing.routes for path in _paths(project, route)}
    for route in base.routing.routes if any(path in files for path in _routed(base)) else ():
        later = next((now[key] for path in _paths(base, route) if (key := (route.method, path)) in now), None)
        if route.module.path in files and later is not None:
            yield from _replaced(project, base, files[route.module.path], route, later)


def _routed(base: Tree) -> Iterator[str]:
    return (route.module.path for route in base.routing.routes)


def _paths(tree: Tree, route: Route) -> tuple[str, ...]:
    return tree.routing.full_paths(route) or ()


def _removed(
    project: Project, base: Tree, files: Mapping[str, ChangedFile], old: Schema, new: Schema
) -> Iterator[Draft]:
    for field in _lost_fields(project, base, old, new):
        file = files.get(field.module.path)
        line = _removed_line(file, field.node)
        if file is not None and line is not None:
            yield from _draft(project, base, file, old, field, line)


def _replaced(project: Project, base: Tree, file: ChangedFile, route: Route, later: Route) -> Iterator[Draft]:
    """Report what is lost where a route answers with another schema, in the same place of the same containers."""
    old_names, new_names = _NAME.findall(answer(route)), _NAME.findall(answer(later))
    line = _removed_line(file, route.function.decorated, until=route.function.signature_end)
    if line is None or len(old_names) != len(new_names) or old_names == new_names:
        return
    for old_name, new_name in zip(old_names, new_names, strict=True):
        old, new = base.contracts.named(route, old_name), project.contracts.named(later, new_name)
        if old_name == new_name or old is None or new is None:
            continue
        lost = [field for field in _lost_fields(project, base, old, new) if _read_by(project, field.name) is not None]
        for field in lost[:1]:
            yield from _draft(project, base, file, old, field, line)


def _lost_fields(project: Project, base: Tree, old: Schema, new: Schema) -> Iterator[Field]:
    had, has = base.contracts.fields(old), project.contracts.fields(new)
    for name, field in (had or {}).items() if has is not None else ():
        kept = (has or {}).get(name)
        if (kept is None or _EXCLUDED.search(kept.node.text())) and not _EXCLUDED.search(field.node.text()):
            yield field


def _removed_line(file: ChangedFile | None, node: Node, until: int | None = None) -> int | None:
    """Give the first line of a node that the change removes."""
    lines = range(first_line(node), (until or last_line(node)) + 1)
    return next((line for line in lines if file is not None and line in file.removed_lines), None)


def _draft(project: Project, base: Tree, file: ChangedFile, old: Schema, field: Field, line: int) -> Iterator[Draft]:
    used = _read_by(project, field.name)
    if used is None:
        return
    # Another answer's field of the same name may be what is read.
    severity = Severity.LOW if _is_shared(base, old, field) else None
    title = f"`{old.definition.name}` loses `{field.name}`{used}"
    text = base.code.texts.get(file.old_path or file.path, "").split("\n")
    evidence = text[line - 1].removesuffix("\r") if line <= len(text) else ""
    yield Draft(file.path, line, line, title, evidence, side=Side.LEFT, symbol=old.definition.name, severity=severity)


def _is_shared(base: Tree, old: Schema, field: Field) -> bool:
    """Tell whether another answer has a field of the same name, other than by the same base."""
    answers = (schema for schema in base.contracts.answers.values() if schema.definition.name != old.definition.name)
    others = ((base.contracts.fields(schema) or {}).get(field.name) for schema in answers)
    mine = (field.module.path, first_line(field.node))
    return any(other is not None and (other.module.path, first_line(other.node)) != mine for other in others)


def _read_by(project: Project, name: str) -> str | None:
    """Say where the frontend reads a field; nothing where there is no frontend, None where it does not."""
    if not project.frontend.exists:
        return ", which clients may read"
    if "_" not in name and not re.search("[a-z][A-Z]", name):
        return None
    word = re.escape(name)
    reads = (
        rf"{_NOT_AN_ANSWER}\.\s*{word}\b(?!\s*=[^=])",
        # Taken apart, by its name in quotes, or as a column of a table.
        rf"(?:(?:const|let|var)\s*|\(\s*)\{{(?:[^{{}};()]*,)?\s*{word}\b(?:\s*[:=][^{{}};]*)?\s*(?:,[^{{}};]*)?\}}\s*(?:=(?!>)|:|\)\s*=>)",
        rf"""[\w)\]]\[["']{word}["']\](?!\s*=[^=])""",
        rf"""\b{_COLUMN}\s*[:=]\s*\{{?\s*["']{word}["']""",
    )
    place = project.frontend.mention(re.compile("|".join(reads)))
    return f", which `{place}` reads" if place is not None else None
