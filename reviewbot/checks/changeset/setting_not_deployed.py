"""A setting becomes required, and nothing that deploys the application sets it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.checks.helpers.changed_modules import draft
from reviewbot.checks.helpers.required_settings import newly_required
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.core.globs import matches
from reviewbot.python.nodes import last_line

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.core.change import Tree

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
        "repositories without such files, and settings that were required before, in this file or in the one that they "
        "come from."
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
    *(
        "kubernetes/",
        "charts/",
        "manifests/",
        "deploy/**/*.y*ml",
        "deploy/**/*.json",
        "serverless.yml",
        ".gitlab-ci.yml",
    ),
    *("*.tf.json", "*task*def*.json", "*.service", "infra/**/*.y*ml", "ansible/**/*.y*ml", ".env", ".env.*", "*.env"),
    *(".env.example", ".env.sample", ".env.template", "*.env.example", "env.example"),
)


def run(context: Context) -> Iterator[Draft]:
    """Report each setting that the change makes required."""
    tree = context.changes.head_tree
    deployed: str | None = None
    for setting in newly_required(context):
        if deployed is None and tree is not None:
            deployed = _deployed(tree)
        if deployed and not setting.is_mentioned(deployed):
            title = f"`{setting.name}` is required, and no terraform, workflow, compose or env file sets it"
            yield draft(setting.module, setting.node, title, last=last_line(setting.node))


def _deployed(tree: Tree) -> str:
    """Give the text of all files that say with which settings the application is deployed."""
    return "\n".join(tree.read([path for path in tree.paths if matches(_DEPLOYS, path)]).values())
