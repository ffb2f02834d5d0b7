"""Agent files: an agent whose items have ids of their own and lines of the file, the same with other ends of lines."""

from __future__ import annotations

from typing import Any

from pieces import text

from reviewbot.agents import agent_files
from reviewbot.core.errors import ReviewbotError

TOKENS = (
    *(
        "---\n",
        "name: ",
        "description: ",
        "model: ",
        "stack:\n  ",
        "stack: any\n",
        "signals:\n  ",
        "requires: ",
        "tools: ",
    ),
    *(
        "## Review checklist\n",
        "## Response format\n",
        "- `item-id` **Rule.** Details. (high)\n",
        "- [ ] ",
        "- **",
        "**: ",
    ),
    *(
        "(critical, project)",
        "# ",
        "\n\n",
        "  - ",
        "1. ",
        "```\n",
        "> ",
        "| a | b |\n|---|---|\n",
        "<example>",
        "</example>",
    ),
    *(
        "paths: [",
        "imports: [",
        "FastAPI",
        "SQLAlchemy",
        "\\n",
        "&a",
        "*a",
        "!!str",
        "\ufeff",
        "\r\n",
        "must",
        "never ",
    ),
)


def run(data: bytes) -> Any:
    return agent_files.parse(text(data), "agents/a.md")


def judge(data: bytes, result: Any) -> None:
    said = text(data)
    last = len(said.replace("\r\n", "\n").replace("\r", "\n").split("\n")) + 1
    if isinstance(result, ReviewbotError):
        assert str(result).startswith("agents/a.md:"), str(result)
        return
    agent = result.agent
    assert agent.name
    ids = [item.id for item in agent.checklist]
    assert len(ids) == len(set(ids))
    assert all(ids)
    assert all(1 <= item.line <= last for item in agent.checklist)
    assert all(1 <= problem.line <= last for problem in result.problems)
    if "\r" not in said:
        assert agent_files.parse(said.replace("\n", "\r\n"), "agents/a.md") == result
