"""A screen of a training module lacks what the player needs, or its id is taken."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING

from reviewbot.checks.changeset import Draft
from reviewbot.checks.helpers.added_lines import post_image
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.core.globs import matches
from reviewbot.python.syntax import Source

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewbot.checks.changeset import Context
    from reviewbot.core.change import ChangedFile, Tree
    from reviewbot.python.syntax import Node

CHECK = Check(
    id="screens-malformed",
    title="A screen has no id or type, or its id is not its own",
    why=(
        "The player picks the component by `type` and stores the answers under `id`: without a type nothing is shown, "
        "and two screens with one id overwrite each other's answers."
    ),
    fix=(
        "Give each screen a `type`, and an `id` of the form `a{n}_s{n}_{purpose}` that no other screen of the module "
        "has."
    ),
    leaves_alone=(
        "Screens that were there before, and screens built by code. The form of an id where neither a document of "
        "the repository nor another screen of the file has it, and in modules whose older screens have shorter ids; it "
        "is reported once for each file."
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    items=("trainsmart-senior-backend-architect/screens-as-jsonb",),
    decides=(),
    paths=("*.py",),
    ignores=("tests/", "test_*.py"),
    needs=Needs.CHANGE,
    engine="change-set",
)

_FORM = re.compile(r"a\d+_s\d+[a-z]?_\w+")
_DOCUMENTS = ("CLAUDE.md", "AGENTS.md", "README*", "CONTRIBUTING*", "docs/**/*.md")
_DOCUMENTED = re.compile(r"\ba(?:\d+|\{\w+\}|<\w+>|N|X)_s(?:\d+|\{\w+\}|<\w+>|N|X)[a-z]?_[\w{<\[]")


def run(context: Context) -> Iterator[Draft]:
    """Report each malformed screen that the change adds or alters."""
    documented = cache(lambda: _is_documented(context.changes.head_tree))
    for file in context.files:
        text = post_image(file)
        if text is not None and "screens" in text:
            yield from _in_file(file, text, documented)


def _is_documented(tree: Tree | None) -> bool:
    """Tell whether the repository says what an id looks like."""
    documents = sorted(path for path in tree.paths if matches(_DOCUMENTS, path)) if tree is not None else ()
    return tree is not None and any(_DOCUMENTED.search(text) for text in tree.read(documents).values())


def _in_file(file: ChangedFile, text: str, documented: Callable[[], bool]) -> Iterator[Draft]:
    screens = list(_screens(Source(text).root))
    taken = Counter(screen.id for screen in screens if screen.id)
    free_form = any(not _FORM.fullmatch(screen.id) for screen in screens if not screen.added(file))
    for screen in screens:
        if not screen.added(file):
            continue
        missing = [key for key in ("id", "type") if key not in screen.keys]
        if missing:
            yield screen.draft(file, f"The screen has no `{'` and no `'.join(missing)}`")
        elif taken[screen.id] > 1:
            taken[screen.id] = 0
            yield screen.draft(file, f"Another screen of this module has the id `{screen.id}` as well")
        elif screen.id and not free_form and not _FORM.fullmatch(screen.id):
            free_form = True
            if not any(_FORM.fullmatch(other) for other in taken) and not documented():
                continue
            yield screen.draft(file, f"The id `{screen.id}` does not read `a{{n}}_s{{n}}_{{purpose}}`", Severity.LOW)


@dataclass(frozen=True, slots=True)
class _Screen:
    """A dictionary in a list of screens: its plain keys, and its id where that is a plain string."""

    node: Node
    keys: frozenset[str]
    id: str

    def added(self, file: ChangedFile) -> bool:
        place = self.node.range()
        return not file.added_lines.isdisjoint(range(place.start.line + 1, place.end.line + 2))

    def draft(self, file: ChangedFile, title: str, severity: Severity | None = None) -> Draft:
        first, last = self.node.range().start.line + 1, self.node.range().end.line + 1
        evidence = "\n".join(self.node.text().split("\n", 2)[:2])
        return Draft(file.path, first, min(first + 1, last), title, evidence, severity=severity)


def _screens(root: Node) -> Iterator[_Screen]:
    for pair in root.find_all(kind="pair"):
        key, value = pair.field("key"), pair.field("value")
        if key is None or value is None or _plain(key) != "screens" or value.kind() != "list":
            continue
        for node in value.children():
            pairs = [child for child in node.children() if child.kind() == "pair"]
            if node.kind() == "dictionary" and not any(child.kind() == "dictionary_splat" for child in node.children()):
                entries = {_plain(name): entry.field("value") for entry in pairs if (name := entry.field("key"))}
                of_id = entries.get("id")
                yield _Screen(node, frozenset(entries), _plain(of_id) if of_id is not None else "")


def _plain(node: Node) -> str:
    """Give the value of a plain string; empty for anything else."""
    match = re.fullmatch(r"""(["'])([^"'{}]*)\1""", node.text())
    return match[2] if match else ""
