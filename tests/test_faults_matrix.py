"""Whatever the program calls fails in every way there is, and each cell of the matrix holds: ``tests/faults`` is it."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import fault_bringing
import fault_scenes
import faulting
import pytest
from fault_cells import FAULTS, Cell, calls, cells
from thorough import EVERYTHING, share

if TYPE_CHECKING:
    from pathlib import Path

# What hangs costs its time; `.ci/run` waits for it.
QUICK = [cell for cell in cells() if not cell.timeout and cell.scene == "a pull request" and "signal" not in cell.by]
TRIED: dict[str, list[Cell]] = {}
for _cell in cells() if EVERYTHING else share(QUICK, 12):
    TRIED.setdefault(_cell.call if EVERYTHING else "some of them", []).append(_cell)


@pytest.mark.parametrize("call", TRIED)
def test_cells_hold(call: str) -> None:
    """One test a call: in the same process the program is imported already."""
    assert {str(cell): wrong for cell in TRIED[call] if (wrong := faulting.wrong(cell))} == {}


def test_every_call_fails_in_every_way_or_says_why_not() -> None:
    for call in calls():
        assert {*call.cells, *call.none} == set(FAULTS), call.name
        assert all(call.none.values()), call.name
    names = [str(cell) for cell in cells()]
    assert len(names) == len(set(names)) >= 140
    assert {cell.scene for cell in cells()} == set(fault_scenes.SCENES), "each scene is played"
    assert {word for cell in cells() for word in cell.by} == fault_bringing.WORDS, "each fault is brought about"


ONE = Cell(
    "GitHub", "error", "x", "a pull request", {"github": {"fault": "502", "to": "reads"}}, "x", 3, ("5 times",), 0
)


@pytest.mark.parametrize(
    ("other", "words"),
    [
        ({"code": 0}, "it ended with 3"),
        ({"reads": ("all is well",)}, "nobody reads 'all is well'"),
        ({"posted": 2}, "0 comments on lines"),
        ({"by": {"github": {"fault": "502", "to": "tarball"}}}, "nothing failed"),
        ({"lasting": "a wreck"}, "the next run does not bring what is missing"),
        ({"again": 3}, "the next run ended with 0"),
    ],
)
def test_what_does_not_hold_is_seen(monkeypatch: pytest.MonkeyPatch, other: dict[str, Any], words: str) -> None:
    """On a pull request that nobody reviews: else no oracle would ever have been wrong."""

    class Still(fault_scenes.Scene):
        def __init__(self, folder: Path) -> None:
            super().__init__(folder)
            self.runs = 0

        def prepared(self, timeout: str) -> Any:  # noqa: ARG002 - as the base class has it
            raise AssertionError

        def posted(self) -> int:
            return 0

        def stands(self) -> str:
            return "all that there is"

        def run(self, timeout: str = "", *, process: bool = False, **streams: Any) -> fault_scenes.Ran:  # noqa: ARG002
            self.runs += 1
            return fault_scenes.Ran(3 if self.runs == 1 and failing else 0, "asked 5 times")

    failing: list[bool] = []

    class Failing:
        waited = 0.0

        def __init__(self, scene: Still, by: dict[str, Any], timeout: str) -> None:  # noqa: ARG002
            self._scene = scene
            scene.met = int(by == ONE.by)

        def run(self) -> fault_scenes.Ran:
            failing.append(True)
            return self._scene.run()

    monkeypatch.setattr(faulting, "SCENES", {"a pull request": Still})
    monkeypatch.setattr(faulting, "Faults", Failing)
    faulting._unharmed.cache_clear()  # noqa: SLF001 - what is cached is of real scenes
    try:
        assert faulting.wrong(ONE) == []
        failing.clear()
        assert any(why.startswith(words) for why in faulting.wrong(replace(ONE, **other)))
    finally:
        faulting._unharmed.cache_clear()  # noqa: SLF001 - likewise
