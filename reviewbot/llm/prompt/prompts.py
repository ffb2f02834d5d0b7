"""Assignment → prompt: what the model is told, the stable part first so that it is cached.

Each part is the same for as many calls as possible: the protocol with the agent (every call for that agent), what the
change is with the files shown (every question about that bundle), and the question. Whatever comes from outside stands
inside fences.
"""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.core.agent import Scope
from reviewbot.core.finding import MODEL
from reviewbot.core.review import Grade
from reviewbot.llm.bundling import tokens
from reviewbot.llm.context.around import enclosing
from reviewbot.llm.prompt import change_text
from reviewbot.llm.prompt.fences import Fence

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewbot.core.agent import Agent, ChecklistItem
    from reviewbot.core.change import ChangedFile, ChangeSet
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Assignment
    from reviewbot.llm.bundling import Bundle, Piece

# Lines around each hunk: a function of ordinary length is seen whole.
_AROUND_LINES = 80
_ELSEWHERE = (
    "This repository is built with the same technologies, and is not the project that the agent's text describes: what "
    "it says of roles, workflow, commands and layout does not hold here. The repository's own conventions do."
)
_LOOKS = ("", "", "again.md", "again-3.md")


@dataclass(frozen=True, slots=True)
class Prompt:
    """What a conversation begins with.

    Attributes:
        system: Blocks that are the same for every call for this agent; the last one ends what is worth caching.
        change: What the change is; the same for every call of this review.
        bundle: The files of this call.
        question: What is asked for.
        nonce: Of its fences.
    """

    system: tuple[str, ...]
    change: str
    bundle: str
    question: str
    nonce: str

    @property
    def user(self) -> tuple[str, str, str]:
        """The blocks of the user's message."""
        return (self.change, self.bundle, self.question)

    @property
    def tokens(self) -> int:
        """How many tokens it has, estimated."""
        return sum(tokens(block) for block in (*self.system, *self.user))


