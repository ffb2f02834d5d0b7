"""What the checks that look at changed migrations, each by itself, have in common."""

from __future__ import annotations

from functools import partial

from reviewbot.check import Check, Needs
from reviewbot.checks.scope import MIGRATIONS

migration_check = partial(
    Check,
    items=(
        "sinag-backend-architect/safe-migrations",
        "trainsmart-senior-backend-architect/zero-downtime-migrations",
    ),
    decides=(),
    paths=MIGRATIONS,
    ignores=("tests/", "test_*.py"),
    needs=Needs.CHANGE,
    engine="change-set",
)
