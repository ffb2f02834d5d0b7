"""What share of planted defects each check finds, and how many look-alikes it reports.

    python bench/planted.py [--folder DIR | --yaml] [--show] [CHECK...]

The instances stand in `tests/checks/planted/seen` and `unseen`: five and five of each of the sixty most severe checks
in either, written by somebody who did not know the rules, and confirmed by a second reader who did not know what the
writer meant. The rules were mended by those in `seen`; the others were only counted. An instance is found where the
check speaks within three lines of where a comment should stand; anywhere where several files are changed, and where
there are two places for it: the container and what fills it.
"""

from __future__ import annotations

import argparse
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml

from reviewbot.checks import case_files, catalog

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

CATALOG = catalog.load()
CHECKS = {one.check.id: one for one in (*CATALOG.rules, *CATALOG.change_checks)}
PLANTED = Path(__file__).parent.parent / "tests" / "checks" / "planted"
HALVES, KINDS = ("seen", "unseen"), ("planted", "fine")
NEAR = 3
_TWO_PLACES = frozenset({"state-in-process"})


def main(argv: Sequence[str] | None = None) -> int:
    """Print a line for each check, and the sums."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("checks", nargs="*", metavar="CHECK")
    options.add_argument("--folder", type=Path, default=PLANTED / "seen", help="where the instances are")
    options.add_argument(
        "--show", action="store_true", help="print what was missed, and which look-alikes were reported"
    )
    options.add_argument("--yaml", action="store_true", help="print the figures of both halves, as recall.yml has them")
    arguments = options.parse_args(argv)
    if arguments.yaml:
        for line in as_data():
            print(line)
        return 0
    sums = [0, 0, 0, 0]
    for path in sorted(arguments.folder.glob("*.yml")):
        if arguments.checks and path.stem not in arguments.checks:
            continue
        cases = yaml.safe_load(path.read_text(encoding="utf-8"))
        counts = counted(path.stem, cases, show=arguments.show)
        sums = [one + other for one, other in zip(sums, counts, strict=True)]
        print(f"{path.stem:34} {said(counts)}", flush=True)
    print(f"{'all':34} {said(sums)}")
    return 0


def as_data() -> Iterator[str]:
    """Give the lines of reviewbot/review/evaluation/recall.yml that are about each check."""
    for path in sorted((PLANTED / "seen").glob("*.yml")):
        halves = {half: yaml.safe_load((PLANTED / half / path.name).read_text(encoding="utf-8")) for half in HALVES}
        told = ", ".join(f"{half}: {counted(path.stem, cases, show=False)}" for half, cases in halves.items())
        yield f"  {path.stem}: {{{told}}}"


def counted(check: str, cases: dict[str, list[Any]], *, show: bool) -> list[int]:
    """Give found, planted, reported, fine."""
    counts = []
    for kind in KINDS:
        hits = [number for number, case in enumerate(cases[kind], 1) if spoken(check, case, kind)]
        counts += [len(hits), len(cases[kind])]
        for number, case in enumerate(cases[kind] if show else (), 1):
            if (number in hits) == (kind == "fine"):
                print(f"\n=== {check} {kind} {number} {'missed' if kind == 'planted' else 'reported'}")
                sys.stdout.writelines(shown(check, case))
    return counts


def spoken(check: str, case: dict[str, Any], kind: str) -> bool:
    """Tell whether the check speaks of a case; of a planted one where it should."""
    lines = reported(check, case)
    wanted = case.get("lines")
    if kind == "fine" or not wanted or "files" in case or check in _TWO_PLACES:
        return bool(lines)
    return any(abs(line - one) <= NEAR for line in lines for one in wanted)


def reported(check: str, case: dict[str, Any]) -> list[int]:
    """Give the lines of what the check reports in a case."""
    one = CHECKS[check]
    findings, failure = case_files.report(case_files.change(case, one), one)
    if failure:
        raise SystemExit(failure)
    return [finding.start_line for finding in findings]


def shown(check: str, case: dict[str, Any]) -> Iterator[str]:
    """Give the lines to print of a case."""
    yield f"lines {case.get('lines')}; reported {reported(check, case)}\n"
    for name, text in (("code", case.get("code")), ("files", case.get("files")), ("tree", case.get("tree"))):
        if isinstance(text, str):
            yield f"{case.get('path', '')}\n"
            yield from (f"{at:3} {line}\n" for at, line in enumerate(text.splitlines(), 1))
        elif text:
            yield f"{name}:\n{yaml.safe_dump(text, sort_keys=False, default_style='|')}"


def said(counts: Sequence[int]) -> str:
    """Give the figures in words."""
    hits, planted, reported, fine = counts
    found_share, wrong_share = f"{hits / (planted or 1):.0%}", f"{reported / (fine or 1):.0%}"
    return f"found {hits} of {planted} ({found_share}), look-alikes reported {reported} of {fine} ({wrong_share})"


if __name__ == "__main__":
    sys.exit(main())
