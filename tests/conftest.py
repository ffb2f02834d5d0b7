"""No test can reach a network by construction: sockets connect to this machine or not at all, and there are no keys."""

from __future__ import annotations

import gc
import os
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, settings
from thorough import EVERYTHING

# What a developer's shell may hold; a process that a test starts must not get it.
for _name in [name for name in os.environ if name.startswith(("ANTHROPIC_", "GITHUB_", "GH_", "INPUT_"))]:
    del os.environ[_name]
# Nobody speaks TLS here, and reading the machine's certificates takes each client of the SDK some 25 ms.
os.environ.pop("SSL_CERT_FILE", None)
os.environ["SSL_CERT_DIR"] = os.devnull
# A new repository of a test gets no sample hooks: 14 files that nobody reads.
os.environ["GIT_TEMPLATE_DIR"] = ""

# Folders and small files take a third of the time where they never reach a disk; programs must start from there.
_MEMORY = Path("/dev/shm")  # noqa: S108 - what is made in it has a folder of its own
if os.access(_MEMORY, os.W_OK):
    _kept = os.statvfs(_MEMORY)
    if _kept.f_bavail * _kept.f_frsize > 2 << 30 and not _kept.f_flag & os.ST_NOEXEC:
        os.environ.setdefault("PYTEST_DEBUG_TEMPROOT", str(_MEMORY))

# Where a property does not say itself how often it is tried: Hypothesis' hundred times, or a third of that. No test
# fails because others are at work on the machine, so nothing is timed.
settings.register_profile(
    "untimed", max_examples=100 if EVERYTHING else 30, deadline=None, suppress_health_check=[HealthCheck.too_slow]
)
settings.load_profile("untimed")

_LOOPBACK = ("127.", "::1", "localhost")


@pytest.fixture(autouse=True)
def _loopback_only(monkeypatch: pytest.MonkeyPatch) -> None:
    connect = socket.socket.connect

    def guarded(self: socket.socket, address: Any) -> None:
        if self.family != socket.AF_UNIX and not str(address[0]).startswith(_LOOPBACK):
            raise AssertionError(f"a test tried to reach {address!r}")
        connect(self, address)

    monkeypatch.setattr(socket.socket, "connect", guarded)


def pytest_collection_finish() -> None:
    """What was collected stays until the end: looking through it for garbage again and again takes time for nothing."""
    gc.collect()
    gc.freeze()
    # A test makes more objects than 700 that stay until its end.
    gc.set_threshold(50_000, 20, 50)


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """One worker more than there are processors: in a fifth of its time a test waits, for a process or an answer."""
    return (os.cpu_count() or 1) + 1
