"""Where the Action is: what a workflow's ``uses:`` says."""

from __future__ import annotations

import json
import re
from importlib import metadata
from typing import Any

from reviewbot import ADDRESS, USES
from reviewbot.core.errors import UsageError
from reviewbot.core.explanation import HOME

_GIVEN = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+@[\w./-]+")
_REMOTE = re.compile(r"https://(?P<host>[\w.-]+)/(?P<owner>[\w.-]+)/(?P<name>[\w.-]+?)(?:\.git)?/?")


def address(option: str | None) -> str:
    """Give the Action's address with its revision, such as ``OWNER/reviewbot@v0``.

    Args:
        option: What the option says, or None for where this program was installed from.

    Raises:
        UsageError: That is no address, or nothing tells it. A name that nobody has would be one that a stranger may
            take, and with it the key that the workflow hands over.
    """
    if option is None:
        option = installed_from()
    elif not _GIVEN.fullmatch(option):
        raise UsageError(f"--action {option}: not an address such as {USES} or {ADDRESS}@ and 40 digits")
    if option is None:
        raise UsageError(
            f"which repository has the Action? This program was not installed from one: say --action {USES}, "
            "with the owner of the one that you trust"
        )
    return option


def installed_from() -> str | None:
    """Give the repository and commit that this program was installed from (PEP 610), or None."""
    remote, commit = _origin()
    return f"{remote['owner']}/{remote['name']}@{commit}" if remote and commit else None


def home() -> str:
    """Give where the files of this very program can be read; empty where that is not known."""
    remote, commit = _origin()
    if remote and commit:
        return f"https://{remote['host']}/{remote['owner']}/{remote['name']}/blob/{commit}"
    return HOME


def _origin() -> tuple[re.Match[str] | None, str | None]:
    try:
        text = metadata.distribution("reviewbot").read_text("direct_url.json")
    except metadata.PackageNotFoundError:
        return None, None
    origin: dict[str, Any] = json.loads(text or "{}")
    return _REMOTE.fullmatch(str(origin.get("url", ""))), origin.get("vcs_info", {}).get("commit_id")
