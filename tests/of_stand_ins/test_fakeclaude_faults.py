"""Each fault, as the real SDK shows it: what a retry layer must know."""

from __future__ import annotations

import json
import time
from typing import TYPE_CHECKING, Any

import anthropic
import httpx2
import pydantic
import pytest
from fakeclaude import FakeClaude, Fault, Say
from fakeclaude.stage import NOTE, Note, blocks, client, create, formatted, note, parse, plain, request, stream, text_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from anthropic import Anthropic

    Asking = Callable[..., Any]


def loose(claude: Anthropic, **more: Any) -> Any:
    """Ask for events with a schema, and leave the text as it is."""
    return plain(claude, output_config=formatted(Note), **more)


WAYS = [stream, loose, parse]
STREAMS = [stream, loose]


@pytest.fixture(scope="module")
def fakes() -> Iterator[FakeClaude]:
    with FakeClaude(note) as fake:
        yield fake


@pytest.fixture
def fake(fakes: FakeClaude) -> FakeClaude:
    fakes.faults.reset()
    return fakes


@pytest.fixture
def claude(fake: FakeClaude) -> Iterator[Anthropic]:
    with client(fake) as claude:
        yield claude


@pytest.mark.parametrize("ask", WAYS)
@pytest.mark.parametrize(
    ("fault", "expected"),
    [
        (Fault("429", at=1), (anthropic.RateLimitError, 429, "rate_limit_error")),
        (Fault("529", at=1), (anthropic.OverloadedError, 529, "overloaded_error")),
        (Fault("500", at=1), (anthropic.InternalServerError, 500, "api_error")),
        (Fault("502-html", at=1), (anthropic.InternalServerError, 502, None)),
        (Fault("status", at=1, status=504), (anthropic.GatewayTimeoutError, 504, "timeout_error")),
        (Fault("status", at=1, status=503), (anthropic.ServiceUnavailableError, 503, "api_error")),
        (Fault("status", at=1, status=403, message="No."), (anthropic.PermissionDeniedError, 403, "permission_error")),
    ],
    ids=lambda value: f"{value.kind}-{value.status}" if isinstance(value, Fault) else "",
)
def test_errors_instead_of_an_answer(
    fake: FakeClaude, claude: Anthropic, ask: Asking, fault: Fault, expected: tuple[Any, ...]
) -> None:
    fault.times = 1
    fake.faults.add(fault)
    with pytest.raises(anthropic.APIStatusError) as failed:
        ask(claude)
    assert (type(failed.value), failed.value.status_code, failed.value.type) == expected
    assert failed.value.request_id is not None
    assert "retry-after" not in failed.value.response.headers
    assert (fake.journal[-1].status, fake.journal[-1].fault, fake.journal[-1].usage) == (expected[1], fault.kind, None)
    assert ask(claude).stop_reason == "end_turn"


@pytest.mark.parametrize("kind", ["429", "529"])
def test_how_long_to_wait(fake: FakeClaude, claude: Anthropic, kind: str) -> None:
    fake.faults.add(Fault(kind, at=1, retry_after=7), Fault(kind, at=2, retry_after="Wed, 21 Oct 2026 07:28:00 GMT"))
    for expected in ("7", "Wed, 21 Oct 2026 07:28:00 GMT"):
        with pytest.raises(anthropic.APIStatusError) as failed:
            stream(claude)
        assert failed.value.response.headers["retry-after"] == expected


def test_the_sdk_itself_would_wait_and_try_again(fake: FakeClaude) -> None:
    fake.faults.add(Fault("429", at=1, retry_after=0.01), Fault("529", at=2, retry_after=0.01))
    with client(fake).with_options(max_retries=2) as claude:
        before = len(fake.journal)
        assert stream(claude).parsed_output == NOTE
    tried = list(fake.journal)[before:]
    assert [one.status for one in tried] == [429, 529, 200]
    assert [one.headers["x-stainless-retry-count"] for one in tried] == ["0", "1", "2"]


@pytest.mark.parametrize("ask", WAYS)
def test_a_reset_before_the_answer(fake: FakeClaude, claude: Anthropic, ask: Asking) -> None:
    fake.faults.add(Fault("reset-before", at=1))
    with pytest.raises(anthropic.APIConnectionError) as failed:
        ask(claude)
    assert isinstance(failed.value.__cause__, httpx2.ReadError)
    assert (fake.journal[-1].status, fake.journal[-1].usage) == (0, None)


