"""Commands that people give in comments: reading them, and who may give them."""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Any

from reviewbot.core.blocks import Dialect, blocks, pieces
from reviewbot.core.errors import RefusedError
from reviewbot.github.client import segment
from reviewbot.github.shapes import understood
from reviewbot.output.markdown import leaves

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewbot.github.client import Client
    from reviewbot.github.pull import PullRef

TRIGGER = "/review"
DISMISS = "/dismiss"
_MAY_WRITE = frozenset({"admin", "maintain", "write"})

_DIALECT = Dialect(
    rules=("blockquote", "code", "fence", "heading", "lheading", "hr", "html_block", "list", "reference"), deepest=20
)
# What quotes, shows as code or takes back in HTML, across whole paragraphs.
_QUOTING = frozenset({"blockquote", "q", "code", "pre", "kbd", "samp", "tt", "del", "s", "strike"})
# HTML piece by piece, to the end of each or of all: comments and what else is no tag; and tags, in whose attributes
# anything may stand.
_HTML = re.compile(
    r"<(?P<other>!--.*?(?P<shut>-->|\Z)|!\[CDATA\[.*?(?:\]\]>|\Z)|[!?][^>]*+)"
    r"|<(?P<close>/?)(?P<name>[a-z][a-z0-9-]*+)(?:[^>\"']|\"[^\"]*+(?:\"|\Z)|'[^']*+(?:'|\Z))*+",
    re.DOTALL | re.IGNORECASE,
)
_ID = re.compile(r"[0-9a-f]{6,16}")


class Kind(StrEnum):
    """What is asked for."""

    REVIEW = "review"
    HELP = "help"
    DISMISS = "dismiss"


@dataclass(frozen=True, slots=True)
class Command:
    """One command.

    Attributes:
        kind: What is asked for.
        full: Whether to forget the review before.
        agent: The agent asked for, as it was written, or None.
        finding: Beginning of a fingerprint, or None.
        why: Why a finding is dismissed.
    """

    kind: Kind
    full: bool = False
    agent: str | None = None
    finding: str | None = None
    why: str = ""


def parse(text: str, trigger: str = TRIGGER) -> Command | None:
    """Give the first command in a comment, or None.

    A command begins a line of a paragraph. Quotes, code, HTML, links and hidden text are none.

    Args:
        text: The comment.
        trigger: The word that asks for a review.
    """
    if trigger not in text and DISMISS not in text:
        return None
    for line in _spoken(text):
        word, _, rest = line.partition(" ")
        rest = " ".join(rest.split())
        if word == trigger:
            return _review(rest)
        if word == DISMISS:
            first, _, why = rest.partition(" ")
            if _ID.fullmatch(first):
                return Command(Kind.DISMISS, finding=first, why=why)
            return Command(Kind.DISMISS, why=rest)
    return None


@understood
def may(client: Client, ref: PullRef, login: str) -> bool:
    """Tell whether somebody may write to the repository, as GitHub says.

    Raises:
        GithubError: GitHub cannot be asked.
    """
    try:
        answer = client.get(f"{ref.path}/collaborators/{segment(login)}/permission")
    except RefusedError as error:
        if error.status != 404:
            raise
        return False  # nobody of that name, or no person
    return answer.get("permission") in _MAY_WRITE


def usage(trigger: str, agents: Iterable[str]) -> str:
    """Give the answer to a question for help."""
    names = ", ".join(leaves.code(name) for name in agents)
    return "\n".join(
        [
            "Commands, each at the beginning of a line:",
            "",
            f"- `{trigger}` reviews the pull request again; comments that stand there are not repeated",
            f"- `{trigger} full` does so as if for the first time; dismissed findings stay dismissed",
            f"- `{trigger} NAME` lets one agent review every file; the beginning of its name is enough: {names}",
            f"- `{DISMISS} ID why` says that a finding is none; in its thread, `{DISMISS} why` is enough",
            f"- `{trigger} help` shows this",
            "",
            "They are for people who may write to this repository.",
        ]
    )


def _review(rest: str) -> Command:
    if rest == "help":
        return Command(Kind.HELP)
    if rest == "full":
        return Command(Kind.REVIEW, full=True)
    return Command(Kind.REVIEW, agent=rest or None)


def _spoken(text: str) -> Iterator[str]:
    """Give the lines that their author says: no quote, no code, no link, nothing hidden."""
    marked = 0  # the last line that begins with the mark of a list
    quotes: list[str] = []  # in HTML, that are open
    links: dict[str, Any] = {}
    for block in blocks(text, _DIALECT, links):
        if block.kind == "item":
            marked = block.line
        elif block.kind == "html_block":
            # The one text in HTML that shows as it is written, and people write their answers behind such comments.
            behind = block.text.partition("-->")[2] if block.text.startswith("<!--") else ""
            if not quotes and not block.quoted:
                yield behind.strip()
            _follow(quotes, block.text)
        # The two dashes above a mail's signature make a heading of what stands above them.
        elif block.kind in ("paragraph", "underlined"):
            lines = block.text.split("\n")
            for piece in pieces(lines, links):
                if isinstance(piece, str):
                    _follow(quotes, piece)
                elif not quotes and not block.quoted and block.line + piece != marked:
                    yield lines[piece].strip()


def _follow(quotes: list[str], html: str) -> None:
    """Put what some HTML opens to what is open, and take away what it closes."""
    for tag in _HTML.finditer(html):
        name = (tag["name"] or "").lower()
        if tag["other"]:
            quotes += ["a comment, to the end of all"] * (tag["shut"] == "")
        elif name in _QUOTING and not tag["close"]:
            quotes.append(name)
        elif name in quotes:
            quotes.remove(name)
