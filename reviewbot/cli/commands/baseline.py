"""``reviewbot baseline``: note what stands in the repository now, so that later reviews speak of what is new only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from reviewbot.checks import selection
from reviewbot.cli.reading import find_root, read_settings, say, watched
from reviewbot.core import files
from reviewbot.core.errors import EngineError, RepositoryError, UsageError
from reviewbot.core.reasons import ReasonKind
from reviewbot.core.telling import Watch
from reviewbot.review import pipeline
from reviewbot.review.outcome import write
from reviewbot.settings import baseline

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Collection, Mapping

    from reviewbot.checks.catalog import Catalog
    from reviewbot.core.finding import Finding
    from reviewbot.core.telling import Tell
    from reviewbot.settings.baseline import Entry
    from reviewbot.settings.loading import Settings


def run(args: Namespace) -> int:
    """Write the baseline; with ``--check`` only say what in it is no longer found: 1 when there is such.

    Raises:
        RepositoryError: There is no repository here.
        UsageError: The file is a link that leads out of it.
        EngineError: A check failed, so what it would find is not known.
    """
    root = find_root(Path(args.repo) if args.repo else Path.cwd())
    if root is None:
        raise RepositoryError("no git repository here: the baseline stands at the top of one; --repo DIR names it")
    settings = read_settings(args)
    checks = _every_place(selection.of(settings))
    with watched(args) as tell:
        findings = _findings(root, settings, checks, tell)
    path = root / settings.config.baseline
    if not path.resolve().is_relative_to(root.resolve()):
        raise UsageError(f"{path}: this link leads out of the repository")
    text = baseline.rendered(findings)
    now = baseline.parsed(text, str(path))
    gone = {fingerprint: entry for fingerprint, entry in settings.baseline.items() if fingerprint not in now}
    new = len(now.keys() - settings.baseline.keys())
    if args.check:
        write(_listed(gone), None)
        say(f"{path}: {len(settings.baseline)} findings, {len(gone)} no longer found; {new} found that are not in it")
        return int(bool(gone))
    try:
        # What is ignored today must not be lost on a disk that is full.
        files.write(path.resolve().parent, PurePath(path.resolve().name), text)
    except OSError as error:
        raise UsageError(f"the baseline {path}: cannot write: {error.strerror}") from error
    say(f"{path}: {len(now)} findings, {new} of them new; {len(gone)} are gone")
    _warn(root, settings, checks, now.keys())
    return 0


def _warn(root: Path, settings: Settings, checks: Catalog, now: Collection[str]) -> None:
    """Say what of the baseline the work in progress brings itself, and what of that work it cannot hold back."""
    from reviewbot.changes import work

    try:
        done = work.read(root)
    except RepositoryError:
        return  # a part of the history: nobody can tell what is new
    if not done.base or not done.changes.files:
        return
    found = pipeline.review(done.changes, replace(settings, baseline={}), lambda: checks).findings
    kept = [finding for finding in found if finding.placement_reason.kind is not ReasonKind.IGNORED]
    if brought := len({finding.fingerprint for finding in kept}.intersection(now) - settings.baseline.keys()):
        where = "on this branch" if done.commits else "in what is not committed"
        verb = "is" if brought == 1 else "are"
        say(f"{brought} of them {verb} new {where}: a baseline is best made on {done.base}, before the change")
    whole = {name for name, check in checks.checks.items() if check.engine == "change-set"}
    if beyond := sorted({finding.check for finding in kept if finding.fingerprint not in now} & whole):
        say(f"about this change as a whole, which no baseline holds: {', '.join(beyond)}")


def _findings(root: Path, settings: Settings, checks: Catalog, tell: Tell) -> list[Finding]:
    """Run the checks over every file as if it had been added; what is ignored in the code needs no baseline."""
    from reviewbot.changes import git

    tell("reading", "every file")
    changes = git.everything(root)
    tell("reading", "")
    review = pipeline.review(changes, settings, lambda: checks, watch=Watch(tell))
    if review.failures:
        raise EngineError("; ".join(failure.message for failure in review.failures))
    return [finding for finding in review.findings if finding.placement_reason.kind is not ReasonKind.IGNORED]


def _every_place(catalog: Catalog) -> Catalog:
    """Let no finding stand for the next one of its function or file: a later change may touch that one alone."""
    return replace(catalog, rules=tuple(replace(rule, once_per="match") for rule in catalog.rules))


def _listed(gone: Mapping[str, Entry]) -> str:
    lines = sorted((entry.path, entry.check, fingerprint) for fingerprint, entry in gone.items())
    return "".join(f"{path}: {check} {fingerprint}\n" for path, check, fingerprint in lines)
