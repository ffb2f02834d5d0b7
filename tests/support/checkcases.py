"""Cases of checks, run as a review would: a source text that was added, or files before and after in their trees."""

from __future__ import annotations

import difflib
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from builders import agent, item
from trees import Files

from reviewbot.changes.diff.parse import parse
from reviewbot.checks import catalog, engine
from reviewbot.core.change import ChangedFile, ChangeSet, FileKind
from reviewbot.core.review import Assignment, Grade

if TYPE_CHECKING:
    from reviewbot.core.agent import Agent
    from reviewbot.core.finding import Finding

CATALOG = catalog.load()
PATHS = {"migrations": "api/alembic/versions/0001_x.py", "routers": "api/app/api/v1/things.py"}


def added(path: str, code: str) -> ChangedFile:
    body = "".join(f"+{line}\n" for line in code.removesuffix("\n").split("\n"))
    count = body.count("\n")
    (file,) = parse(f"--- /dev/null\n+++ b/f.py\n@@ -0,0 +1,{count} @@\n{body}".encode())
    return ChangedFile(path, FileKind.ADDED, file.hunks, new_text=code)


def of(case: Any, check: str, *, whole: bool = True) -> ChangeSet:
    """Build the change of a case: a source text that was added, or files before and after.

    With ``tree`` there are trees around it: the files named there, those of ``base_tree`` in its place before the
    change, and those of the change itself. With ``whole_only`` a bare diff is said to tell less: without their texts
    the project is not known as it will be.
    """
    case = {"code": case} if isinstance(case, str) else case
    if "files" in case:
        files = [_edited(path, sides) for path, sides in case["files"].items()]
    else:
        migration = any("alembic" in glob for glob in CATALOG.checks[check].paths)
        files = [added(case.get("path", PATHS["migrations" if migration else "routers"]), case["code"])]
    after = {file.path: file.new_text for file in files if file.new_text is not None}
    before = {file.path: file.old_text for file in files if file.old_text is not None}
    return ChangeSet(
        "patch",
        tuple(files if whole else (replace(file, old_text=None, new_text=None) for file in files)),
        head_tree=Files({**case["tree"], **after}) if "tree" in case else None,
        base_tree=Files({**case.get("base_tree", case["tree"]), **before}) if "tree" in case else None,
    )


def _edited(path: str, sides: dict[str, str]) -> ChangedFile:
    before, after = sides.get("before"), sides.get("after")
    lines = list(
        difflib.unified_diff(
            (before or "").splitlines(keepends=True),
            (after or "").splitlines(keepends=True),
            "a/f" if before is not None else "/dev/null",
            "b/f" if after is not None else "/dev/null",
        )
    )
    (file,) = parse("".join(lines).encode())
    kind = FileKind.ADDED if before is None else FileKind.DELETED if after is None else FileKind.MODIFIED
    return ChangedFile(path, kind, file.hunks, old_text=before, new_text=after)


def bound_agent(check: str) -> Agent:
    """Build an agent with just the items that the check names of its first agent."""
    name = CATALOG.checks[check].items[0].partition("/")[0]
    items = [i.partition("/")[2] for i in CATALOG.checks[check].items if i.startswith(f"{name}/")]
    return agent(name, *(item(one) for one in items))


def found(changes: ChangeSet, check: str) -> list[Finding]:
    reviewer = bound_agent(check)
    assignment = Assignment(reviewer.name, Grade.PROJECT, tuple(file.path for file in changes.files), 1.0)
    only = catalog.Catalog(
        tuple(rule for rule in CATALOG.rules if rule.check.id == check),
        tuple(one for one in CATALOG.change_checks if one.check.id == check),
    )
    result = engine.run(changes, [assignment], {reviewer.name: reviewer}, only)
    assert result.failures == ()
    return list(result.findings)
