"""Lets respx see the requests of the Claude SDK, which go through httpx2: ``respx.mock(using="httpcore2")``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, ClassVar

import httpcore2
from respx.mocks import HTTPCoreMocker

if TYPE_CHECKING:
    import httpx


class HTTPCore2Mocker(HTTPCoreMocker):
    """What respx does to httpcore, done to its successor."""

    name = "httpcore2"
    targets: ClassVar[list[str]] = [target.replace("httpcore.", "httpcore2.") for target in HTTPCoreMocker.targets]

    @classmethod
    def from_sync_httpx_response(cls, httpx_response: httpx.Response, target: Any, **kwargs: Any) -> Any:  # noqa: ARG003 - respx passes them
        """Give the answer of a route in the words of httpcore2."""
        return httpcore2.Response(
            status=httpx_response.status_code,
            headers=httpx_response.headers.raw,
            content=httpx_response.stream,
            extensions=httpx_response.extensions,
        )

    @classmethod
    async def from_async_httpx_response(cls, httpx_response: httpx.Response, target: Any, **kwargs: Any) -> Any:
        """Give the same where it is awaited."""
        return cls.from_sync_httpx_response(httpx_response, target, **kwargs)
