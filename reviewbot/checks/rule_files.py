"""What a rule file may say, and what is wrong with one."""

from __future__ import annotations

import difflib
import re
from itertools import chain
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewbot.checks.batches import stays_inside
from reviewbot.checks.scope import WHERE
from reviewbot.checks.values.standing import KINDS
from reviewbot.checks.values.traced import KEYS
from reviewbot.core.check import Needs
from reviewbot.core.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

_KEYS = (
    "id",
    "language",
    "severity",
    "message",
    "note",
    "files",
    "ignores",
    "rule",
    "constraints",
    "utils",
    "transform",
)
_METADATA = {
    "title": str,
    "why": str,
    "fix": str,
    "leaves_alone": str,
    "severity": str,
    "confidence": str,
    "items": list,
    "decides": list,
    "where": str,
    "needs": str,
    "once_per": str,
    "anchor": str,
    "changed": list,
    "group_above": int,
    "suggest": str,
    "suggest_argument": dict,
    "suggest_drops": list,
    "suggest_where": str,
    "mentions": list,
    "only_with": dict,
    "identity": str,
    "habit": str,
    "unless_said": str,
    "built": dict,
    "stands_for": dict,
    "traced": dict,
    "reached": str,
    "petty": bool,
    "words": list,
    "topics": list,
    "everywhere": bool,
}
_TYPES: dict[str, type] = {
    "message": str,
    "rule": dict,
    "constraints": dict,
    "utils": dict,
    "transform": dict,
    "files": list,
    "ignores": list,
}
_ARGUMENT = re.compile(r"[A-Za-z_]\w*=\S")
_REQUIRED = ("title", "why", "fix", "leaves_alone", "severity", "confidence", "items")
_CHOICES: dict[str, tuple[str, ...]] = {
    "severity": tuple(Severity),
    "confidence": tuple(Confidence),
    "needs": tuple(Needs),
    "where": tuple(WHERE),
    "once_per": ("match", "symbol", "file"),
    "reached": ("schema", "route"),
}


def complaints(
    data: Mapping[str, Any], metadata: Mapping[str, Any], codes: tuple[str, ...], name: str
) -> Iterator[str]:
    """Say what is wrong with a rule file, and what to do.

    Args:
        data: All of it but ``metadata`` and ``ruff``.
        metadata: What stands under ``metadata``.
        codes: What stands under ``ruff``.
        name: The file's name, which says the check's id.
    """
    yield from chain(_key_complaints(data, metadata), _value_complaints(data, metadata, codes, name))


def _key_complaints(data: Mapping[str, Any], metadata: Mapping[str, Any]) -> Iterator[str]:
    if "fix" in data:
        yield "`fix` is not used here, because it would be applied unseen; write `metadata.suggest`"
    for where, keys, known in (("", data, _KEYS), ("metadata.", metadata, tuple(_METADATA))):
        for key in keys:
            if key not in known:
                near = difflib.get_close_matches(str(key), known, n=1)
                yield f"unknown key `{where}{key}`" + (f"; did you mean `{where}{near[0]}`?" if near else "")
    for key in ("suggest_where", "suggest_drops"):
        if key in metadata and not metadata.keys() & {"suggest", "suggest_argument"}:
            yield f"`metadata.{key}` needs a `suggest`"
    yield from (f"`metadata.{key}` is missing" for key in _REQUIRED if key not in metadata)


def _value_complaints(
    data: Mapping[str, Any], metadata: Mapping[str, Any], codes: tuple[str, ...], name: str
) -> Iterator[str]:
    if data.get("id") != Path(name).stem:
        yield f"`id` is {data.get('id')!r}; it must be the file's name, {Path(name).stem!r}"
    if bool(codes) == ("rule" in data):
        yield "needs either `rule` (ast-grep) or `ruff` (a list of codes)"
    yield from _type_complaints("", data, _TYPES)
    yield from _type_complaints("metadata.", metadata, _METADATA)
    if data.get("language", "python") != "python":
        yield f"`language` is {data['language']!r}; only python is read"
    for key, value in metadata.items():
        if key in _CHOICES and value not in _CHOICES[key]:
            yield f"`metadata.{key}` is {value!r}; it must be one of {', '.join(_CHOICES[key])}"
    if not stays_inside(metadata.get("only_with", {})):
        yield "`metadata.only_with` must stay inside one statement, so that all files can be searched at once"
    yield from _pattern_complaints(metadata)
    for item in metadata.get("decides", ()):
        if item not in metadata["items"]:
            yield f"`metadata.decides` names {item!r}, which is not among its `items`"


def _pattern_complaints(metadata: Mapping[str, Any]) -> Iterator[str]:
    for key in ("identity", "suggest_where", "unless_said"):
        try:
            re.compile(metadata.get(key, ""))
        except re.error as error:
            yield f"`metadata.{key}` is not a regular expression: {error}"
    for name, words in metadata.get("built", {}).items():
        try:
            re.compile(words)
        except (re.error, TypeError) as error:
            yield f"`metadata.built.{name}` is not a regular expression: {error}"
    for name, what in metadata.get("stands_for", {}).items():
        if what not in KINDS:
            yield f"`metadata.stands_for.{name}` is {what!r}; it must be one of {', '.join(KINDS)}"
    yield from _traced_complaints(metadata.get("traced", {}))
    for name, argument in metadata.get("suggest_argument", {}).items():
        if not isinstance(argument, str) or not _ARGUMENT.match(argument):
            yield f"`metadata.suggest_argument.{name}` is {argument!r}; it must be an argument, such as `timeout=10`"


def _traced_complaints(traced: Mapping[str, Any]) -> Iterator[str]:
    for key, wanted in traced.items():
        if key not in KEYS or not isinstance(wanted, dict):
            known = ", ".join(KEYS)
            yield f"`metadata.traced.{key}` must be one of {known}, with a regular expression for a meta-variable"
            continue
        for name, words in wanted.items():
            try:
                re.compile(words)
                # YAML reads `OFF` as a truth value.
                if not isinstance(name, str):
                    yield f"`metadata.traced.{key}.{name}` is no meta-variable"
            except (re.error, TypeError) as error:
                yield f"`metadata.traced.{key}.{name}` is not a regular expression: {error}"


def _type_complaints(where: str, data: Mapping[str, Any], types: Mapping[str, type]) -> Iterator[str]:
    for key, kind in types.items():
        value = data.get(key)
        # A bool is an int to Python, and to nobody who writes a file.
        if key in data and (not isinstance(value, kind) or (isinstance(value, bool) and kind is not bool)):
            yield f"`{where}{key}` must be a {kind.__name__}, not {value!r}"
        elif isinstance(value, list) and not all(isinstance(part, str) for part in value):
            yield f"`{where}{key}` must be a list of texts, not {value!r}"
