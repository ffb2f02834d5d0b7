"""Which bundles are sent to which model, and which are left out for the budget."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.deadline import NEVER, Deadline
from reviewbot.llm.budget import Budget, expected
from reviewbot.llm.bundling import beside, pack, readable
from reviewbot.llm.job import Job
from reviewbot.llm.models import choose
from reviewbot.llm.prompt.fences import Fence
from reviewbot.llm.prompt.prompts import Prompts
from reviewbot.llm.tools import offered
from reviewbot.llm.workspace import Workspace

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewbot.core.agent import Agent
    from reviewbot.core.change import ChangeSet
    from reviewbot.core.opinion import Memory
    from reviewbot.core.reasons import Reason
    from reviewbot.core.review import Assignment
    from reviewbot.settings.config import Config


class Plan:
    """The calls of a review, before the first one.

    Args:
        changes: The change.
        agents: By name.
        config: Model, effort, budgets, second pass.
        memory: What a review before this one came to.
        until: When the review has to be done.

    Attributes:
        changes: The change.
        jobs: A bundle each, the most important first.
        left_out: (agent, path) → why it is not sent.
        known: Paths of the agents' files that there is something to read in.
        remarks: Sentences on the models chosen.
        budget: With what is planned.
    """

    def __init__(
        self,
        changes: ChangeSet,
        agents: Mapping[str, Agent],
        config: Config,
        memory: Memory,
        until: Deadline = NEVER,
    ) -> None:
        self.changes = changes
        self._agents = agents
        self._config = config
        self._memory = memory
        self._fence = Fence()
        self._workspace = Workspace(changes)
        self.jobs: list[Job] = []
        self.left_out: dict[tuple[str, str], Reason] = {}
        self.known: set[str] = set()
        self.remarks: list[str] = []
        self.budget = Budget(config.max_input_tokens, config.max_cost_usd, until)

    def list_files(self) -> None:
        """List what may be looked at while nobody waits for it; the first look has it then."""
        if self.jobs and self._config.max_looks:
            self._workspace.list_files()

    def add(self, assignment: Assignment) -> None:
        """Plan what one agent reviews."""
        agent, config = self._agents[assignment.agent], self._config
        model, remarks = choose(config.model or agent.model, config.model, config.prices)
        second, more = choose(config.refute_model, model.id, config.prices)
        self.remarks += [f"{agent.name}: {remark}" for remark in dict.fromkeys((*remarks, *more))]
        prompts = Prompts(self.changes, agent, assignment, self._memory.statements, self._fence)
        files = [file for path in assignment.files if (file := self.changes.file(path)) is not None and readable(file)]
        self.known |= {file.path for file in files}
        wanted = [file for file in files if file.path not in self._memory.files]
        # Its own files are in one bundle each; the rest of the change is everybody's.
        its_own = frozenset(assignment.files)
        others = [file for file in self.changes.files if file.path not in its_own]
        asked = [model] * config.passes + [second] * config.refute
        looks = config.max_look_tokens if config.max_looks and self._workspace.has_tree else 0
        for bundle in pack(wanted, config.max_bundle_tokens, prompts.size):
            whole = beside(bundle, others, config.max_bundle_tokens, prompts.size)
            if reason := self.budget.plan(expected(prompts.fixed, whole.tokens, looks, asked)):
                self.left_out |= dict.fromkeys(((agent.name, path) for path in bundle.paths), reason)
                continue
            tools = offered(self._workspace) if config.max_looks else ()
            self.jobs.append(Job(agent, model, second, prompts, whole, self._workspace, tools))
