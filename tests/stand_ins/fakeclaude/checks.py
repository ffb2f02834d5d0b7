"""What a request must be like."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeclaude.models import MODELS, Model
from fakeclaude.prompt import results_in
from fakeclaude.refusals import RefusedError, invalid
from fakeclaude.schemas import check_schema
from fakeclaude.thoughts import check_thoughts
from fakeclaude.tools import check_results, check_tools
from fakeclaude.turns import turns_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from fakeclaude.words import Ask

_FIELDS = {
    "cache_control", "container", "diagnostics", "inference_geo", "max_tokens", "messages", "metadata", "model",
    "output_config", "service_tier", "speed", "stop_sequences", "stream", "system", "thinking", "tool_choice", "tools",
}  # fmt: skip
_BLOCKS = {
    "text": {"cache_control", "citations", "text", "type"},
    "tool_use": {"cache_control", "caller", "id", "input", "name", "type"},
}
_SAMPLING = ("temperature", "top_p", "top_k")
_BREAKPOINTS = 4


def check_headers(headers: Mapping[str, str], key: str) -> None:
    """Refuse who has no key, or does not say which version of the interface is meant.

    Raises:
        RefusedError: 401 or 400.
    """
    # The SDK sends a key as a bearer token; other clients still send it as x-api-key.
    token = headers.get("authorization", "").removeprefix("Bearer ")
    given = token or headers.get("x-api-key")
    if not given:
        raise RefusedError(401, "x-api-key header is required")
    if given != key:
        raise RefusedError(401, "Invalid bearer token" if token else "invalid x-api-key")
    if not headers.get("anthropic-version"):
        raise invalid("anthropic-version: header is required")


def check_body(ask: Ask, *, counting: bool = False) -> Model:
    """Refuse a request that the interface would not process; give its model.

    Args:
        ask: The request.
        counting: Whether its tokens are only to be counted.

    Raises:
        RefusedError: 400, or 404 for a model that is not there.
    """
    if not isinstance(ask.body, dict):
        raise invalid("The request body is not valid JSON")
    needed = ("model", "messages") if counting else ("model", "messages", "max_tokens")
    for name in needed:
        if name not in ask.body:
            raise invalid(f"{name}: Field required")
    for name in _SAMPLING:
        if name in ask.body:
            raise invalid(f"`{name}` is deprecated for this model.")
    for name in ask.body:
        if name not in _FIELDS:
            raise invalid(f"{name}: Extra inputs are not permitted")
    model = MODELS.get(ask.model)
    if model is None:
        raise RefusedError(404, f"model: {ask.model}")
    for check in _CHECKS if counting else (_check_length, *_CHECKS):
        check(ask, model)
    return model


def _check_length(ask: Ask, model: Model) -> None:
    if not isinstance(ask.body["max_tokens"], int) or ask.max_tokens < 1:
        raise invalid("max_tokens: Input should be greater than or equal to 1")
    if ask.max_tokens > model.output:
        raise invalid(
            f"max_tokens: {ask.max_tokens} > {model.output}, which is the maximum allowed number of output tokens for "
            f"{ask.model}"
        )


def _check_messages(ask: Ask, _: Model) -> None:
    messages = ask.body["messages"]
    if not isinstance(messages, list) or not messages:
        raise invalid("messages: at least one message is required")
    for number, message in enumerate(messages):
        if not isinstance(message, dict) or message.get("role") not in {"user", "assistant"}:
            raise invalid(f"messages.{number}: Input should be a message of the role 'user' or 'assistant'")
        if not message.get("content"):
            raise invalid(f"messages.{number}: user messages must have non-empty content")
        _check_blocks(f"messages.{number}.content", message["content"])
    if messages[-1]["role"] != "user":
        raise invalid(
            "This model does not support assistant message prefill. The conversation must end with a user message."
        )
    _check_blocks("system", ask.body.get("system") or [])
    turns = turns_of(ask.body)
    check_thoughts(turns, ask.thinking)
    check_results(turns)


def _check_blocks(place: str, content: Any) -> None:
    if isinstance(content, str):
        return
    if not isinstance(content, list):
        raise invalid(f"{place}: Input should be a valid list")
    for number, block in enumerate(content):
        if not isinstance(block, dict) or "type" not in block:
            raise invalid(f"{place}.{number}.type: Field required")
        if block["type"] == "text" and not str(block.get("text", "")).strip():
            if block.get("cache_control"):
                raise invalid(f"{place}.{number}: cache_control cannot be set for empty text blocks")
            raise invalid(f"{place.partition('.')[0]}: text content blocks must be non-empty")
        if strange := sorted(set(block) - _BLOCKS.get(block["type"], set(block))):
            raise invalid(f"{place}.{number}.{block['type']}.{strange[0]}: Extra inputs are not permitted")
        if block["type"] == "tool_result":
            _check_blocks(f"{place}.{number}.tool_result.content", block.get("content") or [])


def _check_breakpoints(ask: Ask, _: Model) -> None:
    controls = list(_controls(ask.body))
    if len(controls) > _BREAKPOINTS:
        raise invalid(f"A maximum of {_BREAKPOINTS} blocks with cache_control may be provided. Found {len(controls)}.")
    short = False
    for control in controls:
        if not isinstance(control, dict) or control.get("type") != "ephemeral":
            raise invalid("cache_control.type: Input should be 'ephemeral'")
        ttl = control.get("ttl") or "5m"
        if ttl not in {"5m", "1h"}:
            raise invalid("cache_control.ephemeral.ttl: Input should be '5m' or '1h'")
        if ttl == "1h" and short:
            raise invalid("a ttl='1h' cache_control block must not come after a ttl='5m' cache_control block.")
        short = short or ttl == "5m"


def _controls(body: dict[str, Any]) -> Iterator[Any]:
    """Give every marker, in the order of the prompt; that of the whole request comes last."""
    contents = [body.get("tools"), body.get("system"), *(message["content"] for message in body["messages"])]
    for content in contents:
        for block in content if isinstance(content, list) else ():
            for holder in (*results_in(block), block):
                if holder.get("cache_control"):
                    yield holder["cache_control"]
    if body.get("cache_control"):
        yield body["cache_control"]


def _check_thinking(ask: Ask, model: Model) -> None:
    if ask.body.get("thinking") is None:
        return
    kind = (ask.thinking or {}).get("type")
    if kind not in {"adaptive", "enabled", "disabled"}:
        raise invalid("thinking: Input tag does not match any of the expected tags: 'adaptive', 'disabled', 'enabled'")
    if kind not in model.thinking:
        if kind == "enabled":
            raise invalid(
                '"thinking.type.enabled" is not supported for this model. Use "thinking.type.adaptive" and '
                '"output_config.effort" to control thinking behavior.'
            )
        raise invalid(f'"thinking.type.{kind}" is not supported for this model.')
    if kind == "enabled":
        budget = (ask.thinking or {}).get("budget_tokens")
        if not isinstance(budget, int) or budget < 1024:
            raise invalid("thinking.enabled.budget_tokens: Input should be greater than or equal to 1024")
        if "max_tokens" in ask.body and budget >= ask.max_tokens:
            raise invalid("`max_tokens` must be greater than `thinking.budget_tokens`.")
    if kind == "disabled" and ask.model == "claude-opus-5" and ask.effort in {"xhigh", "max"}:
        raise invalid(f"\"thinking.type.disabled\" is not supported at the effort level '{ask.effort}'.")


def _check_output(ask: Ask, model: Model) -> None:
    output = ask.body.get("output_config")
    if output is None:
        return
    if not isinstance(output, dict):
        raise invalid("output_config: Input should be a valid dictionary")
    if strange := sorted(set(output) - {"effort", "format"}):
        raise invalid(f"output_config.{strange[0]}: Extra inputs are not permitted")
    if ask.effort is not None:
        if not model.efforts:
            raise invalid("This model does not support the effort parameter.")
        if ask.effort not in model.efforts:
            raise invalid(
                f"This model does not support effort level '{ask.effort}'. "
                f"Supported levels: {', '.join(sorted(model.efforts))}."
            )
    wanted = output.get("format")
    if wanted is not None:
        if not isinstance(wanted, dict) or wanted.get("type") != "json_schema":
            raise invalid("output_config.format.type: Input should be 'json_schema'")
        check_schema(wanted.get("schema"))


_CHECKS: tuple[Callable[[Ask, Model], None], ...] = (
    check_tools, _check_messages, _check_breakpoints, _check_thinking, _check_output
)  # fmt: skip
