"""What was asked and what was answered."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import Any


@dataclass(frozen=True)
class Exchange:
    """One request and its answer.

    Attributes:
        number: Counted from 1 since the fake was made.
        method: As in HTTP.
        path: Below the base of the interface, with the query; ``/graphql`` for GraphQL.
        body: The JSON that was sent, or None.
        status: Of the answer; 0 where the connection was cut.
        login: Whose token it was; empty without a valid one.
        answer: JSON, or text where it was none, or None where there was no answer.
    """

    number: int
    method: str
    path: str
    body: Any
    status: int
    login: str
    answer: Any

    @property
    def write(self) -> bool:
        """Whether it asked to change something."""
        if self.path == "/graphql":
            return "mutation" in str((self.body or {}).get("query"))
        return self.method != "GET"

    def as_json(self) -> dict[str, Any]:
        """Give it for a file."""
        return asdict(self)
