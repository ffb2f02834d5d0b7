"""What is shown beside the hunks of real-shaped changes, whole: the cases are data."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from context.changes import change, shown

from reviewbot.context import callers, definitions, enclosing

DATA = yaml.safe_load(Path(__file__).with_name("cases.yml").read_text(encoding="utf-8"))
TREE: dict[str, str] = DATA["tree"]


@pytest.mark.parametrize("case", DATA["cases"], ids=lambda case: str(case["name"]))
def test_what_is_shown_beside_the_hunks(case: dict[str, Any]) -> None:
    before = TREE[case["path"]]
    assert before.count(case["replace"]) == 1
    changes, folder = change(TREE, TREE | {case["path"]: before.replace(case["replace"], case["by"])})
    assert shown(one for file in changes.files for one in enclosing(file)) == case["enclosing"]
    found = definitions(changes, changes.files, 200)
    assert (shown(found.snippets), found.left_out) == (case["definitions"], ())
    assert len(folder.readings) <= 2
    calls = callers(changes, changes.files).calls
    assert "".join(f"{one.path}:{one.line} {one.symbol} | {one.text}\n" for one in calls) == case["callers"]
