"""What is known about a whole project: names followed through imports, routers, authentication, Celery, migrations."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from builders import agent, change_set, changed, hunk, item
from trees import Files

from reviewbot.checks import catalog, engine, project
from reviewbot.checks.project import Project
from reviewbot.checks.project.authentication import Asks
from reviewbot.checks.project.declarations import Kind
from reviewbot.checks.project.migrations import Migrations, heads
from reviewbot.checks.project.workers import consumed
from reviewbot.checks.scope import is_exempt
from reviewbot.core.change import FileKind
from reviewbot.core.check import Reach
from reviewbot.core.errors import GithubError
from reviewbot.core.review import Assignment, Grade
from reviewbot.python import codebase as project_code
from reviewbot.python.codebase import Code

if TYPE_CHECKING:
    from collections.abc import Iterable

CATALOG = catalog.load()


def of(texts: dict[str, str], base: dict[str, str] | None = None) -> Project:
    changes = change_set(
        changed("README.md", hunk(1, "+x")),
        head_tree=Files(texts),
        base_tree=None if base is None else Files(base),
    )
    found = project.of(changes)
    assert found is not None
    return found


def test_without_a_tree_nothing_is_known() -> None:
    assert project.of(change_set()) is None


class Unreadable(Files):
    def read(self, paths: Iterable[str]) -> dict[str, str]:
        super().read(paths)
        raise GithubError("502, three times")


def test_a_tree_that_cannot_be_read_is_one_failure_and_is_asked_once() -> None:
    file = changed("app/loans.py", hunk(1, "+router = APIRouter()"), new_text="router = APIRouter()")
    tree = Unreadable({"app/loans.py": "router = APIRouter()", "app/main.py": "app = FastAPI()"})
    only = [one for one in CATALOG.change_checks if one.check.id in {"route-without-tag", "route-outside-version"}]
    reviewer = agent("sinag-backend-architect", item("descriptive-tags"), item("versioned-routes"))
    result = engine.run(
        change_set(file, head_tree=tree),
        [Assignment(reviewer.name, Grade.PROJECT, (file.path,), 1.0)],
        {reviewer.name: reviewer},
        catalog.Catalog((), tuple(only)),
    )
    (failure,) = result.failures
    assert "502, three times" in failure.message
    assert [run.reach for run in result.runs] == [Reach.NOTHING, Reach.NOTHING]
    assert tree.reads == 1


def test_a_rule_that_asks_the_tree_says_what_it_sees_where_that_cannot_be_read() -> None:
    text = "class LoanCreate(BaseModel):\n    note: str\n    title: str\n"
    lines = [f"+{line}" for line in text.splitlines()]
    file = changed("app/schemas/loan.py", hunk(1, *lines), kind=FileKind.ADDED, new_text=text)
    tree = Unreadable({"app/schemas/loan.py": text, "app/main.py": "app = FastAPI()"})
    only = tuple(rule for rule in CATALOG.rules if rule.check.id == "unbounded-text-input")
    reviewer = agent("sinag-backend-architect", item("input-validation"))
    result = engine.run(
        change_set(file, head_tree=tree),
        [Assignment(reviewer.name, Grade.PROJECT, (file.path,), 1.0)],
        {reviewer.name: reviewer},
        catalog.Catalog(only, ()),
    )
    assert [finding.start_line for finding in result.findings] == [2, 3]
    assert len(result.failures) == tree.reads == 1


def test_nothing_is_read_until_somebody_asks_and_then_once() -> None:
    tree = Files({"app/main.py": "app = FastAPI()", "app/a.py": "x = 1", "tests/test_a.py": "x = 1"})
    found = Project(change_set(), tree)
    assert tree.reads == 0
    assert len(found.routing.routes) == 0
    assert found.code.module("app/a.py") is not None
    assert found.code.module("tests/test_a.py") is None, "tests are no application code"
    assert tree.reads == 1


def test_a_tree_that_is_too_large_is_read_where_the_change_is(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(project_code, "MOST_FILES", 2)
    tree = Files({"a/one.py": "", "a/two.py": "", "b/three.py": ""})
    assert Code(tree, ["a/one.py"], is_exempt).paths == {"a/one.py", "a/two.py"}
    assert not Code(tree, ["a/one.py", "b/three.py"], is_exempt).known


def test_modules_that_do_not_change_are_parsed_once() -> None:
    found = of({"app/a.py": "x = 1", "app/b.py": "y = 1"}, {"app/a.py": "x = 1", "app/b.py": "y = 2"})
    assert found.base is not None
    assert found.code.module("app/a.py") is found.base.code.module("app/a.py")
    assert found.code.module("app/b.py") is not found.base.code.module("app/b.py")


@pytest.mark.parametrize(
    ("imports", "name", "path"),
    [
        ("from app.api.v1 import loans", "loans.router", "svc/app/api/v1/loans.py"),
        ("from app.api.v1.loans import router as loans_router", "loans_router", "svc/app/api/v1/loans.py"),
        ("from .v1 import loans", "loans.router", "svc/app/api/v1/loans.py"),
        ("from .v1.loans import *", "router", "svc/app/api/v1/loans.py"),
        ("import app.api.v1.loans", "app.api.v1.loans.router", "svc/app/api/v1/loans.py"),
        ("import app.api.v1.loans as l", "l.router", "svc/app/api/v1/loans.py"),
        ("from app.api import shared", "shared", "svc/app/api/v1/loans.py"),  # the package passes it on
        ("from elsewhere import router", "router", None),
        ("", "router", None),
    ],
)
def test_names_are_followed_through_imports(imports: str, name: str, path: str | None) -> None:
    tree = {
        "svc/app/api/main.py": imports,
        "svc/app/api/__init__.py": "from .v1.loans import router as shared",
        "svc/app/api/v1/__init__.py": "",
        "svc/app/api/v1/loans.py": "router = APIRouter()",
        "other/app/api/v1/loans.py": "router = APIRouter()",
    }
    code = of(tree).code
    module = code.module("svc/app/api/main.py")
    assert module is not None
    place = code.resolve(module, name)
    assert (place.module.path if place else None) == path


def test_imports_in_a_circle_end() -> None:
    code = of({"app/a.py": "from app.b import x", "app/b.py": "from app.a import x"}).code
    module = code.module("app/a.py")
    assert module is not None
    assert code.resolve(module, "x") is None


ROUTERS = {
    "app/main.py": "from app import v1\napp = FastAPI()\napp.include_router(v1.api, prefix=settings.PREFIX)\n",
    "app/v1.py": (
        "from app import loans, shelves\nfrom app.deps import staff\napi = APIRouter()\n"
        "api.include_router(loans.router, prefix='/loans', tags=['loans'])\n"
        "api.include_router(shelves.router, dependencies=[Depends(staff)])\n"
    ),
    "app/loans.py": (
        "class Page(BaseModel): ...\nrouter = APIRouter()\n\n"
        "@router.get('/{id}')\ndef get_loan(id: int, page: Page = Depends()): ...\n"
    ),
    "app/shelves.py": "router = APIRouter(prefix='/shelves')\n\n@router.put(PATH)\ndef put(user: CurrentUser): ...\n",
    "app/lost.py": "router = APIRouter()\n\n@router.post('/lost')\ndef post_lost(who=Depends(unknown)): ...\n",
    "app/deps.py": "def staff(request: Request):\n    raise HTTPException(403)\n",
}


def test_paths_are_put_together_and_say_what_is_computed() -> None:
    routing = of(ROUTERS).routing
    assert {route.function.name: routing.full_paths(route) for route in routing.routes} == {
        "get_loan": ("<settings.PREFIX>/loans/{id}",),
        "put": ("<settings.PREFIX>/shelves<PATH>",),
        "post_lost": None,  # included nowhere
    }


def test_a_router_is_detached_only_where_every_include_is_known() -> None:
    def detached(texts: dict[str, str]) -> set[str]:
        routing = of(texts).routing
        return {route.module.path for route in routing.routes if route.router and routing.is_detached(route.router)}

    assert detached(ROUTERS) == {"app/lost.py"}
    alone = {**ROUTERS, "app/main.py": "app = FastAPI()\n"}
    assert detached(alone) == {"app/loans.py", "app/shelves.py", "app/lost.py"}
    assert detached({**alone, "app/more.py": "for one in found():\n    app.include_router(one)\n"}) == set()
    assert detached({**alone, "app/main.py": "def make():\n    return FastAPI()\n"}) == set()


def test_authentication_is_asked_for_on_any_level_or_it_is_not_known() -> None:
    found = of(ROUTERS)
    answers = {route.function.name: found.authentication.of(route) for route in found.routing.routes}
    assert answers == {"get_loan": Asks.NO, "put": Asks.YES, "post_lost": Asks.UNKNOWN}
    assert found.authentication.share(frozenset()) == (1, 2)


def test_habits_are_those_of_one_application() -> None:
    inner = {
        "gate/main.py": "from gate import doors\ngate = FastAPI()\ngate.include_router(doors.router)\n",
        "gate/doors.py": "router = APIRouter()\n@router.get('/doors')\ndef doors(): ...\n",
    }
    found = of({**ROUTERS, **inner})
    served = {route.function.name: found.routing.applications(route) for route in found.routing.routes}
    names = {
        name: [route.function.name for route in found.routing.of_applications(applications)]
        for name, applications in served.items()
    }
    assert names["doors"] == ["doors"]
    assert names["get_loan"] == names["put"] == ["get_loan", "put"]
    assert len(names["post_lost"]) == 4
    assert found.authentication.share(served["doors"]) == (0, 1)


def test_models_and_schemas_are_told_apart_through_other_files() -> None:
    found = of(
        {
            "app/base.py": "Base = declarative_base()\n\nclass Stamped:\n    created_at = Column(DateTime)\n",
            "app/models.py": (
                "from app.base import Base, Stamped\n\nclass Loan(Stamped, Base):\n    __tablename__ = 'loans'\n"
            ),
            "app/schemas.py": "from pydantic import BaseModel\nclass Own(BaseModel): ...\nclass LoanOut(Own): ...\n",
            "app/plain.py": "class Service: ...\n",
        }
    )
    kinds = {}
    for path in ("app/models.py", "app/schemas.py", "app/plain.py"):
        module = found.code.module(path)
        assert module is not None
        kinds.update({name: found.declarations.kind(module, one) for name, one in module.classes.items()})
    assert kinds == {"Loan": Kind.MODEL, "Own": Kind.SCHEMA, "LoanOut": Kind.SCHEMA, "Service": Kind.OTHER}
    module = found.code.module("app/models.py")
    assert module is not None
    (table,) = found.tables.of(module)
    assert table.name == "loans"
    assert "created_at" in table.lineage.attributes


@pytest.mark.parametrize(
    ("files", "queues"),
    [
        ({"compose.yml": "command: celery -A app worker --queues=a,b\n"}, {"a", "b"}),
        ({"compose.yml": "command: >\n  celery -A app worker\n  --loglevel=info\n  -Q a\nports:\n  - b\n"}, {"a"}),
        ({"Dockerfile": 'CMD ["celery", "-A", "app", "worker", "-Q", "a"]\n'}, {"a"}),
        ({"k8s/worker.yaml": "args:\n  - celery\n  - -A\n  - app\n  - worker\n  - -Q\n  - a,b\n"}, {"a", "b"}),
        ({"Procfile": "worker: celery -A app worker\nmail: celery -A app worker -Q mail\n"}, {"celery", "mail"}),
        ({"compose.yml": "# command: celery -A app worker -Q a\n"}, None),
        ({"compose.yml": "command: celery -A app worker -Q $QUEUES\n"}, None),
        ({"compose.yml": "command: celery -A app beat\n"}, None),
        # what is deployed counts more than what a developer starts
        ({"compose.yml": "command: celery -A app worker -Q a\n", "run.sh": "celery -A app worker\n"}, {"a"}),
        ({"run.sh": "celery -A app worker -Q a\n"}, {"a"}),
        ({"README.md": "celery -A app worker -Q a\n"}, None),
    ],
)
def test_queues_are_read_from_the_commands_that_start_workers(files: dict[str, str], queues: set[str] | None) -> None:
    assert consumed(Files(files), ["celery"]) == queues


def test_changed_files_are_read_from_the_change_on_both_sides() -> None:
    tree = Files({"app/a.py": "old or new", "app/gone.py": "x", "app/old.py": "x", "app/other.py": "other"})
    changes = change_set(
        changed("app/a.py", hunk(1, "+new"), old_text="old", new_text="new"),
        changed("app/unknown.py", hunk(1, "+new")),
        changed("app/gone.py", hunk(1, "-x"), kind=FileKind.DELETED, old_text="x"),
        changed("app/added.py", hunk(1, "+y"), kind=FileKind.ADDED, new_text="y"),
        changed("app/moved.py", old_path="app/old.py", kind=FileKind.RENAMED, old_text="x", new_text="x"),
        head_tree=tree,
        base_tree=tree,
    )
    found = project.of(changes)
    assert found is not None
    assert found.base is not None
    other = {"app/other.py": "other"}
    assert found.code.texts == {"app/a.py": "new", "app/added.py": "y", "app/moved.py": "x", **other}
    assert found.base.code.texts == {"app/a.py": "old", "app/gone.py": "x", "app/old.py": "x", **other}


def test_migrations_are_those_of_the_merge() -> None:
    first = "revision = 'a'\ndown_revision = None\n"
    head = Files({"alembic/versions/1.py": first, "alembic/versions/2.py": "revision = 'b'\ndown_revision = 'a'\n"})
    base = Files({"alembic/versions/1.py": first, "alembic/versions/3.py": "revision = 'c'\ndown_revision = ('a',)\n"})
    chain = Migrations(head, base, frozenset({"alembic/versions/2.py"})).chain("alembic/versions")
    assert chain is not None
    assert {one.id for one in heads(chain)} == {"b", "c"}
    # What the base's tip no longer has, and the change does not touch, is gone after the merge too.
    chain = Migrations(head, Files({}), frozenset({"alembic/versions/2.py"})).chain("alembic/versions")
    assert chain is not None
    assert set(chain) == {"b"}
