"""What a model came to, and what it came to the last time: the words between the model's engine and the pipeline."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewbot.core.review import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewbot.core.finding import Confidence, Finding, Severity
    from reviewbot.core.reasons import Reason
    from reviewbot.core.review import Failure, Section, Status


@dataclass(frozen=True)
class Judged:
    """What the model came to.

    Attributes:
        findings: Not yet identified; some are held back or placed already, with the reason.
        hints: What became of findings of the checks that a model was asked about, by the ``id`` of each.
        items: (agent, item) → status and why.
        sections: The agents' sections, as far as the model wrote them.
        files: Path → why the model did not see all of it, None where it did.
        beside: Paths that no agent reviews and that the model read with an agent's files.
        failures: Calls that failed.
        usage: What it cost.
        remarks: Sentences the reader must know.
    """

    findings: tuple[Finding, ...] = ()
    hints: Mapping[int, Finding] = field(default_factory=dict)
    items: Mapping[tuple[str, str], tuple[Status, Reason]] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    files: Mapping[str, Reason | None] = field(default_factory=dict)
    beside: frozenset[str] = frozenset()
    failures: tuple[Failure, ...] = ()
    usage: Usage = field(default_factory=Usage)
    remarks: tuple[str, ...] = ()


def key_of(hint: Finding) -> str:
    """Give what makes a check's hint the same at the next review: no line number is in it."""
    line = next((line for line in hint.evidence.splitlines() if line.strip()), "")
    parts = (hint.agent, hint.check, hint.path, hint.symbol, " ".join(line.split()))
    return hashlib.sha256("\0".join(parts).encode(errors="replace")).hexdigest()[:10]


@dataclass(frozen=True)
class Memory:
    """What is known from a review before this one, and from the conversation.

    Attributes:
        files: Paths whose difference the model has judged as it is now.
        findings: What it found in them.
        items: (agent, item) → status and why, of that review.
        sections: What it wrote for the summary; used where nothing is asked anew.
        hints: :func:`key_of` a hint of the checks → severity and confidence that the second pass gave it, and why it is
            held back; None where it is not.
        statements: What was said on this pull request, one sentence each; untrusted.
    """

    files: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()
    items: Mapping[tuple[str, str], tuple[Status, Reason]] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    hints: Mapping[str, tuple[Severity, Confidence, Reason | None]] = field(default_factory=dict)
    statements: tuple[str, ...] = ()
