"""Paths matched by gitignore patterns, from the repository's root. The only importer of pathspec."""

from __future__ import annotations

import re
import warnings
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pathspec import PathSpec
from pathspec.patterns.gitignore.spec import GitIgnoreSpecPattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


class Globs:
    """Gitignore patterns, compiled once.

    Args:
        patterns: In the order in which gitignore reads them: the last that matches decides.

    Raises:
        ValueError: One of them is no pattern.
    """

    def __init__(self, patterns: Iterable[str]) -> None:
        try:
            with warnings.catch_warnings():
                warnings.simplefilter("ignore", FutureWarning)  # of what a set of characters may once mean
                self._spec: PathSpec[Any] = PathSpec.from_lines("gitignore", patterns)
        except re.error as error:  # a set of characters that is none, such as `[z-a]`
            raise ValueError(str(error)) from error

    def match_files(self, paths: Iterable[str]) -> Iterator[str]:
        """Give the paths that the patterns take in."""
        return (path for path in paths if self.match(path))

    def match(self, path: str) -> bool:
        """Tell whether the patterns take in a path."""
        # In the expressions that pathspec makes, a newline is what no dot matches and what an end may stand before.
        return self._spec.match_file(path.replace("\n", "\r"))


def complaint(patterns: Iterable[str]) -> str:
    """Say which of some patterns is none; nothing where all are."""
    for pattern in patterns:
        try:
            Globs((pattern,))
        except ValueError:
            return f"{pattern!r} is no gitignore pattern"
    return ""


@lru_cache(maxsize=65536)
def matches(patterns: tuple[str, ...], path: str) -> bool:
    """Tell whether any of the patterns takes in ``path``; what was asked once is remembered."""
    return _compiled(patterns).match(path)


def as_regex(pattern: str) -> str | None:
    """Give a gitignore pattern as a regular expression, for names in which a newline is like any other character.

    None for a comment, a pattern that takes out, or what is none.
    """
    try:
        regex, wanted = GitIgnoreSpecPattern.pattern_to_regex(pattern)
    except ValueError:
        return None
    return f"(?s){regex}" if regex is not None and wanted else None


@lru_cache
def _compiled(patterns: tuple[str, ...]) -> Globs:
    return Globs(patterns)
