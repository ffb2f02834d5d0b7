"""The baseline: what stood in a repository when it adopted the bot, so that only what is new is said.

A JSON file of fingerprints by path and check. Fingerprints have no line numbers, so code may move within its file.
"""

from __future__ import annotations

import json
from collections.abc import Mapping  # noqa: TC003 - pydantic reads the annotation at run time
from dataclasses import dataclass
from itertools import chain
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, NamedTuple

from reviewbot.core import documents
from reviewbot.core.marks import Exact

if TYPE_CHECKING:
    from collections.abc import Iterable

    from reviewbot.core.documents import Document
    from reviewbot.core.finding import Finding

_VERSION = 1
_ANEW = " (write it anew with `reviewbot baseline`)"


class Entry(NamedTuple):
    """Where a finding of the baseline stands, and which check found it."""

    path: str
    check: str


@dataclass(frozen=True, slots=True)
class Baseline:
    """Findings that are known and held back, written by `reviewbot baseline`.

    Attributes:
        schema_version: The version of this format.
        findings: Path → check → fingerprints.
    """

    schema_version: Annotated[int, Exact(_VERSION, _VERSION)]
    findings: Mapping[str, Mapping[str, tuple[str, ...]]]

    __pydantic_config__: ClassVar[Mapping[str, Any]] = {"extra": "forbid"}


def rendered(findings: Iterable[Finding]) -> str:
    """Give the file that holds these findings back: the same text for the same findings, in any order."""
    by_path: dict[str, dict[str, list[str]]] = {}
    for finding in sorted(findings, key=lambda f: (f.path, f.check, f.fingerprint)):
        by_path.setdefault(finding.path, {}).setdefault(finding.check, []).append(finding.fingerprint)
    return json.dumps({"schema_version": _VERSION, "findings": by_path}, indent=1, ensure_ascii=False) + "\n"


def parsed(text: str, path: str) -> Mapping[str, Entry]:
    """Read a baseline: fingerprint → where it stands.

    Args:
        text: The JSON.
        path: Its name, for messages.

    Raises:
        ConfigError: It is no baseline, or one of a newer version; names file, line and key.
    """
    data = documents.json_values(text, path, _ANEW)
    if not _is_sound(data):
        _explain(documents.read(text, path))
    return {
        fingerprint: Entry(file, check)
        for file, checks in data["findings"].items()
        for check, fingerprints in checks.items()
        for fingerprint in fingerprints
    }


def _explain(document: Document) -> None:
    from reviewbot.core import forms

    version = document.data.get("schema_version", _VERSION) if isinstance(document.data, dict) else _VERSION
    if version != _VERSION:
        message = f"a baseline of version {version!r}; this program reads version {_VERSION}"
        raise document.error(message, ("schema_version",))
    forms.checked(Baseline, document, such_as='"schema_version": 1', hint=_ANEW)


def _is_sound(data: Any) -> bool:
    """Tell whether the form is kept; only what breaks it needs pydantic, which costs 0.1 s, to say how."""
    return (
        isinstance(data, dict)
        and data.keys() == {"schema_version", "findings"}
        and data["schema_version"] == _VERSION
        and isinstance(data["findings"], dict)
        and all(isinstance(checks, dict) for checks in data["findings"].values())
        and all(isinstance(prints, list) for checks in data["findings"].values() for prints in checks.values())
        and all(
            isinstance(fingerprint, str)
            for checks in data["findings"].values()
            for fingerprint in chain(*checks.values())
        )
    )
