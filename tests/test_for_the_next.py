"""What the pages for whoever comes next name is there: files, folders, targets of make, versions."""

from __future__ import annotations

import re
import tomllib
from pathlib import Path

import pytest

import reviewbot

ROOT = Path(__file__).parents[1]
PAGES = [
    ROOT / ".github" / "CONTRIBUTING.md",
    ROOT / "docs" / "releasing.md",
    *sorted((ROOT / "docs" / "decisions").glob("*.md")),
    ROOT / "tests" / "README.md",
]
EACH = pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
_PATH = re.compile(r"`([\w.-]+(?:/[\w.-]+)*(?:/|\.(?:py|md|ya?ml|json|toml|diff)))`")
# Those of a team's own repository, what a target of make leaves behind, and what stands for any name.
_ELSEWHERE = re.compile(r"^\.reviewbot\b|^build/|\bNAME\b")


def prose(page: Path) -> str:
    """Give a page without its examples."""
    return re.sub(r"^( *)```.*?^\1```$", "", page.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)


@EACH
def test_files_and_folders_are_there(page: Path) -> None:
    for name in _PATH.findall(prose(page)):
        if _ELSEWHERE.search(name):
            continue
        there = [ROOT / name, ROOT / "tests" / name]
        if "/" not in name.rstrip("/"):
            there += [
                found for top in ("reviewbot", "tests", "bench") for found in (ROOT / top).rglob(name.rstrip("/"))
            ]
        assert any(path.is_dir() if name.endswith("/") else path.is_file() for path in there), name


@EACH
def test_targets_of_make_are_there(page: Path) -> None:
    targets = re.findall(r"^([a-z]+):", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE)
    assert set(re.findall(r"(?:`|\$ )make ([a-z]+)", page.read_text(encoding="utf-8"))) <= set(targets)


def test_every_folder_of_tests_is_on_their_page() -> None:
    text = (ROOT / "tests" / "README.md").read_text(encoding="utf-8")
    folders = {path.name for path in (ROOT / "tests").iterdir() if path.is_dir() and path.name != "__pycache__"}
    assert {name for name in folders if f"`{name}/`" not in text} == set()
    assert folders >= {path.parent.name for path in (ROOT / "reviewbot").glob("*/__init__.py")}


def test_every_decision_is_listed_and_says_what_a_record_says() -> None:
    listed = (ROOT / "docs" / "decisions" / "README.md").read_text(encoding="utf-8")
    for page in sorted((ROOT / "docs" / "decisions").glob("0*.md")):
        assert f"]({page.name})" in listed
        text = page.read_text(encoding="utf-8")
        assert text.startswith(f"# {page.name[:4]}: ")
        assert re.findall(r"^\*\*(.+?)\.?\*\*", text, re.MULTILINE) == ["Decided", "Why", "Costs", "Think again when"]


def test_the_version_is_the_same_in_both_places() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    assert project["version"] == reviewbot.__version__
