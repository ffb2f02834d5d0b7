"""``make mutants``: mutmut makes small mistakes in the code, one at a time; a test of its area should notice each.

It works on a copy in ``build/mutants/AREA``. What survives is listed, unless ``bench/survivors.yml`` says why it may:
there each change stands by its file, as `before«old → new»after`. mutmut makes no mutants of what stands outside of
functions, nor of functions with a decorator.
"""

from __future__ import annotations

import json
import os
import random
import re
import shutil
import subprocess
import sys
from collections import Counter
from dataclasses import dataclass, field
from itertools import takewhile
from pathlib import Path

import yaml

ROOT = Path(__file__).parents[2]
BUILT = ROOT / "build" / "mutants"
JUDGED = ROOT / "bench" / "survivors.yml"
SEED = 31
# Where pytest does not know the id of a test (some with escapes), which mutmut takes for a mutant that never ends.
_NOT_RUN = 255


@dataclass(frozen=True)
class Area:
    """What is changed, and the tests that should notice: paths below ``reviewbot/`` and ``tests/``.

    Attributes:
        files: What is changed.
        tests: What should notice.
        but: Those of the tests that start a process of their own, in which there is no mutant.
    """

    files: tuple[str, ...]
    tests: tuple[str, ...]
    but: tuple[str, ...] = ()


@dataclass(frozen=True)
class Survivor:
    """A mistake that no test noticed, where it is, and what `bench/survivors.yml` says of it."""

    file: str
    line: int
    change: str
    judged: str = ""


@dataclass(frozen=True)
class Outcome:
    """What became of the mutants of an area: how many ended how, and which survived."""

    ended: Counter[str]
    survivors: list[Survivor] = field(default_factory=list)

    @property
    def mutants(self) -> int:
        """Give how many were tried."""
        return self.ended.total()

    @property
    def killed(self) -> int:
        """Give how many a test noticed; one that never ends is noticed, too."""
        return self.mutants - len(self.survivors)


def areas() -> dict[str, Area]:
    """Read the areas by name."""
    read = yaml.safe_load((ROOT / "tests" / "data" / "mutants.yml").read_text(encoding="utf-8"))
    return {name: Area(*(tuple(area.get(key, ())) for key in ("files", "tests", "but"))) for name, area in read.items()}


def judged() -> dict[str, dict[str, str]]:
    """Read why survivors may survive: file → change → why."""
    read: dict[str, dict[str, str]] = yaml.safe_load(JUDGED.read_text(encoding="utf-8"))
    return read


def table(outcomes: dict[str, Outcome]) -> str:
    """Give a line for each area, as Markdown."""
    columns = ("area", "mutants", "killed", "timed out", "survived", "of these judged", "killed, %")
    lines = [f"| {' | '.join(columns)} |", "|---" * len(columns) + "|"]
    for name, outcome in outcomes.items():
        late, left = outcome.ended["timeout"], outcome.survivors
        share = f"{100 * outcome.killed / max(1, outcome.mutants):.1f}"
        known = sum(bool(one.judged) for one in left)
        cells = (name, outcome.mutants, outcome.killed - late, late, len(left), known, share)
        lines.append(f"| {' | '.join(map(str, cells))} |")
    return "\n".join(lines)


def tried(area: Area, folder: Path, reasons: dict[str, dict[str, str]], size: int = 0) -> Outcome:
    """Try the mutants of an area on a copy of the repository, all or a sample that is always the same."""
    _copy(folder)
    settings = {
        "source_paths": ["reviewbot"],
        "only_mutate": [f"reviewbot/{file}" for file in area.files],
        "also_copy": sorted({path.name for path in folder.iterdir()} - {"reviewbot", "tests", "pyproject.toml"}),
        "pytest_add_cli_args_test_selection": [
            *(f"tests/{test}" for test in area.tests),
            *(f"--deselect=tests/{test}" for test in area.but),
        ],
        # Each mutant in a process that has run no test: else a cache still holds what the right code gave.
        "process_isolation": ["forkserver"],
        "timeout_multiplier": ["5"],
        "timeout_constant": ["6"],  # seconds; the machine may be busy
        "pytest_add_cli_args": ["--hypothesis-seed=15", "-p", "no:cacheprovider"],  # always the same inputs
    }
    lines = [f"{key} = {(chr(10) + '    ').join(values)}\n" for key, values in settings.items()]
    (folder / "setup.cfg").write_text("[mutmut]\n" + "".join(lines), encoding="utf-8")
    os.chdir(folder)  # where mutmut looks for its settings as soon as it is imported
    chosen = _sample(area, size) if size else []
    command = [sys.executable, "-m", "mutmut", "run", *chosen]
    with folder.with_suffix(".log").open("wb") as log:
        code = subprocess.run(command, stdout=log, stderr=subprocess.STDOUT, check=False).returncode
    if code:
        sys.exit(f"make mutants: mutmut ended with {code}; see {folder.with_suffix('.log')}")
    return _outcome(area, frozenset(chosen), reasons)


