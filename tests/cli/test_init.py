"""`reviewbot init` writes what the docs show, and a configuration of which most is commented out."""

from __future__ import annotations

import json
import os
import pty
import re
import select
from contextlib import contextmanager
from dataclasses import fields
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from gitrepo import GitRepo

from reviewbot import ADDRESS, TAG, USES
from reviewbot.checks import catalog, selection
from reviewbot.cli import main
from reviewbot.cli.commands.init import file_of
from reviewbot.cli.parser import WORKFLOWS
from reviewbot.core.finding import Threshold
from reviewbot.settings import config
from reviewbot.settings.origin import installed_from

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

ROOT = Path(__file__).parents[2]
OURS = f"acme/reviewbot@{TAG}"


@contextmanager
def typed(answers: str) -> Iterator[Callable[[], str]]:
    """Sit at a terminal and type; give what it has shown."""
    outer, inner = pty.openpty()
    shown = b""

    def so_far() -> str:
        nonlocal shown
        while select.select([outer], [], [], 0)[0]:
            shown += os.read(outer, 10_000)
        return shown.decode().replace("\r\n", "\n")

    os.write(outer, answers.encode())
    with (
        pytest.MonkeyPatch.context() as patch,
        os.fdopen(inner, "r") as typing,
        os.fdopen(os.dup(inner), "w", buffering=1) as talking,
    ):
        patch.setattr("sys.stdin", typing)
        patch.setattr("sys.stderr", talking)
        patch.setenv("TERM", "dumb")
        yield so_far
    os.close(outer)


LINKED = (".github", ".github/workflows", ".github/workflows/reviewbot.yml", ".reviewbot.yml")


def init(folder: Path, *args: str) -> int:
    if folder.is_dir() and not (folder / ".git").exists():
        GitRepo(folder)
    return main.main(["init", "--repo", str(folder), "--action", OURS, *args])


def docs(name: str) -> str:
    text = (ROOT / "docs" / "workflows" / f"{name}.yml").read_text(encoding="utf-8")
    return text.replace(ADDRESS, "acme/reviewbot")


@pytest.mark.parametrize("workflow", [name for name in WORKFLOWS if name != "forks-in-two-jobs"])
def test_it_writes_a_workflow_of_the_docs(workflow: str, tmp_path: Path) -> None:
    assert init(tmp_path, "--workflow", workflow) == 0
    written = (tmp_path / file_of(workflow)).read_text(encoding="utf-8")
    assert written == docs(workflow)
    assert f"uses: {OURS}\n" in written


