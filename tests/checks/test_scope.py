from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from reviewbot.checks import catalog
from reviewbot.checks.project.migration_files import migration_files
from reviewbot.checks.scope import EXEMPT, looks_at
from reviewbot.core.file_kinds import MIGRATIONS
from reviewbot.core.globs import matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

APPLICATION = [
    "main.py",
    "app/services/area_service.py",
    "apps/api/app/api/v1/areas.py",
    "backend/app/api/testimonials.py",
    "app/agents/tools/search.py",
    "app/services/migration_service.py",
    "app/latest.py",
    "app/attesting/rows.py",
    "app/services/demo.py",
    "app/scenarios.py",
    "app/utils/migration.py",
    "app/api/versions/v1_areas.py",
    "app/agents/skills/search.py",
]
NOT_APPLICATION = [
    "tests/x.py",
    "apps/api/tests/api/deep/x.py",
    "app/test_areas.py",
    "app/areas_test.py",
    "conftest.py",
    "depot/server/testing/rows.py",
    "depot/fixtures.py",
    "backend/app/seeds/modules.py",
    "app/seed_areas.py",
    "alembic/env.py",
    "api/db/migrations/core_oss/versions/oss000000018_add_archived_at.py",
    "api/db/versions/b7c8d9e0f1a2_progress.py",
    ".agents/skills/release/check.py",
    ".claude/hooks/format.py",
    "api/skills/areas/scripts/read.py",
    "api/qa_product.py",
    "backend/alembic/versions/0001_x.py",
    "app/migrations/0001_initial.py",
    "scripts/fix.py",
    "apps/api/scripts/fix.py",
    "tools/release.py",
    "shop/management/commands/import_areas.py",
    "app/services/startup_service.py",
    "test-login-by-hand.py",
    "qa/smoke.py",
    "api/scenarios/two_offices.py",
    "debug_login.py",
    "apps/api/quick_look.py",
    "apps/api/simple_ping.py",
    "demo_areas.py",
    "app/util/notes_migration.py",
    "app/utils/once/notes_migration.py",
    "utils/notes_migration.py",
]


@pytest.mark.parametrize("path", APPLICATION)
def test_application_code_is_looked_at(path: str) -> None:
    assert not matches(EXEMPT, path)


@pytest.mark.parametrize("path", NOT_APPLICATION)
def test_what_rules_for_application_code_leave_alone(path: str) -> None:
    assert matches(EXEMPT, path)


@pytest.mark.parametrize(
    ("path", "is_one"),
    [
        ("alembic/versions/0001_x.py", True),
        ("apps/api/alembic/versions/0001_x.py", True),
        ("apps/api/alembic/versions_backup/0001_x.py", True),
        ("backend/migrations/versions/0001_x.py", True),
        ("shop/migrations/0001_initial.py", True),
        ("db/migrations/core_oss/versions/oss000000018_add_archived_at.py", True),
        ("backend/alembic_tenants/versions/a1b2_x.py", True),
        ("db/versions/b7c8d9e0f1a2_progress.py", True),
        ("depot/alembic/area_versions/b7c8d9e0f1a2_progress.py", True),
        ("depot/db/migrations/area_versions/2026_progress.py", True),
        ("depot/area_versions/service.py", False),
        ("api/versions/v1_areas.py", False),
        ("alembic/env.py", False),
        ("app/services/alembic_service.py", False),
    ],
)
def test_migrations(path: str, *, is_one: bool) -> None:
    assert matches(MIGRATIONS, path) is is_one


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        ("import os\nimport pytest_asyncio\n", True),
        ("from pytest import fixture\n", True),
        ("import factory\n", True),
        ("from factory.alchemy import SQLAlchemyModelFactory\n", True),
        ("from depot.factory import make\nimport factory_settings\n", False),
        ("def f():\n    import pytest\n", False),
    ],
)
def test_what_imports_pytest_is_a_test_wherever_it_lies(text: str, *, is_one: bool) -> None:
    check = catalog.load().checks["state-in-process"]
    assert looks_at(check, "depot/conf.py", text) is not is_one
    assert looks_at(catalog.load().checks["secret-literal"], "depot/conf.py", text)


_REVISION = 'revision = "b7"\ndown_revision: str | None = "a6"\n'


@pytest.mark.parametrize(
    ("text", "is_one"),
    [
        (_REVISION, True),
        ('"""Areas.\n\nRevision ID: b7\n"""\n' + _REVISION, True),
        ('down_revision = "a6"\n', False),
        ("def f():\n    revision = 1\n    down_revision = 2\n", False),
        ("if revision == down_revision:\n    pass\n", False),
    ],
)
def test_what_follows_a_revision_is_a_migration_wherever_it_lies(text: str, *, is_one: bool) -> None:
    checks = catalog.load().checks
    assert looks_at(checks["drop-in-upgrade"], "depot/areas/b7.py", text) is is_one
    assert looks_at(checks["state-in-process"], "depot/areas/b7.py", text) is not is_one
    assert looks_at(checks["secret-literal"], "depot/areas/b7.py", text)


class _Tree:
    def __init__(self, texts: dict[str, str]) -> None:
        self.texts = texts
        self.paths = frozenset(texts)

    def read(self, paths: Iterable[str]) -> Mapping[str, str]:
        return {path: self.texts[path] for path in paths if path in self.texts}


def test_migrations_lie_where_alembic_says() -> None:
    settings = "[alembic]\nscript_location = db\nversion_locations = %(here)s/old ./later/areas\n    depot:gone ../up\n"
    tree = _Tree(
        {
            "api/alembic.ini": settings,
            **dict.fromkeys(("api/db/script.py.mako", "api/db/env.py", "api/db/notes.txt", "script.py.mako"), ""),
            **dict.fromkeys(("api/db/area/b7.py", "api/old/a6.py", "api/later/areas/c8.py", "api/later/x.py"), ""),
            **dict.fromkeys(("api/alembic/versions/0001_x.py", "depot/gone/d9.py", "up/e1.py", "api/db/area/x"), ""),
        }
    )
    assert migration_files(tree) == [
        *("api/alembic/versions/0001_x.py", "api/db/area/b7.py", "api/later/areas/c8.py", "api/old/a6.py")
    ]
