"""The planted instances are whole: what `bench/planted.py` counts is about checks that exist, and is Python."""

from __future__ import annotations

import ast
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from checkcases import CATALOG

if TYPE_CHECKING:
    from collections.abc import Iterator

FILES = sorted((Path(__file__).parent / "planted").rglob("*.yml"))


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_they_are_whole(path: Path) -> None:
    data = yaml.load(path.read_text(encoding="utf-8"), Loader=yaml.CSafeLoader)
    assert data["id"] == path.stem
    assert path.stem in CATALOG.checks
    for kind in ("planted", "fine"):
        assert 4 <= len(data[kind]) <= 5
        for case in data[kind]:
            for text in sources(case):
                ast.parse(text)


def sources(case: dict[str, Any]) -> Iterator[str]:
    if "code" in case:
        yield case["code"]
    for path, sides in case.get("files", {}).items():
        yield from (text for text in sides.values() if text is not None and path.endswith(".py"))
