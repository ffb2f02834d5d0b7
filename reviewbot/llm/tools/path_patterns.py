"""Which paths a model means by a folder, a file or a glob."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import re2

from reviewbot.core.globs import as_regex
from reviewbot.llm.tools import LookError

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 300


def matching(paths: Sequence[str], wanted: str | None) -> list[str]:
    """Give the paths that match, in their order; all of them where nothing is said.

    Args:
        paths: All there are.
        wanted: Folders, files or globs, separated by commas.

    Raises:
        LookError: It is no pattern, or nothing matches.
    """
    patterns = [pattern.strip().removeprefix("./").rstrip("/") for pattern in (wanted or "").split(",")]
    patterns = [pattern for pattern in patterns if pattern not in {"", ".", "*", "**"}]
    if not patterns:
        return list(paths)
    if any(len(pattern) > _LONGEST for pattern in patterns):
        raise LookError("paths: a folder or a glob such as app/services/**/*.py")
    folders = tuple(f"{pattern}/" for pattern in patterns)
    exact = {path for path in paths if path in patterns or path.startswith(folders)}
    known = {
        pattern for pattern in patterns if pattern in exact or any(path.startswith(f"{pattern}/") for path in exact)
    }
    globs = [_compiled(pattern) for pattern in patterns if pattern not in known]
    matches = [path for path in paths if path in exact or any(glob.match(path) for glob in globs)]
    if not matches:
        raise LookError(f"no file matches {', '.join(patterns)}")
    return matches


def _compiled(glob: str) -> Any:
    """Give a glob as a pattern of RE2's: names of files are foreign, and matching them must not hang."""
    # `[id]` is a folder in some frameworks, and a set of characters in a glob.
    regex = as_regex(re.sub(r"[\[\]()]", "?", glob))
    if regex is None:
        raise LookError(f"paths: {glob} is no folder or glob such as app/services/**/*.py")
    return re2.compile(regex)
