"""The fake shows a diff as GitHub does."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from fakegithub.stage import Stage, lines

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path


@pytest.fixture
def stage(tmp_path: Path) -> Iterator[Stage]:
    with Stage(tmp_path) as stage:
        yield stage


def files(stage: Stage) -> dict[str, dict[str, Any]]:
    return {one["filename"]: one for one in stage.bot.get(f"{stage.pull_path}/files?per_page=100")}


def test_kinds_of_files(stage: Stage) -> None:
    stage.repo.git("checkout", "-q", "main")
    stage.repo.commit({"a.txt": lines(), "run.sh": "true\n", "link": "text\n"})
    stage.repo.git("checkout", "-q", "feature")
    stage.repo.git("merge", "-q", "main")
    stage.repo.git("mv", "a.txt", "b.txt")
    (stage.repo.folder / "run.sh").chmod(0o755)
    (stage.repo.folder / "link").unlink()
    (stage.repo.folder / "link").symlink_to("app.py")
    stage.repo.commit({"b.txt": lines({5: "five\n"})})
    found = files(stage)
    assert {path: one["status"] for path, one in found.items()} == {
        "app.py": "modified",
        "b.txt": "renamed",
        "bin.dat": "modified",
        "link": "changed",
        "new/file.py": "added",
        "old.py": "removed",
        "run.sh": "changed",
    }
    assert found["b.txt"]["previous_filename"] == "a.txt"
    assert "patch" not in found["bin.dat"]
    assert "patch" not in found["run.sh"]
    assert found["new/file.py"]["patch"] == "@@ -0,0 +1,2 @@\n+x = 1\n+y = 2"
    assert (found["app.py"]["additions"], found["app.py"]["deletions"], found["app.py"]["changes"]) == (3, 3, 6)
    head = stage.repo.git("rev-parse", "HEAD:app.py").decode().strip()
    gone = stage.repo.git("rev-parse", "main:old.py").decode().strip()
    assert (found["app.py"]["sha"], found["old.py"]["sha"]) == (head, gone)


def test_hunks_one_line_apart_are_merged(stage: Stage) -> None:
    # Three lines of context each, and one line between: git alone would show two hunks.
    stage.repo.commit({"app.py": lines({10: "a\n", 18: "b\n", 30: "c\n", 39: "d\n"})})
    patch = files(stage)["app.py"]["patch"]
    assert patch.count("\n@@ ") + 1 == 3
    assert "@@ -7,15 +7,15 @@" in patch


def test_large_patches_are_left_out(stage: Stage) -> None:
    stage.repo.commit(
        {"long.txt": lines(count=3_001), "wide.txt": "x" * 100_001 + "\n", "fits.txt": lines(count=2_999)}
    )
    found = files(stage)
    assert "patch" not in found["long.txt"]
    assert found["long.txt"]["additions"] == 3_001
    assert "patch" not in found["wide.txt"]
    assert "patch" in found["fits.txt"]


def test_after_a_megabyte_nothing_is_shown(stage: Stage) -> None:
    stage.repo.commit({f"f{number:02}.txt": "x" * 90_000 + "\n" for number in range(15)})
    found = files(stage)
    shown = [path for path, one in found.items() if path.startswith("f") and "patch" in one]
    hidden = [one for path, one in found.items() if path.startswith("f") and "patch" not in one]
    assert len(shown) == 11
    assert {(one["additions"], one["deletions"], one["changes"]) for one in hidden} == {(0, 0, 0)}
    assert "patch" not in found["new/file.py"]


def test_pages_of_files_and_their_limit(stage: Stage) -> None:
    stage.repo.commit({f"many/{number:03}.txt": "x\n" for number in range(120)})
    first = stage.bot.ask("GET", f"{stage.pull_path}/files?per_page=100")
    assert len(first.json) == 100
    assert 'rel="next"' in first.headers["link"]
    assert len(stage.bot.get(f"{stage.pull_path}/files?per_page=100&page=2")) == 24
    stage.fake.limits.files = 110
    assert len(stage.bot.get(f"{stage.pull_path}/files?per_page=100&page=2")) == 10
    assert stage.bot.get(stage.pull_path)["changed_files"] == 124


def test_the_diff_of_a_pull_request(stage: Stage) -> None:
    accept = {"accept": "application/vnd.github.v3.diff"}
    reply = stage.bot.ask("GET", stage.pull_path, **accept)
    expected = stage.repo.git("diff", "--full-index", "--inter-hunk-context=1", "main...feature").decode()
    assert reply.text == expected
    assert reply.headers["content-type"].startswith("application/vnd.github.v3.diff")
    stage.fake.limits.diff_files = 3
    refused = stage.bot.ask("GET", stage.pull_path, **accept)
    assert (refused.status, refused.json["errors"][0]["code"]) == (406, "too_large")
    stage.fake.limits.diff_files, stage.fake.limits.diff_lines = 300, 20
    assert stage.bot.ask("GET", stage.pull_path, **accept).status == 406


def test_the_diff_begins_at_the_merge_base(stage: Stage) -> None:
    stage.repo.git("checkout", "-q", "main")
    tip = stage.repo.commit({"else.py": "on main\n"})
    assert "else.py" not in files(stage)
    answer = stage.bot.get(f"{stage.repo_path}/compare/main...feature")
    assert (answer["status"], answer["ahead_by"], answer["behind_by"]) == ("diverged", 1, 1)
    assert answer["merge_base_commit"]["sha"] == stage.base
    assert answer["base_commit"]["sha"] == tip
    assert len(answer["files"]) == 4
    pull = stage.bot.get(stage.pull_path)
    assert (pull["base"]["sha"], pull["head"]["sha"]) == (stage.base, stage.head)


def test_a_comparison_has_files_on_its_first_page_only(stage: Stage) -> None:
    for number in range(3):
        stage.repo.commit({f"more{number}.py": "x\n"})
    path = f"{stage.repo_path}/compare/main...feature?per_page=2"
    first, second = stage.bot.get(path), stage.bot.get(f"{path}&page=2")
    assert (len(first["commits"]), len(second["commits"]), first["total_commits"]) == (2, 2, 4)
    assert len(first["files"]) == 7
    assert "files" not in second
    assert second["merge_base_commit"]["sha"] == stage.base
    stage.fake.limits.compare_files = 5
    assert len(stage.bot.get(path)["files"]) == 5


def test_the_head_follows_the_branch_until_it_is_pinned_or_gone(stage: Stage) -> None:
    second = stage.repo.commit({"app.py": "x\n"})
    assert stage.bot.get(stage.pull_path)["head"]["sha"] == second
    stage.fake.pull(1).head_sha = stage.head
    assert stage.bot.get(stage.pull_path)["head"]["sha"] == stage.head
    stage.fake.pull(1).head_sha = None
    stage.bot.get(stage.pull_path)
    stage.repo.git("checkout", "-q", "main")
    stage.repo.git("branch", "-q", "-D", "feature")
    assert stage.bot.get(stage.pull_path)["head"]["sha"] == second


def test_a_fork(stage: Stage) -> None:
    stage.fake.person("eve", permission="read")
    number = stage.fake.open_pull("feature", author="eve", fork="eve/app")
    pull = stage.bot.get(f"{stage.repo_path}/pulls/{number}")
    assert (pull["head"]["label"], pull["head"]["repo"]["full_name"]) == ("eve:feature", "eve/app")
    assert (pull["head"]["repo"]["fork"], pull["base"]["repo"]["full_name"]) == (True, "acme/app")
