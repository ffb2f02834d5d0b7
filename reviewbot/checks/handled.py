"""Whether the application's own exception handlers do what a rule misses in one place."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.python.nodes import lines_of

if TYPE_CHECKING:
    from reviewbot.checks.changeset import Draft
    from reviewbot.checks.project import Project
    from reviewbot.python.module import Module

_RAISED = re.compile(r"^raise\s+((?:\w+\.)*\w+)\b")
_FROM = re.compile(r"\sfrom\s+\w+\s*$")
_CAUGHT = re.compile(r"except\*?\s[^\n]*?\bas\s+(\w+)\s*:|except\*?\s*\([^)]*\)\s*as\s+(\w+)\s*:")


def by_the_application(how: str, draft: Draft, project: Project) -> bool:
    """Tell whether what a rule found is taken care of where the application answers exceptions.

    Args:
        how: ``logged`` or ``refused``, see :class:`reviewbot.checks.rule_files.Metadata`.
        draft: What it found, a statement that raises.
        project: The project around the change.
    """
    module = project.code.module(draft.path)
    raised = _RAISED.match(draft.evidence.strip())
    if module is None or raised is None:
        return False
    if how == "refused":
        if project.served.leaves_out(draft.path, draft.start_line):
            return project.handlers.ends_command(module, raised[1])
        refused = project.handlers.refuses(module, raised[1], draft.evidence.strip())
        return refused and module.path in project.behind_routes
    return raised[1].endswith("HTTPException") and _says_why(draft, module) and project.handlers.log_details


def _says_why(draft: Draft, module: Module) -> bool:
    """Tell whether the exception that was caught stands in the one that is raised, or in a name that this is given."""
    around = [node for node in module.source.root.find_all(kind="except_clause") if draft.start_line in lines_of(node)]
    caught = _CAUGHT.match(around[-1].text()) if around else None
    if caught is None:
        return False
    said, error = _FROM.sub("", draft.evidence.rstrip()), re.compile(rf"\b{caught[1] or caught[2]}\b")
    if error.search(said):
        return True
    given = re.finditer(r"^[ \t]*(\w+)[ \t]*=(?!=)(?P<value>.*)", around[-1].text(), re.MULTILINE)
    return any(error.search(match["value"]) and re.search(rf"\b{match[1]}\b", said) for match in given)
