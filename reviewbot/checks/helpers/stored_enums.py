"""Enums of Python whose members the database knows: as values of a type of its own."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.both_sides import Declaration, normalised
from reviewbot.checks.helpers.column_types import ColumnTypes
from reviewbot.checks.helpers.model_fields import names_type
from reviewbot.core.change import LineKind
from reviewbot.python.nodes import assignment, statements

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

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
        typed = re.compile(rf"(?<!class )\b(\w+)\(\s*(?:\w+\.)*{name}\b((?:[^()]|\((?:[^()]|\([^()]*\))*\))*)\)")
        found = [(by, arguments) for text in self._texts for by, arguments in typed.findall(text)]
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
        alone = re.compile(
            rf"(?m)^[ \t]++\w+[ \t]*+:[ \t]*+(?:\w+\.)?Mapped\[[^\n=]*\b{name}\b[^\n]*+(?:\n\s++[^\n:]*+$)*+"
        )
        fields = re.compile(rf"(?m)^[ \t]++\w+[ \t]*+:[ \t]*+(?:Optional\[)?(?:\w+\.)?{name}\b[^\n]*")
        attributes = [word for text in self._texts for word in alone.findall(text)]
        attributes += [word for text in self._texts if "table=True" in text for word in fields.findall(text)]
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