@pytest.mark.parametrize("ask", WAYS)
def test_a_page_that_says_it_is_fine(fake: FakeClaude, claude: Anthropic, ask: Asking) -> None:
    # Neither is an error of the SDK's own: without message_start there is no message to give.
    fake.faults.add(Fault("html-200", at=1))
    with pytest.raises(AttributeError if ask is parse else AssertionError):
        ask(claude)


@pytest.mark.parametrize("keep", [None, 0, 1, -3])
def test_connections_that_break_in_the_middle(fake: FakeClaude, claude: Anthropic, keep: int | None) -> None:
    # In a stream these are raw errors of httpx2, not of the SDK.
    broken = {"reset-mid": httpx2.ReadError, "close-mid": httpx2.RemoteProtocolError}
    for kind, error in broken.items():
        for ask in STREAMS:
            fake.faults.add(Fault(kind, match=lambda _: True, keep=keep))
            with pytest.raises(error) as failed:
                ask(claude)
            assert isinstance(failed.value, httpx2.HTTPError)
            assert not isinstance(failed.value, anthropic.AnthropicError)
            assert fake.journal[-1].usage is not None
        fake.faults.add(Fault(kind, match=lambda _: True, keep=keep))
        with pytest.raises(anthropic.APIConnectionError) as wrapped:
            parse(claude)
        assert isinstance(wrapped.value.__cause__, error)


@pytest.mark.parametrize("ask", STREAMS)
def test_a_stream_that_ends_too_early_is_no_error(fake: FakeClaude, claude: Anthropic, ask: Asking) -> None:
    fake.faults.add(Fault("cut", at=1), Fault("cut", at=2, keep=-2), Fault("cut", at=3, keep=-1))
    half = ask(claude)
    assert (half.stop_reason, half.usage.output_tokens) == (None, 1)
    assert 0 < len(text_of(half)) < len(NOTE.model_dump_json())
    # All of the text is there, and still nothing says that it is all.
    almost = ask(claude)
    assert (almost.stop_reason, text_of(almost)) == (None, NOTE.model_dump_json())
    # Only message_stop is missing: that is complete.
    assert ask(claude).stop_reason == "end_turn"


@pytest.mark.parametrize("ask", STREAMS)
def test_a_stream_without_events(fake: FakeClaude, claude: Anthropic, ask: Asking) -> None:
    fake.faults.add(Fault("cut", at=1, keep=0))
    with pytest.raises(AssertionError):
        ask(claude)


@pytest.mark.parametrize("keep", [None, 0])
def test_an_answer_that_is_cut(fake: FakeClaude, claude: Anthropic, keep: int | None) -> None:
    fake.faults.add(Fault("cut", at=1, keep=keep))
    with pytest.raises(json.JSONDecodeError):
        parse(claude)


@pytest.mark.parametrize("kind", ["stall", "hang"])
def test_servers_that_hang(fake: FakeClaude, kind: str) -> None:
    with client(fake, timeout=0.1) as claude:
        for ask in WAYS:
            fake.faults.add(Fault(kind, match=lambda _: True, seconds=1))
            with pytest.raises((httpx2.ReadTimeout, anthropic.APITimeoutError)) as failed:
                ask(claude)
            raw = kind == "stall" and ask in STREAMS
            assert isinstance(failed.value, httpx2.ReadTimeout) == raw


def test_a_stream_of_pings_never_times_out(fake: FakeClaude) -> None:
    fake.faults.add(Fault("pings", at=1, seconds=0.4), Fault("pings", at=2, seconds=30))
    with client(fake, timeout=0.2) as claude:
        assert stream(claude).stop_reason is None
        # The SDK does not show the pings: a deadline must be kept by somebody who can close the stream from outside.
        began = time.monotonic()
        with claude.messages.stream(**request()) as events:
            next(iter(events))
        assert time.monotonic() - began < 5


@pytest.mark.parametrize("ask", STREAMS)
@pytest.mark.parametrize("keep", [None, 0, -2])
def test_an_error_in_the_middle_of_a_stream(fake: FakeClaude, claude: Anthropic, ask: Asking, keep: int | None) -> None:
    fake.faults.add(Fault("error-event", at=1, keep=keep))
    with pytest.raises(anthropic.APIStatusError) as failed:
        ask(claude)
    assert type(failed.value) is anthropic.APIStatusError
    assert (failed.value.status_code, failed.value.type) == (200, "overloaded_error")
    assert failed.value.body == {"type": "error", "error": {"type": "overloaded_error", "message": "Overloaded"}}


