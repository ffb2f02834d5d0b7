"""The result: a review, complete before anything is shown or posted.

Invariant: inline + summary + held back = all findings ever produced.
"""

from __future__ import annotations

from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotation at run time
from dataclasses import dataclass, field
from enum import StrEnum

from reviewbot.core.finding import Finding  # noqa: TC001 - pydantic reads the annotations of saved reviews at run time
from reviewbot.core.reasons import NO_REASON, Reason

SCHEMA_VERSION = 1


class Grade(StrEnum):
    """How well an agent matches its files."""

    PROJECT = "project"
    STACK = "stack"
    FALLBACK = "fallback"
    ANY = "any"
    PINNED = "pinned"
    FORCED = "forced"


class Status(StrEnum):
    """What a review says of one checklist item."""

    VIOLATED = "violated"
    NOT_CHECKED = "not_checked"
    PASSED = "passed"
    NOT_APPLICABLE = "not_applicable"


class Verdict(StrEnum):
    """What a review comes to. There is no "clean": silence is not proof.

    ``not_reviewed``: there is code in the change, and nothing looked at any of it.
    """

    FINDINGS = "findings"
    NO_FINDINGS = "no_findings"
    INCOMPLETE = "incomplete"
    NOT_REVIEWED = "not_reviewed"


@dataclass(frozen=True, slots=True)
class Evidence:
    """A signal that matched: its kind, pattern and weight, and the path it matched in (negative weight: against)."""

    kind: str
    pattern: str
    path: str
    weight: float
    identity: bool = False


@dataclass(frozen=True, slots=True)
class Candidate:
    """An agent that was weighed for a file and lost, with its score and why it lost."""

    agent: str
    score: float
    reason: Reason
    evidence: tuple[Evidence, ...] = ()


@dataclass(frozen=True, slots=True)
class FileMatch:
    """Why one file went to one agent: score, its own evidence, and the losing agents."""

    path: str
    score: float
    reason: Reason
    evidence: tuple[Evidence, ...] = ()
    losers: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Assignment:
    """An agent and the files it reviews.

    Attributes:
        agent: Its name.
        grade: How well it matches; the best grade among its files.
        files: Paths, in the order of the change set.
        score: Sum of the evidence.
        evidence: What matched, without repeats, strongest first.
        matches: One for each file.
    """

    agent: str
    grade: Grade
    files: tuple[str, ...]
    score: float
    evidence: tuple[Evidence, ...] = ()
    matches: tuple[FileMatch, ...] = ()


@dataclass(frozen=True, slots=True)
class Unassigned:
    """A file no agent claims, the reason, and the agents that were weighed."""

    path: str
    reason: Reason
    losers: tuple[Candidate, ...] = ()


@dataclass(frozen=True, slots=True)
class Routing:
    """Which agents review each file: assignments, the files nobody claims, and agents that there was no place for."""

    assignments: tuple[Assignment, ...]
    unassigned: tuple[Unassigned, ...] = ()
    left_out: tuple[str, ...] = ()

    @property
    def agents(self) -> tuple[str, ...]:
        """Names of those that review, in their order."""
        return tuple(assignment.agent for assignment in self.assignments)


@dataclass(frozen=True, slots=True)
class Source:
    """Where the change came from: kind (``patch``, ``git``, ``github``), base and head."""

    kind: str
    base: str | None = None
    head: str | None = None


@dataclass(frozen=True, slots=True)
class Section:
    """One section of the summary, in the order of the agent's response format.

    Attributes:
        agent: The agent.
        title: Its name in the response format.
        body: Markdown.
        by: Who wrote it: ``checks`` (assembled from findings and ledger) or ``model``.
    """

    agent: str
    title: str
    body: str
    by: str = "checks"


