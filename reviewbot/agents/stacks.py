"""The ``stack`` of an agent's front matter: when this agent is the right one.

The classes say what it may say; docs/schemas/agent.json is made of them. In front matter every value is a text.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotation at run time
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Annotated, Any, ClassVar

from reviewbot.agents.problem import Problem
from reviewbot.core import yaml_nodes
from reviewbot.core.agent import Signal, SignalKind, Stack
from reviewbot.core.documents import Document
from reviewbot.core.globs import complaint
from reviewbot.core.marks import Must, Short, one_or_many

if TYPE_CHECKING:
    from reviewbot.core.yaml_nodes import Node

FALLBACK = "fallback"
ANY = "any"
_WORDS = {"true": True, "yes": True, "false": False, "no": False, "": False}


def _not_empty(text: str) -> str:
    return "" if text else "must not be empty"


def _weight(said: Any) -> float:
    try:
        weight = float(said)
    except (TypeError, ValueError) as error:
        raise ValueError("must be a number") from error
    if not (math.isfinite(weight) and weight > 0):
        raise ValueError("must be above 0: evidence that speaks otherwise goes under `against`")
    return weight


def _truth(said: Any) -> bool:
    if not isinstance(said, str) or said.casefold() not in _WORDS:
        raise ValueError("must be true or false")
    return _WORDS[said.casefold()]


def _listed(said: Any) -> Any:
    if not isinstance(said, list) and said != "":
        raise ValueError('must be a list: write lines `- {kind: path, pattern: "app/**/*.py", weight: 2}`')
    return said or []


def _mapped(said: Any) -> Any:
    if isinstance(said, dict):
        return said
    raise ValueError("must be a mapping: {kind: path, pattern: ..., weight: 2}")


def _packages(names: tuple[str, ...]) -> str:
    return "" if all(names) else "must be a list of packages: write `requires: [fastapi]`"


@dataclass(frozen=True, slots=True)
class WrittenSignal:
    """One piece of evidence to look for.

    Attributes:
        kind: What it looks at.
        pattern: A gitignore pattern, a module, a package or a regular expression, after `kind`.
        weight: How much a match counts, above 0.
        identity: Whether a match speaks for the project itself, not only for its technologies.
    """

    kind: SignalKind
    pattern: Annotated[str, Must(_not_empty)]
    weight: Annotated[float, Short(_weight)] = 1.0
    identity: Annotated[bool, Short(_truth)] = False

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid"}

    def __post_init__(self) -> None:
        """Refuse a token that is no regular expression, and a path that is no gitignore pattern."""
        if self.kind in {SignalKind.PATH, SignalKind.FILE} and (wrong := complaint((self.pattern,))):
            raise ValueError(wrong)
        try:
            re.compile(self.pattern if self.kind is SignalKind.TOKEN else "")
        except (re.error, OverflowError, RecursionError) as error:
            raise ValueError(f"the pattern `{self.pattern}` must be a regular expression: {error}") from error


@dataclass(frozen=True, slots=True)
class WrittenStack:
    """When this agent is the right one.

    Attributes:
        signals: Evidence for this agent.
        against: Evidence that this is another stack; a match lowers the score by its weight.
        requires: Packages of which a repository uses one, or it is another stack; one, or a list of them.
    """

    signals: Annotated[tuple[Annotated[WrittenSignal, Short(_mapped)], ...], Short(_listed)] = ()
    against: Annotated[tuple[Annotated[WrittenSignal, Short(_mapped)], ...], Short(_listed)] = ()
    requires: Annotated[tuple[str, ...], one_or_many("a package"), Must(_packages)] = ()

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid"}


@dataclass(frozen=True, slots=True)
class WrittenAgent:
    """The front matter of an agent file. The other keys are Claude Code's.

    Attributes:
        stack: When this agent is the right one; `any` for code of any kind, `fallback` for Python that nobody claims.
    """

    stack: Annotated[WrittenStack, Short(lambda said: said, ({"enum": [ANY, FALLBACK]},))] = field(
        default_factory=WrittenStack
    )


def read(node: Node, path: str, *, ours: bool = False) -> tuple[Stack | None, list[Problem]]:
    """Read the value of ``stack``.

    Args:
        node: The value.
        path: The agent file, for the problems.
        ours: Whether the file comes with the program: the tests have looked at it, and pydantic costs 0.1 s.

    Returns:
        The stack, or None where the value is somebody else's (a word, a list of words); and what is
        wrong. A wrong key or signal is an error: routing by half of the evidence would be wrong silently.
    """
    if not isinstance(node.value, dict):
        message = "`stack` is not a mapping with `signals`: it is ignored and derived instead"
        return None, [Problem(path, node.line, "warning", message)]
    data, lines = yaml_nodes.plain(node, ("stack",))
    if not ours:
        from reviewbot.core import forms

        document = Document(path, {"stack": data}, lines)
        wrong = [*yaml_nodes.twice(node, ("stack",)), *forms.complaints(WrittenAgent, document)]
        if wrong:
            return Stack(), [Problem(path, line, "error", message) for line, message in wrong]
    required = data.get("requires", [])
    packages = (required,) if isinstance(required, str) else tuple(required)
    stack = Stack(_signals(data.get("signals")), _signals(data.get("against")), packages)
    if stack.signals:
        return stack, []
    message = "`stack` has no signals: no change will be routed here without a pin"
    return stack, [Problem(path, node.line, "warning", message)]


def _signals(said: Any) -> tuple[Signal, ...]:
    return tuple(
        Signal(
            SignalKind(signal["kind"]),
            signal["pattern"],
            float(signal.get("weight", 1)),
            _truth(signal.get("identity", "")),
        )
        for signal in said or ()
    )
