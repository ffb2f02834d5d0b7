"""What the evidence for one agent and one file comes to."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.core.agent import SignalKind
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Candidate

if TYPE_CHECKING:
    from reviewbot.core.agent import Agent
    from reviewbot.core.reasons import Reason
    from reviewbot.core.review import Evidence

# One clear technology (weight 2 in the agent files) is a stack; a file's ending or a shared library is not.
STACK_THRESHOLD = 2.0
# From this weight on an import or a word separates stacks; a library that several share weighs less.
DECISIVE = 1.5

_OWN_WORDS = frozenset({SignalKind.IMPORT, SignalKind.TOKEN})


@dataclass(frozen=True, slots=True)
class Weighed:
    """One agent's evidence for one file."""

    agent: Agent
    evidence: tuple[Evidence, ...]
    prior: float

    @property
    def score(self) -> float:
        """The sum of it."""
        return round(sum(piece.weight for piece in self.evidence) + self.prior, 2)

    @property
    def speaks(self) -> bool:
        """Whether the file itself says something decisive, rather than only where it lies."""
        return any(piece.kind in _OWN_WORDS and abs(piece.weight) >= DECISIVE for piece in self.evidence)

    @property
    def required(self) -> bool:
        """Whether the file imports what the agent's stack is not without."""
        requires = self.agent.stack.requires
        return any(piece.kind is SignalKind.IMPORT and piece.pattern in requires for piece in self.evidence)

    @property
    def half(self) -> bool:
        """Whether the file is written in two dialects, of which this agent's is one."""
        return any(piece.kind in _OWN_WORDS and piece.weight >= DECISIVE for piece in self.evidence)

    def lost(self, reason: Reason) -> Candidate:
        """Give it as that of an agent that did not get the file."""
        return Candidate(self.agent.name, self.score, reason, self.evidence)


def why_lost(candidate: Weighed) -> Reason:
    """Say why another agent got the file."""
    against = sum(piece.weight for piece in candidate.evidence if piece.weight < 0)
    if against:
        return because(ReasonKind.CONTRADICTED, f"{against:+g}")
    return because(ReasonKind.WEAKER if candidate.score >= STACK_THRESHOLD else ReasonKind.TOO_LITTLE)
