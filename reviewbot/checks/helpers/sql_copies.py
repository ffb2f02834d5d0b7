"""Whether a statement of SQL copies a column or a table to somewhere else."""

from __future__ import annotations

import re

_WRITES = re.compile(
    r'(?is)\binsert\s+into\b|\bmerge\s+into\b|\bupdate\s+(?:only\s+)?[\w".]+\s+(?:as\s+)?(?:\w+\s+)?set\b'
    r"|\bcreate\s+(?:\w+\s+)?table\b.*\bas\s*\(?\s*(?:select|with)\b|\bselect\b.*\binto\s+\w"
)
# What the statement makes is run later, when the rows that are there have gone.
_LATER = re.compile(
    r"(?i)^\W*create\s+(?:or\s+replace\s+)?(?:trigger|function|procedure|rule|view|materialized|policy)\b"
)
_LITERAL = re.compile(r"'(?:[^']|'')*'")
_TARGET = re.compile(
    r'(?i)\b(?:insert|merge)\s+into\s+[\w".]+(?:\s+(?:as\s+)?(?!select|values|with|using)\w+)?\s*(?:\([^()]*\))?'
)
_SET_TARGET = re.compile(r'(?i)(\bset\s+|,\s*)(?:"?\w+"?\.)?"?(\w+)"?\s*=(?!=)|\bset\s*\([^()]*\)\s*=')
_UPDATED = re.compile(r'(?i)\bupdate\s+(?:only\s+)?[\w".]+')


def copies(sql: str, table: str, column: str) -> bool:
    """Tell whether some statement writes what it reads of a table, or of a column of it.

    Args:
        sql: One statement or several.
        table: Its name, maybe with a schema.
        column: The column's; empty for the table itself.
    """
    plain = table.rpartition(".")[2]
    return any(_copies(statement, plain, column) for statement in sql.split(";"))


def _copies(statement: str, table: str, column: str) -> bool:
    if not _WRITES.search(statement) or _LATER.search(statement):
        return False
    text = _LITERAL.sub("''", statement)
    written = {target[1].lower() for target in _SET_TARGET.findall(text) if target[1]}
    # Of what is written nothing is read: only the rest tells.
    read = _SET_TARGET.sub(r"\1", _TARGET.sub(" ", text))
    if not column:
        return re.search(rf"(?i)\b{re.escape(table)}\b", _UPDATED.sub(" ", read)) is not None
    if written == {column.lower()} or not re.search(rf"(?i)\b{re.escape(table)}\b", text):
        return False
    return _reads(read, table, column)


def reads(sql: str, table: str, column: str) -> bool:
    """Tell whether a query names a table, and the column of it where one is given, or takes all its columns."""
    text = _LITERAL.sub("''", sql)
    plain = re.escape(table.rpartition(".")[2])
    if not re.search(r"(?i)^\W*(?:select|with)\b", text) or not re.search(
        rf"(?i)\b(?:from|join)\s+[\w\".]*\b{plain}\b", text
    ):
        return False
    return not column or _reads(text, table.rpartition(".")[2], column)


def takes_all(sql: str) -> bool:
    """Tell whether a query takes all columns."""
    return re.search(r"(?i)\bselect\s+(?:\w+\.)?\*", sql) is not None


def _reads(text: str, table: str, column: str) -> bool:
    """Tell whether a column is named, by itself or as one of this table."""
    aliases = {alias.lower() for alias in re.findall(rf'(?i)\b{re.escape(table)}"?\s+(?:as\s+)?(\w+)', text)}
    named = re.findall(rf'(?i)(?:(?<!\w)"?(\w++)"?\.)?"?\b{re.escape(column)}\b"?(?!\s*\()', text)
    return any(not owner or owner.lower() in aliases | {table.lower()} for owner in named)
