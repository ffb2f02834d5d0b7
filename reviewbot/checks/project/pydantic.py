"""Which pydantic a project is written for: before version 2, ``Optional`` alone makes a field optional."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from reviewbot.python.codebase import Code

_MOST = 20
# Where a project says what it needs, the most exact first.
_LOCKS = re.compile(r"(^|/)(uv|poetry|pdm)\.lock$|(^|/)Pipfile\.lock$")
_NEEDS = re.compile(r"(^|/)(requirements[^/]*(/[^/]+)?\.(txt|in)|pyproject\.toml|setup\.(cfg|py)|Pipfile)$")
_LOCKED = re.compile(r"""\bname = "pydantic"\s+version = "(\d+)\.|"pydantic": \{[^{}]*?"version": "==(\d+)\.""")
_NEEDED = re.compile(
    r"""(?mi)(?:^|["'\s])pydantic(?:\[[^\]]*\])?["']?\s*(?:=\s*\{[^\n{}]*?)?(?P<wanted>[=<>~^!"'][^\n;#]*)"""
)
_BELOW_TWO = re.compile(r"<\s*2(\.0)*(?![.\d])|<=?\s*1\b|(==|~=|\^)\s*1\b|^[=\s]*[\"']1\b")
# What version 2 does not have any more.
_ONLY_IN_ONE = re.compile(
    r"^from pydantic(\.generics|\.error_wrappers|\.env_settings) import|^from pydantic import [^\n]*\bBaseSettings\b",
    re.MULTILINE,
)


def is_before_two(code: Code) -> bool:
    """Tell whether the code of a tree is for a pydantic before version 2; False where nothing says so."""
    paths = sorted(code.tree.paths, key=lambda path: (path.count("/"), path))
    for wanted, said in ((_LOCKS, _LOCKED), (_NEEDS, _NEEDED)):
        chosen = [path for path in paths if wanted.search(path)][:_MOST]
        texts = code.tree.read(chosen)
        for match in filter(None, (said.search(texts.get(path, "")) for path in chosen)):
            if said is _LOCKED:
                return (match[1] or match[2]) == "1"
            return _BELOW_TWO.search(match["wanted"]) is not None
    return any(_ONLY_IN_ONE.search(text) for text in code.texts.values())
