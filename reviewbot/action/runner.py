"""What the runner of a workflow reads from a step: outputs, the job summary, and its log."""

from __future__ import annotations

import secrets
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.action.account import Account
from reviewbot.core import printing
from reviewbot.core.errors import ConfigError
from reviewbot.output.markdown import foreign, pages

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reviewbot.output.markdown.tree import Block

# GitHub shows at most a megabyte of summary for a step.
_MOST_SUMMARY = 900_000


class Runner:
    """The runner of this step.

    Args:
        environment: Its environment; GITHUB_OUTPUT and GITHUB_STEP_SUMMARY may be missing outside of a workflow.
    """

    def __init__(self, environment: Mapping[str, str]) -> None:
        self._environment = environment
        self.account = Account(environment)
        # What the workflow was told last; an operator is told the same.
        self.verdict = ""
        # Whether it was told something that did not get there; then no run has succeeded.
        self.unwritten = False

    @property
    def workspace(self) -> Path | None:
        """The folder of the job, where a checkout may be."""
        name = self._environment.get("GITHUB_WORKSPACE")
        return Path(name) if name and Path(name).is_dir() else None

    def event(self) -> tuple[str, str]:
        """Give the name and the payload of the event.

        Raises:
            ConfigError: They are not there: this is not a workflow.
        """
        name, path = (self._environment.get(key, "") for key in ("GITHUB_EVENT_NAME", "GITHUB_EVENT_PATH"))
        if not name or not path:
            raise ConfigError(
                "GITHUB_EVENT_NAME and GITHUB_EVENT_PATH are not set: `reviewbot action` is a workflow's step"
            )
        try:
            return name, Path(path).read_text(encoding="utf-8")
        except (OSError, UnicodeDecodeError) as error:
            raise ConfigError(f"GITHUB_EVENT_PATH: {path}: cannot be read: {error}") from error

    def output(self, **values: str) -> None:
        """Set outputs; no value can end its own entry, since the delimiter is random."""
        self.verdict = values.get("verdict", self.verdict)
        for name, value in values.items():
            delimiter = f"end-{secrets.token_hex(16)}"
            self._append("GITHUB_OUTPUT", f"{name.replace('_', '-')}<<{delimiter}\n{value}\n{delimiter}\n")

    def summary(self, blocks: Iterable[Block]) -> None:
        """Add to the job summary; what does not fit is said."""
        first, *rest = pages.split(blocks, _MOST_SUMMARY)
        more = "\nThe rest is longer than GitHub shows; the review file has it.\n" if rest else ""
        self._append("GITHUB_STEP_SUMMARY", printing.inert(f"{first}{more}\n"))

    def say(self, sentence: str) -> None:
        """Write one line to the log."""
        printing.say(sentence)

    def commands(self, text: str) -> None:
        """Give the runner commands (annotations) to obey."""
        printing.out(text, exact=True)

    def _append(self, variable: str, text: str) -> None:
        path = self._environment.get(variable)
        if not path:
            return
        try:
            with Path(path).open("a", encoding="utf-8", errors="replace", newline="") as file:
                file.write(text)
        except OSError as error:
            self.unwritten = True
            self.say(f"{variable}: {path}: cannot be written: {error.strerror}")


def skipped(runner: Runner, sentence: str) -> int:
    """End a run in which there is nothing to do, and say so."""
    runner.say(sentence)
    runner.output(verdict="skipped")
    runner.summary(foreign.blocks(sentence))
    return 0
