"""What a form says of a value beyond its type, for dataclasses that must not import pydantic (it costs 0.1 s).

They stand in ``Annotated``; pydantic asks them once a file is there to be read.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


@dataclass(frozen=True)
class Exact:
    """A value of exactly this type: `3` is no truth value, and `"3"` no number.

    Attributes:
        least: Of a number, the least it may be.
        most: The most it may be.
    """

    least: float | None = None
    most: float | None = None

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Mapping[str, Any]]) -> dict[str, Any]:
        limits = {"ge": self.least, "le": self.most, "allow_inf_nan": False if source is float else None}
        return {**handler(source), "strict": True, **{key: value for key, value in limits.items() if value is not None}}


@dataclass(frozen=True)
class Must:
    """A value that a function finds no fault with.

    Attributes:
        complaint: Gives what is wrong with a value of the type, or an empty text.
    """

    complaint: Callable[[Any], str]

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Mapping[str, Any]]) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_after_validator_function(self._checked, handler(source))

    def _checked(self, value: Any) -> Any:
        if complaint := self.complaint(value):
            raise ValueError(complaint)
        return value


@dataclass(frozen=True)
class Short:
    """A value that may also be written in a shorter form.

    Attributes:
        long: Gives the long form of whatever is written; raises ValueError where it is none of the forms.
        forms: The JSON Schemas of the short forms that an editor may offer.
    """

    long: Callable[[Any], Any]
    forms: tuple[Mapping[str, Any], ...] = ()

    def __get_pydantic_core_schema__(self, source: Any, handler: Callable[[Any], Mapping[str, Any]]) -> Any:
        from pydantic_core import core_schema

        return core_schema.no_info_before_validator_function(self.long, handler(source))

    def __get_pydantic_json_schema__(self, schema: Any, handler: Callable[[Any], dict[str, Any]]) -> dict[str, Any]:
        long_form = handler(schema)
        return {"anyOf": [*map(dict, self.forms), long_form]} if self.forms else long_form


def one_or_many(what: str, *, none: bool = False) -> Short:
    """Give the mark of a list of texts that may be one text as well.

    Args:
        what: What one of them is.
        none: Whether `null` is the empty list.
    """

    def listed(value: Any) -> list[Any]:
        if value is None and none:
            return []
        if isinstance(value, str):
            return [value]
        if isinstance(value, list):
            return value
        raise ValueError(f"must be {what}, or a list of them")

    return Short(listed, ({"type": ["string", "null"] if none else "string"},))
