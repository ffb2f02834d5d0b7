"""Cases for the evaluation of an agent: a change, and what a good review of it finds."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from reviewbot.core import documents, files, forms
from reviewbot.core.errors import ConfigError
from reviewbot.core.finding import Severity
from reviewbot.core.marks import Short

if TYPE_CHECKING:
    from pathlib import Path


_ONE_LINE = ({"type": "integer"},)


def _first_and_last(lines: Any) -> Any:
    if isinstance(lines, int):
        return (lines, lines)
    return (lines[0], lines[0]) if isinstance(lines, list) and len(lines) == 1 else lines


class Golden(forms.Form):
    """Something that a good review finds.

    Attributes:
        path: The file.
        lines: First and last line, or one line, where a comment about it may stand.
        severity: How much it matters.
        item: The checklist item, where only that one is right.
        what: What is wrong, for people.
    """

    path: str
    lines: Annotated[tuple[int, int], Short(_first_and_last, _ONE_LINE)]
    severity: Severity = Severity.MEDIUM
    item: str | None = None
    what: str = ""


class Case(forms.Form):
    """A change to review.

    Attributes:
        name: What it is called; by default as its file.
        diff: A diff file, beside the case's file.
        repo: A repository: context for a diff, or what ``base`` and ``head`` are of.
        base: Base revision of a range.
        head: Head revision of a range.
        agent: The agent that reviews every file; None to have it chosen.
        golden: What is to be found.
        clean: Whether nothing is to be found.
    """

    name: str = ""
    diff: str | None = None
    repo: str | None = None
    base: str | None = None
    head: str | None = None
    agent: str | None = None
    golden: tuple[Golden, ...] = ()
    clean: bool = False

    @forms.model_validator(mode="after")
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
    paths = list(files.listed(folder, "*.yml"))
    if not paths:
        raise ConfigError(f"{folder}: no cases (*.yml) in this folder; docs/writing-an-agent.md says what one is")
    return [_read(path) for path in paths]


def _read(path: Path) -> Case:
    try:
        text = path.read_text(encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise ConfigError(f"{path}: cannot read this case: {' '.join(str(error).split())}") from error
    document = documents.read(text, str(path))
    if isinstance(document.data, dict):
        document.data.setdefault("name", path.stem)
    return forms.checked(Case, document, such_as="diff: change.diff")
