"""The settings of a review: ``.reviewbot.yml``, overridden by options and inputs.

The classes carry no validation themselves; :func:`parse` checks a file against them with
pydantic, which is imported only when there is a file (it costs 0.1 s).
"""

from __future__ import annotations

import difflib
import json
import math
import re
from collections.abc import Iterator, Mapping  # noqa: TC003 - pydantic reads the annotation at run time
from dataclasses import asdict, dataclass, field, fields
from enum import StrEnum
from pathlib import PurePosixPath
from typing import Any, ClassVar

from reviewbot.core.agent import Pin  # noqa: TC001 - pydantic reads the annotation at run time
from reviewbot.core.errors import ConfigError
from reviewbot.core.finding import Severity

FILE_NAME = ".reviewbot.yml"

# GitHub starts to throttle, and people stop reading, beyond about thirty comments in one review.
DEFAULT_MAX_COMMENTS = 30
# What a third look overlooks, a fourth one does too.
_MOST_PASSES = 3
# What may be one name or a list of them, and what it names.
_LISTS = {"agents_dir": "a folder", "agent": "an agent"}
DEFAULT_BASELINE = ".reviewbot-baseline.json"


class Engine(StrEnum):
    """What looks at the change. ``auto``: the checks, and Claude where there is a key."""

    AUTO = "auto"
    CHECKS = "checks"
    CLAUDE = "claude"


class Effort(StrEnum):
    """How much work a model puts into an answer."""

    LOW = "low"
    MEDIUM = "medium"
    HIGH = "high"
    XHIGH = "xhigh"
    MAX = "max"


@dataclass(frozen=True, slots=True)
class Price:
    """US dollars for a million tokens; what is not said of the cache is what the API charges as a rule."""

    input: float
    output: float
    cache_write: float | None = None
    cache_read: float | None = None

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Control:
    """A team's own word on one check.

    Attributes:
        off: Whether it does not run.
        severity: Of all its findings, instead of its own.
        paths: The only files it looks at, of those that are its business; empty for no such limit.
        ignore: Files it leaves alone.
    """

    off: bool = False
    severity: Severity | None = None
    paths: tuple[str, ...] = ()
    ignore: tuple[str, ...] = ()

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class Config:
    """How to review.

    Attributes:
        agents_dir: Folders of agent files, relative to this file, or `bundled`, the default. Of several agents with one
            name the first counts.
        agent: Agent that reviews every file, by name or unique prefix, or a list of them.
        pins: Which agent reviews which paths, or a list of them, before any evidence is weighed; the first match wins.
        reviewers: Most agents for one file: the one whose stack it is, and beside it such as are for any code.
        fallback: Agent of the Python files that no other agent claims, or `none`; the general agent by default.
        checks: Per check: `off`, a severity, or both a severity and the paths it is for.
        ignore_comments: Whether `# reviewbot: ignore[check] reason` holds findings back.
        baseline: File of the findings that stood in the repository when it adopted the bot; they are held back.
        engine: `auto`, `checks` or `claude`.
        model: Claude model for every agent, over the agents' own; alias or id.
        effort: Effort level of the model; None for the model's own default.
        thinking: Whether the model is told to think before it answers; untold, some models do all the same.
        refute: Whether a second call tries to disprove each finding of the model's before it is shown.
        refute_model: Model of the second call; None for the one that reviewed.
        passes: How many times the model looks for findings, each time with another question: 1, 2 or 3.
        max_bundle_tokens: Most tokens of the files that one conversation begins with, estimated.
        max_looks: Most calls of tools in one conversation; 0 for none.
        max_look_tokens: Most tokens that they return in one conversation, estimated.
        max_input_tokens: Most tokens that a review sends anew (what is read from the cache left out), estimated; the
            rest is named as not reviewed.
        max_cost_usd: Most US dollars that a review may cost; None for no limit.
        prices: Model id or family to its prices in US dollars for a million tokens, over those that are known.
        fail_on: Exit with 1 when a finding is at least this severe; `never` by default.
        require_review: Exit with 3 when the change has code and nothing looked at any of it.
        min_severity: Findings below this are held back.
        max_comments: Most inline comments; the rest goes into the summary.
        incremental: Whether files that are as they were at the review before get no new inline comments.
    """

    agents_dir: tuple[str, ...] = ()
    agent: tuple[str, ...] = ()
    pins: tuple[Pin, ...] = ()
    reviewers: int = 2
    fallback: str | None = None
    checks: Mapping[str, Control] = field(default_factory=dict)
    ignore_comments: bool = True
    baseline: str = DEFAULT_BASELINE
    engine: Engine = Engine.AUTO
    model: str | None = None
    effort: Effort | None = None
    thinking: bool = True
    refute: bool = True
    refute_model: str | None = None
    passes: int = 1
    max_bundle_tokens: int = 60_000
    max_looks: int = 60
    max_look_tokens: int = 80_000
    max_input_tokens: int = 1_000_000
    max_cost_usd: float | None = 5.0
    prices: Mapping[str, Price] = field(default_factory=dict)
    fail_on: Severity | None = None
    require_review: bool = False
    min_severity: Severity = Severity.LOW
    max_comments: int = DEFAULT_MAX_COMMENTS
    incremental: bool = True

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid"}


