"""Where a quote stands: the exact code, on changed lines first, then in the hunks, then in the file.

Whole lines win over pieces of lines. A line number is only a tie-breaker, since models miscount: it chooses among the
places where the quote stands, and counts for more than their order only where it names one of them exactly. What stands
in several places is ambiguous, and what stands nowhere is not there.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from functools import lru_cache
from itertools import product
from typing import TYPE_CHECKING

from reviewbot.core.change import LineKind, Side
from reviewbot.core.text import printable
from reviewbot.llm.masking import MASK, masked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from reviewbot.core.change import ChangedFile

# A piece of a line shorter than this stands everywhere.
_SHORTEST_PIECE = 8
# What stands for something else where code is shown: masks, and escapes of characters that hide something.
_ALTERED = re.compile(rf"{re.escape(MASK)}|\\x..|\\u....|\\U........")


@dataclass(frozen=True, slots=True)
class Anchor:
    """Where a quote was found.

    Attributes:
        start_line: First line.
        end_line: Last line, inclusive.
        side: Which side's numbers these are.
        how: ``changed``, ``hunk`` or ``file``.
        text: The lines as they stand there.
        whole: Whether the quote is whole lines, so that they can be replaced.
        ambiguous: Whether the quote stands in several places and nothing said which; then this is the first one.
    """

    start_line: int
    end_line: int
    side: Side
    how: str
    text: str
    whole: bool = True
    ambiguous: bool = False


@dataclass(frozen=True, slots=True)
class _Row:
    number: int
    text: str
    changed: bool
    shown: str = ""


@dataclass(frozen=True, slots=True)
class _Place:
    how: str
    side: Side
    runs: Sequence[Sequence[_Row]]


def find(quote: str, line: int | None, file: ChangedFile, side: Side = Side.RIGHT) -> Anchor | None:
    """Find a quote in a file.

    Args:
        quote: Code as it was shown (secrets masked, without numbers and marks), or as it is.
        line: The number the model gave, or None.
        file: The whole changed file, with all its hunks.
        side: The side the model meant; the other one is tried after it.
    """
    wanted = _lines(quote)
    if not wanted:
        return None
    first = None
    places = [*_places(wanted, file, side), *_places(wanted, file, Side.LEFT if side is Side.RIGHT else Side.RIGHT)]
    if MASK in quote:
        places = [replace(place, runs=list(map(_masked, place.runs))) for place in places]
    for whole, place in product((True, False), places):
        matches = [match for run in place.runs for match in (_whole if whole else _pieces)(wanted, run)]
        if place.how == "changed":
            matches = [match for match in matches if any(row.changed for row in match)]
        named = [match for match in matches if match[0].number == line] if place.side is side else []
        if named:
            return _anchor(named[0], place, whole=whole)
        first = first or _chosen(matches, line, place, whole=whole)
        if first and line is None:
            return first
    return first


def _places(wanted: Sequence[str], file: ChangedFile, side: Side) -> Iterator[_Place]:
    """Give where to look on one side, the likeliest first."""
    runs = list(_hunks(file, side))
    yield _Place("changed", side, runs)
    yield _Place("hunk", side, runs)
    text = file.new_text if side is Side.RIGHT else file.old_text
    if text is not None and all(_core(line) in text for line in wanted):
        rows = [_Row(number, line.rstrip("\r"), changed=False) for number, line in enumerate(text.split("\n"), 1)]
        yield _Place("file", side, [rows])


def _lines(quote: str) -> list[str]:
    lines = [line.strip() for line in quote.split("\n")]
    while lines and not lines[0]:
        lines.pop(0)
    while lines and not lines[-1]:
        lines.pop()
    return lines


def _hunks(file: ChangedFile, side: Side) -> Iterator[list[_Row]]:
    gone = LineKind.REMOVED if side is Side.RIGHT else LineKind.ADDED
    for hunk in file.hunks:
        rows = []
        for line in hunk.lines:
            number = line.new if side is Side.RIGHT else line.old
            if line.kind is not gone and number is not None:
                rows.append(_Row(number, line.text.rstrip("\r"), line.kind is not LineKind.CONTEXT))
        yield rows


def _masked(rows: Sequence[_Row]) -> Sequence[_Row]:
    """Give rows with what was shown of each beside them: some secrets are seen only by the lines around them."""
    if not rows:
        return rows
    shown = _shown("\n".join(row.text for row in rows)).split("\n")
    return [replace(row, shown=text) for row, text in zip(rows, shown, strict=True)]


# Many quotes are of one file.
@lru_cache(maxsize=8)
def _shown(text: str) -> str:
    return masked(printable(text))


def _whole(wanted: Sequence[str], rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    """Give each run of rows that is the quote, line by line."""
    return _runs([_like(line, str.__eq__) for line in wanted], rows)


def _pieces(wanted: Sequence[str], rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    """Give each run of rows that the quote is a piece of: of the first and the last line a piece may be quoted."""
    if sum(map(len, wanted)) < _SHORTEST_PIECE:
        return iter(())
    if len(wanted) == 1:
        return _runs([_like(wanted[0], str.__contains__)], rows)
    middle = [_like(line, str.__eq__) for line in wanted[1:-1]]
    return _runs([_like(wanted[0], str.endswith), *middle, _like(wanted[-1], str.startswith)], rows)


def _like(wanted: str, compare: Callable[[str, str], bool]) -> Callable[[_Row], bool]:
    """Give a test of a line: as it is, or as it was shown where the quote holds a mask or an escape."""
    core = _core(wanted)

    def like(row: _Row) -> bool:
        if core not in row.text:
            return False
        if compare(row.text.strip(), wanted):
            return True
        return core != wanted and compare((row.shown or printable(row.text)).strip(), wanted)

    return like


def _core(wanted: str) -> str:
    """Give the longest part of a quoted line that stands in the file just so."""
    return max(_ALTERED.split(wanted), key=len)


def _runs(tests: Sequence[Callable[[_Row], bool]], rows: Sequence[_Row]) -> Iterator[Sequence[_Row]]:
    count = len(tests)
    for at in range(len(rows) - count + 1):
        if all(test(rows[at + number]) for number, test in enumerate(tests)):
            yield rows[at : at + count]


def _chosen(matches: Sequence[Sequence[_Row]], line: int | None, place: _Place, *, whole: bool) -> Anchor | None:
    """Choose the match nearest to the line; the first one, and ambiguous, where nothing says which."""
    if not matches:
        return None
    if len(matches) == 1:
        return _anchor(matches[0], place, whole=whole)
    if line is None or line < 1:
        return _anchor(matches[0], place, whole=whole, ambiguous=True)
    nearest = sorted(matches, key=lambda run: abs(run[0].number - line))
    tied = abs(nearest[0][0].number - line) == abs(nearest[1][0].number - line)
    return _anchor(matches[0] if tied else nearest[0], place, whole=whole, ambiguous=tied)


def _anchor(run: Sequence[_Row], place: _Place, *, whole: bool, ambiguous: bool = False) -> Anchor:
    text = "\n".join(row.text for row in run)
    return Anchor(run[0].number, run[-1].number, place.side, place.how, text, whole, ambiguous)
