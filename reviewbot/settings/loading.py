"""What to review with: the configuration after options, the agents, and the forced one.

On a laptop both come from the disk, for a pull request from its base branch: a change must not steer its own review.
"""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.agents import agent_files, folders, routing
from reviewbot.core import files
from reviewbot.core.errors import AgentError, ConfigError
from reviewbot.settings import baseline
from reviewbot.settings import config as configuration
from reviewbot.settings.config import Config, Engine

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reviewbot.core.agent import Agent
    from reviewbot.core.change import ChangeSet, Tree
    from reviewbot.core.finding import Severity, Threshold
    from reviewbot.core.review import Routing
    from reviewbot.settings.baseline import Entry

NO_FALLBACK = "none"

# Where a team's own checks are; files of cases stand beside them.
CHECKS = ".reviewbot/checks"
_CASES = ".cases.yml"


@dataclass(frozen=True, slots=True)
class Overrides:
    """Options and inputs: what is given wins over the configuration file."""

    agents_dir: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    engine: Engine | None = None
    fail_on: Threshold | None = None
    min_severity: Severity | None = None
    max_comments: int | None = None
    incremental: bool | None = None
    model: str | None = None
    max_cost_usd: float | None = None
    require_review: bool | None = None


@dataclass(frozen=True, slots=True)
class Settings:
    """What to review with.

    Attributes:
        config: The configuration after the overrides.
        agents: Those that may be assigned.
        forced: The agents that review every file; none where the evidence decides.
        fallback: The agent that reviews the Python files that no other claims, or None.
        remarks: Sentences on what leaves something to be desired: agent files, a baseline that is not there.
        checks: The team's own checks, path → text.
        baseline: What is held back because it stood there when the bot came: fingerprint → where it stands.
    """

    config: Config
    agents: tuple[Agent, ...]
    forced: tuple[Agent, ...] = ()
    fallback: Agent | None = None
    remarks: tuple[str, ...] = ()
    checks: Mapping[str, str] = field(default_factory=dict)
    baseline: Mapping[str, Entry] = field(default_factory=dict)

    def assign(self, changes: ChangeSet) -> Routing:
        """Give each changed file to the agents that review it."""
        return routing.route(changes, self.agents, self.config.pins, self.forced, self.fallback, self.config.reviewers)


def of_folder(path: Path | None, overrides: Overrides, root: Path | None = None) -> Settings:
    """Read configuration, agents, the team's checks and the baseline from the disk.

    Args:
        path: The configuration file; its ``agents_dir`` is relative to it.
        overrides: What wins over the file; its ``agents_dir`` is relative to the current folder.
        root: The folder with the team's checks and the baseline; None where there can be none.

    Raises:
        ConfigError: A bad configuration file, or one that names an agent that is not there.
        AgentError: An agent file that cannot be used, or an agent asked for that is not there.
    """
    config, folder = Config(), Path()
    if path is not None:
        config, folder = configuration.parse(text_of(path, "the configuration"), str(path)), path.parent
    config = replace(config, agents_dir=overrides.agents_dir or config.agents_dir)
    agents = folders.on_disk(config.agents_dir, Path() if overrides.agents_dir else folder)
    settled = _settled(config, overrides, *agents)
    if root is None:
        return settled
    own = {
        f"{CHECKS}/{file.name}": text_of(file, "the check")
        for file in files.listed(root / CHECKS, "*.yml")
        if is_check(file.name)
    }
    known = root / config.baseline
    return _with(settled, own, text_of(known, "the baseline") if known.is_file() else None)


