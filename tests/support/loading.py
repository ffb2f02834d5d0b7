"""Loads the Action: one very large pull request, and many at once on one GitHub with limits; ``make load`` does both.

Of the many, some runs are killed just when GitHub has done what they asked for, and started again, as people do on the
Actions page. Nothing may be lost, nothing may stand there twice. A minute and an hour of GitHub's limits are shorter
here than they are.
"""

from __future__ import annotations

import argparse
import json
import os
import queue
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import program
from fakegithub import FakeGitHub
from gitrepo import GitRepo
from pullrequests import API, FAST, MANIFEST, SLOW, UNSAFE, PullRequest, service

from reviewbot.github import markers

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fakegithub import Exchange

_MOST_STARTS = 4
_OF_PULL = re.compile(r"/(?:pulls|issues)/(\d+)(?:/|$|\?)")


@dataclass
class Loaded:
    """What came of it.

    Attributes:
        pulls: How many pull requests there were.
        lost: What should stand on one of them and does not.
        duplicated: What stands there more often than once.
        failed: How runs ended that nobody killed, where not well.
        killed: How many were killed.
        seconds: By the clock.
        requests: That GitHub saw.
        limited: Of those, how many it refused since they were too many.
        comments: That stand there.
        processor: Seconds of the processor that the runs took together.
        megabytes: The most that a run took.
        about: What else is to be said of it.
    """

    pulls: int
    lost: list[str] = field(default_factory=list)
    duplicated: list[str] = field(default_factory=list)
    failed: list[str] = field(default_factory=list)
    killed: int = 0
    seconds: float = 0.0
    requests: int = 0
    limited: int = 0
    comments: int = 0
    processor: float = 0.0
    megabytes: float = 0.0
    about: str = ""

    def __str__(self) -> str:
        return (
            f"{self.about}{self.pulls} pull requests, {len(self.lost)} lost, {len(self.duplicated)} duplicated, "
            f"{self.seconds:.0f} s, {self.requests} requests, {self.limited} rate-limited answers met; "
            f"{self.comments} comments, {self.killed} runs killed, {len(self.failed)} failed, "
            f"{self.processor:.0f} s of the processor, {self.megabytes:.0f} MB at most"
        )

    @property
    def holds(self) -> bool:
        """Whether all is there, once."""
        return not (self.lost or self.duplicated or self.failed)


