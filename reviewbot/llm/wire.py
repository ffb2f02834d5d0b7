"""What goes over the wire to Claude and what comes back, as the SDK has it: request, answer, errors."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from reviewbot.core.errors import ModelError
from reviewbot.core.retries import TransientError
from reviewbot.core.review import Usage
from reviewbot.core.text import printable
from reviewbot.llm.calls import Answer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from reviewbot.llm.calls import Call

_MOST_OUTPUT = 32_000
_THINKING_BUDGET = 8_000
_CACHED = {"cache_control": {"type": "ephemeral"}}
# The API takes four marks. In a longer conversation those on the change and the files are read before that on the
# system is needed.
_CACHED_TURNS = 2
_PARTS = {"text": ("type", "text"), "tool_use": ("type", "id", "name", "input")}
_HTTP_LIBRARIES = {"httpx2", "httpcore2"}
_HINTS = {
    401: "the key is not valid",
    403: "the key may not use this model",
    404: "there is no such model, or the key may not use it",
    413: "the prompt is too long; lower max_bundle_tokens",
}


def request(anthropic: Any, call: Call) -> dict[str, Any]:
    """Give the arguments of ``messages.stream`` for a call.

    Args:
        anthropic: The SDK, which is imported late.
        call: What to ask. What is cached: the tools and the system blocks (for every review by this agent), the change
            (for every bundle of it), the files (for every question about them), and the conversation up to its last
            two turns.
    """
    model, prompt = call.model, call.prompt
    system: list[dict[str, Any]] = [{"type": "text", "text": block} for block in prompt.system]
    if len(call.turns) < _CACHED_TURNS:
        system[-1] |= _CACHED
    user: list[dict[str, Any]] = [{"type": "text", "text": block} for block in prompt.user]
    for marked in user[:-1]:
        marked.update(_CACHED)
    messages: list[dict[str, Any]] = [{"role": "user", "content": user}]
    for number, turn in enumerate(call.turns, 1):
        messages.append({"role": "assistant", "content": [dict(block) for block in turn.answered]})
        # The turn before the last is what the call before this one has put into the cache.
        mark = number > len(call.turns) - _CACHED_TURNS
        messages.append(
            {"role": "user", "content": _marked(turn.follow_up) if mark else [dict(block) for block in turn.follow_up]}
        )
    output: dict[str, Any] = {
        "format": {"type": "json_schema", "schema": anthropic.transform_schema(call.schema.model_json_schema())}
    }
    if call.effort and model.effort:
        output["effort"] = call.effort
    arguments: dict[str, Any] = {
        "model": model.id,
        "max_tokens": min(model.max_output, _MOST_OUTPUT),
        "system": system,
        "messages": messages,
        "output_config": output,
    }
    if call.tools:
        arguments["tools"] = [
            {"name": tool.name, "description": tool.description, "input_schema": tool.schema} for tool in call.tools
        ]
        if call.last:
            arguments["tool_choice"] = {"type": "none"}
    if call.thinking and model.thinking == "adaptive":
        arguments["thinking"] = {"type": "adaptive"}
    elif call.thinking and model.thinking == "budget":
        arguments["thinking"] = {"type": "enabled", "budget_tokens": _THINKING_BUDGET}
    return arguments


def _marked(blocks: Iterable[Mapping[str, Any]]) -> list[dict[str, Any]]:
    marked = [dict(block) for block in blocks]
    marked[-1] |= _CACHED
    return marked


def answer(message: Any) -> Answer:
    """Give what there is in a complete message of the SDK's."""
    usage = message.usage
    details = getattr(message, "stop_details", None)
    return Answer(
        text="".join(block.text for block in message.content if block.type == "text"),
        stop=message.stop_reason,
        usage=Usage(
            input_tokens=usage.input_tokens,
            output_tokens=usage.output_tokens,
            cache_read_tokens=usage.cache_read_input_tokens or 0,
            cache_write_tokens=usage.cache_creation_input_tokens or 0,
            calls=1,
        ),
        detail=printable(getattr(details, "category", None) or ""),
        blocks=tuple(_sent_back(block) for block in message.content),
    )


def _sent_back(block: Any) -> dict[str, Any]:
    """Give a block as the API takes it back: without what the SDK adds when it reads an answer."""
    data: dict[str, Any] = block.to_dict(mode="json")
    wanted = _PARTS.get(data.get("type", ""))
    return data if wanted is None else {name: data[name] for name in wanted if name in data}


def error_of(anthropic: Any, error: Exception) -> TransientError | ModelError | None:
    """Say what went wrong with a call, and by the kind of error whether to try it again; None for what is a bug.

    Args:
        anthropic: The SDK, which is imported late.
        error: What it raised.
    """
    translations: dict[type[Exception], Callable[[Any], TransientError | ModelError]] = {
        anthropic.APIStatusError: _status_error,
        anthropic.APIConnectionError: _no_answer,
        anthropic.AnthropicError: lambda error: ModelError(words(error)),
        OSError: _broken_off,
        ValueError: _broken_off,
        AssertionError: _broken_off,
    }
    for kind, translate in translations.items():  # the more special first
        if isinstance(error, kind):
            return translate(error)
    # The SDK lets errors of its HTTP library through while it reads a stream; they are of no class of its own.
    return _broken_off(error) if type(error).__module__.split(".")[0] in _HTTP_LIBRARIES else None


def _no_answer(error: Exception) -> TransientError:
    return TransientError(f"no answer ({type(error.__cause__ or error).__name__})")


def _broken_off(error: Exception) -> TransientError:
    return TransientError(f"the answer broke off ({type(error).__name__})")


def _status_error(error: Any) -> TransientError | ModelError:
    # An error in the middle of a stream comes with the status of its beginning, 200.
    status, kind = error.status_code, str(getattr(error, "type", "") or "")
    if (
        status in {408, 409, 429}
        or status >= 500
        or kind in {"overloaded_error", "api_error", "rate_limit_error", "timeout_error"}
    ):
        name = {429: "rate limit", 529: "overloaded"}.get(status, kind or f"the API answered {status}")
        return TransientError(name, _retry_after(error.response.headers))
    hint = _HINTS.get(status)
    return ModelError(f"the API answered {status}: {words(error)}{f' ({hint})' if hint else ''}")


def _retry_after(headers: Any) -> float | None:
    try:
        return max(0.0, float(headers.get("retry-after", "")))
    except ValueError:
        return None


def words(error: Exception) -> str:
    """Give an error's own message, on one line."""
    body = getattr(error, "body", None)
    inner = body.get("error") if isinstance(body, dict) else None
    text = inner.get("message") if isinstance(inner, dict) else None
    return printable(" ".join(str(text or error).split()))[:300]
