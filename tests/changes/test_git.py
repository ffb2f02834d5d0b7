from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from gitrepo import GitRepo

from reviewbot.changes import git
from reviewbot.changes.repository import Repository
from reviewbot.core.change import FileKind
from reviewbot.core.errors import RepositoryError, ReviewbotError
from reviewbot.core.review import Review, Source, Verdict
from reviewbot.output.report.page import page

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reviewbot.core.change import ChangeSet


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo")


def test_a_range_is_what_a_pull_request_shows(repo: GitRepo) -> None:
    repo.commit({"x.py": "a\n", "y.py": "y\n"})
    repo.git("checkout", "-q", "-b", "feature")
    head = repo.commit({"x.py": "b\n"}, message="the feature")
    repo.git("checkout", "-q", "main")
    base = repo.commit({"y.py": "changed on main only\n", "later.py": "l\n"})
    repo.write({"x.py": "never committed\n"})
    changes = git.read(repo.folder, "main", "feature")
    (file,) = changes.files
    assert (file.path, file.old_text, file.new_text) == ("x.py", "a\n", "b\n")
    assert (changes.source, changes.base, changes.head, changes.title) == ("git", base, head, "the feature")
    assert changes.base_tree is not None
    assert changes.head_tree is not None
    assert changes.base_tree.paths == {"x.py", "y.py", "later.py"}
    assert changes.head_tree.paths == {"x.py", "y.py"}
    assert changes.head_tree.read(["x.py", "none.py"]) == {"x.py": "b\n"}


@pytest.mark.parametrize("way", [lambda repo: git.read(repo, "HEAD~1"), git.read], ids=["range", "work tree"])
def test_an_answer_in_part_is_an_error_wherever_a_file_or_a_hunk_ends(
    repo: GitRepo, monkeypatch: pytest.MonkeyPatch, way: Callable[[Path], ChangeSet]
) -> None:
    lines = [f"{number}\n" for number in range(40)]
    repo.commit({"a.py": "".join(lines), "b.py": "b\n", "c": b"\0\1", "d.py": "d\n", "e.py": "".join(lines[::-1])})
    changed = {"a.py": "".join(["x\n", *lines[1:-1], "y\n"]), "b.py": None, "c": b"\0\2", "f.py": "", "g.py": "g"}
    repo.write(changed)
    (repo.folder / "d.py").unlink()
    (repo.folder / "d.py").symlink_to("a.py")
    repo.git("mv", "e.py", "h.py")
    (repo.folder / "h.py").chmod(0o755)
    repo.git("add", "-A")
    whole: list[bytes] = []
    run, cut = Repository.run, [10**6]

    def in_part(self: Repository, *args: str, **more: Any) -> bytes:
        data = run(self, *args, **more)
        whole.append(data if args[0] == "diff" else b"")
        return data[: cut[0]] if args[0] == "diff" else data

    monkeypatch.setattr(Repository, "run", in_part)
    if way is not git.read:
        repo.commit()
    assert len(way(repo.folder).files) == 7
    (data,) = filter(None, whole)
    for place in re.finditer(rb"^(?=diff --git|@@|\d+\t)", data[1:], re.MULTILINE):
        cut[0] = 1 + place.start()
        with pytest.raises(ReviewbotError):
            way(repo.folder)
    cut[0] = 0
    if way is not git.read:
        with pytest.raises(RepositoryError, match="git diff says nothing of commits that differ"):
            way(repo.folder)


def test_what_git_counts_is_what_it_shows_in_the_middle_of_a_merge_and_where_nothing_changed(repo: GitRepo) -> None:
    repo.commit({"a.py": "a\n", "b.py": "b\n", "c.py": "c\r\n", ".gitattributes": "*.py text eol=crlf\n"})
    repo.git("checkout", "-q", "-b", "side")
    repo.commit({"a.py": "side\n", "b.py": None})
    repo.git("checkout", "-q", "main")
    repo.commit({"a.py": "main\n", "b.py": "main\n"})
    with pytest.raises(AssertionError):
        repo.git("merge", "-q", "side")
    repo.write({"c.py": "c\n"})  # another line end, and so another time of change
    assert {file.path for file in git.read(repo.folder).files} <= {"a.py", "b.py"}


def test_the_head_is_HEAD_unless_named(repo: GitRepo) -> None:  # noqa: N802 - HEAD is git's own word
    repo.commit({"x.py": "a\n"})
    repo.commit({"x.py": "b\n"})
    assert git.read(repo.folder, "HEAD~1").files[0].new_text == "b\n"


