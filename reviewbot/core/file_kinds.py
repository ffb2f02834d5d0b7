"""What a file is by its path alone: a companion of code, a migration, generated, documentation, data."""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from reviewbot.core.globs import Globs

# Files that belong to whoever reviews the code beside them.
_COMPANIONS = Globs(
    (
        *("Dockerfile*", "*.dockerfile", "docker-compose*", "compose*.y*ml", "Makefile", "*.sh", "*.sql", "*.tf"),
        *("alembic.ini", "*.mako", "requirements*.txt", "pyproject.toml", "setup.cfg", ".env.example", "Procfile"),
    ),
)
# Alembic's revisions: a project with several databases has a folder for each, above `versions` or below it.
MIGRATIONS = (
    "**/*alembic*/**/versions*/**",
    "**/*alembic*/**/*_versions/**",
    "**/*migration*/**/versions*/**",
    "**/*migration*/**/*_versions/**",
    "**/migrations/[0-9]*.py",
    "**/revisions/**/versions/**",
    f"**/versions/{'[0-9a-f]' * 8}*_*.py",
    "**/versions/[0-9][0-9]*_*.py",
)
# Migrations, and what lies around them: often beside the backend that they belong to, rather than in it.
_MIGRATIONS = Globs((*MIGRATIONS, "alembic/**/*.py", "migrations/**/*.py", "**/versions/*.py"))
_REVISION = re.compile(r"^(?:down_)?revision\b(?=[^=\n]*=[^=])", re.MULTILINE)
GENERATED = "generated code"
# In the head of the HTML report. It counts only in files of one's own that git does not know.
OWN_PAGE = b'<meta name="generator" content="reviewbot">'
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
            ".pyw",
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


def is_source(path: str) -> bool:
    """Tell whether a file is code or follows it, and so is a text that somebody has to read."""
    return is_code(path) or is_companion(path)


def is_migration(path: str) -> bool:
    """Tell whether a file lies where migrations do."""
    return _MIGRATIONS.match(path)


def is_revision(text: str) -> bool:
    """Tell whether a text is one of Alembic's migrations, wherever it lies: it says its own id and whom it follows."""
    # Looking for the word first takes a tenth of the time.
    return "down_revision" in text and len({match[0] for match in _REVISION.finditer(text)}) > 1


def kind(path: str) -> str | None:
    """Say in words what a file is where that alone makes it nobody's; None for all other files."""
    return next((name for name, spec in _KINDS if spec.match(path)), None)
