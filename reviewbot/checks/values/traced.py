"""What a rule asks about the pieces of its match beyond syntax: what is called, where a value comes from and goes."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.values.carriers import called
from reviewbot.checks.values.destinations import goes, used
from reviewbot.checks.values.origins import shown, sources

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from reviewbot.checks.values.flow import Flow
    from reviewbot.python.syntax import Match, Node

_TELLS: Mapping[str, Callable[[Node, Flow], Iterator[str]]] = {
    "named": called,
    "comes": sources,
    "shows": shown,
    "goes": goes,
    "used": used,
}
# What a rule may ask under `traced`; with `_not`, nothing told may match.
KEYS = tuple(f"{key}{suffix}" for key in _TELLS for suffix in ("", "_not"))


def fits(match: Match, asked: Mapping[str, Mapping[str, str]], flow: Flow) -> bool:
    """Tell whether what a rule found is called, comes and goes as the rule wants.

    A meta-variable that the match does not have is not asked about.

    Args:
        match: What the rule found.
        asked: One of :data:`KEYS` → meta-variable → regular expression.
        flow: The names of the text.
    """
    for key, wanted in asked.items():
        tell = _TELLS[key.removesuffix("_not")]
        for name, pattern in wanted.items():
            node = match.node(name)
            if node is not None:
                told = any(re.search(pattern, said) for said in tell(node, flow))
                if told == key.endswith("_not"):
                    return False
    return True
