"""Assignment → prompt: what the model is told, the stable part first so that it is cached.

Three parts, each the same for as many calls as possible: the protocol with the agent (every call for that agent), what
the change is (every call of this review), and the bundle. Whatever comes from outside stands inside fences.
"""

from __future__ import annotations

import threading
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.agent import Scope
from reviewbot.context import callers, definitions, enclosing, remaining
from reviewbot.packing import tokens
from reviewbot.prompt import change as shown
from reviewbot.prompt.fences import Fence
from reviewbot.review import Grade

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from reviewbot.agent import Agent, ChecklistItem
    from reviewbot.change import ChangedFile, ChangeSet
    from reviewbot.context import Callers, Remaining, Snippet
    from reviewbot.finding import Finding
    from reviewbot.packing import Bundle, Piece
    from reviewbot.review import Assignment

# Definitions beside a bundle: enough for the models and schemas it names, not for the whole program.
_DEFINITION_LINES = 240
# Lines around each hunk: a function of ordinary length is seen whole.
_AROUND_LINES = 80
# How many files may be read to find callers; one request to GitHub.
_MOST_CALLING_FILES = 100
# More names that nothing uses are a file that is gone.
_MOST_UNUSED = 12


@dataclass(frozen=True, slots=True)
class Prompt:
    """One call's input.

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
        found: What the checks found in them.
        said: What was said on this pull request before, one sentence each.
        fence: The fences of this run.
    """

    def __init__(
        self,
        changes: ChangeSet,
        agent: Agent,
        assignment: Assignment,
        found: Sequence[Finding] = (),
        said: Sequence[str] = (),
        fence: Fence | None = None,
    ) -> None:
        self._changes = changes
        self._agent = agent
        self._found = found
        self._said = said
        self._fence = fence or Fence()
        self._bundles: dict[int, tuple[Bundle, str]] = {}
        self._sized: dict[str, str] = {}
        self._one_by_one = threading.Lock()
        self.items = applicable(agent, assignment)
        self._system = (_text("protocol.md"), _agent(agent, self.items))
        self._change = "\n\n".join(
            [
                f"The fences of this run are called untrusted-{self._fence.nonce}.",
                f"# The change\n\n{self._fence.around(shown.overview(changes))}",
                *self._before(),
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

    def review(self, bundle: Bundle) -> Prompt:
        """Ask for a review of a bundle."""
        number = len(self.items)
        question = f"Review these files. Give a verdict for each of the {number} checklist ids."
        return self._prompt(self._system, bundle, question)

    def left_out(self, bundle: Bundle, items: Iterable[str]) -> Prompt:
        """Ask for verdicts that a review left out."""
        names = ", ".join(f"`{item}`" for item in items)
        question = f"Your review gave no verdict on these checklist ids: {names}. Give it for each of them now."
        return self._prompt(self._system, bundle, question)

    def refute(self, bundle: Bundle, candidates: Sequence[Finding]) -> Prompt:
        """Ask which candidates are wrong; how sure the first pass was is not told."""
        listed = []
        for number, finding in enumerate(candidates, 1):
            side = "removed lines" if finding.side == "LEFT" else "lines"
            lines = f"{finding.start_line}" + f"-{finding.end_line}" * (finding.end_line > finding.start_line)
            listed.append(
                f"Candidate {number}: {finding.path}, {side} {lines}, checklist id {finding.item}, "
                f"severity {finding.severity}\n"
                f"Quote:\n{finding.evidence}\nComment: {finding.title}\n{finding.body}"
            )
        question = (
            f"# The comments to judge\n\n{self._fence.around(chr(10).join(f'{one}{chr(10)}' for one in listed))}\n\n"
            f"Judge each of the {len(candidates)} candidates by its number."
        )
        return self._prompt((_text("refute.md"), _rules(self.items)), bundle, question)

    def _prompt(self, system: tuple[str, ...], bundle: Bundle, question: str) -> Prompt:
        # A bundle is shown up to three times, and looking up its definitions takes a while. It is kept, so that no
        # other one gets its id. One after the other: the first call can begin while the others are made ready.
        with self._one_by_one:
            if id(bundle) not in self._bundles:
                self._bundles[id(bundle)] = (bundle, self._files(bundle))
        _, files = self._bundles[id(bundle)]
        return Prompt(system, self._change, files, question, self._fence.nonce)

    def _before(self) -> list[str]:
        if not self._said:
            return []
        return [f"# Said on this pull request before; do not repeat it\n\n{self._fence.around(shown.rows(self._said))}"]

    def _files(self, bundle: Bundle) -> str:
        parts = ["# The files to review"]
        parts += [self._fence.around(self._piece(piece)) for piece in bundle.pieces]
        used = definitions(self._changes, bundle.files, _DEFINITION_LINES, hunk_limit=_AROUND_LINES)
        parts += self._section("Definitions that the change uses, and does not change", used.snippets, used.left_out)
        calls = callers(self._changes, bundle.files, most_files=_MOST_CALLING_FILES)
        if calls.calls:
            lines = [f"{call.path}:{call.line} {call.text}" for call in calls.calls]
            more = [f"and {calls.more} more"] if calls.more else []
            parts.append(f"# Where changed functions are called\n\n{self._fence.around(shown.rows([*lines, *more]))}")
        names = remaining(self._changes, bundle.files, most_files=_MOST_CALLING_FILES)
        if left := list(_left(names, calls)):
            parts.append(f"# What still uses names that are gone\n\n{self._fence.around(shown.rows(left))}")
        if evidence := [_evidence(finding) for finding in self._found if finding.path in bundle.paths]:
            parts.append(
                f"# Found by the checks already; do not repeat it\n\n{self._fence.around(shown.rows(evidence))}"
            )
        return "\n\n".join(parts)

    def _piece(self, piece: Piece) -> str:
        text = self._sized.pop(piece.file.path, "")
        return text if text and not piece.part else _file(piece.file, piece.part)

    def _section(self, title: str, snippets: Sequence[Snippet], left_out: Sequence[str]) -> list[str]:
        if not snippets:
            return []
        text = shown.snippets(snippets)
        if left_out:
            text += f"\n\nNot shown for lack of room: {', '.join(left_out)}"
        return [f"# {title}\n\n{self._fence.around(text)}"]


def applicable(agent: Agent, assignment: Assignment) -> tuple[ChecklistItem, ...]:
    """Give the items that hold here: a project's own rules only where the agent is that project's."""
    project = assignment.grade is not Grade.STACK
    return tuple(item for item in agent.checklist if project or item.scope is Scope.STACK)


def _file(file: ChangedFile, part: str = "") -> str:
    """Give a file's hunks, and the code around them."""
    around = shown.snippets(enclosing(file, _AROUND_LINES))
    return shown.hunks(file, part) + (f"\n\n(code around it, not changed)\n{around}" if around else "")


def _agent(agent: Agent, items: Sequence[ChecklistItem]) -> str:
    left = len(agent.checklist) - len(items)
    apart = f" {left} more are rules of another project and do not apply here." if left else ""
    listed = "\n".join(f"- `{item.id}`: {item.title}" for item in items)
    sections = ", ".join(agent.sections) or "none: leave `sections` empty"
    return (
        f"# The agent: {agent.name}\n\n{agent.body.strip()}\n\n"
        f"# Checklist ids\n\nThese {len(items)} ids are asked for.{apart}\n\n{listed}\n\n"
        f"Sections of the answer: {sections}."
    )


def _rules(items: Sequence[ChecklistItem]) -> str:
    listed = "\n".join(f"- `{item.id}`: {item.title} {item.text}".rstrip() for item in items)
    return f"# The checklist that the reviewer follows\n\n{listed}"


def _left(names: Sequence[Remaining], calls: Callers) -> Iterator[str]:
    """Give what still uses names that are gone, a name a line; in one line those that nothing uses."""
    for one in names:
        if one.uses:
            yield f"`{one.symbol}`: {'; '.join(one.uses)}"
    unused = [*calls.uncalled, *(one.symbol for one in names if not one.uses)]
    if unused:
        seen: Remaining | Callers = names[0] if names else calls
        some = f"the nearest {seen.searched} of {seen.candidates} Python files"
        where = "any Python file" if seen.searched == seen.candidates else some
        listed = ", ".join(f"`{name}`" for name in unused[:_MOST_UNUSED])
        more = f" and {len(unused) - _MOST_UNUSED} more" if len(unused) > _MOST_UNUSED else ""
        yield f"no use found besides the diff, in {where}: {listed}{more}"


def _evidence(finding: Finding) -> str:
    return f"{finding.path}:{finding.start_line} {finding.title} ({finding.check} for {finding.item})"


@cache
def _text(name: str) -> str:
    return Path(__file__).with_name(name).read_text(encoding="utf-8").strip()
