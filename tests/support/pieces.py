"""Bytes that a fuzzer made as the texts that a target wants."""

from __future__ import annotations

# Between the parts of an input that needs several; a line of its own, so that the corpus can be read.
BETWEEN = "\n====\n"


def text(data: bytes) -> str:
    """Give bytes as the program reads a file."""
    return data.decode("utf-8", errors="replace")


def parts(data: bytes, count: int) -> list[str]:
    """Give so many texts; those that are missing are empty."""
    found = text(data).split(BETWEEN, count - 1)
    return [*found, *[""] * (count - len(found))]
