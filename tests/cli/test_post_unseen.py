"""`post --dry-run` without a token: what a first review would post, without asking anybody."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.cli import main

if TYPE_CHECKING:
    import pytest

SINAG = Path(__file__).parents[2] / "examples" / "sinag-validation.diff"


def test_it_shows_every_comment_and_the_summary(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = tmp_path / "r.json"
    assert main.main(["review", str(SINAG), "--output", str(saved)]) == 0
    assert main.main(["post", str(saved), "--pr", "acme/app#1", "--dry-run"]) == 0
    shown = capsys.readouterr()
    assert "=== post a review with 9 comments" in shown.out
    assert shown.out.count("--- apps/api/") == 9
    assert "/blob/" not in shown.out, "nobody knows the head of a diff"
    assert "without a token nobody looked what stands there already" in shown.err


def test_posting_needs_one(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    saved = tmp_path / "r.json"
    assert main.main(["review", str(SINAG), "--output", str(saved)]) == 0
    assert main.main(["post", str(saved), "--pr", "acme/app#1"]) == 2
    assert "set GITHUB_TOKEN or GH_TOKEN" in capsys.readouterr().err
