"""A model that reports what a test tells it to, for the Action with a model."""

from __future__ import annotations

import re
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from fakeclaude import Ask, FakeClaude, Say
from judging import asks_items, asks_refutation, said, shows, stands

if TYPE_CHECKING:
    from collections.abc import Iterator

    import pytest


class Reviewer:
    """A script that reports what it is told to, for the files it is shown, and remembers which those were."""

    def __init__(self, *findings: dict[str, Any], **more: Any) -> None:
        self.findings = list(findings)
        self.more = more
        self.seen: list[str] = []

    def __call__(self, ask: Ask) -> Say:
        if asks_refutation(ask):
            return stands(ask)
        if asks_items(ask):
            return Say.json(said())
        here = re.findall(r"^=== (\S+) \(", ask.user[1], re.MULTILINE)
        self.seen += here
        ids = re.findall(r"^- `([\w-]+)`:", ask.system[1][ask.system[1].index("# Checklist ids") :], re.MULTILINE)
        told = [one for one in self.findings if shows(ask, one["path"])]
        violated = {one["item"] for one in told}
        items = [
            {"item": item, "verdict": "violated" if item in violated else "passed", "reason": "seen"} for item in ids
        ]
        return Say.json(said(findings=told, items=items, **self.more))

    def asked(self) -> list[str]:
        """Give the files seen since the last time."""
        seen, self.seen = self.seen, []
        return sorted(seen)


@contextmanager
def asking(reviewer: Reviewer, monkeypatch: pytest.MonkeyPatch) -> Iterator[FakeClaude]:
    with FakeClaude(reviewer) as fake:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", fake.key)
        monkeypatch.setattr("reviewbot.llm.claude.time.sleep", lambda _: None)
        yield fake
