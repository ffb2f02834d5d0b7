"""Which agent reviews each file, by evidence that is always shown.

Every file is weighed by itself: its path, imports and words for and against each agent, and what
the repository says as a prior. A file that says nothing of its own follows its neighbours. Where the
evidence is too thin, or fits two agents alike, nobody reviews the file: abstaining is a correct answer.
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING

from pathspec import PathSpec

from reviewbot.agent import SignalKind
from reviewbot.backend import Backend
from reviewbot.change import FileKind
from reviewbot.evidence import RepositoryEvidence, business, of_file
from reviewbot.filekinds import GENERATED, is_companion, is_migration, kind
from reviewbot.review import Assignment, Candidate, Evidence, FileMatch, Grade, Routing, Unassigned
from reviewbot.witnesses import witnesses

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewbot.agent import Agent, Pin
    from reviewbot.change import ChangedFile, ChangeSet, Tree

# One clear technology (weight 2 in the agent files) is a stack; a file's ending or a shared library is not.
STACK_THRESHOLD = 2.0
# One decisive domain word (weight 4), or two that other projects might use as well (weight 2 each).
IDENTITY_THRESHOLD = 4.0
# From this weight on an import or a word separates stacks; a library that several share weighs less.
DECISIVE = 1.5
# What the repository says without saying which project it is may tip the scales, but decides nothing alone.
MOST_PRIOR = 1.5

_OWN_WORDS = frozenset({SignalKind.IMPORT, SignalKind.TOKEN})
_UNREADABLE = frozenset({FileKind.BINARY, FileKind.SUBMODULE})


@dataclass(frozen=True, slots=True)
class _Weighed:
    """One agent's evidence for one file."""

    agent: Agent
    evidence: tuple[Evidence, ...]
    prior: float

    @property
    def score(self) -> float:
        return round(sum(piece.weight for piece in self.evidence) + self.prior, 2)

    @property
    def speaks(self) -> bool:
        """Whether the file itself says something decisive, rather than only where it lies."""
        return any(piece.kind in _OWN_WORDS and abs(piece.weight) >= DECISIVE for piece in self.evidence)

    @property
    def required(self) -> bool:
        """Whether the file imports what the agent's stack is not without."""
        requires = self.agent.stack.requires
        return any(piece.kind is SignalKind.IMPORT and piece.pattern in requires for piece in self.evidence)

    @property
    def half(self) -> bool:
        """Whether the file is written in two dialects, of which this agent's is one."""
        return any(piece.kind in _OWN_WORDS and piece.weight >= DECISIVE for piece in self.evidence)

    def lost(self, reason: str) -> Candidate:
        return Candidate(self.agent.name, self.score, reason, self.evidence)


@dataclass(frozen=True, slots=True)
class _Decided:
    """The decided files below a folder: the first of them, and whose they all are."""

    first: str
    agents: set[str]


def route(
    changes: ChangeSet,
    agents: Sequence[Agent],
    pins: Sequence[Pin] = (),
    forced: Agent | None = None,
    fallback: Agent | None = None,
) -> Routing:
    """Assign every changed file to an agent, or say why to none.

    Args:
        changes: The change; with a base tree the repository's evidence counts as well.
        agents: Those that may be assigned.
        pins: A team's own word on who reviews what, before any evidence; the first match wins.
        forced: The agent that reviews every file.
        fallback: The agent that reviews the Python files that nobody claims.
    """
    if forced is not None:
        matches = [FileMatch(file.path, 0.0, "the agent was named for the whole review") for file in changes.files]
        assignment = Assignment(forced.name, Grade.FORCED, tuple(m.path for m in matches), 0.0, (), tuple(matches))
        return Routing((assignment,) if matches else ())
    return _Router(changes, agents, pins, fallback).route()


