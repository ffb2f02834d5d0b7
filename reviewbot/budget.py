"""What a review with a model may cost, before the first call and while it runs."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.review import Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewbot.models import Model

# What answers have been seen to take, thinking included; only for estimates before the first call.
_REVIEW_OUTPUT = 4_000
_REFUTE_OUTPUT = 1_500


def expected(fixed: int, bundle: int, model: Model, second: Model | None) -> list[tuple[Model, Usage]]:
    """Estimate what the calls for one bundle take.

    Args:
        fixed: Tokens of the prompt's stable part, which is read from the cache.
        bundle: Tokens of the bundle.
        model: Who reviews.
        second: Who tries to refute, or None where nobody does.
    """
    review = Usage(input_tokens=bundle, cache_read_tokens=fixed, output_tokens=_REVIEW_OUTPUT, calls=1)
    if second is None:
        return [(model, review)]
    return [(model, review), (second, replace(review, output_tokens=_REFUTE_OUTPUT))]


class Budget:
    """Counts what is planned and what is spent, from several threads at once.

    Args:
        most_tokens: Most tokens of all prompts together.
        most_usd: Most dollars, or None for no limit.
    """

    def __init__(self, most_tokens: int, most_usd: float | None) -> None:
        self._most_tokens = most_tokens
        self._most_usd = most_usd
        self._planned_tokens = 0
        self._lock = threading.Lock()
        self.planned_usd = 0.0
        self.spent = Usage()
        self.unpriced: set[str] = set()

    def plan(self, calls: Sequence[tuple[Model, Usage]]) -> str:
        """Plan some calls; give the reason why they are too many, empty where they fit."""
        prompt = sum(usage.input_tokens + usage.cache_read_tokens for _, usage in calls)
        dollars = sum(model.cost(usage) or 0.0 for model, usage in calls)
        if self._planned_tokens + prompt > self._most_tokens:
            return f"over the budget of {self._most_tokens:,} tokens (max_input_tokens)"
        if self._most_usd is not None and self.planned_usd + dollars > self._most_usd:
            return f"over the budget of ${self._most_usd:.2f} (max_cost_usd)"
        self._planned_tokens += prompt
        self.planned_usd += dollars
        return ""

    def over(self) -> str:
        """Give the reason why nothing more may be asked, empty where something may."""
        with self._lock:
            if self._most_usd is not None and self.spent.cost_usd >= self._most_usd:
                return f"the budget of ${self._most_usd:.2f} (max_cost_usd) is spent"
            return ""

    def spend(self, model: Model, usage: Usage) -> None:
        """Count an answer."""
        dollars = model.cost(usage)
        with self._lock:
            if dollars is None:
                self.unpriced.add(model.id)
            self.spent = replace(
                self.spent,
                input_tokens=self.spent.input_tokens + usage.input_tokens,
                output_tokens=self.spent.output_tokens + usage.output_tokens,
                cache_read_tokens=self.spent.cache_read_tokens + usage.cache_read_tokens,
                cache_write_tokens=self.spent.cache_write_tokens + usage.cache_write_tokens,
                calls=self.spent.calls + usage.calls,
                cost_usd=self.spent.cost_usd + (dollars or 0.0),
            )
