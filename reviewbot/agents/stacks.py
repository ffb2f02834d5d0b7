"""The ``stack`` of an agent's front matter: when this agent is the right one."""

from __future__ import annotations

import difflib
import math
import re
from typing import TYPE_CHECKING

from reviewbot.agents.problem import Problem
from reviewbot.core.agent import Signal, SignalKind, Stack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewbot.agents.frontmatter import Node

_PARTS = ("signals", "against")
_REQUIRES = "requires"
FALLBACK = "fallback"
ANY = "any"
_KEYS = ("kind", "pattern", "weight", "identity")
_WORDS = {"true": True, "yes": True, "false": False, "no": False, "": False}


class _BadSignalError(Exception):
    """A signal that cannot be used; the message says why and what to write."""


def read(node: Node, path: str) -> tuple[Stack | None, list[Problem]]:
    """Read the value of ``stack``.

    Returns:
        The stack, or None where the value is somebody else's (a word, a list of words); and what is
        wrong. A wrong key or signal is an error: routing by half of the evidence would be wrong silently.
    """
    if not isinstance(node.value, dict):
        return None, [
            Problem(
                path, node.line, "warning", "`stack` is not a mapping with `signals`: it is ignored and derived instead"
            )
        ]
    problems: list[Problem] = []
    signals: dict[str, list[Signal]] = {part: [] for part in _PARTS}
    requires: tuple[str, ...] = ()
    for key, value in node.value.items():
        if key == _REQUIRES:
            requires, found = _packages(value, path)
            problems += found
        elif key not in _PARTS:
            known = (*_PARTS, _REQUIRES)
            problems.append(Problem(path, value.line, "error", f"`stack` has no key `{key}`{_nearest(key, known)}"))
        elif not isinstance(value.value, list):
            if value.value:
                message = f'`stack.{key}` is no list: write lines `- {{kind: path, pattern: "app/**/*.py", weight: 2}}`'
                problems.append(Problem(path, value.line, "error", message))
        else:
            for entry in value.value:
                try:
                    signals[key].append(_signal(entry))
                except _BadSignalError as error:
                    problems.append(Problem(path, entry.line, "error", f"`stack.{key}`: {error}"))
    if not signals["signals"] and not problems:
        problems.append(
            Problem(path, node.line, "warning", "`stack` has no signals: no change will be routed here without a pin")
        )
    return Stack(tuple(signals["signals"]), tuple(signals["against"]), requires), problems


def _packages(node: Node, path: str) -> tuple[tuple[str, ...], list[Problem]]:
    entries = node.value if isinstance(node.value, list) else [node]
    names = tuple(entry.value for entry in entries if isinstance(entry.value, str) and entry.value)
    if len(names) == len(entries):
        return names, []
    message = "`stack.requires` is a list of packages: write `requires: [fastapi]`"
    return names, [Problem(path, node.line, "error", message)]


def _signal(node: Node) -> Signal:
    if not isinstance(node.value, dict):
        raise _BadSignalError("a signal is a mapping: {kind: path, pattern: ..., weight: 2}")
    values = _scalars(node.value)
    unknown = next((key for key in values if key not in _KEYS), None)
    if unknown is not None:
        raise _BadSignalError(f"a signal has no key `{unknown}`{_nearest(unknown, _KEYS)}")
    if values.get("kind") not in list(SignalKind):
        raise _BadSignalError(f"kind `{values.get('kind', '')}` is none of {', '.join(SignalKind)}")
    kind = SignalKind(values["kind"])
    pattern = values.get("pattern", "")
    if not pattern:
        raise _BadSignalError(f"a signal of kind {kind} needs a `pattern`")
    if kind is SignalKind.TOKEN:
        try:
            re.compile(pattern)
        except (re.error, OverflowError, RecursionError) as error:
            raise _BadSignalError(f"pattern `{pattern}` is not a regular expression: {error}") from error
    identity = values.get("identity", "").casefold()
    if identity not in _WORDS:
        raise _BadSignalError(f"identity `{identity}`: write true or false")
    return Signal(kind, pattern, _weight(values.get("weight", "1")), _WORDS[identity])


def _scalars(mapping: Mapping[str, Node]) -> dict[str, str]:
    values = {}
    for key, node in mapping.items():
        if not isinstance(node.value, str):
            raise _BadSignalError(f"`{key}` is one word or one quoted text, not a list or a mapping")
        values[key] = node.value
    return values


def _weight(text: str) -> float:
    try:
        weight = float(text)
    except ValueError as error:
        raise _BadSignalError(f"weight `{text}` is not a number") from error
    if not (math.isfinite(weight) and weight > 0):
        raise _BadSignalError(f"weight `{text}` is not above 0: evidence that speaks otherwise goes under `against`")
    return weight


def _nearest(word: str, known: Sequence[str]) -> str:
    near: Iterable[str] = difflib.get_close_matches(word, known, n=1)
    return "".join(f"; did you mean `{name}`?" for name in near) or f"; it has {', '.join(known)}"
