"""The parts that rules share: named by `matches`, by a team's rules too, and known to ast-grep's own program."""

from __future__ import annotations

import json
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from reviewbot.checks import catalog, shared_utils, team_checks
from reviewbot.core import documents
from reviewbot.python.syntax import Source

CONFIG = catalog.RULES.parent / "sgconfig.yml"
DOCS = Path(__file__).parent.parent.parent / "docs" / "writing-a-check.md"
RULE = """\
id: mine
language: python
rule: {pattern: $DB.commit()}
constraints: {DB: {matches: session}}
metadata: {title: t, why: w, fix: f, leaves_alone: l, severity: low, confidence: high, items: [a/b]}
"""


def found(rule: str, text: str) -> list[int]:
    return [match.span.start_line for match in Source(text).find(team_checks.loaded("mine.yml", rule).config)]


def program() -> str:
    path = shutil.which("ast-grep", path=str(Path(sys.executable).parent))
    if path is None:
        pytest.skip("ast-grep-cli is not installed")
    return path


def test_a_rule_of_a_team_may_name_one_and_has_its_own_first() -> None:
    text = "queue.commit()\nself.db.commit()\n"
    assert found(RULE, text) == [2]
    assert found(f"{RULE}utils: {{session: {{regex: queue}}}}\n", text) == [1]


def test_what_a_shared_part_names_comes_with_it(monkeypatch: pytest.MonkeyPatch) -> None:
    parts = {"a": {"matches": "b"}, "b": {"kind": "call"}, "c": {"kind": "integer"}}
    monkeypatch.setattr(shared_utils, "shared", lambda: parts)
    assert shared_utils.with_shared({"rule": {"not": {"matches": "a"}}})["utils"] == {"a": parts["a"], "b": parts["b"]}


def test_each_is_a_file_of_its_name_that_rules_name_and_the_docs_describe() -> None:
    files = {path.stem: yaml.safe_load(path.read_text(encoding="utf-8")) for path in shared_utils.UTILS.glob("*.yml")}
    assert {file["id"] for file in files.values()} == set(files)
    assert all(file.keys() == {"id", "language", "rule"} for file in files.values())
    used = [
        name for path in catalog.RULES.glob("*.yml") for name in set(re.findall(r"matches: ([\w-]+)", path.read_text()))
    ]
    assert {name for name in files if used.count(name) < 2} == set()
    described = DOCS.read_text(encoding="utf-8").partition("## Shared parts\n")[2].partition("## Cases\n")[0]
    assert set(re.findall(r"^\| `([\w-]+)` \|", described, re.MULTILINE)) == set(files)


def test_the_ast_grep_program_accepts_the_rules(tmp_path: Path) -> None:
    """It is told where the shared parts are."""
    (tmp_path / "x.py").write_text("x = 1\n")
    for file in sorted(catalog.RULES.glob("*.yml")):
        if "\nruff:" in file.read_text():
            continue
        done = subprocess.run(
            [program(), "scan", "--config", CONFIG, "--rule", file, tmp_path],
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, f"{file.name}: {done.stderr}"


def test_the_ast_grep_program_finds_what_the_checks_find(tmp_path: Path) -> None:
    text = "for row in rows:\n    db.flush()\n    out.flush()\n"
    (tmp_path / "x.py").write_text(text)
    rule = catalog.RULES / "write-per-row.yml"
    done = subprocess.run(
        [program(), "scan", "--config", CONFIG, "--rule", rule, "--json=compact", tmp_path],
        capture_output=True, text=True, check=True,
    )  # fmt: skip
    assert [one["range"]["start"]["line"] for one in json.loads(done.stdout)] == [1]
    config = catalog.make_rule(documents.own(rule)).config
    assert [match.span.start_line for match in Source(text).find(config)] == [2]
