"""The measuring tool: what it finds on a history, what it draws, and what it makes of the verdicts."""

from __future__ import annotations

import importlib.util
import io
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from gitrepo import GitRepo

from reviewbot.agents import agent_files
from reviewbot.checks import catalog, unchecked
from reviewbot.review.evaluation import precision

if TYPE_CHECKING:
    from types import ModuleType

PATH = Path(__file__).parents[2] / "bench" / "precision.py"
SERVICE = "apps/api/app/services/barangay_service.py"
BEFORE = "from sqlalchemy.orm import Session\n\n\ndef names(db: Session, ids: list[int]) -> list[str]:\n    return []\n"
SLOW = BEFORE + "\n\ndef _all(db: Session, ids: list[int]) -> None:\n    for i in ids:\n        db.query(Area).get(i)\n"


@pytest.fixture(scope="module")
def tool() -> ModuleType:
    spec = importlib.util.spec_from_file_location("precision", PATH)
    assert spec
    assert spec.loader
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.fixture
def measured(tool: ModuleType, tmp_path: Path) -> tuple[Any, Path]:
    repo = GitRepo(tmp_path / "repo")
    repo.commit({SERVICE: BEFORE})
    repo.commit({SERVICE: SLOW})
    repo.commit({SERVICE: BEFORE})
    repo.commit({SERVICE: SLOW})
    out = tmp_path / "out"
    tool.main(["run", str(out), f"r={repo.folder}@main"])
    found = [row for row in tool.load(out / "findings.csv") if row["check"] == "query-in-loop"]
    tool.save(out / "findings.csv", tool.FINDING, found)
    tool.main(["sample", str(out)])
    return tool, out


def test_the_same_finding_in_two_commits_is_one_hit(measured: tuple[Any, Path]) -> None:
    tool, out = measured
    assert len(tool.load(out / "findings.csv")) == 2
    (drawn,) = tool.load(out / "sample.csv")
    assert (drawn["check"], drawn["path"], drawn["line"], drawn["right"]) == ("query-in-loop", SERVICE, "10", "")
    assert ">+   10         db.query(Area).get(i)" in drawn["excerpt"]


def test_verdicts_outlive_another_run(
    measured: tuple[Any, Path], monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    tool, out = measured
    (drawn,) = tool.load(out / "sample.csv")
    monkeypatch.setattr("sys.stdin", io.StringIO(f"{drawn['key']} y a round trip for each\n"))
    tool.main(["judge", str(out)])
    tool.main(["run", str(out), f"r={out.parent / 'repo'}@main", "--check", "query-in-loop"])
    tool.main(["sample", str(out)])
    capsys.readouterr()
    tool.main(["figures", str(out), "--yaml"])
    printed = out / "precision.yml"
    printed.write_text(capsys.readouterr().out)
    figures = precision.measured(printed)
    assert figures.pop("query-in-loop") == precision.Measured(1, 1, 1, ("r",))
    assert figures.keys() == catalog.load().checks.keys() - {"query-in-loop"}
    assert set(figures.values()) == {precision.Measured(0, 0, 0, ("r",))}
    noise = precision.noise(printed)
    assert noise
    assert (noise.changes, noise.repositories) == (3, ("r",))
    assert noise.median >= 1
    tool.main(["figures", str(out)])
    shown = capsys.readouterr().out
    assert "100%  21% to 100%" in shown
    assert "inline per 200 lines, a smaller change counts as 200 lines: median " in shown


def test_a_verdict_on_nothing_is_refused(measured: tuple[Any, Path], monkeypatch: pytest.MonkeyPatch) -> None:
    tool, out = measured
    monkeypatch.setattr("sys.stdin", io.StringIO("nothing y\n"))
    with pytest.raises(SystemExit, match="expected `KEY y"):
        tool.main(["judge", str(out)])


def test_the_figures_are_of_checks_that_are_there() -> None:
    checks = catalog.load().checks
    for name, one in precision.measured().items():
        assert name in checks
        assert 0 <= one.right <= one.read <= one.hits
        assert one.repositories
    for figures in precision.unseen():
        assert figures.keys() == {"medium and up", "low"}
        assert all(0 < one.right <= one.read <= one.hits for one in figures.values())
    assert precision.pooled([precision.Measured(9, 3, 2, ("b",)), precision.Measured(5, 1, 1, ("a",))]) == (
        precision.Measured(14, 4, 3, ("a", "b"))
    )


def test_what_is_left_to_a_model_is_said_of_items_that_are_there() -> None:
    known = [
        f"{agent.name}/{item.id}"
        for agent in agent_files.load_dir(agent_files.bundled_dir())[0]
        for item in agent.checklist
    ]
    named = list(unchecked.reasons())
    assert sorted(named, key=known.index) == named
    for sentence in unchecked.reasons().values():
        assert sentence.endswith(".")
