"""A review takes time in proportion to the size of a change, in each dimension that `bench/growth.py` measures.

Smaller than there, and with more patience: what is quadratic fails, what others do to the machine does not.
"""

from __future__ import annotations

import sys
import time
from math import log
from typing import TYPE_CHECKING

import program
import pytest
from gitrepo import GitRepo
from pullrequests import MANIFEST
from thorough import EVERYTHING, share

if TYPE_CHECKING:
    from pathlib import Path

sys.path.insert(0, str(program.TOP / "bench"))

import growth  # type: ignore[import-not-found]  # a script

# Those that were quadratic once come first; of the others the sizes are for a machine with nothing else to do.
DIMENSIONS = {
    "patches of one file": 300,
    "findings in one function": 250,
    "tables of one file": 250,
    "enums of one file": 150,
    "routes of one file": 150,
    "files moved": 40,
    "migrations": 40,
    "imports": 300,
    "functions": 300,
}


def seconds(folder: Path, dimension: str, count: int) -> float:
    """Give the better of two."""
    write, _ = growth.DIMENSIONS[dimension]
    diff = folder / f"{count}.diff"
    diff.write_text(growth.as_diff(write(count)), encoding="utf-8")
    return of_review(folder, str(diff))


def of_review(folder: Path, *arguments: str) -> float:
    """Give the better of two."""
    taken = []
    for _ in range(2):
        began = time.process_time()
        ended = program.inside("review", "--engine", "checks", "--format", "json", *arguments, cwd=folder)
        taken.append(time.process_time() - began)
        assert ended.code in {0, 1}, ended.stderr
    return min(taken)


@pytest.mark.parametrize("dimension", share(DIMENSIONS, 5))
def test_time_grows_with_the_change(tmp_path: Path, dimension: str) -> None:
    count = DIMENSIONS[dimension]
    nothing = seconds(tmp_path, dimension, 1)
    small, large = (seconds(tmp_path, dimension, size) - nothing for size in (count, 4 * count))
    assert is_in_proportion(small, large)


def is_in_proportion(small: float, large: float) -> bool:
    # What takes no time is not measured.
    return large < 0.15 or log(large / max(small, 0.03), 4) < 1.5


@pytest.mark.skipif(not EVERYTHING, reason="takes some seconds")
def test_routes_that_lose_their_authentication_are_found_in_time(tmp_path: Path) -> None:
    asking, reader = "from app.api.deps import get_current_user", ", user: User = Depends(get_current_user)"
    application = "from fastapi import FastAPI\nfrom app.api.v1 import areas\n\napp = FastAPI()\n"
    taken = []
    for count in (1, 100, 400):
        repo = GitRepo(tmp_path / str(count))
        added = (line[1:] for line in growth.routes(count).split("\n") if line.startswith("+") and line[1:2] != "+")
        text = "\n".join(added) + "\n"
        repo.commit(
            {
                "apps/api/pyproject.toml": MANIFEST,
                "apps/api/app/main.py": f"{application}app.include_router(areas.router)\n",
                "apps/api/app/api/v1/areas.py": text,
            }
        )
        repo.git("checkout", "-q", "-b", "topic")
        repo.commit({"apps/api/app/api/v1/areas.py": text.replace(reader, "").replace(asking, "")})
        taken.append(of_review(repo.folder, "--base", "main", "--head", "topic"))
    assert is_in_proportion(taken[1] - taken[0], taken[2] - taken[0])
