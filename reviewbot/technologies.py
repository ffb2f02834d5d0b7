"""Which technologies an agent's prose names, and how a changed file shows that it uses them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from reviewbot.agent import Signal, SignalKind, Stack

if TYPE_CHECKING:
    from collections.abc import Iterable

# A technology named in passing says less than one the agent is about, and beside such a one only of
# files that import it: a backend agent that "reads TypeScript" is nobody for TypeScript files.
_ABOUT = 2.0
_MENTIONED = 1.0
_MENTIONS_TO_BE_ABOUT = 3


class _Technology(NamedTuple):
    """How prose names a technology, and its signals: ``kind pattern``."""

    names: str
    signals: tuple[str, ...]


_TECHNOLOGIES = (
    _Technology(r"Python|FastAPI|Django|Flask|SQLAlchemy|Celery|Pydantic", ("path **/*.py",)),
    _Technology(r"FastAPI", ("import fastapi", "dependency fastapi")),
    _Technology(r"SQLAlchemy", ("import sqlalchemy", "dependency sqlalchemy")),
    _Technology(
        r"async(?:hronous)? SQLAlchemy|SQLAlchemy(?: 2\.0)? async|AsyncSession|asyncpg",
        ("import sqlalchemy.ext.asyncio",),
    ),
    _Technology(r"Alembic", ("import alembic", "dependency alembic")),
    _Technology(r"Pydantic", ("import pydantic",)),
    _Technology(r"Celery", ("import celery", "dependency celery")),
    _Technology(r"Redis", ("import redis",)),
    _Technology(r"Django", ("import django", "import rest_framework", "dependency django", "file **/manage.py")),
    _Technology(r"Flask", ("import flask", "dependency flask")),
    _Technology(r"pytest", ("import pytest",)),
    _Technology(r"pandas", ("import pandas",)),
    _Technology(r"PyTorch", ("import torch",)),
    _Technology(r"TypeScript|Next\.?js|Angular", ("path **/*.ts", "path **/*.tsx")),
    _Technology(r"JavaScript|Node\.?js|Express(?:\.js)?", ("path **/*.js", "path **/*.mjs")),
    _Technology(r"React(?! Native)|Next\.?js", ("path **/*.tsx", "path **/*.jsx", "dependency react")),
    _Technology(r"React Native|Expo", ("dependency react-native", "dependency expo")),
    _Technology(r"Next\.?js", ("file **/next.config.*", "dependency next")),
    _Technology(r"Vue(?:\.js)?|Nuxt", ("path **/*.vue", "dependency vue")),
    _Technology(r"Svelte(?:Kit)?", ("path **/*.svelte", "dependency svelte")),
    _Technology(r"Angular", ("path **/*.component.ts", "dependency @angular/core")),
    _Technology(r"Nest\.?js", ("path **/*.module.ts", "dependency @nestjs/core")),
    _Technology(r"Tailwind(?:CSS| CSS)?|CSS", ("path **/*.css",)),
    _Technology(r"Golang|Go(?= (?:code|service|module|developer|programm|backend|engineer|\d))", ("path **/*.go",)),
    _Technology(r"Rust", ("path **/*.rs",)),
    _Technology(r"Java(?!Script)|Spring(?: Boot)?", ("path **/*.java",)),
    _Technology(r"Kotlin", ("path **/*.kt",)),
    _Technology(r"SwiftUI|Swift", ("path **/*.swift",)),
    _Technology(r"Ruby|Rails", ("path **/*.rb",)),
    _Technology(r"PHP|Laravel|Symfony", ("path **/*.php",)),
    _Technology(r"C#|\.NET", ("path **/*.cs",)),
    _Technology(r"C\+\+", ("path **/*.cpp", "path **/*.hpp", "path **/*.cc")),
    _Technology(r"Elixir|Phoenix", ("path **/*.ex", "path **/*.exs")),
    _Technology(r"Flutter|Dart", ("path **/*.dart",)),
    _Technology(r"Terraform", ("path **/*.tf",)),
    _Technology(r"Docker(?: Compose|file)?", ("path **/Dockerfile*", "path **/docker-compose*.y*ml")),
    _Technology(r"Kubernetes|Helm", ("path **/k8s/**", "path **/charts/**")),
    _Technology(r"GitHub Actions", ("path .github/workflows/*",)),
    _Technology(r"GraphQL", ("path **/*.graphql",)),
    _Technology(r"Playwright|Cypress", ("path **/*.spec.ts",)),
)
# "Go", "React", "Swift", "Express", "Rust" are words as well; only names written as names count.
_NAMES = tuple(re.compile(rf"(?<![\w.])(?:{technology.names})(?![\w+])") for technology in _TECHNOLOGIES)


def derive(description: str, body: str) -> Stack:
    """Derive the stack of an agent that states none from the technologies its text names.

    A technology of the description, or one the body names again and again, weighs double.
    Signals never speak for a project's identity, so such an agent reaches grade ``stack`` at best.
    """
    mentions = [len(names.findall(body)) for names in _NAMES]
    about = [
        bool(names.search(description)) or count >= _MENTIONS_TO_BE_ABOUT
        for names, count in zip(_NAMES, mentions, strict=True)
    ]
    weights: dict[tuple[SignalKind, str], float] = {}
    for technology, count, is_about in zip(_TECHNOLOGIES, mentions, about, strict=True):
        for kind, pattern in _keys(technology.signals):
            if is_about or (count and (kind is SignalKind.IMPORT or not any(about))):
                weight = _ABOUT if is_about else _MENTIONED
                weights[kind, pattern] = max(weights.get((kind, pattern), 0.0), weight)
    return Stack(tuple(Signal(kind, pattern, weight) for (kind, pattern), weight in weights.items()), derived=True)


def _keys(signals: Iterable[str]) -> Iterable[tuple[SignalKind, str]]:
    for signal in signals:
        kind, _, pattern = signal.partition(" ")
        yield SignalKind(kind), pattern