def of_tree(tree: Tree, path: str | None, overrides: Overrides) -> Settings:
    """Read configuration, agents, the team's checks and the baseline from a revision.

    Args:
        tree: Its files; the tip of the base branch.
        path: The configuration file; None for ``.reviewbot.yml``, which need not be there.
        overrides: What wins over the file; its ``agents_dir`` is relative to the repository.

    Raises: As :func:`of_folder`.
    """
    name = path or configuration.FILE_NAME
    text = tree.read([name]).get(name)
    if text is None and path is not None:
        raise ConfigError(f"config: {path}: no such file on the base branch")
    config = configuration.parse(text, name) if text is not None else Config()
    config = replace(config, agents_dir=overrides.agents_dir or config.agents_dir)
    settled = _settled(config, overrides, *folders.in_tree(config.agents_dir, tree))
    known = posixpath.normpath(config.baseline)
    own = sorted(path for path in tree.paths if posixpath.dirname(path) == CHECKS and is_check(path))
    texts = dict(tree.read([*own, known]))
    return _with(settled, {path: texts[path] for path in own if path in texts}, texts.get(known))


def is_check(path: str) -> bool:
    """Tell whether a file in the folder of a team's checks is one of them, and not the cases of one."""
    return path.endswith(".yml") and not path.endswith(_CASES)


def text_of(path: Path, what: str) -> str:
    """Read a text file of the settings.

    Raises:
        ConfigError: It cannot be read; the message names it and says what it was to be.
    """
    try:
        return path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot read {what}: {error}") from error


def _with(settled: Settings, checks: Mapping[str, str], known: str | None) -> Settings:
    """Add the team's checks and the baseline."""
    path, remarks = settled.config.baseline, settled.remarks
    if known is None and path != configuration.DEFAULT_BASELINE:
        remarks = (*remarks, f"{path}: no such baseline; `reviewbot baseline` writes it")
    entries = {} if known is None else baseline.parsed(known, path)
    return replace(settled, checks=checks, baseline=entries, remarks=remarks)


def _settled(config: Config, overrides: Overrides, agents: tuple[Agent, ...], remarks: tuple[str, ...]) -> Settings:
    try:
        pins = tuple(
            replace(pin, agent=tuple(agent.name for agent in _picked(agents, pin.agent))) for pin in config.pins
        )
    except AgentError as error:
        raise ConfigError(f"{configuration.FILE_NAME}: `pins`: {error}") from error
    agents, fallback = _with_fallback(agents, config.fallback)
    config = replace(
        config,
        pins=pins,
        engine=overrides.engine or config.engine,
        fail_on=overrides.fail_on or config.fail_on,
        require_review=config.require_review if overrides.require_review is None else overrides.require_review,
        min_severity=overrides.min_severity or config.min_severity,
        max_comments=config.max_comments if overrides.max_comments is None else overrides.max_comments,
        incremental=config.incremental if overrides.incremental is None else overrides.incremental,
        model=overrides.model or config.model,
        max_cost_usd=config.max_cost_usd if overrides.max_cost_usd is None else overrides.max_cost_usd,
    )
    return Settings(config, agents, _picked(agents, overrides.agent or config.agent), fallback, remarks)


def _picked(agents: tuple[Agent, ...], names: Iterable[str]) -> tuple[Agent, ...]:
    """Give the agents of these names or prefixes, each once."""
    return tuple({agent.name: agent for agent in (agent_files.pick(agents, name) for name in names)}.values())


def _with_fallback(agents: tuple[Agent, ...], name: str | None) -> tuple[tuple[Agent, ...], Agent | None]:
    """Choose the agent of the files that nobody claims; ours, where the team has none of its own."""
    if name == NO_FALLBACK:
        return tuple(agent for agent in agents if not agent.stack.fallback), None
    if name is not None:
        try:
            return agents, agent_files.pick(agents, name)
        except AgentError as error:
            raise ConfigError(f"{configuration.FILE_NAME}: `fallback`: {error}; or write `none`") from error
    chosen = next((agent for agent in agents if agent.stack.fallback), None)
    if chosen is None:
        bundled, _ = agent_files.load_dir(agent_files.bundled_dir())
        chosen = next(agent for agent in bundled if agent.stack.fallback)
        agents = (*agents, chosen)
    return agents, chosen
