"""Posting: look, do what is left to do, look again, until nothing is left."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from reviewbot.core.errors import GithubError, OutdatedError, RefusedError, TerminatedError, UnansweredError
from reviewbot.core.logs import get_logger
from reviewbot.core.telling import counted, nobody
from reviewbot.github import threads
from reviewbot.github.actions import CreateComment, CreateReview, Delete, Edit
from reviewbot.github.decisions import Rules, settled
from reviewbot.github.dismissals import Dismissals
from reviewbot.github.pending import plan
from reviewbot.output.counting import plural

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewbot.core.change import ChangeSet
    from reviewbot.core.review import Review
    from reviewbot.core.telling import Tell
    from reviewbot.github.actions import Action
    from reviewbot.github.client import Client
    from reviewbot.github.pull import PullRef
    from reviewbot.github.threads import Comment, Conversation

# One round does everything; the others are for lost answers and for other runs at the same time.
_ROUNDS = 8

log = get_logger()


@dataclass(frozen=True)
class Posted:
    """What stands on the pull request now.

    Attributes:
        review: The review, its findings placed as they were posted.
        summary_url: Address of the summary.
        written: How many actions it took.
    """

    review: Review
    summary_url: str
    written: int


class Poster:
    """Posts reviews to one pull request.

    Args:
        client: How to talk to GitHub.
        ref: The pull request.
        sleep: How to wait between rounds; tests pass their own.
        tell: Who waits for it.
    """

    def __init__(
        self, client: Client, ref: PullRef, *, sleep: Callable[[float], None] | None = None, tell: Tell = nobody
    ) -> None:
        self._client = client
        self._ref = ref
        self._sleep = sleep or time.sleep
        self._tell = tell
        self._dismissals = Dismissals(client, ref)

    def has_spoken(self, rules: Rules) -> bool:
        """Tell whether anything of ours stands there, which a review without a reviewer must bring up to date.

        Raises:
            GithubError: What stands there cannot be listed.
        """
        conversation = threads.read(self._client, self._ref)
        return bool(conversation.of(rules.name) or conversation.threads)

    def planned(self, review: Review, changes: ChangeSet, rules: Rules) -> tuple[Review, list[Action]]:
        """Give the review as it would stand there, and what would be done; nothing is written.

        Raises:
            OutdatedError: The review is of another head.
            GithubError: What stands there cannot be listed.
        """
        conversation = self._look(changes)
        rules = self._with_dismissals(review, conversation, rules)
        return settled(review, changes, conversation, rules), plan(review, changes, conversation, rules, self._ref)

    def post(self, review: Review, changes: ChangeSet, rules: Rules) -> Posted:
        """Bring the pull request to the state that the review asks for.

        Raises:
            OutdatedError: The review is of another head; nothing more is written.
            GithubError: GitHub cannot be asked, or does not do it. What was written stays, and the next
                run goes on from there.
        """
        done: list[Action] = []
        try:
            return self._post(review, changes, rules, done)
        except (KeyboardInterrupt, TerminatedError) as error:
            error.add_note(f"{plural(len(done), 'change')} made to {self._ref}; the next run goes on from there")
            raise

    def _post(self, review: Review, changes: ChangeSet, rules: Rules, done: list[Action]) -> Posted:
        before: dict[int, str] = {}
        unseen: list[str] = []
        for round_ in range(_ROUNDS):
            if round_ > 1:
                self._sleep(float(2 ** (round_ - 2)))
            conversation = self._look(changes)
            before = before or {comment.id: comment.body for comment in _ours(conversation)}
            if rules.last_state is None:
                rules = replace(rules, last_state=conversation.state(rules.name))
            now = self._with_dismissals(review, conversation, rules)
            # A list may lag behind what was just written, so nothing is done twice in one run.
            planned = plan(review, changes, conversation, now, self._ref)
            left = [action for action in planned if action not in done]
            if left:
                rules = self._do(left, done, rules)
                continue
            unseen = _unseen(planned, conversation, rules, before)
            if not unseen:
                return Posted(settled(review, changes, conversation, now), _url(conversation, rules), len(done))
            log.warning("what was posted is not to be seen yet", what=unseen)
        if unseen:
            raise GithubError(f"{self._ref}: GitHub said that it was done, and does not show it: {', '.join(unseen)}")
        raise GithubError(f"{self._ref}: the comments did not come to rest; another run may be posting: run again")

    def _look(self, changes: ChangeSet) -> Conversation:
        self._tell("posting", "looking what stands there")
        conversation = threads.read(self._client, self._ref)
        if conversation.head != changes.head:
            now, then = conversation.head[:12], (changes.head or "?")[:12]
            raise OutdatedError(f"{self._ref}: the head is {now} now, the review is of {then}; review again")
        return conversation

    def _with_dismissals(self, review: Review, conversation: Conversation, rules: Rules) -> Rules:
        """Add what people dismissed in comments to what this run was told to dismiss."""
        fingerprints = [finding.fingerprint for finding in review.findings]
        read = self._dismissals.among(conversation, rules.name, fingerprints)
        return replace(rules, dismissals={**read, **rules.dismissals})

    def _do(self, actions: list[Action], done: list[Action], rules: Rules) -> Rules:
        """Do what can be done; give the rules for the next look."""
        for action in counted(actions, "things", "posting", self._tell):
            try:
                action.do(self._client, self._ref)
            except UnansweredError as error:
                log.warning("the answer was lost, looking again", reason=str(error))
                return rules
            except RefusedError as error:
                if not isinstance(action, CreateReview) or error.status != 422:
                    raise
                # Every line was checked before; whatever GitHub has against it, the summary takes it.
                log.warning("GitHub refused the inline comments", reason=str(error))
                return replace(rules, refused=rules.refused | _fingerprints(action))
            done.append(action)
            if isinstance(action, CreateReview):
                rules = replace(rules, posted=rules.posted | _fingerprints(action))
        return rules


def _fingerprints(action: CreateReview) -> frozenset[str]:
    return frozenset(finding.fingerprint for finding in action.findings)


def _unseen(planned: list[Action], conversation: Conversation, rules: Rules, before: dict[int, str]) -> list[str]:
    """Name what was done and is not to be seen.

    Args:
        planned: What would have to be done, had it not been done.
        conversation: What stands there.
        rules: With the fingerprints that were posted.
        before: Comment → its text before. What is neither that nor ours another run has written since.
    """
    texts = {comment.id: comment.body for comment in _ours(conversation)}
    comments = rules.posted - {thread.fingerprint for thread in conversation.threads}
    unseen = [f"{plural(len(comments), 'comment')} on lines"] * bool(comments)
    for action in planned:
        if isinstance(action, CreateComment):
            unseen.append("a comment with the summary")
        elif isinstance(action, Delete) or (
            isinstance(action, Edit) and texts.get(action.comment) == before.get(action.comment)
        ):
            unseen.append(str(action).partition("\n")[0])
    return unseen


def _ours(conversation: Conversation) -> list[Comment]:
    return [*conversation.summaries, *(thread.root for thread in conversation.threads)]


def _url(conversation: Conversation, rules: Rules) -> str:
    return next((comment.url for comment in conversation.of(rules.name)), "")
