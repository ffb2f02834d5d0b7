"""Which files a check looks at. Globs are gitignore patterns, matched against paths from the repository's root."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.core.file_kinds import MIGRATIONS, is_revision
from reviewbot.core.globs import matches

if TYPE_CHECKING:
    from reviewbot.core.check import Check

# Rules for application code do not hold here: tests prove the wrong thing on purpose, seeds and scripts
# run once by hand, start-up code runs before there is a request, migrations have rules of their own.
EXEMPT = (
    *("tests/", "test/", "test_*.py", "test-*.py", "*_test.py", "conftest.py", "qa/", "scenarios/"),
    # What tests are made of, beside the application that it is for.
    *("testing/", "test_support/", "test_utils/", "testutils/", "fixtures.py", "*_fixtures.py"),
    *("seeds/", "seeders/", "fixtures/", "seed*.py", "*_seed.py", "*_seeder.py", "*_seeds.py"),
    *("alembic/", "migrations/", *MIGRATIONS),
    *("scripts/", "/tools/", "**/management/commands/", "manage.py", "setup.py", "examples/", "docs/", "benchmarks/"),
    *("debug_*.py", "quick_*.py", "simple_*.py", "demo_*.py"),
    *("**/util/**/*_migration.py", "**/utils/**/*_migration.py"),
    *("startup*.py", "*_startup.py"),
    # What coding agents are given to run.
    *(".agents/", ".claude/", ".codex/", ".cursor/", ".gemini/", "**/skills/**/scripts/", "qa_*.py"),
)

_TEST_WORDS = ("pytest", "hypothesis", "factory")
_OF_TESTS = re.compile(
    r"^(?:import|from)[ \t]+(?:pytest(?:_\w+)?|hypothesis|polyfactory)\b"
    r"|^(?:import factory$|from factory(?:\.\w+)? import\b)",
    re.MULTILINE,
)

# `where:` of a check → globs it looks at (none: every file) and globs it leaves alone.
WHERE: dict[str, tuple[tuple[str, ...], tuple[str, ...]]] = {
    "application": ((), EXEMPT),
    "migrations": (MIGRATIONS, ("tests/", "test_*.py")),
    "anywhere": ((), ()),
}


def is_exempt(path: str) -> bool:
    """Tell whether a file is no part of the application: tests, seeds, scripts, migrations, start-up code."""
    return matches(EXEMPT, path)


def looks_at(check: Check, path: str, text: str | None = None) -> bool:
    """Tell whether ``path`` is among the check's files.

    Args:
        check: The check.
        path: Of the file.
        text: What is known of it: what imports pytest is a test's, and what follows a revision is a migration,
            wherever it lies.
    """
    of_application = check.ignores[: len(EXEMPT)] == EXEMPT
    is_migration = bool(text) and (of_application or check.paths == MIGRATIONS) and is_revision(text or "")
    if of_application and (is_migration or (text and _is_of_tests(text))):
        return False
    paths = () if is_migration else check.paths
    wanted = all(matches(globs, path) for globs in (paths, check.only) if globs)
    return wanted and not (check.ignores and matches(check.ignores, path))


_WORDS = {
    "application": "application code (no tests, seeds, migrations, scripts or start-up code)",
    "migrations": "Alembic migrations",
    "anywhere": "every Python file",
}


def _is_of_tests(text: str) -> bool:
    # Looking for words first takes a tenth of the time, and each check asks.
    return any(word in text for word in _TEST_WORDS) and _OF_TESTS.search(text) is not None


def described(check: Check) -> str:
    """Say in words which files a check looks at."""
    for name, (paths, ignores) in WHERE.items():
        if check.ignores[: len(ignores)] == ignores and (name != "migrations" or check.paths == paths):
            words = _WORDS[name]
            if check.paths != paths:
                words = _globs(check.paths) + (f" in {words}" if ignores else "")
            more = check.ignores[len(ignores) :]
            break
    only = f", in this repository only {_globs(check.only)}" if check.only else ""
    return f"{words}{f', except {_globs(more)}' if more else ''}{only}"


def _globs(globs: tuple[str, ...]) -> str:
    return ", ".join(f"`{glob}`" for glob in globs)
