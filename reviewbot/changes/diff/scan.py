"""Finding the files of a diff, and where their hunks begin and end, before anything is read."""

from __future__ import annotations

import re
from dataclasses import dataclass, field

from reviewbot.changes.diff.names import DEV_NULL, git_names, unquoted
from reviewbot.core.errors import DiffError

# No file has more lines than nine digits can count.
_HUNK = re.compile(r"@@ -(\d{1,9})(?:,(\d{1,9}))? \+(\d{1,9})(?:,(\d{1,9}))? @@")
_BINARY = ("Binary files ", " differ")


@dataclass
class Entry:
    """One file of the diff, as its headers say; line indices are 0-based.

    Attributes:
        at: Where it begins.
        git: Whether it has git's header.
        old: Name of the pre-image, its prefix kept.
        new: Name of the post-image, its prefix kept.
        headers: git's extended headers, name → rest of the line.
        binary: Whether only its difference is stated.
        hunks: First and last index, exclusive, of each hunk.
    """

    at: int
    git: bool
    old: str | None = None
    new: str | None = None
    headers: dict[str, str] = field(default_factory=dict)
    binary: bool = False
    hunks: list[tuple[int, int]] = field(default_factory=list)


class Scanner:
    """Finds the files of a diff and where their hunks begin and end, by the counts that the hunks state."""

    # git's extended header lines (git-diff, "Generating patch text with -p"), longest match first
    _HEADERS = (
        "old mode",
        "new mode",
        "deleted file mode",
        "new file mode",
        "copy from",
        "copy to",
        "rename from",
        "rename to",
        "index",
    )

    def __init__(self, lines: list[str]) -> None:
        self._lines = lines
        self._entries: list[Entry] = []
        self._entry: Entry | None = None

    def scan(self) -> list[Entry]:
        """Give the files in order.

        Raises:
            DiffError: A hunk is truncated or corrupt; with its line.
        """
        at = 0
        while at < len(self._lines):
            at = self._step(at, self._lines[at])
        return self._entries

    def _step(self, at: int, line: str) -> int:
        """Take in the line, and what belongs to it; give the index of the next one."""
        if line.startswith("diff --git "):
            names = git_names(line.removeprefix("diff --git "))
            self._begin(Entry(at, True, *(names or (None, None))))
        elif line.startswith("--- ") and self._line(at + 1).startswith("+++ "):
            self._names(at, line, self._line(at + 1))
            return at + 2
        elif line.startswith("@@ "):
            return self._hunk(at, line)
        elif line.startswith(_BINARY[0]) and line.endswith(_BINARY[1]) and " and " in line:
            self._binary(at, line)
        elif line == "GIT binary patch" and self._entry:
            self._entry.binary = True
        elif self._entry and self._entry.git and not self._entry.hunks:
            self._header(self._entry, line)
        return at + 1

    def _line(self, at: int) -> str:
        return self._lines[at] if at < len(self._lines) else ""

    def _begin(self, entry: Entry) -> Entry:
        self._entry = entry
        self._entries.append(entry)
        return entry

    def _names(self, at: int, old_line: str, new_line: str) -> None:
        entry = self._entry
        if entry is None or not entry.git or entry.hunks or "---" in entry.headers:
            entry = self._begin(Entry(at, False))
        entry.headers["---"] = ""
        old, new = (unquoted(line[4:].partition("\t")[0].rstrip()) for line in (old_line, new_line))
        if not entry.git or entry.old is None:
            entry.old, entry.new = old, new
            return
        # Where they differ from the header, they are what git goes by.
        entry.old = entry.old if old in (DEV_NULL, entry.old.rstrip()) else old
        entry.new = entry.new if entry.new is not None and new in (DEV_NULL, entry.new.rstrip()) else new

    def _header(self, entry: Entry, line: str) -> None:
        for header in self._HEADERS:
            if line.startswith(f"{header} "):
                entry.headers[header] = line[len(header) + 1 :]

    def _binary(self, at: int, line: str) -> None:
        old, _, new = line.removeprefix(_BINARY[0]).removesuffix(_BINARY[1]).rpartition(" and ")
        entry = self._entry if self._entry and self._entry.git and not self._entry.hunks else None
        entry = entry or self._begin(Entry(at, False, unquoted(old), unquoted(new)))
        entry.binary = True

    def _hunk(self, at: int, line: str) -> int:
        match = _HUNK.match(line)
        if match is None:
            raise DiffError(f"not a hunk header: {line[:60]!r}", at + 1)
        if self._entry is None:
            raise DiffError("a hunk before any file name; the diff lacks its beginning", at + 1)
        old_left, new_left = int(match[2] or 1), int(match[4] or 1)
        if (old_left and not int(match[1])) or (new_left and not int(match[3])):
            raise DiffError("the lines of a file are counted from 1, and this hunk begins at line 0", at + 1)
        end = at + 1
        while old_left > 0 or new_left > 0:
            mark = self._line(end)[:1] or " "
            if end >= len(self._lines) or (end == len(self._lines) - 1 and not self._lines[end]):
                raise DiffError(
                    f"the diff ends in the middle of this hunk ({max(old_left, new_left)} lines are missing); "
                    "it was truncated: make it again",
                    at + 1,
                )
            old_left -= mark in " -"
            new_left -= mark in " +"
            if mark not in " +-\\" or old_left < 0 or new_left < 0:
                raise DiffError(f"this line does not belong into the hunk that begins at line {at + 1}", end + 1)
            end += 1
        if self._line(end).startswith("\\"):
            end += 1
        if self._continues(end):
            raise DiffError(f"the hunk that begins at line {at + 1} is longer than its header says", end + 1)
        self._entry.hunks.append((at, end))
        return end

    def _continues(self, at: int) -> bool:
        line = self._line(at)
        if line.startswith(("+", " ")):
            return True
        signature = line in ("--", "-- ")  # of a mail, before the version of git
        return line.startswith("-") and not signature and not self._line(at + 1).startswith("+++ ")
