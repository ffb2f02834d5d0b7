"""The settings of a review: ``.reviewbot.yml``, overridden by options and inputs.

The classes say what a file may say, and their docstrings what it means: :func:`parse`, the table in
docs/configuration.md and docs/schemas/configuration.json are made of them. Pydantic is imported only
when there is a file (it costs 0.1 s).
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotation at run time
from dataclasses import dataclass, field
from enum import StrEnum
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal

from reviewbot.core.agent import Pin  # noqa: TC001 - pydantic reads the annotation at run time
from reviewbot.core.finding import Severity, Threshold
from reviewbot.core.globs import complaint
from reviewbot.core.marks import Exact, Must, Short, one_or_many

if TYPE_CHECKING:
    from reviewbot.core.documents import Document

FILE_NAME = ".reviewbot.yml"

# GitHub starts to throttle, and people stop reading, beyond about thirty comments in one review.
DEFAULT_MAX_COMMENTS = 30
# What a third look overlooks, a fourth one does too.
_MOST_PASSES = 3
WHERE_POSSIBLE = "where-possible"
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

    input: Annotated[float, Exact(0)]
    output: Annotated[float, Exact(0)]
    cache_write: Annotated[float, Exact(0)] | None = None
    cache_read: Annotated[float, Exact(0)] | None = None

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

    off: Annotated[bool, Exact()] = False
    severity: Severity | None = None
    paths: Annotated[tuple[str, ...], Must(complaint)] = ()
    ignore: Annotated[tuple[str, ...], Must(complaint)] = ()

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid"}


def _long_control(control: Any) -> Any:
    """Give what is said of one check in its long form."""
    # YAML reads a bare `off` as false.
    if control is False or control == "off":
        return {"off": True}
    if isinstance(control, str) and control in list(Severity):
        return {"severity": control}
    if isinstance(control, dict) and control:
        return control
    words = ", ".join(Severity)
    raise ValueError(f"must be `off`, a severity ({words}), or a mapping with `severity`, `paths` or `ignore`")


def _all_named(folders: tuple[str, ...]) -> str:
    if "" in folders:
        return "a folder without a name; write its path, or `bundled`"
    absolute = [name for name in folders if PurePosixPath(name).is_absolute()]
    return f"{absolute[0]!r} must be relative to this file" if absolute else ""


def _inside(path: str) -> str:
    outside = PurePosixPath(path).is_absolute() or ".." in PurePosixPath(path).parts
    return "must be a path inside the repository" if outside else ""


_SHORT_CONTROL = Short(_long_control, ({"enum": ["off", *Severity]}, {"const": False}))


def _required(value: Any) -> Any:
    if not isinstance(value, bool) and value != WHERE_POSSIBLE:
        raise ValueError(f"must be true, false or {WHERE_POSSIBLE}")
    return value


_REQUIRED = Short(_required)


@dataclass(frozen=True, slots=True)
class Config:
    """How to review.

    Attributes:
        agents_dir: Folders of agent files, one or a list, relative to this file, such as `.claude/agents`; the word
            `bundled` stands for the agents that come with reviewbot (a folder of that name is `./bundled`). An agent of
            an earlier folder takes the place of one with the same name in a later one. By default the bundled agents
            alone.
        agent: The agent that reviews every file, or a list of agents; a unique prefix of a name is enough. Their whole
            checklists apply.
        pins: Which agent, or list of agents, reviews which paths, before any evidence is weighed; the first match wins.
            Their whole checklists apply.
        reviewers: Most agents for one file: the one whose stack it is, and beside it such as are [for any
            code](writing-an-agent.md#for-any-code). 1: nobody beside it.
        fallback: The agent of the Python files that no other agent claims, by name, or `none` for nobody. By default
            the agent whose `stack` is `fallback`: `python-backend-reviewer`, unless a team's own folder has one.
        checks: What to do with a check: `off`, another severity, or the files it is for. See below.
        ignore_comments: Whether `# reviewbot: ignore[check-id] reason` in the code holds findings back. See below.
        baseline: File of the findings that stood in the repository when it adopted the bot. See below.
        engine: What looks at the change: `auto` (the checks, and Claude where there is a key), `checks` alone, or
            `claude` (the checks and Claude; without a key that is an error).
        model: Claude model for every agent, over the agents' own: a family (`sonnet`, `opus`, `haiku`, `fable`) or an
            id.
        effort: How much work the model puts into an answer: `low`, `medium`, `high`, `xhigh`, `max`; none for the
            model's own default.
        thinking: Whether the model is told to think before it answers. Untold, some models think all the same.
        refute: A second pass tries to disprove each finding, with evidence: of the model's, and of the checks' all but
            what is surely severe. What it disproves is held back, with the reason.
        refute_model: Model of the second pass; none for the one that reviewed.
        passes: How many times the model looks for findings, each time with another question: 1, 2 or 3. What all of
            them find is then tried by the second pass.
        max_bundle_tokens: Most tokens of the files that one conversation begins with, estimated. A change of one agent
            that fits is seen whole.
        max_looks: Most calls of tools in one conversation; at the limit the model answers with what it has. 0: it may
            not look.
        max_look_tokens: Most tokens that these calls return in one conversation, estimated.
        max_input_tokens: Most tokens that a review sends anew (what is read from the cache left out), estimated. What
            does not fit is named as not reviewed.
        max_cost_usd: Most US dollars that a review may cost, estimated before and counted while it runs. What does not
            fit is named as not reviewed.
        prices: Prices of one's own: model id or family to `input`, `output`, `cache_write`, `cache_read`, in US dollars
            for a million tokens.
        fail_on: Exit with 1 when a finding is at least this severe: `critical`, `high`, `medium`, `low`, `info`, or
            `never`. What is a hint only because its check has not proven itself in other projects does not count.
        require_review: Exit with 3 when the verdict is `not_reviewed`: the change has code, and nothing looked at any
            of it. With `where-possible` only where something could have: not for a change of the front end alone while
            no agent is for it, nor for a Dockerfile while only checks look.
        min_severity: Findings below it are held back: counted and listed, not shown.
        max_comments: Most inline comments; the less severe rest goes into the summary.
        incremental: On a pull request: a file whose difference is as it was at the review before gets no new inline
            comments; what is found there stands in the summary.
    """

    agents_dir: Annotated[tuple[str, ...], one_or_many("a folder", none=True), Must(_all_named)] = ()
    agent: Annotated[tuple[str, ...], one_or_many("an agent", none=True)] = ()
    pins: tuple[Pin, ...] = ()
    reviewers: Annotated[int, Exact(1)] = 2
    fallback: str | None = None
    checks: Mapping[str, Annotated[Control, _SHORT_CONTROL]] = field(default_factory=dict)
    ignore_comments: Annotated[bool, Exact()] = True
    baseline: Annotated[str, Must(_inside)] = DEFAULT_BASELINE
    engine: Engine = Engine.AUTO
    model: str | None = None
    effort: Effort | None = None
    thinking: Annotated[bool, Exact()] = True
    refute: Annotated[bool, Exact()] = True
    refute_model: str | None = None
    passes: Annotated[int, Exact(1, _MOST_PASSES)] = 1
    max_bundle_tokens: Annotated[int, Exact(1_000)] = 60_000
    max_looks: Annotated[int, Exact(0)] = 60
    max_look_tokens: Annotated[int, Exact(0)] = 80_000
    max_input_tokens: Annotated[int, Exact(0)] = 1_000_000
    max_cost_usd: Annotated[float, Exact(0)] | None = 5.0
    prices: Mapping[str, Price] = field(default_factory=dict)
    fail_on: Threshold = Threshold.NEVER
    require_review: Annotated[Annotated[bool, Exact()] | Literal["where-possible"], _REQUIRED] = False
    min_severity: Severity = Severity.LOW
    max_comments: Annotated[int, Exact(0)] = DEFAULT_MAX_COMMENTS
    incremental: Annotated[bool, Exact()] = True

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid"}


def parse(text: str, path: str = FILE_NAME) -> Config:
    """Read a configuration file.

    Args:
        text: The YAML.
        path: Its name, for messages.

    Raises:
        ConfigError: Not YAML, an unknown key (the nearest known one is named), or a bad value.
    """
    from reviewbot.core import documents

    return of(documents.read(text, path))


def of(document: Document) -> Config:
    """Give what a configuration file says, once it is read.

    Raises:
        ConfigError: As in :func:`parse`, but that it is YAML.
    """
    if document.data is None:
        return Config()
    from reviewbot.core import forms

    return forms.checked(Config, document, such_as="fail_on: high")