@dataclass(frozen=True, slots=True)
class Note:
    """A convention broken in many places, said once.

    Attributes:
        agent: The agent.
        item: The checklist item.
        title: What is broken.
        body: Why it matters and what to do.
        count: How many findings it stands for.
        check: The check that found them; empty in reviews of older versions.
    """

    agent: str
    item: str
    title: str
    body: str
    count: int
    check: str = ""


@dataclass(frozen=True, slots=True)
class ItemVerdict:
    """The ledger's line for one checklist item.

    Attributes:
        agent: The agent.
        item: The item's id.
        title: The item's rule.
        status: Violated, passed, not_applicable or not_checked.
        decided_by: Check ids, ``model``, or empty where nobody decided.
        findings: Fingerprints that violate it.
        reason: Why the status is what it is, in words.
    """

    agent: str
    item: str
    title: str
    status: Status
    decided_by: tuple[str, ...] = ()
    findings: tuple[str, ...] = ()
    reason: Reason = NO_REASON


@dataclass(frozen=True, slots=True)
class FileCoverage:
    """What was done with one file.

    Attributes:
        path: The file.
        status: ``reviewed`` (whole text seen), ``partial`` (hunks only), ``skipped`` (nobody's file,
            or nothing in it can be read) or ``failed``.
        reason: In words; which engines, or why not.
        hunks: How many hunks it has.
        hunks_reviewed: How many of them an engine looked at.
        engines: What looked at it: ``checks``, ``claude``.
    """

    path: str
    status: str
    reason: Reason
    hunks: int = 0
    hunks_reviewed: int = 0
    engines: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Coverage:
    """Every file of the change, and what was done with it."""

    files: tuple[FileCoverage, ...] = ()


@dataclass(frozen=True, slots=True)
class Failure:
    """Something that failed: the stage (``checks``, ``model``, ``posting``…) and a sentence."""

    stage: str
    message: str


@dataclass(frozen=True, slots=True)
class Usage:
    """What the review cost; tokens and calls are the model's, seconds are wall time.

    Attributes:
        input_tokens: Of the prompts, neither written to the cache nor read from it.
        output_tokens: Of the answers, thinking included.
        cache_read_tokens: Read from the prompt cache.
        cache_write_tokens: Written to the prompt cache.
        calls: Answers that came.
        cost_usd: In US dollars, of the calls whose price is known.
        expected_usd: What the calls were expected to cost, before the first one.
        seconds: Wall time of the model's part.
        by_agent: Of ``cost_usd``, where several agents reviewed: what each of them cost.
    """

    input_tokens: int = 0
    output_tokens: int = 0
    cache_read_tokens: int = 0
    cache_write_tokens: int = 0
    calls: int = 0
    cost_usd: float = 0.0
    expected_usd: float = 0.0
    seconds: float = 0.0
    by_agent: Mapping[str, float] = field(default_factory=dict)


@dataclass(frozen=True)
class Review:
    """A finished review; :mod:`reviewbot.output.formats.json` writes it field by field.

    Attributes:
        source: Where the change came from.
        engines: What looked at it: ``checks``, ``claude``.
        verdict: Findings, no findings, incomplete, or not reviewed.
        findings: All of them, placed, in reading order.
        not_reviewed: Paths of the code in the change that nothing looked at.
        remarks: Sentences the reader must know: what a bare diff could not show, edited agents…
        remaining: See the classes above.
    """

    source: Source
    engines: tuple[str, ...]
    verdict: Verdict
    sections: tuple[Section, ...] = ()
    notes: tuple[Note, ...] = ()
    assignments: tuple[Assignment, ...] = ()
    unassigned: tuple[Unassigned, ...] = ()
    findings: tuple[Finding, ...] = ()
    ledger: tuple[ItemVerdict, ...] = ()
    coverage: Coverage = field(default_factory=Coverage)
    failures: tuple[Failure, ...] = ()
    usage: Usage = field(default_factory=Usage)
    remarks: tuple[str, ...] = ()
    not_reviewed: tuple[str, ...] = ()
    schema_version: int = SCHEMA_VERSION
