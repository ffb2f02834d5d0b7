"""A git directory of our own over the objects of a repository: nothing but the objects decides what a diff shows.

What belongs to a repository or to the change in it can steer git: `.gitattributes` call a file binary or send it
through a filter, grafts and replace refs put other commits and files in place of the real ones, settings hide
submodules or order the files. Here none of it is there: the directory has no settings, no refs and no grafts, and its
own attributes, which come before all others, take back what files of the work tree say of themselves. So it works with
every git; options and variables that do parts of it are younger than many (``--attr-source`` came with 2.41).
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING

from reviewbot.changes.repository import Repository

if TYPE_CHECKING:
    from collections.abc import Iterator

# `!name` is "not mentioned": whether a file is binary is then seen by its content. Line ends stay as they were agreed
# on, since a work tree with others would differ in every line.
_ATTRIBUTES = "* !diff !filter !ident !working-tree-encoding !whitespace !merge\n"
# How the work tree is to be read on this machine; these say nothing about what is in it.
_KEPT = r"^core\.(autocrlf|eol|filemode|symlinks|ignorecase|precomposeunicode|checkstat|trustctime|sparsecheckout.*)$"


@contextmanager
def neutral(repository: Repository, work_tree: Path | None = None) -> Iterator[Repository]:
    """Give a repository with the same objects and nothing else.

    Args:
        repository: Where the objects are. What is given to the neutral one must be ids, since it has no refs.
        work_tree: Also take its files and its index.

    Raises:
        RepositoryError: git is not there, or it failed.
    """
    with TemporaryDirectory(prefix="reviewbot-") as name:
        folder = Path(name)
        _fill(folder, repository)
        options = [f"--git-dir={folder}"]
        if work_tree is not None:
            _link(folder, repository, "index")
            for shared in _inside(repository, ".").glob("sharedindex.*"):
                (folder / shared.name).symlink_to(shared)
            options += [f"--work-tree={work_tree}", *_settings(repository)]
        yield Repository(work_tree or folder, options)


def _fill(folder: Path, repository: Repository) -> None:
    for name in ("objects/info", "refs", "info"):
        (folder / name).mkdir(parents=True)
    kind = repository.text("rev-parse", "--show-object-format")
    extension = f"[extensions]\n\tobjectFormat = {kind}\n" if kind != "sha1" else ""
    version = 1 if extension else 0
    (folder / "config").write_text(f"[core]\n\trepositoryFormatVersion = {version}\n\tbare = true\n{extension}")
    (folder / "HEAD").write_text("ref: refs/heads/none\n")
    (folder / "objects/info/alternates").write_text(f"{_inside(repository, 'objects')}\n", encoding="utf-8")
    (folder / "info/attributes").write_text(_ATTRIBUTES)
    _link(folder, repository, "shallow")


def _link(folder: Path, repository: Repository, name: str) -> None:
    target = _inside(repository, name)
    if target.exists():
        (folder / name).symlink_to(target)


def _inside(repository: Repository, name: str) -> Path:
    return (repository.folder / repository.text("rev-parse", "--git-path", name)).resolve()


def _settings(repository: Repository) -> list[str]:
    listed = repository.text("config", "--null", "--get-regexp", _KEPT, codes=(0, 1))
    pairs = (entry.partition("\n") for entry in listed.split("\0") if entry)
    return [part for key, _, value in pairs for part in ("-c", f"{key}={value or 'true'}")]
