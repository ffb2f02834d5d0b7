"""Code that a check reports, and code that it leaves alone: the first of its cases of either kind."""

from __future__ import annotations

import difflib
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from reviewbot.core import documents

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


class Example(NamedTuple):
    """What a check makes of some code.

    Attributes:
        path: Where the code stands; empty where that does not matter.
        code: The code as it is after the change.
        before: The code before, where the check is about what was there; None elsewhere.
    """

    path: str
    code: str
    before: str | None = None

    @property
    def shown(self) -> str:
        """The code, or as a difference what became of the code before."""
        if self.before is None:
            return self.code.rstrip()
        lines = difflib.unified_diff(self.before.splitlines(), self.code.splitlines(), n=5, lineterm="")
        return "\n".join(line for line in lines if line[:3] not in {"---", "+++", "@@ "})


def folder() -> Path:
    """Give the folder of the cases, in an installed copy or in a checkout."""
    packaged = Path(__file__).parents[1] / "_cases"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "tests" / "checks" / "cases"


def of(check: str) -> tuple[Example | None, Example | None]:
    """Give code that a check of the package reports, and other code that it leaves alone; None where there is none."""
    file = folder() / f"{check}.yml"
    if not file.is_file():
        return None, None
    cases = documents.own(file)
    reported = next(_examples(cases.get("invalid", ())), None)
    # The same code may be fine for what stands in files that are not shown, which teaches nobody anything.
    others = (one for one in _examples(cases.get("valid", ())) if reported is None or one.code != reported.code)
    return reported, next(others, None)


def _examples(cases: Iterable[Any]) -> Iterator[Example]:
    return (example for case in cases if (example := _example(case)) is not None)


def _example(case: str | Mapping[str, Any]) -> Example | None:
    """Give a case as one piece of code; None where it is about a file that is gone."""
    if isinstance(case, str):
        return Example("", case)
    if "code" in case:
        return Example(case.get("path", ""), case["code"])
    there = ((path, sides) for path, sides in case["files"].items() if sides.get("after"))
    return next((Example(path, sides["after"], sides.get("before")) for path, sides in there), None)
