"""All checks: rule files read and validated, change-set checks found by their module."""

from __future__ import annotations

import importlib
import pkgutil
from dataclasses import dataclass, replace
from functools import cache, cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewbot.checks import changeset
from reviewbot.checks.scope import WHERE
from reviewbot.checks.shared_utils import with_shared
from reviewbot.checks.word_class import with_short_words
from reviewbot.core import documents
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.settings.config import FILE_NAME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.core.reasons import Reason

RULES = Path(__file__).with_name("rules")


@dataclass(frozen=True, slots=True)
class Rule:
    """A check as an ast-grep rule, or as a list of ruff codes.

    Attributes:
        check: What it checks.
        message: Title of a finding; may name meta-variables.
        config: ``rule``, ``constraints`` and ``utils`` for ast-grep, the shared ones among them; empty for ruff.
        codes: ruff's rule codes; empty for ast-grep.
        once_per: ``match``, ``symbol`` or ``file``.
        anchor: Meta-variable that the finding points at, or None for the whole match.
        changed: Meta-variables whose first line counts as changed too.
        suggest: Replacement of the anchor, or None.
        suggest_argument: Meta-variable of a call → the keyword argument it should have.
        suggest_drops: The names that the suggestion may take away.
        suggest_where: A regular expression that must match in a text for the replacement to be right in it.
        mentions: One of these must be in a text that can match; empty for no such condition.
        only_with: A rule of ast-grep's that must match somewhere in such a text; empty for no such condition.
        identity: A regular expression for what of a finding's text, without white space, makes it the same as one
            before the change; empty for all of it.
        habit: Meta-variable that no match in the text before the change may have had the same; None for no such.
        unless_said: A regular expression for what a comment beside a finding says, so that it is meant as it is; empty
            for no such.
        built: Meta-variable of a text → regular expression for its fixed words: a finding counts only if such a text
            is put together from values that somebody else may choose.
        traced: What is asked about where values come from and go: key of ``traced.KEYS`` → meta-variable → regular
            expression.
        reached: ``schema`` or ``route`` where a finding counts only if clients reach that, ``documented`` where
            only if OpenAPI shows the route, ``served`` where only if a server runs it,
            ``resources`` where only if the application's paths are not the names of procedures; else empty.
        unless_handled: ``logged`` where a finding does not count whose error the application's own handler of
            ``HTTPException`` logs, ``refused`` where one does not that raises what becomes a 4xx; else empty.
    """

    check: Check
    message: str
    config: Mapping[str, Any]
    codes: tuple[str, ...]
    once_per: str
    anchor: str | None
    changed: tuple[str, ...]
    suggest: str | None
    suggest_argument: Mapping[str, str]
    suggest_drops: tuple[str, ...]
    suggest_where: str
    mentions: tuple[str, ...]
    only_with: Mapping[str, Any]
    identity: str
    habit: str | None
    unless_said: str
    built: Mapping[str, str]
    stands_for: Mapping[str, str]
    traced: Mapping[str, Mapping[str, str]]
    reached: str
    unless_handled: str


@dataclass(frozen=True, slots=True)
class ChangeCheck:
    """A check in Python that sees the whole change."""

    check: Check
    run: Callable[[Context], Iterable[Draft]]


@dataclass(frozen=True)
class Catalog:
    """The checks of a review.

    Attributes:
        rules: As ast-grep rules or ruff codes.
        change_checks: In Python.
        mute: Sentences on checks that speak for nothing, and so do not run.
        off: Ids of checks that the configuration switched off, and that are not among these.
    """

    rules: tuple[Rule, ...]
    change_checks: tuple[ChangeCheck, ...]
    mute: tuple[str, ...] = ()
    off: tuple[str, ...] = ()

    @cached_property
    def checks(self) -> dict[str, Check]:
        """Id → check, sorted by id."""
        members: Sequence[Rule | ChangeCheck] = (*self.rules, *self.change_checks)
        return {member.check.id: member.check for member in sorted(members, key=lambda member: member.check.id)}

    @property
    def remarks(self) -> tuple[str, ...]:
        """Sentences on checks that do not run."""
        return (*self.mute, f"Switched off in {FILE_NAME}: {', '.join(self.off)}.") if self.off else self.mute

    @cached_property
    def drops(self) -> dict[str, tuple[str, ...]]:
        """Id of a check → the names that its suggestions may take away."""
        return {**dict.fromkeys(self.checks, ()), **{rule.check.id: rule.suggest_drops for rule in self.rules}}

    @cached_property
    def petty(self) -> Mapping[str, Reason]:
        """Id of a check whose findings are details → that they are."""
        return {check.id: because(ReasonKind.DETAIL) for check in self.checks.values() if check.petty}

    @cached_property
    def group_above(self) -> dict[str, int]:
        """Id of a check whose findings are grouped → the number above which they are."""
        return {check.id: check.group_above for check in self.checks.values() if check.group_above is not None}


