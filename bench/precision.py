"""How often the checks are right, and how much they say, on the history of real repositories.

    python bench/precision.py run OUT NAME=REPOSITORY@RANGE...  review each commit; write all findings to OUT
    python bench/precision.py sample OUT [--most 20]            draw findings to read, the same ones each time
    python bench/precision.py read OUT [--check ID] [--all]     show what was drawn and nobody has judged yet
    python bench/precision.py judge OUT < VERDICTS              note verdicts: lines of `KEY y|n why`
    python bench/precision.py figures OUT [--yaml]              hits, right, Wilson intervals, pooled rows, noise

A commit is reviewed as its pull request would be: from its first parent to itself, with both whole trees. RANGE is
anything that `git rev-list` understands, such as `main` or `v1..v2`. OUT must lie outside of any repository of ours:
it quotes the code that was reviewed. Verdicts outlive a new `run` and a new `sample`: a finding that is still
reported keeps its own, so a check can be narrowed and measured again without reading everything twice.
"""

from __future__ import annotations

import argparse
import csv
import hashlib
import itertools
import os
import statistics
import subprocess
import sys
import time
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.agents import agent_files
from reviewbot.changes import git
from reviewbot.checks import catalog
from reviewbot.core.change import FileKind, Side
from reviewbot.core.errors import ReviewbotError
from reviewbot.core.finding import Confidence, Placement, Severity
from reviewbot.review import pipeline
from reviewbot.review.evaluation.precision import CLASSES, kind_of
from reviewbot.review.evaluation.share import Share
from reviewbot.settings.config import Config
from reviewbot.settings.loading import Settings

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviewbot.core.change import ChangeSet
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Review

Row = dict[str, str]

FINDING = (
    *("key", "check", "repo", "commit", "path", "line", "end_line", "title"),
    *("severity", "confidence", "placement", "agent", "item", "fingerprint", "excerpt"),
)
JUDGED = (*FINDING, "right", "why")
CHANGE = ("repo", "commit", "backend_lines", "inline", "summary", "held_back", "seconds", "failures")
FULL = 200  # lines of a change of ordinary size; noise is counted for this many


def main(argv: Sequence[str] | None = None) -> int:
    """Do one of the steps above."""
    top = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    steps = top.add_subparsers(dest="step", required=True)
    run = steps.add_parser("run")
    run.add_argument("out", type=Path)
    run.add_argument("repositories", nargs="+", metavar="NAME=REPOSITORY@RANGE")
    run.add_argument("--check", action="append", help="only this check; its earlier findings are replaced")
    run.add_argument("--agent", help="this agent reviews every file, instead of the one whose stack matches")
    run.add_argument("--most-lines", type=int, default=5000, help="leave out commits that change more (imports)")
    run.add_argument("--most-commits", type=int, help="only the newest so many of each range")
    run.add_argument("--merges", action="store_true", help="review the merges on the first-parent line instead")
    sample = steps.add_parser("sample")
    sample.add_argument("out", type=Path)
    sample.add_argument("--most", type=int, default=20)
    read = steps.add_parser("read")
    read.add_argument("out", type=Path)
    read.add_argument("--check", action="append")
    read.add_argument("--all", action="store_true", help="also what was judged")
    judge = steps.add_parser("judge")
    judge.add_argument("out", type=Path)
    figures = steps.add_parser("figures")
    figures.add_argument("out", type=Path)
    figures.add_argument("--yaml", action="store_true", help="only the figures of the checks, as data")
    args = top.parse_args(argv)
    step = {"run": _run, "sample": _sample, "read": _read, "judge": _judge, "figures": _figures}[args.step]
    step(args)
    return 0


