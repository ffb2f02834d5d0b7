"""What `reviewbot doctor` says of one part: fine, or what to do about it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    """How a part is."""

    OK = "ok"
    TODO = "to do"
    MISSING = "missing"
    NOTE = "note"


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """One line.

    Attributes:
        state: Missing is what no review can do without; a note is neither good nor bad.
        part: What it is about.
        words: How it is, and what to do.
    """

    state: State
    part: str
    words: str

    def __str__(self) -> str:
        return f"{self.state:<8}{self.part:<14} {self.words}"
