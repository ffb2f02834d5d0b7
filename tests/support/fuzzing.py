"""The fuzzer's targets and their corpus; ``make fuzz`` tries each for a share of the time and says what came of it.

A target is a module in ``tests/fuzz``: ``run`` takes bytes and is what is timed, ``judge`` says by assertions what must
hold of what it gave, or of the error by which it refused. ``TOKENS`` are words that the fuzzer would not guess.
"""

from __future__ import annotations

import importlib
import json
import sys
import time
from dataclasses import dataclass
from pathlib import Path
from subprocess import run as start
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import ModuleType

TESTS = Path(__file__).parents[1]
TARGETS = tuple(sorted(path.stem for path in (TESTS / "fuzz").glob("*.py")))
CORPUS = TESTS / "fuzz" / "corpus"
KEPT = TESTS.parent / "build" / "fuzz"
# What of 100 kB takes longer than a second hangs.
LARGE, MOST_SECONDS = 100_000, 1.0
_SHORTEST = 2.0


@dataclass(frozen=True)
class Outcome:
    """What came of one input.

    Attributes:
        seconds: Of the processor's time, without the judge's.
        wrong: The error that nobody documents, or the assertion that does not hold.
    """

    seconds: float
    wrong: BaseException | None = None


def target(name: str) -> ModuleType:
    """Give a target by its name."""
    return importlib.import_module(f"fuzz.{name}")


def corpus(name: str) -> list[bytes]:
    """Give the inputs that are kept in the repository: one a line, as JSON."""
    path = CORPUS / f"{name}.jsonl"
    lines = path.read_text(encoding="utf-8").splitlines() if path.exists() else []
    return [json.loads(line).encode("utf-8", "surrogateescape") for line in lines]


def kept(data: bytes) -> str:
    """Give an input as a line of the corpus."""
    return json.dumps(data.decode("utf-8", "surrogateescape"))


def tried(module: ModuleType, data: bytes, *, judged: bool = True) -> Outcome:
    """Run a target on an input, and judge what it gave, unless only the time is of interest."""
    from attack_doors import REFUSALS

    result: Any
    began = time.process_time()
    try:
        result = module.run(data)
    except REFUSALS as error:
        result = error
    except KeyboardInterrupt:
        raise
    except BaseException as error:  # noqa: BLE001 - a panic of Rust is no Exception
        return Outcome(time.process_time() - began, error)
    seconds = time.process_time() - began
    if not judged:
        return Outcome(seconds)
    try:
        module.judge(data, result)
    except Exception as error:  # noqa: BLE001 - what a judge trips over is worth a look
        return Outcome(seconds, error)
    return Outcome(seconds)


def stretched(data: bytes, size: int = LARGE) -> Iterator[bytes]:
    """Give an input at the size at which time is judged: again and again, line by line, and with a longer middle."""
    times = size // max(1, len(data))
    if times > 1:
        yield (data * times)[:size]
        yield b"".join(line * times for line in data.splitlines(keepends=True))[:size]
        third = len(data) // 3
        yield (data[:third] + data[third : 2 * third] * (3 * times) + data[2 * third :])[:size]


def main(seconds: float, names: tuple[str, ...]) -> int:
    """Try the targets, each in a process of its own; give the exit code."""
    if why := _missing():
        sys.stdout.write(f"make fuzz: {why}\n")
        return 2
    share = max(_SHORTEST, seconds / len(names))
    found = 0
    for name in names:
        folder = KEPT / name
        folder.mkdir(parents=True, exist_ok=True)
        log = folder.with_suffix(".log")
        with log.open("wb") as errors:
            command = [sys.executable, str(TESTS / "support" / "fuzzed.py"), name, str(share)]
            code = start(command, stderr=errors, check=False).returncode
        if code not in (0, 1):
            sys.stdout.write(f"{name}: the process ended with {code}; see {log.relative_to(TESTS.parent)}\n")
        found += code != 0
    sys.stdout.write(f"targets: {len(names)}, with findings: {found}; inputs and findings are kept in build/fuzz\n")
    return 1 if found else 0


def _missing() -> str:
    try:
        importlib.import_module("atheris")
    except ImportError:
        here = f"{sys.platform}, Python {sys.version_info[0]}.{sys.version_info[1]}"
        return f"atheris is not here; it is built for Linux on x86-64 and Python 3.11 to 3.13, and this is {here}"
    return ""


if __name__ == "__main__":
    wanted = tuple(sys.argv[2:]) or TARGETS
    unknown = ", ".join(name for name in wanted if name not in TARGETS)
    if unknown:
        sys.exit(f"make fuzz: no target is called {unknown}; there are {', '.join(TARGETS)}")
    sys.exit(main(float(sys.argv[1]), wanted))