def _run(args: argparse.Namespace) -> None:
    every, loaded = catalog.load(), agent_files.load_dir(agent_files.bundled_dir())[0]
    known = set(args.check or every.checks)
    if unknown := known - every.checks.keys():
        raise SystemExit(f"no such check: {', '.join(sorted(unknown))}")
    wanted = catalog.Catalog(
        tuple(rule for rule in every.rules if rule.check.id in known),
        tuple(check for check in every.change_checks if check.check.id in known),
    )
    settings = Settings(Config(), loaded, (agent_files.pick(loaded, args.agent),) if args.agent else ())
    args.out.mkdir(parents=True, exist_ok=True)
    names = {spec.partition("=")[0] for spec in args.repositories}
    kept = [r for r in load(args.out / "findings.csv") if r["repo"] not in names or r["check"] not in known]
    changes = [r for r in load(args.out / "changes.csv") if args.check or r["repo"] not in names]
    for spec in args.repositories:
        name, _, rest = spec.partition("=")
        folder, _, revisions = rest.rpartition("@")
        for commit in _commits(Path(folder), revisions, args):
            began = time.perf_counter()
            try:
                change = git.read(Path(folder), f"{commit}^1", commit)
                review = pipeline.review(change, settings, lambda: wanted)
            except ReviewbotError as error:
                print(f"{name} {commit[:8]}: {error}", file=sys.stderr)
                continue
            for failure in review.failures:
                print(f"{name} {commit[:8]}: {failure.message}", file=sys.stderr)
            kept += [_finding(name, commit, finding, change) for finding in review.findings]
            if not args.check:
                changes.append(_change(name, commit, review, change, time.perf_counter() - began))
        print(f"{name}: {sum(r['repo'] == name for r in kept)} findings", file=sys.stderr)
    save(args.out / "findings.csv", FINDING, kept)
    save(args.out / "changes.csv", CHANGE, changes)


def _commits(folder: Path, revisions: str, args: argparse.Namespace) -> Iterator[str]:
    """Give the commits to review, oldest first; what has no parent or is too large is left out."""
    shape = ["--merges", "--first-parent"] if args.merges else ["--no-merges", "--min-parents=1"]
    most = [f"--max-count={args.most_commits}"] if args.most_commits else []
    listing = _git(folder, "rev-list", "--topo-order", *most, *shape, *revisions.split()).split()
    for commit in reversed(listing):
        try:
            counts = _git(folder, "diff", "--numstat", f"{commit}^1", commit, "--", "*.py").splitlines()
        except subprocess.CalledProcessError as error:
            print(f"{commit[:8]}: left out: {error.stderr.strip()}", file=sys.stderr)
            continue
        size = sum(int(n) for line in counts for n in line.split("\t")[:2] if n.isdigit())
        if size <= args.most_lines:
            yield commit
        else:
            print(f"{commit[:8]}: left out, {size} lines of Python change", file=sys.stderr)


def _git(folder: Path, *args: str) -> str:
    command = ["git", "-C", str(folder), *args]
    environment = {**os.environ, "GIT_NO_LAZY_FETCH": "1"}
    return subprocess.run(command, capture_output=True, check=True, text=True, env=environment, errors="replace").stdout


def _finding(repo: str, commit: str, finding: Finding, change: ChangeSet) -> Row:
    where = "\0".join((repo, commit, finding.check, finding.path, str(finding.start_line), finding.side, finding.title))
    return {
        **{name: str(getattr(finding, name)) for name in FINDING if hasattr(finding, name)},
        "key": hashlib.sha256(where.encode()).hexdigest()[:10],
        "repo": repo,
        "commit": commit,
        "line": str(finding.start_line),
        "excerpt": _excerpt(finding, change),
    }


def _excerpt(finding: Finding, change: ChangeSet, before: int = 12, after: int = 8) -> str:
    """Quote the lines of a finding and some around them; `+` marks what the commit added, `>` the finding."""
    file = change.file(finding.path)
    text = (file.new_text if finding.side is Side.RIGHT else file.old_text) if file else None
    if file is None or text is None:
        return finding.evidence
    touched = file.added_lines if finding.side is Side.RIGHT else file.removed_lines
    shown = []
    for number, line in enumerate(text.splitlines(), start=1):
        if finding.start_line - before <= number <= finding.end_line + after:
            mark = ">" if finding.start_line <= number <= finding.end_line else " "
            shown.append(f"{mark}{'+' if number in touched else ' '}{number:>5} {line}")
    return "\n".join(shown)


