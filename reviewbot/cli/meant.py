"""What somebody probably meant who named no diff: a revision, a folder, or a file to be reviewed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.changes.repository import Repository
from reviewbot.core.errors import RepositoryError
from reviewbot.core.file_kinds import is_code

if TYPE_CHECKING:
    from pathlib import Path


def instead_of(name: str, folder: Path) -> str:
    """Say what to write instead of a diff that cannot be read, to be put after the complaint; empty for nothing.

    Args:
        name: What was given: no file, or a folder.
        folder: The repository in which it may be a revision, or a range of them.
    """
    base, dots, head = name.replace("...", "..").partition("..")
    ends = [end for end in (base, head) if end]
    if ends and all(_is_revision(end, Repository(folder)) for end in ends):
        options = [f"--base {base or 'HEAD'}"] + [f"--head {head}"] * bool(dots and head)
        return f"; did you mean `{' '.join(options)}`?"
    if (folder / name).is_dir():
        return f"; did you mean `--repo {name}`?"
    return ""


def no_diff(name: str) -> str:
    """Say of a file with code that it is no diff, and how it is reviewed; empty for any other file."""
    if not is_code(name):
        return ""
    return (
        "this is a file, and no diff; `reviewbot review` alone reviews what you changed, and "
        f"`git diff main... -- {name} | reviewbot review -` what of it is in this file"
    )


def _is_revision(name: str, repository: Repository) -> bool:
    try:
        repository.commit(name, "--base")
    except RepositoryError:
        return False
    return True
