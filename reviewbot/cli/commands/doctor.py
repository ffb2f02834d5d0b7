"""``reviewbot doctor``: what is configured, what is missing, and what would run."""

from __future__ import annotations

import platform
import re
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot import __version__
from reviewbot.agents.folders import BUNDLED, OWN
from reviewbot.changes import git
from reviewbot.changes.repository import Repository
from reviewbot.changes.repository import version as git_version
from reviewbot.cli.address import advice
from reviewbot.cli.diagnosis import Diagnosis, State
from reviewbot.cli.reading import config_in, find_root, read_settings
from reviewbot.core import files
from reviewbot.core.agent import BEYOND
from reviewbot.core.errors import AgentError, ConfigError, EngineError, GithubError, RepositoryError
from reviewbot.review.outcome import write
from reviewbot.settings.config import Engine

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Callable, Iterable, Iterator, Mapping

    from reviewbot.core.agent import Agent
    from reviewbot.core.check import Check
    from reviewbot.settings.loading import Settings

_USES = re.compile(r"uses:\s*(\S+/reviewbot(?:/composite)?@\S+|\./)\s*(?:#.*)?$", re.MULTILINE)
_ORIGIN = re.compile(r"(?:https://|ssh://)?(?:[^@/\s]+@)?[\w.-]+[:/](?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?/?")


def run(args: Namespace) -> int:
    """Print one line for each part; 3 when one that reviews need is missing."""
    root = find_root(Path.cwd())
    settings: Settings | None = None
    configured: Iterable[Diagnosis]
    try:
        settings = read_settings(args)
        configured = [*_configured(args.config, root, settings), *_model(settings, args.environment)]
    except (ConfigError, AgentError) as error:
        configured = [Diagnosis(State.MISSING, "configuration", "; ".join(str(error).splitlines()))]
    diagnoses = [*_program(), *configured, *_repository(root, settings), *_token(root, args.environment)]
    write("\n".join(map(str, diagnoses)) + "\n", None)
    return 3 if any(diagnosis.state is State.MISSING for diagnosis in diagnoses) else 0


def _program() -> Iterator[Diagnosis]:
    from reviewbot.checks import ruff

    yield Diagnosis(State.OK, "reviewbot", f"{__version__}, Python {platform.python_version()}")
    parts: dict[str, Callable[[], str]] = {"git": git_version, "ruff": ruff.version}
    for name, version in parts.items():
        try:
            yield Diagnosis(State.OK, name, version())
        except (RepositoryError, EngineError) as error:
            yield Diagnosis(State.MISSING, name, str(error))


def _configured(option: str | None, root: Path | None, settings: Settings) -> Iterator[Diagnosis]:
    from reviewbot.checks import selection

    config = Path(option) if option else config_in(root)
    yield Diagnosis(State.OK, "configuration", str(config or "none: the defaults"))
    agents = ", ".join(f"{agent.name} ({len(agent.checklist)} items)" for agent in settings.agents)
    yield Diagnosis(State.OK, "agents", agents)
    checks = selection.of(settings).checks.values()
    engines = ", ".join(f"{count} {engine}" for engine, count in sorted(Counter(c.engine for c in checks).items()))
    yield Diagnosis(State.OK, "checks", f"{len(checks)} ({engines})")
    for agent in settings.agents:
        yield Diagnosis(State.NOTE, "checks", _run_for(agent, checks))
    if settings.baseline:
        yield Diagnosis(State.OK, "baseline", f"{len(settings.baseline)} findings are held back")
    else:
        yield Diagnosis(State.NOTE, "baseline", "none; `reviewbot baseline` notes what an old repository has already")


def _run_for(agent: Agent, checks: Iterable[Check]) -> str:
    """Say how many checks run for an agent."""
    items = [item.id for check in checks if (item := check.spoken_for(agent)) is not None]
    beyond = f", {items.count(BEYOND)} of them beyond its checklist" if BEYOND in items else ""
    return f"{len(items)} for {agent.name}{beyond}"


def _repository(root: Path | None, settings: Settings | None) -> Iterator[Diagnosis]:
    """Say how the repository is: its history, its workflow, and which agents nobody would see here."""
    try:
        if root is None or not Repository(root).exists:
            words = "this folder is in none: here only a diff can be reviewed (`reviewbot review FILE`)"
            yield Diagnosis(State.MISSING, "repository", words)
        else:
            yield _history(Repository(root))
            yield from _workflow(root)
    except RepositoryError as error:
        yield Diagnosis(State.MISSING, "repository", str(error))
        return
    if root is not None and settings is not None:
        yield from _unused(root, settings)


