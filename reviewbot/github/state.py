"""What is remembered between two reviews of a pull request, in the marker of the summary.

Other workflows write under the same name, so this may be somebody else's: what it says may move a comment into the
summary, and never holds a finding back or keeps the checks or the model from looking.

It has no history in it, only hashes of what was reviewed: force-pushes, rebases and merges of the base change
nothing as long as a file's own difference stays the same.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from reviewbot.github.markers import packed

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewbot.core.change import ChangedFile, ChangeSet

# Leaves most of a comment's 65,536 characters to the summary itself.
_MOST_STATE = 14_000


@dataclass(frozen=True, slots=True)
class Dismissal:
    """Who does not want to hear of a finding, and why."""

    by: str
    why: str


@dataclass(frozen=True)
class State:
    """What the last complete review knew.

    Attributes:
        head: The commit it reviewed; empty where there was no review.
        files: Hash of the path → hash of its difference. A file that is missing counts as changed.
        findings: Fingerprints of everything it found.
        dismissed: Fingerprint → who dismissed it; only to know what the beginning of a fingerprint stood for.
        judged: What a model came to, sealed, see :mod:`reviewbot.llm.last_review`; empty where none was asked.
    """

    head: str = ""
    files: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[str, ...] = ()
    dismissed: Mapping[str, Dismissal] = field(default_factory=dict)
    judged: Mapping[str, Any] = field(default_factory=dict)

    def unchanged(self, file: ChangedFile) -> bool:
        """Tell whether the difference of a file is the one that was reviewed."""
        return self.files.get(_short(file.path)) == difference(file)

    def data(self) -> dict[str, Any]:
        """Give what goes into the marker: what there is room for; what is missing is only reviewed again."""
        files, findings, judged = dict(self.files), list(self.findings), dict(self.judged)
        while True:
            data = {
                "head": self.head,
                "files": files,
                "findings": findings,
                "dismissed": {key: [value.by, value.why] for key, value in self.dismissed.items()},
                **({"judged": judged} if judged else {}),
            }
            if len(packed(data)) <= _MOST_STATE or not (files or findings):
                return data
            if judged:
                judged = {}
            elif files:
                files = dict(list(files.items())[: len(files) // 2])
            else:
                findings = findings[: len(findings) // 2]


def of(
    changes: ChangeSet,
    findings: tuple[str, ...],
    dismissed: Mapping[str, Dismissal],
    judged: Mapping[str, Any] | None = None,
) -> State:
    """Give the state after a review."""
    files = {_short(file.path): difference(file) for file in changes.files}
    return State(changes.head or "", files, findings, dismissed, judged or {})


def read(data: Mapping[str, Any]) -> State:
    """Take the state out of a marker; what is not as expected is left out, so that more is reviewed, never less."""
    files = data.get("files")
    findings = data.get("findings")
    dismissed, judged = data.get("dismissed"), data.get("judged")
    return State(
        str(data.get("head") or ""),
        {str(key): str(value) for key, value in files.items()} if isinstance(files, dict) else {},
        tuple(map(str, findings)) if isinstance(findings, list) else (),
        {
            str(key): Dismissal(str(value[0]), str(value[1]))
            for key, value in (dismissed.items() if isinstance(dismissed, dict) else ())
            if isinstance(value, list) and len(value) == 2
        },
        judged if isinstance(judged, dict) else {},
    )


def difference(file: ChangedFile) -> str:
    """Hash what changes in a file, without line numbers and without the context."""
    digest = hashlib.sha256(f"{file.kind}\0{file.old_path or ''}\0".encode())
    if not file.hunks:
        digest.update((file.new_blob or "").encode())
    for hunk in file.hunks:
        for line in hunk.lines:
            if line.kind != "context":
                digest.update(f"{line.kind}\0{line.text}\0{line.newline}\n".encode(errors="replace"))
    # The author chooses both differences: two that have the same hash must be too much work to find.
    return digest.hexdigest()[:32]


def _short(path: str) -> str:
    return hashlib.sha256(path.encode(errors="replace")).hexdigest()[:10]