class _Router:
    def __init__(
        self, changes: ChangeSet, agents: Sequence[Agent], pins: Sequence[Pin], fallback: Agent | None
    ) -> None:
        self._fallback = fallback
        self._changes = changes
        self._agents = sorted(agents, key=lambda agent: agent.name)
        self._pins = [(PathSpec.from_lines("gitignore", pin.paths), pin.agent) for pin in pins]
        tree = changes.base_tree if changes.base_tree and changes.base_tree.paths else changes.head_tree
        around = RepositoryEvidence(tree)
        self._around = {
            agent.name: (*around.of(agent.stack.signals), *around.of(agent.stack.against, -1)) for agent in agents
        }
        self._backend = self._read_backend(around, tree)
        self._matches: dict[str, tuple[str, FileMatch]] = {}
        self._pinned: set[str] = set()
        self._unassigned: dict[str, Unassigned] = {}

    def _read_backend(self, around: RepositoryEvidence, tree: Tree | None) -> Backend:
        paths = tree.paths if tree is not None else frozenset[str]()
        chosen = witnesses(paths, self._changes.files)
        named = [agent.name for agent in self._agents if around.names(agent.stack.requires)]
        return Backend(paths, tree.read(chosen) if tree and chosen else {}, self._agents, named, STACK_THRESHOLD)

    def route(self) -> Routing:
        silent = [file for file in self._changes.files if not self._pin(file) and not self._decide(file)]
        decided = {path: agent for path, (agent, _) in self._matches.items() if path not in self._pinned}
        near = _by_folder(decided)
        for file in silent:
            if not self._claim(file):
                self._follow(file, near)
        if self._fallback is not None:
            self._fall_back(self._fallback)
        return Routing(
            tuple(assignment for agent in self._agents if (assignment := self._assignment(agent))),
            tuple(self._unassigned[file.path] for file in self._changes.files if file.path in self._unassigned),
        )

    def _pin(self, file: ChangedFile) -> bool:
        name = next((agent for globs, agent in self._pins if globs.match_file(file.path)), None)
        if name is None:
            return False
        self._pinned.add(file.path)
        self._matches[file.path] = (name, FileMatch(file.path, 0.0, "pinned in .reviewbot.yml"))
        return True

    def _decide(self, file: ChangedFile) -> bool:
        """Settle a file by its own evidence; False where it has to look at its neighbours."""
        if file.kind in _UNREADABLE:
            self._unassigned[file.path] = Unassigned(file.path, f"nothing to read in it ({file.kind})")
            return True
        weighed = self._weigh(file)
        if not weighed:
            return False
        best, *others = weighed
        known = self._identity(best.agent) >= IDENTITY_THRESHOLD
        if not best.speaks and not known:
            return False
        return self._choose(file, best, others)

    def _choose(self, file: ChangedFile, best: _Weighed, others: Sequence[_Weighed]) -> bool:
        if best.score < STACK_THRESHOLD or any(other.score == best.score for other in others):
            return False
        losers = tuple(other.lost(_why_lost(other)) for other in others if other.evidence)
        reason = "its own evidence" if best.speaks else "where it lies"
        self._matches[file.path] = (
            best.agent.name,
            FileMatch(file.path, best.score, reason, best.evidence, losers),
        )
        return True

    def _weigh(self, file: ChangedFile) -> list[_Weighed]:
        """Weigh every agent whose business the file is, the best first."""
        weighed = [
            _Weighed(
                agent,
                (*of_file(file, agent.stack.signals), *of_file(file, agent.stack.against, -1)),
                self._prior(agent),
            )
            for agent in self._agents
            if business(agent, file.path)
        ]
        if self._backend.strange:
            weighed = [one for one in weighed if one.required]
        return sorted(weighed, key=lambda one: (-one.score, one.agent.name))

    def _prior(self, agent: Agent) -> float:
        total = sum(piece.weight for piece in self._around[agent.name])
        return total if self._identity(agent) >= IDENTITY_THRESHOLD else min(total, MOST_PRIOR)

    def _identity(self, agent: Agent, pieces: Iterable[Evidence] = ()) -> float:
        both = {(piece.kind, piece.pattern): piece for piece in (*self._around[agent.name], *pieces)}
        return sum(piece.weight for piece in both.values() if piece.identity)

    def _claim(self, file: ChangedFile) -> bool:
        """Give a file that says nothing of its own to the agent for whose stack the backend around it speaks."""
        claim = self._backend.claim(file.path)
        weighed = self._weigh(file)
        own = next((one for one in weighed if claim is not None and one.agent.name == claim.agent), None)
        if claim is None or own is None or (own.score <= -STACK_THRESHOLD and not own.half):
            return False
        losers = tuple(one.lost(_why_lost(one)) for one in weighed if one is not own and one.evidence)
        match = FileMatch(file.path, own.score, str(claim), (*own.evidence, *claim.evidence), losers)
        self._matches[file.path] = (claim.agent, match)
        return True

    def _follow(self, file: ChangedFile, decided: Mapping[str, _Decided]) -> None:
        """Give a file that says nothing of its own to the agent of its nearest decided neighbours."""
        weighed = self._weigh(file)
        companion = is_companion(file.path)
        if weighed or companion:
            near = _neighbours(file.path, decided)
            may = {one.agent.name for one in weighed}
            if near is not None and len(near.agents) == 1 and (near.agents <= may or not weighed):
                (name,) = near.agents
                own = next((one for one in weighed if one.agent.name == name), None)
                if own is None or own.score > -STACK_THRESHOLD:
                    evidence = own.evidence if own else ()
                    match = FileMatch(file.path, own.score if own else 0.0, f"follows {near.first}", evidence)
                    self._matches[file.path] = (name, match)
                    return
            if weighed and near is None and self._choose(file, weighed[0], weighed[1:]):
                return
        losers = tuple(one.lost(_why_lost(one)) for one in weighed if one.evidence)
        reason = _why_nobody(file.path, weighed)
        if self._backend.strange and file.path.endswith(".py"):
            reason = "the repository is built with a framework of no agent's stack"
        self._unassigned[file.path] = Unassigned(file.path, reason, losers)

    def _fall_back(self, agent: Agent) -> None:
        """Give the general agent the Python files that nobody claims."""
        for path, nobody in list(self._unassigned.items()):
            file = self._changes.file(path)
            if file is None or file.kind in _UNREADABLE or not path.endswith(".py") or kind(path) == GENERATED:
                continue
            del self._unassigned[path]
            self._matches[path] = (agent.name, FileMatch(path, 0.0, nobody.reason, (), nobody.losers))

    def _assignment(self, agent: Agent) -> Assignment | None:
        matches = [
            match
            for file in self._changes.files
            if (found := self._matches.get(file.path)) and found[0] == agent.name
            for match in found[1:]
        ]
        if not matches:
            return None
        pieces = [piece for match in matches for piece in match.evidence]
        unique = {(piece.kind, piece.pattern): piece for piece in reversed((*self._around[agent.name], *pieces))}
        evidence = sorted(unique.values(), key=lambda piece: (-abs(piece.weight), piece.kind, piece.pattern))
        grade = Grade.STACK
        if self._identity(agent, pieces) >= IDENTITY_THRESHOLD or not _has_identity(agent):
            grade = Grade.PROJECT
        if self._fallback is not None and agent.name == self._fallback.name and not pieces:
            grade = Grade.FALLBACK
        if any(match.path in self._pinned for match in matches):
            grade = Grade.PINNED
        score = round(sum(piece.weight for piece in evidence), 2)
        return Assignment(agent.name, grade, tuple(m.path for m in matches), score, tuple(evidence), tuple(matches))


