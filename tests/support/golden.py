"""Saved reviews and what each output makes of them, as files of ``tests/data/reviews``.

``NAME.json`` is a review as ``--format json`` prints it, ``NAME.diff`` (where there is one) the change it is of, and
``NAME.FORMAT`` what that format must give, byte for byte. ``python tests/support/golden.py`` writes the expected
outputs anew; read the diff before you commit it.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot import __version__
from reviewbot.changes.diff.parse import parse
from reviewbot.core.change import ChangeSet
from reviewbot.output import formats
from reviewbot.output.saved import load

if TYPE_CHECKING:
    from reviewbot.core.review import Review

DATA = Path(__file__).parents[1] / "data" / "reviews"
NAMES = sorted(path.stem for path in DATA.glob("*.json"))
CASES = [(name, fmt) for name in NAMES for fmt in formats.FORMATS]


def review(name: str) -> Review:
    return load(expected(name, "json"), f"{name}.json")


def changes(name: str) -> ChangeSet | None:
    path = DATA / f"{name}.diff"
    return ChangeSet("patch", parse(path.read_bytes())) if path.exists() else None


def expected(name: str, fmt: str) -> str:
    return (DATA / f"{name}.{fmt}").read_bytes().decode("utf-8")


def given(name: str, fmt: str) -> str:
    text = formats.render(fmt, review(name), changes(name))
    if fmt == "html":
        # The page's own style and script are the same in each: they are looked at by themselves.
        text = re.sub(r"(<style>|<script>).*?(</style>|</script>)", r"\1\2", text, flags=re.DOTALL)
        return re.sub("sha256-[^&]*", "sha256-DIGEST", text)
    # A release must not change the expected outputs.
    return text.replace(f'"version": "{__version__}"', '"version": "VERSION"') if fmt == "sarif" else text


if __name__ == "__main__":
    for name, fmt in CASES:
        (DATA / f"{name}.{fmt}").write_bytes(given(name, fmt).encode())
