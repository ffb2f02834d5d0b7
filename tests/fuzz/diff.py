"""Diffs: read or refused; the hunks count right, and what is read can be written, read again, and applied."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fuzz.names import quoted

from reviewbot.changes.diff.parse import apply, parse, unapply
from reviewbot.core.change import LineKind
from reviewbot.core.errors import ReviewbotError

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewbot.core.change import ChangedFile, Hunk

TOKENS = (
    *(
        "diff --git a/x b/x\n",
        "--- a/x\n",
        "+++ b/x\n",
        "@@ -1,2 +1,2 @@\n",
        "@@ -0,0 +1 @@\n",
        "@@ -1 +0,0 @@\n",
        "@@ -",
    ),
    *(" +1,", " @@", "\n+", "\n-", "\n ", "\\ No newline at end of file\n", "index 1..2 100644\n", "rename from y\n"),
    *(
        "rename to x\n",
        "copy from y\n",
        "copy to x\n",
        "new file mode 100644\n",
        "deleted file mode 100644\n",
        "-- \n2.4\n",
    ),
    *(
        "old mode 100644\nnew mode 100755\n",
        "Binary files a/x and b/x differ\n",
        "GIT binary patch\n",
        "/dev/null",
        "From ",
    ),
    *(
        '"a/\\303\\274"',
        "diff --cc x\n",
        "\r\n",
        "\t",
        "\x1b[31m",
        "160000",
        "@@@ -1 -1 +1 @@@",
        "similarity index 90%\n",
    ),
)
_MARKS = {LineKind.CONTEXT: " ", LineKind.ADDED: "+", LineKind.REMOVED: "-"}


def run(data: bytes) -> Any:
    return parse(data)


def judge(data: bytes, result: Any) -> None:  # noqa: ARG001 - whatever it was
    if isinstance(result, ReviewbotError):
        assert str(result)
        return
    paths = [file.path for file in result]
    assert len(set(paths)) == len(paths)
    for file in result:
        assert not file.path.startswith("/")
        assert ".." not in file.path.split("/")
        for hunk in file.hunks:
            _counts_right(hunk)
        if file.hunks and "\r" not in file.path:
            (again,) = parse(_written(file).encode("utf-8", "surrogateescape"))
            assert again.path == file.path
            assert again.hunks == file.hunks
            _can_be_applied(file.hunks)


def _counts_right(hunk: Hunk) -> None:
    old = [line.old for line in hunk.lines if line.kind is not LineKind.ADDED]
    new = [line.new for line in hunk.lines if line.kind is not LineKind.REMOVED]
    assert (len(old), len(new)) == (hunk.old_length, hunk.new_length)
    assert old == list(range(hunk.old_start, hunk.old_start + hunk.old_length))
    assert new == list(range(hunk.new_start, hunk.new_start + hunk.new_length))


def _written(file: ChangedFile) -> str:
    return "".join(
        [
            f"diff --git {quoted('a/' + file.path)} {quoted('b/' + file.path)}\nindex 1..2 100644\n",
            f"--- {quoted('a/' + file.path)}\n+++ {quoted('b/' + file.path)}\n",
            *(part for hunk in file.hunks for part in _hunk(hunk)),
        ]
    )


def _hunk(hunk: Hunk) -> Iterator[str]:
    sides = f"-{hunk.old_start},{hunk.old_length} +{hunk.new_start},{hunk.new_length}"
    yield f"@@ {sides} @@{' ' * bool(hunk.section)}{hunk.section}\n"
    for line in hunk.lines:
        yield f"{_MARKS[line.kind]}{line.text}\n" + "\\ No newline at end of file\n" * (not line.newline)


def _can_be_applied(hunks: Iterable[Hunk]) -> None:
    """Make a text that the hunks fit, as far as they follow each other, and go there and back."""
    old: list[str] = []
    shift = 0
    for hunk in hunks:
        start, new_start = hunk.old_start - (hunk.old_length > 0), hunk.new_start - (hunk.new_length > 0)
        if not len(old) <= start <= len(old) + 2000 or start + shift != new_start:
            return
        old += [f"line {number}\n" for number in range(len(old), start)]
        old += [f"{line.text}\n" for line in hunk.lines if line.kind is not LineKind.ADDED]
        if not all(line.newline for line in hunk.lines):
            return
        shift += hunk.new_length - hunk.old_length
    before = "".join(old)
    assert unapply(apply(before, tuple(hunks)), tuple(hunks)) == before
