"""Where the time of one run of the Action's image goes, from `docker run` to the end, against the fake GitHub.

    .ci/image && PYTHONPATH=tests/support:tests/stand_ins python bench/image.py

Each run is a new container. Medians; the fake answers at once, so what a real GitHub needs for each request comes on
top, and is what most of a real run waits for.
"""

from __future__ import annotations

import statistics
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from pullrequests import PullRequest
from requests_made import large

RUNS = 7
IMAGE = sys.argv[1] if len(sys.argv) > 1 else "reviewbot:ci"
# The docker client and daemon themselves, then one step more with each line.
STEPS = {
    "a container that does nothing": ["true"],
    "… and starts Python": ["/opt/reviewbot/bin/python", "-c", "pass"],
    "… and loads what the Action needs": [
        "/opt/reviewbot/bin/python",
        "-c",
        "import reviewbot.action.step, reviewbot.github.client, reviewbot.review.pull_request, reviewbot.github.poster",
    ],
}


def main() -> None:
    """Measure, and print a table."""
    size = subprocess.run(
        ["docker", "image", "inspect", "--format", "{{.Size}}", IMAGE], capture_output=True, text=True, check=True
    ).stdout
    print(f"{IMAGE}: {int(size) / 1e6:.0f} MB")
    for name, (program, *arguments) in STEPS.items():
        times = [ran(["--network", "none", "--entrypoint", program, IMAGE, *arguments]) for _ in range(RUNS)]
        print(f"{name:<44} {statistics.median(times):6.3f} s")
    measured = [action() for _ in range(RUNS)]
    for name in measured[0]:
        print(f"{name:<44} {statistics.median(run[name] for run in measured):6.3f} s")


def ran(arguments: list[str]) -> float:
    """Run a container; give the seconds it took."""
    began = time.perf_counter()
    subprocess.run(["docker", "run", "--rm", *arguments], check=True, capture_output=True)
    return time.perf_counter() - began


def action() -> dict[str, float]:
    """Let the image review a pull request with 25 findings in 20 files; give the seconds until each thing happened."""
    with tempfile.TemporaryDirectory() as folder, PullRequest(Path(folder), *large()) as pull:
        payload = pull.fake.event("pull_request", "opened", pull.number)
        environment = pull.environment("pull_request", payload)
        given = {name: value for name, value in environment.items() if name.startswith(("GITHUB_", "INPUT_"))}
        options = [part for name, value in given.items() for part in ("--env", f"{name}={value}")]
        seen: list[float] = []
        pull.fake.listeners.append(lambda _: seen.append(time.perf_counter()))
        began = time.perf_counter()
        ran(["--network", "host", "--volume", f"{folder}:{folder}", *options, IMAGE])
        ended = time.perf_counter()
        journal = pull.fake.journal
        if len(pull.seen()["threads"]) != 25:
            raise SystemExit("not every finding has its comment")
        posted = next(at for one, at in zip(journal, seen, strict=True) if one.path.endswith("/reviews"))
    return {
        "25 findings: from docker run to request 1": seen[0] - began,
        "25 findings: … to the review posted": posted - began,
        f"25 findings: … to request {len(seen)}, the last": seen[-1] - began,
        "25 findings: … to the end": ended - began,
    }


if __name__ == "__main__":
    main()
