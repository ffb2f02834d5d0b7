"""A change from a git repository: a range, as a pull request would show it, or the uncommitted work."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from reviewbot.changes import neutral
from reviewbot.changes.asking import BrokenGitError, ask
from reviewbot.changes.diff.parse import parse
from reviewbot.changes.repository import DIFF_OPTIONS, Repository
from reviewbot.changes.trees import RevisionTree, WorkTree, too_large
from reviewbot.core import children
from reviewbot.core.change import ChangedFile, ChangeSet, FileKind
from reviewbot.core.errors import RepositoryError
from reviewbot.core.file_kinds import OWN_PAGE
from reviewbot.core.text import MAX_TEXT, decoded

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reviewbot.core.change import Hunk

# The tree without files, which git knows in every repository: what the first commit is compared with.
_EMPTY_TREE = "4b825dc642cb6eb9a060e54bf8d69288fbee4904"
# What more commits say is not one description.
_MOST_COMMITS = 100
# As much of a page is looked at for what it says of itself.
_MOST_HEAD = 1_000
# A difference, and ahead of it how much there is, by which an answer in part is known.
_COUNTED = ("--numstat", "--patch", *DIFF_OPTIONS)
_WITHOUT_TEXT = frozenset({FileKind.BINARY, FileKind.SUBMODULE})


def read(folder: Path, base: str | None = None, head: str | None = None) -> ChangeSet:
    """Read a change in the repository of a folder, as :func:`of` does.

    Raises:
        RepositoryError: No repository, no such revision, or no common history.
    """
    return of(Repository(folder), base, head)


def of(repository: Repository, base: str | None = None, head: str | None = None) -> ChangeSet:
    """Read a change.

    Args:
        repository: The repository.
        base: The branch it would be merged into. With a head alone: the default branch of ``origin``.
        head: The branch with the change; HEAD where only a base is given.

    Returns:
        With base or head: the diff from their merge base to the head, whole texts from git objects, the
        base tree at the *tip* of the base; the subject of the last commit is the title, what all commits say besides
        their subjects is the description, oldest first. With neither: the uncommitted work, untracked files included.

    Raises:
        RepositoryError: No repository, no such revision, or no common history.
    """
    repository.demand()
    if base is None and head is None:
        return since(repository, _last_commit(repository))
    if base is None:
        base = default_branch(repository)
        if base is None:
            raise RepositoryError("--head needs --base here: there is no origin/HEAD, main or master to compare with")
    return _range(repository, base, "HEAD" if head is None else head)


def last(folder: Path, count: int) -> Iterator[ChangeSet]:
    """Read the last changes to the branch that is checked out, the newest first, each as a pull request would show it.

    A merge is one change. A commit without a parent, the first one or where a shallow clone ends, is none.

    Raises:
        RepositoryError: No repository, or nothing was committed yet.
    """
    listing = ("rev-list", "--first-parent", "--min-parents=1", f"--max-count={count}", "HEAD", "--")
    repository = Repository(folder)
    for commit in repository.text(*listing).split():
        yield of(repository, f"{commit}^", commit)


def everything(folder: Path) -> ChangeSet:
    """Read the whole work tree as a change that adds every file of it; of a plain folder too."""
    tree = WorkTree(Repository(folder))
    return ChangeSet("git", tuple(_as_added(tree, sorted(tree.paths))), head_tree=tree)


def complete(repository: Repository, *commits: str) -> bool:
    """Tell whether there is a repository with these commits and all that came before them.

    A shallow clone may have them and give a wrong merge base; a partial one lacks contents.
    """
    try:
        if repository.shallow or repository.partial:
            return False
        for commit in commits:
            repository.run("cat-file", "-e", f"{commit}^{{commit}}")
    except RepositoryError:
        return False
    return True


def between(old: str, new: str) -> tuple[Hunk, ...]:
    """Give the hunks that git makes between two texts.

    Raises:
        RepositoryError: git is not there, or it failed.
    """
    with ExitStack() as held:
        try:
            folder = Path(held.enter_context(TemporaryDirectory(prefix="reviewbot-")))
            for path, text in (("old", old), ("new", new)):
                (folder / path).write_text(text, encoding="utf-8", errors="replace", newline="")
            neutral.empty(folder / "git")
            children.admit(folder)
        except OSError as error:
            raise BrokenGitError(f"git needs a temporary folder, which cannot be written: {error.strerror}") from error
        command = ("diff", "--no-index", *_COUNTED, "--text", "--", "old", "new")
        data = ask(folder, command, [f"--git-dir={folder / 'git'}"], codes=(0, 1))
    return parse(data, counted=True)[0].hunks if data else ()


def _range(repository: Repository, base: str, head: str) -> ChangeSet:
    base_commit = repository.commit(base, "--base")
    head_commit = repository.commit(head, "--head")
    merge_base, title, description = told(repository, base, head)
    files, remarks = _compared(repository, merge_base, head_commit)
    return ChangeSet(
        "git",
        files,
        base=base_commit,
        head=head_commit,
        title=title,
        description=description,
        base_tree=RevisionTree(repository, base_commit),
        head_tree=RevisionTree(repository, head_commit),
        remarks=remarks,
    )


def staged(folder: Path, index: Path | None = None) -> ChangeSet:
    """Read what the next commit would change; of the work tree nothing counts that is not staged.

    Args:
        folder: The repository.
        index: What is staged, where git keeps it in another file than the repository's.

    Raises:
        RepositoryError: No repository, or it is in the middle of a merge that is not resolved.
    """
    repository = Repository(folder, index=index)
    # The tree is the one that the commit will have; until then it is an object that nothing names.
    base, tree = _last_commit(repository), repository.run("write-tree", with_files=True).decode().strip()
    files, remarks = _compared(repository, base, tree)
    return ChangeSet(
        "git",
        files,
        base=None if base == _EMPTY_TREE else base,
        base_tree=RevisionTree(repository, base),
        head_tree=RevisionTree(repository, tree),
        remarks=remarks,
    )


def _compared(repository: Repository, old: str, new: str) -> tuple[tuple[ChangedFile, ...], tuple[str, ...]]:
    """Give the files in which two commits or trees differ, with their texts, and what is to be said of them."""
    files = _difference(repository, old, new)
    if not files and len({*repository.text("rev-parse", f"{old}^{{tree}}", f"{new}^{{tree}}").split()}) > 1:
        raise RepositoryError(f"{repository.folder}: git diff says nothing of commits that differ")
    wanted = [
        blob for file in files if file.kind not in _WITHOUT_TEXT for blob in (file.old_blob, file.new_blob) if blob
    ]
    contents = repository.contents(wanted)
    large = too_large(file.path for file in files if len(contents.get(file.new_blob or "", b"")) > MAX_TEXT)
    return tuple(_with_texts(file, contents) for file in files), large


def _difference(repository: Repository, *of: str, with_files: bool = False) -> tuple[ChangedFile, ...]:
    return parse(repository.run("diff", *_COUNTED, *of, "--", with_files=with_files), counted=True)


def told(repository: Repository, base: str, head: str) -> tuple[str, str, str]:
    """Give where a branch left another one, the subject of its last commit, and what all its commits say besides.

    Raises:
        RepositoryError: No such revision, or no common history.
    """
    base_commit, head_commit = repository.commit(base, "--base"), repository.commit(head, "--head")
    merge_base = repository.text("merge-base", base_commit, head_commit, codes=(0, 1))
    if not merge_base:
        raise RepositoryError(
            f"{base} and {head} have no common history here; fetch all of it "
            "(git fetch --unshallow; in a workflow: actions/checkout with fetch-depth: 0)"
        )
    title = repository.text("log", "-1", "--no-show-signature", "--format=%s", head_commit)
    return merge_base, title, _bodies(repository, merge_base, head_commit)


def _bodies(repository: Repository, base: str, head: str) -> str:
    options = ("--reverse", "--no-merges", f"--max-count={_MOST_COMMITS}", "--no-show-signature", "--format=%b%x00")
    bodies = repository.text("log", *options, f"{base}..{head}", "--").split("\0")
    return "\n\n".join(filter(None, (body.strip() for body in bodies)))


def _last_commit(repository: Repository) -> str:
    # Without a commit, where nothing was committed yet.
    return repository.text("rev-parse", "--verify", "--quiet", "HEAD", codes=(0, 1)) or _EMPTY_TREE


def has_commits(repository: Repository) -> bool:
    """Tell whether anything was committed on what is checked out."""
    return _last_commit(repository) != _EMPTY_TREE


def since(repository: Repository, base: str) -> ChangeSet:
    """Read how the work tree, untracked files included, differs from a commit.

    Args:
        repository: The repository.
        base: The commit's id, or that of a tree.

    Raises:
        RepositoryError: git failed.
    """
    tree = WorkTree(repository)
    files = [*_difference(repository, base, with_files=True), *_untracked(repository, tree)]
    wanted = [file.old_blob for file in files if file.old_blob and file.kind not in _WITHOUT_TEXT]
    contents = repository.contents(wanted)
    now = tree.read(file.path for file in files if file.kind not in {*_WITHOUT_TEXT, FileKind.DELETED})
    return ChangeSet(
        "git",
        tuple(replace(_with_texts(file, contents), new_text=now.get(file.path)) for file in files),
        base=None if base == _EMPTY_TREE else base,
        base_tree=RevisionTree(repository, base),
        head_tree=tree,
    )


def uncommitted(repository: Repository) -> tuple[str, ...]:
    """Give the paths with uncommitted work, untracked ones too.

    Raises:
        RepositoryError: git failed.
    """
    command = ("diff", *DIFF_OPTIONS, "--name-only", "-z", _last_commit(repository), "--")
    names = repository.run(*command, with_files=True).decode("utf-8", errors="replace").split("\0")
    return tuple(filter(None, [*names, *_unknown(repository, WorkTree(repository))]))


def _untracked(repository: Repository, tree: WorkTree) -> list[ChangedFile]:
    """Show the files that git does not know yet as added."""
    return _as_added(tree, _unknown(repository, tree))


def _unknown(repository: Repository, tree: WorkTree) -> Iterator[str]:
    """Name the files that git does not know yet, but for our own reports: they are about the change, not of it."""
    listing = repository.run("ls-files", "-z", "--others", "--exclude-standard", with_files=True)
    for name in filter(None, listing.decode("utf-8", errors="replace").split("\0")):
        if not (name.endswith((".html", ".htm")) and OWN_PAGE in (tree.read_bytes(name) or b"")[:_MOST_HEAD]):
            yield name


def _as_added(tree: WorkTree, names: Iterable[str]) -> list[ChangedFile]:
    files: list[ChangedFile] = []
    for name in names:
        data = tree.read_bytes(name)
        text = decoded(data) if data is not None else None
        if text is None:
            files.append(ChangedFile(name, FileKind.BINARY))
        elif not text:
            files.append(ChangedFile(name, FileKind.ADDED))
        else:
            files.append(_added(name, text))
    return files


def _added(name: str, text: str) -> ChangedFile:
    *whole, rest = text.split("\n")
    lines = "".join(f"+{line}\n" for line in whole) + (f"+{rest}\n\\ No newline at end of file\n" if rest else "")
    count = len(whole) + bool(rest)
    (file,) = parse(f"--- /dev/null\n+++ b/file\n@@ -0,0 +1,{count} @@\n{lines}".encode())
    return replace(file, path=name, new_text=text)


def _with_texts(file: ChangedFile, contents: Mapping[str, bytes]) -> ChangedFile:
    def text(blob: str | None) -> str | None:
        return decoded(contents[blob]) if blob is not None and blob in contents else None

    return replace(file, old_text=text(file.old_blob), new_text=text(file.new_blob))


def default_branch(repository: Repository) -> str | None:
    """Give the name of the branch that others are merged into; None where nothing tells which one that is."""
    try:
        return repository.text("rev-parse", "--verify", "--quiet", "--abbrev-ref", "origin/HEAD")
    except RepositoryError:
        pass
    for name in ("origin/main", "origin/master", "main", "master"):
        try:
            repository.commit(name, "--base")
        except RepositoryError:
            continue
        return name
    return None
