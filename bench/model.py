"""Prints what the program adds to a model's time, with a stand-in that takes five seconds for each call.

Reviewed by the whole program are one file of a repository, with a look around first, and fifty files (10,000 lines), as
a bare diff and in a repository. Measured are the wall time beside the longest chain of calls that wait for each other,
the peak memory, and how often the stable part of the prompt was paid for in full. The chain: until the first review's
answer begins (where there are several), a review with its looks, a second pass. Last comes the same review without the
model, whose time hides behind the first answers.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING

from bench import PROGRAM, ROOT, services, synthetic

sys.path.insert(0, str(ROOT / "tests"))

from fakeclaude import Ask, Call, FakeClaude, Say
from gitrepo import GitRepo
from judging import asks_refutation, candidates, said, verdict

if TYPE_CHECKING:
    from collections.abc import Callable

SECONDS = 5.0
BEGINS = 0.5
# What the program may add to the chain of one file, and of fifty.
ONE, FIFTY = 1.0, 1.5
MOST_MEGABYTES = 250


def main() -> None:
    """Run it and print the figures; exit with 1 where one is over its limit."""
    with tempfile.TemporaryDirectory() as folder:
        diff = Path(folder, "fifty.diff")
        diff.write_text(synthetic(10_000), encoding="utf-8")
        bare = ["review", str(diff)]
        repo = repository(Path(folder, "r"))
        fifty = ["review", "--repo", str(repo), "--base", "base", "--head", "fifty"]
        good = measured("one file, in a repository", [*fifty[:-1], "one"], 3 * SECONDS, ONE, looking=True)
        good &= measured("fifty files, a bare diff", bare, BEGINS + 2 * SECONDS, FIFTY)
        good &= measured("fifty files, in a repository", fifty, BEGINS + 2 * SECONDS, FIFTY)
        checks, _ = run([*bare, "--engine", "checks"], {})
    print(f"the checks of the bare diff alone, s    {checks:>8.2f}")
    if not good:
        raise SystemExit("over the limit")


def repository(folder: Path) -> Path:
    """Make a repository with a branch that adds one file, and one that adds fifty, to a base that has what they use."""
    repo = GitRepo(folder)
    model = "class Area(Base):\n    __tablename__ = 'areas'\n    id = Column(Integer, primary_key=True)\n"
    models = {f"apps/api/app/db/models/m{at}.py": model.replace("Area", f"M{at}") for at in range(200)}
    repo.commit({**models, "apps/api/app/db/models/area.py": model})
    repo.git("branch", "base")
    repo.git("checkout", "-q", "-b", "one")
    head = {path: "\n".join(["from app.db.models.area import Area", *body]) for path, body in services(10_000).items()}
    path, text = next(iter(head.items()))
    repo.commit({path: "\n".join(text.split("\n")[:200])})
    repo.git("checkout", "-q", "-b", "fifty", "base")
    repo.commit(head)
    return folder


def measured(name: str, arguments: list[str], chain: float, most: float, *, looking: bool = False) -> bool:
    """Review with the model, and print the figures; tell whether all are within their limits."""
    with FakeClaude(looks((Call("search", {"pattern": "area"}),), then=script) if looking else script) as fake:
        key = {"ANTHROPIC_API_KEY": fake.key, "ANTHROPIC_BASE_URL": fake.url}
        seconds, megabytes = run([*arguments, "--engine", "claude", "--max-cost-usd", "100"], key)
        messages = fake.journal.messages()
        copies = fake.journal.uncached("".join(messages[0].ask.system))
    print(f"{name}: {len(messages)} calls, {fake.journal.at_once()} at once")
    print(f"added to the longest chain, s           {seconds - chain:>8.2f} (limit {most})")
    print(f"peak memory, MB                         {megabytes:>8.0f} (limit {MOST_MEGABYTES})")
    print(f"stable part paid for in full            {max(copies.values()):>8} (limit 1)")
    return seconds - chain <= most and megabytes <= MOST_MEGABYTES and max(copies.values()) <= 1


def script(ask: Ask) -> Say:
    """Report one finding for each bundle, and let it stand."""
    pace = {"delay": BEGINS, "spread": SECONDS - BEGINS}
    if asks_refutation(ask):
        told = [verdict(number) for number in candidates(ask)]
        return Say.json(said(verdicts=told), **pace)
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
    return Say.json(said(findings=[found], items=items), **pace)


def looks(*rounds: tuple[Call, ...], then: Callable[[Ask], Say]) -> Callable[[Ask], Say]:
    """Give a script that looks around before it reviews, at the same pace."""

    def says(ask: Ask) -> Say:
        if ask.turns < len(rounds) and not asks_refutation(ask):
            return Say(None, calls=rounds[ask.turns], delay=BEGINS, spread=SECONDS - BEGINS)
        return then(ask)

    return says


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
