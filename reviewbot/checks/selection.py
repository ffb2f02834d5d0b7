"""The checks of one review: those that came with the program and the team's own, as `.reviewbot.yml` wants them."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from reviewbot.checks.catalog import Catalog, ChangeCheck, Rule, load
from reviewbot.core.globs import matches
from reviewbot.core.nearest import meant
from reviewbot.settings.loading import UNWRITTEN

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.core.check import Check
    from reviewbot.core.documents import Document
    from reviewbot.settings.config import Control
    from reviewbot.settings.loading import Settings


def of(settings: Settings) -> Catalog:
    """Give the checks to review with.

    Raises:
        ConfigError: A check of the team's own that cannot be used, or a setting for a check that is not there.
    """
    catalog = load()
    if settings.checks:
        from reviewbot.checks import team_checks  # it needs pydantic, which costs 0.1 s

        catalog = team_checks.joined(catalog, settings.checks, settings.agents)
    return controlled(catalog, settings.config.checks, settings.document)


def controlled(catalog: Catalog, controls: Mapping[str, Control], document: Document = UNWRITTEN) -> Catalog:
    """Give the checks as the configuration wants them: without those switched off, the others with its say.

    Args:
        catalog: The checks.
        controls: What the configuration says of them.
        document: Where it says so, for the message.

    Raises:
        ConfigError: It names a check that is not there, or a pattern that is none.
    """
    for name, control in controls.items():
        if name not in catalog.checks:
            complaint = f"`checks`: no check is called `{name}`{nearest(name, catalog.checks)}"
            raise document.error(complaint, ("checks", name))
        for pattern in (*control.paths, *control.ignore):
            if complaint := _complaint(pattern):
                raise document.error(f"`checks.{name}`: {complaint}", ("checks", name))
    off = tuple(sorted(name for name, control in controls.items() if control.off))
    rules = (rule for rule in catalog.rules if rule.check.id not in off)
    changes = (change_check for change_check in catalog.change_checks if change_check.check.id not in off)
    return Catalog(
        tuple(_rule(rule, controls.get(rule.check.id)) for rule in rules),
        tuple(_change_check(change_check, controls.get(change_check.check.id)) for change_check in changes),
        catalog.mute,
        off,
    )


def nearest(name: str, known: Iterable[str]) -> str:
    """Say which known id is meant, perhaps; to be put after "no check is called …"."""
    return meant(name, known) or "; `reviewbot checks list` names them all"


def _rule(rule: Rule, control: Control | None) -> Rule:
    return replace(rule, check=_check(rule.check, control)) if control else rule


def _change_check(change_check: ChangeCheck, control: Control | None) -> ChangeCheck:
    if control is None:
        return change_check

    def run(context: Context) -> Iterator[Draft]:
        # Some findings of a check have a severity of their own; the team's word is on all of them.
        yield from (replace(draft, severity=None) if control.severity else draft for draft in change_check.run(context))

    return ChangeCheck(_check(change_check.check, control), run)


def _check(check: Check, control: Control) -> Check:
    # What does not look everywhere cannot say that an item is kept.
    narrowed = bool(control.paths or control.ignore)
    return replace(
        check,
        severity=control.severity or check.severity,
        # Whoever says how severe it is wants to see it.
        petty=check.petty and control.severity is None,
        only=control.paths,
        ignores=(*check.ignores, *control.ignore),
        decides=() if narrowed else check.decides,
    )


def _complaint(pattern: str) -> str:
    """Say that a pattern is none; empty where it is one."""
    try:
        matches((pattern,), "file")
    except ValueError:
        return f"{pattern!r} is no gitignore pattern"
    except Exception as error:  # noqa: BLE001 - a range such as [z-a] reaches the regular expression it becomes
        return f"{pattern!r} is no gitignore pattern: {error}"
    return ""
