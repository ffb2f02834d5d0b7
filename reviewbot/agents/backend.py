"""How the backend around a file is written: whose stack the files beside it speak for, folder by folder."""

from __future__ import annotations

from collections import Counter, defaultdict
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from reviewbot.agents.evidence import business, imported, of_text
from reviewbot.core.reasons import ReasonKind, because

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reviewbot.core.agent import Agent
    from reviewbot.core.reasons import Reason
    from reviewbot.core.review import Evidence

# So much of what speaks in a folder must agree, and so much of what was read there must speak at all:
# one example with a session does not make a backend of a library.
_AGREED = 0.75
_SPEAKING = 0.08
# A folder that says what it depends on is a project of its own, unless it is part of a package or only serves one.
_MANIFESTS = frozenset({"pyproject.toml", "requirements.txt", "setup.py", "setup.cfg", "Pipfile"})
_SERVING = frozenset({"test", "tests", "docs", "doc", "scripts", "qa", "docker", "ci", "alembic", "migrations"})
# A stranger is a file that speaks against every agent: another framework.
_STRANGER = ""


@dataclass(frozen=True, slots=True)
class Claim:
    """What the files around a path speak for.

    Attributes:
        agent: Its name.
        folder: Where they lie; empty for the whole repository.
        speaking: How many of them speak for the agent.
        evidence: What one of them says, as an example.
    """

    agent: str
    folder: str
    speaking: int
    evidence: tuple[Evidence, ...]

    @property
    def reason(self) -> Reason:
        """Why a file is the agent's."""
        return because(ReasonKind.BACKEND, self.speaking, *filter(None, [self.folder]))


class Backend:
    """The files of a tree that were read to learn how its backend is written.

    Args:
        paths: All paths of the tree.
        texts: Path → text of the files that were read.
        agents: Those that may be assigned.
        named: Names of the agents whose required packages stand in a manifest of the tree.
        threshold: The weight of a stack.
    """

    def __init__(
        self,
        paths: Iterable[str],
        texts: Mapping[str, str],
        agents: Sequence[Agent],
        named: Iterable[str],
        threshold: float,
    ) -> None:
        self._projects = frozenset(_projects(paths))
        self._threshold = threshold
        self._read: Counter[str] = Counter()
        self._spoken: defaultdict[str, Counter[str]] = defaultdict(Counter)
        self._examples: dict[tuple[str, str], tuple[Evidence, ...]] = {}
        met = set(named)
        for path in sorted(texts):
            met |= {agent.name for agent in agents if agent.stack.requires and _imports_required(agent, texts[path])}
            voice, evidence = self._voice(path, texts[path], agents)
            for folder in _folders(path):
                self._read[folder] += 1
                if voice is not None:
                    self._spoken[folder][voice] += 1
                    self._examples.setdefault((folder, voice), evidence)
        self._met = met | {agent.name for agent in agents if agent.stack.signals and not agent.stack.requires}

    @property
    def strange(self) -> bool:
        """Whether another framework is used, which files speak of, and what the agents require is not."""
        return bool(self._spoken[""][_STRANGER]) and not self._met

    def claim(self, path: str) -> Claim | None:
        """Give whose stack the nearest folder speaks for without doubt, or None.

        Folders are asked upwards, as far as the project goes that the file belongs to.
        """
        for folder in _folders(path):
            spoken = self._spoken.get(folder)
            if spoken:
                (agent, count), *_ = spoken.most_common(1)
                agreed = count >= _AGREED * spoken.total()
                if agreed and agent in self._met and count >= _SPEAKING * self._read[folder]:
                    return Claim(agent, folder, count, self._examples[folder, agent])
                if agreed and agent == _STRANGER:
                    return None
            if folder in self._projects:
                return None
        return None

    def _voice(self, path: str, text: str, agents: Sequence[Agent]) -> tuple[str | None, tuple[Evidence, ...]]:
        """Give the agent whose stack a file speaks for by its own words, none, or that it is a stranger to all."""
        asked = [agent for agent in agents if business(agent, path)]
        evidence = [_evidence_in(agent, path, text) for agent in asked]
        scores = [sum(piece.weight for piece in pieces) for pieces in evidence]
        best = max(scores, default=0.0)
        if best >= self._threshold and scores.count(best) == 1:
            winner = scores.index(best)
            return asked[winner].name, tuple(piece for piece in evidence[winner] if piece.weight > 0)
        against = [
            {(piece.kind, piece.pattern) for piece in pieces if piece.weight <= -self._threshold} for pieces in evidence
        ]
        return (_STRANGER if against and set.intersection(*against) else None), ()


def _evidence_in(agent: Agent, path: str, text: str) -> tuple[Evidence, ...]:
    # Whose project it is was read elsewhere; here only the stack counts.
    signals = [signal for signal in agent.stack.signals if not signal.identity]
    return (*of_text(path, text, signals), *of_text(path, text, agent.stack.against, -1))


def _imports_required(agent: Agent, text: str) -> bool:
    names = imported(text)
    return any(name.split(".")[0] in agent.stack.requires for name in names)


def _projects(paths: Iterable[str]) -> Iterator[str]:
    everything = frozenset(paths)
    for path in everything:
        folder, _, name = path.rpartition("/")
        serving = folder.rpartition("/")[2] in _SERVING
        if name in _MANIFESTS and folder and not serving and f"{folder}/__init__.py" not in everything:
            yield folder


def _folders(path: str) -> Iterator[str]:
    """Give the folders of a path, the nearest first; empty for the whole tree."""
    for parent in PurePosixPath(path).parents:
        yield "" if str(parent) == "." else str(parent)
