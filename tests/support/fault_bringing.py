"""How a fault is brought about: what each word under ``by`` in ``tests/faults`` does while the program runs."""

from __future__ import annotations

import errno
import io
import os
import shutil
import signal
import stat
import tempfile
import threading
import time
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any
from unittest import mock

import fakeclaude
import fakegithub
from fault_scenes import OnGitHub, OnLaptop, Ran, Scene

from reviewbot.github import client

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

# How long a run goes on after its time, for posting.
GRACE = 2.0
_ALWAYS = 1000
_SHORT = 0.5


class Faults:
    """Lets one thing fail in a scene, and runs the program meanwhile.

    Args:
        scene: Where it runs.
        by: What fails, and how.
        timeout: The time of the run, or nothing for the usual one.

    Attributes:
        waited: Seconds that the program would have slept.
    """

    def __init__(self, scene: Scene, by: dict[str, Any], timeout: str) -> None:
        self._scene = scene
        self._by = dict(by)
        self._timeout = timeout
        self.waited = 0.0

    def run(self) -> Ran:
        """Run the program while it fails."""
        streams = self._by.pop("streams", None)
        signalled = self._by.pop("signal", None)
        with ExitStack() as held:
            held.enter_context(mock.patch.object(client, "GRACE", GRACE))
            held.enter_context(mock.patch("time.sleep", self._sleep(time.sleep)))
            for word, how in self._by.items():
                held.enter_context(_BRINGERS[word](self._scene, how))
            if streams is not None:
                self._scene.met += 1
                with _streams(streams) as given:
                    return self._scene.run(self._timeout, **given)
            if signalled is not None:
                return _signalled(self._scene, signalled)
            return self._scene.run(self._timeout)

    def _sleep(self, sleep: Callable[[float], None]) -> Callable[[float], None]:
        def slept(seconds: float) -> None:
            # Whoever only polls (subprocess does) sleeps as ever.
            if seconds >= _SHORT:
                self.waited += seconds
            else:
                sleep(seconds)

        return slept


def _requests(to: str, scene: Scene) -> Callable[[str, str, Any], bool]:
    """Tell which requests to GitHub are meant."""

    def matches(method: str, path: str, body: Any) -> bool:
        query = path.endswith("/graphql")
        blobs = "object(oid" in str(body)
        kinds = {
            "reads": method == "GET" and "codeload" not in path and "/tarball/" not in path,
            "writes": method != "GET" and not query,
            "review": method == "POST" and path.endswith("/reviews"),
            "queries": query,
            "pull": query and "baseRefOid" in str(body),
            "contents": query and blobs,
            "listing": query and "reviewThreads" in str(body),
            "looks": query and blobs and scene.looking,
            "tarball": "/tarball/" in path,
            "archive": "codeload" in path,
            "anything": True,
        }
        return kinds[to]

    return matches


@contextmanager
def _github(scene: Scene, how: dict[str, Any]) -> Iterator[None]:
    assert isinstance(scene, OnGitHub)
    more = dict(how)
    kind, to = more.pop("fault"), more.pop("to", "anything")
    fake = scene.pull.fake
    if "location" in more:
        more["location"] = more["location"].format(url=fake.url)
    fault = fakegithub.Fault(kind, **{"match": _requests(to, scene), "times": _ALWAYS, **more})
    times = fault.times
    fake.faults.add(fault)
    yield
    scene.met += times - fault.times
    fake.faults.reset()


@contextmanager
def _claude(scene: Scene, how: dict[str, Any]) -> Iterator[None]:
    assert scene.claude is not None
    more = dict(how)
    kind, only = more.pop("fault"), more.pop("only", "")
    if "location" in more:
        more["location"] = more["location"].format(url=scene.claude.url)
    fault = fakeclaude.Fault(kind, **{"match": lambda ask: only in ask.question, "times": _ALWAYS, **more})
    times = fault.times
    scene.claude.faults.add(fault)
    yield
    scene.met += times - fault.times
    scene.claude.faults.reset()


# What a program does instead of what it is for, or with it; `$real` is the real one.
_PROGRAMS = {
    "error": 'echo "fatal: it broke" >&2; exit 128',
    "hang": "exec sleep 60",
    "drip": "while :; do printf x; sleep 0.1; done",
    "garbage": "printf '\\377\\000{]\\033[31m\\n%.0s' 1 2 3 4 5 6 7 8 9",
    "other shape": 'echo \'[{"unexpected": ["shape"]}]\'',
    "nothing": "exit 0",
    "partial": 'case " $* " in *" diff "*) "$real" "$@" | head -c 100; exit 141;; esac; exec "$real" "$@"',
    "in part": r'case " $* " in *" diff "*) "$real" "$@" | sed "/^diff --git/,\$d"; exit 0;; esac; exec "$real" "$@"',
    "one byte": "printf '['",
    "killed": "kill -9 $$",
}


