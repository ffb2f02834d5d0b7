"""What commands have in common: reading the change, the configuration and the agents they were given."""

from __future__ import annotations

import sys
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.core import printing
from reviewbot.core.errors import DiffError, UsageError
from reviewbot.core.finding import Severity, Threshold
from reviewbot.core.telling import nobody
from reviewbot.output.counting import findings, plural, shown
from reviewbot.settings import loading
from reviewbot.settings.config import FILE_NAME, Engine
from reviewbot.settings.loading import Overrides

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator
    from contextlib import AbstractContextManager

    from reviewbot.changes.work import Work
    from reviewbot.core.change import ChangeSet
    from reviewbot.core.review import Review
    from reviewbot.core.telling import Tell
    from reviewbot.output.formats import Manner
    from reviewbot.settings.loading import Settings


def read_change(args: Namespace) -> ChangeSet:
    """Read the change from a diff file, standard input, or a repository; say where it is not plain what it is.

    Raises:
        UsageError: The options do not say one change.
        DiffError, RepositoryError: It cannot be read.
    """
    changes, source = _read_change(args)
    if changes.files:
        if source:
            say(f"reviewing {source}")
    else:
        say(f"nothing to review: {source or 'the diff is empty'}")
    return changes


def _read_change(args: Namespace) -> tuple[ChangeSet, str]:
    """Give the change, and what it is made of where the options do not tell."""
    _refuse_what_is_no_change(args)
    repo, added = Path(args.repo) if args.repo else None, args.uncommitted
    if args.diff is not None:
        from reviewbot.changes import patch

        data = read_diff(args.diff, here=repo or Path())
        with naming("standard input" if args.diff == "-" else args.diff):
            return (patch.read(data, repo) if repo is not None else patch.read_here(data, Path())), ""
    from reviewbot.changes import git, work
    from reviewbot.changes.asking import NoRepositoryError
    from reviewbot.changes.repository import Repository

    here = repo or Path()
    if args.staged:
        # `git commit -a` and `git commit PATH` stage in an index of their own, which they name to the hook.
        own_index = args.environment.get("GIT_INDEX_FILE")
        changes = git.staged(here, Path(own_index) if own_index else None)
        return changes, f"{plural(len(changes.files), 'staged file')}" if changes.files else "nothing is staged"
    if args.head is not None or (args.base is not None and not added):
        changes = git.read(here, args.base, args.head)
        if args.head is None and (left := len(git.uncommitted(Repository(here)))):
            say(f"uncommitted work in {plural(left, 'file')} is left out; --uncommitted reviews it, too")
        return changes, ""
    if repo is not None and not added:
        return git.read(repo), ""
    try:
        done = work.read(here, args.base)
    except NoRepositoryError as error:
        raise UsageError(
            "nothing to review: this folder is in no git repository. Give a diff file, - for standard input "
            "(git diff main... | reviewbot review -), or --repo DIR"
        ) from error
    return done.changes, _said(done)


def _refuse_what_is_no_change(args: Namespace) -> None:
    """Complain of options that do not say one change."""
    ends = args.base is not None or args.head is not None
    if args.staged and (args.uncommitted or args.diff is not None or ends):
        raise UsageError("--staged is the whole change: no diff, --base, --head or --uncommitted goes with it")
    if args.uncommitted and (args.diff is not None or args.head is not None):
        raise UsageError("--uncommitted is about the files as they lie there: it goes with --base, or alone")
    if args.repo and not Path(args.repo).is_dir():
        raise UsageError(f"--repo {args.repo}: no such folder")
    if args.diff is not None and ends:
        raise UsageError("a diff and --base/--head exclude each other: give one of them")


def _said(done: Work) -> str:
    """Say what a change of one's own is made of."""
    files = f"uncommitted work in {plural(len(done.uncommitted), 'file')}" if done.uncommitted else ""
    if not done.base:
        return files or "nothing is uncommitted, and there is no branch to compare with (--base REF)"
    branch = "the commit that is checked out" if done.branch == "HEAD" else f"branch {done.branch}"
    if done.branch == done.base:
        return files or f"{branch} is what others are compared with, and nothing is uncommitted (--base REF: since REF)"
    if not done.commits:
        return files or f"{branch} has no commits that {done.base} lacks, and nothing is uncommitted"
    commits = f"{plural(done.commits, 'commit')} of {branch} since {done.base}"
    return f"{commits}, and {files}" if files else f"{commits} (nothing is uncommitted)"


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

    engine, min_severity, fail_on = option("engine"), option("min_severity"), option("fail_on")
    return Overrides(
        agents_dir=tuple(getattr(args, "agents_dir", None) or ()),
        agent=tuple(getattr(args, "agent", None) or ()),
        engine=Engine(engine) if engine else None,
        fail_on=Threshold(fail_on) if fail_on else None,
        require_review=getattr(args, "require_review", None),
        min_severity=Severity(min_severity) if min_severity else None,
        model=option("model"),
        max_cost_usd=getattr(args, "max_cost_usd", None),
    )


def watched(args: Namespace) -> AbstractContextManager[Tell]:
    """Give what tells people at a terminal what is being done; it tells nobody in CI, or where errors go to a file."""
    environment = args.environment
    errors = printing.watched_errors()
    if errors is not None and not environment.get("CI") and environment.get("TERM") != "dumb":
        from reviewbot.output.progress import Progress

        return Progress(errors, color=not args.no_color)
    return nullcontext(nobody)


def manner(args: Namespace, settings: Settings) -> Manner:
    """Give how the review is to be shown."""
    from reviewbot.checks import explanations
    from reviewbot.output.formats import Manner
    from reviewbot.settings.origin import home

    watched = not args.output and printing.is_terminal()
    explain = explanations.of(settings, home(args.environment))
    return Manner(watched and not args.no_color, None, args.all, args.verbose, watched, explain)


def say(sentence: str) -> None:
    """Talk to the user beside the payload: standard error."""
    printing.say(sentence)


def tell_written(output: str | None, review: Review) -> None:
    """Say what a file has that was written; nothing where the review went to standard output."""
    if output:
        count = findings(shown(review))
        say(f"{output}: {count}; verdict: {review.verdict.replace('_', ' ')}")


def read_diff(name: str, here: Path | None = None) -> bytes:
    """Give the bytes of a diff file, or of standard input for ``-``.

    Args:
        name: The file.
        here: A repository of which it may be a revision, for the message; None where nobody would name one.

    Raises:
        UsageError: It cannot be read.
    """
    if name == "-":
        if sys.stdin is None:
            raise UsageError("standard input is closed, so there is no diff to read")
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        from reviewbot.cli.meant import instead_of

        meant = instead_of(name, here) if here is not None else ""
        raise UsageError(f"{name}: cannot read this diff: {error.strerror}{meant}") from error


@contextmanager
def naming(name: str) -> Iterator[None]:
    """Let an error of a diff say which one it is about."""
    try:
        yield
    except DiffError as error:
        from reviewbot.cli.meant import no_diff

        raise DiffError(f"{name}, {error}" if error.line else f"{name}: {no_diff(name) or error}") from error


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
