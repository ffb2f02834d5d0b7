"""A setting becomes required, and nothing that deploys the application sets it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.check import Check, Needs
from reviewbot.checks.changeset import Draft
from reviewbot.checks.scope import EXEMPT, matches
from reviewbot.finding import Confidence, Severity
from reviewbot.syntax import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.change import Tree
    from reviewbot.checks.changeset import Context
    from reviewbot.syntax import Match

CHECK = Check(
    id="setting-not-deployed",
    title="A required setting is missing from what deploys the application",
    why="Pydantic refuses to start without it: the next deployment ends in a container that never becomes healthy.",
    fix=(
        "Set it in terraform, the workflows or the compose file, and name it in `.env.example`; or give it a default "
        "that is safe."
    ),
    leaves_alone=(
        "Settings with a default, names that any terraform, workflow, compose, Kubernetes or env file of the tree has, "
        "repositories without such files, and settings that were required before."
    ),
    severity=Severity.HIGH,
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

_DEPLOYS = (
    *("*.tf", "*.tfvars", "*.tfvars.example", ".github/workflows/", "cloudbuild*.y*ml", "app.yaml", "service.yaml"),
    *("docker-compose*.y*ml", "compose*.y*ml", "k8s/", "helm/", "Procfile", "render.yaml", "fly.toml"),
    *(".env.example", ".env.sample", ".env.template", "*.env.example", "env.example"),
)
_IN_SETTINGS = {"kind": "class_definition", "has": {"field": "superclasses", "regex": r"\bBaseSettings\b"}}
_IN_BODY = {"kind": "expression_statement", "inside": {"kind": "block", "inside": _IN_SETTINGS}}
_NO_DEFAULT = r"^Field\((\.\.\.|[^)]*\bdefault=\.\.\.|\s*(alias|validation_alias|description|min_length)\s*=)"
_REQUIRED = {
    "rule": {
        "kind": "assignment",
        "all": [
            {"has": {"field": "left", "kind": "identifier", "pattern": "$NAME"}},
            {"has": {"field": "type", "pattern": "$TYPE", "not": {"regex": "ClassVar"}}},
            {"inside": _IN_BODY},
            {
                "any": [
                    {"not": {"has": {"field": "right", "regex": "."}}},
                    {"has": {"field": "right", "regex": _NO_DEFAULT}},
                ]
            },
        ],
    }
}
_ALIAS = re.compile(r"""\b(?:validation_)?alias\s*=\s*["'](\w+)["']""")


def run(context: Context) -> Iterator[Draft]:
    """Report each setting that the change makes required."""
    tree = context.changes.head_tree
    deployed: str | None = None
    for file in context.files:
        if file.new_text is None or "BaseSettings" not in file.new_text or tree is None:
            continue
        before = {match.filled("$NAME") for match in _required(file.old_text or "")}
        for match in _required(file.new_text):
            span, name = match.span, match.filled("$NAME")
            if name in before or file.added_lines.isdisjoint(range(span.start_line, span.last_line + 1)):
                continue
            alias = _ALIAS.search(span.text)
            deployed = _deployed(tree) if deployed is None else deployed
            if deployed and _plain(alias[1] if alias else name) not in deployed:
                title = f"`{name}` is required, and no terraform, workflow, compose or env file sets it"
                yield Draft(file.path, span.start_line, span.last_line, title, span.text)


def _required(text: str) -> Iterator[Match]:
    return (match for match in Source(text).find(_REQUIRED) if "default_factory" not in match.span.text)


def _deployed(tree: Tree) -> str:
    """Give the text of all files that say with which settings the application is deployed."""
    return _plain("\n".join(tree.read([path for path in tree.paths if matches(_DEPLOYS, path)]).values()))


def _plain(text: str) -> str:
    return text.casefold().replace("-", "_")
