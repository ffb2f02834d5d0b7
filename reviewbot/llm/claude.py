"""Claude, through its SDK. The only importer of anthropic, and the only place where a call is tried again.

The SDK's own retries are off, so that waiting has one total limit. Answers are streamed: a long one keeps the
connection alive, and a broken one is noticed early. Structured outputs are the SDK's (``transform_schema``,
``output_config.format``); the text is validated by :func:`reviewbot.llm.calls.understood` once the stream is over,
since only then it is known why it ended.
"""

from __future__ import annotations

import importlib
import random
import threading
import time
import weakref
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import structlog
from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

from reviewbot.errors import ModelError
from reviewbot.llm.calls import Answer
from reviewbot.review import Usage
from reviewbot.text import printable

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewbot.llm.calls import Call

# Seconds in one review that may be lost with failed tries and with waiting; a rate limit is per minute as a rule.
DEADLINE = 300.0
_ATTEMPTS = 5
_LONGEST_WAIT = 60.0
# Between two events of a stream; the API sends a ping every few seconds.
_SILENCE = 90.0
# Pings keep a stream alive in which nothing comes.
_LONGEST_ANSWER = 900.0
_MOST_OUTPUT = 32_000
_THINKING_BUDGET = 8_000
_HINTS = {
    401: "the key is not valid",
    403: "the key may not use this model",
    404: "there is no such model, or the key may not use it",
    413: "the prompt is too long; lower max_bundle_tokens",
}

log = structlog.get_logger()


class _TransientError(Exception):
    """The same call may succeed later.

    Args:
        message: What happened.
        wait: Seconds that the API asks to wait, or None.
    """

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


