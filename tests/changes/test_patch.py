from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from gitrepo import GitRepo

from reviewbot.changes import patch
from reviewbot.core.text import MAX_TEXT

if TYPE_CHECKING:
    from pathlib import Path


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo")


def changed(repo: GitRepo) -> bytes:
    repo.commit({"x.py": "a\nb\n", "gone.py": "g\n"})
    repo.write({"x.py": "a\nc\n", "new.py": "n\n", "gone.py": None})
    repo.git("add", "-A")
    return repo.git("diff", "--cached")


def test_a_bare_diff_knows_the_whole_text_of_added_files_only(repo: GitRepo) -> None:
    changes = patch.read(changed(repo))
    assert {file.path: file.new_text for file in changes.files} == {"x.py": None, "new.py": "n\n", "gone.py": None}
    assert (changes.base_tree, changes.head_tree, changes.remarks) == (None, None, ())


def test_an_added_file_of_megabytes_is_read_by_its_hunks_and_said(repo: GitRepo) -> None:
    small = "ROWS = [1]\n"
    large = f"ROWS = [{'1, ' * (MAX_TEXT // 3)}]\n"
    repo.commit({"here.py": "x = 1\n"})
    repo.commit({"small.py": small, "large.py": large})
    change = patch.read(repo.git("diff", "HEAD~1", "HEAD"))
    assert {file.path: file.new_text for file in change.files} == {"large.py": None, "small.py": small}
    assert change.remarks == ("Too large to be read as a whole: large.py.",)
    assert all(file.hunks for file in change.files)


def test_blob_ids_find_the_texts_even_after_the_tree_moved_on(repo: GitRepo) -> None:
    diff = changed(repo)
    repo.commit()
    repo.commit({"x.py": "something else\n", "new.py": None})
    changes = patch.read(diff, repo.folder)
    texts = {file.path: (file.old_text, file.new_text) for file in changes.files}
    assert texts == {"x.py": ("a\nb\n", "a\nc\n"), "new.py": (None, "n\n"), "gone.py": ("g\n", None)}
    assert changes.remarks == ()


@pytest.mark.parametrize("side", ["a\nb\n", "a\nc\n"])
def test_without_ids_either_side_that_fits_is_used(tmp_path: Path, side: str) -> None:
    (tmp_path / "x.py").write_text(side)
    changes = patch.read(b"--- a/x.py\n+++ b/x.py\n@@ -1,2 +1,2 @@\n a\n-b\n+c\n", tmp_path)
    (file,) = changes.files
    assert (file.old_text, file.new_text) == ("a\nb\n", "a\nc\n")
    assert changes.head_tree is not None
    assert changes.head_tree.paths == {"x.py"}


def test_a_file_that_does_not_match_is_said_and_left_out(repo: GitRepo) -> None:
    repo.commit({"x.py": "quite different\n"})
    diff = b"diff --git a/x.py b/x.py\nindex 1111111..2222222 100644\n--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n"
    changes = patch.read(diff, repo.folder)
    assert changes.files[0].new_text is None
    assert "only their hunks were read: x.py." in changes.remarks[0]


def test_work_tree_file_is_recognised_by_its_blob_id(repo: GitRepo) -> None:
    repo.commit({"x.py": "a\n"})
    repo.write({"x.py": "b\n"})
    diff = repo.git("diff")  # the new side is in no object yet
    (file,) = patch.read(diff, repo.folder).files
    assert (file.old_text, file.new_text) == ("a\n", "b\n")


def test_links_that_lead_out_of_the_folder_are_not_read(tmp_path: Path) -> None:
    (tmp_path / "secret.py").write_text("a\n")
    folder = tmp_path / "folder"
    folder.mkdir()
    (folder / "x.py").symlink_to(tmp_path / "secret.py")
    (file,) = patch.read(b"--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a\n+b\n", folder).files
    assert file.new_text is None
