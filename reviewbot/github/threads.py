"""What stands on a pull request already, and which of it is ours."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from reviewbot.github import markers
from reviewbot.github.shapes import understood
from reviewbot.github.state import State
from reviewbot.github.state import read as read_state

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewbot.github.client import Client
    from reviewbot.github.markers import Marker
    from reviewbot.github.pull import PullRef

# What others said is material for the model, not to be carried on at any length.
_MOST_OTHERS = 30
_MOST_WORDS = 400
_PAGE = "pageInfo { hasNextPage endCursor }"
_QUERY = f"""
query(
  $owner: String!, $name: String!, $number: Int!,
  $comments: String, $moreComments: Boolean!, $threads: String, $moreThreads: Boolean!
) {{
  viewer {{ login }}
  repository(owner: $owner, name: $name) {{
    pullRequest(number: $number) {{
      headRefOid
      comments(first: 100, after: $comments) @include(if: $moreComments) {{
        {_PAGE}
        nodes {{ databaseId body url viewerDidAuthor lastEditedAt author {{ __typename login }} }}
      }}
      reviewThreads(first: 100, after: $threads) @include(if: $moreThreads) {{
        {_PAGE}
        nodes {{
          id isResolved isOutdated viewerCanResolve viewerCanUnresolve path line startLine diffSide
          resolvedBy {{ login }}
          comments(first: 50) {{
            totalCount nodes {{ databaseId body url viewerDidAuthor state lastEditedAt author {{ __typename login }} }}
          }}
        }}
      }}
      reviews(first: 10, states: [PENDING]) {{ nodes {{ databaseId viewerDidAuthor comments(first: 20) {{
        nodes {{ body }} }} }} }}
    }}
  }}
}}
"""


@dataclass(frozen=True)
class Comment:
    """A comment of ours.

    Attributes:
        id: Its number in the REST interface.
        body: Its text, marker included.
        url: Where people read it.
        marker: What its first line says.
    """

    id: int
    body: str
    url: str
    marker: Marker


@dataclass(frozen=True)
class Thread:
    """A thread that we began.

    Attributes:
        id: For GraphQL.
        root: Our comment.
        path: The file it is about.
        lines: First and last line in the present diff; None where they are no longer in it.
        side: ``LEFT`` or ``RIGHT``.
        resolved: Whether it is resolved, by whomever.
        resolved_by_us: Whether we resolved it.
        outdated: Whether GitHub no longer finds its lines.
        can_resolve: Whether this token may resolve it now.
        can_reopen: Whether this token may open it again now.
        answered: Whether anybody said something in it, other than we in answer to a command.
    """

    id: str
    root: Comment
    path: str
    lines: tuple[int, int] | None
    side: str
    resolved: bool
    resolved_by_us: bool
    outdated: bool
    can_resolve: bool
    can_reopen: bool
    answered: bool

    @property
    def fingerprint(self) -> str:
        """The finding it is about."""
        return self.root.marker.words[0]


@dataclass(frozen=True, slots=True)
class Spoken:
    """A comment of a person, as it was written: whoever edits one takes back what it commanded.

    Attributes:
        login: Who wrote it, as GitHub says.
        body: Its text; untrusted.
        thread: The finding of our thread that it stands in, or None.
    """

    login: str
    body: str
    thread: str | None = None


@dataclass(frozen=True)
class Conversation:
    """What we said so far.

    Attributes:
        head: Newest commit of the pull request.
        summaries: Comments that are, or were, a part of the summary, oldest first.
        answers: Comments that answer a command, in a thread or below the pull request.
        threads: Threads about findings, oldest first.
        pending: Reviews of ours that were begun and never submitted; GitHub takes no other one before they are gone.
        foreign_pending: Whether there is one that this token's user began with another tool.
        others: What others said, one line each, oldest first; untrusted.
        spoken: What people wrote and nobody edited, oldest first.
    """

    head: str
    summaries: tuple[Comment, ...] = ()
    answers: tuple[Comment, ...] = ()
    threads: tuple[Thread, ...] = ()
    pending: tuple[int, ...] = ()
    foreign_pending: bool = False
    others: tuple[str, ...] = ()
    spoken: tuple[Spoken, ...] = ()

    def of(self, name: str) -> tuple[Comment, ...]:
        """Give the parts of the summary of that name."""
        return tuple(comment for comment in self.summaries if comment.marker.words[:1] == (name,))

    @property
    def statements(self) -> tuple[str, ...]:
        """What stands on the pull request, one line each: ours, and what others said."""
        ours = []
        for thread in self.threads:
            _, _, text = thread.root.body.partition("\n")
            title = " ".join(text.split())[:160]
            ours.append(f"in {thread.path}, by this program{' (resolved)' if thread.resolved else ''}: {title}")
        return (*ours, *self.others)

    def state(self, name: str) -> State:
        """Give what the last review of that name remembered."""
        for comment in self.of(name):
            if comment.marker.data:
                return read_state(comment.marker.data)
        return State()


@understood
def read(client: Client, ref: PullRef) -> Conversation:
    """List every comment, thread and pending review, and keep what is ours.

    Raises:
        GithubError: They cannot all be listed; then nothing may be posted.
    """
    comments: dict[int, dict[str, Any]] = {}
    threads: dict[str, dict[str, Any]] = {}
    cursors: dict[str, str | None] = {"comments": None, "threads": None}
    more = {"moreComments": True, "moreThreads": True}
    while True:
        data = client.graphql(_QUERY, **ref.variables, **cursors, **more)
        pull = data["repository"]["pullRequest"]
        if page := pull.get("comments"):
            comments |= {node["databaseId"]: node for node in page["nodes"]}
            cursors["comments"], more["moreComments"] = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        if page := pull.get("reviewThreads"):
            threads |= {node["id"]: node for node in page["nodes"]}
            cursors["threads"], more["moreThreads"] = page["pageInfo"]["endCursor"], page["pageInfo"]["hasNextPage"]
        if not any(more.values()):
            break
    ours = sorted(_ours(comments.values()), key=lambda comment: comment.id)
    replies = [reply for thread in threads.values() for reply in _ours(thread["comments"]["nodes"])]
    pending = pull["reviews"]["nodes"]
    return Conversation(
        head=pull["headRefOid"],
        summaries=tuple(comment for comment in ours if comment.marker.kind == markers.SUMMARY),
        answers=tuple(comment for comment in (*ours, *replies) if comment.marker.kind == markers.ANSWER),
        threads=tuple(sorted(_threads(threads.values(), data["viewer"]["login"]), key=lambda t: t.root.id)),
        pending=tuple(review["databaseId"] for review in pending if _begun_by_us(review)),
        foreign_pending=any(review["viewerDidAuthor"] and not _begun_by_us(review) for review in pending),
        others=tuple(_others(comments.values(), threads.values())),
        spoken=tuple(_spoken(comments.values(), threads.values())),
    )


def _others(comments: Iterable[dict[str, Any]], threads: Iterable[dict[str, Any]]) -> Iterator[str]:
    """Give what people and other programs said, the newest of it where it is much."""
    bodies = [(node["databaseId"], "", node) for node in comments]
    bodies += [
        (node["databaseId"], f" on {thread['path']}", node)
        for thread in threads
        for node in thread["comments"]["nodes"]
    ]
    foreign = [
        (where, node) for _, where, node in sorted(bodies, key=lambda entry: entry[0]) if not node["viewerDidAuthor"]
    ]
    for where, node in foreign[-_MOST_OTHERS:]:
        text = " ".join((node["body"] or "").split())
        name = (node["author"] or {}).get("login") or "somebody"
        yield f"{name}{where}: {text[:_MOST_WORDS]}{'…' if len(text) > _MOST_WORDS else ''}"


def _spoken(comments: Iterable[dict[str, Any]], threads: Iterable[dict[str, Any]]) -> Iterator[Spoken]:
    """Give what people said; a token of theirs may be the one we use, but what has a marker was written by us."""
    entries: list[tuple[dict[str, Any], str | None]] = [(node, None) for node in comments]
    for thread in threads:
        root, *_ = thread["comments"]["nodes"] or [None]
        entries += [(node, _finding(root)) for node in thread["comments"]["nodes"] if node["state"] != "PENDING"]
    for node, finding in sorted(entries, key=lambda entry: entry[0]["databaseId"]):
        author = node["author"] or {}
        if author.get("__typename") == "User" and not node["lastEditedAt"] and not _comment(node):
            yield Spoken(author["login"], node["body"] or "", finding)


def _finding(root: dict[str, Any] | None) -> str | None:
    """Give the finding that a comment of ours is about."""
    comment = _comment(root) if root else None
    if comment is None or comment.marker.kind != markers.FINDING or not comment.marker.words:
        return None
    return comment.marker.words[0]


def _ours(nodes: Iterable[dict[str, Any]]) -> list[Comment]:
    return [comment for node in nodes if (comment := _comment(node))]


def _comment(node: dict[str, Any]) -> Comment | None:
    marker = markers.read(node["body"]) if node["viewerDidAuthor"] else None
    return Comment(node["databaseId"], node["body"], node["url"], marker) if marker else None


def _threads(nodes: Iterable[dict[str, Any]], viewer: str) -> Iterable[Thread]:
    for node in nodes:
        first, *rest = node["comments"]["nodes"] or [None]
        root = _comment(first) if first else None
        if root is None or root.marker.kind != markers.FINDING or not root.marker.words or first["state"] == "PENDING":
            continue
        answers = [comment for comment in _ours(rest) if comment.marker.kind == markers.ANSWER]
        yield Thread(
            id=node["id"],
            root=root,
            path=node["path"],
            lines=(node["startLine"] or node["line"], node["line"]) if node["line"] else None,
            side=node["diffSide"],
            resolved=node["isResolved"],
            # The same bot has two names: REST and `viewer` say github-actions[bot], authors are github-actions.
            resolved_by_us=_name((node["resolvedBy"] or {}).get("login")) == _name(viewer),
            outdated=node["isOutdated"],
            can_resolve=node["viewerCanResolve"],
            can_reopen=node["viewerCanUnresolve"],
            answered=node["comments"]["totalCount"] > 1 + len(answers),
        )


def _begun_by_us(review: dict[str, Any]) -> bool:
    """Tell whether a pending review has comments, and all of them are ours: every workflow is the same bot."""
    bodies = [node["body"] for node in review["comments"]["nodes"]]
    marked = [marker.kind == markers.FINDING for body in bodies if (marker := markers.read(body))]
    return bool(review["viewerDidAuthor"] and bodies and len(marked) == len(bodies) and all(marked))


def _name(login: str | None) -> str | None:
    return login.removesuffix("[bot]") if login else None
