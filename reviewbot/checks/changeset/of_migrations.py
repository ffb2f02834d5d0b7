"""What the checks that look at changed migrations, each by itself, have in common."""

from __future__ import annotations

from functools import partial

from reviewbot.check import Check, Needs
from reviewbot.checks.scope import MIGRATIONS

# What the items say that are about migrations which the running application does not notice.
ONLINE = (
    "zero-downtime migrations",
    "zero-downtime schema",
    "zero-downtime database",
    "migrations with zero downtime",
    "migrations without downtime",
    "online migrations",
    "online schema changes",
)

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
