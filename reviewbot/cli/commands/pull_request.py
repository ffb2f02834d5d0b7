"""``reviewbot review --pr``: the review that the Action would make, on a laptop; nothing is posted unless asked for."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.changes.repository import Repository
from reviewbot.checks import check_pages
from reviewbot.cli.reading import manner, overrides, say, tell_written, watched
from reviewbot.core import children, logs
from reviewbot.core.deadline import NEVER, Deadline
from reviewbot.core.errors import ConfigError, UsageError
from reviewbot.core.telling import Watch
from reviewbot.core.text import printable
from reviewbot.github import pull as pulls
from reviewbot.github.client import API_URL, Client
from reviewbot.github.decisions import Rules
from reviewbot.github.poster import Poster
from reviewbot.output import formats
from reviewbot.output.counting import plural
from reviewbot.review import engines, pull_request
from reviewbot.review.outcome import exit_code, write
from reviewbot.settings.origin import home

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterable, Mapping

    from reviewbot.core.change import ChangeSet
    from reviewbot.core.review import Review
    from reviewbot.github.actions import Action
    from reviewbot.github.pull import PullRef

SERVER = "https://github.com"


def run(args: Namespace) -> int:
    """Review a pull request, print the review and what would be posted, or post it; give the exit code.

    Raises:
        UsageError: The options do not go together.
        ConfigError: There is no token.
        GithubError: GitHub cannot be asked.
    """
    for option in ("diff", "base", "head"):
        if getattr(args, option) is not None:
            raise UsageError(f"--pr and {'a diff' if option == 'diff' else f'--{option}'} exclude each other")
    if args.uncommitted or args.staged:
        option = "--staged" if args.staged else "--uncommitted"
        raise UsageError(f"--pr and {option} exclude each other: nobody has pushed that work")
    if args.config or args.agents_dir:
        say("--config and --agents-dir name files of the base branch of the pull request")
    fmt = args.format or formats.for_file(args.output)
    logs.configure(json=args.log_format == "json")
    until = Deadline(args.timeout)
    ref, client = pulls.named(args.pr), client_of(args.environment, until)
    asking = pull_request.Asking(
        overrides(args),
        lambda config: engines.of(config, args.environment, args.record, args.replay, until),
        args.config,
        Repository(Path(args.repo)) if args.repo else None,
        secret=args.environment.get("ANTHROPIC_API_KEY", ""),
    )
    with watched(args) as tell:
        with children.until(until):
            reviewed = pull_request.review(client, ref, replace(asking, watch=Watch(tell, until)))
        rules = replace(
            rules_of(args.environment),
            incremental=reviewed.settings.config.incremental,
            judged=pull_request.remembered(reviewed),
        )
        poster = Poster(client, ref, tell=tell)
        actions: list[Action] = []
        if args.post:
            review = post(poster, ref, reviewed.review, reviewed.changes, rules)
        else:
            review, actions = poster.planned(reviewed.review, reviewed.changes, rules)
    write(formats.render(fmt, review, reviewed.changes, manner(args, reviewed.settings)), args.output, exact=True)
    tell_written(args.output, review)
    if not args.post:
        if fmt == "terminal" and not args.output:
            write(shown(ref, actions), None)
        say(f"{ref}: nothing was posted; --post would do {plural(len(actions), 'thing')}")
    return exit_code(review, reviewed.settings.config)


def token_of(environment: Mapping[str, str]) -> str:
    """Give the token of the environment; empty where there is none."""
    return environment.get("GITHUB_TOKEN") or environment.get("GH_TOKEN") or ""


def client_of(environment: Mapping[str, str], until: Deadline = NEVER) -> Client:
    """Give a client with the token of the environment.

    Raises:
        ConfigError: There is none.
    """
    token = token_of(environment)
    if not token:
        raise ConfigError("--pr needs a token: set GITHUB_TOKEN or GH_TOKEN (GITHUB_TOKEN=$(gh auth token))")
    api, graphql = environment.get("GITHUB_API_URL") or API_URL, environment.get("GITHUB_GRAPHQL_URL") or None
    return Client(token, api, graphql, until=until)


def rules_of(environment: Mapping[str, str]) -> Rules:
    """Give the rules for posting from a laptop."""
    server = (environment.get("GITHUB_SERVER_URL") or SERVER).rstrip("/")
    return Rules(server, page=check_pages.of(home(environment)))


def post(poster: Poster, ref: PullRef, review: Review, changes: ChangeSet, rules: Rules) -> Review:
    """Post, and say where; give the review as it was posted."""
    posted = poster.post(review, changes, rules)
    say(f"{ref}: {posted.written or 'no'} changes made, see {posted.summary_url}")
    return posted.review


def shown(ref: PullRef, actions: Iterable[Action]) -> str:
    """Give the actions in words."""
    parts = [f"=== {printable(str(action))}" for action in actions]
    text = "\n\n".join(parts) if parts else "=== nothing: everything stands there already"
    return f"\nWould be posted to {ref}:\n\n{text}\n"
