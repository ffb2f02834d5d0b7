"""The models there are, and what each of them takes."""

from __future__ import annotations

from dataclasses import dataclass

_OLD = ("low", "medium", "high")
_WITH_MAX = (*_OLD, "max")
_ALL = (*_OLD, "xhigh", "max")


@dataclass(frozen=True)
class Model:
    """A model.

    Attributes:
        id: As clients write it.
        context: How many tokens prompt and answer may have together.
        output: How many tokens an answer may have.
        thinking: Which types of thinking it takes.
        efforts: Which efforts it takes; none if it has no such parameter.
        thinks: Whether it thinks without being told to; such models leave out the text of their thoughts by default.
        snapshot: What it calls itself in its answers; empty for its id.
    """

    id: str
    context: int = 1_000_000
    output: int = 128_000
    thinking: tuple[str, ...] = ("adaptive", "disabled")
    efforts: tuple[str, ...] = _ALL
    thinks: bool = True
    snapshot: str = ""


def _small(name: str, snapshot: str, efforts: tuple[str, ...] = ()) -> Model:
    return Model(name, 200_000, 64_000, ("enabled", "disabled"), efforts, thinks=False, snapshot=snapshot)


_TABLE = (
    *(
        Model(f"claude-{line}-{age}", thinking=("adaptive",))
        for line in ("fable", "mythos")
        for age in ("5", "5-1", "5-2")
    ),
    Model("claude-opus-5-5", thinking=("adaptive",)),
    Model("claude-sonnet-5-5"),
    Model("claude-haiku-5-5"),
    Model("claude-opus-5"),
    Model("claude-sonnet-5"),
    Model("claude-opus-4-8", thinks=False),
    Model("claude-opus-4-7", thinks=False),
    Model("claude-opus-4-6", thinking=("adaptive", "enabled", "disabled"), efforts=_WITH_MAX, thinks=False),
    Model("claude-sonnet-4-6", thinking=("adaptive", "enabled", "disabled"), efforts=_WITH_MAX, thinks=False),
    _small("claude-opus-4-5", "claude-opus-4-5-20251101", _OLD),
    _small("claude-opus-4-5-20251101", "", _OLD),
    _small("claude-sonnet-4-5", "claude-sonnet-4-5-20250929"),
    _small("claude-sonnet-4-5-20250929", ""),
    _small("claude-haiku-4-5", "claude-haiku-4-5-20251001"),
    _small("claude-haiku-4-5-20251001", ""),
)
MODELS = {model.id: model for model in _TABLE}
