"""``reviewbot explain``: print what a check or a checklist item is about."""

from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

from reviewbot.cli.reading import read_settings
from reviewbot.core.check import Needs
from reviewbot.core.errors import UsageError
from reviewbot.core.finding import MODEL
from reviewbot.core.nearest import nearest
from reviewbot.review.outcome import write

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Mapping

    from reviewbot.checks.examples import Example
    from reviewbot.core.agent import Agent, ChecklistItem
    from reviewbot.core.check import Check
    from reviewbot.review.evaluation.precision import Measured
    from reviewbot.review.evaluation.recall import Recall


_OF_A_MODEL = """\
model: what Claude found, not a check

  found by     Claude; the checks find nothing under this name
  items        any of the agent's checklist, or beyond-the-checklist
  shown        inline from medium on, unless a second pass could disprove it; else in the summary's list

Why: A checklist has items that no rule can decide. Claude reads the change by them and looks around in the
repository; each finding is anchored by an exact quote of the code.

Fix: As its comment says. A wrong one is taken back with `/dismiss ID why` on the pull request; docs/claude.md
says how it is asked.
"""


FOUND_BY = {
    "ast-grep": "a rule about syntax (ast-grep)",
    "ruff": "ruff",
    "change-set": "a program that reads all of the change",
}
NEEDS = {
    Needs.HUNK: "the diff, no more",
    Needs.FILE: "the whole file",
    Needs.CHANGE: "all files of the change",
    Needs.TREE: "the repository around the change",
}


def run(args: Namespace) -> int:
    """Print the check of that id, or every checklist item of that id (``agent/item`` for one agent's)."""
    from reviewbot.checks import examples, selection, unchecked
    from reviewbot.review.evaluation import precision, recall

    if args.id == MODEL:
        write(_OF_A_MODEL, None)
        return 0
    settings = read_settings(args)
    checks, agents = selection.of(settings).checks, settings.agents
    if args.id in checks:
        planted = recall.counted("unseen").get(args.id)
        text = _check(checks[args.id], precision.measured().get(args.id), planted)
        write(text + _shown(*examples.of(args.id)), None)
        return 0
    items = [
        (agent, item) for agent in agents for item in agent.checklist if args.id in {item.id, f"{agent.name}/{item.id}"}
    ]
    if not items:
        known = [*checks, *(item.id for agent in agents for item in agent.checklist)]
        near = nearest(args.id, known, most=3)
        hint = f"did you mean {', '.join(near)}?" if near else "see `reviewbot agents show NAME` for the items"
        raise UsageError(f"no check and no checklist item is called {args.id!r}; {hint}")
    reasons = unchecked.reasons()
    write("\n".join(_item(agent, item, checks.values(), reasons) for agent, item in items), None)
    return 0


def _check(check: Check, measured: Measured | None, planted: Recall | None) -> str:
    from reviewbot.checks import scope
    from reviewbot.review import first_sight

    phrases = ", ".join((*check.words, *check.topics))
    lines = [
        f"{check.id}: {check.title}",
        "",
        f"  severity     {check.severity}",
        f"  confidence   {check.confidence}",
        f"  found by     {FOUND_BY.get(check.engine, check.engine)}",
        f"  needs        {NEEDS[check.needs]}",
        f"  items        {', '.join(check.items) or f'such as say one of: {phrases}'}",
    ]
    if check.origin:
        lines.append(f"  defined in   {check.origin}")
    if check.decides:
        lines.append(f"  decides      {', '.join(check.decides)}")
    lines.append(f"  looks at     {scope.described(check)}")
    if measured:
        lines.append(f"  measured     {measured}")
    if planted:
        lines.append(f"  tried on     {planted}")
    if elsewhere := first_sight.told(check):
        lines.append(f"  elsewhere    in a project that is not the agent's own, its findings are {elsewhere}")
    if check.petty:
        lines.append(
            "  shown        as a detail: in one folded line of the summary, unless .reviewbot.yml gives it a severity"
        )
    elif check.group_above is not None:
        lines.append(f"  grouped      above {check.group_above} findings they become one note")
    for word, text in (("Why", check.why), ("Fix", check.fix), ("Leaves alone", check.leaves_alone)):
        lines += ["", f"{word}: {' '.join(text.split())}"]
    return "\n".join(lines) + "\n"


def _shown(reported: Example | None, left_alone: Example | None) -> str:
    """Give code that a check reports, and code that it leaves alone."""
    parts = []
    for words, example in (("Reported", reported), ("Left alone", left_alone)):
        if example is not None:
            where = f" ({example.path})" if example.path else ""
            parts.append(f"\n{words}{where}:\n\n{textwrap.indent(example.shown, '    ')}\n")
    return "".join(parts)


def _item(agent: Agent, item: ChecklistItem, checks: Iterable[Check], reasons: Mapping[str, str]) -> str:
    speaking = [check for check in checks if f"{agent.name}/{item.id}" in check.items]
    lines = [
        f"{agent.name}/{item.id}: {item.title}",
        "",
        f"  section      {item.section}",
        f"  severity     {item.severity}",
        f"  scope        {item.scope}",
        f"  checks       {', '.join(check.id for check in speaking) or 'none; only a model can judge it'}",
        f"  defined in   {agent.path}:{item.line}",
    ]
    if reason := reasons.get(f"{agent.name}/{item.id}"):
        lines.append(f"  left out     {reason}")
    if item.text:
        lines += ["", " ".join(item.text.split())]
    return "\n".join(lines) + "\n"
