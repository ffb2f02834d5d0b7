"""What a model may do before it speaks: look, and nothing else. One module a tool, named like it, with a ``TOOL``."""

from __future__ import annotations

import importlib
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any

from reviewbot.core import forms

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviewbot.llm.workspace import Workspace

NAMES = ("read_file", "search", "find_definition", "find_references", "list_files", "show_change", "read_before")
# Without a tree there is nothing to look at but the change.
_WITHOUT_TREE = ("show_change",)


class Arguments(forms.Form):
    """What a tool is called with."""


class LookError(Exception):
    """A look that cannot be had; the message goes to the model."""


@dataclass(frozen=True)
class Tool:
    """One way to look.

    Attributes:
        name: What the model calls it.
        description: What the model is told of it.
        arguments: The schema of its input.
        run: Gives the text for the model, not yet fenced; raises LookError.
    """

    name: str
    description: str
    arguments: type[Arguments]
    run: Callable[[Workspace, Any], str]

    @property
    def schema(self) -> dict[str, Any]:
        """The JSON schema of its input."""
        schema: dict[str, Any] = _untitled(self.arguments.model_json_schema())
        return schema

    def look(self, workspace: Workspace, values: Mapping[str, Any]) -> str:
        """Look.

        Raises:
            LookError: The arguments do not fit, or there is no such thing.
        """
        try:
            arguments = self.arguments.model_validate(values)
        except forms.ValidationError as error:
            raise LookError(": ".join(forms.first(error, "the input"))) from error
        return self.run(workspace, arguments)


def offered(workspace: Workspace) -> tuple[Tool, ...]:
    """Give the tools that make sense: all of them where there is a tree."""
    return tuple(_tool(name) for name in (NAMES if workspace.has_tree else _WITHOUT_TREE))


def _untitled(schema: Any) -> Any:
    """Leave out the titles that pydantic makes of names: they say nothing to a model."""
    if isinstance(schema, dict):
        entries = {key: value for key, value in schema.items() if key != "title" or isinstance(value, dict)}
        return {key: _untitled(value) for key, value in entries.items()}
    return [_untitled(value) for value in schema] if isinstance(schema, list) else schema


@cache
def _tool(name: str) -> Tool:
    tool: Tool = importlib.import_module(f"{__name__}.{name}").TOOL
    return tool
