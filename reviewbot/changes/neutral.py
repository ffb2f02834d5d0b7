"""A git directory of our own over the objects of a repository: nothing but the objects decides what a diff shows.

What belongs to a repository or to the change in it can steer git: settings name programs to run and machines to ask,
`.gitattributes` call a file binary or send it through a filter, grafts and replace refs put other commits and files in
place of the real ones. Here none of it is there. The directory has settings of ours, the refs as they are, no hooks and
no grafts, no remote that could be asked for what is missing, and its own attributes, which come before all others, take
back what files of the work tree say of themselves. So it works with every git; options and variables that do parts of
it are younger than many (``--attr-source`` came with 2.41, ``GIT_NO_LAZY_FETCH`` with 2.45).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.core.errors import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

# `!name` is "not mentioned": whether a file is binary is then seen by its content. Line ends stay as they were agreed
# on, since a work tree with others would differ in every line.
_ATTRIBUTES = "* !diff !filter !ident !working-tree-encoding !whitespace !merge\n"
_SETTINGS = {
    "core.attributesFile": "/dev/null",
    "core.bare": "true",
    "core.commitGraph": "false",  # it repeats what commits say, and may say something else
    "core.fsmonitor": "false",
    "core.hooksPath": "/dev/null",
    "core.quotePath": "true",
    "core.untrackedCache": "false",
    "diff.algorithm": "default",
    "diff.context": "3",
    "diff.interHunkContext": "0",
    "diff.renames": "true",
    "diff.submodule": "short",
    "i18n.logOutputEncoding": "UTF-8",
}
# What is handed on of the settings of the repository and its user: how the work tree is to be read on this machine,
# which says nothing about what is in it; what is ignored; and what a branch follows, which is one name for a commit.
KEPT = (
    r"core\.(autocrlf|eol|filemode|symlinks|ignorecase|precomposeunicode|checkstat|trustctime|sparsecheckout.*"
    r"|excludesfile)|branch\..*\.(remote|merge)|remote\..*\.fetch"
)
_KEPT = re.compile(KEPT, re.DOTALL)
# Paths and names in any bytes, and lines that end alike on each system: git takes a carriage return for a part of them.
_AS_IT_IS = {"encoding": "utf-8", "errors": "surrogateescape", "newline": "\n"}
_LINE_ENDS = {"core.autocrlf": "false"}


@dataclass(frozen=True, slots=True)
class Place:
    """Where a repository is.

    Attributes:
        own: The git directory of this work tree.
        shared: That which all its work trees share; the same, where there is one.
        top: The work tree; None where there is none.
        object_format: The name of the hash by which objects are named.
        index: What is staged.
    """

    own: Path
    shared: Path
    top: Path | None
    object_format: str
    index: Path


def empty(folder: Path) -> None:
    """Make a git directory without any object."""
    _fill(folder, [*_LINE_ENDS.items()], "sha1", reftable=False)
    (folder / "HEAD").write_text("ref: refs/heads/none\n", **_AS_IT_IS)
    (folder / "refs").mkdir()


def over(folder: Path, place: Place, settings: Mapping[str, tuple[str, ...]]) -> None:
    """Make a git directory over the objects, refs and index of a repository.

    Args:
        folder: The directory, which is there and empty.
        place: The repository.
        settings: What it and its user say; what is not to be kept is passed over.

    Raises:
        RepositoryError: The repository cannot be read.
    """
    kept = [(key, value) for key, values in settings.items() if _KEPT.fullmatch(key) for value in values]
    _fill(folder, kept, place.object_format, reftable=(place.shared / "reftable").is_dir())
    (folder / "objects/info/alternates").write_text(f'"{_escaped(str(place.shared / "objects"))}"\n', **_AS_IT_IS)
    try:
        # A link would not do: git takes one for a branch, as it was written long ago.
        head = place.own / "HEAD"
        (folder / "HEAD").write_text(
            f"ref: {head.readlink()}\n" if head.is_symlink() else head.read_text("utf-8"), **_AS_IT_IS
        )
    except (OSError, UnicodeDecodeError) as error:
        raise RepositoryError(f"{head}: cannot be read: {error}") from error
    for name in ("refs", "packed-refs", "reftable", "shallow", "info/exclude", "logs/refs"):
        _link(folder / name, place.shared / name)
    _link(folder / "logs/HEAD", place.own / "logs/HEAD")
    _link(folder / "index", place.index)
    for path in (*place.index.parent.glob("sharedindex.*"), *place.own.glob("*_HEAD")):
        _link(folder / path.name, path)


def _fill(folder: Path, kept: list[tuple[str, str]], object_format: str, *, reftable: bool) -> None:
    for name in ("objects/info", "info", "logs"):
        (folder / name).mkdir(parents=True)
    extensions = {"extensions.objectFormat": object_format} if object_format != "sha1" else {}
    if reftable:
        extensions["extensions.refStorage"] = "reftable"
    version = {"core.repositoryFormatVersion": str(int(bool(extensions)))}
    settings = (*version.items(), *extensions.items(), *_SETTINGS.items(), *kept)
    (folder / "config").write_text("".join(_setting(key, value) for key, value in settings), **_AS_IT_IS)
    (folder / "info/attributes").write_text(_ATTRIBUTES, **_AS_IT_IS)


def _link(path: Path, target: Path) -> None:
    if target.exists():
        path.symlink_to(target)


def _setting(key: str, value: str) -> str:
    """Write a setting as a configuration file has it."""
    section, _, rest = key.partition(".")
    between, _, name = rest.rpartition(".")
    header = f'{section} "{_escaped(between)}"' if between else section
    return f'[{header}]\n\t{name} = "{_escaped(value)}"\n'


def _escaped(text: str) -> str:
    return text.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")
