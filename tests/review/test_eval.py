"""Cases for the evaluation: read, and complained about."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import program
import pytest
from messages import without_column

from reviewbot.core.errors import ConfigError
from reviewbot.review.evaluation import cases

if TYPE_CHECKING:
    from pathlib import Path


def write(folder: Path, text: str) -> Path:
    (folder / "one.yml").write_text(text, encoding="utf-8")
    return folder


def test_a_case_is_read(tmp_path: Path) -> None:
    (case,) = cases.load(write(tmp_path, "diff: a.diff\ngolden:\n  - {path: a.py, lines: 3, severity: low, what: x}\n"))
    assert (case.name, case.diff, case.golden[0].lines, case.clean) == ("one", "a.diff", (3, 3), False)


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("diff: a.diff\n", "1: give either `golden`, or `clean: true`"),
        ("diff: a.diff\nclean: true\nbase: main\n", "1: give either `diff`, or `base`"),
        ("clean: true\n", "1: give either `diff`, or `base`"),
        ("diff: a.diff\nclean: true\ngolden:\n  - {path: a, lines: 1}\n", "1: give either `golden`"),
        ("diff: a.diff\nclear: true\n", "2: unknown key `clear`; did you mean `clean`?"),
        ("diff: a.diff\ngolden:\n  - {path: a.py}\n", "3: `golden.0.lines` is missing"),
        ("diff: a.diff\ngolden:\n  - {path: a.py, lines: x}\n", "3: `golden.0.lines`: must be a list (got 'x')"),
        ("diff: a.diff\ndiff: b.diff\n", "2: `diff` stands here twice, first on line 1; keep one of them"),
        (
            "diff: a.diff\ngolden:\n  - {path: a.py, lines: 3, severity: bad}\n",
            "3: `golden.0.severity`: must be one of",
        ),
        ("- a\n", "1: must be keys and values, such as `diff: change.diff`"),
        ("a: [\n", "1: not valid YAML: a value is missing"),
    ],
)
def test_what_is_no_case_is_said_with_file_and_key(tmp_path: Path, text: str, says: str) -> None:
    with pytest.raises(ConfigError, match=r"one\.yml:\d") as error:
        cases.load(write(tmp_path, text))
    assert f"one.yml:{says}" in without_column(error.value)


def test_a_folder_without_cases_is_an_error(tmp_path: Path) -> None:
    with pytest.raises(ConfigError, match="no cases"):
        cases.load(tmp_path)


def run(*arguments: str) -> program.Ended:
    return program.run("eval", *arguments, cwd=program.TOP)


@pytest.mark.parametrize(("diff", "says"), [("none.diff", "cannot read this diff"), ("one.yml", "not a unified diff")])
def test_a_change_that_cannot_be_read_is_named(tmp_path: Path, diff: str, says: str) -> None:
    write(tmp_path, f"diff: {diff}\nclean: true\n")
    done = run(str(tmp_path))
    assert (done.code, done.stdout) == (2, "")
    assert str(tmp_path / diff) in done.stderr
    assert says in done.stderr


def test_the_examples_are_evaluated_with_the_checks_and_with_the_recordings() -> None:
    checks = run("examples/cases", "--engine", "checks", "--format", "json")
    assert checks.code == 0, checks.stderr
    both = run("examples/cases", "--replay", "examples/recordings")
    assert both.code == 0, both.stderr
    figures = json.loads(checks.stdout)
    assert figures["clean_and_silent"]["share"] == 1
    assert 0.6 < figures["recall"]["all"]["share"] < 1, "some of it only a reader can see"
    assert "recall, all       22 of 22" in both.stdout
    assert "anchored          7 of 7" in both.stdout


def test_a_missing_recording_is_a_failure_and_named(tmp_path: Path) -> None:
    (tmp_path / "recordings").mkdir()
    done = run("examples/cases", "--replay", str(tmp_path / "recordings"))
    assert done.code == 3
    assert "does not answer this call" in done.stderr
    assert "(something failed)" in done.stdout
