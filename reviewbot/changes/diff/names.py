"""File names in diffs: git's quoting, prefixes of either side, and paths that must not leave the workspace."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from reviewbot.core.errors import DiffError

DEV_NULL = "/dev/null"

_ESCAPES = {"a": 7, "b": 8, "t": 9, "n": 10, "v": 11, "f": 12, "r": 13, '"': 34, "\\": 92}
_QUOTED = re.compile(r'(?<!\\)"((?:[^"\\]|\\.)*+)"')
_ESCAPED = re.compile(r"\\([0-7]{3}|.)", re.DOTALL)


def unquoted(name: str) -> str:
    r"""Give the path behind git's C-style quoting (``"a/\303\274.py"`` → ``a/ü.py``); plain names stay.

    Escapes stand for bytes, which together are UTF-8 (git-config, core.quotePath).
    """
    match = _QUOTED.fullmatch(name)
    if not match:
        return name
    result = bytearray()
    end = 0
    for escape in _ESCAPED.finditer(match[1]):
        result += match[1][end : escape.start()].encode()
        code = escape[1]
        result.append(int(code, 8) & 0xFF if len(code) == 3 else _ESCAPES.get(code, ord(code) & 0xFF))
        end = escape.end()
    result += match[1][end:].encode()
    return result.decode("utf-8", errors="replace")


def git_names(rest: str) -> tuple[str, str] | None:
    """Split what follows ``diff --git`` into the two names, prefixes kept; None where it cannot be told.

    Unquoted names may hold spaces. Both are equally long unless the file was renamed, and then
    ``rename from`` and ``rename to`` say the names.
    """
    quoted = [match.group() for match in _QUOTED.finditer(rest)]
    if len(quoted) == 2:
        return unquoted(quoted[0]), unquoted(quoted[1])
    if quoted:
        other = rest.replace(quoted[0], "").strip()
        return (unquoted(quoted[0]), other) if rest.startswith('"') else (other, unquoted(quoted[0]))
    middle = len(rest) // 2
    if len(rest) % 2 and rest[middle] == " " and _same(rest[:middle], rest[middle + 1 :]):
        return rest[:middle], rest[middle + 1 :]
    parts = rest.split(" ")
    return (parts[0], parts[1]) if len(parts) == 2 else None


def without_prefixes(old: str, new: str) -> tuple[str, str]:
    """Strip the prefixes of both sides: ``a/`` and ``b/``, ``i/`` and ``w/``, or two folders given to ``diff -r``.

    Prefixes always differ between the sides; where the names are equal there are none (``diff.noprefix``).
    """
    if DEV_NULL in (old, new) or old == new:
        return old, new
    old_first, _, old_rest = old.partition("/")
    new_first, _, new_rest = new.partition("/")
    if old_rest and new_rest and old_first != new_first and (old_rest == new_rest or _letters(old_first, new_first)):
        return old_rest, new_rest
    return old, new


def safe(path: str, line: int) -> str:
    """Give ``path`` without empty parts and dots, if it stays below the workspace.

    Raises:
        DiffError: It is absolute, empty, or climbs out with ``..``.
    """
    parts = PurePosixPath(path).parts
    if not parts or path.startswith("/") or ".." in parts or "\0" in path:
        raise DiffError(
            f"the path {path!r} leads out of the repository; make the diff inside the repository, with relative paths",
            line,
        )
    return str(PurePosixPath(path))


def _same(old: str, new: str) -> bool:
    return old == new or old.partition("/")[2] == new.partition("/")[2] != ""


def _letters(old: str, new: str) -> bool:
    return len(old) == len(new) == 1
