"""Where the Action is: what a workflow's ``uses:`` says."""

from __future__ import annotations

import re

from reviewbot import ADDRESS, USES
from reviewbot.core import printing
from reviewbot.core.errors import UsageError
from reviewbot.settings.origin import installed_from

_GIVEN = re.compile(r"[A-Za-z0-9][\w.-]*/[\w.-]+@[\w./-]+")
_COMMIT = re.compile("[0-9a-f]{40}|[0-9a-f]{64}")


def address(option: str | None, *, only_shown: bool = False) -> str:
    """Give the Action's address with its revision, such as ``OWNER/reviewbot@v0``.

    Args:
        option: What the option says, or None for where this program was installed from, or what people answer.
        only_shown: Whether nothing will be written; then the address may be the one that stands for another.

    Raises:
        UsageError: That is no address, or nothing tells it. A name that nobody has would be one that a stranger may
            take, and with it the key that the workflow hands over.
    """
    if option is None:
        option = installed_from()
    elif not _GIVEN.fullmatch(option):
        raise UsageError(f"--action {option}: {_no_address()}")
    if option is None and only_shown:
        printing.say(f"{ADDRESS} stands for the repository that has the Action; name it with --action {USES}")
        return USES
    return option or _answered()


def advice(uses: str) -> str:
    """Say how to pin the Action to a commit; empty where it is, and where the address only stands for another."""
    name, _, ref = uses.partition("@")
    if _COMMIT.fullmatch(ref) or uses == USES:
        return ""
    repository = "/".join(name.split("/")[:2])
    return (
        f"{uses}: whoever may move {ref} changes what your workflow runs, and zizmor rejects that; better pin the "
        f"commit: {name}@ and the 40 digits that `git ls-remote https://github.com/{repository} {ref}` gives"
    )


def _answered() -> str:
    while answer := printing.ask(f"Which repository has the Action, and at which revision ({USES})?"):
        if _GIVEN.fullmatch(answer) and not answer.startswith(f"{ADDRESS}@"):
            return answer
        printing.say(f"{answer}: {_no_address()}")
    raise UsageError(
        "a workflow must say which repository has the Action, and this program was not installed from one: "
        f"repeat it as `reviewbot init --action {USES}`, with the owner that you trust in the place of OWNER"
    )


def _no_address() -> str:
    return f"not an address such as {USES} or {ADDRESS}@ and 40 digits"
