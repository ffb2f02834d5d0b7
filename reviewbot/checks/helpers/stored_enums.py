"""Enums of Python whose members the database knows: as values of a type of its own."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property
from itertools import chain
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.both_sides import Declaration, normalised
from reviewbot.checks.helpers.column_types import ColumnTypes
from reviewbot.checks.helpers.model_fields import names_type
from reviewbot.core.change import LineKind
from reviewbot.python.nodes import assignment, statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reviewbot.checks.changeset import Context
    from reviewbot.core.change import Hunk
    from reviewbot.python.syntax import Match, Node, Source

# Of a declaration that is a member of an enum.
MEMBER = " member"
_ENUM_BASE = re.compile(r"(?:^|[.,(\s])(?:\w*Enum|IntFlag|Flag)\s*(?:[,)]|$)")
_CLASS = {
    "rule": {"kind": "class_definition", "pattern": "$CLASS", "regex": r"^class [A-Za-z0-9_]+\([^)]*(?:Enum|Flag)"}
}
_COLUMNS = re.compile(r"[Cc]olumn\(|\bMapped\[|\btable=True")
_SMALL_BEFORE_LARGE = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_NOT_NATIVE = re.compile(r"\bnative_enum\s*=\s*False\b")
_MAPPED_OTHERWISE = re.compile(r"\btype_annotation_map\b[^}]*\bEnum\b")
_OTHER_TYPE = re.compile(r"\b(?:String|Text|Integer|SmallInteger|Unicode|VARCHAR|JSONB?)\b")
# Looked for at each call, also those within the parentheses of another.
_TYPED = re.compile(r"(?<!class )\b(?=(\w++)\(\s*+(\w++(?:\.\w++)*+)((?:[^()]++|\((?:[^()]++|\([^()]*+\))*+\))*+)\))")
_NAME = re.compile(r"\w+")
_MAPPED = re.compile(r"(?m)^[ \t]++\w+[ \t]*+:[ \t]*+(?:\w+\.)?Mapped\[([^\n=]*+)[^\n]*+(?:\n\s++[^\n:]*+$)*+")
_FIELD = re.compile(r"(?m)^[ \t]++\w+[ \t]*+:[ \t]*+(?:Optional\[)?(?:(\w+)\.)?(\w+)\b[^\n]*")
_ABOUT_COLUMNS = ("Column(", "column(", "Mapped[", "table=True", "sqlalchemy")


class StoredEnums:
    """The enums of the project that a column has as its type.

    Args:
        context: What the check sees.
    """

    def __init__(self, context: Context) -> None:
        self._context = context

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        project = self._context.project
        shown = (file.new_text or "\n".join(_lines(file.hunks)) for file in self._context.changes.files)
        texts = [*(project.code.texts.values() if project is not None else ()), *shown]
        return tuple(text for text in texts if any(word in text for word in _ABOUT_COLUMNS))

    @cached_property
    def _typed(self) -> Mapping[str, Sequence[tuple[str, str]]]:
        """By the name of what comes first in a call's parentheses: what is called, and the rest of what is there."""
        typed: dict[str, list[tuple[str, str]]] = defaultdict(list)
        for match in (match for text in self._texts for match in _TYPED.finditer(text)):
            parts = match[2].split(".")
            for at, part in enumerate(parts):
                typed[part].append((match[1], "".join(f".{rest}" for rest in parts[at + 1 :]) + match[3]))
        return typed

    @cached_property
    def _attributes(self) -> Mapping[str, Sequence[str]]:
        """By the names in their annotations: the columns that are attributes."""
        attributes: dict[str, list[str]] = defaultdict(list)
        for text in self._texts:
            mapped = ((match, set(_NAME.findall(match[1]))) for match in _MAPPED.finditer(text))
            fields = _FIELD.finditer(text) if "table=True" in text else ()
            for match, names in chain(mapped, ((match, {match[1], match[2]} - {None}) for match in fields)):
                for name in names:
                    attributes[name].append(match[0])
        return attributes

    @cached_property
    def types(self) -> ColumnTypes:
        """The column types that the project defines."""
        return ColumnTypes(self._texts)

    def members(self, source: Source) -> Iterator[Declaration]:
        """Give the members of the enums in a source that the database stores, by their names or their values."""
        for match in source.find(_CLASS):
            name, body = match.span.text[6:].partition("(")[0], match.span.text
            by = self._stored(name) if name.isidentifier() and _ENUM_BASE.search(body.partition(":")[0]) else ""
            for node in _assigned(match) if by else ():
                left, right = node.field("left"), node.field("right")
                if left is not None and right is not None and not left.text().startswith("_"):
                    value = normalised(right.text()).strip('"') if by == "values" else left.text()
                    start = node.range().start.line + 1
                    yield Declaration(name, left.text(), f"{value}{MEMBER}", start, start)

    def _stored(self, name: str) -> str:
        """Tell by what an enum is stored: `names`, `values`, or nothing that the database knows."""
        found = self._typed.get(name, ())
        given = [(by, arguments) for by, arguments in found if self.types.of(by) or by.endswith(("Enum", "ENUM"))]
        native = [
            arguments
            for by, arguments in given
            if ((kind := self.types.of(by)) is None or kind.native)
            and (not _NOT_NATIVE.search(arguments) or "create_constraint=True" in arguments)
        ]
        if given:
            by_value = any("values_callable" in arguments for arguments in native)
            return "" if not native else "values" if by_value else "names"
        if any(_MAPPED_OTHERWISE.search(text) for text in self._texts):
            return ""
        attributes = self._attributes.get(name, ())
        # Where a column says its type itself, the annotation says nothing of what the database has.
        told = (_OTHER_TYPE.search(attribute) or names_type(attribute) for attribute in attributes)
        return "names" if not all(told) else ""


def _assigned(match: Match) -> Iterator[Node]:
    """Give the assignments in the body of a class."""
    node = match.node("CLASS")
    body = node.field("body") if node is not None else None
    assignments = (assignment(statement) for statement in (statements(body) if body is not None else ()))
    yield from (member for member in assignments if member is not None)


def is_migrated(declaration: Declaration, texts: Iterable[str]) -> bool:
    """Tell whether the text of some migration names a member, and the enum or its type."""
    member = re.compile(
        rf"[\"']({re.escape(declaration.name)}|{re.escape(declaration.text.removesuffix(MEMBER))})[\"']"
    )
    snake = _SMALL_BEFORE_LARGE.sub("_", declaration.owner)
    kind = re.compile(rf"(?i)\b(?:{declaration.owner}|{snake})")
    return any(member.search(text) and kind.search(text) for text in texts)


def _lines(hunks: Iterable[Hunk]) -> Iterator[str]:
    for hunk in hunks:
        yield from (line.text for line in hunk.lines if line.kind is not LineKind.REMOVED)
