"""Which lines can carry a comment, compared with what `git diff` prints, on the history of real repositories.

    python bench/lines.py [--most 100] REPOSITORY...

The oracle reads nothing but the text of `git diff`; it shares no code with the program.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path

from reviewbot.change import Side
from reviewbot.sources import git

_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_NUMBERS = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)")


def run(folder: Path, *args: str) -> str:
    """Run git; give what it prints."""
    command = ["git", "-C", str(folder), "-c", "core.quotePath=false", *args]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8", errors="replace")


def oracle(text: str) -> dict[tuple[str, str], set[int]]:
    """Give (path, side) → the lines shown there."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    path, old, new, left, right = "", 0, 0, 0, 0
    for line in text.split("\n"):
        if left > 0 or right > 0:
            if line.startswith(("-", " ")):
                found[path, "LEFT"].add(old)
                old, left = old + 1, left - 1
            if line.startswith(("+", " ")):
                found[path, "RIGHT"].add(new)
                new, right = new + 1, right - 1
        elif counts := _HUNK.match(line):
            old, new = (int(number) for number in _NUMBERS.findall(line)[0])
            left, right = (int(count) if count is not None else 1 for count in counts.groups())
        elif line.startswith(("--- a/", "+++ b/")):
            path = line[6:].removesuffix("\t")
    return found


def placement(folder: Path, base: str, head: str) -> dict[tuple[str, str], set[int]]:
    """Give the lines on which the program would place a comment, by asking about every line there could be."""
    found: dict[tuple[str, str], set[int]] = defaultdict(set)
    for file in git.read(folder, base, head).files:
        for side in Side:
            last = max(
                (hunk.new_start + hunk.new_length + hunk.old_start + hunk.old_length for hunk in file.hunks), default=0
            )
            lines = {line for line in range(last + 10) if file.hunk_at(line, side)}
            if lines:
                found[file.path, str(side)] = lines
    return found


def main() -> int:
    """Compare; give 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=100, help="changes of each repository (default: 100)")
    parser.add_argument("repositories", nargs="+", type=Path)
    args = parser.parse_args()
    wrong = 0
    for folder in args.repositories:
        commits = run(folder, "log", "--no-merges", "--format=%H", f"-{args.most}", "HEAD").split()
        changes = files = lines = 0
        for commit in commits:
            if not run(folder, "log", "-1", "--format=%P", commit).strip():
                continue
            expected = oracle(run(folder, "diff", "--no-color", "-M", "-U3", f"{commit}~1", commit))
            given = placement(folder, f"{commit}~1", commit)
            changes, files = changes + 1, files + len(expected)
            lines += sum(map(len, expected.values()))
            if dict(expected) != dict(given):
                wrong += 1
                print(f"{folder.name} {commit}: differs")
        print(f"{folder.name}: {changes} changes, {files} sides of files, {lines} lines, {wrong} differ so far")
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
