"""What ``reviewbot agents lint`` says of an agent file: one complaint and its place."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

Level = Literal["error", "warning"]


@dataclass(frozen=True, slots=True)
class Problem:
    """One complaint about an agent file.

    Attributes:
        path: The file.
        line: 1-based line it is about.
        level: ``error`` where the file cannot be used as it is, ``warning`` where it can.
        message: What is wrong and what to do.
    """

    path: str
    line: int
    level: Level
    message: str
