"""Two runs at the same time end in what one run would have made."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

import pytest
from pullrequests import AREAS, SLOW, UNSAFE, PullRequest, service
from thorough import EVERYTHING

if TYPE_CHECKING:
    from pathlib import Path

    from fakegithub import Exchange


def played(folder: Path, runs: int) -> dict[str, Any]:
    """Let the runs wait for each other when each has seen that nothing stands there, then go on together."""
    with PullRequest(folder, {AREAS: service("areas", SLOW, UNSAFE)}) as pull:
        gate = threading.Barrier(runs, timeout=20)
        met: set[int] = set()

        def wait(exchange: Exchange) -> None:
            run = threading.get_ident()  # each run keeps one connection, and the fake a thread for each
            if "reviewThreads" in str(exchange.body) and run not in met:
                met.add(run)
                gate.wait()

        pull.fake.listeners.append(wait)
        processes = []
        for _ in range(runs):
            payload = pull.fake.event("pull_request", "opened", pull.number)
            environment = pull.environment("pull_request", payload)
            processes.append((pull.start(environment), environment))
        for process, environment in processes:
            result = pull.finish(process, environment)
            assert result.code == 0, result.stderr
        assert len(met) == runs
        return pull.seen()


@pytest.mark.parametrize("runs", [2, *([3] if EVERYTHING else [])])
def test_they_converge(tmp_path: Path, runs: int) -> None:
    with PullRequest(tmp_path / "alone", {AREAS: service("areas", SLOW, UNSAFE)}) as alone:
        assert alone.action().code == 0
        assert played(tmp_path / "together", runs) == alone.seen()
