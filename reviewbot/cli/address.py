"""Where the Action is: what a workflow's ``uses:`` says."""

from __future__ import annotations

import re

from reviewbot import ADDRESS, USES
from reviewbot.core.errors import UsageError
from reviewbot.settings.origin import installed_from

_GIVEN = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+@[\w./-]+")


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
