"""Error messages, looked at in parts."""

from __future__ import annotations

import re


def without_column(error: object) -> str:
    """Give a message that begins with file, line and column without the column: what most tests are not about."""
    return re.sub(r"^([^:\n]+:\d+):\d+: ", r"\1: ", str(error), flags=re.MULTILINE)
