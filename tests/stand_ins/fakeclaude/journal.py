"""What was asked and what was answered."""

from __future__ import annotations

from collections import Counter
from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from fakeclaude.words import Ask

MESSAGES = "/v1/messages"
_SECRET = {"x-api-key", "authorization"}


@dataclass
class Exchange:
    """One request and its answer.

    Attributes:
        number: Counted from 1 since the fake was made.
        method: As in HTTP.
        path: Without the query.
        headers: In lower case, without the values of secret ones.
        body: The JSON that was sent, or None.
        ask: The same, as a script sees it.
        began: Seconds since the fake was made.
        answered: The same, when the first byte of the answer was about to be sent; None before.
        ended: The same, when the answer was out or the connection gone; None before.
        status: Of the answer; 0 where there was none.
        usage: As reported, or as it would have been when the answer was cut short.
        stop_reason: Of the message, or None.
        calls: Names of the tools that it calls.
        error: Type and message of a refusal, or None.
        fault: What was made to go wrong, or None.
        gone: Whether the client left before the end.
        covered: How many characters of the prompt came from the cache.
    """

    number: int
    method: str
    path: str
    headers: dict[str, str]
    body: Any
    ask: Ask
    began: float
    answered: float | None = None
    ended: float | None = None
    status: int = 0
    usage: dict[str, Any] | None = None
    stop_reason: str | None = None
    calls: tuple[str, ...] = ()
    error: str | None = None
    fault: str | None = None
    gone: bool = False
    covered: int = 0

    def as_json(self) -> dict[str, Any]:
        """Give it for a file."""
        shown = asdict(self)
        del shown["ask"]
        return shown | {"schema": self.ask.schema_name}


@dataclass
class Journal:
    """All exchanges, in the order in which the requests came."""

    exchanges: list[Exchange] = field(default_factory=list)

    def __iter__(self) -> Iterator[Exchange]:
        return iter(self.exchanges)

    def __len__(self) -> int:
        return len(self.exchanges)

    def __getitem__(self, number: int) -> Exchange:
        return self.exchanges[number]

    def messages(self) -> list[Exchange]:
        """Give those that asked for a message."""
        return [one for one in self.exchanges if one.path == MESSAGES]

    def uncached(self, prefix: str) -> dict[tuple[str, str], int]:
        """Count the copies of a prefix that did not come from the cache.

        Args:
            prefix: The texts of the first blocks, joined.

        Returns:
            For each model and schema (``Ask.schema_name``) whose prompts begin so, how many of them were
            processed without reading all of the prefix from the cache. Requests that were turned away cost nothing.
        """
        counts: dict[tuple[str, str], int] = {}
        for one in self.messages():
            if one.usage is not None and one.ask.text.startswith(prefix):
                key = one.ask.model, one.ask.schema_name
                counts[key] = counts.get(key, 0) + (one.covered < len(prefix))
        return counts

    def totals(self) -> dict[str, int]:
        """Add up what was used."""
        found: Counter[str] = Counter()
        for one in self.messages():
            found.update({name: count for name, count in (one.usage or {}).items() if isinstance(count, int)})
        return dict(found)

    def at_once(self) -> int:
        """Give how many messages were in the making at one time, at most."""
        changes = [(one.began, 1) for one in self.messages()]
        changes += [(one.ended, -1) for one in self.messages() if one.ended is not None]
        most = now = 0
        for _, change in sorted(changes):
            now += change
            most = max(most, now)
        return most


def without_secrets(headers: Mapping[str, str]) -> dict[str, str]:
    """Give headers in lower case, with nothing in them that is a key."""
    lower = {name.lower(): value for name, value in headers.items()}
    return {name: "(secret)" if name in _SECRET else value for name, value in lower.items()}