def test_what_is_meant_to_stand_beside_another_has_a_file_of_its_own(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    for workflow in ("same-repository", "comment-trigger", "manual"):
        assert init(tmp_path, "--workflow", workflow) == 0
    written = {path.name: path.read_text(encoding="utf-8") for path in (tmp_path / ".github/workflows").iterdir()}
    assert written == {
        "reviewbot.yml": docs("same-repository"),
        "reviewbot-comment.yml": docs("comment-trigger"),
        "reviewbot-manual.yml": docs("manual"),
    }
    # Two that review the same pushes would do so twice.
    assert init(tmp_path, "--workflow", "public-with-forks") == 2
    assert "reviewbot.yml: there already and different" in capsys.readouterr().err


@pytest.mark.parametrize("path", sorted((ROOT / "docs" / "workflows").glob("*.yml")), ids=lambda path: path.stem)
def test_the_head_of_a_workflow_says_where_it_is_written(path: Path) -> None:
    said = re.search(r"^# `reviewbot init --workflow (\S+)` writes it to (\S+)\.$", path.read_text(), re.MULTILINE)
    assert said is not None
    assert said[1] in WORKFLOWS
    assert said[2] == file_of(path.stem).as_posix()


def test_it_writes_the_pair_that_works_together_only(tmp_path: Path) -> None:
    assert init(tmp_path, "--workflow", "forks-in-two-jobs") == 0
    folder = tmp_path / ".github" / "workflows"
    assert (folder / "reviewbot.yml").read_text(encoding="utf-8") == docs("review-forks")
    assert (folder / "reviewbot-post.yml").read_text(encoding="utf-8") == docs("post-forks")


def test_it_offers_every_workflow_of_the_docs() -> None:
    offered = {*WORKFLOWS, "review-forks", "post-forks"} - {"forks-in-two-jobs"}
    assert offered == {path.stem for path in (ROOT / "docs" / "workflows").glob("*.yml")}


def test_no_address_is_written_that_a_stranger_could_take(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    GitRepo(tmp_path)
    assert main.main(["init", "--repo", str(tmp_path)]) == 2
    assert f"`reviewbot init --action {USES}`" in capsys.readouterr().err
    assert main.main(["init", "--repo", str(tmp_path), "--action", "acme"]) == 2
    assert "--action acme: not an address" in capsys.readouterr().err
    # What is only shown may have the name that stands for another.
    assert main.main(["init", "--repo", str(tmp_path), "--dry-run"]) == 0
    out, err = capsys.readouterr()
    assert f"uses: {USES}\n" in out
    assert "fail_on: high" in out
    assert f"name it with --action {USES}" in err
    assert "ls-remote" not in err
    assert [path.name for path in tmp_path.iterdir()] == [".git"]


def test_at_a_terminal_it_asks_where_the_action_is(tmp_path: Path) -> None:
    GitRepo(tmp_path)
    with typed("acme\nOWNER/reviewbot@v0\nacme/reviewbot@v0\n") as shown:
        assert main.main(["init", "--repo", str(tmp_path)]) == 0
        said = shown()
    assert said.count(f"Which repository has the Action, and at which revision ({USES})?") == 3
    assert "acme: not an address such as" in said
    assert "uses: acme/reviewbot@v0\n" in (tmp_path / ".github" / "workflows" / "reviewbot.yml").read_text()


def test_an_empty_answer_writes_nothing(tmp_path: Path) -> None:
    GitRepo(tmp_path)
    with typed("\n") as shown:
        assert main.main(["init", "--repo", str(tmp_path)]) == 2
        assert f"`reviewbot init --action {USES}`" in shown()
    assert [path.name for path in tmp_path.iterdir()] == [".git"]


def test_outside_of_a_repository_nothing_is_written_unasked(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    command = ["init", "--repo", str(tmp_path), "--action", OURS]
    assert main.main(command) == 2
    assert "no git repository, and only in one a workflow counts" in capsys.readouterr().err
    assert list(tmp_path.iterdir()) == []
    assert main.main([*command, "--dry-run"]) == 0
    assert list(tmp_path.iterdir()) == []
    assert main.main([*command, "--force"]) == 0
    assert (tmp_path / ".reviewbot.yml").exists()


def test_a_tag_that_can_be_moved_is_advised_against(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert init(tmp_path, "--dry-run") == 0
    assert f"`git ls-remote https://github.com/acme/reviewbot {TAG}` gives" in capsys.readouterr().err
    pinned = ["init", "--repo", str(tmp_path), "--dry-run", "--action", f"acme/reviewbot@{'f' * 40}"]
    assert main.main(pinned) == 0
    assert "ls-remote" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("told", "address"),
    [
        ({"url": "https://github.com/acme/bot.git", "vcs_info": {"commit_id": "f" * 40}}, f"acme/bot@{'f' * 40}"),
        ({"url": "https://git.acme.example/acme/bot.git", "vcs_info": {"commit_id": "f" * 40}}, None),
        ({"url": "https://github.com/acme/bot.git", "vcs_info": {"commit_id": "main"}}, None),
        ({"url": "file:///a/checkout", "dir_info": {"editable": True}}, None),
        ({"url": "https://github.com/acme/bot/archive/x.zip", "archive_info": {}}, None),
        (None, None),
    ],
)
def test_the_address_is_where_it_was_installed_from(
    told: dict[str, object] | None, address: str | None, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "reviewbot-1.dist-info").mkdir()
    (tmp_path / "reviewbot-1.dist-info" / "METADATA").write_text("Metadata-Version: 2.1\nName: reviewbot\nVersion: 1\n")
    if told is not None:
        (tmp_path / "reviewbot-1.dist-info" / "direct_url.json").write_text(json.dumps(told))
    monkeypatch.syspath_prepend(tmp_path)
    assert installed_from() == address


def test_from_any_folder_it_finds_the_root_and_what_is_there_stays(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.commit({"app/x.py": "a = 1\n", ".reviewbot.yml": "fail_on: low\n"})
    monkeypatch.chdir(repo.folder / "app")
    action = ["--action", OURS]
    assert main.main(["init", *action, "--dry-run"]) == 0
    assert f"uses: {OURS}" in capsys.readouterr().out
    assert not (repo.folder / ".github").exists()
    assert main.main(["init", *action]) == 0
    said = capsys.readouterr().err
    assert "reviewbot.yml: there already, and left as it is" in said
    assert "require_review" not in said
    assert (repo.folder / ".reviewbot.yml").read_text() == "fail_on: low\n"
    assert main.main(["init", *action]) == 0
    assert "nothing to write: everything is there already" in capsys.readouterr().err
    assert main.main(["init", "--action", "acme/reviewbot@other"]) == 2
    assert "there already and different, so nothing was written; --force overwrites" in capsys.readouterr().err
    assert main.main(["init", "--action", "acme/reviewbot@other", "--force"]) == 0
    assert "acme/reviewbot@other" in (repo.folder / ".github" / "workflows" / "reviewbot.yml").read_text()


def test_the_configuration_has_every_key_and_asks_for_a_review_that_happened(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert init(tmp_path) == 0
    said = "the job then fails for findings of high and above (`fail_on: high`), and where nothing looked at code"
    assert said in capsys.readouterr().err
    text = (tmp_path / ".reviewbot.yml").read_text(encoding="utf-8")
    assert config.parse(text) == config.Config(fail_on=Threshold.HIGH, require_review="where-possible")
    keys = re.findall(r"^(?:# )?(\w+):", text, re.MULTILINE)
    assert sorted(keys) == sorted(field.name for field in fields(config.Config))
    # A line of prose begins with a capital or goes on; a line of YAML begins with a key, or is indented below one.
    uncommented = re.sub(r"^# (?=\w+:|  )", "", text, flags=re.MULTILINE)
    whole = config.parse(uncommented)
    assert whole.fail_on is Threshold.HIGH
    assert len(whole.pins) == 2
    assert selection.controlled(catalog.load(), whole.checks).off == ("route-trailing-slash",)


@pytest.mark.parametrize(
    "linked", [".github", ".github/workflows", ".github/workflows/reviewbot.yml", ".reviewbot.yml"]
)
@pytest.mark.parametrize("force", [(), ("--force",)])
def test_nothing_is_written_through_a_link(tmp_path: Path, linked: str, force: tuple[str, ...]) -> None:
    repo, outside = GitRepo(tmp_path / "repo"), tmp_path / "outside"
    (outside / "workflows").mkdir(parents=True)
    (outside / "file.yml").write_text("mine: true\n")
    link = repo.folder / linked
    link.parent.mkdir(parents=True, exist_ok=True)
    link.symlink_to(outside / "file.yml" if linked.endswith(".yml") else outside)
    init(repo.folder, *force)
    assert (outside / "file.yml").read_text() == "mine: true\n"
    assert sorted(path.name for path in outside.rglob("*")) == ["file.yml", "workflows"]


def test_a_folder_that_is_not_there(tmp_path: Path) -> None:
    assert init(tmp_path / "x") == 2


RUST = "---\nname: rust-pro\ndescription: Reviews Rust\n---\n## Checklist\n- No unwrap\n"
PYTHON = "---\nname: fastapi-pro\ndescription: Reviews FastAPI and SQLAlchemy\n---\n## Checklist\n- No N+1 queries\n"
BROKEN = "---\nname: bad\nstack: {signals: [{kind: smell, pattern: x, weight: 1}]}\n---\nText\n"
SERVICE = "from sqlalchemy.orm import Session\n\n\ndef area(db: Session) -> int:\n    return {}\n"


def history(folder: Path, agents: dict[str, str | bytes | None]) -> None:
    """Make a repository with agents of its own, three commits of services, one of Rust, one of Vue and one of words."""
    repo = GitRepo(folder)
    repo.commit({"README.md": "# A\n", "requirements.txt": "fastapi\nsqlalchemy\n", **agents})
    for number in range(3):
        repo.commit({"app/services/areas.py": SERVICE.format(number)})
    repo.commit({"core/src/lib.rs": "fn main() {}\n"})
    repo.commit({"web/app.vue": "<template/>\n"})
    repo.commit({"README.md": "# B\n"})


@pytest.mark.parametrize(
    ("agents", "says", "setting"),
    [
        (
            {},
            [
                "with the agents that come with reviewbot: 3 of the last 6 commits would be reviewed, by {ours} (3)",
                "seen in them: fastapi, sqlalchemy ({ours})",
                "the checks alone would have said of them: no findings",
            ],
            (),
        ),
        (
            {".claude/agents/f.md": PYTHON},
            ["with agents_dir: [.claude/agents]: 3 of the last 6 commits would be reviewed, by fastapi-pro (3)"],
            (".claude/agents",),
        ),
        (
            {".claude/agents/r.md": RUST},
            [
                "[.claude/agents]: 4 of the last 6 commits would be reviewed, by {general} (3), rust-pro (1)",
                "[.claude/agents, bundled]: 4 of the last 6 commits would be reviewed, by {ours} (3), rust-pro (1);",
                "; 1 of them by Claude alone, since the checks read only Python; 1 other has no code;",
                "; nobody would look at web/app.vue",
            ],
            (".claude/agents", "bundled"),
        ),
        (
            {".claude/agents/bad.md": BROKEN},
            ["bad.md:3: ", "with the agents that come with reviewbot: 3 of the last 6 commits"],
            (),
        ),
    ],
    ids=["none", "enough", "not enough", "broken"],
)
def test_agents_of_the_repository_are_tried_on_its_last_commits(
    agents: dict[str, str | bytes | None],
    says: list[str],
    setting: tuple[str, ...],
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    history(tmp_path, agents)
    assert init(tmp_path) == 0
    said = capsys.readouterr().err
    before, _, _ = said.partition("written")
    names = {"ours": "sinag-backend-architect", "general": "python-backend-reviewer"}
    assert [words for words in says if words.format(**names) not in before] == [], before
    written = config.parse((tmp_path / ".reviewbot.yml").read_text(encoding="utf-8"))
    assert written == config.Config(fail_on=Threshold.HIGH, require_review="where-possible", agents_dir=setting)
    assert main.main(["agents", "list", "--config", str(tmp_path / ".reviewbot.yml")]) == 0


def test_only_the_last_ten_commits_are_tried(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    repo = GitRepo(tmp_path)
    for number in range(12):
        repo.commit({"core/lib.rs": f"// {number}\n"})
    assert init(tmp_path) == 0
    said = capsys.readouterr().err
    assert "0 of the last 10 commits would be reviewed; nobody would look at core/lib.rs" in said


@pytest.mark.parametrize(
    ("commits", "says"), [(None, "there are no commits yet"), (1, "there is no commit after the first one yet")]
)
def test_without_a_history_the_files_are_written_all_the_same(
    commits: int | None, says: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    if commits:
        GitRepo(tmp_path).commit({"a.py": "x = 1\n"})
    (tmp_path / ".claude" / "agents").mkdir(parents=True)
    (tmp_path / ".claude" / "agents" / "r.md").write_text(RUST, encoding="utf-8")
    assert init(tmp_path) == 0
    assert says in capsys.readouterr().err
    assert config.parse((tmp_path / ".reviewbot.yml").read_text()).agents_dir == (".claude/agents",)
