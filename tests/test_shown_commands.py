"""Every command that a page shows is run, on a repository with a pull request, beside stand-ins; or it says why not."""

from __future__ import annotations

import re
import shlex
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import generate_docs
import program
import pytest
from fakeclaude import FakeClaude
from fakeclaude.reviewer import Reviewer
from pullrequests import API, UNSAFE, PullRequest, service

from reviewbot import ADDRESS
from reviewbot.cli import parser as commands

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").rglob("*.md")),
    *sorted((ROOT / ".github").glob("*.md")),
    *(ROOT / folder / "README.md" for folder in ("bench", "examples", "tests")),
]
BLOCK = re.compile(r"^ *```(?:console|sh|bash|shell)\n(.*?)^ *```", re.DOTALL | re.MULTILINE)
INSTALLED = f"git+https://github.com/{ADDRESS}"
# Commands that no test can run, and why.
CANNOT = {
    f"pipx install {INSTALLED}": "it asks a network; .ci/run installs from the checkout instead",
    "export ANTHROPIC_API_KEY=…": "a setting",
    "export GITHUB_TOKEN=$(gh auth token)": "a setting, by GitHub's own program",
    'git tag -a v1.2.3 -m "reviewbot 1.2.3"': "a release",
    "git push origin v1.2.3": "a release",
    ".venv/bin/pytest tests/checks -k query-in-loop": "it is one of the tests that run",
}
PR = "OWNER/REPO#12"


def shown() -> list[str]:
    """Give every command that a page shows, once, without its comment."""
    lines = [
        re.split(r"\s+# ", line.strip())[0].strip().removeprefix("$ ")
        for page in PAGES
        for block in BLOCK.findall(page.read_text(encoding="utf-8"))
        for line in block.splitlines()
        # What stands below a command with a prompt is what it prints.
        if line.strip() and (line.strip().startswith("$ ") or "$ " not in block)
    ]
    return list(dict.fromkeys(lines))


SHOWN = shown()
MAKES = [line for line in SHOWN if line.startswith("make ")]
RUNS = [line for line in SHOWN if line not in MAKES and line not in CANNOT]


@dataclass(frozen=True)
class Place:
    """Where the commands are run."""

    pull: PullRequest
    environment: dict[str, str]

    @property
    def folder(self) -> Path:
        """The folder that they are run in."""
        return self.pull.repo.folder


@pytest.fixture(scope="module")
def place(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Place]:
    """Give a repository with everything that the pages speak of: a branch, a pull request, a team's check, a review."""
    text = (ROOT / "docs" / "writing-a-check.md").read_text(encoding="utf-8")
    checks = dict(re.findall(r"<!-- file: (.+?) -->\n```yaml\n(.*?)```", text, re.DOTALL))
    examples = {
        f"examples/{path.name}": path.read_text(encoding="utf-8") for path in (ROOT / "examples").glob("*.diff")
    }
    folder = tmp_path_factory.mktemp("shown")
    # What pip notes of where a program came from.
    noted = folder / "installed" / "reviewbot-1.dist-info"
    noted.mkdir(parents=True)
    (noted / "METADATA").write_text("Metadata-Version: 2.1\nName: reviewbot\nVersion: 1\n")
    (noted / "direct_url.json").write_text(
        f'{{"url": "https://github.com/acme/bot", "vcs_info": {{"commit_id": "{"a" * 40}"}}}}'
    )
    files = {f"{API}/services/areas.py": service("areas", UNSAFE)}
    with PullRequest(folder, files, {**checks, **examples}) as pull, FakeClaude(Reviewer()) as claude:
        pull.repo.git("checkout", "-q", "feature")
        asked = ("review", "--pr", f"acme/app#{pull.number}", "--engine", "checks", "--output", "review.json")
        made = program.inside(*asked, cwd=pull.repo.folder, environment=pull.laptop())
        assert made.code == 0, made.stderr
        yield Place(pull, {**pull.laptop(), "ANTHROPIC_API_KEY": claude.key, "ANTHROPIC_BASE_URL": claude.url})


@pytest.mark.parametrize("line", RUNS)
def test_it_does_what_the_page_shows(line: str, place: Place, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.syspath_prepend(place.pull.folder / "installed")
    place.pull.repo.git("clean", "-fdq", "--exclude=review.json")
    words = line.replace(f"uvx --from {INSTALLED} reviewbot", "reviewbot").replace(PR, f"acme/app#{place.pull.number}")
    before, _, command = words.rpartition("| ")
    command = command.removesuffix(">/dev/null").strip()
    stdin = b""
    if before:
        stdin = subprocess.run(shlex.split(before), cwd=place.folder, capture_output=True, check=True).stdout
        assert stdin
    name, *arguments = shlex.split(command)
    assert name == "reviewbot", "a command of another program: say in CANNOT why it is not run"
    ended = program.inside(*arguments, stdin=stdin, cwd=place.folder, environment=place.environment)
    assert ended.code == 0, ended.stderr
    assert ended.stdout or ended.stderr


@pytest.mark.parametrize("line", MAKES)
def test_its_target_is_there(line: str) -> None:
    # Not run: it would set everything up, and some of them run the tests. `.ci/run` runs demo, lint, site and test.
    subprocess.run([*shlex.split(line), "--dry-run"], cwd=ROOT, check=True, capture_output=True)


def test_what_cannot_be_run_is_shown_somewhere() -> None:
    assert set(CANNOT) <= set(SHOWN)


def test_a_command_in_the_text_has_the_options_it_names() -> None:
    parsers = generate_docs.parsers("reviewbot", commands.parser())
    known = {name: set(one._option_string_actions) for name, one in parsers}  # noqa: SLF001 - argparse tells nobody else
    found = 0
    # What that page has in backticks is what the program says.
    for page in (page for page in PAGES if page.name != "faults.md"):
        for command in re.findall(r"`(reviewbot [a-z][^`\n]*)`", page.read_text(encoding="utf-8")):
            words = command.split()
            depth = max(n for n in (1, 2, 3) if " ".join(words[:n]) in known)
            assert depth > 1, (page, command)
            options = {word.partition("=")[0] for word in words if word.startswith("--")}
            assert options <= known[" ".join(words[:depth])], (page, command)
            found += 1
    assert found > 50