def _has_identity(agent: Agent) -> bool:
    """A team's own agent that names no project is for the repository it lies in, whichever that is."""
    return any(signal.identity for signal in agent.stack.signals)


def _by_folder(decided: Mapping[str, str]) -> dict[str, _Decided]:
    """Give for each folder whose the decided files below it are; ``decided`` is path → agent."""
    found: dict[str, _Decided] = {}
    for path, agent in decided.items():
        for folder in PurePosixPath(path).parents:
            found.setdefault(str(folder), _Decided(path, set())).agents.add(agent)
    return found


def _neighbours(path: str, decided: Mapping[str, _Decided]) -> _Decided | None:
    """Give the decided files of the nearest folder; of the whole tree only to files at its top, and to migrations."""
    *folders, top = map(str, PurePosixPath(path).parents)
    nearest = next((decided[folder] for folder in folders if folder in decided), None)
    return decided.get(top) if nearest is None and (not folders or is_migration(path)) else nearest


def _why_lost(one: _Weighed) -> str:
    against = sum(piece.weight for piece in one.evidence if piece.weight < 0)
    if against:
        return f"contradicted ({against:+g})"
    return "weaker evidence" if one.score >= STACK_THRESHOLD else "too little evidence"


def _why_nobody(path: str, weighed: Sequence[_Weighed]) -> str:
    if len(weighed) > 1 and weighed[0].score == weighed[1].score >= STACK_THRESHOLD:
        names = " and ".join(one.agent.name for one in weighed if one.score == weighed[0].score)
        return f"the evidence fits several agents alike ({names}); pin the path in .reviewbot.yml to decide"
    what = kind(path)
    if what is not None:
        return f"{what}: no agent reviews it"
    if not weighed:
        return "no agent reviews files of this kind"
    return "too little evidence of any agent's stack"
