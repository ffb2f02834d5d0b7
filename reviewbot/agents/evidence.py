"""What speaks for an agent and against it: signals matched in one file, and in the repository around it."""

from __future__ import annotations

import re
from functools import lru_cache
from typing import TYPE_CHECKING

from reviewbot.core.agent import SignalKind
from reviewbot.core.change import FileKind, LineKind
from reviewbot.core.globs import Globs, matches
from reviewbot.core.review import Evidence

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reviewbot.core.agent import Agent, Signal
    from reviewbot.core.change import ChangedFile, Tree

# Where a project says what it depends on. A few of them tell the stack; a monorepo may have hundreds.
_MANIFESTS = Globs(
    (
        *("requirements*.txt", "requirements/*.txt", "pyproject.toml", "Pipfile", "setup.cfg", "setup.py"),
        *("package.json", "go.mod"),
    ),
)
_MOST_MANIFESTS = 30
# Signals stand at the top of a file or all over it; beyond this much text nothing new is learnt.
_MOST_TEXT = 200_000
# No word that tells anything is longer. A team's expression may take the square of the time for one (`\w+: Session`),
# and the words are those of whoever opens the pull request.
_LONG_RUN = re.compile(r"(?<!\S)\S{300,}+|(?<!\s)\s{300,}+")
_MOST_RUN = 300

_FROM_LIST = re.compile(
    r"^[ \t]*from[ \t]+([\w.]+)[ \t]+import[ \t]*(?:\(((?:(?!\n[ \t]*from[ \t])[^)])*+)\)|([^\n#(]*))", re.MULTILINE
)
_IMPORT = re.compile(r"^[ \t]*import[ \t]+([\w., \t]+)", re.MULTILINE)


def of_file(file: ChangedFile, signals: Sequence[Signal], sign: int = 1) -> tuple[Evidence, ...]:
    """Give the path, import and token signals that match a changed file.

    Args:
        file: Its whole text is looked at where it is known, else its hunks.
        signals: What to look for.
        sign: 1 for evidence for an agent, -1 for evidence against it.
    """
    text = _text(file)
    imports = imported(text)
    return tuple(
        Evidence(signal.kind, signal.pattern, file.path, sign * signal.weight, signal.identity)
        for signal in signals
        if _matches(signal, file.path, text, imports)
    )


def of_text(path: str, text: str, signals: Sequence[Signal], sign: int = 1) -> tuple[Evidence, ...]:
    """Give the import and token signals that match the text of a file that did not change; see :func:`of_file`."""
    text = _short_words(text)
    imports = imported(text)
    return tuple(
        Evidence(signal.kind, signal.pattern, path, sign * signal.weight, signal.identity)
        for signal in signals
        if signal.kind is not SignalKind.PATH and _matches(signal, path, text, imports)
    )


def manifests(paths: Iterable[str]) -> list[str]:
    """Give those of a tree's paths that are read for what the project depends on, the topmost first."""
    candidates = (path for path in _MANIFESTS.match_files(paths) if "node_modules/" not in path)
    return sorted(candidates, key=lambda path: (path.count("/"), path))[:_MOST_MANIFESTS]


class RepositoryEvidence:
    """What the tree around the change says: its manifests and its files.

    Args:
        tree: The base tree, or None where there is none.
    """

    def __init__(self, tree: Tree | None) -> None:
        self._paths = sorted(tree.paths) if tree is not None else []
        self._manifests: Mapping[str, str] = tree.read(manifests(self._paths)) if tree is not None else {}

    def of(self, signals: Sequence[Signal], sign: int = 1) -> tuple[Evidence, ...]:
        """Give the dependency and file signals that match the repository."""
        return tuple(
            Evidence(signal.kind, signal.pattern, path, sign * signal.weight, signal.identity)
            for signal in signals
            if (path := self._place(signal)) is not None
        )

    def names(self, packages: Iterable[str]) -> bool:
        """Tell whether a manifest names one of the packages."""
        return any(self._named(package) is not None for package in packages)

    def _named(self, package: str) -> str | None:
        pattern = _dependency(package)
        return next((path for path, text in self._manifests.items() if pattern.search(text)), None)

    def _place(self, signal: Signal) -> str | None:
        if signal.kind is SignalKind.FILE:
            return next(iter(_spec(signal.pattern).match_files(self._paths)), None)
        if signal.kind is SignalKind.DEPENDENCY:
            return self._named(signal.pattern)
        return None


def business(agent: Agent, path: str) -> bool:
    """Tell whether a file is the agent's business at all.

    An agent with path signals weighs only files they match, one without any signal none.
    """
    paths = tuple(signal.pattern for signal in agent.stack.signals if signal.kind is SignalKind.PATH)
    # Each for itself: one that takes out takes in nothing, and takes nothing from the others.
    return bool(agent.stack.signals) and (not paths or matches(_taking_in(paths), path))


def _text(file: ChangedFile) -> str:
    whole = file.old_text if file.kind is FileKind.DELETED else file.new_text
    if whole is not None:
        return _short_words(whole)
    skipped = LineKind.ADDED if file.kind is FileKind.DELETED else LineKind.REMOVED
    lines = (line.text for hunk in file.hunks for line in hunk.lines if line.kind is not skipped)
    sections = (hunk.section for hunk in file.hunks if hunk.section)
    return _short_words("\n".join((*lines, *sections)))


def _short_words(text: str) -> str:
    """Give as much of a text as is looked at, the rest of very long words and blanks left out."""
    return _LONG_RUN.sub(lambda run: run[0][:_MOST_RUN], text[:_MOST_TEXT])


@lru_cache(maxsize=8)
def imported(text: str) -> frozenset[str]:
    """Give the dotted names that the text imports: modules, and names from modules."""
    names: set[str] = set()
    for match in _FROM_LIST.finditer(text):
        names.add(match[1])
        names.update(f"{match[1]}.{name}" for name in _words(match[2] or match[3] or ""))
    for match in _IMPORT.finditer(text):
        names.update(_words(match[1]))
    return frozenset(names)


def _words(listing: str) -> Iterator[str]:
    for part in re.sub(r"#[^\n]*", "", listing).split(","):
        name = part.split(" as ")[0].strip()
        if name:
            yield name


def _matches(signal: Signal, path: str, text: str, imports: Iterable[str]) -> bool:
    if signal.kind is SignalKind.PATH:
        return _spec(signal.pattern).match(path)
    if signal.kind is SignalKind.IMPORT:
        return any(name == signal.pattern or name.startswith(f"{signal.pattern}.") for name in imports)
    return signal.kind is SignalKind.TOKEN and _says(signal.pattern, text)


# What speaks for one agent often speaks against another one: the same is asked of the same text a few times over.
@lru_cache(maxsize=128)
def _says(pattern: str, text: str) -> bool:
    return _token(pattern).search(text) is not None


@lru_cache(maxsize=64)
def _taking_in(patterns: tuple[str, ...]) -> tuple[str, ...]:
    return tuple(pattern for pattern in patterns if not pattern.startswith("!"))


@lru_cache(maxsize=512)
def _spec(pattern: str) -> Globs:
    return Globs((pattern,))


@lru_cache(maxsize=512)
def _token(pattern: str) -> re.Pattern[str]:
    return re.compile(pattern, re.MULTILINE)


@lru_cache(maxsize=512)
def _dependency(package: str) -> re.Pattern[str]:
    name = re.sub(r"[-_.]+", "[-_.]+", re.escape(package).replace(r"\-", "-"))
    return re.compile(rf"(?im)(?:^|[\s\"'\[,(]){name}(?![\w-])")
