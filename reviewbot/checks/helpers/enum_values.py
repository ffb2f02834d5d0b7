"""Values that migrations add to the enum types of PostgreSQL."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.helpers.migration_operations import Migration
    from reviewbot.checks.helpers.operation import Operation

_ADDS_VALUE = re.compile(r"(?i)\balter\s+type\s+(\S+)\s+add\s+value\s+(?:if\s+not\s+exists\s+)?'?([\w -]*\w)?")


def added_values(migration: Migration) -> Iterator[tuple[Operation, str, str]]:
    """Give each `ALTER TYPE … ADD VALUE` inside the migration's transaction, with the type and the value."""
    for operation in migration.upgrade:
        for kind, value in (
            _ADDS_VALUE.findall(operation.sql)
            if not operation.autocommit and not migration.commits_before(operation)
            else ()
        ):
            yield operation, kind, value
