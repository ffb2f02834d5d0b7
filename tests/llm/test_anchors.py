"""A quote is found where it stands, said to be ambiguous, or not found; never put elsewhere."""

from __future__ import annotations

import time
from pathlib import Path
from typing import Any

import builders
import pytest
import yaml
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import full

from reviewbot.core.change import ChangedFile, Side
from reviewbot.llm import quotes

CASES: list[dict[str, Any]] = yaml.safe_load(
    (Path(__file__).parents[1] / "data" / "anchors.yml").read_text(encoding="utf-8")
)


def file_of(case: dict[str, Any]) -> ChangedFile:
    if "text" in case:
        return full("a.py", case["text"], set(case["changed"]))
    return builders.changed("a.py", builders.hunk(case["start"], *case["diff"]))


@pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])
def test_where_a_quote_is_found(case: dict[str, Any]) -> None:
    anchor = quotes.find(case["quote"], case.get("line"), file_of(case), Side(case.get("side", "RIGHT")))
    where = [anchor.start_line, anchor.end_line, str(anchor.side), anchor.how] if anchor else None
    assert where == case["found"]
    if anchor:
        assert "\r" not in anchor.text
        assert (anchor.whole, anchor.ambiguous) == (case.get("whole", True), case.get("ambiguous", False))


LINES = st.sampled_from(["", "x", "return None", "    return None", "save(row)", "y = save(row)", "\tz", "save(row)  "])
FILES = st.lists(LINES | st.text("ab() \t#é", max_size=12), min_size=1, max_size=14)


@given(FILES, st.data())
@settings(max_examples=150, deadline=None)
def test_any_run_of_lines_is_found_where_it_stands_or_ambiguous(lines: list[str], data: st.DataObject) -> None:
    changed = data.draw(st.sets(st.integers(1, len(lines)), min_size=1))
    file = full("a.py", "\n".join(lines), changed)
    first = data.draw(st.integers(1, len(lines)))
    last = data.draw(st.integers(first, len(lines)))
    quoted = [line.strip() for line in lines[first - 1 : last]]
    line = data.draw(st.sampled_from([None, first, first, 10_000]))
    anchor = quotes.find("\n".join(lines[first - 1 : last]), line, file)
    if not any(quoted):
        assert anchor is None
        return
    assert anchor is not None
    assert anchor.whole
    there = [line.strip() for line in lines[anchor.start_line - 1 : anchor.end_line]]
    assert there == [line.strip() for line in anchor.text.split("\n")]
    # Empty lines at the ends are not worth quoting.
    assert "\n".join(there) == "\n".join(quoted).strip("\n")
    begins = first + next(number for number, text in enumerate(quoted) if text)
    if line == first == begins:
        assert anchor.start_line == first
    places = [
        at
        for at in range(1, len(lines) - len(there) + 2)
        if [x.strip() for x in lines[at - 1 : at - 1 + len(there)]] == there
    ]
    if len(places) == 1:
        assert (anchor.start_line, anchor.ambiguous) == (begins, False)


def test_a_hundred_quotes_in_a_long_file_take_no_time() -> None:
    lines = [f"value_{number} = load({number}, token='{number}')" for number in range(2_000)]
    file = full("a.py", "\n".join(lines), set(range(800, 1_200)))
    began = time.process_time()
    for number in range(0, 2_000, 50):
        anchor = quotes.find(lines[number], number + 1, file)
        assert anchor is not None
        assert anchor.start_line == number + 1
    for _ in range(10):
        assert quotes.find("value = '***' + nowhere", 7, file) is None
    assert time.process_time() - began < 3
