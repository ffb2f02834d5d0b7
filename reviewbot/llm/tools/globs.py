"""Which paths a model means by a folder, a file or a glob."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from pathspec import PathSpec

from reviewbot.llm.tools import LookError

if TYPE_CHECKING:
    from collections.abc import Sequence

_LONGEST = 300


def matching(paths: Sequence[str], given: str | None) -> list[str]:
    """Give the paths that match, in their order; all of them where nothing is said.

    Args:
        paths: All there are.
        given: Folders, files or globs, separated by commas or blanks.

    Raises:
        LookError: It is no pattern, or nothing matches.
    """
    patterns = [one.strip().removeprefix("./").rstrip("/") for one in (given or "").replace(",", " ").split()]
    patterns = [one for one in patterns if one not in {"", ".", "*", "**"}]
    if not patterns:
        return list(paths)
    if any(len(one) > _LONGEST or one.count("*") > 8 for one in patterns):
        raise LookError("paths: a folder or a glob such as app/services/**/*.py")
    # `[id]` is a folder in some frameworks, and a set of characters in a glob.
    folders = tuple(f"{one}/" for one in patterns)
    exact = {path for path in paths if path in patterns or path.startswith(folders)}
    known = {one for one in patterns if one in exact or any(path.startswith(f"{one}/") for path in exact)}
    globs = [re.sub(r"[\[\]()]", "?", one) for one in patterns if one not in known]
    try:
        found = exact | set(PathSpec.from_lines("gitignore", globs).match_files(paths))
    except ValueError as error:
        raise LookError(f"paths: {error}") from error
    if not found:
        raise LookError(f"no file matches {' '.join(patterns)}")
    return [path for path in paths if path in found]
