"""A new setting is required, and nothing in the repository provides it where the service is started."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.checks.helpers.changed_modules import draft
from reviewbot.checks.helpers.required_settings import newly_required
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.core.globs import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.helpers.required_settings import Setting
    from reviewbot.core.change import Tree

CHECK = Check(
    id="setting-not-provided",
    title="A new setting is required, and no environment provides it",
    why="The service does not start where the variable is missing: pydantic refuses the settings.",
    fix="Put it into the example environment and into what deploys the service, or give it a default.",
    leaves_alone=(
        "Settings with a default, and those that were required before; names that any environment file, compose file, "
        "workflow, Dockerfile, Terraform or script mentions; repositories that have no such file; settings classes "
        "with a base that cannot be seen; sections, whose type is a class of the project's and no enumeration."
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
    *("render.yaml", "Procfile", "serverless.yml", ".gitlab-ci.yml", ".circleci/**", "kubernetes/**", "manifests/**"),
    *("infra/**/*.y*ml", "ansible/**/*.y*ml", "*task*def*.json", "*.tf.json", "justfile", "Jenkinsfile", "*.service"),
)
_MOST_FILES = 200


def run(context: Context) -> Iterator[Draft]:
    """Report each new required field of a settings class that nothing provides."""
    for setting in newly_required(context):
        if context.project is not None and not _is_provided(context.project.code.tree, setting):
            title = f"`{setting.name}` is required, and nothing in this repository provides it"
            yield draft(setting.module, setting.node, title)


def _is_provided(tree: Tree, setting: Setting) -> bool:
    """Tell whether any file of an environment mentions a setting, or there is none."""
    paths = sorted(path for path in tree.paths if matches(_PROVIDES, path))[:_MOST_FILES]
    return not paths or any(setting.is_mentioned(text, loosely=True) for text in tree.read(paths).values())
