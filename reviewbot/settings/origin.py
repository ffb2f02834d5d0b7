"""Where this program came from, and so where its pages can be read."""

from __future__ import annotations

import json
import os
import re
from importlib import metadata
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewbot.core.explanation import HOME

if TYPE_CHECKING:
    from collections.abc import Mapping

_GITHUB = "https://github.com"
# What stands for the owner in what we write; whoever takes that name is a stranger.
_PLACEHOLDER = "OWNER/"
# What is told from outside must not become more of an address than the name of a repository, or of a revision in it.
_NAME = r"[A-Za-z0-9][\w.-]*/\.?[\w-][\w.-]*?"
_PART = r"\.?[\w-][\w.+-]*"
_REPOSITORY = re.compile(_NAME, re.ASCII)
_REVISION = re.compile(rf"{_PART}(?:/{_PART})*", re.ASCII)
_COMMIT = re.compile(r"[0-9a-f]{40,64}")
_REMOTE = re.compile(rf"(?P<host>https://[A-Za-z0-9][\w.-]*)/(?P<name>{_NAME})(?:\.git)?/?", re.ASCII)
# Where a runner keeps an Action. Steps of a composite one are told nothing else: GITHUB_ACTION_REPOSITORY is empty for
# them, and github.action_repository may be another Action that this one is a step of.
_FOLDER = re.compile(r".*/_actions/(?P<name>[^/]+/[^/]+)/(?P<revision>.+)")
_ROOT = Path(os.path.normpath(__file__)).parents[2]


def home(environment: Mapping[str, str], root: Path = _ROOT) -> str:
    """Give where the files of this very program can be read; empty where nobody can say.

    An installation says from which repository it was made (PEP 610). In a workflow the runner says which one the Action
    is of, by a variable or by the folder that it runs from.

    Args:
        environment: Where a runner says so.
        root: The folder that the program is in.
    """
    host, name, revision = _of_installation() or _of_action(environment, root) or ("", "", "")
    return f"{host}/{name}/blob/{revision}" if host else HOME


def installed_from() -> str | None:
    """Give the repository and commit that this program was installed from, as ``uses:`` names them, or None."""
    host, name, commit = _of_installation() or ("", "", "")
    # Of the same name on another server, a workflow would take whatever has it on GitHub.
    return f"{name}@{commit}" if host == _GITHUB else None


def _of_action(environment: Mapping[str, str], root: Path) -> tuple[str, str, str] | None:
    # A server of one's own has its Actions from there or from github.com, and the runner does not say from which.
    if environment.get("GITHUB_SERVER_URL") != _GITHUB:
        return None
    name, revision = (environment.get(f"GITHUB_ACTION_{what}", "") for what in ("REPOSITORY", "REF"))
    if folder := _FOLDER.fullmatch(root.as_posix()):
        name, revision = folder["name"], folder["revision"]
    known = _REPOSITORY.fullmatch(name) and _REVISION.fullmatch(revision) and not name.startswith(_PLACEHOLDER)
    return (_GITHUB, name, revision) if known else None


def _of_installation() -> tuple[str, str, str] | None:
    try:
        text = metadata.distribution("reviewbot").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return None
    origin: dict[str, Any] = json.loads(text or "{}")
    remote = _REMOTE.fullmatch(str(origin.get("url", "")))
    commit = str(origin.get("vcs_info", {}).get("commit_id", ""))
    return (remote["host"], remote["name"], commit) if remote and _COMMIT.fullmatch(commit) else None
