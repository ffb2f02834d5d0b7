"""What a review with a model may cost, before the first call and while it runs."""

from __future__ import annotations

import math
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.core.deadline import NEVER, Deadline
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Usage

if TYPE_CHECKING:
    from collections.abc import Sequence

    from reviewbot.core.reasons import Reason
    from reviewbot.llm.models import Model

# What a conversation has been seen to take (docs/quality.md): rounds of looking, tokens that they bring, tokens of the
# answers with what was thought; only for estimates before the first call.
_ROUNDS = 6
_LOOKED = 20_000
_OUTPUT = 6_000
# From this part of the budget on, what is left is for answers.
_TIGHT = 0.8


def expected(fixed: int, bundle: int, looks: int, models: Sequence[Model]) -> list[tuple[Model, Usage]]:
    """Estimate what the conversations about one bundle take.

    Args:
        fixed: Tokens of the prompt's stable part, which is read from the cache.
        bundle: Tokens of the bundle, which the first conversation puts there.
        looks: Most tokens that looking may bring to one conversation; 0 where there is nothing to look at.
        models: Who is asked in each conversation, the reviews first.
    """
    brought = min(looks, _LOOKED)
    rounds = _ROUNDS if brought else 1
    calls = []
    for number, model in enumerate(models):
        again = number > 0 and model == models[0]
        begins = fixed + (bundle if again else 0)
        read = begins + (rounds - 1) * (fixed + bundle + brought // 2)
        written = brought + (0 if again else bundle)
        calls.append((model, Usage(0, _OUTPUT, read, written, rounds)))
    return calls


class Budget:
    """Counts what is planned and what is spent, from several threads at once.

    Args:
        most_tokens: Most tokens of all prompts together.
        most_usd: Most dollars, or None for no limit.
        until: When the review has to be done.
    """

    def __init__(self, most_tokens: int, most_usd: float | None, until: Deadline = NEVER) -> None:
        self._most_tokens = most_tokens
        self._most_usd = most_usd
        self._until = until
        self._planned_tokens = 0
        self._lock = threading.Lock()
        # Threads add up in any order, and the sum must be the same.
        self._dollars: dict[str, list[float]] = {}
        self.planned_usd = 0.0
        self.spent = Usage()
        self.unpriced: set[str] = set()

    def plan(self, calls: Sequence[tuple[Model, Usage]]) -> Reason | None:
        """Plan some conversations; give the reason why they are too many, None where they fit."""
        prompt = sum(usage.input_tokens + usage.cache_write_tokens for _, usage in calls)
        dollars = sum(model.cost(usage) or 0.0 for model, usage in calls)
        if self._planned_tokens + prompt > self._most_tokens:
            return because(ReasonKind.OVER_TOKENS, f"{self._most_tokens:,}")
        if self._most_usd is not None and self.planned_usd + dollars > self._most_usd:
            return because(ReasonKind.OVER_DOLLARS, f"{self._most_usd:.2f}")
        self._planned_tokens += prompt
        self.planned_usd += dollars
        return None

    @property
    def out_of_time(self) -> Reason:
        """The reason why nothing more is asked when the time is over."""
        return because(ReasonKind.OUT_OF_TIME, f"{self._until.seconds or 0:g}")

    def over(self) -> Reason | None:
        """Give the reason why nothing more may be asked, None where something may."""
        if self._until.closing:
            return self.out_of_time
        with self._lock:
            if self._most_usd is not None and self.spent.cost_usd >= self._most_usd:
                return because(ReasonKind.DOLLARS_SPENT, f"{self._most_usd:.2f}")
            return None

    def tight(self) -> bool:
        """Tell whether so little is left that whoever looks around must come to an end."""
        with self._lock:
            return self._most_usd is not None and self.spent.cost_usd >= _TIGHT * self._most_usd

    @property
    def by_agent(self) -> dict[str, float]:
        """What each agent has cost, where there are several."""
        with self._lock:
            spent = {agent: round(math.fsum(dollars), 6) for agent, dollars in sorted(self._dollars.items())}
        return spent if len(spent) > 1 else {}

    def spend(self, agent: str, model: Model, usage: Usage) -> None:
        """Count an answer."""
        dollars = model.cost(usage)
        with self._lock:
            if dollars is None:
                self.unpriced.add(model.id)
            self._dollars.setdefault(agent, []).append(dollars or 0.0)
            self.spent = replace(
                self.spent,
                input_tokens=self.spent.input_tokens + usage.input_tokens,
                output_tokens=self.spent.output_tokens + usage.output_tokens,
                cache_read_tokens=self.spent.cache_read_tokens + usage.cache_read_tokens,
                cache_write_tokens=self.spent.cache_write_tokens + usage.cache_write_tokens,
                calls=self.spent.calls + usage.calls,
                cost_usd=math.fsum(amount for dollars in self._dollars.values() for amount in dollars),
            )
