"""Which files the model sees together: bundles of related files under a token budget, the most important first.

What does not fit into the budget of the review is named, never silently cut.
"""

from __future__ import annotations

import math
import re
from collections import defaultdict
from dataclasses import dataclass, replace
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from reviewbot.core.change import FileKind, Hunk, LineKind
from reviewbot.llm.masking import private

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reviewbot.core.change import ChangedFile, Line

# Code in the newer tokenizers: measured elsewhere at about a third more tokens than the four characters a token of old.
_CHARACTERS_A_TOKEN = 3.0
_SECONDARY = re.compile(
    r"(^|/)(tests?|testing|docs?|examples?|fixtures|seeds?|generated|vendor|node_modules)/|(^|/)(test_|conftest)|_test\.py$"
)
_NOT_CODE = re.compile(
    r"\.(md|rst|txt|lock|json|ya?ml|toml|cfg|ini|csv|svg|po|snap)$|(^|/)(package-lock|yarn|pnpm-lock)"
)
_GENERATED = re.compile(r"(^|/)(generated|vendor|node_modules)/|\.min\.(js|css)$")
# Of data and of what a program has written, this many lines beside the code tell something.
_MOST_OF_DATA = 80
_AFFIXES = re.compile(
    r"^(tests?_|\d+_|[0-9a-f]{12}_)|(_?(services?|routers?|schemas?|models?|tasks?|workers?|api|tests?))$"
)


def tokens(text: str) -> int:
    """Estimate how many tokens a text has."""
    return math.ceil(len(text) / _CHARACTERS_A_TOKEN)


@dataclass(frozen=True, slots=True)
class Piece:
    """A file, or some of its hunks where all are too many for one bundle.

    Attributes:
        file: The file, with only the hunks of this piece.
        part: Which part it is, in words; empty for the whole.
        tokens: How many it takes, estimated.
    """

    file: ChangedFile
    part: str
    tokens: int


@dataclass(frozen=True, slots=True)
class Bundle:
    """What one conversation begins with.

    Attributes:
        pieces: In the order of the change.
        beside: Files of the change that somebody else reviews, shown because there is room.
    """

    pieces: tuple[Piece, ...]
    beside: tuple[Piece, ...] = ()

    @property
    def tokens(self) -> int:
        """How many tokens its pieces take, estimated."""
        return sum(piece.tokens for piece in (*self.pieces, *self.beside))

    @property
    def files(self) -> tuple[ChangedFile, ...]:
        """Its files, each with the hunks shown."""
        return tuple(piece.file for piece in self.pieces)

    @property
    def paths(self) -> tuple[str, ...]:
        """Their paths."""
        return tuple(dict.fromkeys(piece.file.path for piece in self.pieces))


def readable(file: ChangedFile) -> bool:
    """Tell whether there is anything in a file for a model to read, and for nobody else."""
    return bool(file.hunks) and file.kind not in {FileKind.BINARY, FileKind.SUBMODULE} and not private(file.path)


def pack(files: Iterable[ChangedFile], budget: int, size: Callable[[ChangedFile], int]) -> list[Bundle]:
    """Put files into bundles, the most important first.

    Args:
        files: Those of one agent, readable ones.
        budget: Most tokens of a bundle's files; a file that has more is split between its hunks, a hunk that
            has more between its lines.
        size: Gives how many tokens a file takes with its hunks and what is shown beside them, estimated.
    """
    files = list(files)
    order = {file.path: number for number, file in enumerate(files)}
    groups: dict[str, list[Piece]] = defaultdict(list)
    for file in sorted(files, key=importance):
        groups[_subject(file.path)] += _pieces(file, budget, size)
    bundles: list[list[Piece]] = []
    for group in groups.values():
        # What belongs together stays together, so long as there is room; else it fills what is open.
        last = next((bundle for bundle in bundles if _fits(bundle, group, budget)), None)
        if last is None:
            bundles.append(last := [])
        for piece in group:
            if not _fits(last, [piece], budget):
                last = next((bundle for bundle in bundles if _fits(bundle, [piece], budget)), [])
                if not last:
                    bundles.append(last)
            last.append(piece)
    return [Bundle(tuple(sorted(bundle, key=lambda piece: order[piece.file.path]))) for bundle in bundles]


