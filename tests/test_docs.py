"""The docs say what the program does."""

from __future__ import annotations

import ast
import re
import subprocess
import sys
from pathlib import Path

import generate_docs
import pytest

from reviewbot import ADDRESS, USES
from reviewbot.checks import rule_files
from reviewbot.core import forms
from reviewbot.review.evaluation import cases
from reviewbot.settings import config

ROOT = Path(__file__).parent.parent
PAGES = [ROOT / "README.md", ROOT / "CHANGELOG.md", *sorted((ROOT / "docs").rglob("*.md"))]
PAGES += [ROOT / "tests" / "README.md", ROOT / "examples" / "README.md", *sorted((ROOT / ".github").glob("*.md"))]


def test_checks_that_are_gone_have_no_page() -> None:
    assert generate_docs.strays() == []


@pytest.mark.parametrize("page", generate_docs.PAGES)
def test_generated_pages_are_up_to_date(page: str) -> None:
    if page == "command-line.md" and sys.version_info[:2] != (3, 11):
        pytest.skip("argparse words its help differently in each version of Python; the page is of 3.11")
    written = (generate_docs.DOCS / page).read_text(encoding="utf-8")
    assert written == generate_docs.PAGES[page](), "run `make docs`"


@pytest.mark.parametrize("kind", [config.Config, config.Control, rule_files.Metadata, rule_files.RuleFile, cases.Case])
def test_every_key_says_what_it_means(kind: type) -> None:
    assert forms.described(kind).keys() == forms.schema(kind, "")["properties"].keys()


def test_the_formats_of_the_help_are_the_reporters() -> None:
    from reviewbot.cli.parser import FORMATS
    from reviewbot.output import formats

    assert FORMATS == formats.FORMATS
    for name in formats.FORMATS:
        assert (ROOT / "reviewbot" / "output" / "formats" / f"{name}.py").exists()


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.name)
def test_links_lead_somewhere(page: Path) -> None:
    for target in re.findall(r"\]\(([^)#\s]+)", page.read_text(encoding="utf-8")):
        if "://" not in target:
            assert (page.parent / target).exists(), target


def tracked() -> list[Path]:
    done = subprocess.run(["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=False)
    if done.returncode:
        pytest.skip("not a git checkout")
    return [ROOT / name for name in done.stdout.splitlines() if (ROOT / name).is_file()]


def test_no_file_names_a_package_registry_or_a_path_of_one_machine() -> None:
    # Written in pieces, so that this file does not name them either.
    hosts = "|".join(("pythonhoste" + "d", "pyp" + r"i\.org", "npm" + r"js\.", "debi" + r"an\.org"))
    paths = r"(?<![\w.])/(?:wor" + r"k|root|fa" + r"rm)/"
    for file in tracked():
        text = file.read_text(encoding="utf-8", errors="replace")
        assert not re.search(hosts, text), file
        assert not re.search(paths, text), file


def test_the_finding_in_the_quick_start_is_real() -> None:
    page = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    (shown,) = re.findall(r"<!-- from: (.+?) -->\n```text\n(.*?)```", page, re.DOTALL)
    command, block = shown
    args = command.split()[1:]
    done = subprocess.run([sys.executable, "-m", "reviewbot", *args], cwd=ROOT, capture_output=True, check=True)
    assert block in done.stdout.decode()


def texts_of_the_program() -> list[str]:
    """Give every text in the code, with … for what is put into it, and without backticks."""
    found = []
    for path in sorted((ROOT / "reviewbot").rglob("*.py")):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            if isinstance(node, ast.JoinedStr):
                found.append("".join(str(p.value) if isinstance(p, ast.Constant) else "…" for p in node.values))
            elif isinstance(node, ast.Constant) and isinstance(node.value, str):
                found.append(re.sub(r"\{\w*\}", "…", node.value))
    return [text.replace("`", "") for text in found]


def test_troubleshooting_goes_by_messages_of_the_program() -> None:
    page = (ROOT / "docs" / "troubleshooting.md").read_text(encoding="utf-8")
    quoted = re.findall(r"^\| `(.+?)` \|", page, re.MULTILINE)
    assert len(quoted) > 20
    texts = texts_of_the_program()
    for message in quoted:
        assert any(message.strip("… ") in text for text in texts), message


def claims(page: str) -> list[str]:
    """Give the rows, list items and paragraphs of the parts that claim something."""
    found: list[str] = []
    for section in page.split("\n## ")[1:]:
        heading, _, text = section.partition("\n")
        if heading in {"What is protected", "What is not promised"}:
            continue
        for block in filter(None, (block.strip() for block in text.split("\n\n"))):
            lines = re.sub(r"\n {2}", " ", block).split("\n")
            found += lines[2:] if block.startswith("|") else lines if block.startswith("- ") else [" ".join(lines)]
    return found


def test_the_security_page_claims_nothing_that_no_test_tries() -> None:
    said = claims((ROOT / "docs" / "security.md").read_text(encoding="utf-8"))
    assert len(said) > 60
    tests = (ROOT / "docs" / "security-tests.md").read_text(encoding="utf-8")
    tried = {int(row[1]): row[2] for row in re.finditer(r"^- \*\*(\d+)\*\* (.+)$", tests, re.MULTILINE)}
    for number, claim in enumerate(said, start=1):
        assert claim.endswith((f" | {number} |", f" (tests: {number})")), claim
        names = re.findall(r"`([\w/]+\.py)::(test_\w+)`", tried.pop(number))
        assert names, claim
        for file, name in names:
            assert f"def {name}(" in (ROOT / "tests" / file).read_text(encoding="utf-8"), (file, name)
    assert tried == {}


def test_one_place_says_where_the_action_is_and_by_which_tag() -> None:
    named = 0
    for page in [*PAGES, *(ROOT / "docs" / "workflows").glob("*.yml"), ROOT / "mkdocs.yml"]:
        text = page.read_text(encoding="utf-8")
        named += text.count(ADDRESS)
        for used in re.findall(r"[\w.-]+/reviewbot(?:/composite)?@v\d[\w.]*", text):
            assert used.replace("/composite", "") == USES, page
        for owner in re.findall(r"github\.com/([\w.-]+)/reviewbot\b", text):
            assert f"{owner}/reviewbot" == ADDRESS, page
    assert named


def test_the_readme_is_one_screen() -> None:
    lines = (ROOT / "README.md").read_text(encoding="utf-8").splitlines()
    assert len(lines) <= 45
    assert [path.name for path in (ROOT / "docs" / "images").glob("*") if path.stat().st_size > 150_000] == []
