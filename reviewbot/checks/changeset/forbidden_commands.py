"""A script or document runs a command that this project allows only with permission, or in another way."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.added_lines import added_lines
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft

CHECK = Check(
    id="forbidden-commands",
    title="A command that destroys data, or runs migrations past docker-compose",
    why=(
        "What a Makefile, script or document says is copied and run: `down -v` and DROP delete the database, "
        "`alembic downgrade` its newest columns, and a bare `alembic upgrade` runs against whatever database the shell "
        "happens to know."
    ),
    fix=(
        "Run migrations by `docker-compose exec backend alembic upgrade head`, and leave the destructive commands to "
        "people who ask first."
    ),
    leaves_alone=(
        "Lines that forbid the command, workflows and images, which run a job of their own, migrations, tests, and a "
        "`make migrate` that is only named."
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.HIGH,
    items=("trainsmart-senior-backend-architect/migrations-through-compose",),
    decides=(),
    paths=(),
    ignores=(),
    needs=Needs.CHANGE,
    engine="change-set",
)

_FILES = ("Makefile", "*.mk", "*.sh", "*.bash", "justfile", "Taskfile*", "package.json", "*.md", "*.sql", "scripts/")
_IGNORES = (".github/workflows/", "**/alembic/versions/", "tests/", "CHANGELOG*", "entrypoint*", "docker-entrypoint*")
_FORBIDS = re.compile(
    r"(?i)\b(never|don'?t|do not|not run|avoid|without (?:explicit )?permission|forbidden|careful|ask)\b|❌|🚫"
)
_DESTROYS = (
    (re.compile(r"\balembic\s+(?:-\S+\s+)*downgrade\b"), "`alembic downgrade` takes the newest migration back"),
    (
        re.compile(r"\bdocker[- ]compose\b.*\bdown\b.*\s(?:-v|--volumes)\b"),
        "`down -v` deletes the volume with the database",
    ),
    (re.compile(r"\bDROP\s+(?:TABLE|DATABASE|SCHEMA)\b"), "DROP deletes data"),
)
_BARE = re.compile(r"(?<![\w/-])alembic\s+(?:-\S+\s+\S+\s+){,20}upgrade\b")
_COMPOSE = re.compile(r"\b(?:docker|compose|exec|kubectl|gcloud)\b|\$\(COMPOSE|\$\{?DC\b")


def run(context: Context) -> Iterator[Draft]:
    """Report each such command on an added line."""
    for line in added_lines(context, _FILES, _IGNORES):
        if _FORBIDS.search(line.text) or any(_FORBIDS.search(text) for text in line.lines_before[-2:]):
            continue
        said = next((title for pattern, title in _DESTROYS if pattern.search(line.text)), None)
        if said is None and _BARE.search(line.text) and not _COMPOSE.search(line.text):
            said = "Migrations are run past docker-compose"
        if said is not None:
            yield line.draft(said)
