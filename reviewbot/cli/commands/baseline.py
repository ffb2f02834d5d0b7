"""``reviewbot baseline``: note what stands in the repository now, so that later reviews speak of what is new only."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING

from reviewbot.cli.reading import find_root, read_settings, say, watched
from reviewbot.core import files
from reviewbot.core.errors import EngineError, RepositoryError, UsageError
from reviewbot.core.reasons import ReasonKind
from reviewbot.core.telling import Watch
from reviewbot.review.outcome import write
from reviewbot.settings import baseline

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

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
    with watched(args) as tell:
        findings = _findings(root, settings, tell)
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
    return 0


def _findings(root: Path, settings: Settings, tell: Tell) -> list[Finding]:
    """Run the checks over every file as if it had been added; what is ignored in the code needs no baseline."""
    from reviewbot.changes import git
    from reviewbot.checks import selection
    from reviewbot.review import pipeline

    checks = _every_place(selection.of(settings))
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
