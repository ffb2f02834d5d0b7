"""A model's findings become findings: each anchored by its quote, or held back with the reason."""

from __future__ import annotations

from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.core.agent import BEYOND
from reviewbot.core.change import ChangedFile, FileKind, Side
from reviewbot.core.finding import MODEL, Confidence, Finding, Placement, Severity, Suggestion
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.text import printable
from reviewbot.llm import quotes
from reviewbot.llm.masking import MASK
from reviewbot.python.suggestion import verified
from reviewbot.python.syntax import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from reviewbot.core.reasons import Reason
    from reviewbot.llm.quotes import Anchor
    from reviewbot.llm.replies import FoundReply, ManipulationReply
    from reviewbot.llm.workspace import Workspace

# The pseudo-item of text that addresses the reviewer; it stands in no checklist.
MANIPULATION = "text-addresses-the-reviewer"
_MOST_TITLE, _MOST_BODY, _MOST_QUOTE = 300, 6_000, 6_000
# Whoever finds more on one line than this is not reading it.
_MOST_ON_A_LINE = 3


def of_reply(replies: Iterable[FoundReply], agent: str, items: Collection[str], workspace: Workspace) -> list[Finding]:
    """Give the findings of an answer: what cannot be placed is held back, what fits no item is beyond the checklist.

    Args:
        replies: As the model wrote them.
        agent: Its agent's name.
        items: Ids of the checklist that were asked for.
        workspace: The change, and the files around it.
    """
    on_line: Counter[tuple[str, int, str]] = Counter()

    def not_too_many(finding: Finding) -> Finding:
        if finding.placement is Placement.HELD_BACK:
            return finding
        place = (finding.path, finding.start_line, finding.side)
        on_line[place] += 1
        too_many = on_line[place] > _MOST_ON_A_LINE
        return held(finding, because(ReasonKind.TOO_MANY, _MOST_ON_A_LINE)) if too_many else finding

    return [not_too_many(_of_one(reply, agent, items, workspace)) for reply in replies]


def of_manipulation(
    replies: Iterable[ManipulationReply], agent: str, file_of: Callable[[str], ChangedFile | None]
) -> list[Finding]:
    """Give a finding for each text that tries to steer the review."""
    result = []
    for reply in replies:
        file = file_of(reply.path)
        short = len(reply.quote) <= _MOST_QUOTE
        anchor = quotes.find(reply.quote, None, file) if file is not None and short else None
        finding = Finding(
            agent=agent,
            item=MANIPULATION,
            check=MODEL,
            severity=Severity.HIGH,
            confidence=Confidence.MEDIUM,
            path=reply.path[:_MOST_TITLE],
            start_line=anchor.start_line if anchor else 1,
            end_line=anchor.end_line if anchor else 1,
            side=anchor.side if anchor else Side.RIGHT,
            title="This text tries to steer its own review",
            body="It is addressed to whoever reviews the change. It was not followed; read it before merging.",
            evidence=anchor.text if anchor else reply.quote[:_MOST_QUOTE],
        )
        result.append(finding if anchor else held(finding, because(ReasonKind.TEXT_NOT_THERE)))
    return result


def _of_one(reply: FoundReply, agent: str, items: Collection[str], workspace: Workspace) -> Finding:
    side = Side.RIGHT if reply.side == "new" else Side.LEFT
    line = max(1, reply.line or 1)
    finding = Finding(
        agent=agent,
        item=reply.item if reply.item in items else BEYOND,
        check=MODEL,
        severity=Severity(reply.severity),
        confidence=Confidence(reply.confidence),
        path=reply.path[:_MOST_TITLE],
        start_line=line,
        end_line=line,
        title=" ".join(reply.title.split()),
        body=reply.body.strip(),
        evidence=reply.quote,
        side=side,
    )
    file = whole(reply.path, workspace)
    if file is None:
        return held(finding, because(ReasonKind.FILE_NOT_THERE))
    finding = replace(finding, path=file.path)
    # Looking for it takes as long as it is.
    anchor = quotes.find(reply.quote, reply.line, file, side) if len(reply.quote) <= _MOST_QUOTE else None
    faults = {
        ReasonKind.TOO_LONG: len(finding.title) > _MOST_TITLE
        or len(finding.body) > _MOST_BODY
        or len(finding.evidence) > _MOST_QUOTE,
        ReasonKind.SAYS_NOTHING: not finding.title or not finding.body,
        ReasonKind.CODE_NOT_THERE: anchor is None,
    }
    fault = next((kind for kind, there in faults.items() if there), ReasonKind.NONE)
    if fault is not ReasonKind.NONE or anchor is None:
        return held(finding, because(fault))
    return _anchored(finding, anchor, file, reply.replacement)


def put(finding: Finding, anchor: Anchor, file: ChangedFile) -> Finding:
    """Give a finding at the place where its quote was found; a suggestion for another place is gone."""
    return replace(
        finding,
        start_line=anchor.start_line,
        end_line=anchor.end_line,
        side=anchor.side,
        evidence=anchor.text,
        symbol=_symbol(file, anchor),
        suggestion=None,
    )


def _anchored(finding: Finding, anchor: Anchor, file: ChangedFile, replacement: str | None) -> Finding:
    finding = put(finding, anchor, file)
    if anchor.ambiguous:
        return replace(finding, placement=Placement.SUMMARY, placement_reason=because(ReasonKind.AMBIGUOUS))
    return replace(finding, suggestion=_suggestion(anchor, file, replacement))


def _suggestion(anchor: Anchor, file: ChangedFile, replacement: str | None) -> Suggestion | None:
    """Give a replacement of whole lines that was seen to parse; on a bare diff it stays unverified."""
    if replacement is None or not anchor.whole or anchor.side is Side.LEFT or not file.path.endswith(".py"):
        return None
    text = replacement.replace("\r\n", "\n").removesuffix("\n")
    # What was masked must not be written back.
    if text == anchor.text or (MASK in text and MASK not in anchor.text):
        return None
    suggestion = Suggestion(anchor.start_line, anchor.end_line, text)
    return suggestion if file.new_text is None else verified(file.new_text, suggestion)


def _symbol(file: ChangedFile, anchor: Anchor) -> str:
    text = file.new_text if anchor.side is Side.RIGHT else file.old_text
    return Source(text).symbol(anchor.start_line) if text is not None and file.path.endswith(".py") else ""


def whole(path: str, workspace: Workspace) -> ChangedFile | None:
    """Give a changed file, or a file beside the change as one without hunks: the fix may belong there."""
    file = workspace.changed(path)
    text = workspace.text(path) if file is None else None
    if file is not None:
        return file
    return None if text is None else ChangedFile(path, FileKind.MODIFIED, old_text=text, new_text=text)


def held(finding: Finding, reason: Reason) -> Finding:
    """Hold a finding back; it is kept to be read, cut to what a list can show."""
    # What is held back is kept to be read, not to be rendered at any length.
    return replace(
        finding,
        title=printable(finding.title[:_MOST_TITLE]),
        body=_begin(finding.body, _MOST_BODY),
        evidence=_begin(finding.evidence, _MOST_QUOTE),
        placement=Placement.HELD_BACK,
        placement_reason=reason,
        suggestion=None,
    )


def _begin(text: str, most: int) -> str:
    return text if len(text) <= most else f"{text[:most]} … ({len(text) - most:,} more characters)"
