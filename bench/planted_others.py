"""What ruff's and semgrep's public rules make of the planted instances, for the kinds that they have rules for too.

    python bench/planted_others.py [--semgrep PROGRAM --rules FOLDER]

An instance is found where one of the rules named below speaks within three lines of where a comment should stand, as
`bench/planted.py` has it. Semgrep is not a part of the project: PROGRAM is an installed one, FOLDER a checkout of its
public rules (github.com/semgrep/semgrep-rules).
"""

from __future__ import annotations

import argparse
import json
import re
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from planted import KINDS, NEAR, PLANTED

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

# Check → codes of ruff's, and what is in the ids of semgrep's rules.
OTHERS = {
    "blocking-call-in-async": (("ASYNC210", "ASYNC212", "ASYNC220", "ASYNC221", "ASYNC222", "ASYNC251"), r"sleep"),
    "command-built-from-strings": (("S602", "S604", "S605"), r"subprocess|os-system|shell|dangerous"),
    "cors-any-origin-with-credentials": ((), r"cors"),
    "outbound-call-without-timeout": (("S113",), r"timeout"),
    "password-hash-too-fast": (("S324",), r"hash|md5|sha1"),
    "predictable-secret": (("S311",), r"random"),
    "secret-in-log": ((), r"logger-credential|logging"),
    "secret-literal": (("S105", "S106", "S107"), r"hardcoded|hard-coded|secret|detected|token"),
    "sql-built-from-strings": (("S608",), r"sql"),
    "swallowed-exception": (("S110", "S112", "BLE001"), r"except"),
    "task-dropped": (("RUF006",), r"task"),
    "tls-verification-off": (("S501", "S323"), r"cert|ssl|tls|verif"),
}
Found = dict[str, list[tuple[str, int]]]


def main(argv: Sequence[str] | None = None) -> int:
    """Print a table."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("--semgrep", metavar="PROGRAM")
    options.add_argument("--rules", metavar="FOLDER")
    arguments = options.parse_args(argv)
    with tempfile.TemporaryDirectory() as folder:
        cases = written(Path(folder))
        tools = {"ruff": of_ruff(folder)}
        if arguments.semgrep:
            tools["semgrep"] = of_semgrep(arguments.semgrep, arguments.rules, folder)
        for check, (codes, words) in OTHERS.items():
            print(check, *(f"{tool} {counted(check, cases, found, codes, words)}" for tool, found in tools.items()))
    return 0


def written(folder: Path) -> Mapping[str, list[int]]:
    """Write each instance into a file of its own; give file → lines of its comments."""
    lines = {}
    for path in sorted(PLANTED.glob("*/*.yml")):
        data = yaml.safe_load(path.read_text(encoding="utf-8")) if path.stem in OTHERS else {}
        for kind in KINDS:
            for number, case in enumerate(data.get(kind, ()), 1):
                name = f"{path.stem}.{path.parent.name}.{kind}.{number}.py"
                (folder / name).write_text(case["code"], encoding="utf-8")
                lines[name] = case.get("lines", [])
    return lines


def of_ruff(folder: str) -> Found:
    """Give what ruff says of each file: code and line."""
    codes = ",".join(code for codes, _ in OTHERS.values() for code in codes)
    command = ["ruff", "check", "--isolated", "--preview", "--exit-zero", "--output-format", "json", "--select", codes]
    said = json.loads(subprocess.run([*command, folder], check=True, capture_output=True, text=True).stdout)
    found: Found = defaultdict(list)
    for one in said:
        found[Path(one["filename"]).name].append((one["code"], one["location"]["row"]))
    return found


def of_semgrep(program: str, rules: str, folder: str) -> Found:
    """Give what semgrep says of each file: id of the rule and line."""
    command = [program, "--metrics=off", "--json", "--quiet", "--disable-version-check", "--config", rules, folder]
    said = json.loads(subprocess.run(command, check=True, capture_output=True, text=True).stdout)
    found: Found = defaultdict(list)
    for one in said["results"]:
        found[Path(one["path"]).name].append((one["check_id"], one["start"]["line"]))
    return found


def counted(check: str, cases: Mapping[str, list[int]], found: Found, codes: Sequence[str], words: str) -> str:
    """Say how many instances were found, and how many look-alikes reported."""
    counts = defaultdict(list)
    for name, lines in cases.items():
        if name.startswith(f"{check}."):
            said = [line for rule, line in found[name] if rule in codes or re.search(words, rule.rpartition(".")[2])]
            kind = name.split(".")[2]
            near = any(abs(line - one) <= NEAR for line in said for one in lines)
            counts[kind].append(near if kind == "planted" else bool(said))
    return ", ".join(f"{sum(hits)} of {len(hits)} {kind}" for kind, hits in counts.items())


if __name__ == "__main__":
    sys.exit(main())
