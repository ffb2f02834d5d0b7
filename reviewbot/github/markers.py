"""Hidden first lines by which we know our own comments again.

Only the first line of a comment counts, and only where GitHub says that we wrote the comment:
further down it may quote text from outside.
"""

from __future__ import annotations

import base64
import binascii
import json
import re
import zlib
from dataclasses import dataclass, field
from typing import Any

_MARKER = re.compile(r"<!-- reviewbot:1 ([a-z]+)((?: [A-Za-z0-9/._-]+)*)(?: =([A-Za-z0-9+/=]+))? -->")
# A state is at most some ten kilobytes; a comment that unpacks to more is not one we wrote.
_MOST_DATA = 1_000_000

FINDING = "finding"
SUMMARY = "summary"
ANSWER = "answer"


@dataclass(frozen=True)
class Marker:
    """What the first line of a comment says.

    Attributes:
        kind: ``finding``, ``summary`` or ``answer``.
        words: What identifies it: the fingerprint; name and part of a summary; the comment answered.
        data: What else is to be remembered, as JSON.
    """

    kind: str
    words: tuple[str, ...] = ()
    data: dict[str, Any] = field(default_factory=dict, hash=False)

    def __str__(self) -> str:
        payload = f" ={packed(self.data)}" if self.data else ""
        return f"<!-- reviewbot:1 {' '.join((self.kind, *self.words))}{payload} -->"


def read(body: str) -> Marker | None:
    """Give the marker in the first line of a comment; None where there is none, or a broken one."""
    match = _MARKER.fullmatch(body.split("\n", 1)[0].rstrip("\r"))
    if match is None:
        return None
    data = _unpacked(match[3]) if match[3] else {}
    return None if data is None else Marker(match[1], tuple(match[2].split()), data)


def packed(data: dict[str, Any]) -> str:
    """Give JSON in characters that cannot end an HTML comment."""
    return base64.b64encode(zlib.compress(json.dumps(data, sort_keys=True).encode(), 9)).decode("ascii")


def _unpacked(text: str) -> dict[str, Any] | None:
    try:
        raw = zlib.decompressobj().decompress(base64.b64decode(text, validate=True), _MOST_DATA)
        data = json.loads(raw)
    except (binascii.Error, zlib.error, ValueError, RecursionError):
        return None
    return data if isinstance(data, dict) else None
