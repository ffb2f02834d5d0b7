"""Which technologies an agent's prose names, and how a changed file shows that it uses them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reviewbot.agent import Signal, SignalKind, Stack

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

# A technology named in passing says less than one the agent is about, and beside such a one only of
# files that import it: a backend agent that "reads TypeScript" is nobody for TypeScript files.
_ABOUT = 2.0
_MENTIONED = 1.0
_MENTIONS_TO_BE_ABOUT = 3
# For a framework's agent a file's ending only says that it may be its business; another framework, that it is not.
_BUSINESS = 0.25
_AGAINST = 6.0


class _Technology(NamedTuple):
    """How prose names a technology, its signals (``kind pattern``), and how one word of an agent's name may say it."""

    names: str
    signals: tuple[str, ...]
    words: str = ""


_PYTHON = _Technology(r"Python", ("path **/*.py",), "py")
_FRAMEWORKS = (
    _Technology(r"FastAPI", ("import fastapi", "dependency fastapi")),
    _Technology(
        r"Django(?: REST [Ff]ramework)?|DRF",
        ("import django", "import rest_framework", "dependency django", "file **/manage.py"),
    ),
    _Technology(r"Flask", ("import flask", "dependency flask")),
)
_LIBRARIES = (
    _Technology(r"SQLAlchemy", ("import sqlalchemy", "dependency sqlalchemy")),
    _Technology(
        r"async(?:hronous)? SQLAlchemy|SQLAlchemy(?: 2\.0)? async|AsyncSession|asyncpg",
        ("import sqlalchemy.ext.asyncio",),
    ),
    _Technology(r"Alembic", ("import alembic", "dependency alembic")),
    _Technology(r"Pydantic", ("import pydantic",)),
    _Technology(r"Celery", ("import celery", "dependency celery")),
    _Technology(r"pytest", ("import pytest",)),
    _Technology(r"pandas", ("import pandas",)),
    _Technology(r"PyTorch", ("import torch",)),
)
_OTHERS = (
    _Technology(r"Redis", ("import redis",)),
    _Technology(r"TypeScript|Next\.?js|Angular", ("path **/*.ts", "path **/*.tsx"), "ts|nextjs"),
    _Technology(r"JavaScript|Node\.?js|Express(?:\.js)?", ("path **/*.js", "path **/*.mjs"), "js|node|nodejs"),
    _Technology(r"React(?! Native)|Next\.?js", ("path **/*.tsx", "path **/*.jsx", "dependency react"), "reactjs"),
    _Technology(r"React Native|Expo", ("dependency react-native", "dependency expo")),
    _Technology(r"Next\.?js", ("file **/next.config.*", "dependency next")),
    _Technology(r"Vue(?:\.js)?|Nuxt", ("path **/*.vue", "dependency vue"), "vuejs"),
    _Technology(r"Svelte(?:Kit)?", ("path **/*.svelte", "dependency svelte")),
    _Technology(r"Angular", ("path **/*.component.ts", "dependency @angular/core")),
    _Technology(r"Nest\.?js", ("path **/*.module.ts", "dependency @nestjs/core")),
    _Technology(r"Tailwind(?:CSS| CSS)?|CSS", ("path **/*.css",)),
    _Technology(r"SCSS|Sass", ("path **/*.scss",)),
    _Technology(r"HTML", ("path **/*.html",)),
    _Technology(
        r"Golang|Go(?= (?:code|service|module|developer|programm|backend|engineer|\d))", ("path **/*.go",), "go"
    ),
    _Technology(r"Rust", ("path **/*.rs",)),
    _Technology(r"Julia(?! [A-Z])", ("path **/*.jl",)),
    _Technology(r"Java(?!Script)|Spring(?: Boot)?", ("path **/*.java",)),
    _Technology(r"Kotlin", ("path **/*.kt",)),
    _Technology(r"Scala", ("path **/*.scala",)),
    _Technology(r"Clojure", ("path **/*.clj", "path **/*.cljs")),
    _Technology(r"SwiftUI|Swift", ("path **/*.swift",), "ios"),
    _Technology(r"Objective-C", ("path **/*.m", "path **/*.mm")),
    _Technology(r"Ruby|Rails", ("path **/*.rb",)),
    _Technology(r"PHP|Laravel|Symfony", ("path **/*.php",)),
    _Technology(r"C#|\.NET", ("path **/*.cs",), "csharp|dotnet"),
    _Technology(r"C\+\+", ("path **/*.cpp", "path **/*.hpp", "path **/*.cc"), "cpp"),
    _Technology(r"C(?= (?:code|programm|developer|language))", ("path **/*.c", "path **/*.h"), "c"),
    _Technology(r"Elixir|Phoenix", ("path **/*.ex", "path **/*.exs")),
    _Technology(r"Erlang", ("path **/*.erl",)),
    _Technology(r"Haskell", ("path **/*.hs",)),
    _Technology(r"OCaml", ("path **/*.ml",)),
    _Technology(r"Zig", ("path **/*.zig",)),
    _Technology(r"Lua", ("path **/*.lua",)),
    _Technology(r"Perl", ("path **/*.pl", "path **/*.pm")),
    _Technology(r"R(?= (?:code|language|package|programm|script))|tidyverse", ("path **/*.R", "path **/*.r"), "r"),
    _Technology(r"Solidity", ("path **/*.sol",)),
    _Technology(r"Flutter|Dart", ("path **/*.dart",)),
    _Technology(r"PowerShell", ("path **/*.ps1",)),
    _Technology(r"Bash|[Ss]hell [Ss]cripts?", ("path **/*.sh", "path **/*.bash"), "shell"),
    _Technology(r"(?:(?:Postgre|My)?SQL|PL/SQL)", ("path **/*.sql",), "postgres"),
    _Technology(r"Terraform", ("path **/*.tf",)),
    _Technology(r"Docker(?: Compose|file)?", ("path **/Dockerfile*", "path **/docker-compose*.y*ml")),
    _Technology(r"Kubernetes|Helm", ("path **/k8s/**", "path **/charts/**"), "k8s"),
    _Technology(r"GitHub Actions", ("path .github/workflows/*",)),
    _Technology(r"GraphQL", ("path **/*.graphql",)),
    _Technology(r"Playwright|Cypress", ("path **/*.spec.ts",)),
)
_TECHNOLOGIES = (_PYTHON, *_FRAMEWORKS, *_LIBRARIES, *_OTHERS)
# "Go", "React", "Swift", "Express", "Rust" are words as well; in prose only names written as names count.
_NAMES = {technology: re.compile(rf"(?<![\w.])(?:{technology.names})(?![\w+])") for technology in _TECHNOLOGIES}
_WORDS = {
    technology: re.compile(rf"(?i)(?:{'|'.join(filter(None, (technology.names, technology.words)))})")
    for technology in _TECHNOLOGIES
}
# Somebody who writes posts may run Python scripts all day and is no reviewer of them.
_ABOUT_CODE = re.compile(
    r"(?i)\b(?:code|coding|develop\w*|engineer\w*|programm\w*|backend|back-end|frontend|front-end|full-?stack|api|apis|"
    r"review\w*|refactor\w*|debug\w*|architect\w*|software|test\w*|database\w*|security|devops)\b"
)