def _program(folder: Path, name: str, real: str, does: str, when: str) -> str:
    """Write a program; give its path. It does so ``when``, and is the real one else."""
    folder.mkdir(exist_ok=True)
    path = folder / name
    path.write_text(
        f'#!/bin/sh\nreal={real}\n{when} || exec "$real" "$@"\n: > "${{0%/*}}/begun"\n{_PROGRAMS[does]}\n',
        encoding="utf-8",
    )
    path.chmod(path.stat().st_mode | stat.S_IXUSR)
    return str(path)


@contextmanager
def _git(scene: Scene, how: str) -> Iterator[None]:
    """Put another git before the real one; whoever runs it otherwise than the program does gets the real one."""
    folder = scene.folder / "bin"
    if how == "missing":
        empty = scene.folder / "empty"
        empty.mkdir()
        ours = {"PATH": str(empty)}
    else:
        real = shutil.which("git")
        assert real is not None
        _program(folder, "git", real, how, '[ "$GIT_ALLOW_PROTOCOL" = none ]')
        ours = {"PATH": f"{folder}:{os.environ['PATH']}"}
    with mock.patch.dict(os.environ, ours):
        yield
    scene.met += how == "missing" or (folder / "begun").exists()


@contextmanager
def _ruff(scene: Scene, how: str) -> Iterator[None]:
    from ruff import find_ruff_bin  # type: ignore[import-untyped]  # it ships no annotations

    from reviewbot.checks import ruff

    path = "/nowhere/ruff" if how == "missing" else _program(scene.folder / "bin", "ruff", find_ruff_bin(), how, "true")
    with mock.patch.object(ruff, "find_ruff_bin", return_value=path):
        yield
    scene.met += how == "missing" or (scene.folder / "bin" / "begun").exists()


class _Full(io.FileIO):
    """A file on a disk that becomes full in the middle of what is written."""

    def write(self, data: Any, /) -> int:
        half = bytes(data)[: len(data) // 2]
        if half and self.tell() == 0:
            super().write(half)
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))


def _places(scene: Scene) -> dict[str, Callable[[str], bool]]:
    """Tell which files are meant."""
    runs = str(scene.folder)
    ours = f"{tempfile.gettempdir()}/reviewbot-"
    places = {
        "outputs": lambda path: path.startswith(runs) and path.endswith("/output"),
        "summary": lambda path: path.startswith(runs) and path.endswith("/summary"),
        "workspace": lambda path: path.startswith(runs) and "/workspace" in path,
        "tape": lambda path: "/tape/" in f"/{path}/",
        "temporary": lambda path: path.startswith(ours),
    }
    if isinstance(scene, OnLaptop) and scene.written is not None:
        top, name = str(scene.written.parent), scene.written.name
        beside = (f"{top}/{name}", f"{top}/.", name)
        # It may be written beside its place first.
        places["written"] = lambda path: path.startswith(beside) and (path.endswith((name, ".tmp")))
    return places


@contextmanager
def _files(scene: Scene, how: dict[str, str]) -> Iterator[None]:
    """Let the disk be full or read-only at some place: as the kernel says it, since root may write everywhere."""
    ((place, fault),) = how.items()
    disk = _Disk(scene, _places(scene)[place], {"read-only": errno.EROFS, "full": errno.ENOSPC}[fault])
    disk.no_folders = fault == "read-only" or place == "temporary"
    with (
        mock.patch.object(scene, "prepared", disk.prepared),
        mock.patch("io.open", disk.open),
        mock.patch("os.open", disk.os_open),
        mock.patch("os.fdopen", disk.fdopen),
        mock.patch("os.mkdir", disk.mkdir),
    ):
        yield


class _Disk:
    """A disk that refuses, from when the program begins; what a runner or a shell prepares is there.

    Args:
        scene: Where the program runs.
        meant: Which files are refused.
        number: With which error.
    """

    def __init__(self, scene: Scene, meant: Callable[[str], bool], number: int) -> None:
        self._scene = scene
        self._meant = meant
        self._number = number
        self._begun = False
        self._full: set[int] = set()
        self.no_folders = False
        self._prepare = scene.prepared
        self._real = io.open, os.open, os.fdopen, os.mkdir

    def prepared(self, timeout: str) -> Any:
        result = self._prepare(timeout)
        self._begun = True
        return result

    def open(self, file: Any, mode: str = "r", *args: Any, **more: Any) -> Any:
        if isinstance(file, int) or not set(mode) & set("wax+") or not self._hit(file):
            return self._real[0](file, mode, *args, **more)
        return _text(_Full(file, mode.replace("t", "").replace("b", "")), mode, **more)

    def os_open(self, path: Any, flags: int, *args: Any, **more: Any) -> int:
        hit = bool(flags & (os.O_WRONLY | os.O_RDWR)) and self._hit(path)
        handle = self._real[1](path, flags, *args, **more)
        if hit:
            self._full.add(handle)
        return handle

    def fdopen(self, fd: int, mode: str = "r", *args: Any, **more: Any) -> Any:
        if fd not in self._full:
            return self._real[2](fd, mode, *args, **more)
        self._full.discard(fd)
        return _text(_Full(fd, "w"), mode, **more)

    def mkdir(self, path: Any, *args: Any, **more: Any) -> None:
        if self.no_folders:
            self._hit(path, now=True)
        self._real[3](path, *args, **more)

    def _hit(self, path: Any, *, now: bool = False) -> bool:
        """Tell whether a file will be refused when it is written; refuse it at once where the disk is read-only."""
        if not (self._begun and self._meant(os.fspath(path))):
            return False
        self._scene.met += 1
        if now or self._number == errno.EROFS:
            raise OSError(self._number, os.strerror(self._number), os.fspath(path))
        return True


