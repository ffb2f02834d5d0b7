"""Tries the faults of ``tests/faults`` and says which cells of the matrix do not hold; ``make faults`` tries all.

A file has the calls out of the program. A cell says what goes wrong with one (``by``, as in ``fault_bringing.py``),
where the program runs (a scene of ``fault_scenes.py``), and what comes of it: the exit code, what people read, how many
comments stand there. Whatever it is, the run ends in its time, no bug is reported, no secret is shown, and when the
program runs again without the fault, there is what there would have been: nothing is lost, and nothing is there twice.
"""

from __future__ import annotations

import sys
import tempfile
import time
import traceback
from concurrent.futures import ProcessPoolExecutor
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fault_bringing import GRACE, Faults
from fault_cells import Cell, calls, cells
from fault_scenes import SCENES

from reviewbot.core.deadline import seconds_of
from reviewbot.github.client import DEADLINE

if TYPE_CHECKING:
    from collections.abc import Iterator

# A run without a time of its own ends within this, one with it so much later: reading, importing, a busy machine.
_WITHIN = 40.0
_MARGIN = 5.0
_AT_ONCE = 4


@cache
def _unharmed(name: str) -> tuple[tuple[int, ...], tuple[Any, ...]]:
    """Give the exit codes, and what stands there after one run and after the next, where nothing fails."""
    with tempfile.TemporaryDirectory() as folder, SCENES[name](Path(folder)) as scene:
        codes, there = [], []
        for _ in range(2):
            codes.append(scene.run().code)
            there.append(scene.stands())
        return tuple(codes), tuple(there)


def wrong(cell: Cell) -> list[str]:
    """Try one; give what does not hold."""
    _, there = _unharmed(cell.scene)
    with tempfile.TemporaryDirectory() as folder, SCENES[cell.scene](Path(folder)) as scene:
        before = scene.kept()
        faults = Faults(scene, cell.by, cell.timeout)
        began = time.monotonic()
        ran = faults.run()
        spent = time.monotonic() - began
        found = list(_of_run(cell, ran.code, ran.said, spent, faults.waited))
        found += [f"shown: {secret[:4]}…" for secret in scene.secrets if secret in ran.said]
        if cell.posted is not None and scene.posted() != cell.posted:
            found.append(f"{scene.posted()} comments on lines")
        if before is not None and scene.kept() not in {before, *map(str, there)}:
            found.append("what was in the file before is lost")
        if not scene.met:
            found.append("nothing failed")
        again = scene.run()
        if again.code != cell.again:
            found.append(f"the next run ended with {again.code}: {_end(again.said)}")
        stands = scene.stands()
        if cell.lasting not in str(stands) if cell.lasting else stands not in there:
            found.append("the next run does not bring what is missing")
        found += [f"twice: {what}" for what in scene.twice()]
    return found


def _of_run(cell: Cell, code: int, said: str, spent: float, waited: float) -> Iterator[str]:
    if code != cell.code:
        yield f"it ended with {code}: {_end(said)}"
    plain = " ".join(said.split())
    for words in cell.reads:
        if " ".join(words.split()) not in plain:
            yield f"nobody reads {words!r}: {_end(said)}"
    if "Traceback" in said or "bug in reviewbot" in said or "Exception ignored" in said:
        yield f"a bug: {_end(said)}"
    within = _WITHIN if not cell.timeout else (seconds_of(cell.timeout) or 0) + GRACE + _MARGIN
    if spent > within:
        yield f"it took {spent:.1f} s"
    if waited > DEADLINE:
        yield f"it would have waited {waited:.0f} s"


def _end(said: str) -> str:
    """Give the last that was said, of the traceback if there is one."""
    lines = [line for line in said.splitlines() if line.startswith(("reviewbot: ", "level=")) or "Error: " in line]
    return " | ".join(line[:200] for line in lines[-4:]) or said[-300:]


def _tried(cell: Cell) -> tuple[Cell, list[str], float]:
    began = time.monotonic()
    try:
        found = wrong(cell)
    except Exception as error:  # noqa: BLE001 - the others are tried all the same
        found = [f"it could not be tried: {error!r} at line {traceback.extract_tb(error.__traceback__)[-1]}"]
    return cell, found, time.monotonic() - began


if __name__ == "__main__":
    wanted = [cell for cell in cells() if all(word in str(cell) for word in sys.argv[1:])]
    bad = 0
    # Most of the time is waiting for what hangs.
    with ProcessPoolExecutor(_AT_ONCE) as pool:
        for cell, found, spent in pool.map(_tried, wanted):
            bad += bool(found)
            for why in found:
                sys.stdout.write(f"does not hold: {cell}: {why}\n")
            if len(sys.argv) > 1 and not found:
                sys.stdout.write(f"holds: {cell} ({spent:.1f} s)\n")
    sys.stdout.write(f"cells: {len(wanted)}, of {len(calls())} calls; do not hold: {bad}\n")
    sys.exit(1 if bad else 0)
