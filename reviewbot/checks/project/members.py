"""What enumerations and models have: every name that may stand behind the dot, unless some are out of sight."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewbot.checks.project.declarations import Declarations
    from reviewbot.python.codebase import Code
    from reviewbot.python.module import Class, Module

_ENUMS = frozenset({"Enum", "StrEnum", "IntEnum", "Flag", "IntFlag"})
_ENUM_ROOTS = _ENUMS | {"str", "int"}
_MODEL_ROOTS = frozenset({"DeclarativeBase", "DeclarativeBaseNoMeta", "declarative_base", "AsyncAttrs"})
_SPECIAL = re.compile(
    r"__getattr__|__init__|__getattribute__|__class_getitem__|__new__|metaclass|automap|declared_attr|hybrid|_missing_|"
    r"_ignore_|__mapper_args__"
)
_INNER = re.compile(r"^[ \t]+(?:class|def|async def)\s+(\w+)", re.MULTILINE)
_LATER = re.compile(r"^[ \t]*([A-Z]\w*)\.\w+\s*=[^=]|setattr\(\s*([A-Z]\w*)", re.MULTILINE)
_NAMED_COLUMN = re.compile(r"""=\s*(?:\w+\.)?\w*[cC]olumn\(\s*["'](\w+)["']""")
_BACKREF = re.compile(r"""\bbackref\s*=\s*(?:(?:\w+\.)?backref\(\s*)?["'](\w+)["']""")
# What every enumeration or model has besides.
_OWN = frozenset(
    {"name", "value", "names", "query", "metadata", "registry", "awaitable_attrs", "type_annotation_map", "mro"}
)


class Members:
    """The members of the classes of one tree.

    Args:
        code: The application's files.
        declarations: Models and schemas.
    """

    def __init__(self, code: Code, declarations: Declarations) -> None:
        self._code = code
        self._declarations = declarations
        self._names: dict[tuple[str, str], frozenset[str] | None] = {}

    def of(self, module: Module, name: str) -> frozenset[str] | None:
        """Give the names that an enumeration or model has; None for other classes, and where some may be out of sight.

        Args:
            module: Where the class is named.
            name: How it is named there.
        """
        declared = self._declarations.find(module, name)
        if declared is None:
            return None
        key = (declared[0].path, declared[1].name)
        if key not in self._names:
            self._names[key] = self._read(*declared)
        return self._names[key]

    def column_names(self, module: Module, name: str) -> frozenset[str]:
        """Give what the columns of a model are called in the database where that is another name than the attribute's.

        Args:
            module: Where the class is named.
            name: How it is named there.
        """
        declared = self._declarations.find(module, name)
        lineage = self._declarations.lineage(*declared) if declared is not None else None
        classes = lineage.classes if lineage is not None else ()
        return frozenset(column for _, ancestor in classes for column in _NAMED_COLUMN.findall(ancestor.node.text()))

    def _read(self, module: Module, definition: Class) -> frozenset[str] | None:
        lineage = self._declarations.lineage(module, definition)
        roots = {base.rpartition(".")[2] for base in lineage.outside}
        is_enum = bool(roots & _ENUMS) and roots <= _ENUM_ROOTS
        is_model = bool(roots) and roots <= _MODEL_ROOTS and "__tablename__" in lineage.attributes
        text = "\n".join(ancestor.node.text() for _, ancestor in lineage.classes)
        if not (is_enum or is_model) or _SPECIAL.search(text) or definition.name in self._extended:
            return None
        return frozenset({*lineage.attributes, *_INNER.findall(text), *(self._backrefs if is_model else ()), *_OWN})

    @cached_property
    def _extended(self) -> frozenset[str]:
        """Classes on which something is set after they were made."""
        pairs = (pair for text in self._code.texts.values() for pair in _LATER.findall(text))
        return frozenset(name for pair in pairs for name in pair if name)

    @cached_property
    def _backrefs(self) -> frozenset[str]:
        """Names that relationships give to the other side."""
        texts = (text for text in self._code.texts.values() if "backref" in text)
        return frozenset(name for text in texts for name in _BACKREF.findall(text))
