"""Running ruff once over the whole post-images. It needs whole files: on a hunk it sees syntax errors only."""

from __future__ import annotations

import json
import subprocess
import tempfile
from collections import defaultdict
from itertools import groupby
from pathlib import Path
from typing import TYPE_CHECKING, Any

from ruff import find_ruff_bin  # type: ignore[import-untyped]  # it ships no annotations

from reviewbot.checks.changeset import Draft
from reviewbot.checks.fragments import fragments
from reviewbot.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from reviewbot.change import ChangedFile
    from reviewbot.checks.catalog import Rule
    from reviewbot.checks.fragments import Fragment

# So that no syntax is too new for it. No selected rule asks for newer syntax.
_NEWEST = "py314"


def run(rules: Sequence[Rule], files: Iterable[ChangedFile]) -> dict[str, list[Draft]]:
    """Give what ruff finds on added lines, by check id.

    The configuration and `noqa` comments of the code under review do not count: the change could have brought them.

    Args:
        rules: Rules with ruff codes.
        files: Python files whose whole text is known; others are left out.

    Raises:
        EngineError: ruff is not there, or failed.
    """
    checks = {code: rule for rule in rules for code in rule.codes}
    with tempfile.TemporaryDirectory(prefix="reviewbot-") as folder:
        # Numbered names: a path of the change never becomes a path on the disk.
        named = {f"{at}.py": file for at, file in enumerate(files) if file.new_text is not None}
        for name, file in named.items():
            Path(folder, name).write_text(file.new_text or "", encoding="utf-8", newline="")
        entries = _ruff(folder, sorted(checks)) if named else []
    found: dict[str, list[Draft]] = defaultdict(list)
    by_file = groupby(entries, key=lambda entry: Path(entry["filename"]).name)
    for name, of_file in by_file:
        (fragment,) = fragments(named[name])
        # A file that ruff cannot parse has entries with a code of their own.
        known = [(checks[entry["code"]], entry) for entry in of_file if entry["code"] in checks]
        silent = {rule.check.id for rule, _ in known if not _has_what_it_needs(rule, fragment)}
        said = set()
        for rule, entry in known:
            start, end = entry["location"]["row"], entry["end_location"]["row"]
            # Two codes of one check on one line are one thing to say.
            place = (rule.check.id, start)
            if place not in said and rule.check.id not in silent and fragment.adds(start, end):
                said.add(place)
                title = f"{str(entry['message']).rstrip('.')} ({entry['code']})"
                symbol = fragment.source.symbol(start)
                draft = Draft(fragment.path, start, end, title, fragment.lines(start, end), symbol=symbol)
                found[rule.check.id].append(draft)
    return found


def _has_what_it_needs(rule: Rule, fragment: Fragment) -> bool:
    return not rule.only_with or any(True for _ in fragment.source.find({"rule": rule.only_with}))


def understood(codes: Sequence[str]) -> None:
    """See to it that ruff knows these codes.

    Raises:
        EngineError: It does not, is not there, or failed.
    """
    # Without --preview, which would let ruff pass over what it does not know.
    command = [_program(), "check", "--isolated", "--no-cache", "--quiet", "--select", ",".join(codes)]
    with tempfile.TemporaryDirectory(prefix="reviewbot-") as folder:
        _output([*command, folder])


def version() -> str:
    """Give the version of the ruff that would run.

    Raises:
        EngineError: ruff is not there, or failed.
    """
    return _output([_program(), "--version"]).strip()


def _program() -> str:
    try:
        return str(find_ruff_bin())
    except FileNotFoundError as error:
        raise EngineError(f"ruff is not installed beside reviewbot: {error}") from error


def _ruff(folder: str, codes: Sequence[str]) -> list[dict[str, Any]]:
    command = [
        *(_program(), "check", "--isolated", "--no-cache", "--ignore-noqa", "--preview", "--quiet", "--exit-zero"),
        *("--target-version", _NEWEST, "--output-format", "json", "--select", ",".join(codes), folder),
    ]
    try:
        entries: list[dict[str, Any]] = json.loads(_output(command) or "[]")
    except json.JSONDecodeError as error:
        raise EngineError(f"ruff's output is not JSON: {error}") from error
    return sorted(entries, key=lambda entry: (entry["filename"], entry["location"]["row"]))


def _output(command: Sequence[str]) -> str:
    try:
        done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False, timeout=120)  # noqa: S603
    except (OSError, subprocess.TimeoutExpired) as error:
        raise EngineError(f"ruff did not run: {error}") from error
    if done.returncode:
        raise EngineError(f"ruff failed: {done.stderr.strip() or f'exit code {done.returncode}'}")
    return done.stdout
