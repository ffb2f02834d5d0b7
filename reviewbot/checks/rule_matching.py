"""Running one ast-grep rule on a batch of fragments."""

from __future__ import annotations

import re
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.checks import preexisting
from reviewbot.checks.batches import Batch, stays_inside
from reviewbot.checks.changeset import Draft
from reviewbot.checks.values.built import from_values
from reviewbot.checks.values.flow import Flow
from reviewbot.checks.values.standing import OF_WHOLE_FILE, stands_for
from reviewbot.checks.values.traced import fits
from reviewbot.core.finding import Suggestion
from reviewbot.python.syntax import parsed

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Iterable, Iterator, Sequence

    from reviewbot.checks.catalog import Rule
    from reviewbot.checks.fragments import Fragment
    from reviewbot.python.syntax import Match, Span

    _Anchored = tuple[Match, Span]

_LONGEST_NAME = 60


def run(
    rule: Rule,
    batch: Batch,
    wanted: Callable[[Fragment], bool],
    said: set[tuple[str, ...]],
    excused: Callable[[Draft], bool],
    left_out: Callable[[Draft], bool],
) -> Iterator[tuple[Draft, Suggestion | None]]:
    """Give what the rule finds on lines that the change added.

    Args:
        rule: An ast-grep rule.
        batch: Where to look.
        wanted: Tells whether the rule looks at a fragment at all.
        said: Where a rule that speaks once for each function or file has spoken; added to.
        excused: Tells whether a draft will be held back, so that it must not stand for the next one.
        left_out: Tells whether a draft is nothing to report, for what only the rest of the change or the tree shows.

    Raises:
        EngineError: ast-grep does not understand the rule.
    """
    fragments = [fragment for fragment in batch.fragments if _mentioned(rule, fragment) and wanted(fragment)]
    if fragments and rule.only_with:
        config = {"rule": rule.only_with}
        fragments = [fragment for fragment in fragments if next(fragment.source.find(config), None) is not None]
    if not fragments:
        return
    near = stays_inside(rule.config) and OF_WHOLE_FILE.isdisjoint(rule.stands_for.values())
    together = [batch] if near else [Batch((fragment,), near=False) for fragment in fragments]
    asked = {id(fragment) for fragment in fragments}
    suggesting = {
        id(fragment)
        for fragment in fragments
        if rule.suggest_where == "" or re.search(rule.suggest_where, fragment.text)
    }
    for searched in together:
        matches = searched.find(rule.config)
        if rule.built or rule.traced or rule.stands_for:
            flow = Flow()
            matches = (pair for pair in matches if _followed(rule, pair[1], flow))
        for fragment, anchored in _by_fragment(rule, matches, asked):
            for match, anchor in _new(rule, fragment, anchored, searched):
                symbol = searched.symbol(fragment, anchor.start_line)
                draft = _draft(rule, match, anchor, fragment, symbol)
                if left_out(draft) or _is_meant(rule, match, anchor, fragment):
                    continue
                if excused(draft) or _first(rule, fragment, symbol, said):
                    yield draft, _suggestion(rule, match, anchor, fragment) if id(fragment) in suggesting else None


def _followed(rule: Rule, match: Match, flow: Flow) -> bool:
    """Tell whether the values that the match is about are what the rule asks for, once followed."""
    if rule.traced and not fits(match, rule.traced, flow):
        return False
    if rule.built and not from_values(match, rule.built, flow):
        return False
    return not rule.stands_for or stands_for(match, rule.stands_for, flow)


def _by_fragment(
    rule: Rule, matches: Iterable[tuple[Fragment, Match]], asked: Container[int]
) -> Iterator[tuple[Fragment, list[_Anchored]]]:
    groups: dict[int, tuple[Fragment, list[_Anchored]]] = {}
    for fragment, match in matches:
        if id(fragment) in asked:
            _, of_fragment = groups.setdefault(id(fragment), (fragment, []))
            of_fragment.append((match, _anchor(rule, match)))
    yield from groups.values()


def _new(rule: Rule, fragment: Fragment, anchored: Iterable[_Anchored], searched: Batch) -> Iterator[_Anchored]:
    def base() -> Iterator[tuple[str, str]]:
        source = parsed(fragment.near_old) if searched.near else fragment.old_source
        flow = Flow()
        for match in source.find(rule.config) if fragment.old else ():
            if not _followed(rule, match, flow):
                continue
            anchor = _anchor(rule, match)
            line = source.lines[anchor.start_line - 1]
            yield _identity(rule, anchor.text, line), source.symbol(anchor.start_line) or fragment.section

    def told(pair: _Anchored) -> tuple[str, str]:
        _, anchor = pair
        start = anchor.start_line
        return _identity(rule, anchor.text, fragment.lines(start, start)), searched.symbol(fragment, start)

    if rule.habit:
        anchored = _unheard_of(rule, rule.habit, fragment, list(anchored))
    yield from preexisting.new(rule.check, anchored, lambda pair: _touched(rule, *pair, fragment), told, base)


