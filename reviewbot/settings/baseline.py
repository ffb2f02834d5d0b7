"""The baseline: what stood in a repository when it adopted the bot, so that only what is new is said.

A JSON file of fingerprints by path and check. Fingerprints have no line numbers, so code may move within its file.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, NamedTuple

from reviewbot.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from reviewbot.core.finding import Finding

_VERSION = 1


class Entry(NamedTuple):
    """Where a finding of the baseline stands, and which check found it."""

    path: str
    check: str


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
        ConfigError: It is no baseline, or one of a newer version.
    """
    try:
        data = json.loads(text)
        version = data["schema_version"]
        entries = {
            str(fingerprint): Entry(file, check)
            for file, checks in data["findings"].items()
            for check, fingerprints in checks.items()
            for fingerprint in fingerprints
        }
    except (ValueError, LookupError, TypeError, AttributeError) as error:
        raise ConfigError(f"{path}: not a baseline; write it anew with `reviewbot baseline`") from error
    if version != _VERSION:
        raise ConfigError(f"{path}: a baseline of version {version!r}; this program reads version {_VERSION}")
    return entries
