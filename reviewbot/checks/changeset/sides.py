"""Comparing what stood in a file before and after, where the whole file is known and where only hunks are."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.change import LineKind, Side
from reviewbot.checks.changeset import Draft
from reviewbot.syntax import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviewbot.change import ChangedFile

_COMMENT = re.compile(r"#[^\n]*")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class Declaration:
    """Something a file declares, in a form that formatting and comments do not change."""

    text: str
    start_line: int
    end_line: int


def normalised(text: str) -> str:
    """Give source without comments, white space and trailing commas, so that reformatting is no difference."""
    packed = _SPACE.sub("", _COMMENT.sub("", text)).replace("'", '"')
    return re.sub(r",([)\]}])", r"\1", packed)


def difference(
    file: ChangedFile, declared: Callable[[Source], Mapping[str, Declaration]], title: Callable[[str], str]
) -> Draft | None:
    """Give the first declaration that the change adds, alters or removes, as a draft; None where all are the same.

    Args:
        file: With whole texts, or with its hunks only.
        declared: Reads the declarations of a source, by name.
        title: Makes the finding's title of the declaration's name.
    """
    whole = file.new_text is not None or file.old_text is not None
    pairs = [_whole(file.old_text or "", file.new_text or "")] if whole else _hunks(file)
    before = [(side, declared(Source(side.text))) for side, _ in pairs]
    after = [(side, declared(Source(side.text))) for _, side in pairs]

    def key(name: str) -> str:
        # A hunk alone does not always show its class, and code may have moved from one hunk to another.
        return name if whole else name.rpartition(".")[2]

    had = {(key(name), declaration.text) for _, found in before for name, declaration in found.items()}
    has = {key(name) for _, found in after for name in found}
    for side, found in after:
        for name, declaration in found.items():
            if (key(name), declaration.text) not in had:
                return _draft(file, side, declaration, title(name), Side.RIGHT)
    for side, found in before:
        for name, declaration in found.items():
            if key(name) not in has:
                return _draft(file, side, declaration, title(name), Side.LEFT)
    return None


@dataclass(frozen=True, slots=True)
class _Side:
    text: str
    numbers: tuple[int, ...] | range


def _whole(before: str, after: str) -> tuple[_Side, _Side]:
    return _Side(before, range(1, before.count("\n") + 2)), _Side(after, range(1, after.count("\n") + 2))


def _hunks(file: ChangedFile) -> list[tuple[_Side, _Side]]:
    """Give both sides of each hunk."""
    pairs = []
    for hunk in file.hunks:
        old = [line for line in hunk.lines if line.kind is not LineKind.ADDED]
        new = [line for line in hunk.lines if line.kind is not LineKind.REMOVED]
        pairs.append(
            (
                _Side("\n".join(line.text for line in old), tuple(line.old or 0 for line in old)),
                _Side("\n".join(line.text for line in new), tuple(line.new or 0 for line in new)),
            )
        )
    return pairs


def _draft(file: ChangedFile, side: _Side, declaration: Declaration, title: str, where: Side) -> Draft:
    """Point at the first changed line of the declaration."""
    changed = file.added_lines if where is Side.RIGHT else file.removed_lines
    lines = [(side.numbers[at - 1], at) for at in range(declaration.start_line, declaration.end_line + 1)]
    number, at = next(((number, at) for number, at in lines if number in changed), lines[0])
    text = side.text.split("\n")[at - 1]
    symbol = Source(side.text).symbol(at)
    return Draft(file.path, number, number, title, text.removesuffix("\r"), side=where, symbol=symbol)
