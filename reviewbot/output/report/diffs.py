"""The diff as data for the page: hunks and lines, highlighted, and the text around them that can be opened."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from pygments.lexers import get_lexer_for_filename
from pygments.token import STANDARD_TYPES
from pygments.util import ClassNotFound

from reviewbot.core.change import LineKind, Side
from reviewbot.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from pygments.lexer import Lexer
    from pygments.token import _TokenType

    from reviewbot.core.change import ChangedFile, ChangeSet, Hunk

# Highlighting takes a second for this many characters, and what lies between hunks is carried along: of a very large
# change the files with findings come first, and the others are shown plain, and as far as the diff has them.
MOST_HIGHLIGHTED = 1_000_000
MOST_TEXT = 4_000_000
_MARKS = {LineKind.ADDED: "+", LineKind.REMOVED: "-", LineKind.CONTEXT: " "}

# A line: text, or class and text in turn; the classes are those of Pygments (`k` a keyword, `s` a string…).
Tokens = list[str] | str


def diffs(changes: ChangeSet, first: Iterable[str]) -> list[dict[str, Any]]:
    """Give each file of a change, in its order.

    Args:
        changes: The change.
        first: Paths of the files that are worth highlighting most.

    Returns:
        For each file ``hunks`` (``old``, ``new``: first line numbers; ``lines``: pairs of ``+``, ``-`` or a blank, and
        what the line is) and ``text``, the lines of the post-image where it is known and there is room for it.
    """
    wanted = {path: place for place, path in enumerate(first)}
    order = sorted(changes.files, key=lambda file: wanted.get(file.path, len(wanted)))
    room, text_room = MOST_HIGHLIGHTED, MOST_TEXT
    by_path = {}
    for file in order:
        size = sum(len(line.text) for hunk in file.hunks for line in hunk.lines)
        whole = file.new_text or ""
        lexer = _lexer(file.path) if max(size, len(whole)) <= room else None
        room -= max(size, len(whole)) if lexer else 0
        shown = whole if file.hunks and len(whole) <= text_room else ""
        text_room -= len(shown)
        by_path[file.path] = _file(file, lexer, shown)
    return [by_path[file.path] for file in changes.files]


def _file(file: ChangedFile, lexer: Lexer | None, whole: str) -> dict[str, Any]:
    known = {
        Side.RIGHT: _by_line(file.new_text, lexer) if file.new_text is not None else {},
        Side.LEFT: _by_line(file.old_text, lexer) if file.old_text is not None else {},
    }
    hunks = [{"old": h.old_start, "new": h.new_start, "lines": _lines(h, known, lexer)} for h in file.hunks]
    return {"hunks": hunks, "text": [_plain(line) for line in whole.split("\n")] if whole else []}


def _lines(hunk: Hunk, known: Mapping[Side, Mapping[int, Tokens]], lexer: Lexer | None) -> list[tuple[str, Tokens]]:
    lines = []
    for line in hunk.lines:
        if line.kind is LineKind.REMOVED:
            tokens = known[Side.LEFT].get(line.old or 0)
        else:
            tokens = known[Side.RIGHT].get(line.new or 0)
        if tokens is None:
            tokens = next(iter(_by_line(line.text, lexer).values()), "")
        lines.append((_MARKS[line.kind], tokens))
    return lines


def _lexer(path: str) -> Lexer | None:
    try:
        return get_lexer_for_filename(path, stripnl=False, ensurenl=False)
    except ClassNotFound:
        return None


def _by_line(text: str, lexer: Lexer | None) -> dict[int, Tokens]:
    """Give the lines of a text by number, highlighted."""
    if lexer is None:
        return {number: _plain(line) for number, line in enumerate(text.split("\n"), 1)}
    lines: list[list[str]] = [[]]
    for kind, value in lexer.get_tokens(text):
        name = _class_of(kind)
        for at, part in enumerate(value.split("\n")):
            if at:
                lines.append([])
            if part:
                lines[-1] += [name, _plain(part)]
    return {number: line[1] if len(line) == 2 and not line[0] else line for number, line in enumerate(lines, 1)}


def _class_of(kind: _TokenType) -> str:
    name = STANDARD_TYPES.get(kind)
    while name is None and kind.parent is not None:
        kind = kind.parent
        name = STANDARD_TYPES.get(kind)
    return name or ""


def _plain(text: str) -> str:
    return printable(text.removesuffix("\r").expandtabs(4))
