"""What a file is by its path alone: a companion of code, a migration, generated, documentation, data."""

from __future__ import annotations

from pathlib import PurePosixPath

from reviewbot.core.globs import Globs

# Files that belong to whoever reviews the code beside them.
_COMPANIONS = Globs(
    (
        *("Dockerfile*", "*.dockerfile", "docker-compose*", "compose*.y*ml", "Makefile", "*.sh", "*.sql", "*.tf"),
        *("alembic.ini", "*.mako", "requirements*.txt", "pyproject.toml", "setup.cfg", ".env.example", "Procfile"),
    ),
)
# Migrations often lie beside the backend that they belong to, rather than in it.
_MIGRATIONS = Globs(("alembic/**/*.py", "migrations/**/*.py", "**/versions/*.py"))
GENERATED = "generated code"
FRONTEND = "frontend code"
_KINDS = tuple(
    (name, Globs(globs))
    for name, globs in (
        (GENERATED, ("**/generated/**", "*.min.js", "*.min.css", "*_pb2.py", "*_pb2_grpc.py")),
        ("a lock file", ("*.lock", "package-lock.json", "pnpm-lock.yaml", "go.sum")),
        ("documentation", ("*.md", "*.rst", "*.txt", "docs/", "LICENSE*")),
        (
            FRONTEND,
            ("*.ts", "*.tsx", "*.js", "*.jsx", "*.mjs", "*.vue", "*.svelte", "*.css", "*.scss", "*.htm*"),
        ),
        ("data", ("*.json", "*.csv", "*.yml", "*.yaml", "*.toml", "*.ini", "*.cfg", "*.xml", "*.svg", "*.ipynb")),
    )
)


# What people write to be run, in whatever language.
_CODE = frozenset(
    (
        *(
            ".py",
            ".pyi",
            ".pyx",
            ".go",
            ".rs",
            ".java",
            ".kt",
            ".kts",
            ".scala",
            ".groovy",
            ".clj",
            ".rb",
            ".erb",
            ".php",
        ),
        *(
            ".cs",
            ".fs",
            ".vb",
            ".c",
            ".h",
            ".cc",
            ".cpp",
            ".cxx",
            ".hpp",
            ".m",
            ".mm",
            ".swift",
            ".dart",
            ".ex",
            ".exs",
        ),
        *(
            ".erl",
            ".hs",
            ".ml",
            ".jl",
            ".r",
            ".lua",
            ".pl",
            ".pm",
            ".zig",
            ".nim",
            ".sol",
            ".sh",
            ".bash",
            ".zsh",
            ".ps1",
        ),
        *(".bat", ".sql", ".tf", ".hcl", ".graphql", ".proto", ".mk", ".mako", ".jinja", ".j2", ".dockerfile"),
    )
)
_CODE_NAMES = ("Dockerfile", "Makefile", "Jenkinsfile", "Rakefile")


def is_code(path: str) -> bool:
    """Tell whether a file is code that somebody should look at."""
    what = kind(path)
    where = PurePosixPath(path)
    return what == FRONTEND or (what is None and (where.suffix.lower() in _CODE or where.name.startswith(_CODE_NAMES)))


def is_companion(path: str) -> bool:
    """Tell whether a file follows the code beside it."""
    return _COMPANIONS.match(path)


def is_migration(path: str) -> bool:
    """Tell whether a file lies where migrations do."""
    return _MIGRATIONS.match(path)


def kind(path: str) -> str | None:
    """Say in words what a file is where that alone makes it nobody's; None for all other files."""
    return next((name for name, spec in _KINDS if spec.match(path)), None)
