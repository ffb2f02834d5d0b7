"""Changes for these tests: texts before and after, with the hunks that git makes of them, and a tree around them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from builders import change_set, changed

from reviewbot.changes.git import between
from reviewbot.core.change import FileKind

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reviewbot.core.change import ChangeSet
    from reviewbot.llm.context.snippet import Snippet


@dataclass
class Folder:
    """Files in memory, as a tree that notes what is read."""

    files: dict[str, str]
    readings: list[list[str]] = field(default_factory=list)

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(self.files)

    def read(self, paths: Iterable[str]) -> Mapping[str, str]:
        self.readings.append(sorted(paths))
        return {path: self.files[path] for path in self.readings[-1] if path in self.files}


def change(before: Mapping[str, str], after: Mapping[str, str]) -> tuple[ChangeSet, Folder]:
    """Give the change from some files to others, and the tree after it; what is the same is not in the change."""
    folder = Folder(dict(after))
    files = []
    for path in dict.fromkeys((*before, *after)):
        old, new = before.get(path), after.get(path)
        if old == new:
            continue
        kind = FileKind.ADDED if old is None else FileKind.DELETED if new is None else FileKind.MODIFIED
        files.append(changed(path, *between(old or "", new or ""), kind=kind, old_text=old, new_text=new))
    return change_set(*files, head_tree=folder), folder


def shown(snippets: Iterable[Snippet]) -> str:
    return "".join(f"{one.path}: {one.why}\n{one.numbered}\n" for one in snippets)