class Prompts:
    """Builds the prompts of one agent on one change.

    Args:
        changes: The change.
        agent: Who reviews.
        assignment: Its files and grade.
        statements: What was said on this pull request before, one sentence each.
        fence: The fences of this run.
    """

    def __init__(
        self,
        changes: ChangeSet,
        agent: Agent,
        assignment: Assignment,
        statements: Sequence[str] = (),
        fence: Fence | None = None,
    ) -> None:
        self._changes = changes
        self._agent = agent
        self._statements = statements
        self.fence = fence or Fence()
        self._sized: dict[str, str] = {}
        self.items = applicable(agent, assignment)
        self._system = (_text("protocol.md"), _agent(agent, self.items, foreign=assignment.grade is Grade.STACK))
        self._change = "\n\n".join(
            [
                f"The fences of this run are called untrusted-{self.fence.nonce}.",
                f"# The change\n\n{self.fence.around(change_text.overview(changes))}",
                *self._conversation(),
            ]
        )

    @property
    def fixed(self) -> int:
        """How many tokens a call takes besides its bundle, estimated."""
        return sum(tokens(block) for block in (*self._system, self._change))

    def size(self, file: ChangedFile) -> int:
        """Give how many tokens a file takes in a bundle, estimated."""
        text = _file(file)
        # Most files are sent whole, and what stands around their hunks need not be looked up twice.
        if self._changes.file(file.path) is file:
            self._sized[file.path] = text
        return tokens(text)

    def files(self, bundle: Bundle) -> str:
        """Give the text with a bundle's files, the same for every question about them."""
        parts = ["# Your files"]
        parts += [self.fence.around(self._piece(piece)) for piece in bundle.pieces]
        if bundle.beside:
            parts.append("# What else this change does")
            parts += [self.fence.around(self._piece(piece)) for piece in bundle.beside]
        known = {piece.file.path for piece in (*bundle.pieces, *bundle.beside)}
        if rest := [change_text.brief(file) for file in self._changes.files if file.path not in known and file.hunks]:
            parts.append(f"# Changed as well, and not shown here\n\n{self.fence.around(change_text.rows(rest))}")
        return "\n\n".join(parts)

    def review(self, files: str) -> Prompt:
        """Ask for a review of a bundle, by what :meth:`files` gives."""
        return self._prompt(files, _text("review.md").format(count=len(self.items)))

    def left_out(self, items: Iterable[str]) -> str:
        """Give the question for verdicts that a review left out."""
        names = ", ".join(f"`{item}`" for item in items)
        return (
            f"Your review gave no verdict on these checklist ids: {names}. Give it for each of them now, under "
            "`items`; all other lists stay empty."
        )

    def again(self, files: str, number: int, findings: Sequence[Finding]) -> Prompt:
        """Ask what was overlooked.

        Args:
            files: What :meth:`files` gives.
            number: Which look it is, from 2 on.
            findings: What was found before.
        """
        listed = [f"{finding.path}:{finding.start_line} {finding.title}. {finding.body}" for finding in findings] or [
            "nothing"
        ]
        question = f"{_text(_LOOKS[number])}\n\n# Found already\n\n{self.fence.around(change_text.rows(listed))}"
        return self._prompt(files, question)

    def disprove(self, files: str, candidates: Sequence[Finding], posted: Sequence[Finding] = ()) -> Prompt:
        """Ask which candidates are wrong; how sure the first pass was is not told.

        Args:
            files: What :meth:`files` gives.
            candidates: What to judge.
            posted: What the checks are sure of, and nobody judges.
        """
        listed = []
        for number, finding in enumerate(candidates, 1):
            side = "removed lines" if finding.side == "LEFT" else "lines"
            lines = f"{finding.start_line}" + f"-{finding.end_line}" * (finding.end_line > finding.start_line)
            hint = "" if finding.check == MODEL else f", found by the check {finding.check}"
            listed.append(
                f"Candidate {number}: {finding.path}, {side} {lines}, checklist id {finding.item}, "
                f"severity {finding.severity}{hint}\n"
                f"Quote:\n{finding.evidence}\nComment: {finding.title}\n{finding.body}"
            )
        question = (
            f"{_text('disprove.md')}\n\n# The comments to judge\n\n"
            f"{self.fence.around(chr(10).join(f'{entry}{chr(10)}' for entry in listed))}\n\n"
            f"{self._posted(posted)}Judge each of the {len(candidates)} candidates by its number."
        )
        return self._prompt(files, question)

    def _prompt(self, files: str, question: str) -> Prompt:
        return Prompt(self._system, self._change, files, question, self.fence.nonce)

    def _conversation(self) -> list[str]:
        if not self._statements:
            return []
        listed = change_text.rows(self._statements)
        return [f"# Said on this pull request before; do not repeat it\n\n{self.fence.around(listed)}"]

    def _posted(self, findings: Sequence[Finding]) -> str:
        if not findings:
            return ""
        listed = [
            f"{finding.path}:{finding.start_line} {finding.title} ({finding.check} for {finding.item})"
            for finding in findings
        ]
        return f"# Posted by the checks in any case\n\n{self.fence.around(change_text.rows(listed))}\n\n"

    def _piece(self, piece: Piece) -> str:
        text = self._sized.pop(piece.file.path, "")
        return text if text and not piece.part else _file(piece.file, piece.part)


def applicable(agent: Agent, assignment: Assignment) -> tuple[ChecklistItem, ...]:
    """Give the items that hold here: a project's own rules only where the agent is that project's."""
    project = assignment.grade is not Grade.STACK
    return tuple(item for item in agent.checklist if project or item.scope is Scope.STACK)


def _file(file: ChangedFile, part: str = "") -> str:
    """Give a file's hunks, and the code around them."""
    around = change_text.snippets(enclosing(file, _AROUND_LINES))
    return change_text.hunks(file, part) + (f"\n\n(code around it, not changed)\n{around}" if around else "")


def _agent(agent: Agent, items: Sequence[ChecklistItem], *, foreign: bool) -> str:
    left = len(agent.checklist) - len(items)
    apart = f" {left} more are rules of another project and do not apply here." if left else ""
    elsewhere = f"\n\n{_ELSEWHERE}" if foreign else ""
    listed = "\n".join(f"- `{item.id}`: {item.title}" for item in items)
    sections = ", ".join(agent.sections) or "none: leave `sections` empty"
    return (
        f"# The agent: {agent.name}{elsewhere}\n\n{agent.body.strip()}\n\n"
        f"# Checklist ids\n\nThese {len(items)} ids are asked for.{apart}\n\n{listed}\n\n"
        f"Sections of the answer: {sections}."
    )


@cache
def _text(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").strip()
