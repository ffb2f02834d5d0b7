"""Nothing that a repository, or a change in it, says to git decides what a review sees."""

from __future__ import annotations

import os
from typing import TYPE_CHECKING

import pytest
from gitrepo import GitRepo

from reviewbot.changes import git
from reviewbot.checks import catalog
from reviewbot.core.change import FileKind
from reviewbot.core.errors import RepositoryError
from reviewbot.core.review import Verdict
from reviewbot.core.unreviewed import unreadable
from reviewbot.review import pipeline
from reviewbot.settings.loading import Overrides, of_folder

if TYPE_CHECKING:
    from pathlib import Path

    from reviewbot.core.change import ChangeSet

BEFORE = "x = 1\ny = 2\n"
AFTER = 'x = 1\ny = db.execute(f"SELECT {name}")\n'
IMAGE = bytes(range(256)) * 4

# What stands in .gitattributes of the change, and the settings that make something of it.
ATTRIBUTES = {
    "no difference": ("*.py -diff", {}),
    "binary": ("*.py binary", {}),
    "a macro": ("[attr]hidden -diff -text\n*.py hidden", {}),
    "a driver that says binary": ("*.py diff=evil", {"diff.evil.binary": "true"}),
    "a driver that converts": ("*.py diff=evil", {"diff.evil.textconv": "echo nothing #"}),
    "a driver with a command": ("*.py diff=evil", {"diff.evil.command": "true"}),
    "a filter that takes it away": ("*.py filter=evil", {"filter.evil.clean": "printf 'x = 1\\ny = 2\\n'"}),
    "a filter that fails": ("*.py filter=evil", {"filter.evil.clean": "false", "filter.evil.required": "true"}),
    "another encoding": ("*.py working-tree-encoding=UTF-16", {}),
    "no such encoding": ("*.py working-tree-encoding=none", {}),
    "idents": ("*.py ident", {}),
    "not to be merged": ("*.py -merge -text linguist-generated export-ignore", {}),
    "in the folder itself": ("app/.gitattributes", {}),
}
SETTINGS = {
    "diff.orderFile": "order.txt",
    "diff.ignoreSubmodules": "all",
    "diff.renames": "false",
    "diff.renameLimit": "1",
    "diff.algorithm": "patience",
    "diff.context": "0",
    "diff.external": "true",
    "diff.noprefix": "true",
    "diff.wordRegex": ".",
    "diff.dirstat": "0",
    "diff.wsErrorHighlight": "all",
    "diff.colorMoved": "zebra",
    "core.abbrev": "4",
    "core.whitespace": "cr-at-eol",
    "core.bigFileThreshold": "1",
    "core.attributesFile": ".git/hide",
    "log.showSignature": "true",
    "log.showRoot": "false",
    "log.date": "raw",
    "i18n.logOutputEncoding": "UTF-16",
    "format.pretty": "oneline",
    "blame.ignoreRevsFile": "none",
}


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo")


def read(repo: GitRepo, *, committed: bool) -> ChangeSet:
    if committed:
        # As plumbing would, since filters of the attributes must not change what is committed.
        blob = repo.git("hash-object", "-w", "--no-filters", "app/a.py").decode().strip()
        repo.git("update-index", "--cacheinfo", f"100644,{blob},app/a.py")
        repo.git("add", "--", *(path.name for path in repo.folder.glob(".gitattributes")))
        tree = repo.git("write-tree").decode().strip()
        commit = repo.git("commit-tree", "-m", "Größer", "-p", "HEAD", tree).decode().strip()
        repo.git("update-ref", "HEAD", commit)
        return git.read(repo.folder, "HEAD~1")
    return git.read(repo.folder)


def seen(changes: ChangeSet) -> list[tuple[int | None, str]]:
    file = changes.file("app/a.py")
    assert file is not None
    assert (file.old_text, file.new_text) == (BEFORE, AFTER)
    return [(line.new, line.text) for hunk in file.hunks for line in hunk.lines if line.new in file.added_lines]


@pytest.mark.parametrize("committed", [True, False], ids=["range", "work tree"])
@pytest.mark.parametrize(("lines", "settings"), ATTRIBUTES.values(), ids=ATTRIBUTES.keys())
def test_attributes_hide_nothing(repo: GitRepo, lines: str, settings: dict[str, str], *, committed: bool) -> None:
    repo.commit({"app/a.py": BEFORE})
    for name, value in settings.items():
        repo.git("config", name, value)
    where, lines = (lines, "*.py -diff") if lines.startswith("app/") else (".gitattributes", lines)
    repo.write({where: f"{lines}\n", "app/a.py": AFTER})
    assert seen(read(repo, committed=committed)) == [(2, AFTER.splitlines()[1])]


