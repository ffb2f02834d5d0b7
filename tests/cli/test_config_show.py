"""`reviewbot config show`: every setting with its source; and `explain`, with code and for the model."""

from __future__ import annotations

import re
from dataclasses import fields
from typing import TYPE_CHECKING

import pytest

from reviewbot.checks import catalog, examples
from reviewbot.cli import main
from reviewbot.settings import config

if TYPE_CHECKING:
    from pathlib import Path


def shown(capsys: pytest.CaptureFixture[str], *args: str) -> dict[str, tuple[str, str]]:
    assert main.main(["config", "show", *args]) == 0
    rows = (line.rpartition("  # ") for line in capsys.readouterr().out.splitlines())
    return {text.partition(": ")[0]: (text.partition(": ")[2].strip(), source) for text, _, source in rows}


def test_every_setting_says_where_it_comes_from(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = "fail_on: high\n\npins:\n  - {paths: ['a/**'], agent: sinag}\nmax_comments: 5\n"
    (tmp_path / ".reviewbot.yml").write_text(text)
    monkeypatch.chdir(tmp_path)
    found = shown(capsys)
    path = tmp_path / ".reviewbot.yml"
    assert list(found) == [field.name for field in fields(config.Config)]
    assert found["fail_on"] == ('"high"', f"{path}:1")
    assert found["max_comments"] == ("5", f"{path}:5")
    assert found["pins"][1] == f"{path}:3"
    assert found["reviewers"] == ("2", "default")
    assert shown(capsys, "--agents-dir", "bundled")["agents_dir"] == ('["bundled"]', "--agents-dir")


def test_what_is_shown_can_be_written(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main.main(["config", "show"]) == 0
    lines = [line for line in capsys.readouterr().out.splitlines() if ": null" not in line]
    assert config.parse("\n".join(lines)) == config.Config()


@pytest.mark.parametrize("check", ["query-in-loop", "missing-migration", "types-not-regenerated"])
def test_a_check_is_explained_with_code(check: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["explain", check]) == 0
    reported, left_alone = examples.of(check)
    text = capsys.readouterr().out
    for example in (reported, left_alone):
        assert example is not None
        assert example.code.splitlines()[0].strip() in text


def test_every_check_of_the_package_has_examples() -> None:
    pairs = {check: examples.of(check) for check in catalog.load().checks}
    assert [check for check, pair in pairs.items() if None in pair] == []
    codes = {check: [one.code for one in pair if one] for check, pair in pairs.items()}
    assert [check for check, (reported, left_alone) in codes.items() if reported == left_alone] == []


def test_the_index_that_makes_the_difference_stands_in_the_example() -> None:
    _, left_alone = examples.of("filtered-column-without-index")
    assert left_alone is not None
    assert "index=True" in left_alone.code


def test_an_explanation_is_in_words_that_are_no_jargon(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["explain", "swallowed-exception"]) == 0
    facts = capsys.readouterr().out.partition("Why:")[0]
    assert "\n  found by     a rule about syntax (ast-grep)\n" in facts
    assert re.search(
        r"\n  measured     in the history of real projects \([\w, ]+\) it reported \d+ places; of \d+ that some", facts
    )
    assert re.search(
        r"\n  tried on     \d defects written by others, of which it found \d; and \d harmless places", facts
    )
    assert [word for word in ("planted", "look-alike", "speaks for", "engine") if word in facts] == []


def test_what_is_about_the_code_before_shows_what_became_of_it(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["explain", "redirect-slashes-removed"]) == 0
    reported = capsys.readouterr().out.partition("Reported")[2].partition("Left alone")[0]
    assert "\n    -    redirect_slashes=False,\n" in reported


def test_the_model_is_explained_too(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["explain", "model"]) == 0
    assert capsys.readouterr().out.startswith("model: what Claude found")
