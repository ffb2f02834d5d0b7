"""Claude, through its SDK. The only place where a call is tried again.

The SDK's own retries are off, so that waiting has one total limit. Answers are streamed: a long one keeps the
connection alive, and a broken one is noticed early. Structured outputs are the SDK's (``transform_schema``,
``output_config.format``); the text is validated by :func:`reviewbot.llm.calls.parse_answer` once the stream is over,
since only then it is known why it ended.
"""

from __future__ import annotations

import random
import threading
import time
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from reviewbot.core.deadline import NEVER, Deadline, within
from reviewbot.core.errors import ModelError
from reviewbot.core.logs import get_logger
from reviewbot.core.retries import ATTEMPTS, TransientError, persist
from reviewbot.core.text import printable
from reviewbot.llm import sdk
from reviewbot.llm.wire import answer, error_of, request, words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewbot.llm.calls import Answer, Call

# Seconds in one review that may be lost with failed tries and with waiting; a rate limit is per minute as a rule.
DEADLINE = 300.0
_LONGEST_WAIT = 60.0
# Until an answer begins, and between two events of a stream; the API sends a ping every few seconds.
_SILENCE = 90.0
# Pings keep a stream alive in which nothing comes.
_LONGEST_ANSWER = 900.0

log = get_logger()


class Claude:
    """Claude's Messages API, with one key. It may be asked from several threads at once.

    Args:
        key: The API key.
        base_url: Where the API is, or None for the SDK's own idea.
        deadline: Seconds that may be lost with failed tries and waiting in all; what is lost at once in several threads
            counts once.
        until: When the review has to be done; no waiting goes beyond.
        sleep: How to wait; tests pass their own.
        clock: Seconds since some moment; likewise.
    """

    def __init__(
        self,
        key: str,
        base_url: str | None = None,
        *,
        deadline: float = DEADLINE,
        until: Deadline = NEVER,
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._key = key
        self._base_url = base_url
        self._left = deadline
        self._until = until
        self._lost_until = clock()
        self._lock = threading.Lock()
        self._sleep = sleep or time.sleep
        self._clock = clock
        self._client: Any = None
        # It takes half a second to import; the checks run meanwhile.
        self._importing = threading.Thread(target=sdk.load, daemon=True)
        self._importing.start()

    def __repr__(self) -> str:
        return "Claude()"  # the key must not get into a log

    def ready(self) -> None:
        """Wait until the SDK is imported and there is a client."""
        self._connected()

    def ask(self, call: Call, began: Callable[[], None]) -> Answer:
        """Ask Claude; see :class:`reviewbot.llm.calls.Asked`.

        Raises:
            ModelError: It said no, or could not be reached however often it was tried.
        """
        tried = self._clock()

        def before_sleep(error: TransientError, seconds: float) -> None:
            left = self._until.left
            if left is not None and seconds > left:
                raise ModelError(f"{error}; the next try would be in {seconds:.0f} s, and the review ends before")
            if not self._may_lose(tried, self._clock() + seconds):
                raise ModelError(f"{error}; the next try would be in {seconds:.0f} s, and the time for that is used up")
            log.warning("trying again", call=printable(call.name), reason=str(error), seconds=round(seconds, 1))

        def once() -> Answer:
            nonlocal tried
            tried = self._clock()
            return self._once(call, began)

        try:
            return persist(once, pause=_pause, before_sleep=before_sleep, sleep=self._sleep)
        except TransientError as error:
            raise ModelError(f"{error} ({ATTEMPTS} times)") from error

    def _may_lose(self, start: float, end: float) -> bool:
        """Count the time from a failed try to the next one, unless another thread has lost it too; tell if it fits."""
        with self._lock:
            lost = max(0.0, end - max(start, self._lost_until))
            if lost > self._left:
                return False
            self._left -= lost
            self._lost_until = max(self._lost_until, end)
            return True

    def count(self, call: Call) -> int:
        """Ask the API how many tokens a call's prompt has.

        Raises:
            ModelError: It cannot be asked, or says no.
        """
        anthropic, client = self._connected()
        counted = {key: value for key, value in request(anthropic, call).items() if key != "max_tokens"}
        try:
            return int(within(_SILENCE, lambda: client.messages.count_tokens(**counted)).input_tokens)
        except TimeoutError as error:
            raise ModelError(f"tokens could not be counted: no answer within {_SILENCE:g} s") from error
        except anthropic.AnthropicError as error:
            raise ModelError(f"tokens could not be counted: {words(error)}") from error

    def _connected(self) -> tuple[Any, Any]:
        self._importing.join()
        import anthropic

        with self._lock:
            if self._client is None:
                self._client = client = anthropic.Anthropic(
                    api_key=self._key,
                    base_url=self._base_url,
                    max_retries=0,
                    # Wherever else it was sent, the SDK would send the whole prompt along.
                    http_client=anthropic.DefaultHttpxClient(follow_redirects=False),
                    timeout=anthropic.Timeout(_SILENCE, connect=15.0),
                )
                weakref.finalize(self, client.close).atexit = False
                client.messages.stream  # noqa: B018 - it is imported when it is asked for
        return anthropic, self._client

    def _once(self, call: Call, began: Callable[[], None]) -> Answer:
        anthropic, client = self._connected()
        try:
            with _opened(client.messages.stream(**request(anthropic, call))) as stream, _limited(stream) as late:
                message = _read(stream, began, late)
        except Exception as error:
            translated = error_of(anthropic, error)
            if translated is None:
                raise
            raise translated from error
        if message is None or message.stop_reason is None:
            raise TransientError("the answer broke off in the middle")
        return answer(message)


def _pause(asked: float | None, tries: int) -> float:
    # Full jitter: calls that failed together must not come back together.
    if asked is not None:
        return asked + random.uniform(0, 1)  # noqa: S311 - no secret
    return random.uniform(0.5, 1) * min(_LONGEST_WAIT, float(2**tries))  # noqa: S311 - no secret


@contextmanager
def _opened(manager: Any) -> Iterator[Any]:
    """Send a request; give the stream, once its headers are there. They may come byte by byte, too."""
    try:
        stream = within(_SILENCE, manager.__enter__)
    except TimeoutError as error:
        raise TransientError(f"no answer began within {_SILENCE:g} s") from error
    try:
        yield stream
    finally:
        stream.close()


@contextmanager
def _limited(stream: Any) -> Iterator[threading.Event]:
    """Close a stream that takes too long; the SDK keeps pings to itself, so whoever reads does not hear of them."""
    late = threading.Event()

    def end() -> None:
        late.set()
        stream.close()

    timer = threading.Timer(_LONGEST_ANSWER, end)
    timer.daemon = True
    timer.start()
    try:
        yield late
    finally:
        timer.cancel()


def _read(stream: Any, began: Callable[[], None], late: threading.Event) -> Any:
    """Read a stream to its end; give the message so far, or None where none began."""
    message = None
    try:
        for event in stream:
            if event.type == "message_start":
                began()
            message = stream.current_message_snapshot
    except Exception:
        if not late.is_set():
            raise
    if late.is_set():
        raise TransientError(f"the answer took longer than {_LONGEST_ANSWER:.0f} s")
    return message
