"""The code names a member that an enumeration, or a column that a model, does not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.changeset import Draft
from reviewbot.checks.helpers.changed_modules import adds, draft, modules
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.change import FileKind
from reviewbot.core.change import Side as FromSide
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import call, first_line, last_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context
    from reviewbot.checks.project import Project, Side
    from reviewbot.core.change import ChangedFile
    from reviewbot.python.module import Module
    from reviewbot.python.syntax import Node

CHECK = Check(
    id="unknown-member",
    title="The code names a member of an enumeration or model that is not there",
    why="The line raises an `AttributeError`, a `TypeError` or an error of SQLAlchemy, whatever the input.",
    fix="Use a name that the class has, or add the member to it (a column with its migration).",
    leaves_alone=(
        "Classes with a base that cannot be seen, with an `__init__` or `__getattr__` of their own, or a metaclass; "
        "classes that are changed after they are made; members that `hasattr` or `getattr` asks for; what the "
        "libraries give (`name`, `value`, `query`, `metadata`)."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.HIGH,
    items=(
        "python-backend-reviewer/compatible-changes",
        "sinag-backend-architect/edge-cases",
        "trainsmart-senior-backend-architect/correct-behaviour",
    ),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    topics=("correctness",),
)


# `select(Order)…` up to the call at its end; a join brings columns of others.
_OF_MODEL = re.compile(
    r"^(?:(?:[\w.]+\.)?(?:query|select|update|insert|delete)\(([\w.]+)\)|([\w.]+)\.query)(?!.*\b(?:outer)?join\w*\()"
)
_BY_NAME = frozenset({"filter_by", "values"})


def run(context: Context) -> Iterator[Draft]:
    """Report each new use of a member that the class does not have, once in a module; and members taken from users."""
    if context.project is None:
        return
    for file, module in modules(context, "import", "Enum", "__tablename__"):
        said: set[str] = set()
        for node, title in _uses(context.project, module):
            if title not in said and adds(file, first_line(node), last_line(node)):
                said.add(title)
                yield draft(module, node, title)
    for file in context.files:
        if file.kind not in {FileKind.ADDED, FileKind.DELETED} and file.removed_lines:
            yield from _taken_away(context.project, file)


def _uses(project: Side, module: Module) -> Iterator[tuple[Node, str]]:
    """Give each ``Class.name`` and each ``Class(name=…)`` of which the class has no such name."""
    for node, owner, name in _named(module):
        members = project.members.of(module, owner)
        if members is None or name in members or name.startswith("_"):
            continue
        asked = rf"""(?:has|get)attr\(\s*{re.escape(owner)}\s*,\s*["']{name}["']"""
        if not re.search(asked, module.text):
            yield node, f"`{owner}` has no `{name}`"
    for node in module.source.root.find_all(kind="call", regex=r"^[A-Za-z_]"):
        made = call(node)
        chain = _OF_MODEL.match(made.function) if made is not None and made.name in _BY_NAME else None
        owner = (chain[1] or chain[2]) if chain is not None else made.function if made is not None else ""
        members = project.members.of(module, owner) if owner.rpartition(".")[2][:1].isupper() else None
        if made is None or members is None or "__tablename__" not in members:
            continue
        # A statement takes the names of the database as well.
        written = project.members.column_names(module, owner) if made.name == "values" else ()
        for name, value in made.keywords.items():
            if name not in members and name not in written:
                yield value, f"`{owner}` has no `{name}`"


def _named(module: Module) -> Iterator[tuple[Node, str, str]]:
    """Give each ``Class.name``, in patterns of a ``match`` and by an item's name too."""
    owner = r"(?:[A-Za-z_][A-Za-z0-9_]*\.)*[A-Z][A-Za-z0-9_]*"
    for kind in ("attribute", "dotted_name"):
        for node in module.source.root.find_all(kind=kind, regex=rf"^{owner}\.[A-Za-z_][A-Za-z0-9_]*$"):
            around = node.parent()
            if kind == "attribute" or (around is not None and around.kind() == "case_pattern"):
                of, _, name = node.text().rpartition(".")
                yield node, of, name


def _taken_away(project: Project, file: ChangedFile) -> Iterator[Draft]:
    """Report each member that the change removes and that code it leaves alone still names."""
    base = project.base
    old = base.code.module(file.old_path or file.path) if base is not None else None
    new = project.code.module(file.path)
    if base is None or old is None or new is None:
        return
    for name, definition in old.classes.items():
        had, has = base.members.of(old, name), project.members.of(new, name)
        for member in sorted(had - has) if had is not None and has is not None else ():
            node = definition.attributes.get(member)
            line = first_line(node) if node is not None else 0
            if line not in file.removed_lines:
                continue
            place = next(_remaining_uses(project, new, name, member), None)
            if place is not None:
                evidence = old.source.lines[line - 1].removesuffix("\r")
                title = f"`{name}` has no `{member}` any more, and `{place}` still names it"
                yield Draft(file.path, line, line, title, evidence, side=FromSide.LEFT, symbol=name)


def _remaining_uses(project: Project, home: Module, name: str, member: str) -> Iterator[str]:
    """Give the places that still name a member of a class."""
    for module in project.code.mentioning(member):
        for node, title in _uses(project, module) if name in module.text else ():
            if title.endswith(f"has no `{member}`"):
                place = project.code.resolve(module, title.split("`")[1])
                if place is not None and (place.module.path, place.name) == (home.path, name):
                    yield f"{module.path}:{first_line(node)}"
