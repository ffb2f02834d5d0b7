"""Prints what the program adds to a model's time, with a stand-in that takes five seconds for each call.

A change of fifty files (10,000 lines) is reviewed by the whole program, as a bare diff and in a repository. Measured
are the wall time beside the longest chain of calls that wait for each other, the peak memory, and how often the stable
part of the prompt was paid for in full. The chain: until the first review's answer begins, a review, a second pass
(whose first answer begins meanwhile). Last comes the same review without the model, which is what `import anthropic`
hides behind.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from bench import PROGRAM, ROOT, services, synthetic

sys.path.insert(0, str(ROOT / "tests"))

from fakeclaude import Ask, FakeClaude, Say
from gitrepo import GitRepo

SECONDS = 5.0
BEGINS = 0.5
CHAIN = BEGINS + 2 * SECONDS
MOST_SECONDS = 1.1 * CHAIN + 1
MOST_MEGABYTES = 250


def main() -> None:
    """Run it and print the figures; exit with 1 where one is over its limit."""
    with tempfile.TemporaryDirectory() as folder:
        diff = Path(folder, "fifty.diff")
        diff.write_text(synthetic(10_000), encoding="utf-8")
        bare = ["review", str(diff)]
        good = measured("a bare diff", bare)
        good &= measured("in a repository", ["review", "--repo", str(repository(Path(folder, "r"))), "--base", "base"])
        checks, _ = run([*bare, "--engine", "checks"], {})
    print(f"the checks of the bare diff alone, s    {checks:>8.2f}")
    if not good:
        raise SystemExit("over the limit")


def repository(folder: Path) -> Path:
    """Make a repository in which the head adds the fifty files to a base that has what they use."""
    repo = GitRepo(folder)
    model = "class Area(Base):\n    __tablename__ = 'areas'\n    id = Column(Integer, primary_key=True)\n"
    models = {f"apps/api/app/db/models/m{at}.py": model.replace("Area", f"M{at}") for at in range(200)}
    repo.commit({**models, "apps/api/app/db/models/area.py": model})
    repo.git("branch", "base")
    head = {path: "\n".join(["from app.db.models.area import Area", *body]) for path, body in services(10_000).items()}
    repo.commit(head)
    return folder


def measured(name: str, arguments: list[str]) -> bool:
    """Review with the model, and print the figures; tell whether all are within their limits."""
    with FakeClaude(script) as fake:
        key = {"ANTHROPIC_API_KEY": fake.key, "ANTHROPIC_BASE_URL": fake.url}
        seconds, megabytes = run([*arguments, "--engine", "claude", "--max-cost-usd", "100"], key)
        messages = fake.journal.messages()
        copies = fake.journal.uncached("".join(messages[0].ask.system))
        copies |= fake.journal.uncached("".join(messages[-1].ask.system))
    print(f"{name}: {len(messages)} calls, {fake.journal.at_once()} at once")
    print(f"wall time, s                            {seconds:>8.2f} (longest chain {CHAIN}, limit {MOST_SECONDS:.2f})")
    print(f"peak memory, MB                         {megabytes:>8.0f} (limit {MOST_MEGABYTES})")
    print(f"stable part paid for in full            {max(copies.values()):>8} (limit 1 for each model and schema)")
    return seconds <= MOST_SECONDS and megabytes <= MOST_MEGABYTES and max(copies.values()) <= 1


def script(ask: Ask) -> Say:
    """Report one finding for each bundle, and let it stand."""
    pace = {"delay": BEGINS, "spread": SECONDS - BEGINS}
    if ask.schema_name.startswith("RefutationReply"):
        numbers = re.findall(r"^Candidate (\d+):", ask.user[-1], re.MULTILINE)
        told = [{"candidate": int(number), "verdict": "stands", "reason": "seen"} for number in numbers]
        return Say.json({"verdicts": told}, **pace)
    ids = re.findall(r"^- `([\w-]+)`:", ask.system[1][ask.system[1].index("# Checklist ids") :], re.MULTILINE)
    path = re.search(r"^=== (\S+) \(", ask.user[1], re.MULTILINE)
    line = re.search(r"^ *(\d+) \+(def step_\d+.*)$", ask.user[1], re.MULTILINE)
    if path is None or line is None:
        raise ValueError("a bundle without a function")
    found = {
        "item": ids[0],
        "path": path[1],
        "quote": line[2],
        "line": int(line[1]),
        "side": "new",
        "severity": "high",
        "confidence": "high",
        "title": "It reads all areas at once",
        "body": "Read them in pages.",
        "replacement": None,
    }
    items = [{"item": item, "verdict": "passed" if at else "violated", "reason": "seen"} for at, item in enumerate(ids)]
    return Say.json({"findings": [found], "items": items, "sections": [], "manipulation": []}, **pace)


def run(arguments: list[str], key: dict[str, str]) -> tuple[float, float]:
    """Run the program; give seconds and megabytes."""
    began = time.perf_counter()
    process = subprocess.Popen(
        [*PROGRAM, *arguments], env={**os.environ, **key}, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    _, status, usage = os.wait4(process.pid, 0)
    if (code := os.waitstatus_to_exitcode(status)) != 0:
        raise SystemExit(f"the review ended with {code}")
    return time.perf_counter() - began, usage.ru_maxrss / 1024


if __name__ == "__main__":
    main()
