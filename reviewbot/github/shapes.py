"""GitHub's answers have a shape that readers rely on; a proxy may answer something else that is JSON, too."""

from __future__ import annotations

from functools import wraps
from typing import TYPE_CHECKING

from reviewbot.core.errors import GithubError

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import ParamSpec, TypeVar

    Given = ParamSpec("Given")
    Result = TypeVar("Result")


def understood(read: Callable[Given, Result]) -> Callable[Given, Result]:
    """Let a function that takes an answer apart say so where it is of another shape: it is no bug of ours.

    Args:
        read: Raises what Python does at such an answer; for little else than reading it.
    """

    @wraps(read)
    def reading(*args: Given.args, **named: Given.kwargs) -> Result:
        try:
            return read(*args, **named)
        except (AttributeError, LookupError, TypeError, ValueError) as error:
            raise GithubError(
                f"GitHub's answer is not what was asked for ({type(error).__name__}: {error}); "
                "is something between here and GitHub, or GITHUB_API_URL the wrong address?"
            ) from error

    return reading