def derive(name: str, description: str, body: str) -> Stack:
    """Derive the stack of an agent that states none from the technologies its text names.

    What the name says comes first, then the description, then what the body names again and again. Of a technology
    that is named beside those the agent is about, only imports count. Signals never speak for a project's identity.
    """
    counts = {technology: len(names.findall(body)) for technology, names in _NAMES.items()}
    about = _about(name, description, counts)
    known = set(about)
    weights: dict[tuple[SignalKind, str], float] = {}
    for technology in _TECHNOLOGIES:
        for kind, pattern in _keys(technology.signals):
            mentioned = counts[technology] > 0 and bool(known) and (kind is SignalKind.IMPORT or technology is _PYTHON)
            if technology in known:
                weights[kind, pattern] = max(weights.get((kind, pattern), 0.0), about[technology])
            elif mentioned and technology is not _PYTHON:
                weights[kind, pattern] = max(weights.get((kind, pattern), 0.0), _MENTIONED)
    return _python(known, about, weights)


def _about(name: str, description: str, counts: Mapping[_Technology, int]) -> dict[_Technology, float]:
    """Give what the agent is about, with its weight."""
    words = [word for word in re.split(r"[^\w+#.]+|_", name) if word]
    named = [one for one in _TECHNOLOGIES if any(_WORDS[one].fullmatch(word) for word in words)]
    described = [one for one in _TECHNOLOGIES if _NAMES[one].search(description)]
    first = named or described
    if first:
        least = max(_MENTIONS_TO_BE_ABOUT, *(counts[one] for one in first))
        often = [one for one, count in counts.items() if count >= least]
        beside = [one for one in described if _is_python(one) and any(map(_is_python, first))]
        return dict.fromkeys((*first, *beside, *often), _ABOUT)
    often = [one for one, count in counts.items() if count >= _MENTIONS_TO_BE_ABOUT]
    if often and _ABOUT_CODE.search(f"{name.replace('-', ' ')} {description}"):
        return dict.fromkeys(often, _ABOUT)
    return dict.fromkeys((one for one, count in counts.items() if count), _MENTIONED)


def _is_python(technology: _Technology) -> bool:
    return technology is _PYTHON or technology in _FRAMEWORKS or technology in _LIBRARIES


def _python(
    known: set[_Technology], about: Mapping[_Technology, float], weights: Mapping[tuple[SignalKind, str], float]
) -> Stack:
    """Complete a stack by what holds among Python's frameworks."""
    signals = [Signal(kind, pattern, weight) for (kind, pattern), weight in weights.items()]
    frameworks = [one for one in _FRAMEWORKS if about.get(one) == _ABOUT]
    if not any(map(_is_python, known)):
        return Stack(tuple(signals), derived=True)
    path = Signal(SignalKind.PATH, "**/*.py", _BUSINESS)
    if not frameworks and (_PYTHON in known or _MENTIONED in about.values()):
        path = Signal(SignalKind.PATH, "**/*.py", about.get(_PYTHON, _MENTIONED))
    signals = [path, *(signal for signal in signals if signal.pattern != path.pattern)]
    if not frameworks:
        return Stack(tuple(signals), derived=True)
    packages = tuple(_package(one) for one in frameworks)
    others = (_package(one) for one in _FRAMEWORKS if one not in known)
    against = tuple(Signal(SignalKind.IMPORT, package, _AGAINST) for package in others)
    return Stack(tuple(signals), against, requires=packages, derived=True)


def _package(framework: _Technology) -> str:
    return next(pattern for kind, pattern in _keys(framework.signals) if kind is SignalKind.IMPORT)


def _keys(signals: Iterable[str]) -> Iterable[tuple[SignalKind, str]]:
    for signal in signals:
        kind, _, pattern = signal.partition(" ")
        yield SignalKind(kind), pattern
