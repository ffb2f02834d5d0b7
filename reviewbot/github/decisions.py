"""Which findings get an inline comment on this pull request, given what was said on it before."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from reviewbot.core.finding import MODEL, Item, Placement
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Verdict
from reviewbot.core.text import alike
from reviewbot.core.unreviewed import without_findings
from reviewbot.github import marked_bodies
from reviewbot.output.markdown import pages, writer
from reviewbot.output.markdown.places import nowhere
from reviewbot.output.reason_sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviewbot.core.change import ChangedFile, ChangeSet
    from reviewbot.core.finding import Finding
    from reviewbot.core.reasons import Reason
    from reviewbot.core.review import Review
    from reviewbot.github.state import Dismissal, State
    from reviewbot.github.threads import Conversation, Thread


@dataclass(frozen=True)
class Rules:
    """How to post.

    Attributes:
        name: Name of the summary, so that two workflows with different agents keep two.
        incremental: Whether files whose difference is as it was last time get no new inline comments.
        dismissals: Fingerprint → dismissal, all there are.
        refused: Fingerprints whose lines GitHub took no comment on.
        posted: Fingerprints that this run commented on, even where GitHub does not list them yet.
        last_state: What the review before this run remembered; None to take it from the conversation.
        server: Address of the web interface, to link to lines.
        judged: What to remember of a model's review.
        page: Gives the address of the page of a finding's check, empty where there is none.
    """

    server: str
    name: str = "-"
    incremental: bool = True
    dismissals: Mapping[str, Dismissal] = field(default_factory=dict)
    refused: frozenset[str] = frozenset()
    posted: frozenset[str] = frozenset()
    last_state: State | None = None
    judged: Mapping[str, Any] = field(default_factory=dict)
    page: Callable[[Finding], str] = nowhere

    def state(self, conversation: Conversation) -> State:
        """Give what the review before this run remembered, with the dismissals that count: none because it says so."""
        last = conversation.state(self.name) if self.last_state is None else self.last_state
        return replace(last, dismissed=self.dismissals)


def settled(review: Review, changes: ChangeSet, conversation: Conversation, rules: Rules) -> Review:
    """Give the review as it will stand on the pull request.

    Dismissed findings are held back, and those that may not be inline go into the summary; nothing is
    lost. A marker may keep a comment from being repeated, never an entry out of the summary.
    """
    state = rules.state(conversation)
    posted = rules.posted | {thread.fingerprint for thread in conversation.threads}

    def decided(finding: Finding) -> Finding:
        if finding.placement is Placement.HELD_BACK:
            return finding
        if dismissal := state.dismissed.get(finding.fingerprint):
            return _placed(finding, Placement.HELD_BACK, because(ReasonKind.DISMISSED, dismissal.by, dismissal.why))
        if finding.placement is not Placement.INLINE or finding.fingerprint in posted:
            return finding
        reason = _not_inline(finding, changes.file(finding.path), state, conversation, rules)
        return _placed(finding, Placement.SUMMARY, reason) if reason else finding

    findings = tuple(decided(finding) for finding in review.findings)
    verdict = review.verdict
    if verdict is Verdict.FINDINGS and all(finding.placement is Placement.HELD_BACK for finding in findings):
        verdict = without_findings(review.not_reviewed, review.coverage.files)
    return replace(review, findings=findings, verdict=verdict)


def _not_inline(
    finding: Finding, file: ChangedFile | None, state: State, conversation: Conversation, rules: Rules
) -> Reason | None:
    """Give the reason why a finding gets no new comment, None where it gets one."""
    if finding.fingerprint in rules.refused:
        return because(ReasonKind.LINES_REFUSED)
    if thread := _said_of_its_lines(finding, conversation):
        return because(ReasonKind.SAID_IN_THREAD, thread.fingerprint[:8])
    if conversation.foreign_pending:
        return because(ReasonKind.PENDING_REVIEW)
    if pages.size(marked_bodies.inline(finding, rules.page)) > pages.LIMIT:
        return because(ReasonKind.TOO_LONG_TO_POST)
    if rules.incremental and file is not None and state.unchanged(file):
        return because(ReasonKind.FILE_UNCHANGED)
    return None


def _alike(finding: Finding, thread: Thread) -> bool:
    _, _, text = thread.root.body.partition("\n")
    return alike(f"{finding.title} {finding.body}", text)


def _is_about(finding: Finding, thread: Thread) -> bool:
    """Tell whether a thread on a finding's lines is about the same: of several agents another one may have begun it."""
    data = thread.root.marker.data
    if any(
        (data.get("agent"), data.get("item")) == (item.agent, item.item)
        for item in (Item(finding.agent, finding.item), *finding.also)
    ):
        return True
    if finding.check != data.get("check"):
        return False
    return finding.check != MODEL or _alike(finding, thread)


