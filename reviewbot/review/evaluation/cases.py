"""Cases for the evaluation of an agent: a change, and what a good review of it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from reviewbot.core.errors import ConfigError
from reviewbot.core.finding import Severity

if TYPE_CHECKING:
    from pathlib import Path


class Golden(BaseModel):
    """Something that a good review finds.

    Attributes:
        path: The file.
        lines: First and last line, or one line, where a comment about it may stand.
        severity: How much it matters.
        item: The checklist item, where only that one is right.
        what: What is wrong, for people.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    path: str
    lines: tuple[int, int]
    severity: Severity = Severity.MEDIUM
    item: str | None = None
    what: str = ""

    @model_validator(mode="before")
    @classmethod
    def _one_line(cls, data: Any) -> Any:
        """Take `lines: 12` for `lines: [12, 12]`."""
        lines = data.get("lines") if isinstance(data, dict) else None
        if isinstance(lines, int):
            return {**data, "lines": (lines, lines)}
        if isinstance(lines, list) and len(lines) == 1:
            return {**data, "lines": (lines[0], lines[0])}
        return data


class Case(BaseModel):
    """A change to review.

    Attributes:
        name: Of its file.
        diff: A diff file, beside the case's file.
        repo: A repository: context for a diff, or what ``base`` and ``head`` are of.
        base: Base revision of a range.
        head: Head revision of a range.
        agent: The agent that reviews every file; None to have it chosen.
        golden: What is to be found.
        clean: Whether nothing is to be found.
    """

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    diff: str | None = None
    repo: str | None = None
    base: str | None = None
    head: str | None = None
    agent: str | None = None
    golden: Annotated[tuple[Golden, ...], Field()] = ()
    clean: bool = False

    @model_validator(mode="after")
    def _one_change(self) -> Case:
        if (self.diff is None) == (self.base is None):
            raise ValueError("give either `diff`, or `base` (with `head` and `repo`)")
        if self.clean == bool(self.golden):
            raise ValueError("give either `golden`, or `clean: true`")
        return self


def load(folder: Path) -> list[Case]:
    """Read the case files of a folder (``*.yml``), in the order of their names.

    Raises:
        ConfigError: There is none, or one is not as docs/writing-an-agent.md says; names file and key.
    """
    paths = sorted(folder.glob("*.yml")) if folder.is_dir() else []
    if not paths:
        raise ConfigError(f"{folder}: no cases (*.yml) in this folder; docs/writing-an-agent.md says what one is")
    return [_read(path) for path in paths]


def _read(path: Path) -> Case:
    try:
        data = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ConfigError(f"{path}: cannot read this case: {' '.join(str(error).split())}") from error
    if not isinstance(data, dict):
        raise ConfigError(f"{path}: expected keys and values, such as `diff: change.diff`")
    try:
        return Case.model_validate({"name": path.stem, **data})
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(map(str, first["loc"])) or "the case"
        raise ConfigError(f"{path}: `{where}`: {first['msg'].removeprefix('Value error, ')}") from error
