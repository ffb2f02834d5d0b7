"""Talking to GitHub: the only place where a request is repeated.

A read, and a write that may be done twice, is repeated; any other write whose answer was lost is an
:class:`UnansweredError`, and the caller looks at what is there before it goes on.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from reviewbot.core.deadline import NEVER, Deadline
from reviewbot.core.errors import GithubError, RefusedError, UnansweredError
from reviewbot.core.logs import get_logger
from reviewbot.core.retries import ATTEMPTS, TransientError, persist
from reviewbot.github.shapes import understood
from reviewbot.github.transport import SECONDS, LostError, Transport, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeVar

    Result = TypeVar("Result")

API_URL = "https://api.github.com"
PER_PAGE = 100
# Waiting costs the user's minutes. A secondary limit asks for one minute as a rule.
DEADLINE = 300.0
# When the time of the whole run is over, what is done is still posted.
GRACE = 120.0

log = get_logger()


class Client:
    """GitHub's REST and GraphQL interfaces, with one token.

    Args:
        token: Any token of GitHub's.
        api_url: Base of the REST interface (``GITHUB_API_URL``).
        graphql_url: Address of the GraphQL interface (``GITHUB_GRAPHQL_URL``); derived where None.
        seconds: How long one request may take as a whole.
        until: When the run has to be done; a while longer, :data:`GRACE`, for posting.
        sleep: How to wait; tests pass their own.
    """

    def __init__(
        self,
        token: str,
        api_url: str = API_URL,
        graphql_url: str | None = None,
        *,
        seconds: float = SECONDS,
        until: Deadline = NEVER,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        self._transport = Transport(token, api_url, seconds=seconds)
        self._graphql_url = graphql_url or self._transport.graphql_url
        self._left = DEADLINE
        self._until = until
        self._sleep = sleep or time.sleep
        # How many were made, the repeated ones among them.
        self.requests = 0

    def get(self, path: str, **parameters: str | int) -> Any:
        """Read one resource; give its JSON.

        Raises:
            RefusedError: GitHub says no.
            GithubError: It cannot be reached, or keeps failing.
        """
        return self._request("GET", path, parameters=parameters)[1]

    def pages(self, path: str, **parameters: str | int) -> Iterator[Any]:
        """Read the items of a list, page by page, as long as the caller goes on.

        Raises: As :meth:`get`.
        """
        page = 1
        while True:
            headers, items = self._request("GET", path, parameters={**parameters, "per_page": PER_PAGE, "page": page})
            yield from _entries(items)
            if 'rel="next"' not in headers.get("link", ""):
                return
            page += 1

    def download(self, path: str, most: int) -> bytes | None:
        """Read what GitHub redirects to; see :meth:`reviewbot.github.transport.Transport.download`.

        Raises:
            RefusedError: GitHub says no.
            GithubError: It cannot be reached, or keeps failing.
        """
        until = self._limit()
        return self._persist(f"GET {path}", until, lambda: self._transport.download(path, most, until.left))

    def send(self, method: str, path: str, body: Mapping[str, Any] | None = None, *, twice: bool = False) -> Any:
        """Write; give the JSON of the answer.

        Args:
            method: POST, PATCH, PUT or DELETE.
            path: Below the base, beginning with ``/``.
            body: What to send as JSON.
            twice: Whether doing it twice does no harm (a reaction); always so for all but POST.

        Raises:
            RefusedError: GitHub says no, and nothing was done.
            UnansweredError: The answer was lost; it may have been done.
            GithubError: It cannot be reached, or keeps failing.
        """
        return self._request(method, path, body=body, twice=twice or method != "POST")[1]

    def graphql(self, query: str, **variables: Any) -> dict[str, Any]:
        """Ask GraphQL something that may be asked twice; give its ``data``.

        Raises:
            RefusedError: GitHub says no, or knows no such thing.
            GithubError: It cannot be reached, or keeps failing.
        """
        return _data(
            self._request("POST", self._graphql_url, body={"query": query, "variables": variables}, twice=True)[1]
        )

    def _request(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        twice: bool = True,
    ) -> tuple[dict[str, str], Any]:
        what, until = f"{method} {path}", self._limit()

        def attempt() -> tuple[dict[str, str], Any]:
            try:
                self.requests += 1
                return self._transport.ask(method, path, parameters, body, most=until.left)
            except LostError as error:
                if not twice:
                    raise UnansweredError(f"{what}: {error}") from error
                raise

        return self._persist(what, until, attempt)

    def _limit(self) -> Deadline:
        """Give when a request that begins now has to be done; who reads until the end leaves time for posting."""
        left = self._until.left
        return NEVER if left is None else Deadline(left + (GRACE / 2 if left > 0 else GRACE))

    def _persist(self, what: str, until: Deadline, attempt: Callable[[], Result]) -> Result:
        def pause(asked: float | None, tries: int) -> float:
            return asked if asked is not None else float(2 ** (tries - 1))

        def before_sleep(error: TransientError, seconds: float) -> None:
            left = self._left if until.left is None else min(self._left, until.left)
            if seconds > left:
                if error.wait is None and left < self._left:
                    raise GithubError(f"{what}: {error}; the time of the run is over")
                raise GithubError(
                    f"{what}: {error}; GitHub asks to wait {seconds:.0f} s, "
                    f"and only {max(0.0, left):.0f} s of waiting are left"
                )
            self._left -= seconds
            log.warning("trying again", request=what, reason=str(error), seconds=seconds)

        if until.left is not None and until.left <= 0:
            raise GithubError(f"{what}: the time of the run is over")
        try:
            return persist(attempt, pause=pause, before_sleep=before_sleep, sleep=self._sleep)
        except TransientError as error:
            raise GithubError(f"{what}: {error} ({ATTEMPTS} times)") from error


@understood
def _entries(items: Any) -> list[Any]:
    """Give the items of a page."""
    return [dict(item) for item in items]


@understood
def _data(answer: Any) -> dict[str, Any]:
    """Give what GraphQL answered.

    Raises:
        RefusedError: It answered with an error.
    """
    if errors := answer.get("errors"):
        status = {"NOT_FOUND": 404, "FORBIDDEN": 403}.get(str(errors[0].get("type")), 400)
        raise RefusedError(status, f"GitHub refused a GraphQL query: {words(errors[0].get('message'))}")
    return dict(answer["data"])


def segment(text: str) -> str:
    """Quote one segment of a path."""
    return quote(text, safe="")
