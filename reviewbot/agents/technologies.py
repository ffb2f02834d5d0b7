"""Which technologies an agent's prose names, and how a changed file shows that it uses them."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from reviewbot.agents.technology_table import (
    ACCESSORIES,
    ANYWHERE,
    DOMAINS,
    FRAMEWORKS,
    LIBRARIES,
    PYTHON,
    SCIENCE,
    TECHNOLOGIES,
    Technology,
)
from reviewbot.core.agent import Signal, SignalKind, Stack

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

# What a body lists is not what its agent is about: a backend agent that "reads TypeScript" is nobody for TypeScript
# files. Of Python's libraries it says which go together with what the agent is about; the rarer, the less.
_ABOUT = 2.0
_MENTIONED = 1.0
_MENTIONS_TO_BE_ABOUT = 6
# For a framework's agent a file's ending only says that it may be its business; another framework, that it is not.
_BUSINESS = 0.25
_AGAINST = 6.0
# An ending that several frameworks share: with the manifest's word for one of them it is just enough (and a little
# more than the ending is to the language's agent), without it never.
_MAY = 0.6
# A library makes a file its agent's, together with such an ending, and is not decisive: then its neighbours, which
# need not use it, would follow.
_USED = 1.45
# A reviewer of backends or of security may list databases and formats all day, and is for code of any kind.
_NEUTRAL = re.compile(
    r"(?i)back-?end|full-?stack|microservice|performance|security|reliability|observability|review|audit|debug|"
    r"troubleshoot|incident|refactor|test|\bqa\b"
)
# Who names no technology is for code of any kind if its name says what it does with code, and its introduction that
# code is what it does it with; marketing and operations have reviewers and architects, too.
_ROLE = re.compile(
    r"(?i)\bcode|software|security|owasp|performance|architect|\btest|\bqa\b|debug|refactor|review|audit|legacy"
)
_CODE = re.compile(
    r"(?i)\b(?:source )?code\b|\bcodebases?\b|\bsoftware\b|\bpull requests?\b|\bvulnerabilit|\brefactor|\bbugs?\b|"
    r"\bapplications?\b|\btest (?:suites?|automation|coverage|failures?)|\b(?:unit|failing) tests?\b"
)
_OPENING = 400
_FAMILY = frozenset((*FRAMEWORKS, *LIBRARIES, *SCIENCE, PYTHON))
_INTRODUCES = re.compile(r"(?i)(?:you\b|as an?\b|i am\b|i'm\b|act as\b|expert\b|an? \w+)")

# What people would ask an agent is told as dialogues: it names whatever came to its author's mind.
_EXAMPLES = re.compile(r"<example>|\bExamples?:|\bFor example\b")


@cache
def _names() -> dict[Technology, re.Pattern[str]]:
    """Give what each technology is called; compiled only where an agent states no stack."""
    return {technology: re.compile(rf"(?<![\w.])(?:{technology.names})(?![\w+])") for technology in TECHNOLOGIES}


@cache
def _words() -> dict[Technology, re.Pattern[str]]:
    """Give what each technology and field is called in an agent's name, in whatever case."""
    return {
        technology: re.compile(
            rf"(?i)(?<![\w.])(?:{'|'.join(filter(None, (technology.names, technology.words)))})(?![\w+])"
        )
        for technology in (*TECHNOLOGIES, *DOMAINS)
    }


def derive(name: str, description: str, body: str) -> Stack:
    """Derive the stack of an agent that states none from the technologies its text names.

    What the name says comes first, then the description, then how the body introduces the agent. Of a technology
    that is only named beside those the agent is about, imports count. An agent that is introduced without any is for
    no files in particular, however many its body lists. Signals never speak for a project's identity.
    """
    counts = {technology: len(_names()[technology].findall(body)) for technology in _FAMILY}
    named = _named_in(_words(), re.sub(r"[-_]+", " ", name))
    neutral = _NEUTRAL.search(name) is not None
    about = _about(named, _EXAMPLES.split(description)[0], body, counts, neutral=neutral)
    if _is_general(about, named):
        return Stack(
            _weighed(technology for technology in about if technology is PYTHON or technology not in _FAMILY),
            derived=True,
        )
    if about.isdisjoint(_FAMILY):
        return Stack(_weighed(about), derived=True, any=not about and _is_for_any(name, description, body))
    signals = {(signal.kind, signal.pattern): signal for signal in _weighed(about)}
    signals[SignalKind.PATH, "**/*.py"] = Signal(SignalKind.PATH, "**/*.py", _BUSINESS)
    for technology in (*FRAMEWORKS, *LIBRARIES, *SCIENCE):
        for kind, pattern, _ in _signals(technology) if counts[technology] else ():
            if kind is SignalKind.IMPORT:
                signals.setdefault((kind, pattern), Signal(kind, pattern, _MENTIONED))
    return _of_frameworks(tuple(signals.values()), about)