def _unused(root: Path, settings: Settings) -> Iterator[Diagnosis]:
    from reviewbot.cli.commands.unused import unused

    try:
        for name, why in unused(root, settings):
            yield Diagnosis(State.NOTE, "unused", f"{name} gets no file here: {why}")
    except RepositoryError as error:
        yield Diagnosis(State.TODO, "unused", f"not known: {error}")
    own = (root / OWN).resolve()
    if own.is_dir() and not any(Path(agent.path).resolve().is_relative_to(own) for agent in settings.agents):
        yield Diagnosis(State.TODO, "not used", f"{OWN}: name it in agents_dir, as [{OWN}, {BUNDLED}]")


def _history(repository: Repository) -> Diagnosis:
    if not git.has_commits(repository):
        return Diagnosis(State.NOTE, "history", "there are no commits yet")
    if repository.shallow:
        return Diagnosis(State.TODO, "history", "a part only, so a branch cannot be compared: git fetch --unshallow")
    branch = git.default_branch(repository)
    if branch is None:
        return Diagnosis(State.TODO, "history", "no origin/HEAD, main or master to compare with: name one with --base")
    return Diagnosis(State.OK, "history", f"whole; branches are compared with {branch}")


def _workflow(root: Path) -> Iterator[Diagnosis]:
    folder = root / ".github" / "workflows"
    found = {
        path.relative_to(root).as_posix(): used[1]
        for path in files.listed(folder, "*.yml", "*.yaml")
        if path.is_file() and (used := _USES.search(path.read_text(encoding="utf-8", errors="replace")))
    }
    if not found:
        yield Diagnosis(State.TODO, "workflow", "none uses the Action: `reviewbot init` writes one")
        return
    yield Diagnosis(State.OK, "workflow", ", ".join(f"{path} uses {uses}" for path, uses in found.items()))
    for uses in dict.fromkeys(found.values()):
        if uses != "./" and (pin := advice(uses)):
            yield Diagnosis(State.NOTE, "workflow", pin)


def _model(settings: Settings, environment: Mapping[str, str]) -> Iterator[Diagnosis]:
    """Say whether a model would be asked, and which one for which agent."""
    from reviewbot.llm.models import choose, prices_known_as_of

    engine = settings.config.engine
    if engine is Engine.CHECKS:
        yield Diagnosis(State.OK, "engine", f"{engine}: the checks alone")
    elif environment.get("ANTHROPIC_API_KEY", "").strip():
        chosen = [
            f"{choose(settings.config.model or agent.model, settings.config.model)[0].id} for {agent.name}"
            for agent in settings.agents
        ]
        yield Diagnosis(State.OK, "engine", f"{engine}: the checks and Claude ({', '.join(chosen)})")
    elif engine is Engine.CLAUDE:
        yield Diagnosis(State.MISSING, "engine", f"{engine}: it needs a key, and ANTHROPIC_API_KEY is not set")
    else:
        words = "the checks alone; a key is optional: with ANTHROPIC_API_KEY Claude looks as well"
        yield Diagnosis(State.NOTE, "engine", f"{engine}: {words}")
    yield Diagnosis(State.NOTE, "prices", f"of {prices_known_as_of()}")


def _token(root: Path | None, environment: Mapping[str, str]) -> Iterator[Diagnosis]:
    """Say what the token may do with the repository on GitHub."""
    token = environment.get("GITHUB_TOKEN") or environment.get("GH_TOKEN")
    if not token:
        words = "none, which only --pr and post need (GITHUB_TOKEN=$(gh auth token))"
        yield Diagnosis(State.NOTE, "token", words)
        return
    origin = _ORIGIN.fullmatch(_origin(root)) if root else None
    if origin is None:
        yield Diagnosis(State.NOTE, "token", "set; there is no `origin` on GitHub to ask about")
        return
    from reviewbot.github.client import API_URL, Client

    name = f"{origin['owner']}/{origin['name']}"
    client = Client(token, environment.get("GITHUB_API_URL") or API_URL)
    try:
        may = client.get(f"/repos/{name}").get("permissions") or {}
    except GithubError as error:
        yield Diagnosis(State.TODO, "token", f"{name} cannot be read with it: {error}")
        return
    if may.get("push"):
        yield Diagnosis(State.OK, "token", f"may write to {name}")
    else:
        yield Diagnosis(
            State.TODO, "token", f"only reads {name}: --pr shows a review, and --post needs pull-requests: write"
        )


def _origin(root: Path) -> str:
    try:
        return Repository(root).origin
    except RepositoryError:
        return ""
