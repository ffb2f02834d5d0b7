"""Talking to GitHub: the only importer of PyGithub and requests, and the only place where a request is repeated.

PyGithub's own retries are off: they repeat writes after a lost answer, so that everything is posted twice.
Here a read, and a write that may be done twice, is repeated; any other write whose answer was lost
is an :class:`UnansweredError`, and the caller looks at what is there before it goes on.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, urlsplit

import requests
from github import Auth, Github, GithubException

from reviewbot import __version__
from reviewbot.core.errors import GithubError, RefusedError, UnansweredError
from reviewbot.core.logs import get_logger
from reviewbot.core.retries import ATTEMPTS, TransientError, persist
from reviewbot.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping
    from typing import TypeVar

    Result = TypeVar("Result")

API_URL = "https://api.github.com"
PER_PAGE = 100
# Waiting costs the user's minutes. A secondary limit asks for one minute as a rule.
DEADLINE = 300.0
_TIMEOUT = 30
_DOWNLOAD_SECONDS = 60
_CHUNK = 1 << 16

_HINTS = {
    401: "the token is not valid, or has expired",
    403: "the token lacks a permission: the workflow needs `permissions: contents: read, pull-requests: write`",
    404: "it does not exist, or the token cannot see it",
}

log = get_logger()


class _LostError(TransientError):
    """The answer was lost, so GitHub may have done what was asked."""


class Client:
    """GitHub's REST and GraphQL interfaces, with one token.

    Args:
        token: Any token of GitHub's.
        api_url: Base of the REST interface (``GITHUB_API_URL``).
        graphql_url: Address of the GraphQL interface (``GITHUB_GRAPHQL_URL``); derived where None.
        deadline: Seconds that may be spent with waiting in all.
        sleep: How to wait; tests pass their own.
    """

    def __init__(
        self,
        token: str,
        api_url: str = API_URL,
        graphql_url: str | None = None,
        *,
        deadline: float = DEADLINE,
        sleep: Callable[[float], None] | None = None,
    ) -> None:
        github = Github(
            auth=Auth.Token(token),
            base_url=api_url.rstrip("/"),
            user_agent=f"reviewbot/{__version__}",
            timeout=_TIMEOUT,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
        )
        self._requester = github.requester
        self._graphql_url = graphql_url or self._requester.graphql_url
        self._left = deadline
        self._sleep = sleep or time.sleep

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
            yield from items
            if 'rel="next"' not in headers.get("link", ""):
                return
            page += 1

    def download(self, path: str, most: int) -> bytes | None:
        """Read what GitHub redirects to. The host there gets no token; its address may be a secret, and is never shown.

        Args:
            path: Below the base, beginning with ``/``.
            most: How many bytes are read.

        Returns:
            The bytes; None where there are more than ``most``.

        Raises:
            RefusedError: GitHub says no.
            GithubError: It cannot be reached, or keeps failing.
        """

        def attempt() -> bytes | None:
            there = self._once("GET", path, None, None)[0].get("location", "")
            if urlsplit(there).scheme not in {"https", self._requester.scheme}:
                raise GithubError(f"GET {path}: GitHub does not say where it is")
            try:
                return _fetched(path, there, most)
            except OSError as error:  # every error of requests is one
                raise _LostError(f"no answer ({type(error).__name__})") from None

        return self._persist(f"GET {path}", attempt)

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
        answer = self._request("POST", self._graphql_url, body={"query": query, "variables": variables}, twice=True)[1]
        errors = answer.get("errors") or []
        if errors:
            status = {"NOT_FOUND": 404, "FORBIDDEN": 403}.get(str(errors[0].get("type")), 400)
            raise RefusedError(status, f"GitHub refused a GraphQL query: {_words(errors[0].get('message'))}")
        data: dict[str, Any] = answer["data"]
        return data

    def _request(
        self,
        method: str,
        path: str,
        *,
        parameters: Mapping[str, Any] | None = None,
        body: Mapping[str, Any] | None = None,
        twice: bool = True,
    ) -> tuple[dict[str, str], Any]:
        what = f"{method} {path}"

        def attempt() -> tuple[dict[str, str], Any]:
            try:
                return self._once(method, path, parameters, body)
            except _LostError as error:
                if not twice:
                    raise UnansweredError(f"{what}: {error}") from error
                raise

        return self._persist(what, attempt)

    def _persist(self, what: str, attempt: Callable[[], Result]) -> Result:
        def pause(asked: float | None, tries: int) -> float:
            return asked if asked is not None else float(2 ** (tries - 1))

        def before_sleep(error: TransientError, seconds: float) -> None:
            if seconds > self._left:
                left = f"only {self._left:.0f} s of waiting are left"
                raise GithubError(f"{what}: {error}; GitHub asks to wait {seconds:.0f} s, and {left}")
            self._left -= seconds
            log.warning("trying again", request=what, reason=str(error), seconds=seconds)

        try:
            return persist(attempt, pause=pause, before_sleep=before_sleep, sleep=self._sleep)
        except TransientError as error:
            raise GithubError(f"{what}: {error} ({ATTEMPTS} times)") from error

    def _once(
        self, method: str, path: str, parameters: Mapping[str, Any] | None, body: Mapping[str, Any] | None
    ) -> tuple[dict[str, str], Any]:
        try:
            headers, data = self._requester.requestJsonAndCheck(
                method, path, parameters=dict(parameters or {}), input=None if body is None else dict(body)
            )
        except GithubException as error:
            raise _error_of(method, path, error) from error
        except (OSError, ValueError) as error:  # every error of requests is an OSError; half a JSON is a ValueError
            raise _LostError(f"no answer ({type(error).__name__})") from error
        if isinstance(data, dict) and "json" not in headers.get("content-type", "json"):
            raise _LostError("the answer is no JSON")
        log.debug("asked", request=f"{method} {path}", remaining=headers.get("x-ratelimit-remaining"))
        return headers, data


def _fetched(path: str, there: str, most: int) -> bytes | None:
    until = time.monotonic() + _DOWNLOAD_SECONDS
    read = bytearray()
    with requests.Session() as session:
        session.auth = lambda request: request  # else requests looks into ~/.netrc
        session.headers.update({"User-Agent": f"reviewbot/{__version__}", "Accept-Encoding": "identity"})
        with session.get(there, stream=True, allow_redirects=False, timeout=_TIMEOUT) as response:
            if response.status_code != 200:
                headers = {name.lower(): value for name, value in response.headers.items()}
                raise _error_of("GET", path, GithubException(response.status_code, None, headers))
            for chunk in response.iter_content(_CHUNK):
                read += chunk
                if len(read) > most:
                    return None
                if time.monotonic() > until:
                    raise GithubError(f"GET {path}: it takes longer than {_DOWNLOAD_SECONDS} s")
    return bytes(read)


def _error_of(method: str, path: str, error: GithubException) -> TransientError | RefusedError:
    headers = error.headers or {}
    data = error.data if isinstance(error.data, dict) else {}
    message = _words(data.get("message"))
    if error.status >= 500:
        return _LostError(f"GitHub answered {error.status}")
    wait = _asked_to_wait(headers, message) if error.status in {403, 429} else None
    if wait is not None:
        return TransientError(f"rate limit: {message}", wait)
    details = "; ".join(_words(detail) for detail in data.get("errors") or [])
    hint = _HINTS.get(error.status)
    explanation = ": ".join(part for part in (message, details) if part) or "no message"
    return RefusedError(
        error.status, f"{method} {path}: GitHub answered {error.status}, {explanation}{f' ({hint})' if hint else ''}"
    )


def _asked_to_wait(headers: Mapping[str, str], message: str) -> float | None:
    """Give the seconds to wait before a limit ends; None where the answer is about something else."""
    if "retry-after" in headers:
        return max(0.0, _number(headers["retry-after"], 60.0))
    if headers.get("x-ratelimit-remaining") == "0":
        return max(1.0, _number(headers.get("x-ratelimit-reset"), time.time() + 60) - time.time())
    # GitHub's documentation asks for at least a minute where it names no time.
    return 60.0 if "rate limit" in message.lower() else None


def _number(text: str | None, otherwise: float) -> float:
    try:
        return float(text or "")
    except ValueError:
        return otherwise


def _words(value: object) -> str:
    """Give GitHub's words on one line, however they are wrapped."""
    if isinstance(value, dict):
        value = value.get("message") or value.get("code") or value
    return printable(" ".join(str(value or "").split()))[:500]


def segment(text: str) -> str:
    """Quote one segment of a path."""
    return quote(text, safe="")
