"""The cells of the matrix of faults, as ``tests/faults`` has them; ``support/faulting.py`` tries them."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from typing import Any

from reviewbot.core import documents

CORPUS = Path(__file__).parent / "faults"
FAULTS = ("error", "hang", "drip", "garbage", "redirect", "partial")


@dataclass(frozen=True)
class Cell:
    """One cell, or one of several in its place.

    Attributes:
        call: What is called.
        fault: What goes wrong with it, one of ``FAULTS``.
        what: How, in a few words.
        scene: Where the program runs.
        by: How it is brought about.
        comes: What comes of it, in a sentence for the docs.
        code: The exit code.
        reads: What stands somewhere in what people read.
        posted: How many comments on lines stand there afterwards; None where nothing is posted anyway.
        timeout: The time that the run gets.
        again: The exit code of the run after it.
        lasting: What stands there after that run instead of all that would stand there, where it cannot be made good.
    """

    call: str
    fault: str
    what: str
    scene: str
    by: dict[str, Any]
    comes: str
    code: int
    reads: tuple[str, ...] = ()
    posted: int | None = None
    timeout: str = ""
    again: int = 0
    lasting: str = ""

    def __str__(self) -> str:
        return f"{self.call}, {self.fault}: {self.what}"


@dataclass(frozen=True)
class Call:
    """A row of the matrix.

    Attributes:
        name: What is called.
        about: What it is called for.
        cells: What was tried, by fault.
        none: Why there is nothing to try, by fault.
    """

    name: str
    about: str
    cells: dict[str, list[Cell]] = field(default_factory=dict)
    none: dict[str, str] = field(default_factory=dict)


@cache
def calls() -> tuple[Call, ...]:
    """Read all rows."""
    return tuple(_call(entry) for path in sorted(CORPUS.glob("*.yml")) for entry in documents.own(path))


def cells() -> list[Cell]:
    """Give all cells that are tried."""
    return [cell for call in calls() for several in call.cells.values() for cell in several]


def _call(written: dict[str, Any]) -> Call:
    call = Call(written["call"], written["about"])
    for fault in FAULTS:
        said = written[fault]
        if isinstance(said, str):
            call.none[fault] = said
        else:
            shared = written.get("scene", "")
            call.cells[fault] = [
                Cell(call.name, fault, **{"scene": shared, **one, "reads": tuple(one.get("reads", ()))}) for one in said
            ]
    return call
