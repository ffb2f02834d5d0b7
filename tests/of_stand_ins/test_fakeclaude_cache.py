"""The fake's prompt cache: who pays for writing, who reads, and what keys it."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any

import pytest
from fakeclaude import FakeClaude, Fault, Say
from fakeclaude.prompt import tokens
from fakeclaude.stage import Note, blocks, client, create, formatted, note, plain, request
from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from anthropic import Anthropic

STABLE = "stable " * 1000  # 2,000 tokens


@pytest.fixture
def fake() -> Iterator[FakeClaude]:
    with FakeClaude(lambda _: Say("yes")) as fake:
        yield fake


@pytest.fixture
def claude(fake: FakeClaude) -> Iterator[Anthropic]:
    with client(fake) as claude:
        yield claude


def usage(message: Any) -> tuple[int, int, int]:
    """Give what was written, read, and neither."""
    found = message.usage
    return found.cache_creation_input_tokens, found.cache_read_input_tokens, found.input_tokens


@pytest.mark.parametrize("ask", [plain, create])
def test_the_first_writes_and_the_next_reads(fake: FakeClaude, claude: Anthropic, ask: Callable[..., Any]) -> None:
    system = blocks("protocol", STABLE, cached=1)
    stable = tokens("protocol") + 2000
    first = ask(claude, system=system, messages=[{"role": "user", "content": "a" * 35}])
    assert usage(first) == (stable, 0, 10)
    assert first.usage.cache_creation.ephemeral_5m_input_tokens == stable
    second = ask(claude, system=system, messages=[{"role": "user", "content": "b" * 70}])
    assert usage(second) == (0, stable, 20)
    fake.cache.forget()
    assert usage(ask(claude, system=system)) == (stable, 0, 2)
    assert fake.journal.uncached("protocol" + STABLE) == {("claude-opus-5", ""): 2}
    assert fake.journal.totals()["cache_read_input_tokens"] == stable


def test_without_a_breakpoint_nothing_is_cached(fake: FakeClaude, claude: Anthropic) -> None:
    for _ in range(2):
        assert usage(plain(claude, system=blocks(STABLE))) == (0, 0, 2002)
    assert fake.journal.uncached(STABLE) == {("claude-opus-5", ""): 2}
    assert fake.journal.uncached("something else") == {}


def test_what_is_short_is_not_cached(fake: FakeClaude, claude: Anthropic) -> None:
    for length, expected in ((1023, [(0, 0, 1025)] * 2), (1024, [(1024, 0, 2), (0, 1024, 2)])):
        system = blocks("x" * int(length * 3.5), cached=0)
        assert [usage(plain(claude, system=system)) for _ in range(2)] == expected
    fake.cache.minimum = 512
    assert usage(plain(claude, system=blocks("y" * 1800, cached=0))) == (515, 0, 2)


class Other(BaseModel):
    word: str


def test_a_copy_for_each_model_and_each_schema() -> None:
    def script(ask: Any) -> Say:
        return note(ask) if "Note" in ask.schema_name else Say.json({"word": "x"}) if ask.schema else Say("x")

    with FakeClaude(script) as fake, client(fake) as claude:
        system = blocks(STABLE, cached=0)
        variants: list[dict[str, Any]] = [
            {},
            {"model": "claude-sonnet-5"},
            {"output_config": formatted(Note)},
            {"output_config": formatted(Other)},
        ]
        for more in variants:
            written, read, _ = usage(plain(claude, system=system, **more))
            assert (written >= 2000, read) == (True, 0)
            written, read, _ = usage(plain(claude, system=system, **more))
            assert (written, read >= 2000) == (0, True)
        # Effort and thinking leave what was said by the system alone.
        calm = formatted(Note, effort="low")
        assert usage(plain(claude, system=system, output_config=calm, thinking={"type": "disabled"}))[0] == 0
        found = fake.journal.uncached(STABLE)
        assert set(found.values()) == {1}
        assert {(model, name.partition("-")[0]) for model, name in found} == {
            ("claude-opus-5", ""), ("claude-sonnet-5", ""), ("claude-opus-5", "Note"), ("claude-opus-5", "Other")
        }  # fmt: skip


def test_any_change_before_a_breakpoint_is_another_prefix(claude: Anthropic) -> None:
    plain(claude, system=blocks("a", STABLE, cached=1))
    assert usage(plain(claude, system=blocks("b", STABLE, cached=1)))[1] == 0
    assert usage(plain(claude, system=blocks("a" + STABLE, cached=0)))[1] == 0
    assert usage(plain(claude, system=blocks("a", STABLE, "more", cached=1)))[1] == 2001


def talk(*texts: str, cached: int | None = None) -> list[dict[str, Any]]:
    return [{"role": "user", "content": blocks(*texts, cached=cached)}]


def test_a_longer_prefix_reads_the_shorter_and_writes_the_rest(claude: Anthropic) -> None:
    system = blocks(STABLE, cached=0)
    plain(claude, system=system)
    bundle = talk("hunks " * 700, "question", cached=0)
    assert usage(plain(claude, system=system, messages=bundle)) == (1200, 2000, 3)
    assert usage(plain(claude, system=system, messages=talk("hunks " * 700, "another", cached=0))) == (0, 3200, 2)
    # A breakpoint also finds what was cached up to 20 blocks before it.
    near = talk("hunks " * 700, *("x" * 19), cached=19)
    assert usage(plain(claude, system=blocks(STABLE), messages=near)) == (19, 3200, 0)
    far = talk("hunks " * 700, *("y" * 20), cached=20)
    assert usage(plain(claude, system=blocks(STABLE), messages=far)) == (3220, 0, 0)


def test_other_thoughts_are_other_messages(claude: Anthropic) -> None:
    plain(claude, system=blocks(STABLE, cached=0), messages=talk("hunks " * 700, "q", cached=0))
    more = {"system": blocks(STABLE, cached=0), "messages": talk("hunks " * 700, "q", cached=0)}
    assert usage(plain(claude, **more, thinking={"type": "disabled"})) == (1200, 2000, 1)


def test_how_long_it_stays(claude: Anthropic) -> None:
    system = [*blocks(STABLE, cached=0, ttl="1h"), *blocks("more " * 700, cached=0)]
    message = plain(claude, system=system)
    found = message.usage.cache_creation
    assert (found.ephemeral_1h_input_tokens, found.ephemeral_5m_input_tokens) == (2000, 1000)
    assert usage(message) == (3000, 0, 2)


def test_caching_of_the_whole_request(claude: Anthropic) -> None:
    more = {"messages": talk(STABLE, "x"), "cache_control": {"type": "ephemeral"}}
    assert [usage(plain(claude, **more)) for _ in range(2)] == [(2001, 0, 0), (0, 2001, 0)]


def test_first_calls_at_once_each_pay() -> None:
    gate = threading.Barrier(3)

    def script(ask: Any) -> Say:
        if ask.number <= 3:
            gate.wait(5)
        return Say("yes")

    with FakeClaude(script) as fake, client(fake) as claude:
        system = blocks(STABLE, cached=0)
        with ThreadPoolExecutor(3) as pool:
            found = list(pool.map(lambda _: usage(plain(claude, system=system)), range(3)))
        assert found == [(2000, 0, 2)] * 3
        assert fake.journal.uncached(STABLE) == {("claude-opus-5", ""): 3}
        assert fake.journal.at_once() == 3


def test_it_can_be_read_as_soon_as_the_answer_begins() -> None:
    def script(ask: Any) -> Say:
        return Say("slow " * 100, spread=20 if ask.number == 1 else 0)

    with FakeClaude(script) as fake, client(fake) as claude:
        system = blocks(STABLE, cached=0)
        with claude.messages.stream(**request(system=system)) as events:
            assert next(iter(events)).type == "message_start"
            assert usage(plain(claude, system=system))[:2] == (0, 2000)
            assert fake.journal[0].ended is None


def test_what_is_turned_away_writes_nothing(fake: FakeClaude, claude: Anthropic) -> None:
    system = blocks(STABLE, cached=0)
    fake.faults.add(Fault("529", at=1), Fault("429", at=2), Fault("reset-before", at=3))
    for _ in range(3):
        with pytest.raises(Exception, match=r"."):
            plain(claude, system=system)
    assert fake.journal.uncached(STABLE) == {}
    assert usage(plain(claude, system=system))[:2] == (2000, 0)