def _copy(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)
    command = ["git", "ls-files", "-coz", "--exclude-standard"]
    listed = subprocess.run(command, cwd=ROOT, capture_output=True, check=True)
    for path in filter(None, listed.stdout.decode().split("\0")):
        if (ROOT / path).is_file():
            (folder / path).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / path, folder / path)


def _sample(area: Area, size: int) -> list[str]:
    from mutmut.mutation.file_mutation import mutate_file_contents
    from mutmut.utils.format_utils import get_mutant_name

    names = []
    for path in (Path("reviewbot", file) for file in area.files):
        made = mutate_file_contents(str(path), path.read_text(encoding="utf-8"))
        names += [get_mutant_name(path, name) for name in made.mutant_names]
    return sorted(random.Random(SEED).sample(names, min(size, len(names))))  # noqa: S311 - no secret


def _outcome(area: Area, chosen: frozenset[str], reasons: dict[str, dict[str, str]]) -> Outcome:
    from mutmut.stats import status_by_exit_code

    ended: Counter[str] = Counter()
    survivors = []
    for file in area.files:
        path = f"reviewbot/{file}"
        meta = json.loads(Path("mutants", f"{path}.meta").read_text(encoding="utf-8"))
        for name, code in meta["exit_code_by_key"].items():
            if chosen and name not in chosen:
                continue
            if code == _NOT_RUN:
                sys.exit(f"make mutants: the tests of {name} cannot be called by their ids: has one of them an escape?")
            status = status_by_exit_code[code]
            ended[status] += 1
            if status not in {"killed", "timeout"}:
                line, change = _change(path, name)
                survivors.append(Survivor(path, line, change, reasons.get(path, {}).get(change, "")))
    return Outcome(ended, survivors)


def _change(path: str, name: str) -> tuple[int, str]:
    from mutmut.mutation.diff_apply import get_diff_for_mutant

    diff = get_diff_for_mutant(name, path=path).splitlines()[2:]
    old, new = ([line[1:].strip() for line in diff if line.startswith(sign)] for sign in "-+")
    source = [line.strip() for line in Path(path).read_text(encoding="utf-8").splitlines()]
    function = name.rpartition("__mutmut_")[0].rpartition("ǁ")[2].rpartition(".x_")[2]
    start = next(number for number, line in enumerate(source) if f"def {function}(" in line)
    return source.index(old[0], start) + 1, changed(" ".join(old), " ".join(new))


def changed(old: str, new: str) -> str:
    """Give a change in one line: `before«old → new»after`."""
    words, others = re.findall(r"\w+|.", old), re.findall(r"\w+|.", new)
    before = _shared(words, others)
    words, others = words[len(before) :], others[len(before) :]
    after = _shared(words[::-1], others[::-1])[::-1]
    words, others = words[: len(words) - len(after)], others[: len(others) - len(after)]
    return f"{''.join(before)}«{''.join(words)} → {''.join(others)}»{''.join(after)}"


def _shared(words: list[str], others: list[str]) -> list[str]:
    return [one for one, _ in takewhile(lambda pair: pair[0] == pair[1], zip(words, others, strict=False))]


def main(size: int, names: tuple[str, ...]) -> int:
    """Try the areas, say what became of the mutants; give the exit code: 1 where one survived that nobody judged."""
    outcomes = {}
    for name in names:
        outcomes[name] = tried(areas()[name], BUILT / name, judged(), size)
        for one in outcomes[name].survivors:
            if not one.judged:
                sys.stdout.write(f"{one.file}:{one.line}: {one.change}\n")
    sys.stdout.write(f"\n{table(outcomes)}\n")
    return int(any(not one.judged for outcome in outcomes.values() for one in outcome.survivors))


if __name__ == "__main__":
    wanted = tuple(sys.argv[2:]) or tuple(areas())
    unknown = ", ".join(name for name in wanted if name not in areas())
    if unknown:
        sys.exit(f"make mutants: no area is called {unknown}; there are {', '.join(areas())}")
    sys.exit(main(int(sys.argv[1]), wanted))