@pytest.mark.parametrize("committed", [True, False], ids=["range", "work tree"])
def test_attributes_of_the_git_directory_and_settings_change_nothing(repo: GitRepo, *, committed: bool) -> None:
    repo.commit({"app/a.py": BEFORE, "order.txt": "z*\n"})
    for name, value in SETTINGS.items():
        repo.git("config", name, value)
    for name in ("info/attributes", "hide"):
        (repo.folder / ".git" / name).parent.mkdir(exist_ok=True)
        (repo.folder / ".git" / name).write_text("*.py -diff\n")
    repo.write({"app/a.py": AFTER})
    changes = read(repo, committed=committed)
    assert seen(changes) == [(2, AFTER.splitlines()[1])]
    assert changes.title == ("Größer" if committed else "")
    assert [line.kind.value for line in changes.files[0].hunks[0].lines] == ["context", "removed", "added"]


@pytest.mark.parametrize("committed", [True, False], ids=["range", "work tree"])
def test_what_is_binary_is_told_by_its_content(repo: GitRepo, *, committed: bool) -> None:
    repo.commit({"app/a.py": BEFORE, "a.png": IMAGE[::-1]})
    repo.write({"app/a.py": AFTER, ".gitattributes": "*.png diff text\n*.py -diff\n", "a.png": IMAGE, "b.png": IMAGE})
    repo.git("add", "--", ".gitattributes", "b.png")
    blob = repo.git("hash-object", "-w", "--no-filters", "a.png").decode().strip()
    repo.git("update-index", "--cacheinfo", f"100644,{blob},a.png")
    changes = read(repo, committed=committed)
    kinds = {file.path: file.kind for file in changes.files}
    assert (kinds["a.png"], kinds["b.png"], kinds["app/a.py"]) == (FileKind.BINARY, FileKind.BINARY, FileKind.MODIFIED)


def test_a_line_end_that_was_agreed_on_is_no_change(repo: GitRepo) -> None:
    repo.commit({".gitattributes": "*.py text eol=crlf\n", "app/a.py": BEFORE, "b.py": BEFORE})
    repo.write({"app/a.py": AFTER.replace("\n", "\r\n"), "b.py": BEFORE.replace("\n", "\r\n")})
    (file,) = git.read(repo.folder).files
    assert (file.path, len(file.added_lines)) == ("app/a.py", 1)
    repo.git("config", "core.autocrlf", "true")
    repo.write({".gitattributes": None})
    assert {file.path for file in git.read(repo.folder).files} == {".gitattributes", "app/a.py"}


def test_replaced_objects_are_not_put_in_place_of_the_real_ones(repo: GitRepo) -> None:
    base = repo.commit({"app/a.py": BEFORE})
    head = repo.commit({"app/a.py": AFTER}, "Real")
    harmless = repo.git("commit-tree", "-m", "Harmless", "-p", base, f"{base}^{{tree}}").decode().strip()
    repo.git("replace", head, harmless)
    repo.git("replace", f"{head}:app/a.py", f"{base}:app/a.py")
    changes = git.read(repo.folder, base, head)
    assert seen(changes) == [(2, AFTER.splitlines()[1])]
    assert changes.title == "Real"
    assert changes.head_tree is not None
    assert changes.head_tree.read(["app/a.py"]) == {"app/a.py": AFTER}


def test_grafts_do_not_move_the_merge_base(repo: GitRepo) -> None:
    base = repo.commit({"app/a.py": BEFORE})
    repo.git("checkout", "-q", "-b", "feature")
    head = repo.commit({"app/a.py": AFTER})
    later = repo.commit({"b.py": "b\n"})
    (repo.folder / ".git/info").mkdir(exist_ok=True)
    (repo.folder / ".git/info/grafts").write_text(f"{base} {head}\n{later}\n")
    repo.git("checkout", "-q", "main")
    assert {file.path for file in git.read(repo.folder, "main", "feature").files} == {"app/a.py", "b.py"}


@pytest.mark.parametrize("committed", [True, False], ids=["range", "work tree"])
def test_submodules_hide_no_other_commit(repo: GitRepo, tmp_path: Path, *, committed: bool) -> None:
    library = GitRepo(tmp_path / "library")
    library.commit({"l.py": "l\n"})
    repo.commit({"app/a.py": BEFORE})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library.folder), "lib")
    repo.git("config", "--file", ".gitmodules", "submodule.lib.ignore", "all")
    repo.commit()
    GitRepo(repo.folder / "lib").commit({"l.py": "other\n"})
    repo.write({"app/a.py": AFTER})
    repo.git("add", "lib")
    changes = read(repo, committed=committed)
    assert {file.path: file.kind for file in changes.files}["lib"] is FileKind.SUBMODULE