class Claude:
    """Claude's Messages API, with one key. It may be asked from several threads at once.

    Args:
        key: The API key.
        base_url: Where the API is, or None for the SDK's own idea.
        deadline: Seconds that may be lost with failed tries and waiting in all; what is lost at once in several threads
            counts once.
        sleep: How to wait; tests pass their own.
        clock: Seconds since some moment; likewise.
    """

    def __init__(
        self,
        key: str,
        base_url: str | None = None,
        *,
        deadline: float = DEADLINE,
        sleep: Callable[[float], None] | None = None,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._key = key
        self._base_url = base_url
        self._left = deadline
        self._lost_until = clock()
        self._lock = threading.Lock()
        self._sleep = sleep or time.sleep
        self._clock = clock
        self._client: Any = None
        # It takes a second to import; the checks run meanwhile.
        self._importing = threading.Thread(target=importlib.import_module, args=("anthropic",), daemon=True)
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

        def pause(state: RetryCallState) -> float:
            error = state.outcome.exception() if state.outcome else None
            asked = error.wait if isinstance(error, _TransientError) else None
            backoff = min(_LONGEST_WAIT, float(2**state.attempt_number))
            # Full jitter: calls that failed together must not come back together.
            return asked + random.uniform(0, 1) if asked is not None else random.uniform(0.5, 1) * backoff  # noqa: S311 - no secret

        def before_sleep(state: RetryCallState) -> None:
            seconds, error = state.upcoming_sleep, state.outcome.exception() if state.outcome else None
            if not self._may_lose(tried, self._clock() + seconds):
                raise ModelError(f"{error}; the next try would be in {seconds:.0f} s, and the time for that is used up")
            log.warning("trying again", call=call.name, reason=str(error), seconds=round(seconds, 1))

        def once() -> Answer:
            nonlocal tried
            tried = self._clock()
            return self._once(call, began)

        retrying = Retrying(
            retry=retry_if_exception_type(_TransientError),
            stop=stop_after_attempt(_ATTEMPTS),
            wait=pause,
            before_sleep=before_sleep,
            sleep=self._sleep,
            reraise=True,
        )
        try:
            return retrying(once)
        except _TransientError as error:
            raise ModelError(f"{error} ({_ATTEMPTS} times)") from error

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
        request = {key: value for key, value in self._request(anthropic, call).items() if key != "max_tokens"}
        try:
            return int(client.messages.count_tokens(**request).input_tokens)
        except anthropic.AnthropicError as error:
            raise ModelError(f"tokens could not be counted: {_words(error)}") from error

    def _connected(self) -> tuple[Any, Any]:
        self._importing.join()
        import anthropic

        with self._lock:
            if self._client is None:
                self._client = client = anthropic.Anthropic(
                    api_key=self._key,
                    base_url=self._base_url,
                    max_retries=0,
                    timeout=anthropic.Timeout(_SILENCE, connect=15.0),
                )
                weakref.finalize(self, client.close).atexit = False
        return anthropic, self._client

    def _once(self, call: Call, began: Callable[[], None]) -> Answer:
        anthropic, client = self._connected()
        try:
            with client.messages.stream(**self._request(anthropic, call)) as stream, _limited(stream) as late:
                message = _read(stream, began, late)
        except anthropic.APIStatusError as error:
            raise _understood(error) from error
        except anthropic.APIConnectionError as error:
            raise _TransientError(f"no answer ({type(error.__cause__ or error).__name__})") from error
        except anthropic.AnthropicError as error:
            raise ModelError(_words(error)) from error
        except (OSError, ValueError, AssertionError) as error:
            raise _TransientError(f"the answer broke off ({type(error).__name__})") from error
        except Exception as error:
            # The SDK lets errors of its HTTP library through while it reads a stream; they are of no class of its own.
            if type(error).__module__.split(".")[0] not in {"httpx2", "httpcore2"}:
                raise
            raise _TransientError(f"the answer broke off ({type(error).__name__})") from error
        if message is None or message.stop_reason is None:
            raise _TransientError("the answer broke off in the middle")
        return _answer(message)

    def _request(self, anthropic: Any, call: Call) -> dict[str, Any]:
        model, prompt = call.model, call.prompt
        cached = {"cache_control": {"type": "ephemeral"}}
        system: list[dict[str, Any]] = [{"type": "text", "text": block} for block in prompt.system]
        system[-1] |= cached
        user: list[dict[str, Any]] = [{"type": "text", "text": block} for block in prompt.user]
        user[0] |= cached
        output: dict[str, Any] = {
            "format": {"type": "json_schema", "schema": anthropic.transform_schema(call.schema.model_json_schema())}
        }
        if call.effort and model.effort:
            output["effort"] = call.effort
        request: dict[str, Any] = {
            "model": model.id,
            "max_tokens": min(model.max_output, _MOST_OUTPUT),
            "system": system,
            "messages": [{"role": "user", "content": user}],
            "output_config": output,
        }
        if call.thinking and model.thinking == "adaptive":
            request["thinking"] = {"type": "adaptive"}
        elif call.thinking and model.thinking == "budget":
            request["thinking"] = {"type": "enabled", "budget_tokens": _THINKING_BUDGET}
        return request


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
        raise _TransientError(f"the answer took longer than {_LONGEST_ANSWER:.0f} s")
    return message


def _answer(message: Any) -> Answer:
    usage = message.usage
    details = getattr(message, "stop_details", None)
    return Answer(
        text="".join(block.text for block in message.content if block.type == "text"),
        stop=message.stop_reason,
        usage=Usage(
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cache_read_tokens=usage.cache_read_input_tokens or 0,
            cache_write_tokens=usage.cache_creation_input_tokens or 0,
            calls=1,
        ),
        detail=printable(getattr(details, "category", None) or ""),
    )


def _understood(error: Any) -> _TransientError | ModelError:
    # An error in the middle of a stream comes with the status of its beginning, 200.
    status, kind = error.status_code, str(getattr(error, "type", "") or "")
    if (
        status in {408, 409, 429}
        or status >= 500
        or kind in {"overloaded_error", "api_error", "rate_limit_error", "timeout_error"}
    ):
        name = {429: "rate limit", 529: "overloaded"}.get(status, kind or f"the API answered {status}")
        return _TransientError(name, _retry_after(error.response.headers))
    hint = _HINTS.get(status)
    return ModelError(f"the API answered {status}: {_words(error)}{f' ({hint})' if hint else ''}")


def _retry_after(headers: Any) -> float | None:
    try:
        return max(0.0, float(headers.get("retry-after", "")))
    except ValueError:
        return None


def _words(error: Exception) -> str:
    body = getattr(error, "body", None)
    inner = body.get("error") if isinstance(body, dict) else None
    text = inner.get("message") if isinstance(inner, dict) else None
    return printable(" ".join(str(text or error).split()))[:300]
