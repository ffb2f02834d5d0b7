from __future__ import annotations

import contextlib
import subprocess
import tempfile
from itertools import pairwise
from pathlib import Path

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewbot.changes.diff.parse import apply, parse, unapply
from reviewbot.core.errors import DiffError

LINES = st.sampled_from(
    ["", "a", "b", "    c", "+d", "-e", "@@ -1 +1 @@", "--- x", "+++ y", "\\ no", "f\r", "ü🙂", "g\fh"]
)
TEXTS = st.builds(lambda lines, end: "\n".join(lines) + end, st.lists(LINES, max_size=25), st.sampled_from(["\n", ""]))


def git_diff(old: str, new: str, context: int) -> bytes:
    with tempfile.TemporaryDirectory() as folder:
        for name, text in (("old", old), ("new", new)):
            Path(folder, name).write_text(text, encoding="utf-8", newline="")
        command = ["git", "diff", "--no-index", "--no-color", f"-U{context}", "--", "old", "new"]
        return subprocess.run(command, cwd=folder, capture_output=True, check=False).stdout


@given(TEXTS, TEXTS, st.integers(0, 4))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_what_git_says_of_two_texts_leads_from_one_to_the_other(old: str, new: str, context: int) -> None:
    files = parse(git_diff(old, new, context))
    if old == new:
        assert files == ()
        return
    (file,) = files
    assert apply(old, file.hunks) == new
    assert unapply(new, file.hunks) == old
    after = new.split("\n")
    for hunk in file.hunks:
        for line in hunk.lines:
            assert line.new is None or after[line.new - 1] == line.text


@given(TEXTS, TEXTS, TEXTS, st.integers(0, 3), st.integers(0, 3))
@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_two_patches_joined_lead_from_the_first_text_to_the_last(
    first: str, second: str, third: str, context: int, other: int
) -> None:
    one, two = git_diff(first, second, context), git_diff(second, third, other)
    both = one.replace(b"b/new", b"b/old") + two.replace(b"b/new", b"b/old")
    files = parse(both)
    hunks = files[0].hunks if files else ()
    assert apply(first, hunks) == third


@given(st.lists(TEXTS, min_size=4, max_size=6, unique=True), st.integers(0, 3))
@settings(max_examples=12, deadline=None, suppress_health_check=[HealthCheck.too_slow])
def test_many_patches_joined_lead_from_the_first_text_to_the_last(texts: list[str], context: int) -> None:
    patches = [git_diff(old, new, context).replace(b"b/new", b"b/old") for old, new in pairwise(texts)]
    (file,) = parse(b"".join(patches))
    assert apply(texts[0], file.hunks) == texts[-1]


@given(st.binary(max_size=400))
@settings(max_examples=200, deadline=None)
def test_random_bytes_never_crash(data: bytes) -> None:
    with contextlib.suppress(DiffError):
        parse(data)


HEADERS = st.sampled_from(
    [
        b"diff --git a/x b/x\n",
        b"--- a/x\n",
        b"+++ b/x\n",
        b"@@ -1,2 +1,2 @@\n",
        b"@@ -0,0 +1 @@\n",
        b"+a\n",
        b"-b\n",
        b" c\n",
        b"\\ No newline at end of file\n",
        b"index 1..2 100644\n",
        b"rename from y\n",
        b"rename to x\n",
        b"new file mode 1\n",
        b"Binary files a/x and b/x differ\n",
        b"GIT binary patch\n",
        b'diff --git "a/\\303" "b/\\303"\n',
        b"\n",
        b"-- \n",
    ]
)


@given(st.lists(HEADERS, max_size=14))
@settings(max_examples=300, deadline=None)
def test_shuffled_pieces_of_diffs_never_crash(pieces: list[bytes]) -> None:
    with contextlib.suppress(DiffError):
        parse(b"".join(pieces))
