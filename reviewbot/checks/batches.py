"""Many fragments parsed as one text.

ast-grep compiles a rule anew for each text it is run on, which costs more than running it on a file of
ordinary size. So fragments that parse by themselves are joined, with a statement between them that
no rule looks for; those that do not parse stay alone, since an error could reach into its neighbours.
"""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any

from reviewbot.python.syntax import LONG_LINE, Source

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reviewbot.checks.fragments import Fragment
    from reviewbot.python.syntax import Match

_BOUNDARY = "nonlocal reviewbot_boundary"
_MOST = 200_000  # characters: large enough to forget the price of compiling, small enough for the memory


@dataclass(frozen=True)
class Batch:
    """Fragments that are searched together.

    Attributes:
        fragments: One that may not parse, or several that do.
        near: Whether only what is near the added lines is searched, see :attr:`Fragment.near`.
    """

    fragments: tuple[Fragment, ...]
    near: bool = True

    def find(self, config: Mapping[str, Any]) -> Iterator[tuple[Fragment, Match]]:
        """Give every match of an ast-grep rule with the fragment it is in; its lines are the fragment's own.

        Raises:
            EngineError: The rule is not one that ast-grep understands.
        """
        for match in self._source.find(config):
            at = bisect_right(self._starts, match.span.start_line - 1) - 1
            yield self.fragments[at], match.within(self._starts[at])

    def symbol(self, fragment: Fragment, line: int) -> str:
        """Give the class and function around the fragment's own line ``line``; empty where unknown."""
        return self._source.symbol(line + self._starts[self._at[id(fragment)]]) or fragment.section_of(line)

    @property
    def is_cut(self) -> bool:
        """Whether not all was looked at, see :class:`Source`."""
        return self._source.is_cut

    @property
    def is_unread(self) -> bool:
        """Whether nothing was looked at, since that would take too long."""
        return self._source.tree is None

    @property
    def parses(self) -> bool:
        """Whether every fragment parses, and so is found here as it would be alone."""
        if not self._source.parses:
            return False
        if len(self.fragments) == 1:
            return True
        boundaries = {"rule": {"kind": "nonlocal_statement", "inside": {"kind": "module"}}}
        lines = {match.span.start_line for match in self._source.find(boundaries)}
        return lines.issuperset(self._starts[1:])

    @cached_property
    def _source(self) -> Source:
        texts = [fragment.near if self.near else fragment.text for fragment in self.fragments]
        if texts == [self.fragments[0].text]:
            return self.fragments[0].source
        return Source(f"\n{_BOUNDARY}\n".join(texts))

    @cached_property
    def _starts(self) -> list[int]:
        """For each fragment, how many lines stand before it."""
        starts = [0]
        for fragment in self.fragments:
            starts.append(starts[-1] + fragment.text.count("\n") + 2)
        return starts[:-1]

    @cached_property
    def _at(self) -> dict[int, int]:
        return {id(fragment): at for at, fragment in enumerate(self.fragments)}


def batches(fragments: Iterable[Fragment]) -> Iterator[Batch]:
    """Pack fragments, in their order, into batches that are searched together."""
    waiting: list[Fragment] = []
    size = 0
    for fragment in fragments:
        if fragment.source.longest_line > LONG_LINE:
            yield Batch((fragment,))
            continue
        if waiting and size + len(fragment.near) > _MOST:
            yield from _sound(waiting)
            waiting, size = [], 0
        waiting.append(fragment)
        size += len(fragment.near)
    yield from _sound(waiting)


def _sound(fragments: Sequence[Fragment]) -> Iterator[Batch]:
    """Join the fragments, or only those of them that parse."""
    together = Batch(tuple(fragments))
    if len(fragments) < 2 or together.parses:
        yield from [together] * bool(fragments)
        return
    clean = [fragment for fragment in fragments if fragment.source.parses]
    if len(clean) < len(fragments):
        yield from _sound(clean)
    for fragment in fragments:
        if len(clean) == len(fragments) or not fragment.source.parses:
            yield Batch((fragment,))


def stays_inside(config: Any, *, below: bool = False, utils: Mapping[str, Any] | None = None) -> bool:
    """Tell whether an ast-grep rule sees nothing beyond a statement at module level.

    Only such a rule finds the same in a batch as in its file: others may ask for what stands before or after, or
    for the text of the whole module.

    Args:
        config: The rule, or a part of it.
        below: Whether the part is about nodes inside the one that is matched.
        utils: The rule's utilities; of a whole rule its own.
    """
    if isinstance(config, list):
        return all(stays_inside(part, below=below, utils=utils) for part in config)
    if not isinstance(config, dict):
        return True
    utils = config.get("utils", {}) if utils is None else utils
    if config.get("kind") == "module" or ("nthChild" in config and not below):
        return False
    return all(
        _is_bounded(key, part, utils, below=below) and stays_inside(part, below=below or key == "has", utils=utils)
        for key, part in config.items()
    )


def _is_bounded(key: str, part: Any, utils: Mapping[str, Any], *, below: bool) -> bool:
    """Tell whether a relation of a rule ends before the module."""
    if key == "inside":
        return _names_its_node(part, utils)
    # What stands beside a node that is inside of the matched one is inside of it, too.
    return below or key not in {"precedes", "follows"} or part.get("stopBy") != "end"


def _names_its_node(rule: Any, utils: Mapping[str, Any]) -> bool:
    """Tell whether a rule says what node it is about, so that it cannot be the module."""
    if {"kind", "pattern"} & rule.keys():
        return True
    if rule.get("matches") in utils and _names_its_node(utils[rule["matches"]], utils):
        return True
    return any(_names_its_node(part, utils) for part in rule.get("all", ())) or (
        "any" in rule and all(_names_its_node(part, utils) for part in rule["any"])
    )
