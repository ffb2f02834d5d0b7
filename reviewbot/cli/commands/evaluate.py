"""``reviewbot eval``: how well an agent reviews, on changes for which it is known what a good review finds."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.agents import agent_files
from reviewbot.cli.reading import naming, read_diff, read_settings, say, watched
from reviewbot.core import logs
from reviewbot.core.telling import Watch, counted
from reviewbot.core.text import printable
from reviewbot.review import engines
from reviewbot.review.outcome import write

if TYPE_CHECKING:
    from argparse import Namespace

    from reviewbot.core.change import ChangeSet
    from reviewbot.review.evaluation.cases import Case
    from reviewbot.review.evaluation.scoring import Score
    from reviewbot.review.evaluation.share import Share


def run(args: Namespace) -> int:
    """Review every case, print the figures; give the exit code: 3 where a review failed.

    Raises:
        ConfigError: A case file is not as it must be.
        DiffError, RepositoryError: A case's change cannot be read.
    """
    from reviewbot.checks import selection
    from reviewbot.review import pipeline
    from reviewbot.review.evaluation import cases, scoring

    logs.configure(json=args.log_format == "json")
    folder = Path(args.cases)
    wanted = cases.load(folder)
    settings = read_settings(args)
    judge = engines.of(settings.config, args.environment, args.record, args.replay)
    checks = selection.of(settings)
    scores = []
    with watched(args) as tell:
        for case in counted(wanted, "cases", "reviewing", tell):
            forced = (agent_files.pick(settings.agents, case.agent),) if case.agent else settings.forced
            chosen = replace(settings, forced=forced)
            review = pipeline.review(_change(case, folder), chosen, lambda: checks, judge, Watch(tell))
            for failure in review.failures:
                say(f"{case.name}: failed: {failure.stage}: {failure.message}")
            scores.append(scoring.score(case, review))
    score = scoring.total(scores)
    write(_json(score) if args.format == "json" else _words(score), args.output, exact=args.format == "json")
    return 3 if any(case.failed for case in scores) else 0


def _change(case: Case, folder: Path) -> ChangeSet:
    from reviewbot.changes import git, patch

    repo = folder / case.repo if case.repo else None
    if case.diff is None:
        return git.read(repo or folder, case.base, case.head)
    path = str(folder / case.diff)
    with naming(path):
        return patch.read(read_diff(path), repo)


def _words(score: Score) -> str:
    from reviewbot.review.evaluation import scoring

    lines = [f"{len(score.cases)} cases"]
    lines += [f"recall, {severity:<9} {_share(share)}" for severity, share in score.recall.items()]
    lines += [
        f"recall, all       {_share(score.recall_of_all)}",
        f"expected of shown {_share(score.expected)}",
        f"clean and silent  {_share(score.clean)}",
        f"comments a change {score.comments_per_change:.1f}",
        f"anchored          {_share(score.anchored)}",
        f"cost              ${score.cost_usd:.2f}",
    ]
    for case in scoring.worst(score.cases):
        lines.append(f"\n{printable(case.case.name)}{' (something failed)' if case.failed else ''}")
        for golden in case.missed:
            what = f" {golden.what}" if golden.what else ""
            lines.append(f"  missed      {golden.severity:<9} {printable(f'{golden.path}:{golden.lines[0]}{what}')}")
        for finding in case.unexpected:
            where = printable(f"{finding.path}:{finding.start_line} {finding.title} ({finding.check})")
            lines.append(f"  unexpected  {finding.severity:<9} {where}")
    return "\n".join(lines) + "\n"


def _share(share: Share) -> str:
    if share.value is None:
        return "-"
    low, high = share.interval
    return f"{share.part} of {share.whole} ({share.value:.0%}, 95 % interval {low:.0%} to {high:.0%})"


def _json(score: Score) -> str:
    def told(share: Share) -> dict[str, object]:
        return {"part": share.part, "whole": share.whole, "share": share.value, "interval": list(share.interval)}

    data = {
        "recall": {"all": told(score.recall_of_all), **{str(key): told(value) for key, value in score.recall.items()}},
        "expected_of_shown": told(score.expected),
        "clean_and_silent": told(score.clean),
        "comments_per_change": score.comments_per_change,
        "anchored": told(score.anchored),
        "cost_usd": score.cost_usd,
        "cases": [
            {
                "name": case.case.name,
                "found": [golden.model_dump(mode="json") for golden in case.found],
                "missed": [golden.model_dump(mode="json") for golden in case.missed],
                "unexpected": [
                    {"path": f.path, "line": f.start_line, "item": f.item, "check": f.check, "title": f.title}
                    for f in case.unexpected
                ],
                "failed": case.failed,
                "cost_usd": case.cost_usd,
            }
            for case in score.cases
        ],
    }
    return json.dumps(data, indent=2) + "\n"
