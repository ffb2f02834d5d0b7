"""Prints how long the program takes: cold start, one review, and growth with the size of the change.

Medians of several runs of the whole process, timed from outside; machines are noisy, so compare
ratios. Growth is the exponent e of time ~ lines^e between the smallest and the largest change.
"""

from __future__ import annotations

import itertools
import math
import os
import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).parent.parent
PROGRAM = [sys.executable, "-m", "reviewbot"]
SIZES = (1_000, 10_000, 100_000)
LINES_A_FILE = 200


def main() -> None:
    """Run everything and print a table."""
    print(f"{'what':<42} {'median s':>9} {'peak MB':>8}")
    report("reviewbot --version", [*PROGRAM, "--version"], runs=9)
    for example in sorted((ROOT / "examples").glob("*.diff")):
        report(f"review {example.name}", [*PROGRAM, "review", str(example)], runs=5)
    with tempfile.TemporaryDirectory() as folder:
        times = []
        for size in SIZES:
            diff = Path(folder, f"{size}.diff")
            diff.write_text(synthetic(size), encoding="utf-8")
            times.append(report(f"review {size:,} changed lines", [*PROGRAM, "review", str(diff)], runs=3))
    measured = list(zip(SIZES, times, strict=True))
    for (small, fast), (large, slow) in itertools.pairwise(measured):
        print(f"growth {small:,} to {large:,}: exponent {math.log(slow / fast) / math.log(large / small):.2f}")


def report(name: str, command: list[str], runs: int) -> float:
    """Time a command and print its row; give the median in seconds."""
    seconds, peaks = [], []
    for _ in range(runs + 1):
        began = time.perf_counter()
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        seconds.append(time.perf_counter() - began)
        peaks.append(usage.ru_maxrss / 1024)
        if os.waitstatus_to_exitcode(status) not in (0, 1):
            raise SystemExit(f"{name}: failed: {' '.join(command)}")
    median = statistics.median(seconds[1:])  # the first run warms the caches of the disk
    print(f"{name:<42} {median:>9.3f} {max(peaks):>8.0f}", flush=True)
    return median


def synthetic(lines: int) -> str:
    """Build a diff with that many added lines: half new files, half hunks in old ones, with something to find."""
    made = enumerate(services(lines).items())
    return "".join(_new(path, body) if number % 2 else _edited(path, body) for number, (path, body) in made)


def services(lines: int) -> dict[str, list[str]]:
    """Write files with that many lines in all: path → lines."""
    files = {}
    for number in range(max(1, lines // LINES_A_FILE)):
        body = ["from sqlalchemy.orm import Session", "", ""]
        while len(body) < LINES_A_FILE:
            at = len(body)
            body += [
                f"def step_{at}(db: Session, ids: list[int]) -> dict[int, str]:",
                f'    """Give the names for step {at}."""',
                "    names = {}",
                "    for area in db.query(Area).filter(Area.id.in_(ids)).all():",
                "        names[area.id] = area.name or str(area.id)",
                "    return names",
                "",
                "",
            ]
        body = body[:LINES_A_FILE]
        if number % 10 == 0:
            body[-3:] = ["def slow(db, ids):", "    for i in ids:", "        db.query(Area).get(i)"]
        files[f"apps/api/app/services/area_{number}_service.py"] = body
    return files


def _new(path: str, body: list[str]) -> str:
    added = "".join(f"+{line}\n" for line in body)
    head = f"diff --git a/{path} b/{path}\nnew file mode 100644\nindex 0000000..1111111\n--- /dev/null\n+++ b/{path}\n"
    return f"{head}@@ -0,0 +1,{len(body)} @@\n{added}"


def _edited(path: str, body: list[str]) -> str:
    head = f"diff --git a/{path} b/{path}\nindex 1111111..2222222 100644\n--- a/{path}\n+++ b/{path}\n"
    hunks = []
    for at in range(0, len(body), 40):
        piece = body[at : at + 40]
        start, after = 1 + at * 2, 1 + at * 3
        lines = "".join(f"+{line}\n" for line in piece)
        hunks.append(f"@@ -{start},2 +{after},{len(piece) + 2} @@\n # before\n{lines} # after\n")
    return head + "".join(hunks)


if __name__ == "__main__":
    main()
