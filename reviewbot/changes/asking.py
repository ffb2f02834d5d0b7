"""Starting git: one environment for every call, in which nothing that git reads makes it start another program.

It asks nobody, talks to nobody, and takes no locks. What must not be missed although it is in no environment, such as
the settings of the repository, is left out by :mod:`reviewbot.changes.neutral`.
"""

from __future__ import annotations

import os
from enum import Enum, auto
from typing import TYPE_CHECKING

from reviewbot.core import children
from reviewbot.core.errors import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence
    from pathlib import Path

# The largest change that anybody reviews takes a few seconds; what takes longer waits for something.
SECONDS = 120.0
_ENVIRONMENT = {
    "GIT_ALLOW_PROTOCOL": "none",
    "GIT_ASKPASS": "false",
    "GIT_ATTR_NOSYSTEM": "1",
    "GIT_EDITOR": "false",
    "GIT_NO_LAZY_FETCH": "1",
    "GIT_NO_REPLACE_OBJECTS": "1",  # it would give another object than the one that was asked for
    "GIT_OPTIONAL_LOCKS": "0",
    "GIT_PAGER": "cat",
    "GIT_PROTOCOL_FROM_USER": "0",
    "GIT_SSH_COMMAND": "false",
    "GIT_TERMINAL_PROMPT": "0",
}
_NO_SETTINGS = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1", "GIT_CONFIG_SYSTEM": os.devnull}


class As(Enum):
    """Who git is, when it is asked."""

    READER = auto()
    """What children are: in the image somebody who may only read."""
    OURSELVES = auto()
    """We, also where we are root: whose files git reads may be ours alone to read."""
    OWNER = auto()
    """We, with the settings of the machine and of the user, who say there whose repositories they trust."""


class NoRepositoryError(RepositoryError):
    """There is no repository here."""


class NoGitError(RepositoryError):
    """There is no git."""


class BrokenGitError(RepositoryError):
    """git cannot do its work here, whatever it is asked."""

    exit_code = 3


def ask(
    folder: Path,
    command: Sequence[str],
    options: Sequence[str] = (),
    *,
    stdin: bytes = b"",
    codes: Collection[int] = (0,),
    who: As = As.READER,
) -> bytes:
    """Run git and give what it prints.

    Args:
        folder: Where it runs.
        command: The command and its arguments.
        options: What stands before the command.
        stdin: What it reads.
        codes: Exit codes that are no failure.
        who: As whom it runs.

    Raises:
        NoGitError: git is not installed.
        NoRepositoryError: git finds no repository.
        BrokenGitError: git took too long, or cannot be started.
        RepositoryError: git refused, or failed.
    """
    environment = _ENVIRONMENT if who is As.OWNER else _ENVIRONMENT | _NO_SETTINGS
    line = ["git", "-C", str(folder), "--no-pager", *options, *command]
    try:
        done = children.run(line, SECONDS, stdin=stdin, also=environment, as_ourselves=who is not As.READER)
    except FileNotFoundError as error:
        raise NoGitError("git is not installed, or not on the PATH") from error
    except OSError as error:
        raise BrokenGitError(f"{folder}: git {command[0]} failed: {error}") from error
    except ValueError as error:  # a null byte in a name
        raise RepositoryError(f"{folder}: git {command[0]} failed: {error}") from error
    if done.returncode not in codes:
        raise _failed(folder, command[0], done.stderr.decode("utf-8", errors="replace").strip())
    return done.stdout


def _failed(folder: Path, command: str, said: str) -> RepositoryError:
    if "dubious ownership" in said or "owned by someone else" in said:
        return RepositoryError(
            f"{folder}: this repository belongs to another user, and git does not read such a one. "
            f"If you trust who it belongs to: git config --global --add safe.directory {folder.resolve()}"
        )
    if "not a git repository" in said:
        return NoRepositoryError(f"{folder} is not a git repository")
    lines = said.splitlines()
    words = next((line for line in lines if line.startswith("fatal:")), lines[-1] if lines else "no message")
    return RepositoryError(f"{folder}: git {command} failed: {words}")
