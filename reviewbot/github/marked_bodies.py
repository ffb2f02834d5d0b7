"""The texts we post, each with its marker."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from typing import TYPE_CHECKING
from urllib.parse import quote

from reviewbot.core.change import Side
from reviewbot.core.review import Usage
from reviewbot.github import markers
from reviewbot.github.markers import Marker
from reviewbot.output.markdown import bodies, pages, writer
from reviewbot.output.markdown.places import Links, nowhere
from reviewbot.output.markdown.tree import Paragraph, Styled, line

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Review
    from reviewbot.github.pull import PullRef
    from reviewbot.github.state import State
    from reviewbot.github.threads import Comment

# The marker of the first part holds the state, and must fit as well.
_SUMMARY_LIMIT = pages.LIMIT - 16_000
_MOST_QUOTED = 12
# More comments than this would be a nuisance to everybody who follows the pull request.
_MOST_PARTS = 12

_FOOTER = (
    "`/review` reviews again, `/dismiss ID why` says that a finding is none, `/review help` tells the rest. "
    "Checks decide only the items they name; this is no proof that nothing else is wrong."
)


def inline(finding: Finding, page: Callable[[Finding], str] = nowhere) -> str:
    """Give the body of an inline comment.

    Args:
        finding: What to say.
        page: Gives the address of the page of its check, empty where there is none.
    """
    data = {
        "agent": finding.agent,
        "item": finding.item,
        "check": finding.check,
        "side": str(finding.side),
        "quote": [hashed(line) for line in finding.evidence.splitlines() if line.strip()][:_MOST_QUOTED],
    }
    text = writer.write(*bodies.comment(finding, Links(page=page)))
    return f"{Marker(markers.FINDING, (finding.fingerprint,), data)}\n{text}"


def closed(comment: Comment, why: str) -> str:
    """Give the body of an inline comment after its finding is settled.

    Args:
        comment: The comment as it is, never closed before.
        why: One harmless sentence.
    """
    marker = replace(comment.marker, data={**comment.marker.data, "closed": True})
    _, _, text = comment.body.partition("\n")
    return f"{marker}\n**{why}**\n\n{text}"


def is_closed(comment: Comment) -> bool:
    """Tell whether we closed it."""
    return bool(comment.marker.data.get("closed"))


def summary(
    review: Review, ref: PullRef, server: str, name: str, state: State, page: Callable[[Finding], str] = nowhere
) -> list[str]:
    """Give the parts of the summary.

    Args:
        review: What to post.
        ref: Where.
        server: Address of the web interface, such as ``https://github.com``.
        name: Name of the summary; several workflows can each have one.
        state: What to remember.
        page: Gives the address of the page of a finding's check, empty where there is none.
    """

    def address(finding: Finding) -> str:
        return _address(finding, ref, server, review.source.head or "")

    at = f"Reviewed at `{(review.source.head or '')[:12]}`." if review.source.head else ""
    # What a run cost stands in its job summary: this comment must not change when nothing else does.
    blocks = bodies.summary(replace(review, usage=Usage()), Links(address, page), note=at)
    parts = pages.split((*blocks, Paragraph((Styled("small", line(_FOOTER)),))), _SUMMARY_LIMIT)
    if len(parts) > _MOST_PARTS:
        more = len(parts) - _MOST_PARTS
        parts = [*parts[:_MOST_PARTS], f"**{more} more such comments are left out here; the job summary goes on.**\n"]
    return [
        f"{Marker(markers.SUMMARY, (name, str(number)), state.data() if number == 1 else {})}\n{part}"
        for number, part in enumerate(parts, 1)
    ]


def hashed(line: str) -> str:
    """Hash a line of code, whatever its white space."""
    return hashlib.sha256(" ".join(line.split()).encode(errors="replace")).hexdigest()[:8]


def _address(finding: Finding, ref: PullRef, server: str, head: str) -> str:
    """Give the address of a finding's lines: in the file at the head, or in the diff where they were removed.

    Empty where nobody knows the head, as in a dry run of a review that was made of a bare diff.
    """
    repository = f"{server}/{ref.owner}/{ref.repo}"
    if finding.side is Side.LEFT:
        anchor = hashlib.sha256(finding.path.encode(errors="replace")).hexdigest()
        return f"{repository}/pull/{ref.number}/files#diff-{anchor}L{finding.start_line}"
    if not head:
        return ""
    last = f"-L{finding.end_line}" if finding.end_line > finding.start_line else ""
    return f"{repository}/blob/{head}/{quote(finding.path, safe='/')}#L{finding.start_line}{last}"