def test_a_head_alone_is_compared_with_the_default_branch(repo: GitRepo) -> None:
    repo.commit({"x.py": "a\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"x.py": "b\n"})
    assert git.read(repo.folder, head="feature").files[0].old_text == "a\n"
    repo.git("branch", "-D", "main")
    with pytest.raises(RepositoryError, match="--head needs --base"):
        git.read(repo.folder, head="feature")


def test_our_own_report_is_no_part_of_the_work_until_it_is_committed(repo: GitRepo) -> None:
    repo.commit({"x.py": "a\n"})
    report = page(Review(Source("patch"), ("checks",), Verdict.NO_FINDINGS), None)
    repo.write({"r.html": report, "other.html": "<p>x</p>\n", "x.html": f"<p>{'x' * 1000}</p>{report}", "r.js": report})
    there = ["other.html", "r.js", "x.html"]
    assert sorted(file.path for file in git.read(repo.folder).files) == there
    assert sorted(git.uncommitted(Repository(repo.folder))) == there
    # Committed it can be somebody else's, and nothing of a pull request is believed to be ours.
    repo.git("add", "r.html")
    assert "r.html" in {file.path for file in git.read(repo.folder).files}


def test_uncommitted_work_with_untracked_files(repo: GitRepo) -> None:
    repo.commit({"x.py": "a\n", "staged.py": "s\n", "gone.py": "g\n", ".gitignore": "*.log\n"})
    repo.write({"staged.py": "S\n", "new ü.py": "n\nm", "debug.log": "no\n", "logo.png": b"\0", "gone.py": None})
    repo.git("add", "staged.py")
    repo.write({"x.py": "b\n"})
    changes = git.read(repo.folder)
    files = {file.path: file for file in changes.files}
    assert {path: file.kind for path, file in files.items()} == {
        "gone.py": FileKind.DELETED,
        "staged.py": FileKind.MODIFIED,
        "x.py": FileKind.MODIFIED,
        "logo.png": FileKind.BINARY,
        "new ü.py": FileKind.ADDED,
    }
    assert (files["x.py"].old_text, files["x.py"].new_text) == ("a\n", "b\n")
    assert (files["new ü.py"].new_text, files["new ü.py"].added_lines) == ("n\nm", frozenset({1, 2}))
    assert (files["gone.py"].old_text, files["gone.py"].new_text) == ("g\n", None)
    assert changes.head_tree is not None
    assert "debug.log" not in changes.head_tree.paths


def test_uncommitted_work_from_a_folder_below_and_before_the_first_commit(repo: GitRepo) -> None:
    repo.write({"api/x.py": "a\n"})
    repo.git("add", "-A")
    assert [(file.path, file.kind) for file in git.read(repo.folder / "api").files] == [("api/x.py", FileKind.ADDED)]


def test_no_change_is_an_empty_change_set(repo: GitRepo) -> None:
    repo.commit({"x.py": "a\n"})
    assert git.read(repo.folder).files == ()


def test_settings_of_the_user_change_nothing(repo: GitRepo) -> None:
    repo.commit({"ü.py": "a\n"})
    for setting, value in (
        ("diff.noprefix", "true"),
        ("diff.mnemonicPrefix", "true"),
        ("color.ui", "always"),
        ("diff.external", "false"),
        ("core.quotePath", "false"),
        ("diff.context", "0"),
    ):
        repo.git("config", setting, value)
    repo.write({"ü.py": "b\n"})
    assert [(file.path, file.new_text) for file in git.read(repo.folder).files] == [("ü.py", "b\n")]


def test_filters_and_text_conversion_are_not_run(repo: GitRepo) -> None:
    repo.commit({"x.py": "a\n", ".gitattributes": "*.py diff=evil\n"})
    repo.git("config", "diff.evil.textconv", "touch evil; cat")
    repo.git("config", "diff.evil.command", "touch evil")
    repo.write({"x.py": "b\n"})
    assert git.read(repo.folder).files[0].new_text == "b\n"
    assert not (repo.folder / "evil").exists()


@pytest.mark.parametrize("name", ["nowhere", "--output=evil", "HEAD:x.py", ""])
def test_an_unknown_revision_says_what_to_do(repo: GitRepo, name: str) -> None:
    repo.commit({"x.py": "a\n"})
    with pytest.raises(RepositoryError, match="no such branch, tag or commit"):
        git.read(repo.folder, name, "HEAD")
    assert not (repo.folder / "evil").exists()


def test_unrelated_histories_say_what_to_do(repo: GitRepo) -> None:
    repo.commit({"x.py": "a\n"})
    repo.git("checkout", "-q", "--orphan", "other")
    repo.commit({"x.py": "b\n"})
    with pytest.raises(RepositoryError, match="no common history"):
        git.read(repo.folder, "main", "other")


def test_no_repository(tmp_path: Path) -> None:
    with pytest.raises(RepositoryError, match="is not a git repository"):
        git.read(tmp_path)


def test_links_inside_the_folder_are_not_followed_either(repo: GitRepo) -> None:
    repo.commit({"a.py": "x = 1\n"})
    (repo.folder / ".env").write_text("TOKEN=hunter2\n", encoding="utf-8")
    (repo.folder / "env.py").symlink_to(".env")
    (repo.folder / "config.py").symlink_to(".git/config")
    files = {file.path: file for file in git.read(repo.folder).files}
    assert (files["env.py"].new_text, files["config.py"].new_text) == (".env", ".git/config")


def test_links_that_lead_out_are_not_followed(repo: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    repo.commit({"x.py": "a\n"})
    (repo.folder / "link.py").symlink_to(tmp_path / "secret.txt")
    files = {file.path: file for file in git.read(repo.folder).files}
    assert files["link.py"].new_text == str(tmp_path / "secret.txt"), "as git has it: the name of what it leads to"


def test_what_commits_say_besides_their_subjects_is_the_description_oldest_first(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    base = repo.commit({"a.py": "x = 1\n"}, "Start\n\nnot of the change")
    repo.commit({"a.py": "x = 2\n"}, "One\n\nIt was too small.\n\n- really")
    repo.commit({"a.py": "x = 3\n"}, "Two")
    head = repo.commit({"a.py": "x = 4\n"}, "Three\n\nNow it fits.")
    changes = git.read(tmp_path, base, head)
    assert (changes.title, changes.description) == ("Three", "It was too small.\n\n- really\n\nNow it fits.")
    assert git.read(tmp_path, base, f"{head}~1").description == "It was too small.\n\n- really"
    assert git.read(tmp_path, head, head).description == ""
