"""Settings that the change makes required, and the names by which an environment gives them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, NamedTuple

from reviewbot.checks.helpers.changed_modules import adds, modules
from reviewbot.python.nodes import call, first_line, last_line, string

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context
    from reviewbot.checks.project import Side
    from reviewbot.checks.project.declarations import Lineage
    from reviewbot.python.module import Class, Module
    from reviewbot.python.syntax import Node

_NAME = re.compile(r"[A-Za-z_][\w.]*")
_PREFIX = re.compile(r"""\benv_prefix["']?\s*[=:]\s*(?:["']([^"']*)["'])?""")
_ALIASES = ("validation_alias", "alias", "env")
# Pydantic 1 gives what may be None that default by itself.
_MAY_BE_NONE = re.compile(r"\bOptional\[|\|\s*None\b|\bNone\s*\|")
_DEFAULTS = frozenset({"default", "default_factory"})


class Setting(NamedTuple):
    """A setting that was not required before.

    Attributes:
        module: The file.
        name: The field's name.
        node: Its declaration.
        names: The variables that give it; one is enough.
        prefixed: Whether something that cannot be read may stand in front of them.
    """

    module: Module
    name: str
    node: Node
    names: tuple[str, ...]
    prefixed: bool

    def is_mentioned(self, text: str, *, loosely: bool = False) -> bool:
        """Tell whether a text names it, in whatever case, with dashes or underscores.

        Args:
            text: What may give settings.
            loosely: Whether a prefix that the class does not name is enough.
        """
        start = r"(?<![a-z0-9])" if self.prefixed or (loosely and self.names == (self.name,)) else r"(?<![a-z0-9_])"
        plain = text.casefold().replace("-", "_")
        names = (re.escape(name.casefold().replace("-", "_")) for name in self.names)
        return any(re.search(rf"{start}{name}(?![a-z0-9_])", plain) for name in names)


def newly_required(context: Context) -> Iterator[Setting]:
    """Give each setting that the change adds without a default, or takes the default from."""
    project = context.project

    @cache  # and asked only where something is newly required
    def taken_away() -> frozenset[tuple[str, ...]]:
        return _taken_away(context)

    for file, module in modules(context, "Settings", "Config"):
        if project is None:
            return
        old_module = project.base.code.module(file.old_path or file.path) if project.base is not None else None
        for definition in module.classes.values():
            old_definition = old_module.classes.get(definition.name) if old_module is not None else None
            had = (
                dict(_required(project.base, old_module, old_definition))
                if project.base and old_module and old_definition
                else {}
            )
            lineage = project.declarations.lineage(module, definition)
            for name, node in _required(project, module, definition):
                if (
                    name in had
                    or not adds(file, first_line(node), last_line(node))
                    or _is_passed(module, definition, name)
                ):
                    continue
                prefix, known = _prefix(lineage)
                given = tuple(_aliases(node))
                setting = Setting(module, name, node, given or (f"{prefix}{name}",), not given and not known)
                if setting.names not in taken_away():
                    yield setting


def _taken_away(context: Context) -> frozenset[tuple[str, ...]]:
    """Give the variables of each required setting that the change takes away, or moves, from where it was."""
    base = context.project.base if context.project is not None else None
    if base is None:
        return frozenset()
    gone: set[tuple[str, ...]] = set()
    for file in context.files:
        module = base.code.module(file.old_path or file.path) if file.removed_lines else None
        if module is None:
            continue
        for definition in module.classes.values():
            prefix, _ = _prefix(base.declarations.lineage(module, definition))
            for name, node in _required(base, module, definition):
                if not file.removed_lines.isdisjoint(range(first_line(node), last_line(node) + 1)):
                    gone.add(tuple(_aliases(node)) or (f"{prefix}{name}",))
    return frozenset(gone)


def _required(side: Side, module: Module, definition: Class) -> Iterator[tuple[str, Node]]:
    lineage = side.declarations.lineage(module, definition)
    roots = {_imported(lineage, base) for base in lineage.outside}
    if roots != {"BaseSettings"}:
        return
    text = "\n".join(base_module.text for base_module, _ in lineage.classes)
    is_first = re.search(r"\bfrom pydantic import [^\n]*\bBaseSettings\b|\bpydantic\.BaseSettings\b", text) is not None
    for name, node in definition.attributes.items():
        kind = node.field("type")
        if kind is None or name.startswith("_") or name == "model_config" or "ClassVar" in kind.text():
            continue
        may_be_none = is_first and node.field("right") is None and _MAY_BE_NONE.search(kind.text())
        if not may_be_none and _has_no_default(node) and not _is_section(side, module, kind):
            yield name, node


def _imported(lineage: Lineage, base: str) -> str:
    """Give what a base is called where it comes from: `from pydantic_settings import BaseSettings as Base`."""
    for module, _ in lineage.classes:
        for origin in module.imported.get(base, ()):
            if origin.attribute:
                return origin.attribute
    return base.rpartition(".")[2]


def _is_section(side: Side, module: Module, kind: Node) -> bool:
    """Tell whether an annotation names a class of the project's, whose fields are provided each for itself."""
    for name in _NAME.findall(kind.text()):
        section = side.declarations.find(module, name)
        bases = side.declarations.lineage(*section).outside if section is not None else ()
        if section is not None and not any(base.endswith("Enum") for base in bases):
            return True
    return False


def _has_no_default(node: Node) -> bool:
    right, kind = node.field("right"), node.field("type")
    if right is None:
        annotated = kind.find_all(kind="keyword_argument") if kind is not None else []
        return not any(keyword.text().partition("=")[0].strip() in _DEFAULTS for keyword in annotated)
    made = call(right)
    if made is None or made.name != "Field":
        return right.text() == "..."
    given = made.argument(0, "default")
    if made.open or "default_factory" in made.keywords:
        return False
    return given is None or given.text() == "..."


def _is_passed(module: Module, definition: Class, name: str) -> bool:
    """Tell whether the file gives it where it makes the settings."""
    made = map(call, module.source.root.find_all(kind="call", regex=rf"^{definition.name}\("))
    quoted = re.search(rf"[\"']{re.escape(name)}[\"']", module.text) is not None
    return any(
        invocation is not None and (name in invocation.keywords or (invocation.open and quoted)) for invocation in made
    )


def _aliases(node: Node) -> Iterator[str]:
    """Give the variables that the field itself names."""
    for keyword in node.find_all(kind="keyword_argument"):
        value = keyword.field("value")
        if value is not None and keyword.text().partition("=")[0].strip() in _ALIASES:
            own = string(value)
            inner = [string(literal) for literal in value.find_all(kind="string")] if own is None else [own]
            yield from (name for name in inner if name)


def _prefix(lineage: Lineage) -> tuple[str, bool]:
    """Give the prefix of all variables, and whether that can be told."""
    for _, definition in lineage.classes:
        match = _PREFIX.search(definition.node.text())
        if match is not None:
            return match[1] or "", match[1] is not None
    return "", True
