"""Checks of what should have come along stay silent where the tree shows that it came before."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from builders import agent, change_set, item

from reviewbot.checks import catalog, engine
from reviewbot.checks.case_files import edited
from reviewbot.core.review import Assignment, Grade

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

CATALOG = catalog.load()
MODEL = "apps/api/app/db/models/user.py"
SCHEMA, ROUTER = "apps/api/app/schemas/user.py", "apps/api/app/api/v1/users.py"
GENERATED = "packages/shared/src/generated/endpoints/users.ts"
USER = 'class User(Base):\n    __tablename__ = "users"\n    name = Column(String)\n'


class Files:
    """A tree of texts."""

    def __init__(self, texts: Mapping[str, str]) -> None:
        self._texts = texts

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(self._texts)

    def read(self, paths: Iterable[str]) -> dict[str, str]:
        return {path: self._texts[path] for path in paths if path in self._texts}


def reports(check: str, path: str, before: str | None, after: str, tree: dict[str, str]) -> bool:
    changes = change_set(edited(path, before, after), head_tree=Files({**tree, path: after}))
    name, _, item_id = CATALOG.checks[check].items[0].partition("/")
    only = catalog.Catalog((), tuple(one for one in CATALOG.change_checks if one.check.id == check))
    agents = {name: agent(name, item(item_id))}
    result = engine.run(changes, [Assignment(name, Grade.PROJECT, (path,), 1.0)], agents, only)
    assert result.failures == ()
    return bool(result.findings)


@pytest.mark.parametrize(
    ("after", "migration", "silent"),
    [
        (USER + "    email = Column(String)\n", 'op.add_column("users", sa.Column("email", sa.String()))', True),
        (USER + "    email = Column(String)\n", 'op.add_column("posts", sa.Column("email", sa.String()))', False),
        (USER + "    email = Column(String)\n", "op.create_table('users', sa.Column('name', sa.String()))", False),
        (USER.replace("(String)", "(Text)"), 'op.create_table("users", sa.Column("name", sa.String()))', False),
        (USER.replace("(String)", '(String().with_variant(String, "postgresql"))'), "", True),
    ],
)
def test_a_column_that_an_earlier_migration_names(after: str, migration: str, silent: bool) -> None:
    tree = {"apps/api/alembic/versions/0001_users.py": migration}
    assert reports("missing-migration", MODEL, USER, after, tree) is not silent


def test_a_table_that_an_earlier_migration_makes() -> None:
    tree = {"apps/api/alembic/versions/0001_users.py": 'op.create_table("users", sa.Column("name", sa.String()))'}
    assert not reports("missing-migration", MODEL, None, USER, tree)
    assert reports("missing-migration", MODEL, None, USER.replace('"users"', '"people"'), tree)


def test_a_table_without_a_class_that_an_earlier_migration_makes() -> None:
    after = 'user_filters = Table("user_filters", Base.metadata, Column("id", Integer))\n' + USER
    tree = {"apps/api/alembic/versions/0001_users.py": 'op.create_table("user_filters", sa.Column("id", sa.Integer()))'}
    assert not reports("missing-migration", MODEL, USER, after, tree)
    assert reports("missing-migration", MODEL, USER, after.replace("user_filters", "filters"), tree)


NEW = "class UserRow(BaseModel):\n    id: int\n"
ROUTE = '@router.get("/users")\ndef list_users() -> list[UserPage]:\n    ...\n'


@pytest.mark.parametrize(
    ("tree", "silent"),
    [
        ({ROUTER: ROUTE, "apps/api/app/schemas/__init__.py": "from .user import UserRow\n"}, True),
        ({ROUTER: ROUTE.replace("UserPage", "UserRow")}, False),
        ({ROUTER: ROUTE, "apps/api/app/schemas/page.py": "class UserPage(BaseModel):\n    r: list[UserRow]\n"}, False),
        (
            {ROUTER: ROUTE.replace("UserPage", "UserRow"), GENERATED: "export interface UserRow {\n  id: number;\n}"},
            True,
        ),
        ({ROUTER: ROUTE.replace("UserPage", "UserRow"), GENERATED: "export interface UserRow {}\nid"}, False),
        ({}, False),
    ],
)
def test_a_schema_that_no_route_shows_or_that_was_generated_before(tree: dict[str, str], silent: bool) -> None:
    assert reports("types-not-regenerated", SCHEMA, None, NEW, tree) is not silent


def test_a_route_that_was_generated_before() -> None:
    tree = {GENERATED: "export const useListUsers = () => {}"}
    assert not reports("types-not-regenerated", ROUTER, "", ROUTE, tree)
    assert reports("types-not-regenerated", ROUTER, "", ROUTE.replace("list_users", "all_users"), tree)
    # Another route of the same name is a change of what was generated.
    assert reports("types-not-regenerated", ROUTER, ROUTE, ROUTE.replace("UserPage", "UserRow"), tree)
