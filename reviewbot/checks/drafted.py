"""A finding made of what a check drafted and of what it says of itself."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.change import Side
from reviewbot.core.finding import Finding
from reviewbot.python.syntax import LONG_LINE

if TYPE_CHECKING:
    from reviewbot.checks.changeset import Draft
    from reviewbot.core.agent import Agent, ChecklistItem
    from reviewbot.core.check import Check


def finding(agent: Agent, check: Check, item: ChecklistItem, draft: Draft) -> Finding:
    """Give the finding, not yet identified or placed; of very long lines it quotes the beginning.

    Args:
        agent: Who reviews the file.
        check: What found it.
        item: What the check speaks for.
        draft: What it found.
    """
    return Finding(
        agent=agent.name,
        item=item.id,
        check=check.id,
        severity=draft.severity or check.severity,
        confidence=check.confidence,
        path=draft.path,
        start_line=draft.start_line,
        end_line=draft.end_line,
        title=draft.title,
        body=f"{_sentence(check.why)}\n\n{_sentence(check.fix)}",
        evidence="\n".join(line[:LONG_LINE] for line in draft.evidence.split("\n")),
        side=draft.side or Side.RIGHT,
        symbol=draft.symbol,
    )


def _sentence(text: str) -> str:
    return " ".join(text.split())