def test_a_shallow_clone_is_read_and_a_partial_one_says_what_to_do(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit({"app/a.py": BEFORE, "b.py": "b\n"})
    repo.commit({"app/a.py": AFTER})
    repo.git("config", "uploadpack.allowFilter", "true")
    for name, options in (("shallow", ["--depth=2"]), ("partial", ["--filter=blob:none", "--no-checkout"])):
        repo.git("clone", "-q", *options, f"file://{repo.folder}", str(tmp_path / name))
    assert seen(git.read(tmp_path / "shallow", "HEAD~1")) == [(2, AFTER.splitlines()[1])]
    with pytest.raises(RepositoryError, match=r"partial clone.* git fetch --refetch --no-filter"):
        git.read(tmp_path / "partial", "HEAD~1")
    # The difference alone was fetched, by somebody who looked at it: what lies around it is missing all the same.
    whole = GitRepo.copy(tmp_path / "partial", {})
    whole.git("diff", "HEAD~1", "HEAD")
    changes = git.read(whole.folder, "HEAD~1")
    assert changes.base_tree is not None
    with pytest.raises(RepositoryError, match="1 of 2 contents are missing"):
        changes.base_tree.read(["app/a.py", "b.py"])
    whole.git("fetch", "-q", "--refetch", "--no-filter")
    assert changes.base_tree.read(["app/a.py", "b.py"]) == {"app/a.py": BEFORE, "b.py": "b\n"}
    assert seen(git.read(whole.folder, "HEAD~1")) == [(2, AFTER.splitlines()[1])]


def test_a_split_index_a_linked_work_tree_and_a_bare_repository_are_read(repo: GitRepo, tmp_path: Path) -> None:
    repo.commit({"app/a.py": BEFORE})
    repo.git("worktree", "add", "-q", "-b", "other", str(tmp_path / "linked"))
    repo.git("update-index", "--split-index")
    repo.git("clone", "-q", "--bare", str(repo.folder), str(tmp_path / "bare"))
    for folder in (repo.folder, tmp_path / "linked"):
        (folder / "app/a.py").write_text(AFTER)
        assert seen(git.read(folder)) == [(2, AFTER.splitlines()[1])]
    repo.commit()
    repo.git("push", "-q", str(tmp_path / "bare"), "main")
    assert seen(git.read(tmp_path / "bare", "main~1", "main")) == [(2, AFTER.splitlines()[1])]


def test_hashes_of_another_kind(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "sha256", "--object-format=sha256")
    repo.commit({"app/a.py": BEFORE})
    repo.write({"app/a.py": AFTER})
    assert seen(git.read(repo.folder)) == [(2, AFTER.splitlines()[1])]
    repo.commit()
    assert seen(git.read(repo.folder, "HEAD~1")) == [(2, AFTER.splitlines()[1])]


@pytest.mark.parametrize("committed", [True, False], ids=["range", "work tree"])
def test_names_that_are_no_text_hide_no_file_behind_another(repo: GitRepo, *, committed: bool) -> None:
    def file(name: bytes) -> Path:
        return repo.folder / os.fsdecode(name)

    file(b"b\xff.py").write_text("y = 1\n")
    repo.commit({"app/a.py": BEFORE})
    file(b"b\xff.py").unlink()
    for name, text in ((b"a\xfe.py", AFTER), (b"a\xff.py", "z = 1\n"), (b"b\xfe.py", AFTER)):
        file(name).write_text(text)
    if committed:
        repo.commit()
        changes = git.read(repo.folder, "HEAD~1")
    else:
        changes = git.read(repo.folder)
    assert set(unreadable(changes)) == {"a\ufffd.py", "b\ufffd.py"}
    verdict = pipeline.review(changes, of_folder(None, Overrides()), catalog.load).verdict
    assert verdict is Verdict.INCOMPLETE


@pytest.mark.parametrize("name", ["app/a.py", "app/new.py"])
def test_code_in_an_encoding_that_hides_it_makes_a_review_incomplete(repo: GitRepo, name: str) -> None:
    repo.commit({"app/a.py": BEFORE})
    repo.commit({name: "# coding: utf-7\n# +AAo-import os+AAo-os.system('x')\n"})
    changes = git.read(repo.folder, "HEAD~1")
    assert unreadable(changes) == (name,)
    review = pipeline.review(changes, of_folder(None, Overrides()), catalog.load)
    assert (review.verdict, review.not_reviewed) == (Verdict.INCOMPLETE, (name,))
