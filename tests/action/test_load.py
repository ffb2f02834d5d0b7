"""Many pull requests at a time on one GitHub with limits, some runs killed: nothing is lost, nothing is there twice.

`make load` does the same with two hundred, and reviews a very large one.
"""

from __future__ import annotations

import pytest
from loading import Loaded, large, many
from thorough import EVERYTHING

pytestmark = pytest.mark.skipif(not EVERYTHING, reason="starts many processes")


def held(loaded: Loaded) -> None:
    assert loaded.holds, [*loaded.lost, *loaded.duplicated, *loaded.failed]


def test_nothing_is_lost_and_nothing_is_there_twice() -> None:
    loaded = many(12, 4, minute=4, hour=8, one_killed_in=2, points=20)
    held(loaded)
    assert loaded.killed == 6
    assert loaded.limited
    assert loaded.comments > 12


def test_a_large_pull_request_is_reviewed_in_one_go() -> None:
    loaded = large(300, 100)
    held(loaded)
    assert loaded.megabytes < 400
