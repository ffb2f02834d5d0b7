"""What stands on a pull request, without a server: our threads and parts of the summary, as GitHub would list them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from reviewbot.github import markers
from reviewbot.github.marked_bodies import closed, inline
from reviewbot.github.threads import Comment, Thread

if TYPE_CHECKING:
    from reviewbot.core.finding import Finding
    from reviewbot.github.state import State


def comment(number: int, body: str) -> Comment:
    marker = markers.read(body)
    assert marker is not None
    return Comment(number, body, f"https://e.example/{number}", marker)


def thread(finding: Finding, number: int = 1, why_closed: str = "", **changes: Any) -> Thread:
    """Give the thread that our comment on a finding began."""
    root = comment(number, inline(finding))
    if why_closed:
        root = comment(number, closed(root, why_closed))
    base = Thread(
        id=f"T{number}",
        root=root,
        path=finding.path,
        lines=(finding.start_line, finding.end_line),
        side=str(finding.side),
        resolved=False,
        resolved_by_us=False,
        outdated=False,
        can_resolve=True,
        can_reopen=True,
        answered=False,
    )
    return replace(base, **changes)


def part(number: int, name: str = "-", which: int = 1, state: State | None = None, text: str = "Said.") -> Comment:
    """Give a part of a summary."""
    marker = markers.Marker(markers.SUMMARY, (name, str(which)), state.data() if state else {})
    return comment(number, f"{marker}\n{text}")
