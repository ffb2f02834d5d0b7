"""Which agent reviews each file, by evidence that is always shown.

Every file is weighed by itself: its path, imports and words for and against each agent, and what
the repository says as a prior. A file that says nothing of its own follows its neighbours. Where the
evidence is too thin, or fits two agents alike, nobody reviews the file: abstaining is a correct answer.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.agents.backend import Backend
from reviewbot.agents.evidence import RepositoryEvidence, business, of_file
from reviewbot.agents.neighbours import by_folder, neighbours
from reviewbot.agents.weighed import STACK_THRESHOLD, Weighed, why_lost
from reviewbot.agents.witnesses import witnesses
from reviewbot.core.change import FileKind
from reviewbot.core.file_kinds import GENERATED, is_code, is_companion, kind
from reviewbot.core.globs import Globs
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Assignment, FileMatch, Grade, Routing, Unassigned

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewbot.agents.neighbours import Decided
    from reviewbot.core.agent import Agent, Pin
    from reviewbot.core.change import ChangedFile, ChangeSet, Tree
    from reviewbot.core.reasons import Reason
    from reviewbot.core.review import Evidence

# One decisive domain word (weight 4), or two that other projects might use as well (weight 2 each).
IDENTITY_THRESHOLD = 4.0
# What the repository says without saying which project it is may tip the scales, but decides nothing alone.
MOST_PRIOR = 1.5

_UNREADABLE = frozenset({FileKind.BINARY, FileKind.SUBMODULE})


def route(
    changes: ChangeSet,
    agents: Sequence[Agent],
    pins: Sequence[Pin] = (),
    forced: Sequence[Agent] = (),
    fallback: Agent | None = None,
    reviewers: int = 1,
) -> Routing:
    """Assign every changed file to the agent whose stack it is and to such as are for any code, or say why to none.

    Args:
        changes: The change; with a base tree the repository's evidence counts as well.
        agents: Those that may be assigned.
        pins: A team's own word on who reviews what, before any evidence; the first match wins.
        forced: The agents that review every file.
        fallback: The agent that reviews the Python files that nobody claims.
        reviewers: Most agents for a file for which the evidence decides.
    """
    if forced:
        matches = [FileMatch(file.path, 0.0, because(ReasonKind.FORCED)) for file in changes.files]
        paths = tuple(match.path for match in matches)
        return Routing(
            tuple(Assignment(agent.name, Grade.FORCED, paths, 0.0, (), tuple(matches)) for agent in forced if matches)
        )
    return _Router(changes, agents, pins, fallback).route(reviewers)


class _Router:
    def __init__(
        self, changes: ChangeSet, agents: Sequence[Agent], pins: Sequence[Pin], fallback: Agent | None
    ) -> None:
        self._fallback = fallback
        self._changes = changes
        self._agents = sorted(agents, key=lambda agent: agent.name)
        self._pins = [(Globs(pin.paths), pin.agent) for pin in pins]
        tree = changes.base_tree if changes.base_tree and changes.base_tree.paths else changes.head_tree
        around = RepositoryEvidence(tree)
        self._around = {
            agent.name: (*around.of(agent.stack.signals), *around.of(agent.stack.against, -1)) for agent in agents
        }
        self._backend = self._read_backend(around, tree)
        # Path → agent → why; the first agent is the one whose stack the file is.
        self._matches: dict[str, dict[str, FileMatch]] = {}
        self._pinned: set[str] = set()
        self._unassigned: dict[str, Unassigned] = {}

    def _read_backend(self, around: RepositoryEvidence, tree: Tree | None) -> Backend:
        paths = tree.paths if tree is not None else frozenset[str]()
        chosen = witnesses(paths, self._changes.files)
        named = [agent.name for agent in self._agents if around.names(agent.stack.requires)]
        return Backend(paths, tree.read(chosen) if tree and chosen else {}, self._agents, named, STACK_THRESHOLD)

    def route(self, reviewers: int) -> Routing:
        silent = [file for file in self._changes.files if not self._pin(file) and not self._decide(file)]
        decided = {path: next(iter(matches)) for path, matches in self._matches.items() if path not in self._pinned}
        near = by_folder(decided)
        for file in silent:
            if not self._claim(file):
                self._follow(file, near)
        if self._fallback is not None:
            self._fall_back(self._fallback)
        left_out = self._add_any(reviewers)
        # Whoever is for any code comes after those whose stack it is: of two who say the same the first is shown.
        agents = sorted(self._agents, key=lambda agent: agent.stack.any)
        return Routing(
            tuple(assignment for agent in agents if (assignment := self._assignment(agent))),
            tuple(self._unassigned[file.path] for file in self._changes.files if file.path in self._unassigned),
            left_out,
        )

    def _pin(self, file: ChangedFile) -> bool:
        names = next((names for globs, names in self._pins if globs.match(file.path)), None)
        if names is None:
            return False
        self._pinned.add(file.path)
        self._matches[file.path] = dict.fromkeys(names, FileMatch(file.path, 0.0, because(ReasonKind.PINNED)))
        return True

    def _decide(self, file: ChangedFile) -> bool:
        """Settle a file by its own evidence; False where it has to look at its neighbours."""
        if file.kind in _UNREADABLE:
            self._unassigned[file.path] = Unassigned(file.path, because(ReasonKind.UNREADABLE, file.kind))
            return True
        weighed = self._weigh(file)
        if not weighed:
            return False
        best, *others = weighed
        known = self._identity(best.agent) >= IDENTITY_THRESHOLD
        if not best.speaks and not known:
            return False
        return self._choose(file, best, others)

    def _choose(self, file: ChangedFile, best: Weighed, others: Sequence[Weighed]) -> bool:
        if best.score < STACK_THRESHOLD or any(other.score == best.score for other in others):
            return False
        losers = tuple(other.lost(why_lost(other)) for other in others if other.evidence)
        reason = because(ReasonKind.OWN_EVIDENCE if best.speaks else ReasonKind.WHERE_IT_LIES)
        match = FileMatch(file.path, best.score, reason, best.evidence, losers)
        self._matches[file.path] = {best.agent.name: match}
        return True

    def _weigh(self, file: ChangedFile) -> list[Weighed]:
        """Weigh every agent whose business the file is, the best first."""
        weighed = [
            Weighed(
                agent,
                (*of_file(file, agent.stack.signals), *of_file(file, agent.stack.against, -1)),
                self._prior(agent),
            )
            for agent in self._agents
            if business(agent, file.path)
        ]
        if self._backend.strange:
            weighed = [candidate for candidate in weighed if candidate.required]
        return sorted(weighed, key=lambda candidate: (-candidate.score, candidate.agent.name))

    def _prior(self, agent: Agent) -> float:
        total = sum(piece.weight for piece in self._around[agent.name])
        return total if self._identity(agent) >= IDENTITY_THRESHOLD else min(total, MOST_PRIOR)

    def _identity(self, agent: Agent, pieces: Iterable[Evidence] = ()) -> float:
        unique = {(piece.kind, piece.pattern): piece for piece in (*self._around[agent.name], *pieces)}
        return sum(piece.weight for piece in unique.values() if piece.identity)

    def _claim(self, file: ChangedFile) -> bool:
        """Give a file that says nothing of its own to the agent for whose stack the backend around it speaks."""
        claim = self._backend.claim(file.path)
        weighed = self._weigh(file)
        own = next(
            (candidate for candidate in weighed if claim is not None and candidate.agent.name == claim.agent), None
        )
        if claim is None or own is None or (own.score <= -STACK_THRESHOLD and not own.half):
            return False
        losers = tuple(
            candidate.lost(why_lost(candidate)) for candidate in weighed if candidate is not own and candidate.evidence
        )
        match = FileMatch(file.path, own.score, claim.reason, (*own.evidence, *claim.evidence), losers)
        self._matches[file.path] = {claim.agent: match}
        return True

    def _follow(self, file: ChangedFile, decided: Mapping[str, Decided]) -> None:
        """Give a file that says nothing of its own to the agent of its nearest decided neighbours."""
        weighed = self._weigh(file)
        companion = is_companion(file.path)
        if weighed or companion:
            near = neighbours(file.path, decided)
            may = {candidate.agent.name for candidate in weighed}
            if near is not None and len(near.agents) == 1 and (near.agents <= may or not weighed):
                (name,) = near.agents
                own = next((candidate for candidate in weighed if candidate.agent.name == name), None)
                if own is None or own.score > -STACK_THRESHOLD:
                    evidence = own.evidence if own else ()
                    follows = because(ReasonKind.FOLLOWS, near.first)
                    match = FileMatch(file.path, own.score if own else 0.0, follows, evidence)
                    self._matches[file.path] = {name: match}
                    return
            if weighed and near is None and self._choose(file, weighed[0], weighed[1:]):
                return
        losers = tuple(candidate.lost(why_lost(candidate)) for candidate in weighed if candidate.evidence)
        reason = _why_nobody(file.path, weighed)
        if self._backend.strange and file.path.endswith(".py"):
            reason = because(ReasonKind.STRANGE_FRAMEWORK)
        self._unassigned[file.path] = Unassigned(file.path, reason, losers)

    def _fall_back(self, agent: Agent) -> None:
        """Give the general agent the Python files that nobody claims."""
        for path, nobody in list(self._unassigned.items()):
            file = self._changes.file(path)
            if file is None or file.kind in _UNREADABLE or not path.endswith(".py") or kind(path) == GENERATED:
                continue
            del self._unassigned[path]
            self._matches[path] = {agent.name: FileMatch(path, 0.0, nobody.reason, (), nobody.losers)}

    def _add_any(self, reviewers: int) -> tuple[str, ...]:
        """Give every file with code to the agents that are for any, as far as it may have more; name those left out."""
        beside = sorted((agent for agent in self._agents if agent.stack.any), key=_stated_first)
        left_out: dict[str, None] = {}
        for file in self._changes.files:
            if file.path in self._pinned or file.kind in _UNREADABLE or not is_code(file.path):
                continue
            most = max(0, reviewers - len(self._matches.get(file.path, ())))
            for agent in beside[:most]:
                match = FileMatch(file.path, 0.0, because(ReasonKind.ANY_CODE))
                self._matches.setdefault(file.path, {})[agent.name] = match
                self._unassigned.pop(file.path, None)
            left_out |= dict.fromkeys(agent.name for agent in beside[most:])
        return tuple(left_out)

    def _assignment(self, agent: Agent) -> Assignment | None:
        by_file = (self._matches.get(file.path, {}).get(agent.name) for file in self._changes.files)
        matches = [match for match in by_file if match is not None]
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
        if agent.stack.any:
            grade = Grade.ANY
        if any(match.path in self._pinned for match in matches):
            grade = Grade.PINNED
        score = round(sum(piece.weight for piece in evidence), 2)
        return Assignment(agent.name, grade, tuple(m.path for m in matches), score, tuple(evidence), tuple(matches))


def _stated_first(agent: Agent) -> tuple[bool, str]:
    return agent.stack.derived, agent.name


def _has_identity(agent: Agent) -> bool:
    """A team's own agent that names no project is for the repository it lies in, whichever that is."""
    return any(signal.identity for signal in agent.stack.signals)


def _why_nobody(path: str, weighed: Sequence[Weighed]) -> Reason:
    if len(weighed) > 1 and weighed[0].score == weighed[1].score >= STACK_THRESHOLD:
        names = " and ".join(candidate.agent.name for candidate in weighed if candidate.score == weighed[0].score)
        return because(ReasonKind.SEVERAL_ALIKE, names)
    what = kind(path)
    if what is not None:
        return because(ReasonKind.NOBODYS_KIND, what)
    return because(ReasonKind.NO_STACK if weighed else ReasonKind.UNKNOWN_KIND)
