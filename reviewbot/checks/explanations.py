"""What `reviewbot explain` knows of a check or an item, for formats that describe the rules of their findings."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from reviewbot.agents import agent_files
from reviewbot.checks import examples, selection
from reviewbot.core.explanation import HOME, Explanation, page_of
from reviewbot.core.finding import MODEL

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from reviewbot.core.agent import Agent
    from reviewbot.core.check import Check
    from reviewbot.core.finding import Finding
    from reviewbot.settings.loading import Settings

_SECURITY = re.compile(r"\bsecurity\b", re.IGNORECASE)


def of(settings: Settings, home: str = HOME) -> Callable[[Finding], Explanation | None]:
    """Give what explains the findings of one review; nothing is read before it is asked.

    Args:
        settings: What was reviewed with.
        home: Where the program's files can be read; empty for nowhere.
    """

    @cache
    def checks() -> dict[str, Check]:
        return selection.of(settings).checks

    @cache
    def of_check(name: str) -> Explanation | None:
        check = checks().get(name)
        return None if check is None else _of_check(check, (*_bundled(), *settings.agents), home)

    by_name = {agent.name: agent for agent in settings.agents}

    def explain(finding: Finding) -> Explanation | None:
        if finding.check != MODEL:
            return of_check(finding.check)
        agent = by_name.get(finding.agent)
        item = agent.item(finding.item) if agent else None
        if item is None:
            return None
        return Explanation(item.title, item.text, item.severity, security=bool(_SECURITY.search(item.section)))

    return explain


def is_about_security(check: Check, agents: Iterable[Agent]) -> bool:
    """Tell whether an item that a check speaks for stands under a heading on security."""
    items = (check.item_of(agent) for agent in agents)
    return any(item is not None and _SECURITY.search(item.section) for item in items)


def _of_check(check: Check, agents: Iterable[Agent], home: str) -> Explanation:
    reported, left_alone = (None, None) if check.origin else examples.of(check.id)
    return Explanation(
        check.title,
        check.why,
        check.severity,
        check.confidence,
        check.fix,
        check.leaves_alone,
        reported.shown if reported else "",
        left_alone.shown if left_alone else "",
        is_about_security(check, agents),
        "" if check.origin else page_of(check.id, home),
    )


@cache
def _bundled() -> tuple[Agent, ...]:
    """Give the agents that the checks were made for: what is about security must not depend on a team's headings."""
    return tuple(agent_files.load_dir(agent_files.bundled_dir())[0])
