"""What commands have in common: reading the change, the configuration and the agents they were given."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.core.errors import UsageError
from reviewbot.core.finding import Severity
from reviewbot.core.text import printable
from reviewbot.settings import loading
from reviewbot.settings.config import FILE_NAME, Engine
from reviewbot.settings.loading import Overrides

if TYPE_CHECKING:
    from argparse import Namespace

    from reviewbot.core.change import ChangeSet
    from reviewbot.settings.loading import Settings


def read_change(args: Namespace) -> ChangeSet:
    """Read the change from a diff file, standard input, or a repository.

    Raises:
        UsageError: The options do not say one change.
        DiffError, RepositoryError: It cannot be read.
    """
    repo = Path(args.repo) if args.repo else None
    if repo is not None and not repo.is_dir():
        raise UsageError(f"--repo {args.repo}: no such folder")
    if args.diff is not None:
        if args.base is not None or args.head is not None:
            raise UsageError("a diff and --base/--head exclude each other: give one of them")
        from reviewbot.changes import patch

        return patch.read(_read_diff(args.diff), repo)
    if repo is None and args.base is None and args.head is None:
        raise UsageError(
            "nothing to review: give a diff file, - for standard input (git diff main... | reviewbot review -), "
            "--base REF for this repository, or --repo DIR for its uncommitted work"
        )
    from reviewbot.changes import git

    return git.read(repo or Path(), args.base, args.head)


def read_settings(args: Namespace) -> Settings:
    """Read configuration and agents; options win over the file.

    Raises:
        ConfigError: A bad configuration file, or one that names an agent that is not there.
        AgentError: An agent file that cannot be used, or an agent asked for that is not there.
    """
    root = find_root(Path(args.repo) if args.repo else Path.cwd())
    path = Path(args.config) if args.config else config_in(root)
    read = loading.of_folder(path, overrides(args), root)
    for remark in read.remarks:
        say(remark)
    return read


def overrides(args: Namespace) -> Overrides:
    """Give what the options say."""

    def option(name: str) -> str | None:
        return getattr(args, name, None)

    engine, min_severity = option("engine"), option("min_severity")
    return Overrides(
        agents_dir=tuple(getattr(args, "agents_dir", None) or ()),
        agent=tuple(getattr(args, "agent", None) or ()),
        engine=Engine(engine) if engine else None,
        fail_on=option("fail_on"),
        require_review=getattr(args, "require_review", None),
        min_severity=Severity(min_severity) if min_severity else None,
        model=option("model"),
        max_cost_usd=getattr(args, "max_cost_usd", None),
    )


def say(sentence: str) -> None:
    """Talk to the user beside the payload: standard error."""
    sys.stderr.write(f"reviewbot: {printable(' '.join(sentence.split()))}\n")


def _read_diff(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"{name}: cannot read this diff: {error.strerror}") from error


def find_root(start: Path) -> Path | None:
    """Look for the folder that has `.reviewbot.yml` or `.reviewbot/`, from ``start`` up to the root of the repository.

    The root itself where neither is anywhere; None outside of a repository.
    """
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / FILE_NAME).is_file() or (folder / loading.CHECKS).is_dir() or (folder / ".git").exists():
            return folder
    return None


def config_in(root: Path | None) -> Path | None:
    """Give the configuration file in ``root``, or None where there is none."""
    path = root / FILE_NAME if root else None
    return path if path and path.is_file() else None
