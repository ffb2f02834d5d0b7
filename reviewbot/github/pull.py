"""A pull request: how people name one, and what GitHub says of it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reviewbot.core.errors import RefusedError, UsageError
from reviewbot.github.shapes import understood

if TYPE_CHECKING:
    from reviewbot.github.client import Client

_NAME = re.compile(r"([A-Za-z0-9][A-Za-z0-9-]*)/(?!\.\.?#)([A-Za-z0-9._-]+)#([1-9][0-9]{0,9})")

_QUERY = """
query($owner: String!, $name: String!, $number: Int!) {
  repository(owner: $owner, name: $name) {
    pullRequest(number: $number) {
      title body state isDraft isCrossRepository changedFiles headRefOid baseRefOid baseRefName
      baseRef { target { oid } }
    }
  }
}
"""


@dataclass(frozen=True, slots=True)
class PullRef:
    """The name of a pull request: ``owner/repo#number``."""

    owner: str
    repo: str
    number: int

    def __str__(self) -> str:
        return f"{self.owner}/{self.repo}#{self.number}"

    @property
    def path(self) -> str:
        """Path of the repository in the REST interface."""
        return f"/repos/{self.owner}/{self.repo}"

    @property
    def variables(self) -> dict[str, Any]:
        """The name as variables of a GraphQL query."""
        return {"owner": self.owner, "name": self.repo, "number": self.number}


@dataclass(frozen=True, slots=True)
class PullRequest:
    """A pull request as it is now.

    Attributes:
        ref: Its name.
        title: Untrusted.
        body: Untrusted.
        draft: Whether it is a draft.
        head: Id of its newest commit.
        base: Id of the commit at the tip of the base branch.
        changed_files: How many files GitHub counts.
    """

    ref: PullRef
    title: str
    body: str
    draft: bool
    head: str
    base: str
    changed_files: int


def named(text: str) -> PullRef:
    """Read ``OWNER/REPO#N``, or the address of a pull request.

    Raises:
        UsageError: It is neither.
    """
    match = _NAME.fullmatch(re.sub(r"^https?://[^/]+/([^/]+/[^/]+)/pull/(\d++).*$", r"\1#\2", text.strip()))
    if match is None:
        raise UsageError(f"--pr {text}: not a pull request; write OWNER/REPO#NUMBER, such as octo/app#12")
    return PullRef(match[1], match[2], int(match[3]))


@understood
def read(client: Client, ref: PullRef) -> PullRequest:
    """Ask for a pull request.

    Raises:
        UsageError: There is none of that name, or the token cannot see it.
        GithubError: GitHub cannot be asked.
    """
    try:
        answer = client.graphql(_QUERY, **ref.variables)
    except RefusedError as error:
        if error.status != 404:
            raise
        raise UsageError(f"{ref}: no such pull request, or the token cannot see it ({error})") from error
    pull = answer["repository"]["pullRequest"]
    # baseRefOid stands still while the base branch moves on; the branch itself may be gone.
    tip = (pull["baseRef"] or {}).get("target") or {}
    return PullRequest(
        ref,
        title=pull["title"],
        body=pull["body"] or "",
        draft=pull["isDraft"],
        head=pull["headRefOid"],
        base=tip.get("oid") or pull["baseRefOid"],
        changed_files=pull["changedFiles"],
    )
