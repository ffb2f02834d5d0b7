"""``reviewbot post``: post a review that was saved, perhaps by a job without a token."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.cli.commands.pull_request import client_of, post, rules_of, shown, token_of
from reviewbot.cli.reading import say, watched
from reviewbot.core import logs
from reviewbot.core.change import ChangeSet
from reviewbot.core.errors import RepositoryError, ReviewFileError
from reviewbot.github import pull as pulls
from reviewbot.github.pending import plan
from reviewbot.github.poster import Poster
from reviewbot.github.threads import Conversation
from reviewbot.output import saved
from reviewbot.output.counting import plural
from reviewbot.review import pull_request
from reviewbot.review.outcome import write
from reviewbot.settings import loading
from reviewbot.settings.loading import Overrides

if TYPE_CHECKING:
    from argparse import Namespace

    from reviewbot.core.review import Review
    from reviewbot.github.decisions import Rules
    from reviewbot.github.pull import PullRef

_MOST_BYTES = 20_000_000


def run(args: Namespace) -> int:
    """Post, or show what would be posted; give the exit code.

    Raises:
        ReviewFileError: The file is no saved review.
        OutdatedError: It is the review of another head.
        GithubError: GitHub cannot be asked.
    """
    path = Path(args.review)
    try:
        if path.stat().st_size > _MOST_BYTES:
            raise ReviewFileError(f"{path}: larger than {_MOST_BYTES // 1_000_000} MB, which no review is")
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReviewFileError(f"{path}: cannot read this review: {error}") from error
    review = saved.load(text, str(path))
    logs.configure()
    ref = pulls.named(args.pr)
    if args.dry_run and not token_of(args.environment):
        return _shown_unseen(review, ref, rules_of(args.environment))
    client = client_of(args.environment)
    with watched(args) as tell:
        tell("reading", f"the pull request {ref}")
        changes = pull_request.read(client, pulls.read(client, ref), None, None)
        tell("reading", "")
        if changes.base_tree is None:
            raise RepositoryError(f"{ref}: the base branch cannot be read")
        config = loading.of_tree(changes.base_tree, None, Overrides()).config
        review = pull_request.placed_anew(review, changes, config.max_comments)
        rules = replace(rules_of(args.environment), incremental=config.incremental)
        poster = Poster(client, ref, tell=tell)
        if not (review.assignments or review.failures or poster.has_spoken(rules)):
            say(f"{ref}: no agent reviewed this change, so nothing is posted")
            return 0
        if not args.dry_run:
            review = post(poster, ref, review, changes, rules)
            return 3 if review.failures else 0
        _, actions = poster.planned(review, changes, rules)
    write(shown(ref, actions), None)
    say(f"{ref}: nothing was posted; without --dry-run {plural(len(actions), 'thing')} would be done")
    return 3 if review.failures else 0


def _shown_unseen(review: Review, ref: PullRef, rules: Rules) -> int:
    """Show what a first review would post, without asking GitHub what stands there; give the exit code."""
    head = review.source.head or ""
    actions = plan(review, ChangeSet("github", (), head=head), Conversation(head), rules, ref)
    write(shown(ref, actions), None)
    say(f"{ref}: nothing was posted, and without a token nobody looked what stands there already")
    return 3 if review.failures else 0
