"""``reviewbot init``: a workflow and a commented configuration to start from, tried on the last commits."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.agents.folders import BUNDLED, OWN
from reviewbot.changes import git
from reviewbot.cli.commands import dryrun
from reviewbot.cli.options import say
from reviewbot.core.errors import AgentError, ReviewbotError, UsageError
from reviewbot.settings import loading
from reviewbot.settings.config import FILE_NAME
from reviewbot.settings.loading import Overrides

if TYPE_CHECKING:
    from argparse import Namespace

    from reviewbot.settings.loading import Settings

WORKFLOW = Path(".github", "workflows", "reviewbot.yml")
_COMMITS = 10
_COMMENTED = f"# agents_dir: [{OWN}, {BUNDLED}]"


def run(args: Namespace) -> int:
    """Say who would have reviewed the last commits, and write both files, or neither where one is there already.

    Raises:
        UsageError: One is there, or the folder is not, or it cannot be written.
    """
    folder = Path(args.repo) if args.repo else Path()
    if not folder.is_dir():
        raise UsageError(f"--repo {args.repo}: no such folder")
    texts = {
        folder / WORKFLOW: (workflows_dir() / f"{args.workflow}.yml").read_text(encoding="utf-8"),
        folder / FILE_NAME: Path(__file__).with_name("init.yml").read_text(encoding="utf-8"),
    }
    there = [str(path) for path in texts if path.exists()]
    if there:
        raise UsageError(f"{' and '.join(there)}: there already, so nothing was written")
    folders = _tried(folder)
    if folders:
        texts[folder / FILE_NAME] = texts[folder / FILE_NAME].replace(_COMMENTED, _setting(folders))
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{path}: cannot write: {error.strerror}") from error
        say(f"{path}: written")
    say("next: read both, `reviewbot doctor`, and for an old repository `reviewbot baseline`")
    return 0


def _tried(folder: Path) -> tuple[str, ...]:
    """Say who would have reviewed the last commits, and give the folders of agents to write; none for the default.

    Of the repository's own agents, alone or with ours, those that have an agent of their own for more commits.
    """
    offers = _offers(folder)
    try:
        runs = dryrun.routed(git.last(folder, _COMMITS), list(offers.values()))
    except ReviewbotError as error:
        say(f"not tried on the last commits: {error}")
        return next(iter(offers))
    for folders, run in zip(offers, runs, strict=True):
        say(f"with {_setting(folders) if folders else 'the agents that come with reviewbot'}: {run}")
    return max(zip(offers, runs, strict=True), key=lambda offer: offer[1].claimed)[0]


def _offers(folder: Path) -> dict[tuple[str, ...], Settings]:
    """Give the folders of agents that may be written, each with what is reviewed with then."""
    own = folder / OWN
    if own.is_dir():
        try:
            offers = {
                (OWN,): loading.of_folder(None, Overrides((str(own),))),
                (OWN, BUNDLED): loading.of_folder(None, Overrides((str(own), BUNDLED))),
            }
        except AgentError as error:
            say(f"{own} is not used: {error}")
        else:
            for remark in offers[OWN, BUNDLED].remarks:
                say(remark)
            return offers
    return {(): loading.of_folder(None, Overrides())}


def _setting(folders: tuple[str, ...]) -> str:
    return f"agents_dir: [{', '.join(folders)}]"


def workflows_dir() -> Path:
    """Give the folder of the workflows that the docs show, in an installed copy or in a checkout."""
    packaged = Path(__file__).parents[2] / "_workflows"
    return packaged if packaged.is_dir() else Path(__file__).parents[3] / "docs" / "workflows"
