"""A model's name, however it is spelled, becomes a current id; what it costs follows the table."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import pytest
import yaml

from reviewbot.core.review import Usage
from reviewbot.llm import models
from reviewbot.llm.models import choose
from reviewbot.settings.config import Price

TODAY = dt.date(2026, 11, 25)
TABLE = yaml.safe_load((Path(models.__file__).parent / "models.yml").read_text(encoding="utf-8"))


@pytest.mark.parametrize(
    ("asked", "expected"),
    [
        ("sonnet", "claude-sonnet-5-5"),
        ("Sonnet", "claude-sonnet-5-5"),
        ("opus", "claude-opus-5-5"),
        ("haiku", "claude-haiku-5-5"),
        ("fable", "claude-fable-5-2"),
        ("opusplan", "claude-opus-5-5"),
        ("sonnet[1m]", "claude-sonnet-5-5"),
        ("claude-opus-5-5", "claude-opus-5-5"),
        ("claude-opus-5", "claude-opus-5"),
        ("Claude Opus 5.5", "claude-opus-5-5"),
        ("anthropic/claude-opus-5.5", "claude-opus-5-5"),
        ("claude_opus_5_5", "claude-opus-5-5"),
        ("us.anthropic.claude-opus-4-6-v1:0", "claude-opus-4-6"),
        ("claude-haiku-4-5@20251001", "claude-haiku-4-5"),
        ("claude-haiku-4-5-20251001", "claude-haiku-4-5"),
        ("claude-opus-latest", "claude-opus-5-5"),
        ("opus-4-6", "claude-opus-4-6"),
        ("4.6-opus", "claude-opus-4-6"),
        (" sonnet ", "claude-sonnet-5-5"),
        (None, "claude-sonnet-5-5"),
        ("", "claude-sonnet-5-5"),
        ("inherit", "claude-sonnet-5-5"),
        ("default", "claude-sonnet-5-5"),
    ],
)
def test_spellings(asked: str | None, expected: str) -> None:
    model, remarks = choose(asked, today=TODAY)
    assert (model.id, remarks) == (expected, ())


@pytest.mark.parametrize(
    ("asked", "expected", "words"),
    [
        ("claude-3-5-sonnet-20241022", "claude-sonnet-5-5", "no longer offered"),
        ("claude-3-opus", "claude-opus-5-5", "no longer offered"),
        ("claude-2.1", "claude-sonnet-5-5", "no longer offered"),
        ("claude-sonnet-4", "claude-sonnet-5-5", "no longer offered"),
        ("claude-sonnet-4-20250514", "claude-sonnet-5-5", "no longer offered"),
        ("claude-opus-4-1-20250805", "claude-opus-5-5", "no longer offered"),
        ("claude-mythos-preview", "claude-mythos-5-2", "no longer offered since 2026-06-30"),
        ("gpt-5", "claude-sonnet-5-5", "none of Claude's"),
        ("the best one", "claude-sonnet-5-5", "none of Claude's"),
        ("claude-sonnet-4-5", "claude-sonnet-4-5", "retires on 2026-11-30"),
        ("claude-saga-9", "claude-saga-9", "not one this version knows"),
    ],
)
def test_what_must_be_said(asked: str, expected: str, words: str) -> None:
    model, (remark,) = choose(asked, today=TODAY)
    assert model.id == expected
    assert words in remark


def test_a_model_is_retired_on_its_day_and_replaced() -> None:
    model, (remark,) = choose("claude-sonnet-4-5", today=dt.date(2026, 12, 1))
    assert model.id == "claude-sonnet-5-5"
    assert "claude-sonnet-5-5 reviews instead" in remark


def test_inherit_is_the_default_of_the_configuration() -> None:
    assert choose("inherit", "opus")[0].id == "claude-opus-5-5"
    assert choose(None, "claude-haiku-4-5")[0].id == "claude-haiku-4-5"


def test_nothing_in_the_table_is_missing_or_absurd() -> None:
    for name, facts in TABLE["models"].items():
        model = choose(name, today=dt.date(2026, 1, 1))[0]
        assert model.id == name
        assert facts["thinking"] in {"adaptive", "budget"}
        assert 0 < model.max_output < model.context
        if "input" in facts:
            assert facts["cache_read"] < facts["input"] < facts["cache_write"] < facts["output"]
    assert set(TABLE["current"].values()) <= set(TABLE["models"])
    assert all("retires" not in TABLE["models"][name] for name in TABLE["current"].values())
    assert str(TABLE["date"]) in models.prices_known_as_of()


def test_the_ids_are_ones_the_sdk_knows() -> None:
    from typing import get_args

    from anthropic.types.model import Model

    known = {name for part in get_args(Model) for name in get_args(part)}
    assert set(TABLE["current"].values()) <= known
    from anthropic.resources.messages.messages import DEPRECATED_MODELS  # type: ignore[attr-defined] # not exported

    retired = {name for name in TABLE["models"] if name in DEPRECATED_MODELS and "retires" not in TABLE["models"][name]}
    assert retired <= {"claude-opus-4-5"}  # until 22 January 2027


def test_what_a_call_costs() -> None:
    usage = Usage(input_tokens=1_000, output_tokens=2_000, cache_read_tokens=50_000, cache_write_tokens=10_000, calls=1)
    cost = choose("claude-sonnet-5-5")[0].cost(usage)
    assert cost is not None
    assert math.isclose(cost, (1_000 * 2 + 2_000 * 10 + 50_000 * 0.1 + 10_000 * 2.5) / 1e6)


def test_a_long_prompt_has_its_own_price() -> None:
    haiku = choose("haiku")[0]
    short, long = haiku.cost(Usage(input_tokens=100_000)), haiku.cost(Usage(input_tokens=100_001))
    assert short is not None
    assert long is not None
    assert math.isclose(short, 0.01)
    assert long > 4 * short


def test_own_prices_win_by_id_and_by_family() -> None:
    price = Price(10.0, 100.0)
    for name in ("opus", "claude-opus-5-5"):
        model = choose("opus", prices={name: price})[0]
        assert model.price == price
        cost = model.cost(Usage(input_tokens=1_000, cache_read_tokens=1_000, cache_write_tokens=1_000))
        assert cost is not None
        assert math.isclose(cost, (1_000 * 10 + 1_000 * 1 + 1_000 * 12.5) / 1e6)
    assert choose("haiku", prices={"haiku": price})[0].long_price is None


def test_an_unknown_model_has_no_price() -> None:
    assert choose("claude-saga-9")[0].cost(Usage(input_tokens=1)) is None
