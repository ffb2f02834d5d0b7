"""What commands have in common: reading the change, the configuration and the agents they were given."""

from __future__ import annotations

import sys
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot import agents as agent_files
from reviewbot import config as configuration
from reviewbot.errors import AgentError, ConfigError, UsageError
from reviewbot.finding import Severity
from reviewbot.text import printable

if TYPE_CHECKING:
    from argparse import Namespace

    from reviewbot.agent import Agent
    from reviewbot.change import ChangeSet
    from reviewbot.config import Config


@dataclass(frozen=True, slots=True)
class Settings:
    """What to review with: the configuration after options, the agents, and the forced one."""

    config: Config
    agents: tuple[Agent, ...]
    forced: Agent | None


def read_change(args: Namespace) -> ChangeSet:
    """Read the change from a diff file, standard input, or a repository.

    Raises:
        UsageError: The options do not say one change.
        DiffError, RepositoryError: It cannot be read.
    """
    repo = Path(args.repo) if args.repo else None
    if repo is not None and not repo.is_dir():
        raise UsageError(f"--repo {args.repo}: no such folder")
    if args.diff is not None:
        if args.base is not None or args.head is not None:
            raise UsageError("a diff and --base/--head exclude each other: give one of them")
        from reviewbot.sources import patch

        return patch.read(_read_diff(args.diff), repo)
    if repo is None and args.base is None and args.head is None:
        raise UsageError(
            "nothing to review: give a diff file, - for standard input (git diff main... | reviewbot review -), "
            "--base REF for this repository, or --repo DIR for its uncommitted work"
        )
    from reviewbot.sources import git

    return git.read(repo or Path(), args.base, args.head)


def read_settings(args: Namespace) -> Settings:
    """Read configuration and agents; options win over the file.

    Raises:
        ConfigError: A bad configuration file, or one that names an agent that is not there.
        AgentError: An agent file that cannot be used, or an agent asked for that is not there.
    """
    config, folder = _read_config(args)
    if args.agents_dir:
        directory = Path(args.agents_dir)
    elif config.agents_dir:
        directory = folder / config.agents_dir
    else:
        directory = agent_files.bundled_dir()
    agents = read_agents(directory)
    for pin in config.pins:
        try:
            agent_files.pick(agents, pin.agent)
        except AgentError as error:
            raise ConfigError(f"{configuration.FILE_NAME}: `pins`: {error}") from error
    config = replace(
        config, pins=tuple(replace(pin, agent=agent_files.pick(agents, pin.agent).name) for pin in config.pins)
    )
    name = args.agent or config.agent
    return Settings(config, agents, agent_files.pick(agents, name) if name else None)


def read_agents(directory: Path) -> tuple[Agent, ...]:
    """Load the agents of a folder; what lint would complain of is counted on standard error.

    Raises:
        AgentError: No such folder, no agent in it, or an agent file that cannot be used.
    """
    if not directory.is_dir():
        raise AgentError(f"{directory}: no such folder of agents")
    agents, problems = agent_files.load_dir(directory)
    errors = [problem for problem in problems if problem.level == "error"]
    if errors:
        raise AgentError("\n".join(f"{problem.path}:{problem.line}: {problem.message}" for problem in errors))
    if not agents:
        raise AgentError(f"{directory}: no agent files (*.md) in this folder")
    if problems:
        say(f"{len(problems)} remarks on the agent files in {directory}; see `reviewbot agents lint {directory}`")
    return agents


def say(sentence: str) -> None:
    """Talk to the user beside the payload: standard error."""
    sys.stderr.write(f"reviewbot: {printable(' '.join(sentence.split()))}\n")


def _read_diff(name: str) -> bytes:
    if name == "-":
        return sys.stdin.buffer.read()
    try:
        return Path(name).read_bytes()
    except OSError as error:
        raise UsageError(f"{name}: cannot read this diff: {error.strerror}") from error


def _read_config(args: Namespace) -> tuple[Config, Path]:
    """Give the configuration after options, and the folder its paths are relative to."""
    path = Path(args.config) if args.config else find_config(Path(args.repo) if args.repo else Path.cwd())
    if path is None:
        config, folder = configuration.Config(), Path()
    else:
        try:
            text = path.read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"{path}: cannot read the configuration: {error}") from error
        config, folder = configuration.parse(text, str(path)), path.parent
    if getattr(args, "engine", None):
        config = replace(config, engine=configuration.Engine(args.engine))
    if getattr(args, "fail_on", None):
        config = replace(config, fail_on=None if args.fail_on == "never" else Severity(args.fail_on))
    if getattr(args, "min_severity", None):
        config = replace(config, min_severity=Severity(args.min_severity))
    return config, folder


def find_config(start: Path) -> Path | None:
    """Look for the file in ``start`` and the folders above it, up to the root of the repository."""
    start = start.resolve()
    for folder in (start, *start.parents):
        if (folder / configuration.FILE_NAME).is_file():
            return folder / configuration.FILE_NAME
        if (folder / ".git").exists():
            return None
    return None