class Many:
    """Pull requests of one repository, and the runs that review them.

    Args:
        folder: An empty folder.
        pulls: How many.
    """

    def __init__(self, folder: Path, pulls: int) -> None:
        self.folder = folder
        self.repo = GitRepo(folder / "origin")
        self.repo.commit({"apps/api/pyproject.toml": MANIFEST, f"{API}/services/old.py": service("old", FAST)})
        self.repo.git("fast-import", "--quiet", stdin="".join(map(_branch, range(1, pulls + 1))).encode())
        self.loaded = Loaded(pulls)
        self._queue: queue.Queue[tuple[int, int]] = queue.Queue()
        self._running: dict[int, subprocess.Popen[bytes]] = {}
        self._asked: Counter[int] = Counter()
        self._lock = threading.Lock()

    def run(self, fake: FakeGitHub, processes: int, one_killed_in: int) -> Loaded:
        """Review all of them.

        Args:
            fake: GitHub, already running.
            processes: How many at a time.
            one_killed_in: Of so many pull requests, one has its first run killed.
        """
        fake.person("ada", permission="write")
        for number in range(1, self.loaded.pulls + 1):
            fake.open_pull(f"topic-{number}", title=f"Areas {number}", author="ada")
            self._queue.put((number, 1))

        def seen(exchange: Exchange) -> None:
            number = _pull_of(exchange)
            with self._lock:
                self._asked[number] += 1
                process = self._running.get(number)
                # At another request each time, from the first to the last.
                due = number % one_killed_in == 0 and self._asked[number] == 1 + number // one_killed_in % 8
            if due and process is not None:
                process.kill()
                self.loaded.killed += 1

        fake.listeners.append(seen)
        began = time.monotonic()
        workers = [threading.Thread(target=self._work, args=(fake,)) for _ in range(processes)]
        for worker in workers:
            worker.start()
        for worker in workers:
            worker.join()
        self.loaded.seconds = time.monotonic() - began
        self._count(fake)
        return self.loaded

    def _work(self, fake: FakeGitHub) -> None:
        while True:
            try:
                number, start = self._queue.get_nowait()
            except queue.Empty:
                return
            code = self._once(fake, number, start)
            if code < 0 and start < _MOST_STARTS:
                self._queue.put((number, start + 1))
            elif code:
                log = (self.folder / f"{number}-{start}" / "log").read_text(encoding="utf-8")
                self.loaded.failed.append(f"pull request {number} ended with {code}: {log[-500:]}")

    def _once(self, fake: FakeGitHub, number: int, start: int) -> int:
        place = self.folder / f"{number}-{start}"
        place.mkdir()
        payload = json.dumps(fake.event("pull_request", "opened", number))
        (place / "event.json").write_text(payload, encoding="utf-8")
        token = fake.token("github-actions[bot]", contents="read", pull_requests="write", issues="none")
        environment = {
            **{key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "INPUT_", "GH_"))},
            "PYTHONPATH": str(program.TOP),
            "GITHUB_EVENT_NAME": "pull_request",
            "GITHUB_EVENT_PATH": str(place / "event.json"),
            "GITHUB_API_URL": fake.url,
            "GITHUB_GRAPHQL_URL": fake.graphql_url,
            "GITHUB_SERVER_URL": fake.server_url,
            "GITHUB_OUTPUT": str(place / "output"),
            "GITHUB_STEP_SUMMARY": str(place / "summary"),
            "GITHUB_WORKSPACE": str(place),
            "INPUT_GITHUB-TOKEN": token,
        }
        with (place / "log").open("wb") as log:
            command = [sys.executable, "-m", "reviewbot", "action"]
            process = subprocess.Popen(command, env=environment, cwd=place, stdout=log, stderr=log)
            with self._lock:
                self._running[number] = process
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = os.waitstatus_to_exitcode(status)
        with self._lock:
            self.loaded.processor += usage.ru_utime + usage.ru_stime
            self.loaded.megabytes = max(self.loaded.megabytes, usage.ru_maxrss / 1024)
        return process.returncode

    def _count(self, fake: FakeGitHub) -> None:
        loaded = self.loaded
        loaded.requests, loaded.limited = len(fake.journal), fake.world.rates.met
        for number in range(1, loaded.pulls + 1):
            seen = fake.snapshot(number)
            bodies = [comment["body"] for thread in seen["threads"] for comment in thread["comments"]]
            said = [markers.read(body) for body in (*bodies, *(comment["body"] for comment in seen["comments"]))]
            there = Counter(" ".join((mark.kind, *mark.words)) for mark in said if mark is not None)
            wanted = {*(f"finding {one}" for one in self._expected(number)), "summary - 1"}
            loaded.comments += len(said)
            loaded.lost += [f"pull request {number}: {one}" for one in sorted(wanted - there.keys())]
            loaded.lost += [f"pull request {number}: a review that was never submitted"] * bool(seen["pending"])
            twice = [one for one, times in there.items() if times > 1 or one not in wanted]
            loaded.duplicated += [f"pull request {number}: {one}" for one in twice]

    def _expected(self, number: int) -> list[str]:
        """Give the fingerprints of what the program finds on a laptop."""
        options = ("--engine", "checks", "--base", "main", "--head", f"topic-{number}", "--format", "json")
        ended = program.inside("review", *options, cwd=self.repo.folder)
        found = [one["fingerprint"] for one in json.loads(ended.stdout)["findings"]]
        if not found:
            raise AssertionError(f"nothing to lose on pull request {number}")
        return found


def _branch(number: int) -> str:
    """Give a branch with a finding or two, as `git fast-import` reads it."""
    text = service(f"area{number}", *((SLOW, UNSAFE), (UNSAFE,), (SLOW,))[number % 3])
    return (
        f"commit refs/heads/topic-{number}\ncommitter Test <test@example.org> 1767600000 +0000\ndata 6\nchange\n"
        f"from refs/heads/main\nM 100644 inline {API}/services/area{number}.py\ndata {len(text)}\n{text}\n"
    )


def _pull_of(exchange: Exchange) -> int:
    match = _OF_PULL.search(exchange.path)
    number = match[1] if match else ((exchange.body or {}).get("variables") or {}).get("number", 0)
    return int(number) if str(number).isdigit() else 0


