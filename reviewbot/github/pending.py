"""What is left to do on a pull request, as a list of actions: comments to post or change, threads to resolve.

When nothing is left to do the list is empty, so doing it twice posts once, and whatever a killed run
left behind is where the next one starts.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.core.finding import Placement
from reviewbot.core.unreviewed import unfinished
from reviewbot.github import marked_bodies, state
from reviewbot.github.actions import CreateComment, CreateReview, Delete, DiscardPending, Edit, Resolve
from reviewbot.github.decisions import closing, settled

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewbot.core.change import ChangeSet
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Review
    from reviewbot.github.actions import Action
    from reviewbot.github.decisions import Rules
    from reviewbot.github.pull import PullRef
    from reviewbot.github.threads import Comment, Conversation, Thread

# GitHub answers reviews with more comments than this with its secondary rate limit.
_MOST_AT_ONCE = 30


def plan(review: Review, changes: ChangeSet, conversation: Conversation, rules: Rules, ref: PullRef) -> list[Action]:
    """Give what is left to do, in order: comments first, then the summary, which is true from then on.

    Args:
        review: The finished review.
        changes: What was reviewed.
        conversation: What stands there.
        rules: How to post.
        ref: Where.
    """
    posted = settled(review, changes, conversation, rules)
    by_finding: dict[str, list[Thread]] = defaultdict(list)
    for thread in conversation.threads:
        by_finding[thread.fingerprint].append(thread)
    firsts = [threads[0] for threads in by_finding.values()]
    there = {*by_finding, *rules.posted}
    new = [
        finding
        for finding in posted.findings
        if finding.placement is Placement.INLINE and finding.fingerprint not in there
    ]
    fingerprints = tuple(finding.fingerprint for finding in posted.findings)
    left = unfinished(review)
    known = replace(changes, files=tuple(file for file in changes.files if file.path not in left))
    after = state.of(known, fingerprints, rules.state(conversation).dismissed, rules.judged)
    parts = marked_bodies.summary(posted, ref, rules.server, rules.name, after, rules.page)
    return [
        *(DiscardPending(number) for number in conversation.pending if new),
        *(CreateReview(changes.head or "", tuple(batch), rules.page) for batch in _batches(new)),
        *_closings(firsts, closing(review, changes, conversation, rules)),
        *_reopenings(firsts, posted.findings, rules),
        *_summary(parts, conversation.of(rules.name)),
        *_repeated(by_finding.values()),
    ]


def _batches(findings: list[Finding]) -> Iterator[list[Finding]]:
    for start in range(0, len(findings), _MOST_AT_ONCE):
        yield findings[start : start + _MOST_AT_ONCE]


def _closings(threads: Iterable[Thread], why: dict[str, str]) -> Iterator[Action]:
    """Resolve before the text says so: what people reopen after both stays open."""
    for thread in threads:
        if thread.id in why:
            if thread.can_resolve and not thread.resolved:
                yield Resolve(thread.id)
            yield Edit(thread.root.id, marked_bodies.closed(thread.root, why[thread.id]), inline=True)


def _reopenings(threads: Iterable[Thread], findings: Iterable[Finding], rules: Rules) -> Iterator[Action]:
    """Say again what is back."""
    back = {finding.fingerprint: finding for finding in findings if finding.placement is not Placement.HELD_BACK}
    for thread in threads:
        if marked_bodies.is_closed(thread.root) and thread.fingerprint in back:
            if thread.resolved and thread.can_reopen:
                yield Resolve(thread.id, resolved=False)
            yield Edit(thread.root.id, marked_bodies.inline(back[thread.fingerprint], rules.page), inline=True)


def _summary(parts: list[str], existing: Iterable[Comment]) -> Iterator[Action]:
    """Edit the parts that are there, post those that are not, delete those that are too many; the oldest wins."""
    wanted = {str(number): body for number, body in enumerate(parts, 1)}
    present: dict[str, Comment] = {}
    for comment in existing:
        part = comment.marker.words[-1]
        if part in present or part not in wanted:
            yield Delete(comment.id)
        else:
            present[part] = comment
    for part, body in wanted.items():
        if part not in present:
            yield CreateComment(body)
        elif _normal(present[part].body) != _normal(body):
            yield Edit(present[part].id, body)


def _repeated(groups: Iterable[list[Thread]]) -> Iterator[Action]:
    """Take back what two runs at once said twice, unless somebody answered."""
    for _, *others in groups:
        for thread in others:
            if not thread.answered:
                yield Delete(thread.root.id, inline=True)


def _normal(body: str) -> str:
    return body.replace("\r\n", "\n").strip()
