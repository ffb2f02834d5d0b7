"""Markers: whatever a first line holds, what is read of it is written, and read again, the same."""

from __future__ import annotations

import json
from typing import Any

from pieces import parts, text

from reviewbot.core.errors import ReviewbotError
from reviewbot.github import markers, state

TOKENS = (
    *("<!-- reviewbot:1 ", "finding ", "summary ", "answer ", " =", " -->", "-->", "=\n====\n{}"),
    *('"head": ', '"files": ', '"findings": ', '"dismissed": ', '"judged": ', "eJyrVkpLzMxJVbKqVkrLzEvMUbICAEVpBnc="),
)


def run(data: bytes) -> Any:
    marker = markers.read(text(data))
    if marker is not None:
        state.read(marker.data).data()
    return marker


def judge(data: bytes, result: Any) -> None:
    assert not isinstance(result, ReviewbotError)
    if result is not None:
        assert markers.read(str(result)) == result
    words, values = parts(data, 2)
    written = markers.Marker("finding", tuple(word for word in words.split() if _is_word(word)), _values(values))
    assert markers.read(f"{written}\nwhatever follows") == written
    assert str(written).count("-->") == 1
    remembered = state.read(written.data)
    assert state.read(markers.Marker("summary", (), remembered.data()).data).head == remembered.head


def _is_word(word: str) -> bool:
    return all(letter.isascii() and (letter.isalnum() or letter in "/._-") for letter in word) and "--" not in word


def _values(said: str) -> dict[str, Any]:
    try:
        values = json.loads(said)
        json.dumps(values, allow_nan=False)
    except (ValueError, RecursionError):
        values = None
    return values if isinstance(values, dict) else {"said": said}