def _is_for_any(name: str, description: str, body: str) -> bool:
    """Tell whether an agent that names no technology is one for code of any kind."""
    introduced = f"{_EXAMPLES.split(description)[0]}\n{_opening(body)}"
    return _ROLE.search(re.sub(r"[-_]+", " ", name)) is not None and _CODE.search(introduced) is not None


def _weighed(about: Iterable[Technology]) -> tuple[Signal, ...]:
    """Give the signals of the technologies an agent is about, in the order of the table."""
    kept = frozenset(about)
    # Beside other technologies a library says nothing of files that are none of their business.
    confined = not kept <= ANYWHERE
    weights: dict[tuple[SignalKind, str], float] = {}
    for technology in (*TECHNOLOGIES, *DOMAINS):
        for kind, pattern, weight in _signals(technology) if technology in kept else ():
            if not (confined and technology in ANYWHERE and kind is SignalKind.PATH):
                weights[kind, pattern] = max(weights.get((kind, pattern), 0.0), weight)
    return tuple(Signal(kind, pattern, weight) for (kind, pattern), weight in weights.items())


def _about(
    named: list[Technology], description: str, body: str, counts: Mapping[Technology, int], *, neutral: bool
) -> frozenset[Technology]:
    """Give what the agent is about."""
    described = _named_in(_names(), description)
    first = [technology for technology in named if technology not in DOMAINS]
    if not first:
        first = described or _named_in(_names(), _opening(body))
        if neutral:
            first = [technology for technology in first if technology not in ACCESSORIES]
        if all(technology in ACCESSORIES or technology in SCIENCE for technology in first):
            first += [technology for technology in named if technology in DOMAINS]
    if _FAMILY.isdisjoint(first):
        return frozenset(first)
    often = (technology for technology in (*LIBRARIES, *SCIENCE) if counts[technology] >= _MENTIONS_TO_BE_ABOUT)
    return frozenset((*first, *_FAMILY.intersection(described), *often))


def _named_in(patterns: Mapping[Technology, re.Pattern[str]], text: str) -> list[Technology]:
    return [technology for technology, pattern in patterns.items() if pattern.search(text)]


def _opening(body: str) -> str:
    """Give the title of the body, and its first paragraph where that says who the agent is or what it is about."""
    text = body.strip().removeprefix("---").lstrip()
    title = text.partition("\n")[0] if text.startswith("# ") else ""
    paragraphs = (part.strip() for part in re.split(r"\n\s*(?=\n|[-*]|\d)|^#.*$", text, flags=re.MULTILINE))
    first = next(filter(None, paragraphs), "")
    introduces = _INTRODUCES.match(first) or any(names.match(first) for names in _names().values())
    return f"{title}\n{first[:_OPENING] if introduces else ''}"


def _is_general(about: frozenset[Technology], named: Iterable[Technology]) -> bool:
    """Tell whether an agent is for all of Python: it is named after the language, or knows several frameworks of it.

    Then the ending says it all; what it imports is for the frameworks' own agents.
    """
    family = _FAMILY.intersection(named)
    if family:
        return PYTHON in family and family.isdisjoint(FRAMEWORKS)
    return PYTHON in about and (len(about.intersection(FRAMEWORKS)) > 1 or about.isdisjoint((*FRAMEWORKS, *SCIENCE)))


def _of_frameworks(signals: tuple[Signal, ...], about: frozenset[Technology]) -> Stack:
    """Give the stack of an agent of some of Python's frameworks: it is not the one for the others."""
    frameworks = [framework for framework in FRAMEWORKS if framework in about]
    if not frameworks:
        return Stack(signals, derived=True)
    packages = tuple(_package(framework) for framework in frameworks)
    others = (_package(framework) for framework in FRAMEWORKS if framework not in about)
    against = tuple(Signal(SignalKind.IMPORT, package, _AGAINST) for package in others)
    return Stack(signals, against, requires=packages, derived=True)


def _package(framework: Technology) -> str:
    return next(pattern for kind, pattern, _ in _signals(framework) if kind is SignalKind.IMPORT)


def _signals(technology: Technology) -> Iterator[tuple[SignalKind, str, float]]:
    """Read what the table says of a technology: the signals it stands for, and their weights."""
    for group in technology.signals.split("; "):
        word, *patterns = group.split()
        for pattern in patterns:
            if word == "npm":
                yield SignalKind.DEPENDENCY, pattern, _ABOUT
            if word in ("npm", "script"):
                imported = rf"(?:\bfrom|\bimport|\brequire\()\s*['\"]{re.escape(pattern)}(?:/|['\"])"
                yield SignalKind.TOKEN, imported, _ABOUT if word == "npm" else _USED
            elif word == "library":
                yield SignalKind.IMPORT, pattern, _USED
            elif word == "may":
                yield SignalKind.PATH, pattern, _MAY
            else:
                yield SignalKind(word), pattern, _ABOUT
