"""Which files a check looks at. Globs are gitignore patterns, matched against paths from the repository's root."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

from pathspec import PathSpec

if TYPE_CHECKING:
    from reviewbot.check import Check

MIGRATIONS = (
    *("**/alembic/versions*/**", "**/migrations/versions*/**", "**/revisions/**/versions/**"),
    "**/migrations/[0-9]*.py",
)

# Rules for application code do not hold here: tests prove the wrong thing on purpose, seeds and scripts
# run once by hand, start-up code runs before there is a request, migrations have rules of their own.
EXEMPT = (
    *("tests/", "test/", "test_*.py", "*_test.py", "conftest.py"),
    *("seeds/", "seeders/", "fixtures/", "seed*.py", "*_seed.py", "*_seeder.py", "*_seeds.py"),
    *("alembic/", "migrations/", "**/revisions/**/versions/"),
    *("scripts/", "/tools/", "**/management/commands/", "manage.py", "examples/", "docs/", "benchmarks/"),
    *("startup*.py", "*_startup.py"),
)

# `where:` of a check → globs it looks at (none: every file) and globs it leaves alone.
WHERE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "application": ((), EXEMPT),
    "migrations": (MIGRATIONS, ("tests/", "test_*.py")),
    "anywhere": ((), ()),
}


def looks_at(check: Check, path: str) -> bool:
    """Tell whether ``path`` is among the check's files."""
    return (not check.paths or matches(check.paths, path)) and not (check.ignores and matches(check.ignores, path))


@lru_cache(maxsize=65536)
def matches(globs: tuple[str, ...], path: str) -> bool:
    """Tell whether any of the gitignore patterns matches ``path``."""
    return _spec(globs).match_file(path)


@lru_cache
def _spec(globs: tuple[str, ...]) -> PathSpec[Any]:
    return PathSpec.from_lines("gitignore", globs)