def test_the_same_without_a_stream(fake: FakeClaude, claude: Anthropic) -> None:
    fake.faults.add(Fault("error-event", at=1))
    with pytest.raises(anthropic.OverloadedError):
        parse(claude)


@pytest.mark.parametrize(
    ("fault", "text"),
    [
        (Fault("broken-json", at=1), NOTE.model_dump_json()[: len(NOTE.model_dump_json()) // 2]),
        (Fault("other-shape", at=1), '{"unexpected": ["shape"]}'),
        (Fault("empty-text", at=1), ""),
        (Fault("text", at=1, text="Sure! Here it is."), "Sure! Here it is."),
    ],
    ids=lambda value: value.kind if isinstance(value, Fault) else "",
)
def test_texts_that_do_not_fit(fake: FakeClaude, claude: Anthropic, fault: Fault, text: str) -> None:
    for ask in WAYS:
        fake.faults.reset()
        fault.times = 1
        fake.faults.add(fault)
        if ask is loose:
            message = ask(claude)
            assert (message.stop_reason, text_of(message)) == ("end_turn", text)
        else:
            with pytest.raises(pydantic.ValidationError):
                ask(claude)


@pytest.mark.parametrize("ask", WAYS)
def test_no_content(fake: FakeClaude, claude: Anthropic, ask: Asking) -> None:
    fake.faults.add(Fault("empty", at=1))
    message = ask(claude)
    assert (message.stop_reason, message.content) == ("end_turn", [])


@pytest.mark.parametrize("ask", WAYS)
def test_huge_texts_fit_the_shape(fake: FakeClaude, claude: Anthropic, ask: Asking) -> None:
    fake.faults.add(Fault("huge", at=1, size=2_000_000))
    message = ask(claude)
    assert message.stop_reason == "end_turn"
    assert len(Note.model_validate_json(text_of(message)).text) == len(NOTE.text) + 2_000_000


def test_huge_texts_of_other_kinds() -> None:
    shape = {"enum": ["a", "b"]}
    schema = {"type": "object", "properties": {"a": shape}, "required": ["a"], "additionalProperties": False}
    with FakeClaude(lambda ask: Say.json({"a": "a"}) if ask.schema else Say("x")) as fake, client(fake) as claude:
        fake.faults.add(Fault("huge", match=lambda _: True, times=2, size=500))
        assert text_of(create(claude)) == "x" * 501
        wanted = {"format": {"type": "json_schema", "schema": schema}}
        assert text_of(create(claude, output_config=wanted)) == '{"a": "a"}' + " " * 500


@pytest.mark.parametrize("ask", [stream, parse])
def test_the_sdk_reads_the_text_before_it_knows_why_it_ended(ask: Asking) -> None:
    says = [Say('{"text": "cut', stop_reason="max_tokens"), Say("I cannot", stop_reason="refusal")]
    with FakeClaude(lambda one: says[one.number - 1]) as fake, client(fake) as claude:
        for _ in says:
            with pytest.raises(pydantic.ValidationError):
                ask(claude)


def test_faults_by_match_by_number_and_by_path(fake: FakeClaude, claude: Anthropic) -> None:
    fake.faults.add(Fault("500", match=lambda ask: "b" in ask.user, times=2), Fault("529", at=5))
    fake.faults.add(Fault("429", at=1, path="/v1/messages/count_tokens"))
    found = []
    for text in "abbbab":
        try:
            found.append(plain(claude, messages=[{"role": "user", "content": blocks(text)}]).stop_reason)
        except anthropic.APIStatusError as error:
            found.append(error.status_code)
    assert found == ["end_turn", 500, 500, "end_turn", 529, "end_turn"]
    counting: dict[str, Any] = {"model": "claude-opus-5", "messages": [{"role": "user", "content": "x"}]}
    with pytest.raises(anthropic.RateLimitError):
        claude.messages.count_tokens(**counting)
    assert claude.messages.count_tokens(**counting).input_tokens == 1
    with pytest.raises(ValueError, match="no such fault"):
        Fault("earthquake")


def test_a_client_that_leaves() -> None:
    with FakeClaude(lambda _: Say("word " * 2000, spread=30)) as slow, client(slow) as claude:
        with claude.messages.stream(**request()) as events:
            next(iter(events))
        until = time.monotonic() + 5
        while slow.journal[0].ended is None and time.monotonic() < until:
            time.sleep(0.01)
        assert slow.journal[0].gone
