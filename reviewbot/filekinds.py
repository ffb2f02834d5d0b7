"""What a file is by its path alone: a companion of code, a migration, generated, documentation, data."""

from __future__ import annotations

from pathspec import PathSpec

# Files that belong to whoever reviews the code beside them.
_COMPANIONS = PathSpec.from_lines(
    "gitignore",
    (
        *("Dockerfile*", "*.dockerfile", "docker-compose*", "compose*.y*ml", "Makefile", "*.sh", "*.sql", "*.tf"),
        *("alembic.ini", "*.mako", "requirements*.txt", "pyproject.toml", "setup.cfg", ".env.example", "Procfile"),
    ),
)
# Migrations often lie beside the backend that they belong to, rather than in it.
_MIGRATIONS = PathSpec.from_lines("gitignore", ("alembic/**/*.py", "migrations/**/*.py", "**/versions/*.py"))
GENERATED = "generated code"
_KINDS = tuple(
    (name, PathSpec.from_lines("gitignore", globs))
    for name, globs in (
        (GENERATED, ("**/generated/**", "*.min.js", "*.min.css", "*_pb2.py", "*_pb2_grpc.py")),
        ("a lock file", ("*.lock", "package-lock.json", "pnpm-lock.yaml", "go.sum")),
        ("documentation", ("*.md", "*.rst", "*.txt", "docs/", "LICENSE*")),
        (
            "frontend code",
            ("*.ts", "*.tsx", "*.js", "*.jsx", "*.mjs", "*.vue", "*.svelte", "*.css", "*.scss", "*.htm*"),
        ),
        ("data", ("*.json", "*.csv", "*.yml", "*.yaml", "*.toml", "*.ini", "*.cfg", "*.xml", "*.svg", "*.ipynb")),
    )
)


def is_companion(path: str) -> bool:
    """Tell whether a file follows the code beside it."""
    return _COMPANIONS.match_file(path)


def is_migration(path: str) -> bool:
    """Tell whether a file lies where migrations do."""
    return _MIGRATIONS.match_file(path)


def kind(path: str) -> str | None:
    """Say in words what a file is where that alone makes it nobody's; None for all other files."""
    return next((name for name, spec in _KINDS if spec.match_file(path)), None)
