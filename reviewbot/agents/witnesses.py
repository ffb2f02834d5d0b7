"""Which files of a repository are read to learn how the backend around a change is written.

Only their paths are looked at, so that on GitHub they can be asked for in the request that brings the change's own
texts. The choice depends on nothing but the change and the tree's paths: whoever asks again gets the same files.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from reviewbot.agents.evidence import manifests
from reviewbot.core.globs import Globs

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from reviewbot.core.change import ChangedFile

# Of one GraphQL request to GitHub; see github/contents.py. Witnesses fill what the change leaves of the last one.
_BATCH = 100
_CONFIGURATION = 2
_MOST = 60
_EACH_FOLDER = 2

# What says least about the code that is deployed: other people's habits, and files that use everything.
_OUTSIDE = Globs(
    (
        *("test/", "tests/", "testing/", "test_*.py", "*_test.py", "conftest.py", "docs/", "doc/", "examples/"),
        *(
            "example/",
            "samples/",
            "benchmarks/",
            "versions/",
            "node_modules/",
            "vendor/",
            "third_party/",
            "__init__.py",
        ),
    ),
)
# Names under which sessions and routes are found, the most telling first.
_NAMES = (
    ("session", "database", "db", "deps", "dependencies", "engine"),
    ("router", "routers", "routes", "endpoints", "views", "api", "crud", "repository", "repo", "service", "services"),
    ("main", "app", "core", "store", "tasks", "worker", "workers", "models", "users", "auth", "env"),
)


def witnesses(paths: Collection[str], changed: Sequence[ChangedFile]) -> list[str]:
    """Choose Python files: first those beside the changed ones, then the most telling of the whole tree.

    Args:
        paths: Of the tree.
        changed: The changed files; they speak for themselves.
    """
    skipped = {file.path for file in changed}
    folders = {str(PurePosixPath(path).parent) for path in skipped if path.endswith(".py")}
    already = len(changed) + len(manifests(paths)) + _CONFIGURATION
    most = min(_MOST, -already % _BATCH) if folders else 0
    candidates = [path for path in paths if path.endswith(".py") and path not in skipped]
    outside = set(_OUTSIDE.match_files(candidates))
    ranked = sorted((path for path in candidates if path not in outside), key=_rank)
    near: dict[str, list[str]] = {folder: [] for folder in folders}
    for path in ranked:
        beside = near.get(str(PurePosixPath(path).parent))
        if beside is not None and len(beside) < _EACH_FOLDER:
            beside.append(path)
    nearest = [path for folder in sorted(near) for path in near[folder]][: most // 2]
    return list(dict.fromkeys((*nearest, *ranked)))[:most]


def _rank(path: str) -> tuple[int, int, str]:
    """Say how telling a path is: its name, the name of its folder, and how high it lies."""
    *folders, name = PurePosixPath(path.lower().removesuffix(".py")).parts
    words = (*name.split("_"), *folders[-1:])
    rank = next((rank for rank, names in enumerate(_NAMES) if any(word in names for word in words)), len(_NAMES))
    return rank, len(folders), path
