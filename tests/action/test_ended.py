"""Somebody ends the run: it says in a line what was done, ends its children, and has the exit code that shells know."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from fakegithub import Fault
from program import TOP
from pullrequests import API, SLOW, PullRequest, service

ENDING = "0 changes made to acme/app#1; the next run goes on from there"
FILES = {f"{API}/services/areas.py": service("areas", SLOW)}


def ended(pull: PullRequest, by: int, matches: Any) -> Any:
    """Start the Action, and end it when GitHub gets a request that matches, which it never answers."""
    environment = pull.environment("pull_request", pull.fake.event("pull_request", "opened", pull.number))
    reached = threading.Event()

    def reaches(*request: Any) -> bool:
        if matches(*request):
            reached.set()
            return True
        return False

    pull.fake.faults.add(Fault("hang", match=reaches, times=100))
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    process = pull.start(environment)
    signal.signal(signal.SIGINT, before)
    assert reached.wait(30)
    process.send_signal(by)
    began = time.monotonic()
    result = pull.finish(process, environment)
    assert time.monotonic() - began < 10
    return result


def listing(method: str, path: str, body: Any) -> bool:  # noqa: ARG001
    return "reviewThreads" in str(body)


def commenting(method: str, path: str, body: Any) -> bool:  # noqa: ARG001
    return method == "POST" and path.endswith("/comments")


@pytest.mark.parametrize(("by", "name", "code"), [(signal.SIGTERM, "SIGTERM", 143), (signal.SIGINT, "SIGINT", 130)])
def test_before_anything_was_posted(tmp_path: Path, by: int, name: str, code: int) -> None:
    with PullRequest(tmp_path, FILES) as pull:
        result = ended(pull, by, listing)
        assert result.code == code
        (line,) = [line for line in result.stderr.splitlines() if line.startswith("reviewbot: ended")]
        assert line == f"reviewbot: ended by {name}: {ENDING}"
        assert "Traceback" not in result.stderr
        assert result.outputs["verdict"] == "incomplete"
        assert "0 changes made" in result.summary


def test_in_the_middle_of_posting(tmp_path: Path) -> None:
    with PullRequest(tmp_path, FILES) as pull:
        result = ended(pull, signal.SIGTERM, commenting)
        assert result.code == 143
        assert "ended by SIGTERM: 1 change made to acme/app#1" in result.stderr
        pull.fake.faults.reset()
        assert pull.inside() == 0
        assert len(pull.seen()["threads"]) == len(pull.seen()["comments"]) == 1


def slow_git(tmp_path: Path) -> dict[str, str]:
    """Give an environment in which git says its number and never ends."""
    (tmp_path / "bin").mkdir()
    git = tmp_path / "bin" / "git"
    written = tmp_path / "number"
    git.write_text(f"#!/bin/sh\necho $$ > {written}.part\nmv {written}.part {written}\nexec sleep 60\n")
    git.chmod(0o755)
    return {**os.environ, "PATH": f"{tmp_path}/bin:{os.environ['PATH']}", "PYTHONPATH": str(TOP)}


def number(tmp_path: Path) -> int:
    """Wait for git to begin; give its number."""
    until = time.monotonic() + 30
    while not (tmp_path / "number").exists():
        assert time.monotonic() < until
        time.sleep(0.02)
    return int((tmp_path / "number").read_text())


def is_there(process: int) -> bool:
    """Tell whether there is a process of that number."""
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    return True


def test_children_end_as_well(tmp_path: Path) -> None:
    environment = slow_git(tmp_path)
    command = [sys.executable, "-m", "reviewbot", "review", "--repo", "."]
    with subprocess.Popen(command, cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True) as process:
        child = number(tmp_path)
        process.terminate()
        _, said = process.communicate(timeout=10)
    assert process.returncode == 143
    assert said == "reviewbot: ended by SIGTERM: nothing was posted\n"
    until = time.monotonic() + 30
    while is_there(child):  # whoever takes over the children of the dead may be slow to bury them
        assert time.monotonic() < until
        time.sleep(0.02)


@pytest.mark.skipif(
    shutil.which("unshare") is None
    or subprocess.run(["unshare", "--user", "--map-root-user", "--pid", "--fork", "true"], check=False).returncode != 0,
    reason="no namespace of processes to be had",
)
def test_the_first_process_of_a_container_ends_as_well(tmp_path: Path) -> None:
    environment = slow_git(tmp_path)
    command = ["unshare", "--user", "--map-root-user", "--pid", "--fork", sys.executable, "-m", "reviewbot", "review"]
    with subprocess.Popen(
        [*command, "--repo", "."], cwd=tmp_path, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        number(tmp_path)
        (first,) = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text().split()
        os.kill(int(first), signal.SIGTERM)
        _, said = process.communicate(timeout=10)
    assert "reviewbot: ended by SIGTERM" in said
    assert process.returncode == 143
