"""A new setting is required, and nothing in the repository provides it where the service is started."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.places import adds, draft, modules
from reviewbot.checks.project.nodes import call, first_line, last_line
from reviewbot.checks.scope import EXEMPT, matches
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.change import Tree
    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.project import Project
    from reviewbot.checks.project.module import Class, Module
    from reviewbot.syntax import Node

CHECK = Check(
    id="setting-not-provided",
    title="A new setting is required, and no environment provides it",
    why="The service does not start where the variable is missing: pydantic refuses the settings.",
    fix="Put it into the example environment and into what deploys the service, or give it a default.",
    leaves_alone=(
        "Settings with a default; names that any environment file, compose file, workflow, Dockerfile, Terraform or "
        "script mentions; repositories that have no such file; settings classes with a base that cannot be seen; "
        "sections, whose type is a class of the project's and no enumeration."
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    items=("trainsmart-senior-backend-architect/deploy-and-rollback",),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=("required environment variables", "required settings", "missing environment variables"),
    topics=("environment configuration", "environment specific configuration"),
)

_PROVIDES = (
    *(".env*", "*.env", "*.env.*", "env.example", "*compose*.y*ml", ".github/workflows/*", "Dockerfile*", "*.tf"),
    *(
        "*.tfvars",
        "Makefile",
        "*.sh",
        "k8s/**",
        "helm/**",
        "charts/**",
        "deploy/**",
        "cloudbuild*.y*ml",
        "app.yaml",
        "fly.toml",
    ),
)
_MOST_FILES = 200
_NAME = re.compile(r"[A-Za-z_][\w.]*")


def run(context: Context) -> Iterator[Draft]:
    """Report each new required field of a settings class that nothing provides."""
    for file, module in modules(context, "BaseSettings", "Settings("):
        if context.project is None:
            return
        for definition in module.classes.values():
            for name, node in _required(context.project, module, definition):
                if adds(file, first_line(node), last_line(node)) and not _is_provided(context.project.code.tree, name):
                    yield draft(module, node, f"`{name}` is required, and nothing in this repository provides it")


def _required(project: Project, module: Module, definition: Class) -> Iterator[tuple[str, Node]]:
    lineage = project.declarations.lineage(module, definition)
    if {base.rpartition(".")[2] for base in lineage.outside} != {"BaseSettings"}:
        return
    for name, node in definition.attributes.items():
        kind = node.field("type")
        if kind is None or name.startswith("_") or name == "model_config" or not _has_none(node):
            continue
        if not _is_section(project, module, kind):
            yield name, node


def _is_section(project: Project, module: Module, kind: Node) -> bool:
    """Tell whether an annotation names a class of the project's, whose fields are provided each for itself."""
    for name in _NAME.findall(kind.text()):
        found = project.declarations.find(module, name)
        bases = project.declarations.lineage(*found).outside if found is not None else ()
        if found is not None and not any(base.endswith("Enum") for base in bases):
            return True
    return False


def _has_none(node: Node) -> bool:
    """Tell whether a field has no default."""
    right = node.field("right")
    if right is None or right.text() == "...":
        return True
    made = call(right)
    if made is None or made.name != "Field" or made.open or not made.keywords.keys() <= {"description", "title"}:
        return False
    return not made.positional or made.positional[0].text() == "..."


def _is_provided(tree: Tree, name: str) -> bool:
    """Tell whether any file of an environment mentions a setting, with or without a prefix, or there is none."""
    paths = sorted(path for path in tree.paths if matches(_PROVIDES, path))[:_MOST_FILES]
    word = re.compile(rf"(?i)(?:\b|_){re.escape(name)}\b")
    return not paths or any(word.search(text) for text in tree.read(paths).values())