def _change(repo: str, commit: str, review: Review, change: ChangeSet, seconds: float) -> Row:
    assigned = {path for assignment in review.assignments for path in assignment.files}
    lines = sum(
        len(file.added_lines) + len(file.removed_lines)
        for file in change.files
        if file.path in assigned and file.kind is not FileKind.BINARY
    )
    counts = {p.value: str(sum(f.placement is p for f in review.findings)) for p in Placement}
    row = {"repo": repo, "commit": commit, "backend_lines": str(lines), "seconds": f"{seconds:.2f}"}
    return {**row, **counts, "failures": str(len(review.failures))}


def _sample(args: argparse.Namespace) -> None:
    """Draw from the distinct findings of each check, in turn from each repository, by the hash that is their key."""
    judged = {row["key"]: row for row in _judged(args.out)}
    drawn: list[Row] = []
    for check, rows in sorted(_by_check(_distinct(load(args.out / "findings.csv"))).items()):
        by_repo: dict[str, list[Row]] = defaultdict(list)
        for row in sorted(rows, key=lambda row: row["key"]):
            by_repo[row["repo"]].append(row)
        in_turn = [row for turn in itertools.zip_longest(*by_repo.values()) for row in turn if row]
        chosen = in_turn[: args.most]
        drawn += [{**row, **_verdict(judged.get(row["key"], {}))} for row in chosen]
        print(f"{check:<36} {len(rows):>5} hits, {len(chosen):>3} to read", file=sys.stderr)
    save(args.out / "judged.csv", JUDGED, list(judged.values()))
    save(args.out / "sample.csv", JUDGED, drawn)


def _read(args: argparse.Namespace) -> None:
    for row in load(args.out / "sample.csv"):
        if (args.all or not row["right"]) and (not args.check or row["check"] in args.check):
            head = f"{row['key']}  {row['check']}  {row['repo']} {row['commit'][:8]} {row['path']}:{row['line']}"
            verdict = f"[{row['right']}] {row['why']}\n" if row["right"] else ""
            print(f"=== {head}\n{row['title']} ({row['severity']}, {row['confidence']})\n{verdict}{row['excerpt']}\n")


def _judge(args: argparse.Namespace) -> None:
    rows = load(args.out / "sample.csv")
    by_key = {row["key"]: row for row in rows}
    for line in sys.stdin:
        key, right, why = (*line.split(maxsplit=2), "", "", "")[:3]
        if key:
            if key not in by_key or right not in {"y", "n"}:
                raise SystemExit(f"expected `KEY y|n why` with a key of the sample: {line.strip()}")
            by_key[key].update(right=right, why=why.strip())
    save(args.out / "sample.csv", JUDGED, rows)
    left = sum(not row["right"] for row in rows)
    print(f"{len(rows) - left} judged, {left} left", file=sys.stderr)


def _judged(out: Path) -> list[Row]:
    """Give every verdict there ever was, newest last."""
    old = {row["key"]: row for row in load(out / "judged.csv")}
    return list({**old, **{row["key"]: row for row in load(out / "sample.csv") if row["right"]}}.values())


def _verdict(row: Row) -> Row:
    return {"right": row.get("right", ""), "why": row.get("why", "")}


