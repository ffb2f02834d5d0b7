"""The Action's inputs: environment → settings, each checked and named when it is wrong."""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from enum import StrEnum
from typing import TYPE_CHECKING, TypeVar

from reviewbot.core.deadline import seconds_of
from reviewbot.core.errors import ConfigError
from reviewbot.core.finding import Severity, Threshold
from reviewbot.core.nearest import nearest
from reviewbot.github.commands import TRIGGER
from reviewbot.settings.config import Engine
from reviewbot.settings.loading import Overrides

if TYPE_CHECKING:
    from collections.abc import Mapping

NAMES = (
    "github-token",
    "anthropic-api-key",
    "agent",
    "agents-dir",
    "config",
    "engine",
    "model",
    "fail-on",
    "require-review",
    "min-severity",
    "max-comments",
    "max-cost-usd",
    "timeout",
    "incremental",
    "log-format",
    "trigger",
    "drafts",
    "pull-request",
)
# Nobody waits an hour for a review; a runner would do so for six.
TIMEOUT = 900.0
# The runner's own, for any Docker action.
_RUNNERS = frozenset({"ARGS", "ENTRYPOINT"})
_PREFIX = "INPUT_"
# composite/action.yml hands over all of its inputs as one JSON object: its steps get no variable for each.
_ALL = "INPUT_ALL"
_TRUE = frozenset({"true", "True", "TRUE"})
_FALSE = frozenset({"false", "False", "FALSE"})

_Word = TypeVar("_Word", bound=StrEnum)


class LogFormat(StrEnum):
    """How the log is written."""

    TEXT = "text"
    JSON = "json"


@dataclass(frozen=True, slots=True)
class Inputs:
    """What a workflow asks for.

    Attributes:
        token: GitHub's token.
        overrides: What wins over the configuration file.
        config: The configuration file, or None for the usual one.
        trigger: The word that asks for a review in a comment.
        drafts: Whether drafts are reviewed.
        pull_request: The pull request to review, or None for the event's.
        timeout: Seconds that the run may take, or None for no limit.
        claude: Key and address of Claude, named as in the environment.
    """

    token: str
    overrides: Overrides
    config: str | None = None
    trigger: str = TRIGGER
    drafts: bool = False
    pull_request: int | None = None
    timeout: float | None = TIMEOUT
    claude: Mapping[str, str] = field(default_factory=dict)

    def __repr__(self) -> str:
        return f"Inputs({self.overrides})"  # the token must not get into a log


def read(environment: Mapping[str, str]) -> Inputs:
    """Read the inputs; an empty one is not set.

    Raises:
        ConfigError: An unknown input, or a bad value; the message names it.
    """
    inputs = _given(environment)
    known = {name.upper(): name for name in NAMES}
    for key, value in inputs.items():
        if value and key not in known and key not in _RUNNERS:
            near = nearest(key.lower().replace("_", "-"), NAMES)
            hint = f"did you mean {near[0]}?" if near else f"known inputs: {', '.join(NAMES)}"
            raise ConfigError(f"input {key.lower()}: there is no such input; {hint}")
    values = {known[key]: value for key, value in inputs.items() if key in known and value}
    if "github-token" not in values:
        raise ConfigError("input github-token: it is empty; leave it out to use the workflow's own token")
    _word(values, "log-format", LogFormat)
    return Inputs(
        token=values["github-token"],
        overrides=Overrides(
            agents_dir=_lines(values, "agents-dir"),
            agent=_lines(values, "agent"),
            engine=_word(values, "engine", Engine),
            fail_on=_word(values, "fail-on", Threshold),
            require_review=_flag(values, "require-review"),
            min_severity=_word(values, "min-severity", Severity),
            max_comments=_number(values, "max-comments"),
            incremental=_flag(values, "incremental"),
            model=values.get("model"),
            max_cost_usd=_dollars(values, "max-cost-usd"),
        ),
        config=values.get("config"),
        trigger=_trigger(values),
        drafts=bool(_flag(values, "drafts")),
        pull_request=_number(values, "pull-request"),
        timeout=_time(values, "timeout"),
        claude={
            "ANTHROPIC_API_KEY": values.get("anthropic-api-key") or environment.get("ANTHROPIC_API_KEY", ""),
            "ANTHROPIC_BASE_URL": environment.get("ANTHROPIC_BASE_URL", ""),
        },
    )


def wants_json(environment: Mapping[str, str]) -> bool:
    """Tell whether the log is to be JSON; asked first, so that what is wrong with other inputs is JSON, too."""
    try:
        return _given(environment).get("LOG-FORMAT") == LogFormat.JSON
    except ConfigError:
        return False  # read() says what is wrong


def _given(environment: Mapping[str, str]) -> dict[str, str]:
    given = {key: value for key, value in environment.items() if key.startswith(_PREFIX) and key != _ALL}
    given |= {f"{_PREFIX}{name.upper()}": value for name, value in _of_composite(environment).items()}
    return {key.removeprefix(_PREFIX): value.strip() for key, value in given.items()}


def _of_composite(environment: Mapping[str, str]) -> dict[str, str]:
    try:
        told = json.loads(environment.get(_ALL) or "{}")
    except ValueError as error:
        raise ConfigError(f"{_ALL}: not JSON: {error}") from error
    if not isinstance(told, dict):
        raise ConfigError(f"{_ALL}: not a JSON object")
    return {str(name): str(value) for name, value in told.items()}


def _word(values: Mapping[str, str], name: str, words: type[_Word]) -> _Word | None:
    value = values.get(name)
    if value is None:
        return None
    if value not in list(words):
        raise ConfigError(f"input {name}: `{value}` is none of {', '.join(words)}")
    return words(value)


def _lines(values: Mapping[str, str], name: str) -> tuple[str, ...]:
    return tuple(filter(None, map(str.strip, values.get(name, "").splitlines())))


def _flag(values: Mapping[str, str], name: str) -> bool | None:
    value = values.get(name)
    if value is None or value in _TRUE | _FALSE:
        return None if value is None else value in _TRUE
    raise ConfigError(f"input {name}: `{value}` is neither true nor false")


def _number(values: Mapping[str, str], name: str) -> int | None:
    value = values.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.isdigit()):
        raise ConfigError(f"input {name}: `{value}` is no whole number of 0 or more")
    return int(value)


def _dollars(values: Mapping[str, str], name: str) -> float | None:
    value = values.get(name)
    if value is None:
        return None
    if not (value.isascii() and value.replace(".", "", 1).isdigit()):
        raise ConfigError(f"input {name}: `{value}` is no amount such as 0.50")
    return float(value)


def _time(values: Mapping[str, str], name: str) -> float | None:
    if name not in values:
        return TIMEOUT
    try:
        return seconds_of(values[name])
    except ValueError as error:
        raise ConfigError(f"input {name}: {error}") from error


def _trigger(values: Mapping[str, str]) -> str:
    value = values.get("trigger", TRIGGER)
    if len(value.split()) != 1:
        raise ConfigError(f"input trigger: `{value}` must be one word, such as {TRIGGER}")
    return value
