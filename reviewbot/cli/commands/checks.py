"""``reviewbot checks``: list them, and run the cases of a team's own."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.cli.reading import find_root, read_settings, say
from reviewbot.core import files
from reviewbot.core.errors import ConfigError, UsageError
from reviewbot.core.text import printable
from reviewbot.review.outcome import write
from reviewbot.settings import loading as reading

if TYPE_CHECKING:
    from argparse import Namespace
    from collections.abc import Iterator

    from reviewbot.checks.case_files import Case
    from reviewbot.checks.catalog import Catalog, Rule
    from reviewbot.core.agent import Agent


def list_checks(args: Namespace) -> int:
    """Print one line for each check that would run: id, severity, engine, title, and the file of a team's own.

    With an agent: those that run for it, each with the item that it speaks for.
    """
    from reviewbot.checks import selection

    settings = read_settings(args)
    catalog = selection.of(settings)
    if args.agent:
        for agent in settings.forced:
            _for_agent(agent, catalog)
        return 0
    width = max(len(name) for name in catalog.checks)
    lines = [
        f"{check.id:<{width}}  {check.severity:<8} {check.engine:<10}  {' '.join(check.title.split())}"
        + (f"  ({check.origin})" if check.origin else "")
        for check in catalog.checks.values()
    ]
    write("".join(f"{line}\n" for line in lines), None)
    for remark in catalog.remarks:
        say(remark)
    return 0


def _for_agent(agent: Agent, catalog: Catalog) -> None:
    items = {check.id: item for check in catalog.checks.values() if (item := check.spoken_for(agent)) is not None}
    width = max(map(len, items), default=0)
    lines = [f"{name:<{width}}  {item.id}  {' '.join(item.title.split())}".rstrip() for name, item in items.items()]
    lines.append(f"{agent.name}: {len(items)} of {len(catalog.checks)} checks run for it")
    write("".join(f"{printable(line)}\n" for line in lines), None)


def test(args: Namespace) -> int:
    """Run the cases of a folder's checks as a test runner does; 1 when one fails.

    Raises:
        UsageError: There is no such folder, or no check in it.
        ConfigError: A check or a file of cases that cannot be used.
    """
    from reviewbot.checks import case_files, catalog, team_checks

    root = find_root(Path.cwd())
    folder = Path(args.directory) if args.directory else (root or Path()) / reading.CHECKS
    if not folder.is_dir():
        raise UsageError(f"{folder}: no such folder of checks; docs/writing-a-check.md says how to write one")
    found = [file for file in files.listed(folder, "*.yml") if _is_check(file)]
    texts = {str(file): reading.text_of(file, "the check") for file in found}
    if not texts:
        raise UsageError(f"{folder}: no checks (*.yml) in this folder")
    loaded = team_checks.joined(catalog.load(), texts, read_settings(args).agents)
    own = [rule for rule in loaded.rules if rule.check.origin in texts]
    _all_known({rule.check.id for rule in own}, folder)
    for remark in loaded.remarks:
        say(remark)
    count = failed = 0
    lines: list[str] = []
    for rule in own:
        of_check = list(_cases(rule, folder))
        wrong = [(case, words) for case in of_check if (words := case_files.complaint(case, rule))]
        lines += [f"{rule.check.id}: {case.kind} {case.number}: {words}" for case, words in wrong]
        if not wrong:
            lines.append(f"{rule.check.id}: {_counted(of_check)}")
        count, failed = count + len(of_check), failed + len(wrong)
    checks = "1 check" if len(own) == 1 else f"{len(own)} checks"
    lines.append(f"{checks}, {count} cases, {failed or 'none'} failed")
    write("".join(f"{line}\n" for line in lines), None)
    return int(bool(failed))


def _is_check(file: Path) -> bool:
    return reading.is_check(file.name)


def _cases(rule: Rule, folder: Path) -> Iterator[Case]:
    from reviewbot.checks import case_files

    for file in _files(rule.check.id, folder):
        yield from case_files.read(reading.text_of(file, "the cases"), str(file), rule.check.id)


def _files(check: str, folder: Path) -> list[Path]:
    """Give the files of a check's cases: beside it, or in a folder `tests`."""
    return [file for file in (folder / f"{check}.cases.yml", folder / "tests" / f"{check}.yml") if file.is_file()]


def _all_known(checks: set[str], folder: Path) -> None:
    for file in [*sorted(folder.glob("*.cases.yml")), *sorted((folder / "tests").glob("*.yml"))]:
        name = file.name.removesuffix(".yml").removesuffix(".cases")
        if name not in checks:
            raise ConfigError(f"{file}: cases of a check that is not there: {name}.yml")


def _counted(of_check: list[Case]) -> str:
    if not of_check:
        return "no cases; write what it reports and what it leaves alone"
    invalid = sum(case.kind == "invalid" for case in of_check)
    return f"{invalid} invalid and {len(of_check) - invalid} valid cases, as they should be"