def many(
    pulls: int, processes: int, *, minute: float, hour: float, one_killed_in: int = 4, points: int = 900
) -> Loaded:
    """Review many pull requests on one GitHub, whose limits are those of the token of Actions.

    Args:
        pulls: How many.
        processes: How many runs at a time.
        minute: How long a minute of the limits is.
        hour: How long an hour is.
        one_killed_in: Of so many pull requests, one has its first run killed.
        points: How many points there are a minute.
    """
    with tempfile.TemporaryDirectory() as name:
        load = Many(Path(name), pulls)
        with FakeGitHub(load.repo.folder) as fake:
            fake.limits.minute, fake.limits.hour, fake.limits.requests = minute, hour, 1_000
            fake.limits.points_per_minute = points
            return load.run(fake, processes, one_killed_in)


def large(files: int, lines: int) -> Loaded:
    """Review one pull request with so many files, of so many lines each, on a GitHub with its own limits."""
    method = "\n    def area_{0}(self, number: int) -> int:\n        return number + {0}\n"
    filler = tuple(method.format(number) for number in range((lines - 8) // 3 + 1))
    # In one of twenty there is something to say.
    texts = {
        f"{API}/services/area{number}.py": service(f"area{number}", *((UNSAFE,) if number % 20 == 0 else ()), *filler)
        for number in range(files)
    }
    with tempfile.TemporaryDirectory() as name, PullRequest(Path(name), texts) as pull:
        loaded = Loaded(1)
        environment = pull.environment("pull_request", pull.fake.event("pull_request", "opened", pull.number))
        began = time.monotonic()
        with (Path(name) / "log").open("wb") as log:
            process = subprocess.Popen(
                [sys.executable, "-m", "reviewbot", "action"],
                env={**environment, "PYTHONPATH": str(program.TOP)},
                cwd=environment["GITHUB_WORKSPACE"],
                stdout=log,
                stderr=log,
            )
            _, status, usage = os.wait4(process.pid, 0)
            process.returncode = code = os.waitstatus_to_exitcode(status)
        loaded.seconds, loaded.megabytes = time.monotonic() - began, usage.ru_maxrss / 1024
        loaded.processor = usage.ru_utime + usage.ru_stime
        if code:
            loaded.failed.append((Path(name) / "log").read_text(encoding="utf-8")[-2000:])
        seen = pull.seen()
        said = [markers.read(thread["comments"][0]["body"]) for thread in seen["threads"]]
        there = Counter(mark.words[0] for mark in said if mark is not None)
        loaded.duplicated += [one for one, times in there.items() if times > 1]
        document = json.loads((Path(environment["GITHUB_WORKSPACE"]) / "reviewbot-review.json").read_bytes())
        inline = {one["fingerprint"] for one in document["findings"] if one["placement"] == "inline"}
        loaded.lost += [] if code else sorted(inline - there.keys())
        loaded.comments = len(seen["threads"]) + len(seen["comments"])
        loaded.requests, loaded.limited = len(pull.fake.journal), pull.fake.world.rates.met
        changed = sum(text.count("\n") for text in texts.values())
        loaded.about = (
            f"{len(texts)} files, {changed} lines, {len(document['findings'])} findings, {len(inline)} inline; "
        )
        return loaded


def main(arguments: Sequence[str] | None = None) -> int:
    """Load the Action, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("part", nargs="?", choices=["large", "many"], help="one of the two")
    parser.add_argument("--files", type=int, default=3_000)
    parser.add_argument("--lines", type=int, default=100, help="of each file")
    parser.add_argument("--pulls", type=int, default=200)
    parser.add_argument("--processes", type=int, default=8)
    parser.add_argument("--minute", type=float, default=30, help="of GitHub's limits, in seconds")
    parser.add_argument("--hour", type=float, default=100)
    given = parser.parse_args(arguments)
    parts = {}
    if given.part != "many":
        parts["large"] = large(given.files, given.lines)
    if given.part != "large":
        parts["many"] = many(given.pulls, given.processes, minute=given.minute, hour=given.hour)
    for loaded in parts.values():
        sys.stdout.writelines(f"lost: {one}\n" for one in loaded.lost)
        sys.stdout.writelines(f"duplicated: {one}\n" for one in loaded.duplicated)
        sys.stdout.writelines(f"failed: {one}\n" for one in loaded.failed)
    sys.stdout.writelines(f"{name}: {loaded}\n" for name, loaded in parts.items())
    return 0 if all(loaded.holds for loaded in parts.values()) else 1


if __name__ == "__main__":
    sys.exit(main())
