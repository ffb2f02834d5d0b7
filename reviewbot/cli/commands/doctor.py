"""``reviewbot doctor``: what is configured, what is missing, and what would run."""

from __future__ import annotations

import platform
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot import __version__
from reviewbot.agents.folders import BUNDLED, OWN
from reviewbot.cli.options import config_in, find_root, read_settings
from reviewbot.core.agent import BEYOND
from reviewbot.core.errors import EngineError, RepositoryError
from reviewbot.review.outcome import write
from reviewbot.settings.config import Engine

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable, Mapping

    from reviewbot.core.agent import Agent
    from reviewbot.core.check import Check
    from reviewbot.settings.loading import Settings


def run(args: Namespace) -> int:
    """Print one line for each part; 3 when one that reviews need is missing.

    Raises:
        ConfigError, AgentError: The configuration or an agent file is broken.
    """
    from reviewbot.changes.repository import Repository
    from reviewbot.checks import ruff, selection
    from reviewbot.llm.models import prices_known_as_of

    settings = read_settings(args)
    root = find_root(Path.cwd())
    config = Path(args.config) if args.config else config_in(root)
    checks = selection.of(settings).checks.values()
    engines = ", ".join(f"{count} {engine}" for engine, count in sorted(Counter(c.engine for c in checks).items()))
    lines = [
        f"reviewbot      {__version__}, Python {platform.python_version()}",
        f"configuration  {config or 'none: the defaults'}",
        f"agents         {', '.join(f'{a.name} ({len(a.checklist)} items)' for a in settings.agents)}",
        f"checks         {len(checks)} ({engines})",
        *(f"               {_run_for(agent, checks)}" for agent in settings.agents),
        *(_in_repository(root, settings) if root else ()),
        f"engine         {settings.config.engine}: {_model(settings, args.environment)}",
        f"prices         of {prices_known_as_of()}",
    ]
    parts: dict[str, Callable[[], str]] = {
        "git": lambda: Repository(Path()).text("version"),
        "ruff": ruff.version,
    }
    missing = 0
    for name, ask in parts.items():
        try:
            lines.append(f"{name:<14} {ask()}")
        except (RepositoryError, EngineError) as error:
            missing += 1
            lines.append(f"{name:<14} missing: {error}")
    write("\n".join(lines) + "\n", None)
    return 3 if missing else 0


def _in_repository(root: Path, settings: Settings) -> list[str]:
    """Say which agents nobody would see here: those that get no file, and those that lie here and are not used."""
    from reviewbot.cli.commands.unused import unused

    try:
        lines = [f"unused         {name}: {why}" for name, why in unused(root, settings)]
    except RepositoryError as error:
        lines = [f"unused         not known: {error}"]
    own = (root / OWN).resolve()
    if own.is_dir() and not any(Path(agent.path).resolve().is_relative_to(own) for agent in settings.agents):
        lines.append(f"not used       {OWN}: name it in agents_dir, as [{OWN}, {BUNDLED}]")
    return lines


def _run_for(agent: Agent, checks: Iterable[Check]) -> str:
    """Say how many checks run for an agent."""
    items = [item.id for check in checks if (item := check.spoken_for(agent)) is not None]
    beyond = f", {items.count(BEYOND)} of them beyond its checklist" if BEYOND in items else ""
    return f"{len(items)} for {agent.name}{beyond}"


def _model(settings: Settings, environment: Mapping[str, str]) -> str:
    """Say whether a model would be asked, and which one for which agent."""
    from reviewbot.llm.models import choose

    if settings.config.engine is Engine.CHECKS:
        return "the checks alone"
    if not environment.get("ANTHROPIC_API_KEY", "").strip():
        missing = "; that is an error" if settings.config.engine is Engine.CLAUDE else ""
        return f"the checks alone, since ANTHROPIC_API_KEY is not set{missing}"
    chosen = [
        f"{choose(settings.config.model or agent.model, settings.config.model)[0].id} for {agent.name}"
        for agent in settings.agents
    ]
    return f"the checks and Claude ({', '.join(chosen)})"
