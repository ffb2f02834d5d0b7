"""Trying again what may succeed later: so often, and with the pauses that whoever was asked wishes for."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeVar

from tenacity import RetryCallState, Retrying, retry_if_exception_type, stop_after_attempt

if TYPE_CHECKING:
    from collections.abc import Callable

Result = TypeVar("Result")

ATTEMPTS = 5


class TransientError(Exception):
    """The same may succeed when it is tried again.

    Args:
        message: What happened.
        wait: Seconds that the other side asks to wait, or None.
    """

    def __init__(self, message: str, wait: float | None = None) -> None:
        super().__init__(message)
        self.wait = wait


def persist(
    once: Callable[[], Result],
    *,
    pause: Callable[[float | None, int], float],
    before_sleep: Callable[[TransientError, float], None],
    sleep: Callable[[float], None],
) -> Result:
    """Try until it succeeds; give the result.

    Args:
        once: One try.
        pause: Gives the seconds to wait, from those that were asked for, if any, and the number of tries so far.
        before_sleep: Called with the error and the seconds before each wait; what it raises ends the trying.
        sleep: How to wait.

    Raises:
        TransientError: The last one, after :data:`ATTEMPTS` tries. Every other error ends the trying at once.
    """

    def failed(state: RetryCallState) -> TransientError:
        error = state.outcome.exception() if state.outcome else None
        return error if isinstance(error, TransientError) else TransientError(str(error))

    retrying = Retrying(
        retry=retry_if_exception_type(TransientError),
        stop=stop_after_attempt(ATTEMPTS),
        wait=lambda state: pause(failed(state).wait, state.attempt_number),
        before_sleep=lambda state: before_sleep(failed(state), state.upcoming_sleep),
        sleep=sleep,
        reraise=True,
    )
    return retrying(once)
