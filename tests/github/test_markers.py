"""Markers and state: what is hidden in our comments comes back, and nothing else is taken for it."""

from __future__ import annotations

import base64
import zlib

import pytest
from builders import change_set, changed, hunk
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.change import FileKind
from reviewbot.github import markers, state
from reviewbot.github.markers import Marker
from reviewbot.github.state import Dismissal

JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=5,
)


@given(st.dictionaries(st.text(), JSON))
def test_a_marker_comes_back_whatever_it_remembers(data: dict[str, object]) -> None:
    marker = Marker(markers.FINDING, ("0123456789abcdef",), data)
    line = str(marker)
    assert markers.read(f"{line}\nText") == marker
    assert "\n" not in line
    assert line.startswith("<!-- ")
    assert "--" not in line.removeprefix("<!--").removesuffix("-->"), "it would end the HTML comment"


@pytest.mark.parametrize(
    "body",
    [
        "",
        "Text\n<!-- reviewbot:1 finding 0123456789abcdef -->",
        " <!-- reviewbot:1 finding 0123456789abcdef -->",
        "> <!-- reviewbot:1 finding 0123456789abcdef -->",
        "<!-- reviewbot:2 finding 0123456789abcdef -->",
        "<!-- reviewbot:1 finding 0123456789abcdef --> more",
        "<!-- reviewbot:1 summary - 1 =!!! -->",
        "<!-- reviewbot:1 summary - 1 =AAAA -->",
        f"<!-- reviewbot:1 summary - 1 ={base64.b64encode(zlib.compress(b'[1]')).decode()} -->",
        f"<!-- reviewbot:1 summary - 1 ={base64.b64encode(zlib.compress(b'[' * 100_000)).decode()} -->",
    ],
)
def test_only_a_whole_first_line_of_ours_is_a_marker(body: str) -> None:
    assert markers.read(body) is None


def test_a_marker_survives_the_line_ends_of_a_web_form() -> None:
    assert markers.read("<!-- reviewbot:1 answer 7 -->\r\nText") == Marker(markers.ANSWER, ("7",))


def test_the_state_comes_back() -> None:
    changes = change_set(changed("a.py", hunk(1, "+a")), changed("b.py", hunk(9, "-b")), head="abc")
    after = state.of(changes, ("f1", "f2"), {"f1": Dismissal("ada", "not a bug")})
    assert state.read(after.data()) == after
    assert all(after.unchanged(file) for file in changes.files)


def test_the_hash_of_a_difference_knows_the_code_and_not_the_place() -> None:
    before = changed("a.py", hunk(1, " x", "+a", " y"))
    assert state.difference(before) == state.difference(changed("a.py", hunk(40, " other", "+a", " context")))
    for other in (
        changed("a.py", hunk(1, " x", "+b", " y")),
        changed("a.py", hunk(1, " x", "-a", " y")),
        changed("a.py", hunk(1, "+a"), kind=FileKind.RENAMED, old_path="b.py"),
    ):
        assert state.difference(other) != state.difference(before)
    # A byte that is no text is kept as half of a pair.
    assert state.difference(changed("a\udc80.py", hunk(1, "+\udc80"))) != state.difference(before)
    binary = [changed("x.png", kind=FileKind.BINARY, new_blob=blob) for blob in ("1" * 40, "2" * 40)]
    assert state.difference(binary[0]) != state.difference(binary[1])


def test_a_state_too_large_forgets_files_and_nothing_else() -> None:
    files = [changed(f"app/module_{number}.py", hunk(1, f"+{number}")) for number in range(5000)]
    after = state.of(change_set(*files, head="abc"), ("f1",), {"f1": Dismissal("ada", "why")})
    data = after.data()
    assert len(markers.packed(data)) < 15_000
    again = state.read(data)
    assert 0 < len(again.files) < 5000
    assert again.dismissed == after.dismissed
    known = [file for file in files if again.unchanged(file)]
    assert len(known) == len(again.files), "what it forgot counts as changed"


@pytest.mark.parametrize("data", [{}, {"files": 3, "findings": "x", "dismissed": []}, {"dismissed": {"f": ["one"]}}])
def test_a_state_that_is_none_means_that_everything_is_new(data: dict[str, object]) -> None:
    assert state.read(data) == state.State()
