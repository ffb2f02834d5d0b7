"""A team's own checks: rule files of its repository, held to what its agents and the other checks allow."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.checks import rule_files
from reviewbot.checks.catalog import Catalog, Rule, make_rule, quick
from reviewbot.core.errors import EngineError
from reviewbot.core.nearest import nearest
from reviewbot.python.syntax import Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reviewbot.core.agent import Agent
    from reviewbot.core.check import Check
    from reviewbot.core.documents import Document, Place


_VARIABLE = re.compile(r"\$(?:\$\$)?([A-Z_][A-Z0-9_]*)")


def joined(catalog: Catalog, files: Mapping[str, str], agents: Sequence[Agent]) -> Catalog:
    """Add a team's checks to the others.

    Args:
        catalog: The checks that came with the program.
        files: Path → text.
        agents: Those that may be assigned: what the checks can speak for.

    Raises:
        ConfigError: A file that is not as docs/writing-a-check.md says, an id that is taken, an item that
            an agent does not have, or a rule that ast-grep or ruff does not understand; names file and key.
    """
    rules: dict[str, Rule] = {}
    for path, text in files.items():
        document = rule_files.read(text, path)
        rule = _try_out(document)
        for place, complaint in _complaints(rule, catalog, agents):
            raise document.error(f"`{'.'.join(map(str, place))}`: {complaint}", place)
        rules[rule.check.id] = rule
    mute = (f"{rule.check.origin}: {_mute(agents)}" for rule in rules.values() if not _speaks(rule.check, agents))
    return Catalog((*catalog.rules, *rules.values()), catalog.change_checks, (*catalog.mute, *mute), catalog.off)


def loaded(path: str, text: str) -> Rule:
    """Read one file and try whether its rule can run.

    Raises:
        ConfigError: As in :func:`joined`.
    """
    return _try_out(rule_files.read(text, path))


def _try_out(document: Document) -> Rule:
    rule = make_rule(document.data)
    place: Place = ("ruff" if rule.codes else "rule",)
    try:
        if rule.codes:
            from reviewbot.checks import ruff

            ruff.check_codes(rule.codes)
        else:
            list(Source("x = 1").find(rule.config))
        if rule.only_with:
            place = ("metadata", "only_with")
            list(Source("x = 1").find({"rule": rule.only_with}))
    except EngineError as error:
        raise document.error(f"`{'.'.join(map(str, place))}`: {' '.join(str(error).split())}", place) from error
    return quick(replace(rule, check=replace(rule.check, origin=document.path)))


def unknown_names(rule: Rule) -> Iterator[tuple[Place, str]]:
    """Say which meta-variables are asked for that the rule does not have, each with the key that asks."""
    if rule.codes:
        return
    known = {*_VARIABLE.findall(json.dumps(rule.config)), *rule.config.get("transform", {})}
    asked: dict[Place, Iterable[str]] = {
        ("message",): _VARIABLE.findall(rule.message),
        ("metadata", "suggest"): _VARIABLE.findall(rule.suggest or ""),
        ("metadata", "suggest_argument"): rule.suggest_argument,
        ("metadata", "built"): rule.built,
        ("metadata", "anchor"): [rule.anchor] if rule.anchor else [],
        ("metadata", "changed"): rule.changed,
        ("metadata", "habit"): [rule.habit] if rule.habit else [],
        ("metadata", "stands_for"): rule.stands_for,
        **{("metadata", "traced", key): words for key, words in rule.traced.items()},
    }
    for place, names in asked.items():
        for name in names:
            if name not in known:
                yield place, f"names ${name}, which `rule` does not have"


def _complaints(rule: Rule, catalog: Catalog, agents: Sequence[Agent]) -> Iterator[tuple[Place, str]]:
    check = rule.check
    yield from unknown_names(rule)
    if check.id in catalog.checks:
        yield ("id",), f"a check called {check.id} comes with reviewbot; call this one something else"
    by_name = {agent.name: agent for agent in agents}
    for number, item in enumerate(check.items):
        name, _, item_id = item.partition("/")
        if name in by_name and by_name[name].item(item_id) is None:
            near = nearest(item_id, (entry.id for entry in by_name[name].checklist))
            hint = f"did you mean {name}/{near[0]}?" if near else f"`reviewbot agents show {name}` lists its items"
            yield ("metadata", "items", number), f"{name} has no item {item_id!r}; {hint}"


def _speaks(check: Check, agents: Sequence[Agent]) -> bool:
    return any(check.item_of(agent) is not None for agent in agents)


def _mute(agents: Sequence[Agent]) -> str:
    names = ", ".join(agent.name for agent in agents)
    return (
        f"this check speaks for no checklist item of {names}, so it does not run; "
        "name one in `metadata.items`, or words of one in `metadata.words` or `metadata.topics`"
    )
