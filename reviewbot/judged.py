"""What a model came to, and what it came to the last time: the words between the model's engine and the pipeline."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewbot.review import Usage

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewbot.finding import Finding
    from reviewbot.review import Failure, Section, Status


@dataclass(frozen=True)
class Judged:
    """What the model came to.

    Attributes:
        findings: Not yet identified; some are held back or placed already, with the reason.
        items: (agent, item) → status and why.
        sections: The agents' sections, as far as the model wrote them.
        files: Path → empty where the model saw all of it, else why not.
        failures: Calls that failed.
        usage: What it cost.
        remarks: Sentences the reader must know.
    """

    findings: tuple[Finding, ...] = ()
    items: Mapping[tuple[str, str], tuple[Status, str]] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    files: Mapping[str, str] = field(default_factory=dict)
    failures: tuple[Failure, ...] = ()
    usage: Usage = field(default_factory=Usage)
    remarks: tuple[str, ...] = ()


@dataclass(frozen=True)
class Before:
    """What is known from a review before this one, and from the conversation.

    Attributes:
        files: Paths whose difference the model has judged as it is now.
        findings: What it found in them.
        items: (agent, item) → status and why, of that review.
        sections: What it wrote for the summary; used where nothing is asked anew.
        said: What was said on this pull request, one sentence each; untrusted.
    """

    files: frozenset[str] = frozenset()
    findings: tuple[Finding, ...] = ()
    items: Mapping[tuple[str, str], tuple[Status, str]] = field(default_factory=dict)
    sections: tuple[Section, ...] = ()
    said: tuple[str, ...] = ()
