"""What earlier migrations have settled: a difference in the models that they made already, or that nobody can tell."""

from __future__ import annotations

import re
from collections import defaultdict
from functools import cached_property, lru_cache
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.model_fields import is_untold
from reviewbot.checks.helpers.stored_enums import MEMBER, is_migrated
from reviewbot.checks.project.migration_files import migration_files

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from collections.abc import Set as AbstractSet

    from reviewbot.checks.helpers.both_sides import Declaration, Difference
    from reviewbot.core.change import ChangedFile, Tree

# What a column says of NULL.
NULLS = re.compile(r"\bnullable\b(?:=\w+)?")
_MAY_BE_NULL = re.compile(r" nullable$|\bnullable=True\b")
_TABLE_NAME = re.compile(
    r"""__tablename__(?:\s*(?::[^=\n]*)?=|\([^()]*\)[^:]*:\s*(?:\"{3}[^"]*\"{3}\s*)?return)\s*["'](\w+)["']"""
)
_SQLMODEL = re.compile(r"(?m)^class (\w+)\([^()]*\btable\s*=\s*True\b")
# The name of a type, among what `Enum` is given.
_NAMED = re.compile(r"(?<=[(,])name=([^,()]+),?")
_TABLE = re.compile(r'(?:\w+\.)*Table\("(\w+)"')
_FOREIGN = re.compile(r"\bForeignKey\(([^,()]+)")
_WORD = re.compile(r"\w+")
# A function, or a factory whose product is called: `Url(String)(length=512)`.
_FUNCTION = re.compile(r"(?<!\w)(?<!\w\.)((?:\w++\.)*(?:[a-z_]\w*+|[A-Z]\w*+(?=\([^()]*\)\()))\(")
_SQLALCHEMY = re.compile(r"(?:\w+\.)*(?:mapped_column|as_mutable|with_variant|text|func\.\w+)")


class EarlierMigrations:
    """The migrations in the tree: one may have come with an earlier change, before the model.

    Args:
        tree: Where they are; None where nobody knows.
    """

    def __init__(self, tree: Tree | None) -> None:
        self._tree = tree
        self._of_tables = lru_cache(maxsize=8)(self._naming_tables_of)

    @cached_property
    def _texts(self) -> tuple[str, ...]:
        if self._tree is None:
            return ()
        texts = self._tree.read(migration_files(self._tree))
        return tuple(text.replace("'", '"') for text in texts.values())

    @cached_property
    def _quoted(self) -> Mapping[str, AbstractSet[int]]:
        """In which of the texts something stands in quotes."""
        return _places(text.split('"')[1:-1] for text in self._texts)

    @cached_property
    def _words(self) -> Mapping[str, AbstractSet[int]]:
        return _places(map(_WORD.findall, self._texts))

    def settle(self, difference: Difference) -> bool:
        """Tell whether a difference leaves nothing to migrate, or nothing that can be told."""
        old, new = difference.old, difference.new
        if old is None:
            return new is not None and self._name(difference.file, new)
        if old.text.endswith(MEMBER):
            return False
        old_table, new_table = _table(old), _table(new) if new is not None else ""
        if old_table != new_table:
            # One that no migration ever made is not there to be dropped, and the other one is there already.
            return bool(self._texts) and not self._mention(old_table) and (not new_table or self._mention(new_table))
        return new is not None and (
            self._agree(difference.file, old, new)
            or _is_hidden(old.text, new.text)
            or is_untold(old.text, new.text)
            or _is_respelled(old.text, new.text)
            or self._renames_type(old.text, new.text)
        )

    def _renames_type(self, old: str, new: str) -> bool:
        """Tell whether only the name of a type differs: a literal on neither side, or one that a migration gave it."""
        old_names, new_names = _NAMED.findall(old), _NAMED.findall(new)
        unnamed = (_NAMED.sub("", text).replace(",)", ")") for text in (old, new))
        if "Enum(" not in new or next(unnamed) != next(unnamed):
            return False
        if old_names and all(name[0] != '"' for name in (*old_names, *new_names)):
            return True
        renamed = (re.compile(rf'(?i)\brename to "?{re.escape(name.strip(chr(34)))}\b') for name in new_names)
        return bool(new_names) and all(any(map(one.search, self._texts)) for one in renamed)

    def _name(self, file: ChangedFile, declaration: Declaration) -> bool:
        """Tell whether a migration names what is declared, and the table that it is in where it is in one."""
        if declaration.text.endswith(MEMBER):
            return is_migrated(declaration, self._texts)
        places = self._quoted.get(_table(declaration) or declaration.name, frozenset())
        # What stands outside of a class is a table itself, or an index.
        return not places.isdisjoint(self._of_tables(file.new_text or "")) if declaration.owner else bool(places)

    def _naming_tables_of(self, text: str) -> AbstractSet[int]:
        """Give the migrations that name a table of a file's text."""
        tables = [*_TABLE_NAME.findall(text), *(name.lower() for name in _SQLMODEL.findall(text))]
        return set().union(*(self._quoted.get(table, ()) for table in tables))

    def _agree(self, file: ChangedFile, old: Declaration, new: Declaration) -> bool:
        """Tell whether only NULL differs, and a migration has made the column as the model is now."""
        if _without_null(old.text) != _without_null(new.text):
            return False
        allowed = "True" if _MAY_BE_NULL.search(new.text) else "False"
        made = re.compile(rf'Column\("{re.escape(new.name)}"[^\n]{{,500}}\bnullable={allowed}')
        places = self._quoted.get(new.name, frozenset()) & self._of_tables(file.new_text or "")
        return any(made.search(self._texts[place]) for place in places)

    def _mention(self, table: str) -> bool:
        return table in self._words or any(re.search(rf"\b{re.escape(table)}\b", text) for text in self._texts)


def _places(words: Iterable[Iterable[str]]) -> Mapping[str, AbstractSet[int]]:
    """Give for each word in which of the texts it is."""
    places: dict[str, set[int]] = defaultdict(set)
    for place, those in enumerate(words):
        for word in those:
            places[word].add(place)
    return places


def _table(declaration: Declaration) -> str:
    """Give the name of the table that is declared; empty for columns and what else a table has."""
    match = _TABLE.match(declaration.text)
    return declaration.text.strip('"') if declaration.name == "__tablename__" else match[1] if match else ""


def _without_null(text: str) -> str:
    return re.sub(r",?nullable=\w+| nullable$", "", text)


def _is_hidden(old_text: str, new_text: str) -> bool:
    """Tell whether a column's type now comes from a function that is not SQLAlchemy's, so that it may be the same."""
    old, new = (
        {name for name in _FUNCTION.findall(text) if not _SQLALCHEMY.fullmatch(name)} for text in (old_text, new_text)
    )
    return new > old and NULLS.findall(old_text) == NULLS.findall(new_text)


def _is_respelled(old_text: str, new_text: str) -> bool:
    """Tell whether only the targets of foreign keys differ, one of which is no literal, so that it may be the same."""
    old, new = _FOREIGN.findall(old_text), _FOREIGN.findall(new_text)
    if len(old) != len(new) or _FOREIGN.sub("", old_text) != _FOREIGN.sub("", new_text):
        return False
    return all(
        old_target == new_target or not (old_target[0] == new_target[0] == '"')
        for old_target, new_target in zip(old, new, strict=True)
    )
