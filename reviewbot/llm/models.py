"""Claude's models: what a name in an agent file stands for, what the model takes, and what a call costs.

The facts are data, in ``models.yml``; its head says where they come from.
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewbot.core import documents
from reviewbot.settings.config import Price

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewbot.core.review import Usage

DEFAULT = "sonnet"
# What Claude Code takes for "the model of whoever calls".
_INHERIT = frozenset({"inherit", "default", ""})
_FILE = Path(__file__).with_name("models.yml")
# Everything before 4.5 is gone, in either order: `claude-3-5-sonnet`, `claude-sonnet-4`, `claude-opus-4-1-20250805`.
_OLD = re.compile(r"(^|-)([123](-\d)?|4(-[01])?)(-[a-z]|-20\d{6}|$)")


@dataclass(frozen=True, slots=True)
class Model:
    """A model to ask.

    Attributes:
        id: As the API knows it.
        context: Most tokens of a prompt with its answer.
        max_output: Most tokens of an answer, thinking included.
        thinking: ``adaptive``, ``budget``, or empty where nothing is known.
        effort: Whether it takes an effort level.
        price: What it costs, or None where that is not known.
        long_price: What a request costs whose prompt is longer than ``long_from`` tokens, or None.
        long_from: See there.
    """

    id: str
    context: int = 200_000
    max_output: int = 32_000
    thinking: str = ""
    effort: bool = False
    price: Price | None = None
    long_price: Price | None = None
    long_from: int = 0

    def cost(self, usage: Usage) -> float | None:
        """Give what a call cost in US dollars, or None where no price is known."""
        prompt = usage.input_tokens + usage.cache_read_tokens + usage.cache_write_tokens
        price = self.long_price if self.long_price is not None and prompt > self.long_from else self.price
        if price is None:
            return None
        parts = (
            (usage.input_tokens, price.input),
            (usage.output_tokens, price.output),
            (usage.cache_write_tokens, price.input * 1.25 if price.cache_write is None else price.cache_write),
            (usage.cache_read_tokens, price.input * 0.1 if price.cache_read is None else price.cache_read),
        )
        return sum(tokens * dollars for tokens, dollars in parts) / 1_000_000


def choose(
    asked: str | None,
    default: str | None = None,
    prices: Mapping[str, Price] | None = None,
    today: dt.date | None = None,
) -> tuple[Model, tuple[str, ...]]:
    """Give the model that an agent file or an option names, however it is spelled, and what must be said about it.

    Args:
        asked: Such as ``sonnet``, ``claude-opus-5-5``, ``Claude Sonnet 4.5``, ``inherit``; None where nothing is said.
        default: What ``inherit``, and nothing, stand for.
        prices: Model → prices of one's own, which win.
        today: The day, to know what is retired.

    Returns:
        The model, and sentences on what is used instead of what was asked for, or will not be there for long.
    """
    name = _spelled(asked or "")
    if name in _INHERIT:
        asked, name = default, _spelled(default or DEFAULT)
    data = _data()
    known = _known(name)
    remarks: list[str] = []
    if known is None:
        if _OLD.search(name):
            known = data["current"][_family(name) or DEFAULT]
            remarks.append(f"model `{asked}` is no longer offered: {known} reviews instead")
        elif name.startswith("claude-"):
            known = name
            remarks.append(f"model {name} is not one this version knows: what it costs is not known either")
        else:
            known = data["current"][DEFAULT]
            remarks.append(f"model `{asked}` is none of Claude's: {known} reviews instead")
    retires = data["models"].get(known, {}).get("retires")
    if retires is not None:
        current = data["current"][_family(known)]
        if retires <= (today or dt.datetime.now(dt.UTC).date()):
            remarks.append(f"model {known} is no longer offered since {retires}: {current} reviews instead")
            known = current
        else:
            remarks.append(f"model {known} retires on {retires}: change to {current}")
    return _model(known, prices or {}), tuple(remarks)


def prices_known_as_of() -> str:
    """Give the date and the source of the price table, in words."""
    return f"{_data()['date']}, {_data()['source']}"


@cache
def _data() -> dict[str, Any]:
    data: dict[str, Any] = documents.own(_FILE)
    return data


def _spelled(name: str) -> str:
    """Give a name as ids are spelled: ``Claude Sonnet 4.5`` is ``claude-sonnet-4-5``; provider and ``[1m]`` go."""
    name = re.sub(r"\[[^\[\]]*\]|\([^()]*\)|^.*/", "", name.strip().lower())
    name = re.sub(r"^(us|eu|apac|global)\.", "", name).removeprefix("anthropic.")
    name = re.sub(r"(?<=\d)@|-v\d+(:\d+)?$", lambda match: "-" if match[0] == "@" else "", name)
    return re.sub(r"[\s._]+", "-", name).strip("-")


def _known(name: str) -> str | None:
    """Give the id of a model in the table that a name stands for, or None."""
    data = _data()
    bare = name.removeprefix("claude-")
    if bare.removesuffix("-latest") in data["current"]:
        current: str = data["current"][bare.removesuffix("-latest")]
        return current
    turned = re.sub(r"^(\d+(?:-\d)?)-([a-z]+)$", r"\2-\1", bare)  # 4-5-sonnet
    dateless = re.sub(r"-(latest|20\d{6})$", "", bare)
    return next(
        (f"claude-{spelling}" for spelling in (bare, dateless, turned) if f"claude-{spelling}" in data["models"]), None
    )


def _family(name: str) -> str:
    return next((family for family in _data()["current"] if family in name), "")


def _model(model_id: str, prices: Mapping[str, Price]) -> Model:
    facts: dict[str, Any] = _data()["models"].get(model_id, {})
    above = facts.get("above") or {}
    own = prices.get(model_id) or prices.get(_family(model_id))
    return Model(
        id=model_id,
        context=facts.get("context", 200_000),
        max_output=facts.get("max_output", 32_000),
        thinking=facts.get("thinking", ""),
        effort=facts.get("effort", False),
        price=own or _price(facts),
        long_price=None if own else _price(above),
        long_from=above.get("tokens", 0),
    )


def _price(facts: Mapping[str, Any]) -> Price | None:
    if "input" not in facts:
        return None
    return Price(facts["input"], facts["output"], facts["cache_write"], facts["cache_read"])