def _text(raw: _Full, mode: str, **more: Any) -> Any:
    buffered = io.BufferedWriter(raw)
    kept = {name: more[name] for name in ("encoding", "errors", "newline") if name in more}
    return buffered if "b" in mode else io.TextIOWrapper(buffered, **kept)


@contextmanager
def _link(scene: Scene, how: dict[str, str]) -> Iterator[None]:
    """Put a link in the place of a file that is written, to one outside."""
    ((place, _),) = how.items()
    outside = scene.folder / "outside"
    if isinstance(scene, OnLaptop):
        path = scene.repo.folder / place
        path.rename(outside)
        path.symlink_to(outside)
        before = outside.read_bytes()
        scene.met += 1
        yield
        if path.is_symlink():
            path.unlink()
            path.write_bytes(before)
    else:
        before = b"as it was"
        outside.write_bytes(before)
        prepared = scene.prepared

        def linked(timeout: str) -> Any:
            arguments, environment, cwd = prepared(timeout)
            (cwd / place).symlink_to(outside)
            scene.met += 1
            return arguments, environment, cwd

        with mock.patch.object(scene, "prepared", linked):
            yield
    assert outside.read_bytes() == before, "it was written through the link"


@contextmanager
def _clock(scene: Scene, how: dict[str, float]) -> Iterator[None]:
    """Let the clock of the wall be wrong by so many seconds, or jump by so many with each look at it."""
    real = time.time
    looked = 0

    def wrong() -> float:
        nonlocal looked
        looked += 1
        scene.met += 1
        return real() + how.get("wrong_by", 0.0) + how.get("jumps_by", 0.0) * looked

    # The server's own clock is right: it runs in the same process, in threads of its own.
    main = threading.current_thread()
    servers = ("process_request_thread", "serve_forever")

    def time_of() -> float:
        thread = threading.current_thread()
        return real() if thread is not main and any(name in thread.name for name in servers) else wrong()

    with mock.patch("time.time", time_of):
        yield


@contextmanager
def _streams(how: dict[str, str]) -> Iterator[dict[str, Any]]:
    """Give the standard streams that are wrong: full, or a pipe whose reader is gone."""
    with ExitStack() as held:
        given: dict[str, Any] = {}
        for name, fault in how.items():
            if fault == "full":
                given[name] = held.enter_context(Path("/dev/full").open("w", encoding="utf-8"))
            else:
                reader, writer = os.pipe()
                os.close(reader)
                held.callback(os.close, writer)
                given[name] = writer
        yield given


def _signalled(scene: Scene, how: dict[str, Any]) -> Ran:
    """Start the program, and signal it when it gets to a place from which nothing comes back."""
    reached = threading.Event()

    def reaches(matches: Callable[..., bool]) -> Callable[..., bool]:
        def seen(*request: Any) -> bool:
            if not matches(*request):
                return False
            reached.set()
            return True

        return seen

    if how["at"] == "claude":
        assert scene.claude is not None
        fault = fakeclaude.Fault(how.get("fault", "hang"), match=reaches(lambda _: True), times=_ALWAYS, keep=2)
        scene.claude.faults.add(fault)
    elif how["at"] == "git":
        return _at_git(scene, how)
    else:
        assert isinstance(scene, OnGitHub)
        kind = how.get("fault", "hang")
        matches = reaches(_requests(how["at"], scene))
        scene.pull.fake.faults.add(fakegithub.Fault(kind, match=matches, times=_ALWAYS))
    process, environment = _started(scene)
    assert reached.wait(30)
    scene.met += 1
    process.send_signal(signal.Signals[how["is"]])
    ran = scene.finished(process, environment)
    for fake in (scene.claude, getattr(scene, "pull", None) and scene.pull.fake):  # type: ignore[attr-defined]
        if fake is not None:
            fake.faults.reset()
    return ran


def _started(scene: Scene) -> Any:
    # A shell's background job ignores Ctrl-C, and hands that on to whatever it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return scene.begun()
    finally:
        signal.signal(signal.SIGINT, before)


def _at_git(scene: Scene, how: dict[str, Any]) -> Ran:
    with _git(scene, "hang"):
        process, environment = _started(scene)
        until = time.monotonic() + 30
        while not (scene.folder / "bin" / "begun").exists():
            assert time.monotonic() < until
            time.sleep(0.02)
        process.send_signal(signal.Signals[how["is"]])
        return scene.finished(process, environment)


_BRINGERS: dict[str, Callable[[Scene, Any], Any]] = {
    "github": _github,
    "claude": _claude,
    "git": _git,
    "ruff": _ruff,
    "files": _files,
    "link": _link,
    "clock": _clock,
}
WORDS = frozenset({*_BRINGERS, "streams", "signal"})
