"""What the database sees of a column's type: a class of the project that derives from one is followed to it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_MOST_BASES = 6
# What adapts another type, which it names in `impl`.
_ADAPTERS = frozenset({"TypeDecorator", "UserDefinedType", "TypeEngine"})
_CLASS = re.compile(r"(?m)^class[ \t]+(\w+)\(([^)]*)\)[^\n]*(?:\n(?:[ \t][^\n]*)?)*")
_IMPL = re.compile(r"(?m)^[ \t]+impl[ \t]*(?::[^=\n]+)?=[ \t]*((?:\w+\.)*(\w+)(?:\([^()\n]*\))?)")
_OF_SQLALCHEMY = re.compile(
    r"(?:\w*Enum|ENUM|String|Text|Unicode|UnicodeText|VARCHAR|CHAR|TEXT|\w*Integer|INTEGER|BIGINT|Numeric|NUMERIC|Float|Boolean|"
    r"Date|DateTime|Time|Interval|TIMESTAMP|LargeBinary|BYTEA|JSON|JSONB|ARRAY|UUID|Uuid|PickleType)"
)
_NATIVE = re.compile(r"(?:\w*Enum|ENUM)")
_NOT_NATIVE = re.compile(r"\bnative_enum[\"']?\s*[=:,]\s*False\b")
_NUMBER = re.compile(r"(?<!\w)(\d+)")
_DIALECTS = "load_dialect_impl"


class ColumnType(NamedTuple):
    """A class of the project that columns have as their type.

    Attributes:
        written: SQLAlchemy's type behind it, as it is written: ``String``, or ``String(40)``.
        native: Whether that is an enum, whose members the database knows.
        varies: Whether the type depends on what is asked for at run time, so that nobody can tell.
    """

    written: str
    native: bool
    varies: bool


class ColumnTypes:
    """The column types that a project defines.

    Args:
        texts: Of its files.
    """

    def __init__(self, texts: Iterable[str]) -> None:
        self._classes = {
            match[1]: (match[2], match[0])
            for text in texts
            if "impl" in text or "Enum" in text or "ENUM" in text
            for match in _CLASS.finditer(text)
        }
        self._of = {name: found for name in self._classes if (found := self._follow(name, _MOST_BASES)) is not None}

    def of(self, name: str) -> ColumnType | None:
        """Give what is known of a class; None where it is none of the project's column types."""
        return self._of.get(name)

    def as_stored(self, text: str) -> str:
        """Give a column's declaration, normalised, with SQLAlchemy's types in place of the project's."""
        for name in self._of.keys() & set(re.findall(r"\w+", text)):
            kind = self._of[name]
            if not kind.varies:
                text = "".join(_replaced(text, name, kind))
        return text

    def _follow(self, name: str, hops: int) -> ColumnType | None:
        if name not in self._classes or hops == 0:
            return None
        listed, body = self._classes[name]
        bases = [base.strip().partition("[")[0].rpartition(".")[2] for base in listed.split(",")]
        adapts = next((base for base in bases if base in _ADAPTERS), None)
        # An enum of Python's is no type of a column.
        derives = next((base for base in bases if _OF_SQLALCHEMY.fullmatch(base) and not _is_pythons(base)), None)
        inner = next((found for base in bases if (found := self._follow(base, hops - 1)) is not None), None)
        impl = _IMPL.search(body)
        if impl is not None and (adapts or inner is not None):
            behind = self._follow(impl[2], hops - 1)
            written, native = (behind.written, behind.native) if behind else (impl[1], bool(_NATIVE.fullmatch(impl[2])))
        elif inner is not None:
            written, native = inner.written, inner.native
        elif adapts or (derives and re.search(rf"\b(?:sa|sqlalchemy|types)\.{derives}\b", listed)):
            written, native = derives or name, bool(derives and _NATIVE.fullmatch(derives))
        else:
            return None
        varies = _DIALECTS in body or (inner is not None and inner.varies)
        return ColumnType(written.rpartition(".")[2], native and not _NOT_NATIVE.search(body), varies)


def _is_pythons(base: str) -> bool:
    return base in {"IntEnum", "StrEnum"}


def _replaced(text: str, name: str, kind: ColumnType) -> Iterator[str]:
    """Give the pieces of a text in which calls of a type, or its bare name, became SQLAlchemy's type."""
    at = 0
    for match in re.finditer(rf"(?<![\w.\"'])(?:\w+\.)*{name}\b(?P<arguments>\((?:[^()]|\([^()]*\))*\))?(?!\()", text):
        numbers = _NUMBER.findall(match["arguments"] or "")
        plain = kind.written.partition("(")[0]
        yield text[at : match.start()]
        yield kind.written if "(" in kind.written or not numbers else f"{plain}({','.join(numbers)})"
        at = match.end()
    yield text[at:]
