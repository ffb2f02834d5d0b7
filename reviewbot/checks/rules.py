"""Running one ast-grep rule on one fragment."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.changeset import Draft
from reviewbot.finding import Suggestion
from reviewbot.suggest import verified

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.catalog import Rule
    from reviewbot.checks.fragments import Fragment
    from reviewbot.syntax import Match, Span

_LONGEST_NAME = 60


def run(rule: Rule, fragment: Fragment) -> Iterator[tuple[Draft, Suggestion | None]]:
    """Give what the rule finds on lines that the change added.

    Raises:
        EngineError: ast-grep does not understand the rule.
    """
    if rule.mentions and not any(word in fragment.text for word in rule.mentions):
        return
    said: set[str] = set()
    for match in fragment.source.find(rule.config):
        anchor = (match.variable(rule.anchor) if rule.anchor else None) or match.span
        if not _touched(rule, match, anchor, fragment):
            continue
        symbol = fragment.source.symbol(anchor.start_line)
        once = {"symbol": symbol, "file": ""}.get(rule.once_per)
        if once is not None and once in said:
            continue
        said.add(once or "")
        end = anchor.end_line - (anchor.end_column == 0 and anchor.end_line > anchor.start_line)
        yield (
            Draft(
                fragment.path,
                fragment.number(anchor.start_line),
                fragment.number(end),
                _title(rule, match),
                fragment.lines(anchor.start_line, end),
                symbol=symbol,
            ),
            _suggestion(rule, match, anchor, fragment),
        )


def _touched(rule: Rule, match: Match, anchor: Span, fragment: Fragment) -> bool:
    lines = {*range(anchor.start_line, anchor.end_line + 1)}
    for name in rule.changed:
        span = match.variable(name)
        if span is not None:
            lines.add(span.start_line)
    return not lines.isdisjoint(fragment.added)


def _title(rule: Rule, match: Match) -> str:
    def short(name: re.Match[str]) -> str:
        text = " ".join(match.filled(name.group()).split())
        return text if len(text) <= _LONGEST_NAME else f"{text[:_LONGEST_NAME]}…"

    return re.sub(r"\$(?:\$\$)?[A-Z_][A-Z0-9_]*", short, rule.message)


def _suggestion(rule: Rule, match: Match, anchor: Span, fragment: Fragment) -> Suggestion | None:
    """Replace the anchor within its whole lines; drop what does not parse afterwards."""
    if rule.suggest is None:
        return None
    lines = fragment.text.split("\n")
    before = lines[anchor.start_line - 1][: anchor.start_column]
    after = lines[anchor.end_line - 1][anchor.end_column :]
    replacement = f"{before}{match.filled(rule.suggest)}{after}"
    suggestion = Suggestion(fragment.number(anchor.start_line), fragment.number(anchor.end_line), replacement)
    return verified(fragment.text, suggestion) if fragment.whole else suggestion
