"""`reviewbot init` writes what the docs show, and a configuration of which most is commented out."""

from __future__ import annotations

import re
from dataclasses import fields
from pathlib import Path

import pytest

from reviewbot import cli, config
from reviewbot.checks import catalog, selection
from reviewbot.finding import Severity

ROOT = Path(__file__).parent.parent


@pytest.mark.parametrize("workflow", cli.WORKFLOWS)
def test_it_writes_a_workflow_of_the_docs(workflow: str, tmp_path: Path) -> None:
    assert cli.main(["init", "--repo", str(tmp_path), "--workflow", workflow]) == 0
    written = (tmp_path / ".github" / "workflows" / "reviewbot.yml").read_text(encoding="utf-8")
    assert written == (ROOT / "docs" / "workflows" / f"{workflow}.yml").read_text(encoding="utf-8")


def test_it_offers_every_workflow_that_stands_alone() -> None:
    # These two work together only, and who needs them has read about them.
    pair = {"review-forks", "post-forks"}
    assert {*cli.WORKFLOWS, *pair} == {path.stem for path in (ROOT / "docs" / "workflows").glob("*.yml")}


def test_the_configuration_has_every_key_and_asks_for_a_review_that_happened(tmp_path: Path) -> None:
    assert cli.main(["init", "--repo", str(tmp_path)]) == 0
    text = (tmp_path / ".reviewbot.yml").read_text(encoding="utf-8")
    assert config.parse(text) == config.Config(fail_on=Severity.HIGH, require_review=True)
    keys = re.findall(r"^(?:# )?(\w+):", text, re.MULTILINE)
    assert sorted(keys) == sorted(field.name for field in fields(config.Config))
    # A line of prose begins with a capital or goes on; a line of YAML begins with a key, or is indented below one.
    uncommented = re.sub(r"^# (?=\w+:|  )", "", text, flags=re.MULTILINE)
    whole = config.parse(uncommented)
    assert whole.fail_on is Severity.HIGH
    assert len(whole.pins) == 2
    assert selection.controlled(catalog.load(), whole.checks).off == ("route-trailing-slash",)


def test_it_overwrites_nothing(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / ".reviewbot.yml").write_text("fail_on: high\n")
    assert cli.main(["init", "--repo", str(tmp_path)]) == 2
    assert "there already, so nothing was written" in capsys.readouterr().err
    assert not (tmp_path / ".github").exists()
    assert (tmp_path / ".reviewbot.yml").read_text() == "fail_on: high\n"


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert cli.main(["init", "--repo", str(tmp_path / "x")]) == 2
