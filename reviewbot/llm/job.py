"""A bundle to review, and with what."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.llm.calls import Call
from reviewbot.llm.replies import ReviewReply

if TYPE_CHECKING:
    from reviewbot.core.agent import Agent
    from reviewbot.llm.bundling import Bundle
    from reviewbot.llm.models import Model
    from reviewbot.llm.prompt.prompts import Prompt, Prompts
    from reviewbot.llm.tools import Tool
    from reviewbot.llm.workspace import Workspace


@dataclass(frozen=True)
class Job:
    """A bundle to review, and with what.

    Attributes:
        agent: Who reviews.
        model: Who is asked.
        second: Who is asked in the second pass.
        prompts: What is said.
        bundle: The files.
        workspace: What may be looked at.
        tools: With what.
    """

    agent: Agent
    model: Model
    second: Model
    prompts: Prompts
    bundle: Bundle
    workspace: Workspace
    tools: tuple[Tool, ...] = ()

    @property
    def name(self) -> str:
        """Agent and files, as recordings name a call."""
        parts = [f"{piece.file.path}{f' ({piece.part})' if piece.part else ''}" for piece in self.bundle.pieces]
        return f"{self.agent.name}: {', '.join(parts)}"

    @cached_property
    def files(self) -> str:
        """The text with the bundle's files, made once for all questions about them."""
        return self.prompts.files(self.bundle)

    def call(
        self,
        what: str = "review",
        prompt: Prompt | None = None,
        model: Model | None = None,
        *,
        effort: str | None = None,
        thinking: bool = True,
    ) -> Call:
        """Give what a conversation about this bundle begins with; by default its review."""
        opening = prompt or self.prompts.review(self.files)
        return Call(f"{what} {self.name}", model or self.model, opening, ReviewReply, effort, thinking, self.tools)
