"""What to review with: the configuration after options, the agents, and the forced one.

On a laptop both come from the disk, for a pull request from its base branch: a change must not steer its own review.
"""

from __future__ import annotations

import posixpath
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.agents import agent_files, folders, routing
from reviewbot.agents.folders import NoAgentsError
from reviewbot.core import documents, files
from reviewbot.core.documents import Document
from reviewbot.core.errors import AgentError, ConfigError
from reviewbot.settings import baseline
from reviewbot.settings import config as configuration

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from reviewbot.core.agent import Agent
    from reviewbot.core.change import ChangeSet, Tree
    from reviewbot.core.finding import Severity, Threshold
    from reviewbot.core.review import Routing
    from reviewbot.settings.baseline import Entry
    from reviewbot.settings.config import Config, Engine

    _Loaded = tuple[tuple[Agent, ...], tuple[str, ...]]

NO_FALLBACK = "none"
# The configuration of a repository that has none.
UNWRITTEN = Document(configuration.FILE_NAME, None)

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
        document: The configuration file as it was written, for messages about it.
    """

    config: Config
    agents: tuple[Agent, ...]
    forced: tuple[Agent, ...] = ()
    fallback: Agent | None = None
    remarks: tuple[str, ...] = ()
    checks: Mapping[str, str] = field(default_factory=dict)
    baseline: Mapping[str, Entry] = field(default_factory=dict)
    document: Document = UNWRITTEN

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
    document, folder = UNWRITTEN, Path()
    if path is not None:
        document, folder = documents.read(text_of(path, "the configuration"), str(path)), path.parent
    settled = _settled(
        document,
        overrides,
        lambda names: folders.on_disk(names, Path() if overrides.agents_dir else folder),
    )
    if root is None:
        return settled
    own = {
        f"{CHECKS}/{file.name}": text_of(file, "the check")
        for file in files.listed(root / CHECKS, "*.yml")
        if is_check(file.name)
    }
    known = root / settled.config.baseline
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
    document = documents.read(text, name) if text is not None else Document(name, None)
    settled = _settled(document, overrides, lambda names: folders.in_tree(names, tree))
    known = posixpath.normpath(settled.config.baseline)
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


def _settled(document: Document, overrides: Overrides, load: Callable[[Sequence[str]], _Loaded]) -> Settings:
    """Join what is written and what wins over it; ``load`` gives the agents of folders, and remarks on them."""
    config = configuration.of(document)
    config = replace(config, agents_dir=overrides.agents_dir or config.agents_dir)
    try:
        agents, remarks = load(config.agents_dir)
    except NoAgentsError as error:
        raise error if overrides.agents_dir else document.error(f"`agents_dir`: {error}", ("agents_dir",)) from error
    pins = []
    for number, pin in enumerate(config.pins):
        with _naming(document, "pins", number, "agent"):
            pins.append(replace(pin, agent=tuple(agent.name for agent in _picked(agents, pin.agent))))
    with _naming(document, "fallback"):
        agents, fallback = _with_fallback(agents, config.fallback)
    forced = _picked(agents, overrides.agent)
    if not forced:
        with _naming(document, "agent"):
            forced = _picked(agents, config.agent)
    config = replace(
        config,
        pins=tuple(pins),
        engine=overrides.engine or config.engine,
        fail_on=overrides.fail_on or config.fail_on,
        require_review=config.require_review if overrides.require_review is None else overrides.require_review,
        min_severity=overrides.min_severity or config.min_severity,
        max_comments=config.max_comments if overrides.max_comments is None else overrides.max_comments,
        incremental=config.incremental if overrides.incremental is None else overrides.incremental,
        model=overrides.model or config.model,
        max_cost_usd=config.max_cost_usd if overrides.max_cost_usd is None else overrides.max_cost_usd,
    )
    return Settings(config, agents, forced, fallback, remarks, document=document)


@contextmanager
def _naming(document: Document, *place: str | int) -> Iterator[None]:
    """Let the error of an agent that is not there say where it is named."""
    try:
        yield
    except AgentError as error:
        raise document.error(f"`{place[0]}`: {error}", place) from error


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
            raise AgentError(f"{error}; or write `none`") from error
    chosen = next((agent for agent in agents if agent.stack.fallback), None)
    if chosen is None:
        bundled, _ = agent_files.load_dir(agent_files.bundled_dir())
        chosen = next(agent for agent in bundled if agent.stack.fallback)
        agents = (*agents, chosen)
    return agents, chosen
