"""Which item of a checklist a check is about, where the check does not name the agent.

Both sides must agree. The item has to say one of the check's phrases as whole words, and where several items do, the
one that says the most specific phrase is it, in its rule rather than in its details. An item about something else that
happens to share the phrase (tests that mock a service, an audit log) is not.
"""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewbot.agent import ChecklistItem

_WORD = re.compile(r"[a-z0-9]+")
# Two words that say another thing than the second by itself.
_COMPOUNDS = ((" sql injection ", " sqlinjection "), (" dependency injection ", " dependencyinjection "))
# What an item is about, whatever else it names, unless the check is about that as well.
_SUBJECTS = frozenset(
    {
        *("audit", "mock", "mocking", "mocked", "fixture", "pytest", "unittest", "test", "testing", "tested"),
        *("coverage", "benchmark", "documentation", "readme", "changelog", "dashboard", "monitoring", "alert"),
        *("frontend", "css", "component", "terraform", "kubernetes", "docker", "pipeline", "budget", "deployment"),
        *("documented", "guide", "celery", "task", "worker"),
    }
)


def about(phrases: Sequence[str], checklist: Sequence[ChecklistItem]) -> ChecklistItem | None:
    """Give the item that a check is about, or None.

    Args:
        phrases: The check's own, the most specific first.
        checklist: The items, in the order of the agent's file.
    """
    wanted = [_said(phrase) for phrase in phrases]
    own = {word for phrase in wanted for word in phrase.split()}
    best: tuple[int, bool, int] | None = None
    found = None
    for number, item in enumerate(checklist):
        title = _said(item.title)
        text = f"{title}|{_said(item.text)}"
        if any(word in _SUBJECTS and word not in own for word in title.split()) or " documented " in text:
            continue
        rank = next((rank for rank, phrase in enumerate(wanted) if phrase in text), None)
        if rank is None:
            continue
        place = (rank, wanted[rank] not in title, number)
        if best is None or place < best:
            best, found = place, item
    return found


@lru_cache(maxsize=4096)
def _said(text: str) -> str:
    """Give the words of a text, without case, punctuation and plural, with a space on either side of each."""
    words = f" {' '.join(map(_singular, _WORD.findall(text.casefold())))} "
    for apart, together in _COMPOUNDS:
        words = words.replace(apart, together)
    return words


def _singular(word: str) -> str:
    return (
        word[:-1]
        if len(word) > 3 and word != "https" and word.endswith("s") and not word.endswith(("ss", "us", "is"))
        else word
    )
