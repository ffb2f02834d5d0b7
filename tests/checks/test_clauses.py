"""Each clause of a rule is there for a case: without the clause, one is not as it should be."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
import yaml
from clauses import clauses, idle, read

from reviewbot.checks import case_files, catalog

CASES = Path(__file__).with_name("cases")
DATA = Path(__file__).parent.parent / "data" / "unasked_clauses.yml"
KEPT: dict[str, dict[str, str]] = yaml.safe_load(DATA.read_text(encoding="utf-8"))["kept"]
FILES = sorted(catalog.RULES.glob("*.yml"), key=lambda file: file.stat().st_size)
# All of them take minutes: `.ci/run` does it.
COUNTED = FILES if os.environ.get("REVIEWBOT_KILL") == "everywhere" else FILES[:12]


def cases(check: str) -> tuple[case_files.Case, ...]:
    return case_files.read((CASES / f"{check}.yml").read_text(encoding="utf-8"), f"{check}.yml", check)


@pytest.mark.parametrize("file", COUNTED, ids=lambda file: file.stem)
def test_each_clause_is_there_for_a_case(file: Path) -> None:
    """What it prints is what to write a case for, or to delete; see docs/writing-a-check.md."""
    found = idle(file.read_text(encoding="utf-8"), file.name, cases(file.stem))
    unasked = {".".join(map(str, way)) for way, is_idle in found if is_idle}
    assert unasked == set(KEPT.get(file.stem, {}))


@pytest.mark.parametrize("file", COUNTED, ids=lambda file: file.stem)
def test_what_saves_time_decides_nothing(file: Path) -> None:
    rule = read(yaml.safe_load(file.read_text(encoding="utf-8")), file.name)
    assert rule is not None
    assert [words for case in cases(file.stem) if (words := case_files.complaint(case, rule))] == []


def test_what_is_left_out_is_there() -> None:
    assert KEPT.keys() <= {file.stem for file in FILES}


def test_what_a_clause_is() -> None:
    rule = {
        "rule": {
            "all": [{"kind": "call"}, {"has": {"field": "function", "regex": "x"}}, {"any": [{"pattern": "f()"}]}]
        },
        "utils": {"it": {"regex": "x"}},
        "constraints": {"NAME": {"regex": "x"}},
        "metadata": {"mentions": ["x"], "once_per": "file"},
    }
    ways = {".".join(map(str, way)) for way in clauses(rule)}
    assert ways == {"rule.all.1", "rule.all.1.has.regex", "rule.all.2", "constraints.NAME", "metadata.once_per"}
