"""``reviewbot post``: post a review that was saved, perhaps by a job without a token."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot import logs, pullrequest, saved
from reviewbot.commands.inputs import say
from reviewbot.commands.pullrequest import client_of, post, rules_of, shown
from reviewbot.commands.review import write
from reviewbot.errors import ReviewFileError
from reviewbot.github import pull as pulls
from reviewbot.github.poster import Poster

if TYPE_CHECKING:
    from argparse import Namespace


def run(args: Namespace) -> int:
    """Post, or show what would be posted; give the exit code.

    Raises:
        ReviewFileError: The file is no saved review.
        OutdatedError: It is the review of another head.
        GithubError: GitHub cannot be asked.
    """
    path = Path(args.review)
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ReviewFileError(f"{path}: cannot read this review: {error}") from error
    review = saved.load(text, str(path))
    logs.configure()
    ref, client = pulls.named(args.pr), client_of(args.environment)
    changes = pullrequest.read(client, pulls.read(client, ref), None, None)
    review, rules = pullrequest.placed_anew(review, changes), rules_of(args.environment)
    if args.dry_run:
        _, actions = Poster(client, ref).planned(review, changes, rules)
        write(shown(ref, actions), None)
        say(f"{ref}: nothing was posted; without --dry-run {len(actions)} things would be done")
    else:
        review = post(client, ref, review, changes, rules)
    return 3 if review.failures else 0
