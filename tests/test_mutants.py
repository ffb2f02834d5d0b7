"""`make mutants` finds a mistake that no test notices, and what bench/survivors.yml judges is still in the code."""

from __future__ import annotations

import re
import subprocess
from collections import Counter
from typing import TYPE_CHECKING

import mutating
import pytest

if TYPE_CHECKING:
    from pathlib import Path

CODE = "def grown(years: int) -> bool:\n    return years >= 18\n"
TEST = "from reviewbot.kept import grown\n\n\ndef test_grown() -> None:\n    assert grown({}) and not grown({})\n"
AREA = mutating.Area(("kept.py",), ("test_kept.py",))


@pytest.mark.parametrize(
    ("asked", "survive"), [((18, 17), set()), ((40, 3), {"return years >«= → » 18", "return years >= «18 → 19»"})]
)
def test_a_good_test_leaves_no_survivor_and_a_bad_one_does(
    asked: tuple[int, int], survive: set[str], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytest.importorskip("mutmut", reason="`make mutants` installs it")
    (tmp_path / "reviewbot").mkdir()
    (tmp_path / "tests").mkdir()
    (tmp_path / "reviewbot" / "__init__.py").write_text("")
    (tmp_path / "reviewbot" / "kept.py").write_text(CODE)
    (tmp_path / "tests" / "test_kept.py").write_text(TEST.format(*asked))
    subprocess.run(["git", "init", "-q", tmp_path], check=True)
    monkeypatch.setattr(mutating, "ROOT", tmp_path)
    monkeypatch.chdir(tmp_path)
    outcome = mutating.tried(AREA, tmp_path / "build" / "kept", {})
    assert {one.change for one in outcome.survivors} == survive
    assert {(one.file, one.line) for one in outcome.survivors} <= {("reviewbot/kept.py", 2)}
    assert outcome.mutants == 2


def test_the_table_counts_what_ended_how() -> None:
    left = [mutating.Survivor("reviewbot/a.py", 1, "x", why) for why in ("", "same: y")]
    outcome = mutating.Outcome(Counter(killed=15, timeout=3, survived=2), left)
    assert mutating.table({"routing": outcome}).splitlines()[2:] == ["| routing | 20 | 15 | 3 | 2 | 1 | 90.0 |"]


@pytest.mark.parametrize(
    ("old", "new", "change"),
    [
        ("if a and not b:", "if a or not b:", "if a «and → or» not b:"),
        ("return f(x, y)", "return f(x, )", "return f(x, «y → »)"),
        ("score = total", "score = None", "score = «total → None»"),
        ("continue", "break", "«continue → break»"),
    ],
)
def test_a_change_is_one_line(old: str, new: str, change: str) -> None:
    assert mutating.changed(old, new) == change


def test_the_areas_name_files_and_tests_that_are_there() -> None:
    for area in mutating.areas().values():
        assert all((mutating.ROOT / "reviewbot" / file).is_file() for file in area.files)
        assert all((mutating.ROOT / "tests" / test).exists() for test in area.tests)


def test_what_is_judged_is_still_in_the_code() -> None:
    for file, changes in mutating.judged().items():
        source = " ".join(line.strip() for line in (mutating.ROOT / file).read_text(encoding="utf-8").splitlines())
        for change, why in changes.items():
            assert re.sub(r"«(.*) → .*»", r"\1", change) in source, f"{file}: {change}"
            assert re.match(r"(same|words|speed|rare): ", why), f"{file}: {change}"
