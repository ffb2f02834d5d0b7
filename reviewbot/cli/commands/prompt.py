"""``reviewbot prompt``: exactly what would be sent to the model, with its tokens; no review is asked for."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from reviewbot.cli.reading import read_change, read_settings, say
from reviewbot.core.errors import ConfigError
from reviewbot.output.counting import plural
from reviewbot.output.reason_sentences import sentence
from reviewbot.review.outcome import write

if TYPE_CHECKING:
    from argparse import Namespace

    from reviewbot.llm.claude import Claude
    from reviewbot.llm.job import Job


def run(args: Namespace) -> int:
    """Print what the conversation about each bundle begins with; give the exit code.

    Raises:
        ConfigError: ``--count`` without a key.
        ModelError: The API cannot count.
    """
    from reviewbot.core.opinion import Memory
    from reviewbot.llm.planning import Plan

    claude = _claude(args) if args.count else None
    settings, changes = read_settings(args), read_change(args)
    by_name = {agent.name: agent for agent in settings.agents}
    routing = settings.assign(changes)
    plan = Plan(changes, by_name, settings.config, Memory())
    for assignment in routing.assignments:
        plan.add(assignment)
    for number, job in enumerate(plan.jobs, 1):
        write(_shown(job, number, len(plan.jobs), claude, str(settings.config.effort or "") or None), None)
    for remark in plan.remarks:
        say(remark)
    for (agent, path), reason in plan.left_out.items():
        say(f"not sent to {agent}, {sentence(reason)}: {path}")
    if not plan.jobs:
        say("nothing would be sent: no agent reviews anything that a model could read")
    say(f"{plural(len(plan.jobs), 'bundle')}, about ${plan.budget.planned_usd:.2f} with the second pass")
    return 0


def _shown(job: Job, number: int, total: int, claude: Claude | None, effort: str | None) -> str:
    call = job.call("review", effort=effort)
    prompt = call.prompt
    counted = f", {claude.count(call):,} counted" if claude else ""
    head = f"=== call {number} of {total}: {call.name}\n=== to {call.model.id}, about {prompt.tokens:,} tokens{counted}"
    tools = "\n\n".join(f"{tool.name}: {tool.description}\n{json.dumps(tool.schema)}" for tool in call.tools)
    blocks = [
        *([("tools it may use", tools)] if tools else ()),
        *((f"system, block {at}", block) for at, block in enumerate(prompt.system, 1)),
        *zip(("user, block 1", "user, block 2", "user, block 3"), prompt.user, strict=True),
    ]
    return "\n\n".join([head, *(f"--- {name}\n\n{block}" for name, block in blocks)]) + "\n\n"


def _claude(args: Namespace) -> Claude:
    from reviewbot.llm.claude import Claude

    key = args.environment.get("ANTHROPIC_API_KEY", "").strip()
    if not key:
        raise ConfigError("--count asks the API, which needs a key: set ANTHROPIC_API_KEY")
    return Claude(key, args.environment.get("ANTHROPIC_BASE_URL") or None)
