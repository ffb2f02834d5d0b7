"""The code names a member that an enumeration, or a column that a model, does not have."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.places import adds, draft, modules
from reviewbot.checks.project.nodes import call, first_line, last_line
from reviewbot.checks.scope import EXEMPT
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.project.module import Module
    from reviewbot.syntax import Node

CHECK = Check(
    id="unknown-member",
    title="The code names a member of an enumeration or model that is not there",
    why="The line raises an `AttributeError` or a `TypeError` as soon as it runs, whatever the input.",
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


def run(context: Context) -> Iterator[Draft]:
    """Report each new use of a member that the class does not have; once for each name in a module."""
    for file, module in modules(context, "import"):
        if context.project is None:
            return
        known: dict[str, frozenset[str]] = {}
        for name in module.imports:
            members = context.project.members.of(module, name) if name[:1].isupper() else None
            if members is not None:
                known[name] = members
        said: set[str] = set()
        for node, title in _uses(module, known) if known else ():
            if title not in said and adds(file, first_line(node), last_line(node)):
                said.add(title)
                yield draft(module, node, title)


def _uses(module: Module, known: dict[str, frozenset[str]]) -> Iterator[tuple[Node, str]]:
    """Give each ``Class.name`` and each ``Class(name=…)`` of which the class has no such name."""
    names = "|".join(sorted(map(re.escape, known)))
    for node in module.source.root.find_all(kind="attribute", regex=rf"^({names})\.[A-Za-z_][A-Za-z0-9_]*$"):
        owner, _, name = node.text().partition(".")
        asked = rf"""(?:has|get)attr\(\s*{owner}\s*,\s*["']{name}["']"""
        if name not in known[owner] and not name.startswith("_") and not re.search(asked, module.text):
            yield node, f"`{owner}` has no `{name}`"
    for node in module.source.root.find_all(kind="call", regex=rf"^({names})\("):
        made = call(node)
        if made is None or "__tablename__" not in known[made.function]:
            continue
        for name, value in made.keywords.items():
            if name not in known[made.function]:
                yield value, f"`{made.function}` has no `{name}`"
