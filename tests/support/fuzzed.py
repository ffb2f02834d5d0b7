"""One target of the fuzzer for some seconds, in a process of its own: atheris makes the inputs, by coverage.

The last line on standard output says what came of it; findings stand on standard error, each with its input as a line
of the corpus, the shortest that was met.
"""

from __future__ import annotations

import gc
import hashlib
import os
import random
import sys
import time
import traceback
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import atheris
import fuzzing

if TYPE_CHECKING:
    from types import ModuleType

# Of the time as much goes into large inputs.
_STRETCHING = 0.15
_EACH = 500
# What is instrumented takes three times as long.
_MOST_SECONDS = 3 * fuzzing.MOST_SECONDS
_LONGEST = 8_000


@dataclass
class Session:
    """What is known so far.

    Attributes:
        name: The target's.
        module: The target.
        ends: When to stop.
    """

    name: str
    module: ModuleType
    ends: float
    began: float = field(default_factory=time.monotonic)
    executions: int = 0
    slowest: tuple[float, int] = (0.0, 0)
    large: tuple[float, int] = (0.0, 0)
    found: dict[str, bytes] = field(default_factory=dict)
    counted: dict[str, int] = field(default_factory=lambda: {"crashes": 0, "differences": 0, "hangs": 0})
    _stretching: float = 0.0
    _worst: float = 0.0

    def one(self, data: bytes) -> None:
        """Try an input; end the process when the time is over."""
        outcome = fuzzing.tried(self.module, data)
        self.executions += 1
        self.slowest = max(self.slowest, (outcome.seconds, len(data)))
        if outcome.wrong is not None:
            self._note(data, outcome.wrong)
        if outcome.seconds > _MOST_SECONDS and len(data) <= fuzzing.LARGE:
            self._hangs(data, outcome.seconds)
        now = time.monotonic()
        slow = outcome.seconds / (len(data) + 200)
        if slow > self._worst or random.random() * _EACH < 1:  # noqa: S311 - any input will do
            self._worst = max(slow, self._worst)
            self._stretch(data, now)
        if now > self.ends:
            self._end()

    def _stretch(self, data: bytes, now: float) -> None:
        if self._stretching > _STRETCHING * (now - self.began):
            return
        for large in fuzzing.stretched(data):
            self.executions += 1
            outcome = fuzzing.tried(self.module, large, judged=False)  # judges may take their time
            self.large = max(self.large, (outcome.seconds, len(large)))
            if outcome.wrong is not None:
                self._note(large, outcome.wrong)
            if outcome.seconds > _MOST_SECONDS:
                self._hangs(large, outcome.seconds, data)
        self._stretching += time.monotonic() - now

    def _hangs(self, data: bytes, seconds: float, made_of: bytes = b"") -> None:
        if self._is_new("hang", made_of or data, "hangs"):
            said = f"hang: {seconds:.2f} s for {len(data):,} bytes of {fuzzing.kept((made_of or data)[:_LONGEST])}"
            sys.stderr.write(f"{said}\n")

    def _note(self, data: bytes, wrong: BaseException) -> None:
        frames = traceback.extract_tb(wrong.__traceback__)
        ours = [frame for frame in frames if "reviewbot/" in frame.filename or "/fuzz/" in frame.filename]
        at = f"{Path(ours[-1].filename).name}:{ours[-1].lineno}" if ours else "?"
        kind = "differences" if isinstance(wrong, AssertionError) else "crashes"
        if self._is_new(f"{type(wrong).__name__} at {at}", data, kind):
            sys.stderr.write(f"{kind}: {type(wrong).__name__} at {at}: {str(wrong)[:400]}\n  {fuzzing.kept(data)}\n")
            sys.stderr.write("".join(traceback.format_list(frames[-4:])))

    def _is_new(self, key: str, data: bytes, kind: str) -> bool:
        """Tell whether a finding is new, or shorter than it was, and keep its input."""
        known = self.found.get(key)
        if known is not None and (len(known) <= len(data) or kind == "hangs"):
            return False
        self.counted[kind] += known is None
        self.found[key] = data
        folder = fuzzing.KEPT / f"{self.name}-found"
        folder.mkdir(exist_ok=True)
        (folder / f"{kind}-{hashlib.sha256(key.encode()).hexdigest()[:12]}").write_bytes(data)
        return True

    def _end(self) -> None:
        seconds = time.monotonic() - self.began
        found = ", ".join(f"{count} {kind}" for kind, count in self.counted.items())
        slowest = ", ".join(f"{took:.3f} s of {size:,} bytes" for took, size in (self.slowest, self.large) if size)
        sys.stdout.write(
            f"{self.name}: {self.executions:,} executions, {self.executions / seconds:,.0f} a second, {found}; "
            f"slowest {slowest or 'none'}\n"
        )
        sys.stdout.flush()
        sys.stderr.flush()
        os._exit(1 if self.found else 0)  # atheris has no other end


def _words(module: ModuleType, path: Path) -> str:
    """Write the dictionary of a target; give its path."""
    escaped = ("".join(f"\\x{byte:02x}" for byte in word.encode()) for word in module.TOKENS)
    path.write_text("".join(f'"{word}"\n' for word in escaped if word))
    return str(path)


def main(name: str, seconds: float) -> None:
    """Fuzz a target; does not return."""
    folder = fuzzing.KEPT / name
    folder.mkdir(parents=True, exist_ok=True)
    with atheris.instrument_imports(include=["reviewbot", "unidiff"]):
        module = fuzzing.target(name)
        for number, data in enumerate(fuzzing.corpus(name)):
            # What is imported late is imported now, and so instrumented.
            fuzzing.tried(module, data)
            (folder / f"seed-{number:03}").write_bytes(data)
    gc.freeze()  # what is imported stays, and need not be looked through again and again
    session = Session(name, module, time.monotonic() + seconds)
    arguments = [
        str(folder),
        f"-dict={_words(module, folder.with_suffix('.dict'))}",
        f"-artifact_prefix={folder}-found-",
        "-max_len=1024",
        "-timeout=60",
        "-rss_limit_mb=3000",
        "-verbosity=0",
    ]
    atheris.Setup([sys.argv[0], *arguments], session.one, enable_python_coverage=True)
    atheris.Fuzz()


if __name__ == "__main__":
    main(sys.argv[1], float(sys.argv[2]))
