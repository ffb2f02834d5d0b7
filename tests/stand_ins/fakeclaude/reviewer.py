"""A script that reviews as the program asks for it: all items answered, and the findings that it is told to report."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from fakeclaude.words import Say

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fakeclaude.words import Ask

_FILES = re.compile(r"^=== (\S+) \((.*?)(?=^</untrusted|\Z)", re.MULTILINE | re.DOTALL)
_IDS = re.compile(r"^- `([a-z0-9-]+)`:", re.MULTILINE)


@dataclass
class Reviewer:
    """Answers each question of a review.

    Attributes:
        findings: What to report in each file that shows the quote; ``item`` and more may be left out.
        refuted: Titles that the second pass finds wrong.
        delay: Seconds until an answer begins.
        asked: The kinds of questions so far: ``review``, ``items``, ``disprove``.
    """

    findings: Sequence[dict[str, Any]] = ()
    refuted: Sequence[str] = ()
    delay: float = 0.0
    asked: list[str] = field(default_factory=list)

    def __call__(self, ask: Ask) -> Say:
        """Answer."""
        question = ask.question
        kind = (
            "disprove"
            if "Judge each of the" in question
            else "items"
            if question.startswith("Your review gave no verdict")
            else "review"
        )
        self.asked.append(kind)
        if kind == "disprove":
            return Say.json({**_EMPTY, "verdicts": list(self._verdicts(question))}, delay=self.delay)
        if kind == "items":
            named = re.findall(r"`([a-z0-9-]+)`", question)
            return Say.json({**_EMPTY, "items": [_item(one) for one in named if one != "items"]}, delay=self.delay)
        ids = _IDS.findall(ask.system[1].partition("# Checklist ids")[2])
        found = [
            {"item": ids[0], "path": path, **_BARE, **one}
            for path, shown in _FILES.findall(ask.user[1])
            for one in self.findings
            if one["quote"] in shown
        ]
        violated = {one["item"] for one in found}
        answer = {
            **_EMPTY,
            "findings": found,
            "items": [_item(one, "violated" if one in violated else "passed") for one in ids],
        }
        return Say.json(answer, delay=self.delay)

    def _verdicts(self, question: str) -> Any:
        for number, text in re.findall(r"Candidate (\d+):(.*?)(?=Candidate \d+:|\Z)", question, re.DOTALL):
            wrong = any(title in text for title in self.refuted)
            verdict = "refuted" if wrong else "stands"
            yield {"candidate": int(number), "verdict": verdict, "evidence": "seen in the code", **_AS_IT_IS}


_EMPTY: dict[str, Any] = {"findings": [], "verdicts": [], "items": [], "sections": [], "manipulation": []}
_AS_IT_IS = dict.fromkeys(("path", "line", "same_as", "severity", "title", "body", "quote"))
_BARE = {
    "line": None,
    "side": "new",
    "severity": "high",
    "confidence": "high",
    "title": "This goes wrong",
    "body": "Under load two requests meet here. Lock the row.",
    "replacement": None,
}


def _item(name: str, verdict: str = "passed") -> dict[str, str]:
    return {"item": name, "verdict": verdict, "reason": "looked at"}
