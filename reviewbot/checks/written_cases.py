"""What a file of cases may say: the form of which the reading, the schema for editors and the table of the docs are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated, Any

from reviewbot.core import documents, forms
from reviewbot.core.marks import Short

if TYPE_CHECKING:
    from reviewbot.core.documents import Document


def _as_code(case: Any) -> Any:
    return {"code": case} if isinstance(case, str) else case


class Sides(forms.Form):
    """A file before and after the change.

    Attributes:
        before: Its text before; without it the file is new.
        after: Its text after; without it the file is gone.
    """

    before: str = ""
    after: str = ""

    @forms.model_validator(mode="after")
    def _one_of_them(self) -> Sides:
        if not self.model_fields_set:
            raise ValueError("must have `before`, `after`, or both")
        return self


class WrittenCase(forms.Form):
    """A change, and what a check must make of it.

    Attributes:
        code: A source text that the change adds.
        path: Where it stands; as long as none is given, in a router, or among the migrations for a check of those.
        files: Instead of `code`: the files of a change, each path with its text `before`, `after`, or both. Without
            `before` the file is new, without `after` it is gone.
        tree: The other files of the repository, each path with its text: what a check asks about the project around
            the change.
        base_tree: Those of the base branch, where they differ from `tree`.
        lines: The lines where it must report, in the order of its findings.
        suggestion: The lines it must suggest instead; `null` where it must suggest none.
        whole_only: `true` where the bare diff shows less than the whole file. Else each case of a check that a hunk is
            enough for runs on both, and must come to the same.
    """

    code: str = ""
    path: str = ""
    files: dict[str, Sides] = forms.Field(default_factory=dict)
    tree: dict[str, str] = forms.Field(default_factory=dict)
    base_tree: dict[str, str] = forms.Field(default_factory=dict)
    lines: tuple[int, ...] = ()
    suggestion: str | None = None
    whole_only: bool = False

    @forms.model_validator(mode="after")
    def _one_change(self) -> WrittenCase:
        if ("code" in self.model_fields_set) == bool(self.files):
            raise ValueError("must be a source text, or have either `code` or `files`")
        if "base_tree" in self.model_fields_set and "tree" not in self.model_fields_set:
            raise ValueError("`base_tree` needs a `tree`, which it differs from")
        return self


_Case = Annotated[WrittenCase, Short(_as_code, ({"type": "string"},))]


class CaseFile(forms.Form):
    """The cases of a check.

    Attributes:
        id: The check's id.
        invalid: What it must report.
        valid: What it must leave alone.
    """

    id: str
    invalid: tuple[_Case, ...] = ()
    valid: tuple[_Case, ...] = ()

    @forms.field_validator("id")
    @classmethod
    def _of_the_check(cls, name: str, info: forms.ValidationInfo) -> str:
        if info.context is not None and name != info.context:
            raise ValueError(f"must be the check's, {info.context!r}")
        return name


def read(text: str, path: str, check: str) -> Document:
    """Read a file of cases and hold it to its form.

    Args:
        text: The YAML.
        path: Its name, for messages.
        check: Id of the check it must be about.

    Raises:
        ConfigError: It is not as docs/writing-a-check.md says; names file, line and key.
    """
    document = documents.read(text, path)
    forms.checked(CaseFile, document, check, such_as=f"id: {check}")
    return document
