"""Prints the clauses of the rules that no case asks for.

    PYTHONPATH=tests/support python bench/unasked.py [CHECK...]

Each clause (an element of `any` or `all`, a `not`, `has`, `inside` or `regex`, a constraint, a glob, a condition under
`metadata`) is taken away in turn; where every case of the check is still as it should be, nothing shows what the
clause is good for. `kind` and `field` are not counted: they say where to look.
"""

from __future__ import annotations

import os
import sys
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING

from clauses import idle, shown

from reviewbot.checks import case_files, catalog

if TYPE_CHECKING:
    from collections.abc import Sequence

CASES = Path(__file__).parent.parent / "tests" / "checks" / "cases"


def main(checks: Sequence[str]) -> int:
    """Print a line for each clause, and the sums; 1 where there is one."""
    names = checks or sorted(path.stem for path in catalog.RULES.glob("*.yml"))
    count = unasked = 0
    with ProcessPoolExecutor(os.cpu_count()) as pool:
        for name, (of_rule, lines) in zip(names, pool.map(looked_at, names), strict=True):
            for line in lines:
                print(f"{name}: {line}", flush=True)
            count, unasked = count + of_rule, unasked + len(lines)
    print(f"{len(names)} rules, {count} clauses, {unasked} that no case asks for")
    return int(bool(unasked))


def looked_at(check: str) -> tuple[int, list[str]]:
    """Give the number of a rule's clauses, and those that no case asks for."""
    text = (catalog.RULES / f"{check}.yml").read_text(encoding="utf-8")
    cases = case_files.read((CASES / f"{check}.yml").read_text(encoding="utf-8"), f"{check}.yml", check)
    found = list(idle(text, f"{check}.yml", cases))
    return len(found), [shown(text, way) for way, is_idle in found if is_idle]


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