def parse(text: str, path: str = FILE_NAME) -> Config:
    """Read a configuration file.

    Args:
        text: The YAML.
        path: Its name, for messages.

    Raises:
        ConfigError: Not YAML, an unknown key (the nearest known one is named), or a bad value.
    """
    import yaml

    try:
        data = yaml.load(text, Loader=getattr(yaml, "CSafeLoader", yaml.SafeLoader))  # noqa: S506 - both are safe loaders
    except yaml.YAMLError as error:
        raise ConfigError(f"{path}: not valid YAML: {' '.join(str(error).split())}") from error
    if data is None:
        return Config()
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: expected keys and values at the top, such as `fail_on: high`")
    return _validated({str(key): value for key, value in data.items()}, path)


def _validated(data: dict[str, Any], path: str) -> Config:
    from pydantic import TypeAdapter, ValidationError

    known = [field.name for field in fields(Config)]
    for key in data:
        if key not in known:
            raise ConfigError(f"{path}: unknown key `{key}`{_nearest(key, known)}")
    if data.get("fail_on") == "never":
        data = {**data, "fail_on": None}
    data = {key: _listed(value, key, path) if key in _LISTS else value for key, value in data.items()}
    if isinstance(data.get("pins"), list):
        data = {**data, "pins": [_pin(pin, path) for pin in data["pins"]]}
    if isinstance(data.get("checks"), dict):
        data = {**data, "checks": {str(name): _control(name, said, path) for name, said in data["checks"].items()}}
    try:
        # JSON mode is what makes strictness useful: names become enums, lists become tuples,
        # but `true` is no number and "3" is none either.
        config = TypeAdapter(Config).validate_json(json.dumps(data, default=str), strict=True)
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(part) for part in first["loc"])
        more = "never" if where == "fail_on" else "off" if re.fullmatch(r"checks\..+\.severity", where) else ""
        hint = f" or '{more}'" if more else ""
        raise ConfigError(f"{path}: `{where}`: {first['msg']}{hint} (got {first['input']!r})") from error
    for complaint in _complaints(config):
        raise ConfigError(f"{path}: {complaint}")
    return config


def _complaints(config: Config) -> Iterator[str]:
    """Say what no type says."""
    for name, least in (
        ("max_comments", 0),
        ("reviewers", 1),
        ("passes", 1),
        ("max_bundle_tokens", 1_000),
        ("max_looks", 0),
        ("max_look_tokens", 0),
        ("max_input_tokens", 0),
        ("max_cost_usd", 0),
    ):
        value = getattr(config, name)
        if value is not None and not least <= value < math.inf:
            hint = "; `null` is no limit" if value == math.inf and name == "max_cost_usd" else ""
            yield f"`{name}`: must be {least} or more{hint} (got {value})"
    if config.passes > _MOST_PASSES:
        yield f"`passes`: must be {_MOST_PASSES} or less (got {config.passes})"
    if "" in config.agents_dir:
        yield "`agents_dir`: a folder without a name; write its path, or `bundled`"
    if PurePosixPath(config.baseline).is_absolute() or ".." in PurePosixPath(config.baseline).parts:
        yield f"`baseline`: must be a path inside the repository (got {config.baseline!r})"
    for model, price in config.prices.items():
        if any(value is not None and not 0 <= value < math.inf for value in asdict(price).values()):
            yield f"`prices.{model}`: a price is 0 or more"


def _listed(said: Any, key: str, path: str) -> list[Any]:
    """Give what may be one name or a list of them as a list."""
    if said is None:
        return []
    if isinstance(said, list):
        return said
    if isinstance(said, str):
        return [said]
    raise ConfigError(f"{path}: `{key}`: expected {_LISTS[key.rpartition('.')[2]]}, or a list of them (got {said!r})")


def _pin(said: Any, path: str) -> Any:
    return {**said, "agent": _listed(said["agent"], "pins.agent", path)} if _names_agents(said) else said


def _names_agents(said: Any) -> bool:
    return isinstance(said, dict) and said.get("agent") is not None


def _control(name: Any, said: Any, path: str) -> Any:
    """Give what is said of one check in its long form."""
    # YAML reads a bare `off` as false.
    if said is False or said == "off":
        return {"off": True}
    if isinstance(said, str):
        return {"severity": said}
    if isinstance(said, dict) and said:
        return said
    forms = "`off`, a severity, or a mapping with `severity`, `paths` or `ignore`"
    raise ConfigError(f"{path}: `checks.{name}`: expected {forms} (got {said!r})")


def _nearest(key: str, known: list[str]) -> str:
    near = difflib.get_close_matches(key, known, n=1)
    return f"; did you mean `{near[0]}`?" if near else f"; known keys: {', '.join(known)}"