def _said_of_its_lines(finding: Finding, conversation: Conversation) -> Thread | None:
    """Give an open thread of ours about the same item on the same lines: a model never quotes twice alike.

    Nor does it file the same defect twice under the same item: like words on the same lines are the same comment.
    """
    for thread in conversation.threads:
        if (
            (thread.path, thread.side) == (finding.path, finding.side)
            and _is_about(finding, thread)
            and thread.lines
            and not thread.resolved
            and not marked_bodies.is_closed(thread.root)
        ):
            first, last = thread.lines
            if first <= finding.end_line and finding.start_line <= last:
                return thread
    return None


def closing(review: Review, changes: ChangeSet, conversation: Conversation, rules: Rules) -> dict[str, str]:
    """Say which threads are settled, and in which words: thread id → one sentence.

    A finding is settled when somebody dismissed it; when nobody answered in the thread and a comment in the
    code asks to leave it alone; or when this review looked and did not find it, in other words neither, its code
    changed, and nobody answered.
    """
    ignored = {
        finding.fingerprint: sentence(finding.placement_reason)
        for finding in review.findings
        if finding.placement_reason.kind is ReasonKind.IGNORED
    }
    standing = {finding.fingerprint for finding in review.findings}
    shown = [finding for finding in review.findings if finding.placement is not Placement.HELD_BACK]
    standing |= {thread.fingerprint for finding in shown if (thread := _said_of_its_lines(finding, conversation))}
    state = rules.state(conversation)
    looked = _looked_at(review)
    why: dict[str, str] = {}
    for thread in conversation.threads:
        if marked_bodies.is_closed(thread.root):
            continue
        if dismissal := state.dismissed.get(thread.fingerprint):
            why[thread.id] = f"Dismissed by {writer.sentence(dismissal.by)}: {writer.sentence(dismissal.why)}"
        elif thread.answered or (thread.resolved and not thread.resolved_by_us):
            continue
        elif reason := ignored.get(thread.fingerprint):
            why[thread.id] = writer.sentence(reason[0].upper() + reason[1:])
        elif thread.fingerprint not in standing:
            file = changes.file(thread.path)
            if looked(thread) and _code_changed(thread, file, state):
                why[thread.id] = f"Addressed in {(changes.head or '')[:12]}."
    return why


def _looked_at(review: Review) -> Callable[[Thread], bool]:
    """Tell whether this review would have found a thread's finding again, had it been there."""
    if review.failures:
        return lambda _: False
    covered = {file.path: file for file in review.coverage.files}
    assigned = {(a.agent, path) for a in review.assignments for path in a.files}

    def looked(thread: Thread) -> bool:
        if thread.path not in covered:
            return True  # the change no longer touches the file
        file, data = covered[thread.path], thread.root.marker.data
        seen = file.status in {"reviewed", "partial"}
        if data.get("check") == MODEL:
            seen = "claude" in file.engines  # the checks' silence says nothing of what a model found
        return seen and (data.get("agent"), thread.path) in assigned

    return looked


def _code_changed(thread: Thread, file: ChangedFile | None, state: State) -> bool:
    if file is None or thread.outdated or not thread.lines:
        return True
    data = thread.root.marker.data
    if data.get("check") != MODEL and state.head and not state.unchanged(file):
        return True  # a check that looks again and is silent has been answered, wherever in the file that was
    kind = "removed" if data.get("side") == "LEFT" else "added"
    present = {
        marked_bodies.hashed(line.text) for hunk in file.hunks for line in hunk.lines if line.kind in {kind, "context"}
    }
    if file.new_text is not None and kind == "added":
        present |= {marked_bodies.hashed(line) for line in file.new_text.splitlines()}
    quoted = data.get("quote")
    return isinstance(quoted, list) and any(line not in present for line in quoted)


def _placed(finding: Finding, placement: Placement, reason: Reason) -> Finding:
    return replace(finding, placement=placement, placement_reason=reason)
