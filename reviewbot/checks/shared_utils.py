"""The parts that rules share: utility rules of ast-grep's, each a file, which any rule may name by `matches`."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewbot.core import documents

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

UTILS = Path(__file__).with_name("utils")


@cache
def shared() -> Mapping[str, Mapping[str, Any]]:
    """Give every shared part by its name."""
    files = {path.stem: documents.own(path) for path in sorted(UTILS.glob("*.yml"))}
    return {name: file["rule"] for name, file in files.items()}


def with_shared(config: Mapping[str, Any]) -> dict[str, Any]:
    """Give an ast-grep rule with the shared parts that it names and does not define itself, and what those name."""
    utils = dict(config.get("utils", {}))
    waiting = list(_named(config))
    while waiting:
        name = waiting.pop()
        if name not in utils and name in shared():
            utils[name] = shared()[name]
            waiting += _named(utils[name])
    return {**config, "utils": utils} if utils else dict(config)


def _named(part: Any) -> Iterator[str]:
    if isinstance(part, list):
        for item in part:
            yield from _named(item)
    elif isinstance(part, dict):
        for key, value in part.items():
            if key == "matches" and isinstance(value, str):
                yield value
            else:
                yield from _named(value)
