"""One conversation with a model: a question, what it looks at, its answer, and perhaps another question.

Whatever it wants to see is looked up and goes back in fences, without secrets, like all else from outside. Looking has
limits; where they are reached the model is told to answer with what it has.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from reviewbot.core.errors import ReviewbotError
from reviewbot.llm.bundling import tokens
from reviewbot.llm.calls import Call, Turn, parse_answer
from reviewbot.llm.replies import ReviewReply
from reviewbot.llm.tools import LookError

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewbot.llm.calls import Answer, Use
    from reviewbot.llm.prompt.fences import Fence
    from reviewbot.llm.workspace import Workspace

# Who asks for more at once has not read what came back.
_MOST_AT_ONCE = 12
# Longer is only what was asked for, said again.
_MOST_OF_ERROR = 600
# What is left of a model's context for its answer.
_FOR_ANSWER = 48_000
_ENOUGH = (
    "This is the end of looking: no further call is run. Answer now, in the form asked for, with what you have seen. "
    "What you could not verify you do not report."
)


@dataclass(frozen=True, slots=True)
class Limits:
    """How much a model may look in one conversation.

    Attributes:
        calls: Most calls of tools.
        tokens: Most tokens that they return, estimated.
        tight: Tells whether the budget of the review is nearly spent.
    """

    calls: int
    tokens: int
    tight: Callable[[], bool]


class Conversation:
    """A conversation about one bundle.

    Args:
        send: Sends a call, and counts what it cost.
        opening: What it begins with.
        workspace: What may be looked at.
        fence: The fences of this run.
        limits: How much.
        blind: Told why, where a look fails that the model should have had.
    """

    def __init__(
        self,
        send: Callable[[Call], Answer],
        opening: Call,
        workspace: Workspace,
        fence: Fence,
        limits: Limits,
        blind: Callable[[str], None] = lambda _: None,
    ) -> None:
        self._send = send
        self._opening = opening
        self._workspace = workspace
        self._fence = fence
        self._calls = limits.calls
        self._tokens = min(limits.tokens, opening.model.context - opening.prompt.tokens - _FOR_ANSWER)
        self._tight = limits.tight
        self._blind = blind
        self._turns: list[Turn] = []
        self._tools = {tool.name: tool for tool in opening.tools}

    def answer(self) -> ReviewReply:
        """Let the model look around, and give its answer.

        Raises:
            ModelError: There is none, or it is not what was asked for.
        """
        last = False
        while True:
            answer = self._send(self._next(last=last))
            if last or not answer.uses:
                reply = parse_answer(answer, ReviewReply)
                self._given = answer
                return reply
            results = [self._looked(use, number) for number, use in enumerate(answer.uses)]
            last = self._calls <= 0 or self._tokens <= 0 or self._tight()
            blocks = [*results, _text(_ENOUGH)] if last else results
            self._turns.append(Turn(answer.blocks, tuple(blocks)))

    def ask(self, question: str) -> ReviewReply:
        """Ask another question after an answer.

        Raises:
            ModelError: As above.
        """
        self._turns.append(Turn(self._given.blocks or (_text(self._given.text),), (_text(question),)))
        return self.answer()

    def _next(self, *, last: bool) -> Call:
        count = len(self._turns)
        name = f"{self._opening.name}{f', turn {count + 1}' if count else ''}"
        return replace(self._opening, name=name, turns=tuple(self._turns), last=last)

    def _looked(self, use: Use, number: int) -> dict[str, Any]:
        """Give what comes back for one wish; nothing that a model asks for can fail the review."""
        if self._calls <= 0 or self._tokens <= 0:
            return self._result(use, "not run: the limit of looking is reached", error=True)
        self._calls -= 1
        if number >= _MOST_AT_ONCE:
            return self._result(use, f"not run: at most {_MOST_AT_ONCE} calls in one answer are", error=True)
        tool = self._tools.get(use.name)
        if tool is None:
            return self._result(use, f"there is no tool {use.name}; there are: {', '.join(self._tools)}", error=True)
        try:
            return self._result(use, tool.look(self._workspace, use.input))
        except LookError as error:
            said = str(error)
        except ReviewbotError as error:
            said = "the repository cannot be read now"
            self._blind(str(error))
        except Exception as error:  # noqa: BLE001 - a bug in a tool must not take the review with it
            said = f"this tool broke: {type(error).__name__}"
            self._blind(f"{use.name} broke: {type(error).__name__}")
        return self._result(use, said, error=True)

    def _result(self, use: Use, text: str, *, error: bool = False) -> dict[str, Any]:
        if error and len(text) > _MOST_OF_ERROR:
            text = f"{text[:_MOST_OF_ERROR]} …"
        most = max(0, self._tokens) * 3
        if not error and len(text) > most:
            text = f"{text[:most]}\n(cut here: the limit of looking is reached)"
        fenced = self._fence.around(text)
        self._tokens -= tokens(fenced)
        result: dict[str, Any] = {"type": "tool_result", "tool_use_id": use.id, "content": [_text(fenced)]}
        return {**result, "is_error": True} if error else result


def _text(text: str) -> dict[str, Any]:
    return {"type": "text", "text": text}
