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
from thorough import share

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
    diff, taken = folder / f"{count}.diff", []
    diff.write_text(growth.as_diff(write(count)), encoding="utf-8")
    for _ in range(2):
        began = time.process_time()
        ended = program.inside("review", "--engine", "checks", "--format", "json", str(diff))
        taken.append(time.process_time() - began)
        assert ended.code in {0, 1}, ended.stderr
    return min(taken)


@pytest.mark.parametrize("dimension", share(DIMENSIONS, 5))
def test_time_grows_with_the_change(tmp_path: Path, dimension: str) -> None:
    count = DIMENSIONS[dimension]
    nothing = seconds(tmp_path, dimension, 1)
    small, large = (seconds(tmp_path, dimension, size) - nothing for size in (count, 4 * count))
    # What takes no time is not measured.
    assert large < 0.15 or log(large / max(small, 0.03), 4) < 1.5
