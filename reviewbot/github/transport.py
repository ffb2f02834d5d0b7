"""One request to GitHub and its answer, by PyGithub and requests: within its time, and never led away.

PyGithub's own retries are off: they repeat writes after a lost answer, so that everything is posted twice. Nor does it
follow redirects here: it repeats a write wherever it is sent, takes other redirects for success, and loses a query.
"""

from __future__ import annotations

import time
from email.utils import parsedate_to_datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import SplitResult, urljoin, urlsplit

import requests
from github import Auth, Github, GithubException
from github.Requester import HTTPRequestsConnectionClass, HTTPSRequestsConnectionClass

from reviewbot import __version__
from reviewbot.core.deadline import Deadline, within
from reviewbot.core.errors import GithubError, RefusedError
from reviewbot.core.logs import get_logger
from reviewbot.core.retries import TransientError
from reviewbot.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Mapping


# A request as a whole. GitHub gives up after ten seconds; a server that drips is not waited for.
SECONDS = 60.0
# Between two bytes.
_SILENCE = 30
_CHUNK = 1 << 16
# A repository that was renamed answers once from its number.
_MOST_REDIRECTS = 3
_MOVED = frozenset({301, 308})

_HINTS = {
    401: "the token is not valid, or has expired",
    403: "the token lacks a permission: the workflow needs `permissions: contents: read, pull-requests: write`",
    404: "it does not exist, or the token cannot see it",
}

log = get_logger()


class LostError(TransientError):
    """The answer was lost, so GitHub may have done what was asked."""


class _RedirectedError(Exception):
    """GitHub answers that it is elsewhere; PyGithub lets errors of ours pass."""

    def __init__(self, status: int, location: str) -> None:
        super().__init__(status)
        self.status = status
        self.location = location


class _Plain(HTTPRequestsConnectionClass):
    def getresponse(self) -> Any:
        return _unless_redirected(super().getresponse())


class _Encrypted(HTTPSRequestsConnectionClass):
    def getresponse(self) -> Any:
        return _unless_redirected(super().getresponse())


def _unless_redirected(response: Any) -> Any:
    if 300 <= response.status < 400:
        raise _RedirectedError(response.status, response.headers.get("location", ""))
    return response


class Transport:
    """Requests to GitHub, one at a time, with one token.

    Args:
        token: Any token of GitHub's.
        api_url: Base of the REST interface.
        seconds: How long one request may take as a whole.
    """

    def __init__(self, token: str, api_url: str, *, seconds: float = SECONDS) -> None:
        self._requester = Github(
            auth=Auth.Token(token),
            base_url=api_url.rstrip("/"),
            user_agent=f"reviewbot/{__version__}",
            timeout=_SILENCE,
            retry=None,
            seconds_between_requests=None,
            seconds_between_writes=None,
        ).requester
        # Classes can be injected for all of a process only, and then every request has a connection of its own.
        kind = _Encrypted if self._requester.scheme == "https" else _Plain
        self._requester._Requester__connectionClass = kind  # type: ignore[attr-defined]  # noqa: SLF001
        self._api_url = api_url.rstrip("/")
        self._seconds = seconds

    @property
    def graphql_url(self) -> str:
        """Address of the GraphQL interface, by that of the REST interface."""
        return str(self._requester.graphql_url)

    def ask(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, Any] | None,
        body: Mapping[str, Any] | None,
        *,
        most: float | None = None,
    ) -> tuple[dict[str, str], Any]:
        """Make one request; give the headers of the answer, and its JSON.

        Args:
            method: As in HTTP.
            path: Below the base, beginning with ``/``.
            parameters: Of the query.
            body: What to send as JSON.
            most: How many seconds are left for it; None for any number.

        Raises:
            LostError: There is no whole answer.
            TransientError: GitHub asks to wait.
            RefusedError: GitHub says no, or sends a write elsewhere: nothing was done.
        """
        until = Deadline(self._seconds if most is None else min(self._seconds, most))
        for _ in range(_MOST_REDIRECTS):
            try:
                return self._once(method, path, parameters, body, until)
            except _RedirectedError as error:
                path, parameters = self._followed(method, path, error), None
        raise RefusedError(301, f"{method} {path}: GitHub redirects from one address to the next")

    def download(self, path: str, most: int, seconds: float | None = None) -> bytes | None:
        """Read what GitHub redirects to. The host there gets no token; its address may be a secret, and is never shown.

        Args:
            path: Below the base, beginning with ``/``.
            most: How many bytes are read.
            seconds: How many are left for it; None for any number.

        Returns:
            The bytes; None where there are more than ``most``.

        Raises: As :meth:`ask`.
        """
        there, until = "", Deadline(self._seconds if seconds is None else min(self._seconds, seconds))
        for _ in range(_MOST_REDIRECTS):
            try:
                self._once("GET", path, None, None, until)
            except _RedirectedError as error:
                if error.status in _MOVED:
                    path = self._followed("GET", path, error)
                    continue
                there = error.location
            break
        if _parts(there).scheme not in {"https", self._requester.scheme}:
            raise GithubError(f"GET {path}: GitHub does not say where it is")
        try:
            return within(until.left or 0, lambda: _fetched(path, there, most))
        except TimeoutError as error:  # the next time would be no faster
            raise GithubError(f"GET {path}: no whole answer within {_told(until)}") from error
        except OSError as error:
            raise LostError(f"no answer ({type(error).__name__})") from None

    def _once(
        self,
        method: str,
        path: str,
        parameters: Mapping[str, Any] | None,
        body: Mapping[str, Any] | None,
        until: Deadline,
    ) -> tuple[dict[str, str], Any]:
        def send() -> tuple[dict[str, str], Any]:
            return self._requester.requestJsonAndCheck(
                method, path, parameters=dict(parameters or {}), input=None if body is None else dict(body)
            )

        try:
            headers, data = within(until.left or 0, send)
        except TimeoutError as error:
            raise LostError(f"no whole answer within {_told(until)}") from error
        except GithubException as error:
            raise _error_of(method, path, error) from error
        except (OSError, ValueError) as error:  # every error of requests is an OSError; half a JSON is a ValueError
            raise LostError(f"no answer ({type(error).__name__})") from error
        if isinstance(data, dict) and "json" not in headers.get("content-type", "json"):
            raise LostError("the answer is no JSON")
        log.debug("asked", request=f"{method} {path}", remaining=headers.get("x-ratelimit-remaining"))
        return headers, data

    def _followed(self, method: str, path: str, error: _RedirectedError) -> str:
        """Give the address that a read is sent to on the same server, which alone gets the token."""
        there, base = _parts(error.location, self._api_url), urlsplit(self._api_url)
        what = f"{method} {path}: GitHub answered {error.status}"
        if (there.scheme, there.netloc) != (base.scheme, base.netloc):
            host = printable(there.netloc)[:100] or "no address"
            raise RefusedError(
                error.status, f"{what}, a redirect to {host}, which gets no token: is GITHUB_API_URL the right address?"
            )
        if method != "GET" or not there.path.startswith(f"{base.path}/"):
            raise RefusedError(
                error.status,
                f"{what}, a redirect, so nothing was done: was the repository renamed? Use the name that it has now",
            )
        return there.path.removeprefix(base.path) + (f"?{there.query}" if there.query else "")


