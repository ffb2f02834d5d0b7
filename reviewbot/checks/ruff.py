"""Running ruff once over the whole post-images. It needs whole files: on a hunk it sees syntax errors only."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewbot.checks.changeset import Draft
from reviewbot.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewbot.checks.catalog import Rule
    from reviewbot.checks.fragments import Fragment


def run(rules: Sequence[Rule], fragments: Iterable[Fragment]) -> dict[str, list[Draft]]:
    """Give what ruff finds on added lines, by check id.

    The configuration and `noqa` comments of the code under review do not count: the change could have brought them.

    Args:
        rules: Rules with ruff codes.
        fragments: Whole files only.

    Raises:
        EngineError: ruff is not there, or failed.
    """
    named = list(fragments)
    if not named or not rules:
        return {}
    codes = {code: rule.check.id for rule in rules for code in rule.codes}
    with tempfile.TemporaryDirectory(prefix="reviewbot-") as folder:
        # Numbered names: a path of the change never becomes a path on the disk.
        by_name = {f"{at}.py": fragment for at, fragment in enumerate(named)}
        for name, fragment in by_name.items():
            Path(folder, name).write_text(fragment.text, encoding="utf-8", newline="")
        output = _ruff(folder, sorted(codes))
    found: dict[str, list[Draft]] = defaultdict(list)
    for entry in output:
        fragment = by_name[Path(entry["filename"]).name]
        check = next((codes[code] for code in codes if entry["code"] == code), None)
        start, end = entry["location"]["row"], entry["end_location"]["row"]
        if check is None or fragment.added.isdisjoint(range(start, end + 1)):
            continue
        evidence = fragment.lines(start, end)
        title = f"{str(entry['message']).rstrip('.')} ({entry['code']})"
        found[check].append(Draft(fragment.path, start, end, title, evidence, symbol=fragment.source.symbol(start)))
    return found


def _ruff(folder: str, codes: Sequence[str]) -> list[dict[str, Any]]:
    command = [
        *(sys.executable, "-m", "ruff", "check", "--isolated", "--no-cache", "--ignore-noqa", "--preview"),
        *("--quiet", "--exit-zero", "--output-format", "json", "--select", ",".join(codes), folder),
    ]
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)  # noqa: S603
        result: list[dict[str, Any]] = json.loads(done.stdout or "null") or []
    except (OSError, subprocess.TimeoutExpired, json.JSONDecodeError) as error:
        raise EngineError(f"ruff did not run: {error}") from error
    if done.returncode:
        raise EngineError(f"ruff failed: {done.stderr.strip() or f'exit code {done.returncode}'}")
    return result
