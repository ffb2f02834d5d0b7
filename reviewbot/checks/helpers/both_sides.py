"""Comparing what files declare before and after the change, where whole files are known and where only hunks are."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.checks.changeset import Draft
from reviewbot.checks.preexisting import squeezed
from reviewbot.core.change import FileKind, LineKind, Side
from reviewbot.python.syntax import parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from reviewbot.core.change import ChangedFile
    from reviewbot.python.syntax import Source, Span

_COMMENT = re.compile(r"#[^\n]*")
_COMMAS = ((re.compile(r",,+"), ","), (re.compile(r"([(\[{]),"), r"\1"), (re.compile(r",([)\]}])"), r"\1"))


@dataclass(frozen=True, slots=True)
class Declaration:
    """Something a source declares.

    Attributes:
        owner: Class and function it stands in, dotted; empty at module level, or where a hunk does not show it.
        name: Its own name.
        text: What it says, in a form that formatting and comments do not change.
        start_line: First line.
        end_line: Last line.
        lines: What each of its lines says, in the same form; empty where any change of a line counts.
    """

    owner: str
    name: str
    text: str
    start_line: int
    end_line: int
    lines: tuple[str, ...] = ()


def normalised(text: str) -> str:
    """Give source without comments, white space and idle commas, so that reformatting is no difference."""
    packed = squeezed(_COMMENT.sub("", text))
    for pattern, replacement in _COMMAS:
        packed = pattern.sub(replacement, packed)
    return packed


def without(span: Span, dropped: Sequence[Span]) -> str:
    """Give the text of ``span`` without those of ``dropped`` (in order) that stand in it."""
    pieces, at = [], 0
    for index in range(bisect_left(dropped, span.start, key=lambda inner: inner.start), len(dropped)):
        inner = dropped[index]
        if inner.start >= span.end:
            break
        pieces.append(span.text[at : max(at, inner.start - span.start)])
        at = max(at, inner.end - span.start)
    return "".join([*pieces, span.text[at:]])


@dataclass(frozen=True, slots=True)
class Difference:
    """A declaration that is not the same on both sides.

    Attributes:
        file: Where it stands.
        draft: The finding.
        old: What was declared; None where nothing of that name was.
        new: What is declared; None where nothing of that name is.
    """

    file: ChangedFile
    draft: Draft
    old: Declaration | None
    new: Declaration | None

    @property
    def sides(self) -> tuple[Declaration, ...]:
        """What is declared, before what was declared, as far as there is something."""
        return tuple(side for side in (self.new, self.old) if side is not None)

    @property
    def name(self) -> str:
        """The declaration's own name, the same on both sides."""
        return self.sides[0].name


def differences(
    files: Iterable[ChangedFile],
    declared: Callable[[ChangedFile, Source], Iterable[Declaration]],
    title: Callable[[str], str],
) -> Iterator[Difference]:
    """Give each declaration that the change adds or alters, then each that it removes.

    A declaration that moves from one place to another is the same. Only one with a changed line of its own counts.

    Args:
        files: With whole texts, or with their hunks only.
        declared: Reads the declarations of a file's source.
        title: Makes the finding's title of the declaration's name.
    """
    sides = [side for file in files for side in _sides(file)]
    read = [(side, tuple(declared(side.file, parsed(side.text)))) for side in sides]
    for where, other in ((Side.RIGHT, Side.LEFT), (Side.LEFT, Side.RIGHT)):
        others = {
            side.identity(declaration): declaration
            for side, declarations in read
            if side.side is other
            for declaration in declarations
        }
        of_name = {identity[:2]: declaration for identity, declaration in others.items()}
        for side, declarations in read:
            for declaration in declarations if side.side is where else ():
                there = of_name.get(side.identity(declaration)[:2])
                at = side.first_changed(declaration, there)
                if at is None or side.identity(declaration) in others:
                    continue
                old, new = (there, declaration) if where is Side.RIGHT else (declaration, there)
                yield Difference(side.file, _draft(side, declaration, at, title), old, new)


@dataclass(frozen=True, slots=True)
class _Side:
    """One side of a file or of a hunk; ``numbers`` are those of its lines in the file."""

    file: ChangedFile
    side: Side
    text: str
    numbers: tuple[int, ...] | range
    whole: bool

    def identity(self, declaration: Declaration) -> tuple[str, str, str]:
        # A hunk alone does not always show the class.
        return (declaration.owner if self.whole else "", declaration.name, declaration.text)

    def first_changed(self, declaration: Declaration, there: Declaration | None) -> int | None:
        """Give the side's own line, 1-based, at which the declaration changes from what it is ``there``."""
        changed = self.file.added_lines if self.side is Side.RIGHT else self.file.removed_lines
        lines = range(declaration.start_line, declaration.end_line + 1)
        candidates = [at for at in lines if self.numbers[at - 1] in changed]
        same = frozenset(there.lines) if there is not None else frozenset()
        says = dict(zip(lines, declaration.lines, strict=False))
        return next((at for at in candidates if says.get(at) not in same), candidates[0] if candidates else None)


def _sides(file: ChangedFile) -> Iterator[_Side]:
    """Give both sides of the file, or of each hunk."""
    old_text = "" if file.kind is FileKind.ADDED else file.old_text
    new_text = "" if file.kind is FileKind.DELETED else file.new_text
    if old_text is not None and new_text is not None:
        yield _Side(file, Side.LEFT, old_text, range(1, old_text.count("\n") + 2), whole=True)
        yield _Side(file, Side.RIGHT, new_text, range(1, new_text.count("\n") + 2), whole=True)
        return
    for hunk in file.hunks:
        old = [line for line in hunk.lines if line.kind is not LineKind.ADDED]
        new = [line for line in hunk.lines if line.kind is not LineKind.REMOVED]
        old_text, new_text = ("\n".join(line.text for line in lines) for lines in (old, new))
        yield _Side(file, Side.LEFT, old_text, tuple(line.old or 0 for line in old), whole=False)
        yield _Side(file, Side.RIGHT, new_text, tuple(line.new or 0 for line in new), whole=False)


def _draft(side: _Side, declaration: Declaration, at: int, title: Callable[[str], str]) -> Draft:
    number = side.numbers[at - 1]
    name = f"{declaration.owner}.{declaration.name}" if declaration.owner else declaration.name
    evidence = parsed(side.text).lines[at - 1].removesuffix("\r")
    return Draft(side.file.path, number, number, title(name), evidence, side=side.side, symbol=declaration.owner)