def _parts(location: str, base: str = "") -> SplitResult:
    """Take an address apart that others gave; one that is none has no parts."""
    try:
        return urlsplit(urljoin(base, location))
    except ValueError:
        return urlsplit("")


def _told(until: Deadline) -> str:
    return f"{until.seconds or 0:.3g} s"


def _fetched(path: str, there: str, most: int) -> bytes | None:
    read = bytearray()
    with requests.Session() as session:
        session.auth = lambda request: request  # else requests looks into ~/.netrc
        session.headers.update({"User-Agent": f"reviewbot/{__version__}", "Accept-Encoding": "identity"})
        with session.get(there, stream=True, allow_redirects=False, timeout=_SILENCE) as response:
            if response.status_code != 200:
                headers = {name.lower(): value for name, value in response.headers.items()}
                raise _error_of("GET", path, GithubException(response.status_code, None, headers))
            for chunk in response.iter_content(_CHUNK):
                read += chunk
                if len(read) > most:
                    return None
    return bytes(read)


def _error_of(method: str, path: str, error: GithubException) -> TransientError | RefusedError:
    headers = error.headers or {}
    data = error.data if isinstance(error.data, dict) else {}
    message = words(data.get("message"))
    if error.status >= 500:
        return LostError(f"GitHub answered {error.status}")
    wait = _asked_to_wait(headers, message) if error.status in {403, 429} else None
    if wait is not None:
        return TransientError(f"rate limit: {message}", wait)
    details = "; ".join(words(detail) for detail in data.get("errors") or [])
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
        now = _now(headers)
        return max(1.0, _number(headers.get("x-ratelimit-reset"), now + 60) - now)
    # GitHub's documentation asks for at least a minute where it names no time.
    return 60.0 if "rate limit" in message.lower() else None


def _now(headers: Mapping[str, str]) -> float:
    """Give the time by GitHub's own clock, by which its limits end; ours may be wrong."""
    try:
        return parsedate_to_datetime(headers.get("date", "")).timestamp()
    except ValueError:
        return time.time()


def _number(text: str | None, otherwise: float) -> float:
    try:
        return float(text or "")
    except ValueError:
        return otherwise


def words(value: object) -> str:
    """Give GitHub's words on one line, however they are wrapped."""
    if isinstance(value, dict):
        value = value.get("message") or value.get("code") or value
    return printable(" ".join(str(value or "").split()))[:500]
