"""A change as the model reads it: the list of all files, and the hunks with their line numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.change import FileKind, LineKind
from reviewbot.llm.context.around import headings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviewbot.core.change import ChangedFile, ChangeSet, Hunk
    from reviewbot.llm.context.snippet import Snippet

_MARKS = {LineKind.CONTEXT: " ", LineKind.ADDED: "+", LineKind.REMOVED: "-"}
# A description longer than this is a form or a log; what it says of the change stands at its beginning.
_MOST_DESCRIPTION = 4_000
_MOST_FILES = 400
_MOST_PLACES = 8


def overview(changes: ChangeSet) -> str:
    """Give title, description and the list of all changed files."""
    parts = []
    if changes.title:
        parts.append(f"Title: {' '.join(changes.title.split())}")
    if changes.description.strip():
        text = changes.description.strip()
        cut = len(text) - _MOST_DESCRIPTION
        parts.append(f"Description:\n{text[:_MOST_DESCRIPTION]}{f' … ({cut:,} more characters)' if cut > 0 else ''}")
    rows = [summary(file) for file in changes.files[:_MOST_FILES]]
    left = len(changes.files) - len(rows) + changes.unlisted
    parts.append("\n".join([f"All {len(changes.files) + changes.unlisted} changed files:", *rows]))
    if left:
        parts.append(f"… and {left} more, not named here.")
    return "\n\n".join(parts)


def summary(file: ChangedFile) -> str:
    """Give a file in one line: path, kind, how many lines."""
    renamed = f", was {file.old_path}" if file.old_path else ""
    counted = f", +{len(file.added_lines)} -{len(file.removed_lines)}" if file.hunks else ""
    return f"{file.path} ({file.kind}{renamed}{counted})"


def brief(file: ChangedFile) -> str:
    """Give a changed file in one line, with what its hunks are in."""
    places = list(dict.fromkeys(filter(None, headings(file))))
    inside = f": {'; '.join(places[:_MOST_PLACES])}" if places else ""
    return f"{summary(file)}{inside}{' …' if len(places) > _MOST_PLACES else ''}"


def hunks(file: ChangedFile, part: str = "") -> str:
    """Give a file's hunks, each line as ``number mark code``; removed lines have their old number.

    Args:
        file: The file, with the hunks to show.
        part: Which part of the file this is, in words, where it is shown in several.
    """
    lines = [f"=== {summary(file)}{f', {part}' if part else ''}"]
    if file.kind is FileKind.DELETED:
        lines.append("(the file was deleted)")
    for hunk, heading in zip(file.hunks, headings(file), strict=True):
        lines.append(f"@@ {heading}".rstrip())
        lines += _numbered(hunk)
    return "\n".join(lines)


def snippets(shown: Sequence[Snippet]) -> str:
    """Give pieces of code that are not part of the change, with their line numbers."""
    return "\n\n".join(f"--- {snippet.path} ({snippet.why})\n{snippet.numbered}" for snippet in shown)


def rows(lines: Iterable[str]) -> str:
    """Give a list, one entry a line."""
    return "\n".join(f"- {' '.join(line.split())}" for line in lines)


def _numbered(hunk: Hunk) -> Iterator[str]:
    width = len(str(max((line.new or line.old or 0 for line in hunk.lines), default=0)))
    for line in hunk.lines:
        number = line.old if line.kind is LineKind.REMOVED else line.new
        text = line.text.rstrip("\r")
        yield (
            f"{number:>{width}} {_MARKS[line.kind]}{text}".rstrip()
            if text
            else f"{number:>{width}} {_MARKS[line.kind]}"
        )