def beside(bundle: Bundle, files: Sequence[ChangedFile], budget: int, size: Callable[[ChangedFile], int]) -> Bundle:
    """Add to a bundle what else the change does, as far as there is room, the most important first.

    Args:
        bundle: What is reviewed.
        files: Files of the change that somebody else reviews, in its order.
        budget: Most tokens of all together.
        size: As for :func:`pack`.
    """
    room = budget - bundle.tokens
    shown = set(bundle.paths)
    taken = []
    for file in sorted((file for file in files if file.path not in shown and readable(file)), key=importance):
        lines = len(file.added_lines) + len(file.removed_lines)
        if lines > _MOST_OF_DATA and (_NOT_CODE.search(file.path) or _GENERATED.search(file.path)):
            continue
        takes = size(file)
        if takes <= room:
            room -= takes
            taken.append(Piece(file, "", takes))
    order = {file.path: number for number, file in enumerate(files)}
    return replace(bundle, beside=tuple(sorted(taken, key=lambda piece: order[piece.file.path])))


def _fits(bundle: list[Piece], more: list[Piece], budget: int) -> bool:
    return not bundle or sum(piece.tokens for piece in (*bundle, *more)) <= budget


def importance(file: ChangedFile) -> tuple[int, int, str]:
    """Give the key by which the most important files come first: code, tests, all else; large changes first."""
    rank = 2 if _NOT_CODE.search(file.path) else 1 if _SECONDARY.search(file.path) else 0
    if file.kind is FileKind.DELETED:
        rank += 1
    return (rank, -len(file.added_lines) - len(file.removed_lines), file.path)


def _subject(path: str) -> str:
    """Give what a file is about, by its name: `area_service.py`, `areas.py` and `test_area.py` are alike."""
    stem, longer = PurePosixPath(path).stem.lower(), ""
    while stem != longer and stem:
        stem, longer = _AFFIXES.sub("", stem), stem
    return (stem or longer).removesuffix("s") or path


def _pieces(file: ChangedFile, budget: int, size: Callable[[ChangedFile], int]) -> list[Piece]:
    whole = size(file)
    if whole <= budget:
        return [Piece(file, "", whole)]
    portions: list[list[Hunk]] = [[]]
    room = budget
    for hunk in [part for whole_hunk in file.hunks for part in _cut(whole_hunk, budget // 2)]:
        takes = size(replace(file, hunks=(hunk,)))
        if portions[-1] and takes > room:
            portions.append([])
            room = budget
        portions[-1].append(hunk)
        room -= takes
    parts = [replace(file, hunks=tuple(portion)) for portion in portions]
    return [Piece(part, f"part {number} of {len(parts)}", size(part)) for number, part in enumerate(parts, 1)]


def _cut(hunk: Hunk, budget: int) -> Iterator[Hunk]:
    """Cut a hunk that is too large, before a line at the margin where there is one."""
    size = 0
    begin = best = 0
    for number, line in enumerate(hunk.lines):
        cost = tokens(line.text) + 3
        if number > begin and size + cost > budget:
            at = best if best > begin else number
            yield _between(hunk, begin, at)
            size = sum(tokens(passed.text) + 3 for passed in hunk.lines[at:number])
            begin = best = at
        if line.text[:1] not in {"", " ", "\t", ")", "]", "}"}:
            best = number
        size += cost
    yield _between(hunk, begin, len(hunk.lines))


def _between(hunk: Hunk, begin: int, end: int) -> Hunk:
    if (begin, end) == (0, len(hunk.lines)):
        return hunk
    above, lines = hunk.lines[:begin], hunk.lines[begin:end]

    def count(some: Sequence[Line], gone: LineKind) -> int:
        return sum(line.kind is not gone for line in some)

    return Hunk(
        hunk.old_start + count(above, LineKind.ADDED),
        count(lines, LineKind.ADDED),
        hunk.new_start + count(above, LineKind.REMOVED),
        count(lines, LineKind.REMOVED),
        hunk.section,
        lines,
    )
