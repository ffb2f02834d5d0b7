"""Makes docs/checks.md: how often the checks are right, and what they make of each checklist item."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.agents import agent_files
from reviewbot.checks import catalog, unchecked
from reviewbot.review import first_sight
from reviewbot.review.evaluation import precision, recall

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reviewbot.core.agent import Agent
    from reviewbot.core.check import Check
    from reviewbot.review.evaluation.precision import Measured, Noise
    from reviewbot.review.evaluation.recall import Recall

HEAD = """# The checks

Generated from the checks and their figures by `make docs`. Each has its page: what it says, on which code, and how to
switch it off; `reviewbot explain ID` prints the same. [Writing a check](writing-a-check.md) says how to add one."""

METHOD = """## How often they are right

Measured with `bench/precision.py` on the history of real repositories: each commit was reviewed from its parent to
itself with both whole trees, a sample of the findings of each check was drawn, and each was read by somebody who had
not written the check, with the code around it. *Hits* are distinct findings, *read* is how many of them were judged,
*right* those that were true and worth a colleague's time; the interval is Wilson's, at 95 %. A hint (low confidence, or
severity info) is never inline. Where there is no hit, the check has only its cases to show.

What was wrong narrowed the checks, and the tables are of what they say since: it flatters them, as they were narrowed
on these very commits."""

ELSEWHERE = """## In other projects

An agent's own project is one that its file describes, or that you give it by name (`--agent`, or `pins` in
the configuration). Where the whole tree shows another one, a check comments only if it has proven itself: of its
findings on such projects, read when nobody had mended it by them, at least three were read and four of five were
right. What the others find are hints: in the summary, with that reason, and with a model inline where its second pass
confirms them; no job fails for them (`fail_on`). What is plain in the quoted code itself (a value between the quotes
of an SQL statement, a secret in the form of a live one, `verify=False`) is no hint. A severity for the check in
`.reviewbot.yml` (`checks: {ID: {severity: high}}`) makes it comment everywhere. Of a bare diff nobody knows whose
project it is, and every check speaks as it does at home. Proven are:"""

RECALL = """## How much they find

Measured with `bench/planted.py` on the sixty-one most severe checks: for each ten defects in the shapes that
real code has, written into code on purpose, and ten look-alikes that are fine, both by somebody who had not seen the
rules, and confirmed by a second reader who did not know what the writer meant (1,217 of 1,220 alike; the other three
were left out). The rules were mended by one half, the other half was only counted."""

ITEMS = """## The checklists, item by item

What the checks say of each item, and what they leave to a model or a person. Few checks decide an item: they see some
of the ways to break it."""


def page() -> str:
    """Give the page."""
    checks = catalog.load().checks
    figures = precision.measured()
    parts = [HEAD, METHOD, *_unseen(precision.unseen()), *_tables(checks, figures), _noise(precision.noise())]
    parts += [ELSEWHERE, _proven(checks), RECALL, _recalled(), ITEMS]
    reasons = unchecked.reasons()
    for agent in agent_files.load_dir(agent_files.bundled_dir())[0]:
        parts += [f"### {agent.name}", _items(agent, checks, reasons)]
    return "\n\n".join(parts) + "\n"


def _tables(checks: Mapping[str, Check], figures: Mapping[str, Measured]) -> Iterator[str]:
    planted = recall.counted("unseen")
    for kind in precision.CLASSES:
        of_kind = [check for check in checks.values() if precision.kind(check) == kind]
        known = [figures[check.id] for check in of_kind if check.id in figures]
        rows = [
            _row(f"[`{check.id}`](checks/{check.id}.md)", figures.get(check.id)) + _found(planted.get(check.id))
            for check in of_kind
        ]
        rows.append(_row("**all of them**", precision.pooled(known)) + _found(None))
        yield f"### Class {kind}\n\n{_HEAD}\n" + "\n".join(rows)


def _unseen(readings: Sequence[Mapping[str, Measured]]) -> Iterator[str]:
    for number, figures in enumerate(readings, 1):
        parts = []
        for kind, one in figures.items():
            low, high = one.interval
            share = f"{one.right / one.read:.0%}, {low:.0%} to {high:.0%}"
            parts.append(f"{one.right} of {one.read} ({share}) of class {kind}")
        where = ", ".join(precision.pooled(figures.values()).repositories)
        since = "have not been narrowed by those yet" if number == len(readings) else "have been narrowed by those, too"
        yield (
            f"On commits of {where} that no check had been narrowed on, {'; '.join(parts)} were right when they were "
            f"first read. The checks {since}."
        )


def _noise(noise: Noise | None) -> str:
    if noise is None:
        return "How many inline comments whole changes get has not been measured yet."
    return (
        f"Over {noise.changes:,} changes of {', '.join(noise.repositories)} with {noise.lines:,} changed lines of "
        f"backend code, a change got a median of {noise.median:g} inline comments per 200 lines, {noise.ninetieth:g} "
        f"at the 90th percentile (a smaller change counts as one of 200 lines); {noise.pooled:g} pooled."
    )


_HEAD = """\
| check | hits | read | right | share (95 %) | defects tried, found | harmless places tried, reported |
|---|---|---|---|---|---|---|"""


def _row(name: str, one: Measured | None) -> str:
    if one is None:
        return f"| {name} | not measured | | | |"
    if not one.read:
        return f"| {name} | {one.hits} | 0 | | |"
    low, high = one.interval
    return f"| {name} | {one.hits} | {one.read} | {one.right} | {one.right / one.read:.0%} ({low:.0%} to {high:.0%}) |"


def _found(one: Recall | None) -> str:
    return f" {one.found} of {one.planted} | {one.reported} of {one.fine} |" if one else " | |"


def _proven(checks: Mapping[str, Check]) -> str:
    rows = [
        f"| [`{name}`](checks/{name}.md) | {share.part} of {share.whole} |"
        for name, share in first_sight.shares().items()
        if first_sight.is_proven(share) and first_sight.told(checks[name])
    ]
    return "\n".join(["| check | right at first sight |", "|---|---|", *rows])


def _recalled() -> str:
    lines = ["| half | before | now |", "|---|---|---|"]
    for half, name in (("seen", "by which they were mended"), ("unseen", "only counted")):
        now = recall.total(recall.counted(half).values())
        lines.append(f"| {name} | {_shares(recall.first_count(half))} | {_shares(now)} |")
    return "\n".join([*lines, "", "The tables above have the half that was only counted."])


def _shares(one: Recall) -> str:
    found, reported = one.found / one.planted, one.reported / one.fine
    alike = f"{one.reported} of {one.fine} look-alikes reported ({reported:.0%})"
    return f"{one.found} of {one.planted} found ({found:.0%}), {alike}"


def _items(agent: Agent, checks: Mapping[str, Check], reasons: Mapping[str, str]) -> str:
    lines = ["| item | checks | left to a model |", "|---|---|---|"]
    for item in agent.checklist:
        name = f"{agent.name}/{item.id}"
        named = [check.id for check in checks.values() if name in check.items]
        speaking = ", ".join(f"[`{check}`](checks/{check}.md)" for check in named)
        lines.append(
            f"| `{item.id}` | {speaking or 'none'} | {reasons.get(name, '' if speaking else 'No check yet.')} |"
        )
    return "\n".join(lines)