def _figures(args: argparse.Namespace) -> None:
    hits = _by_check(_distinct(load(args.out / "findings.csv")))
    read = _by_check([row for row in load(args.out / "sample.csv") if row["right"]])
    if args.yaml:
        changes = load(args.out / "changes.csv")
        print("checks:")
        for check in catalog.load().checks:
            rows = read.get(check, [])
            right = sum(row["right"] == "y" for row in rows)
            # Where nothing was found the histories are named that were searched.
            where = _where(rows or changes)
            print(f"  {check}: {{hits: {len(hits.get(check, ()))}, read: {len(rows)}, right: {right}, {where}}}")
        _noise(changes, data=True)
        return
    print(f"{'check':<36} {'class':<14} {'hits':>5} {'read':>5} {'right':>5}  share  95 %")
    pooled: dict[str, list[Row]] = defaultdict(list)
    for check in sorted(hits):
        kind = _class(hits[check][0])
        pooled[kind] += read.get(check, [])
        _figure(check, kind, len(hits[check]), read.get(check, []))
    for kind in CLASSES:
        _figure(f"all: {kind}", "", sum(len(r) for r in hits.values() if _class(r[0]) == kind), pooled[kind])
    _noise(load(args.out / "changes.csv"))


def _figure(name: str, kind: str, hits: int, read: list[Row]) -> None:
    right = sum(row["right"] == "y" for row in read)
    low, high = Share(right, len(read)).interval
    share = f"{right / len(read):>5.0%}  {low:.0%} to {high:.0%}" if read else "    -"
    print(f"{name:<36} {kind:<14} {hits:>5} {len(read):>5} {right:>5}  {share}")


def _noise(changes: list[Row], *, data: bool = False) -> None:
    """Say how many inline comments a change gets: for each 200 lines, and where fewer changed, for all of it."""
    backend = [row for row in changes if int(row["backend_lines"])]
    if len(backend) < 2:
        print("noise: {}" if data else "noise: not measured")
        return
    lines, inline = ([int(row[name]) for row in backend] for name in ("backend_lines", "inline"))
    pooled = sum(inline) * FULL / sum(lines)
    for name, least in (("a smaller change counts as 200 lines", FULL), ("exactly proportional", 1)):
        rates = [said * FULL / max(size, least) for size, said in zip(lines, inline, strict=True)]
        median, ninetieth = statistics.median(rates), statistics.quantiles(rates, n=10)[8]
        if data:
            print(f"noise:\n  {{changes: {len(backend)}, lines: {sum(lines)}, median: {median:.2f},")
            print(f"   ninetieth: {ninetieth:.2f}, pooled: {pooled:.2f}, {_where(backend)}}}")
            return
        print(f"inline per 200 lines, {name}: median {median:.2f}, 90th percentile {ninetieth:.2f}")
    print(f"pooled: {pooled:.2f}; {len(backend)} changes, {sum(lines):,} lines")
    print(f"seconds per review: median {statistics.median(float(row['seconds']) for row in backend):.2f}")


def _where(rows: Iterable[Row]) -> str:
    return f"repositories: [{', '.join(sorted({row['repo'] for row in rows}))}]"


def _class(row: Row) -> str:
    return kind_of(Severity(row["severity"]), Confidence(row["confidence"]))


def _distinct(rows: Iterable[Row]) -> list[Row]:
    """Leave out what says the same of the same code in a later commit."""
    return list({(row["repo"], row["check"], row["fingerprint"]): row for row in reversed(list(rows))}.values())


def _by_check(rows: Iterable[Row]) -> dict[str, list[Row]]:
    grouped: dict[str, list[Row]] = defaultdict(list)
    for row in rows:
        grouped[row["check"]].append(row)
    return grouped


def load(path: Path) -> list[Row]:
    """Read a table; an absent one is empty."""
    csv.field_size_limit(10**9)
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        return list(csv.DictReader(file))


def save(path: Path, columns: Sequence[str], rows: Iterable[Row]) -> None:
    """Write a table."""
    with path.open("w", encoding="utf-8", newline="") as file:
        writer = csv.DictWriter(file, columns, extrasaction="ignore", restval="")
        writer.writeheader()
        writer.writerows(rows)


if __name__ == "__main__":
    sys.exit(main())
