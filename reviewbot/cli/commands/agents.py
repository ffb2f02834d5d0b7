"""``reviewbot agents``: list them, show one, lint a folder of them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.agents import agent_files
from reviewbot.cli.reading import read_settings, say
from reviewbot.core.errors import AgentError
from reviewbot.llm.models import choose
from reviewbot.review.outcome import write

if TYPE_CHECKING:
    from argparse import Namespace

    from reviewbot.core.agent import Agent


def list_agents(args: Namespace) -> int:
    """Print one line for each agent: name, model, how many items, and the first words about it."""
    agents = read_settings(args).agents
    width = max(len(agent.name) for agent in agents)
    lines = [
        f"{agent.name:<{width}}  {agent.model or 'inherit':<8} {len(agent.checklist):>3} items"
        f"  {_short(agent.description)}".rstrip()
        for agent in agents
    ]
    write("\n".join(lines) + "\n", None)
    return 0


def show(args: Namespace) -> int:
    """Print what was understood of one agent: stack, checklist, response format."""
    settings = read_settings(args)
    agent = agent_files.pick(settings.agents, args.name)
    write("\n".join(_shown(agent)) + "\n", None)
    return 0


def lint(args: Namespace) -> int:
    """Print every complaint with file and line; 2 when one of them is an error."""
    directory = Path(args.directory) if args.directory else agent_files.bundled_dir()
    if not directory.exists():
        raise AgentError(f"{directory}: no such file or folder")
    agents, problems = agent_files.lint(directory)
    write("".join(f"{p.path}:{p.line}: {p.level}: {p.message}\n" for p in problems), None)
    for agent in agents:
        say(f"{agent.path}: {agent.name}, {len(agent.checklist)} items, {len(agent.stack.signals)} signals")
        for remark in choose(agent.model)[1]:
            say(f"{agent.path}: {remark}")
    errors = sum(problem.level == "error" for problem in problems)
    say(f"{len(agents)} agents, {errors} errors, {len(problems) - errors} warnings")
    return 2 if errors else 0


def _shown(agent: Agent) -> list[str]:
    lines = [f"{agent.name} ({agent.path})", f"model: {agent.model or 'inherit'} ({choose(agent.model)[0].id})", ""]
    stack = agent.stack
    lines.append("stack" + (" (derived from the text):" if stack.derived else ":"))
    for word, signals in (("for", stack.signals), ("against", stack.against)):
        lines += [
            f"  {word:<8} {s.kind:<10} {s.weight:>5g} {'identity ' if s.identity else '         '} {s.pattern}"
            for s in signals
        ]
    section = None
    lines += ["", f"checklist, {len(agent.checklist)} items:"]
    for item in agent.checklist:
        if item.section != section:
            section = item.section
            lines.append(f"  {section}")
        lines.append(f"    {item.id} ({item.severity}, {item.scope}): {item.title}")
    lines += ["", "response format: " + (", ".join(agent.sections) or "none listed")]
    return lines


def _short(text: str) -> str:
    first = " ".join(text.replace("\\n", " ").split())
    return first if len(first) <= 90 else first[:89].rstrip() + "…"
