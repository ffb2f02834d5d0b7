"""``reviewbot init``: a workflow and a commented configuration to start from, tried on the last commits."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot import ADDRESS, TAG, USES
from reviewbot.agents.folders import BUNDLED, OWN
from reviewbot.changes import git
from reviewbot.changes.repository import Repository
from reviewbot.changes.trees import WorkTree
from reviewbot.cli.address import address, advice
from reviewbot.cli.commands import dryrun
from reviewbot.cli.reading import say, watched
from reviewbot.core import files
from reviewbot.core.errors import AgentError, ReviewbotError, UsageError
from reviewbot.output.counting import findings
from reviewbot.review.outcome import write
from reviewbot.settings import loading
from reviewbot.settings.config import FILE_NAME
from reviewbot.settings.loading import Overrides

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Mapping

    from reviewbot.settings.loading import Settings

_FOLDER = Path(".github", "workflows")
# Those that review pushes are one file, since two of them would review everything twice; the others stand beside it.
_REVIEWS = "reviewbot.yml"
_BESIDE = {
    "back-fill": "reviewbot-back-fill.yml",
    "comment-trigger": "reviewbot-comment.yml",
    "manual": "reviewbot-manual.yml",
    "organisation": "reviewbot-shared.yml",
    "post-forks": "reviewbot-post.yml",
}
# Two that work together only.
_PAIR = ("review-forks", "post-forks")
_FAILS = (
    "the job then fails for findings of high and above (`fail_on: high`), and where nothing looked at code that an "
    "agent is for and that could be read (`require_review: where-possible`)"
)
_COMMITS = 10
_COMMENTED = f"# agents_dir: [{OWN}, {BUNDLED}]"


def run(args: Namespace) -> int:
    """Say who would have reviewed the last commits, and write what is not there yet.

    Raises:
        UsageError: All of it is there and says something else, the folder is not, or is in no repository, it cannot be
            written, or nothing tells where the Action is.
    """
    folder = _root(args.repo)
    if not (args.dry_run or args.force or Repository(folder).exists):
        raise UsageError(
            f"{folder}: no git repository, and only in one a workflow counts: `git init` first, or --force"
        )
    uses = address(args.action, only_shown=args.dry_run)
    if pinned := advice(uses):
        say(pinned)
    names = _PAIR if args.workflow == "forks-in-two-jobs" else (args.workflow,)
    texts = {folder / file_of(name): _workflow(name, uses) for name in names}
    config = folder / FILE_NAME
    if configuration := _configuration(args, folder, config):
        texts[config] = configuration
    wanted = {path: text for path, text in texts.items() if not _says(path, text)}
    there = [path for path in wanted if path.exists() and not args.force]
    if there:
        named = " and ".join(map(str, there))
        raise UsageError(f"{named}: there already and different, so nothing was written; --force overwrites")
    for path, text in wanted.items():
        if args.dry_run:
            write(f"=== {path}\n\n{text}\n", None)
        else:
            _write(folder, path, text)
            say(f"{path}: written")
    if config in wanted and not args.dry_run:
        say(_FAILS)
    if not wanted:
        say("nothing to write: everything is there already")
    elif not args.dry_run:
        say("next: read what was written, `reviewbot doctor`, and for an old repository `reviewbot baseline`")
        say(f"the workflow counts once it is on the default branch{_default_branch(folder)}")
    return 0


def _root(option: str | None) -> Path:
    """Give the root of the repository around a folder, or the folder where there is none.

    Raises:
        UsageError: There is no such folder.
    """
    folder = Path(option) if option else Path()
    if not folder.is_dir():
        raise UsageError(f"--repo {option}: no such folder")
    root = WorkTree(Repository(folder)).root
    return folder if root == folder.resolve() else root


def _default_branch(folder: Path) -> str:
    repository = Repository(folder)
    name = git.default_branch(repository) if repository.exists else None
    return f" ({name.removeprefix('origin/')})" if name else ""


def file_of(name: str) -> Path:
    """Give where a workflow of the docs is written."""
    return _FOLDER / _BESIDE.get(name, _REVIEWS)


def _workflow(name: str, uses: str) -> str:
    text = (workflows_dir() / f"{name}.yml").read_text(encoding="utf-8")
    if not uses.endswith(f"@{TAG}"):
        text = re.sub(rf"^ *# Pin it: {ADDRESS}@.*\n", "", text, flags=re.MULTILINE)
    return text.replace(USES, uses).replace(ADDRESS, uses.partition("@")[0])


def _configuration(args: Namespace, folder: Path, config: Path) -> str:
    """Give the configuration to write, for the agents that did best on the last commits; empty where one stays."""
    if not config.exists() or args.force:
        text = Path(__file__).with_name("init.yml").read_text(encoding="utf-8")
        return text.replace(_COMMENTED, _tried(args, folder, _offers(folder)) or _COMMENTED)
    say(f"{config}: there already, and left as it is")
    try:
        _tried(args, folder, {f"what {FILE_NAME} says": loading.of_folder(config, Overrides(), folder)})
    except ReviewbotError as error:
        say(f"not tried on the last commits: {error}")
    return ""


def _says(path: Path, text: str) -> bool:
    try:
        return path.read_text(encoding="utf-8") == text
    except (OSError, UnicodeDecodeError):
        return False


def _write(folder: Path, path: Path, text: str) -> None:
    try:
        files.write(folder, path.relative_to(folder), text)
    except OSError as error:
        raise UsageError(f"{path}: cannot write: {error.strerror}") from error


def _tried(args: Namespace, folder: Path, offers: Mapping[str, Settings]) -> str:
    """Say who would have reviewed the last commits and what the checks would have found; give the best of the offers.

    Of the repository's own agents, alone or with ours, those that have an agent of their own for more commits.
    """
    best = next(iter(offers))
    repository = Repository(folder)
    try:
        if not (repository.exists and git.has_commits(repository)):
            say("there are no commits yet to try the agents on")
            return best
        past = list(git.last(folder, _COMMITS))
        runs = dict(zip(offers, dryrun.routed(past, list(offers.values())), strict=True))
        for setting, run in runs.items():
            say(f"with {setting or 'the agents that come with reviewbot'}: {run}")
        best = max(runs, key=lambda setting: runs[setting].claimed)
        if runs[best].reviewed:
            say(f"seen in them: {runs[best].seen}")
            with watched(args) as tell:
                found = dryrun.found(past, offers[best], tell)
            say(f"the checks alone would have said of them: {findings(found)}")
    except ReviewbotError as error:
        say(f"not tried on the last commits: {error}")
    return best


def _offers(folder: Path) -> dict[str, Settings]:
    """Give the settings of agents that may be written, none for the default, each with what is reviewed with then."""
    own = folder / OWN
    if own.is_dir():
        try:
            alone = loading.of_folder(None, Overrides((str(own),)))
            beside = loading.of_folder(None, Overrides((str(own), BUNDLED)))
        except AgentError as error:
            say(f"{own} is not used: {error}")
        else:
            for remark in beside.remarks:
                say(remark)
            return {f"agents_dir: [{OWN}]": alone, f"agents_dir: [{OWN}, {BUNDLED}]": beside}
    return {"": loading.of_folder(None, Overrides())}


def workflows_dir() -> Path:
    """Give the folder of the workflows that the docs show, in an installed copy or in a checkout."""
    packaged = Path(__file__).parents[2] / "_workflows"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "docs" / "workflows"
