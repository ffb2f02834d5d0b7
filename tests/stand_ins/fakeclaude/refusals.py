"""The ways in which the interface says no."""

from __future__ import annotations

from typing import Any

TYPES = {
    400: "invalid_request_error",
    401: "authentication_error",
    403: "permission_error",
    404: "not_found_error",
    413: "request_too_large",
    429: "rate_limit_error",
    500: "api_error",
    504: "timeout_error",
    529: "overloaded_error",
}


class RefusedError(Exception):
    """The interface says no.

    Args:
        status: Of the answer.
        message: In the answer.
        kind: Type of the error; by default the usual one of the status.
        headers: Of the answer.
    """

    def __init__(
        self, status: int, message: str, kind: str | None = None, headers: dict[str, str] | None = None
    ) -> None:
        super().__init__(message)
        self.status = status
        self.message = message
        self.kind = kind or TYPES.get(status, "api_error")
        self.headers = headers or {}

    def body(self, request_id: str | None = None) -> dict[str, Any]:
        """Give it as an answer, or without the number of a request as an event."""
        body: dict[str, Any] = {"type": "error", "error": {"type": self.kind, "message": self.message}}
        return body if request_id is None else {**body, "request_id": request_id}


def invalid(message: str) -> RefusedError:
    """Give the refusal of a request that cannot be processed."""
    return RefusedError(400, message)
