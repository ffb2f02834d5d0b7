"""Which lines can carry a comment, compared with what `git diff` prints, on the history of real repositories.

    python bench/lines.py [--most 100] REPOSITORY...

The oracle reads nothing but the text of `git diff`; it shares no code with the program. Asked are the placement, line
by line, and the poster: of findings on every kind of range it may send only comments that begin and end in one hunk,
and none may be missing whose range touches one.
"""

from __future__ import annotations

import argparse
import re
import subprocess
import sys
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any, cast

from reviewbot.changes import git
from reviewbot.core.change import Side
from reviewbot.core.finding import Confidence, Finding, Placement, Severity
from reviewbot.github.actions import CreateReview
from reviewbot.github.pull import PullRef
from reviewbot.review.placement import anchored

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.core.change import ChangeSet
    from reviewbot.github.client import Client

Lines = dict[tuple[str, str], dict[int, int]]

_HUNK = re.compile(r"@@ -\d+(?:,(\d+))? \+\d+(?:,(\d+))? @@")
_NUMBERS = re.compile(r"@@ -(\d+)(?:,\d+)? \+(\d+)")


def run(folder: Path, *args: str) -> str:
    """Run git; give what it prints."""
    command = ["git", "-C", str(folder), "-c", "core.quotePath=false", *args]
    return subprocess.run(command, capture_output=True, check=True).stdout.decode("utf-8", errors="replace")


def oracle(text: str) -> Lines:
    """Give (path, side) → the lines shown there, each with the number of its hunk."""
    found: Lines = defaultdict(dict)
    path, old, new, left, right, hunk = "", 0, 0, 0, 0, 0
    for line in text.split("\n"):
        if left > 0 or right > 0:
            if line.startswith(("-", " ")):
                found[path, "LEFT"][old] = hunk
                old, left = old + 1, left - 1
            if line.startswith(("+", " ")):
                found[path, "RIGHT"][new] = hunk
                new, right = new + 1, right - 1
        elif counts := _HUNK.match(line):
            old, new = (int(number) for number in _NUMBERS.findall(line)[0])
            left, right = (int(count) if count is not None else 1 for count in counts.groups())
            hunk += 1
        elif line.startswith(("--- a/", "+++ b/")):
            path = line[6:].removesuffix("\t")
    return found


def placement(changes: ChangeSet) -> dict[tuple[str, str], set[int]]:
    """Give the lines on which the program would place a comment, by asking about every line there could be."""
    found: dict[tuple[str, str], set[int]] = {}
    for file in changes.files:
        for side in Side:
            lines = {line for line in range(_last(file.hunks) + 10) if file.hunk_at(line, side)}
            if lines:
                found[file.path, str(side)] = lines
    return found


class Recorder:
    """Takes what the poster sends, in place of GitHub."""

    def __init__(self) -> None:
        self.comments: list[dict[str, Any]] = []

    def send(self, _method: str, _path: str, body: dict[str, Any]) -> None:
        """Keep the comments of a review."""
        self.comments += body["comments"]


def posted(changes: ChangeSet, expected: Lines) -> tuple[int, list[str]]:
    """Place and send findings on every kind of range; give how many were sent, and what is wrong with them."""
    wrong: list[str] = []
    sent = 0
    for file in changes.files:
        for side in Side:
            shown = expected.get((file.path, str(side)), {})
            for start, end in ranges(shown, _last(file.hunks)):
                finding = anchored(about(file.path, side, start, end), changes)
                touched = any(line in shown for line in range(start, end + 1))
                where = f"{file.path} {side} {start}-{end}"
                if (finding.placement is Placement.INLINE) != touched:
                    wrong.append(f"{where}: {finding.placement}")
                if finding.placement is not Placement.INLINE:
                    continue
                recorder = Recorder()
                CreateReview("", (finding,)).do(cast("Client", recorder), PullRef("acme", "app", 1))
                (comment,) = recorder.comments
                sent += 1
                first = comment.get("start_line", comment["line"])
                inside = shown.get(first) is not None and shown.get(first) == shown.get(comment["line"])
                if not inside or first > comment["line"] or comment.get("start_line") == comment["line"]:
                    wrong.append(f"{where}: sends {first} to {comment['line']}")
    return sent, wrong


def ranges(shown: dict[int, int], last: int) -> Iterator[tuple[int, int]]:
    """Give ranges: each line by itself, whole hunks, hunks and a line more, from one hunk into the next, outside."""
    yield from ((line, line) for line in shown)
    spans: dict[int, tuple[int, int]] = {}
    for line, hunk in shown.items():
        first, _ = spans.get(hunk, (line, line))
        spans[hunk] = (first, line)
    bounds = list(spans.values())
    for number, (first, end) in enumerate(bounds):
        yield from ((first, end), (max(1, first - 1), end), (first, end + 1), (end, end + 1))
        if number:
            yield bounds[number - 1][1], first
    yield from ((1, last + 5), (last + 5, last + 6))


def about(path: str, side: Side, start: int, end: int) -> Finding:
    """Give a finding on a range."""
    return Finding(
        agent="a",
        item="i",
        check="c",
        severity=Severity.HIGH,
        confidence=Confidence.HIGH,
        path=path,
        start_line=start,
        end_line=end,
        side=side,
        title="t",
        body="b",
        evidence="e",
        fingerprint=f"{start}",
    )


def _last(hunks: Any) -> int:
    return max((hunk.new_start + hunk.new_length + hunk.old_start + hunk.old_length for hunk in hunks), default=0)


def main() -> int:
    """Compare; give 1 where anything differs."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("--most", type=int, default=100, help="changes of each repository (default: 100)")
    parser.add_argument("repositories", nargs="+", type=Path)
    args = parser.parse_args()
    wrong = 0
    for folder in map(Path.resolve, args.repositories):
        commits = run(folder, "log", "--no-merges", "--format=%H", f"-{args.most}", "HEAD").split()
        changes = files = lines = comments = 0
        for commit in commits:
            if not run(folder, "log", "-1", "--format=%P", commit).strip():
                continue
            expected = oracle(run(folder, "diff", "--no-color", "-M", "-U3", f"{commit}~1", commit))
            read = git.read(folder, f"{commit}~1", commit)
            sent, mistakes = posted(read, expected)
            changes, files, comments = changes + 1, files + len(expected), comments + sent
            lines += sum(map(len, expected.values()))
            if {key: set(shown) for key, shown in expected.items()} != placement(read):
                mistakes.append("the lines differ")
            for mistake in mistakes:
                wrong += 1
                print(f"{folder.name} {commit}: {mistake}")
        print(
            f"{folder.name}: {changes} changes, {files} sides of files, {lines} lines, {comments} comments sent, "
            f"{wrong} wrong so far"
        )
    return int(bool(wrong))


if __name__ == "__main__":
    sys.exit(main())