def _unheard_of(rule: Rule, habit: str, fragment: Fragment, anchored: Sequence[_Anchored]) -> Iterator[_Anchored]:
    """Leave out what the file did in the same words before the change, wherever in it."""
    flow = Flow()
    # Of the whole text, which may show it in a function that was not changed; where nothing was taken away, what was
    # not added was there before.
    source = fragment.old_source if fragment.old else fragment.source
    old = [
        match
        for match in source.find(rule.config)
        if fragment.old or not fragment.adds(match.span.start_line, match.span.last_line)
    ]
    known = {_words(match, habit) for match in old if _followed(rule, match, flow)}
    yield from (pair for pair in anchored if _words(pair[0], habit) not in known)


def _words(match: Match, name: str) -> str:
    span = match.variable(name)
    return preexisting.squeezed(span.text) if span is not None else ""


def _identity(rule: Rule, text: str, line: str) -> str:
    if text.startswith("#"):
        # A comment is about its line.
        return line
    match = re.search(rule.identity, preexisting.squeezed(text)) if rule.identity else None
    return match[0] if match else text


def _anchor(rule: Rule, match: Match) -> Span:
    return (match.variable(rule.anchor) if rule.anchor else None) or match.span


def _mentioned(rule: Rule, fragment: Fragment) -> bool:
    return not rule.mentions or any(word in fragment.text for word in rule.mentions)


def _touched(rule: Rule, match: Match, anchor: Span, fragment: Fragment) -> bool:
    if fragment.adds(anchor.start_line, anchor.last_line):
        return True
    others = (match.variable(name) for name in rule.changed)
    return any(span is not None and fragment.adds(span.start_line, span.start_line) for span in others)


def _is_meant(rule: Rule, match: Match, anchor: Span, fragment: Fragment) -> bool:
    """Tell whether a comment on the lines of a finding, or right above it or its statement, says that it is meant."""
    if not rule.unless_said:
        return False
    starts = {anchor.start_line}
    node = match.node(rule.anchor) if rule.anchor else None
    for around in node.ancestors() if node is not None else ():
        if around.kind() in {"block", "module"} or around.kind().endswith("_definition"):
            break
        # Of several files searched together the lines are counted on; the distance is the same.
        starts.add(anchor.start_line - (node.range().start.line - around.range().start.line if node is not None else 0))
    beside = [_comment(fragment.lines(line, line)) for line in range(anchor.start_line, anchor.last_line + 1)]
    for start in starts:
        above: list[str] = []
        for at in range(start - 1, 0, -1):
            line = fragment.lines(at, at).strip()
            if not line.startswith("#"):
                break
            above.insert(0, line.strip("# \t"))
        beside.append(" ".join(above))
    return any(re.search(rule.unless_said, said) for said in beside if said)


def _comment(line: str) -> str:
    match = re.search(r"\s#([^\"']*)$", line)
    return match[1].strip("# \t") if match is not None else ""


def _first(rule: Rule, fragment: Fragment, symbol: str, said: set[tuple[str, ...]]) -> bool:
    """Tell whether the rule has not yet said the same of this function or file."""
    if rule.once_per == "match":
        return True
    place: tuple[str, ...] = (rule.check.id, fragment.path)
    if rule.once_per == "symbol":
        # Where a hunk does not show the function, another hunk may be about another one.
        place += (symbol or f"from line {fragment.number(1)}",)
    if place in said:
        return False
    said.add(place)
    return True


def _draft(rule: Rule, match: Match, anchor: Span, fragment: Fragment, symbol: str) -> Draft:
    return Draft(
        fragment.path,
        fragment.number(anchor.start_line),
        fragment.number(anchor.last_line),
        _title(rule, match),
        fragment.lines(anchor.start_line, anchor.last_line),
        symbol=symbol,
    )


def _title(rule: Rule, match: Match) -> str:
    def short(name: re.Match[str]) -> str:
        text = " ".join(match.filled(name.group()).split())
        return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…"

    return re.sub(r"\$(?:\$\$)?[A-Z_][A-Z0-9_]*", short, rule.message)


def _suggestion(rule: Rule, match: Match, anchor: Span, fragment: Fragment) -> Suggestion | None:
    """Write the lines of the anchor, or of the call that lacks an argument, as they should be."""
    made = _replaced(rule, match, anchor)
    if made is None:
        return None
    start, end = made.start_line, made.end_line
    prefix = fragment.lines(start, start)[: made.start_column]
    suffix = fragment.lines(end, end)[made.end_column :]
    replacement = f"{prefix}{made.text}{suffix}".replace("\r", "")
    return Suggestion(fragment.number(start), fragment.number(end), replacement)


def _replaced(rule: Rule, match: Match, anchor: Span) -> Span | None:
    """Give the place that is to be replaced, with the text that it should have."""
    for name, argument in rule.suggest_argument.items():
        made = match.with_argument(name, argument)
        if made is not None:
            return made
    if rule.suggest is None or not match.fills(rule.suggest):
        return None
    return replace(anchor, text=match.filled(rule.suggest))