@cache
def load() -> Catalog:
    """Read the rule files of the package, which the tests have held to their form, and the change-set checks."""
    rules = tuple(quick(make_rule(documents.own(path))) for path in sorted(RULES.glob("*.yml")))
    modules = sorted(module.name for module in pkgutil.iter_modules(changeset.__path__))
    loaded = (importlib.import_module(f"{changeset.__name__}.{name}") for name in modules)
    # What has no CHECK is a helper of those that have.
    return Catalog(rules, tuple(ChangeCheck(module.CHECK, module.run) for module in loaded if hasattr(module, "CHECK")))


def make_rule(data: Mapping[str, Any]) -> Rule:
    """Make the rule of what a rule file says; it fits :class:`reviewbot.checks.rule_files.RuleFile`."""
    metadata = data["metadata"]
    codes = data.get("ruff", ())
    check = _check(data, metadata, "ruff" if codes else "ast-grep")
    return Rule(
        check=check,
        message=data.get("message") or check.title,
        config=with_shared({key: data[key] for key in ("rule", "constraints", "utils", "transform") if key in data}),
        codes=tuple(codes),
        once_per=metadata.get("once_per", "match"),
        anchor=metadata.get("anchor"),
        changed=tuple(metadata.get("changed", ())),
        suggest=metadata.get("suggest"),
        suggest_argument=metadata.get("suggest_argument", {}),
        suggest_drops=tuple(metadata.get("suggest_drops", ())),
        suggest_where=metadata.get("suggest_where", ""),
        mentions=tuple(metadata.get("mentions", ())),
        only_with=metadata.get("only_with", {}),
        identity=metadata.get("identity", ""),
        habit=metadata.get("habit"),
        unless_said=metadata.get("unless_said", ""),
        built=metadata.get("built", {}),
        stands_for=metadata.get("stands_for", {}),
        traced=metadata.get("traced", {}),
        reached=metadata.get("reached", ""),
        unless_handled=metadata.get("unless_handled", ""),
    )


def quick(rule: Rule) -> Rule:
    """Give the rule in a form that ast-grep compiles in half the time; errors are better told of the written one."""
    return replace(rule, config=with_short_words(rule.config), only_with=with_short_words(rule.only_with))


def _check(data: Mapping[str, Any], metadata: Mapping[str, Any], engine: str) -> Check:
    paths, ignores = WHERE[metadata.get("where", "application")]
    return Check(
        id=data["id"],
        title=metadata["title"],
        why=metadata["why"],
        fix=metadata["fix"],
        leaves_alone=metadata["leaves_alone"],
        severity=Severity(metadata["severity"]),
        confidence=Confidence(metadata["confidence"]),
        items=tuple(metadata["items"]),
        decides=tuple(metadata.get("decides", ())),
        paths=tuple(data.get("files", paths)),
        ignores=(*ignores, *data.get("ignores", ())),
        needs=Needs.FILE if engine == "ruff" else Needs(metadata.get("needs", "hunk")),
        engine=engine,
        group_above=metadata.get("group_above"),
        words=tuple(metadata.get("words", ())),
        topics=tuple(metadata.get("topics", ())),
        petty=metadata.get("petty", False),
        plain=metadata.get("plain", ""),
        everywhere=metadata.get("everywhere", False),
    )
