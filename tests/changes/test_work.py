"""What one works on: commits of the branch and uncommitted work together, whatever the default branch is called."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gitrepo import GitRepo

from reviewbot.changes import patch, work
from reviewbot.core.errors import RepositoryError

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    made = GitRepo(tmp_path / "repo")
    made.commit({"x.py": "a\n", "y.py": "y\n"})
    return made


def test_commits_and_uncommitted_work_are_one_change(repo: GitRepo) -> None:
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"x.py": "b\n"}, message="the feature\n\nwhy it is wanted")
    repo.git("checkout", "-q", "main")
    tip = repo.commit({"later.py": "l\n"})
    repo.git("checkout", "-q", "feature")
    repo.write({"y.py": "Y\n", "new.py": "n\n"})
    done = work.read(repo.folder)
    assert (done.branch, done.base, done.commits, set(done.uncommitted)) == ("feature", "main", 1, {"y.py", "new.py"})
    assert {file.path: (file.old_text, file.new_text) for file in done.changes.files} == {
        "x.py": ("a\n", "b\n"),
        "y.py": ("y\n", "Y\n"),
        "new.py": (None, "n\n"),
    }
    assert (done.changes.base, done.changes.title, done.changes.description) == (tip, "the feature", "why it is wanted")
    assert done.changes.base_tree is not None
    assert "later.py" in done.changes.base_tree.paths


def test_the_default_branch_is_the_one_of_origin(repo: GitRepo, tmp_path: Path) -> None:
    repo.git("branch", "-m", "trunk")
    clone = GitRepo(tmp_path / "clone")
    clone.git("remote", "add", "origin", str(repo.folder))
    clone.git("fetch", "-q", "origin")
    clone.git("checkout", "-q", "-b", "trunk", "origin/trunk")
    clone.commit({"x.py": "not pushed\n"})
    assert work.read(clone.folder).base == ""
    clone.git("remote", "set-head", "origin", "--auto")
    done = work.read(clone.folder)
    assert (done.branch, done.base, done.commits) == ("trunk", "origin/trunk", 1)


def test_without_commits_only_what_is_uncommitted_counts(repo: GitRepo) -> None:
    done = work.read(repo.folder)
    assert (done.branch, done.base, done.commits, done.uncommitted, done.changes.files) == ("main", "main", 0, (), ())
    repo.write({"x.py": "b\n"})
    assert [file.path for file in work.read(repo.folder).changes.files] == ["x.py"]


def test_before_the_first_commit_and_outside_of_a_repository(tmp_path: Path) -> None:
    empty = GitRepo(tmp_path / "empty")
    empty.write({"x.py": "a\n"})
    assert work.read(empty.folder).uncommitted == ("x.py",)
    with pytest.raises(RepositoryError, match="is not a git repository"):
        work.read(tmp_path)


def test_a_branch_without_common_history_says_what_to_do(repo: GitRepo) -> None:
    repo.git("checkout", "-q", "--orphan", "other")
    repo.commit({"z.py": "z\n"})
    with pytest.raises(RepositoryError, match="no common history here; fetch all of it"):
        work.read(repo.folder)


def test_a_diff_of_this_repository_is_read_with_its_whole_files(repo: GitRepo) -> None:
    repo.write({"x.py": "b\n", "new.py": "n\n"})
    diff = repo.git("diff", "HEAD")
    changes = patch.read_here(diff, repo.folder)
    assert [(file.path, file.old_text, file.new_text) for file in changes.files] == [("x.py", "a\n", "b\n")]
    assert changes.base_tree is not None


def test_the_files_around_an_old_diff_are_not_those_of_today(repo: GitRepo) -> None:
    repo.commit({"x.py": "b\n"})
    old = repo.git("diff", "HEAD~1", "HEAD")
    assert patch.read_here(old, repo.folder).head_tree is not None
    repo.commit({"x.py": "c\n"})
    changes = patch.read_here(old, repo.folder)
    assert [(file.old_text, file.new_text) for file in changes.files] == [("a\n", "b\n")]
    assert (changes.base_tree, changes.head_tree) == (None, None)


def test_uncommitted_paths_are_told_without_reading_the_files(repo: GitRepo) -> None:
    repo.write(
        {"x.py": None, "a b ü.py": "n\n", "logo.png": b"\0", "y.py": "Y\n", ".gitignore": "*.log\n", "z.log": "no\n"}
    )
    wanted = {"x.py", "a b ü.py", "logo.png", "y.py", ".gitignore"}
    assert set(work.read(repo.folder).uncommitted) == wanted
    assert {file.path for file in work.read(repo.folder).changes.files} == wanted


def test_a_diff_of_another_repository_is_all_there_is(repo: GitRepo, tmp_path: Path) -> None:
    other = GitRepo(tmp_path / "other")
    other.commit({"x.py": "something else\n", "y.py": "y\n"})
    other.write({"x.py": "again\n", "y.py": "Y\n"})
    diff = other.git("diff", "HEAD")
    for changes in (patch.read_here(diff, repo.folder), patch.read_here(diff, tmp_path)):
        assert [file.new_text for file in changes.files] == [None, None]
        assert (changes.base_tree, changes.remarks) == (None, ())
