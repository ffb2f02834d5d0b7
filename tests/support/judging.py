"""A small change, an agent for it, and scripts for the fake Claude: what tests of the model's part begin with."""

from __future__ import annotations

import re
import threading
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

import builders
from fakeclaude import Ask, FakeClaude, Say

from reviewbot.checks import catalog
from reviewbot.core.review import Assignment, Grade, Review
from reviewbot.llm.bundling import Bundle, Piece
from reviewbot.llm.claude import Claude
from reviewbot.llm.judge import Judge
from reviewbot.review import pipeline
from reviewbot.settings.config import Config
from reviewbot.settings.loading import Settings

if TYPE_CHECKING:
    from reviewbot.core.change import ChangedFile, ChangeSet

ITEMS = ("races", "authorisation", "design")
AGENT = replace(
    builders.agent("keeper", *(builders.item(name) for name in ITEMS), sections=("Analysis", "Notes")),
    body="You keep watch. " * 400,  # long enough to be cached
)
Script = Callable[[Ask], Say]
EMPTY: dict[str, Any] = {"findings": [], "verdicts": [], "items": [], "sections": [], "manipulation": []}


def module(path: str, *lines: str, start: int = 1) -> ChangedFile:
    """Give a new part of a file, known by its hunk alone."""
    return builders.changed(path, builders.hunk(start, *(f"+{line}" for line in lines)))


def full(path: str, text: str, changed: set[int] | None = None) -> ChangedFile:
    """Give a file whose whole text is known, some of its lines changed (all where nothing is said), in one hunk."""
    lines = text.split("\n")
    wanted = set(range(1, len(lines) + 1)) if changed is None else changed
    first, last = (min(wanted), max(wanted)) if wanted else (1, 1)
    rows = [f"{'+' if n in wanted else ' '}{lines[n - 1]}" for n in range(first, last + 1)]
    return builders.changed(path, builders.hunk(first, *rows), new_text=text)


def two_files() -> ChangeSet:
    """Give the usual change."""
    return builders.change_set(
        module("app/approve.py", "def approve(row):", "    row.status = 'approved'", "    save(row)"),
        module("app/remove.py", "def remove(row, user):", "    delete(row)", "    notify(user)"),
    )


def found(quote: str, path: str = "app/approve.py", **more: Any) -> dict[str, Any]:
    """Give one finding of a reply."""
    base = {
        "item": "races",
        "path": path,
        "quote": quote,
        "line": None,
        "side": "new",
        "severity": "high",
        "confidence": "high",
        "title": "Two at once both pass",
        "body": "The second write wins. Lock the row.",
        "replacement": None,
    }
    return {**base, **more}


def reply(*findings: Mapping[str, Any], items: Mapping[str, str] | None = None, **more: Any) -> dict[str, Any]:
    """Give an answer to a review: all items passed but those of findings, unless it is said."""
    violated = {one["item"] for one in findings}
    told = {name: "violated" if name in violated else "passed" for name in ITEMS} if items is None else items
    listed = [{"item": name, "verdict": verdict, "reason": "seen"} for name, verdict in told.items()]
    return {**EMPTY, "findings": list(findings), "items": listed, **more}


def said(**lists: Any) -> dict[str, Any]:
    """Give an answer with some lists filled."""
    return {**EMPTY, **lists}


def verdict(candidate: int, what: str = "stands", **more: Any) -> dict[str, Any]:
    """Give a verdict of the second pass."""
    names = ("path", "line", "same_as", "severity", "title", "body", "quote")
    return {"candidate": candidate, "verdict": what, "evidence": "seen", **dict.fromkeys(names), **more}


def asks_review(ask: Ask) -> bool:
    return ask.question.startswith("Review this change")


def asks_items(ask: Ask) -> bool:
    return ask.question.startswith("Your review gave no verdict")


def asks_refutation(ask: Ask) -> bool:
    return "Judge each of the" in ask.question


def asks_again(ask: Ask) -> bool:
    return "# Found already" in ask.question


def candidates(ask: Ask) -> list[int]:
    """Give the numbers of the candidates that a second pass is to judge."""
    return [int(number) for number in re.findall(r"^Candidate (\d+):", ask.question, re.MULTILINE)]


def stands(ask: Ask) -> Say:
    """Let every candidate stand."""
    return Say.json(said(verdicts=[verdict(number) for number in candidates(ask)]))


def shows(ask: Ask, path: str) -> bool:
    """Tell whether a file is among those to review."""
    return f"=== {path} (" in ask.user[1]


def script(*findings: Mapping[str, Any], refute: Script = stands, **more: Any) -> Script:
    """Give a script that reports findings for the files it is shown; the second pass lets them stand."""

    def says(ask: Ask) -> Say:
        if asks_refutation(ask):
            return refute(ask)
        if asks_items(ask) or asks_again(ask):
            return Say.json(said())
        return Say.json(reply(*(one for one in findings if shows(ask, str(one["path"]))), **more))

    return says


@dataclass
class Waits:
    """Stands for sleeping: remembers how long, and does not sleep."""

    seconds: list[float] = field(default_factory=list)
    now: float = 0.0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def __call__(self, seconds: float) -> None:
        with self.lock:
            self.seconds.append(seconds)
            self.now += seconds


def settings(config: Config | None = None) -> Settings:
    return Settings(config or Config(max_bundle_tokens=1_000), (AGENT,), (AGENT,))


@contextmanager
def claude(fake: FakeClaude, sleep: Callable[[float], None] | None = None, **more: Any) -> Iterator[Claude]:
    """Give the real client, asking the fake; nothing sleeps unless it is said."""
    yield Claude(fake.key, fake.url, sleep=sleep or Waits(), **more)


def review(asked: Any, changes: ChangeSet | None = None, config: Config | None = None, **more: Any) -> Review:
    """Review by the whole pipeline, with one agent for every file."""
    chosen = settings(config)
    judge = Judge(asked, chosen.config, **more)
    return pipeline.review(changes or two_files(), chosen, catalog.load, judge)


def reviewed(says: Script, changes: ChangeSet | None = None, config: Config | None = None, **more: Any) -> Review:
    """Review with a script that answers."""
    with FakeClaude(says) as fake, claude(fake) as asked:
        return review(asked, changes, config, **more)


def apart() -> Config:
    """Give a configuration in which each of the usual files is a bundle of its own."""
    return Config(max_bundle_tokens=40)


def assignment(changes: ChangeSet, grade: Grade = Grade.FORCED) -> Assignment:
    return Assignment(AGENT.name, grade, tuple(file.path for file in changes.files), 1.0)


def bundle(*files: ChangedFile) -> Bundle:
    return Bundle(tuple(Piece(file, "", 1) for file in files))
