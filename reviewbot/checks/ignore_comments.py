"""`# reviewbot: ignore[check-id] reason`: a person's word in the code that a finding is to be left alone."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.checks.fragments import fragments, unreadable
from reviewbot.core.globs import Globs
from reviewbot.settings.config import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.fragments import Fragment
    from reviewbot.core.change import ChangedFile

FORM = "# reviewbot: ignore[check-id] reason"

_MARK = "reviewbot:"
# Here such a comment is shown to people, and holds nothing back: prose, and what configures reviews.
_SHOWN = Globs(("*.md", FILE_NAME, ".reviewbot/"))
_COMMENT = re.compile(r"(?:#|//|--)\s*reviewbot:\s*ignore\b\s*(?:\[([^\]]*)\])?[\s:,-]*(.*)")
# What else a comment may say to other programs, after the reason.
_OTHERS = re.compile(r"#\s*+(?:noqa|nosec|type:|pragma:|pylint:|pyright:|fmt:).*")
_LONGEST_REASON = 200


@dataclass(frozen=True, slots=True)
class Ignore:
    """One such comment.

    Attributes:
        path: The file.
        line: Where the comment stands, in the post-image.
        target: The line it is about: its own, or the next line of code where it stands alone.
        checks: The ids it names.
        reason: Why; without one it does nothing.
        new: Whether the change added the comment or the line it is about.
        seen: Whether checks looked at that line: it was added, and the whole file was there.
        brought: Whether the change added the comment itself.
    """

    path: str
    line: int
    target: int
    checks: tuple[str, ...]
    reason: str
    new: bool
    seen: bool
    brought: bool

    def covers(self, start: int, end: int) -> bool:
        """Tell whether it speaks of a finding on these lines."""
        return start <= self.target <= end or start <= self.line <= end


def ignores(file: ChangedFile) -> tuple[Ignore, ...]:
    """Read the comments of a changed file, or of its hunks where that is all there is."""
    if _SHOWN.match(file.path) or unreadable(file) is not None:
        return ()
    return tuple(ignore for fragment in fragments(file) for ignore in _of(fragment))


def _of(fragment: Fragment) -> Iterator[Ignore]:
    if _MARK not in fragment.text:
        return
    lines = fragment.text.split("\n")
    following = _following(lines)
    for at, column in _comments(fragment, lines):
        match = _COMMENT.search(lines[at - 1], column)
        if match is None:
            continue
        alone = not lines[at - 1][: match.start()].strip()
        target = following[at] if alone else at
        added = {number for number in (at, target) if number in fragment.added}
        yield Ignore(
            fragment.path,
            fragment.number(at),
            fragment.number(target),
            tuple(name for part in (match[1] or "").split(",") if (name := part.strip())),
            " ".join(_OTHERS.sub("", match[2]).split())[:_LONGEST_REASON],
            new=bool(added),
            seen=fragment.whole and target in added,
            brought=at in added,
        )


def _comments(fragment: Fragment, lines: list[str]) -> Iterator[tuple[int, int]]:
    """Give the line (1-based) and the column where each comment with the mark begins."""
    if not fragment.path.endswith(".py"):
        yield from ((at, 0) for at, line in enumerate(lines, start=1) if _MARK in line)
        return
    # In a string it is no comment: documentation and tests of these comments have it there.
    for match in fragment.source.find({"rule": {"kind": "comment", "regex": _MARK}}):
        yield match.span.start_line, match.span.start_column


def _following(lines: list[str]) -> list[int]:
    """Give, by its number, the first line of code after each line, or the line after it where the text ends."""
    result = [0] * (len(lines) + 1)
    code = 0
    for number in range(len(lines), 0, -1):
        result[number] = code or min(number + 1, len(lines))
        text = lines[number - 1].strip()
        if text and not text.startswith(("#", "//", "--")):
            code = number
    return result
