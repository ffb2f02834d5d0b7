"""What annotations and SQLModel's fields say of a column's type, in a form that spelling does not change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.both_sides import Declaration, normalised
from reviewbot.core.globs import matches
from reviewbot.python.nodes import call

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.core.change import ChangedFile
    from reviewbot.python.syntax import Source

_MODELS = ("**/models/**/*.py", "**/models.py", "**/*_model.py")
_FIELDS = {
    "rule": {
        "kind": "assignment",
        "pattern": "$FIELD",
        "has": {"field": "type", "pattern": "$TYPE"},
        "inside": {
            "kind": "block",
            "stopBy": {"kind": "function_definition"},
            "inside": {"kind": "class_definition", "has": {"field": "superclasses", "regex": r"\btable\s*=\s*True"}},
        },
    }
}
# What of `Field(…)` the database knows.
_OF_COLUMN = frozenset(
    {"primary_key", "foreign_key", "ondelete", "unique", "nullable", "index", "sa_type", "sa_column", "max_length"}
    | {"sa_column_kwargs", "sa_column_args", "max_digits", "decimal_places"}
)
_NO_COLUMN = re.compile(r"^(?:ClassVar\b|.*\bRelationship\()")
_NULL = re.compile(r"\bOptional\[(.{,400})\]$|\|\s*None\b|\bNone\s*\|")
# A type under a name of the project's, which may stand for the same.
_NAMED_TYPE = re.compile(r"(?<=[(,])(?:[a-z]+_\w+|[A-Z]+_[A-Z_]+)(?=[,)])")
# Types whose column is known, so that another of them is another column.
_KNOWN = frozenset(
    ("int", "str", "float", "bool", "bytes", "date", "datetime", "time", "timedelta", "Decimal", "UUID", "dict", "list")
)
# A column, by whatever name and from whatever name of the library.
_LIBRARY = re.compile(r"(?<![\w.\"])(?:sa|sqlalchemy|db|orm|so)\.")
_MADE = re.compile(r"^(deferred\()?(?:\w+\.)*(?:mapped_column|Column)\(")
_SAID_NULL = re.compile(r",nullable=(?:True|False)(?=[,)])|(?<=\()nullable=(?:True|False)(?:,|(?=\)))")
_NONE = re.compile(r"\bOptional\[|\bNone\b")
_SPECIAL = re.compile(r"^(?:\w+\.)*(?:Identity|Computed|Sequence|FetchedValue|\*|\w+=)")


def fields(source: Source) -> Iterator[Declaration]:
    """Give the columns of SQLModel's tables."""
    for match in source.find(_FIELDS):
        node, kind = match.node("FIELD"), match.variable("TYPE")
        left, right = (node.field("left"), node.field("right")) if node is not None else (None, None)
        if left is None or kind is None or _NO_COLUMN.match(f"{kind.text} {right.text() if right else ''}"):
            continue
        made = call(right)
        given = made.keywords if made is not None and made.name == "Field" else {}
        said = ",".join(sorted(f"{name}={value.text()}" for name, value in given.items() if name in _OF_COLUMN))
        null = " nullable" if _NULL.search(kind.text) and "nullable" not in given and "primary_key" not in given else ""
        text = normalised(f"mapped_column({said})") + _type(kind.text) + null
        if "sa_column" in given:
            # Then the annotation says nothing of the column.
            text = _NAMED_TYPE.sub("?", normalised(given["sa_column"].text()))
        yield Declaration(
            source.symbol(match.span.start_line), left.text(), text, match.span.start_line, match.span.last_line
        )


def is_about_tables(file: ChangedFile) -> bool:
    """Tell whether a file may declare tables: by where it lies, or by what it imports."""
    if matches(_MODELS, file.path):
        return True
    shown = "\n".join(line.text for hunk in file.hunks for line in hunk.lines)
    text = "\n".join([file.new_text or shown, file.old_text or ""])
    return "sqlalchemy" in text or "sqlmodel" in text


def with_type(text: str, annotation: str) -> str:
    """Give a column with the type of its annotation, where it names none itself.

    Args:
        text: ``mapped_column(…)`` or ``Mapped[…]``, normalised.
        annotation: As it is written; empty where there is none.
    """
    inner = re.search(r"Mapped\[(.{,400})\]\s{,99}$", annotation or text, re.DOTALL)
    if inner is None:
        return text
    if text.startswith(("Mapped[", "orm.Mapped[", "so.Mapped[")):
        null = re.search(r" nullable$", text)
        return f"mapped_column(){_type(inner[1])}{null[0] if null else ''}"
    if not text.partition("(")[0].endswith("mapped_column"):
        return text
    return text if names_type(text) else f"{text}{_type(inner[1])}"


def with_null(text: str, annotation: str) -> str:
    """Give a column as the database has it: whether it may be NULL at its end, however the code says that.

    Args:
        text: ``mapped_column(…)`` or ``Column(…)``, normalised; anything else stays as it is.
        annotation: Its ``Mapped[…]``; empty where it has none.
    """
    text = _LIBRARY.sub("", text)
    made = _MADE.match(text)
    if made is None:
        return text
    text = _MADE.sub(r"\1mapped_column(", text, count=1)
    said = _SAID_NULL.search(text)
    if said is not None:
        text = text[: said.start()] + text[said.end() :]
        allowed = "True" in said[0]
    else:
        told = "nullable=" in text or "primary_key=" in text
        # Of `Column` the annotation says nothing, and without a word NULL is allowed.
        allowed = not told and (made[0].endswith("Column(") or _NONE.search(annotation) is not None)
    return f"{text} nullable" if allowed else text


def names_type(text: str) -> bool:
    """Tell whether the ``mapped_column(…)`` in a text is given a type."""
    called = normalised(text).partition("mapped_column(")[2]
    arguments = [
        argument for argument in _split(called.rpartition(")")[0]) if argument and not _SPECIAL.match(argument)
    ]
    return any(not argument.startswith('"') for argument in arguments)


def is_untold(old: str, new: str) -> bool:
    """Tell whether only the types of two columns differ, one of which is a name that may mean the other."""
    kinds = re.compile(r" type:\S+")
    if kinds.sub("", old) != kinds.sub("", new):
        return False
    return " type:?" in old or " type:?" in new or " type:" not in old or " type:" not in new


def _type(annotation: str) -> str:
    plain = _NULL.sub(lambda match: match[1] or "", annotation.strip("\"' \n")).strip("\"' \n")
    name = plain.partition("[")[0].strip().rpartition(".")[2]
    return f" type:{name if name in _KNOWN else '?'}"


def _split(text: str) -> Iterator[str]:
    depth, start = 0, 0
    for at, char in enumerate(text):
        depth += (char in "([{") - (char in ")]}")
        if char == "," and depth == 0:
            yield text[start:at]
            start = at + 1
    yield text[start:]
