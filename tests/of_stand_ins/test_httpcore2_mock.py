"""respx sees what the SDK sends, and answers for a host that no test could reach."""

from __future__ import annotations

import asyncio
import json
from typing import TYPE_CHECKING

import httpx
import pytest
import respx
from anthropic import Anthropic, APIConnectionError, AsyncAnthropic, RateLimitError, transform_schema
from fakeclaude.answer import Message
from fakeclaude.cache import Bill
from fakeclaude.events import events, wire
from fakeclaude.stage import MODEL, NOTE, Note, parse, request, stream
from httpcore2_mock import HTTPCore2Mocker

if TYPE_CHECKING:
    from collections.abc import Iterator

URL = "https://api.anthropic.com/v1/messages"
CONTENT = [{"type": "text", "text": NOTE.model_dump_json()}]
MESSAGE = Message("msg_1", MODEL, CONTENT, "end_turn", None, Bill(0, {}, 9, 0), 5, 0)
STREAM = httpx.Response(
    200, content=b"".join(map(wire, events(MESSAGE))), headers={"content-type": "text/event-stream"}
)


@pytest.fixture
def claude() -> Iterator[Anthropic]:
    with Anthropic(api_key="sk-ant-test", base_url="https://api.anthropic.com", max_retries=0) as claude:
        yield claude


@pytest.fixture
def router() -> Iterator[respx.MockRouter]:
    with respx.mock(using=HTTPCore2Mocker.name) as router:
        yield router


def test_it_sees_a_stream(router: respx.MockRouter, claude: Anthropic) -> None:
    route = router.post(URL).mock(return_value=STREAM)
    message = stream(claude, output_config={"effort": "high"})
    assert (message.parsed_output, message.stop_reason) == (NOTE, "end_turn")
    sent = route.calls.last.request
    assert sent.headers["authorization"] == "Bearer sk-ant-test"
    assert json.loads(sent.content) == {
        **request(),
        "stream": True,
        "output_config": {"effort": "high", "format": {"type": "json_schema", "schema": transform_schema(Note)}},
    }


def test_it_sees_a_whole_answer(router: respx.MockRouter, claude: Anthropic) -> None:
    route = router.post(URL).respond(json=MESSAGE.whole())
    assert parse(claude).parsed_output == NOTE
    assert "stream" not in json.loads(route.calls.last.request.content)


def test_it_sees_what_is_awaited(router: respx.MockRouter) -> None:
    route = router.post(URL).mock(return_value=STREAM)

    async def ask() -> None:
        async with (
            AsyncAnthropic(api_key="k", base_url="https://api.anthropic.com", max_retries=0) as claude,
            claude.messages.stream(output_format=Note, **request()) as found,
        ):
            assert (await found.get_final_message()).parsed_output == NOTE

    asyncio.run(ask())
    assert route.call_count == 1


def test_errors_come_through(router: respx.MockRouter, claude: Anthropic) -> None:
    route = router.post(URL)
    route.side_effect = [httpx.Response(429, headers={"retry-after": "3"}), httpx.ConnectError]
    with pytest.raises(RateLimitError) as limited:
        stream(claude)
    assert limited.value.response.headers["retry-after"] == "3"
    with pytest.raises(APIConnectionError):
        stream(claude)


def test_what_has_no_route_goes_nowhere(router: respx.MockRouter, claude: Anthropic) -> None:
    router.get("https://api.anthropic.com/v1/models").respond(json={})
    with pytest.raises(APIConnectionError) as failed:
        stream(claude)
    assert "not mocked" in str(failed.value.__cause__)
    router.reset()
    router.clear()
