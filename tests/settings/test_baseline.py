"""The baseline: what it holds, what it holds back, and what in it is stale."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest
from builders import finding
from gitrepo import GitRepo
from messages import without_column

from reviewbot.cli import main
from reviewbot.core.errors import ConfigError
from reviewbot.settings import baseline

if TYPE_CHECKING:
    from pathlib import Path

PATH = "apps/api/app/services/barangay_service.py"
HEAD = 'from sqlalchemy.orm import Session\n\ndef names(db: Session, ids: list[int]) -> None:\n    """Name."""\n'
OLD = "    for i in ids:\n        db.query(Area).get(i)\n        db.query(Role).get(i)\n"
FILE = ".reviewbot-baseline.json"


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepo:
    repo = GitRepo(tmp_path / "repo")
    repo.commit({PATH: HEAD + OLD})
    monkeypatch.chdir(repo.folder)
    assert main.main(["baseline"]) == 0
    repo.commit()
    return repo


def shown(capsys: pytest.CaptureFixture[str]) -> dict[tuple[int, str], str]:
    capsys.readouterr()
    assert main.main(["review", "--repo", ".", "--format", "json"]) == 0
    found = json.loads(capsys.readouterr().out)["findings"]
    return {(f["start_line"], f["placement"]): f["placement_reason"] for f in found}


def test_it_holds_every_place_though_a_review_speaks_once_of_a_function(repo: GitRepo) -> None:
    data = json.loads((repo.folder / FILE).read_text())
    assert {
        path: {check: len(prints) for check, prints in checks.items()} for path, checks in data["findings"].items()
    } == {PATH: {"query-in-loop": 2}}


def test_what_stood_there_is_held_back_and_what_is_new_is_not(
    repo: GitRepo, capsys: pytest.CaptureFixture[str]
) -> None:
    # The loop went and comes back, in a branch and with one line more.
    repo.commit({PATH: HEAD})
    new = OLD.replace("    for", "    if ids:\n        for").replace("        db", "            db")
    repo.write({PATH: HEAD + new + "            db.query(User).get(i)\n"})
    assert shown(capsys) == {
        (7, "held_back"): "in the baseline",
        (8, "held_back"): "in the baseline",
        (9, "inline"): "its lines are in the diff",
    }


def test_the_same_tree_gives_the_same_file(repo: GitRepo) -> None:
    before = (repo.folder / FILE).read_bytes()
    assert main.main(["baseline"]) == 0
    assert (repo.folder / FILE).read_bytes() == before


def test_one_that_cannot_be_written_is_called_by_its_name(repo: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    (repo.folder / FILE).unlink()
    (repo.folder / FILE).mkdir()
    assert main.main(["baseline"]) == 2
    assert capsys.readouterr().err.startswith(f"reviewbot: error: the baseline {repo.folder / FILE}: cannot write: ")


def test_stale_entries_are_named(repo: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["baseline", "--check"]) == 0
    repo.write({PATH: HEAD + OLD.replace("Role", "User")})
    capsys.readouterr()
    before = (repo.folder / FILE).read_bytes()
    assert main.main(["baseline", "--check"]) == 1
    out, err = capsys.readouterr()
    assert out.startswith(f"{PATH}: query-in-loop ")
    assert out.count("\n") == 1
    assert "2 findings, 1 no longer found; 1 found that are not in it" in err
    assert (repo.folder / FILE).read_bytes() == before


def test_what_is_ignored_in_the_code_needs_no_baseline(repo: GitRepo) -> None:
    repo.write({PATH: HEAD + OLD.replace(".get(i)\n", ".get(i)  # reviewbot: ignore[query-in-loop] few\n")})
    assert main.main(["baseline"]) == 0
    assert json.loads((repo.folder / FILE).read_text())["findings"] == {}


def test_another_name(repo: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.commit({PATH: HEAD})
    repo.write({".reviewbot.yml": "baseline: known.json\n", PATH: HEAD + OLD})
    assert (6, "inline") in shown(capsys)
    assert main.main(["review", "--repo", "."]) == 0
    assert "known.json: no such baseline; `reviewbot baseline` writes it" in capsys.readouterr().err
    assert main.main(["baseline"]) == 0
    assert set(shown(capsys).values()) == {"in the baseline"}


def test_it_is_not_written_through_a_link_that_leads_out(repo: GitRepo, tmp_path: Path) -> None:
    (repo.folder / FILE).unlink()
    (repo.folder / FILE).symlink_to(tmp_path / "elsewhere.json")
    assert main.main(["baseline"]) == 2
    assert not (tmp_path / "elsewhere.json").exists()


def test_outside_of_a_repository_there_is_none(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert main.main(["baseline"]) == 2
    assert "no git repository here" in capsys.readouterr().err


def test_what_a_branch_brings_itself_is_taken_in_with_a_warning(
    repo: GitRepo, capsys: pytest.CaptureFixture[str]
) -> None:
    repo.commit({"apps/api/tests/test_x.py": "def test_x() -> None:\n    assert 1 == 1\n"})
    capsys.readouterr()
    assert main.main(["baseline"]) == 0
    assert "a baseline is best made on" not in capsys.readouterr().err
    repo.git("checkout", "-q", "-b", "feature")
    body = "".join(f"    total_{n} = len(ids) + {n}\n" for n in range(12))
    head = '\ndef more(db: Session, ids: list[int]) -> None:\n    """More."""\n'
    more = f"{head}    for i in ids:\n        db.query(Role).get(i)\n{body}"
    repo.commit({PATH: HEAD + OLD + more})
    assert main.main(["baseline"]) == 0
    said = capsys.readouterr().err
    assert "3 findings, 1 of them new; 0 are gone" in said
    assert "1 of them is new on this branch: a baseline is best made on main, before the change" in said
    # That no test came along is about the change, and nothing that stands in a repository.
    assert "about this change as a whole, which no baseline holds: tests-not-changed" in said


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("[]", '1: must be keys and values, such as `"schema_version": 1` (write it anew with `reviewbot baseline`)'),
        ("{", "1: not valid JSON: Expecting property name enclosed in double quotes (write it anew with `rev"),
        (
            '{"schema_version": 1,\n"findings": {"a": ["b"]}}',
            "2: `findings.a`: must be keys and values (got ['b'])",
        ),
        (
            '{"schema_version": 1,\n"findings": {"a": {"b":\n["c", 3]}}}',
            "3: `findings.a.b.1`: must be text (got 3)",
        ),
        ('{"schema_version": 1,\n"finding": {}}', "2: unknown key `finding`; did you mean `findings`? (write it anew"),
        ('{"findings": {}}', "1: `schema_version` is missing (write it anew with `reviewbot baseline`)"),
        ('{"findings": {},\n"schema_version": 3}', "2: a baseline of version 3; this program reads version 1"),
        ('{"schema_version": 1}', "1: `findings` is missing (write it anew with `reviewbot baseline`)"),
        (
            '{"schema_version": 1, "findings": {\n"a": {"b": []},\n"a": {"c": []}}}',
            "3: `findings.a` stands here twice, first on line 2; keep one of them",
        ),
        ('{"schema_version": 2, "findings": {}}', "1: a baseline of version 2; this program reads version 1"),
    ],
)
def test_what_is_no_baseline_is_an_error(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        baseline.parsed(text, "x.json")
    assert without_column(error.value).startswith(f"x.json:{says}")


def test_the_order_of_findings_does_not_matter() -> None:
    some = [finding(path=path, fingerprint=path * 2, check=check) for path in ("b", "a") for check in ("y", "x")]
    assert baseline.rendered(some) == baseline.rendered(reversed(some))
    assert list(json.loads(baseline.rendered(some))["findings"]) == ["a", "b"]


def test_the_file_is_one_that_people_can_read_and_compare() -> None:
    text = baseline.rendered([finding(path="app/größe.py", check="x", fingerprint="0a")])
    assert text == (
        '{\n "schema_version": 1,\n "findings": {\n  "app/größe.py": {\n   "x": [\n    "0a"\n   ]\n  }\n }\n}\n'
    )
    assert baseline.parsed(text, "x.json") == {"0a": ("app/größe.py", "x")}
