"""A suggestion does what it says, whatever is written around the code that it is for.

Python's own parser and tokenizer are the judges here, not the parser that the suggestions were made with.
"""

from __future__ import annotations

import ast
import io
import os
import tokenize
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any

import pytest
from builders import agent, change_set, changed, finding, hunk, item
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from reviewbot.checks import catalog, engine
from reviewbot.checks.results import CheckResult
from reviewbot.core.change import ChangedFile, ChangeSet, FileKind
from reviewbot.core.finding import Finding, Suggestion
from reviewbot.core.review import Assignment, Grade

SERVICE, ROUTER, MIGRATION = "app/services/things.py", "app/api/v1/things.py", "alembic/versions/0001_x.py"
CATALOG = catalog.load()
# Everything that needs neither ruff nor a tree.
ALL = catalog.Catalog(tuple(rule for rule in CATALOG.rules if not rule.codes), CATALOG.change_checks)
ITEMS = {
    name: [one.partition("/")[2] for check in ALL.checks.values() for one in check.items if one.startswith(f"{name}/")]
    for name in ("sinag-backend-architect", "trainsmart-senior-backend-architect")
}
AGENTS = {name: agent(name, *map(item, dict.fromkeys(items))) for name, items in ITEMS.items()}


@dataclass(frozen=True)
class Shape:
    """Code that a check has a suggestion for.

    Attributes:
        code: With `CALL(…)` for the arguments, which are laid out in all ways, and `…` at the end of a line for what
            may follow there.
        given: Arguments that the call has in any case, after the others.
        path: Where it stands.
    """

    code: str
    given: tuple[str, ...] = ()
    path: str = SERVICE
    keywords: bool = False


SHAPES = {
    "outbound-call-without-timeout": [
        Shape("import requests\n\n\ndef f(db, a):\n\tanswer = requests.post(…)~\n\treturn answer\n"),
        Shape("import requests\n\n\ndef f(db, a):\n\treturn requests.get(…).json()~\n", ("timeout=None",)),
        Shape(
            "import httpx\n\n\ndef f(db, a):\n\twith httpx.Client(…) as client:~\n\t\treturn client\n",
            ("timeout=None",),
        ),
    ],
    "session-call-not-awaited": [
        Shape("async def f(db: AsyncSession, a):\n\tdb.execute(…)~\n\tawait db.commit()\n"),
        Shape("async def f(db: AsyncSession, a):\n\tif a:\n\t\tx = 1; db.refresh(…)~\n\tawait db.commit()\n"),
    ],
    "session-result-not-awaited": [
        Shape("async def f(db: AsyncSession, a):\n\trows = db.execute(…).scalars()~\n\treturn rows\n"),
        Shape("async def f(db: AsyncSession, a):\n\treturn [r for r in db.scalars(…).all()]~\n"),
    ],
    "exception-cause-lost": [
        Shape("def f(a):\n\ttry:\n\t\ta()\n\texcept OSError as error:~\n\t\traise Broken(…)~\n"),
        Shape("def f(a):\n\ttry:\n\t\ta()\n\texcept (OSError, KeyError) as e:\n\t\tif a:\n\t\t\traise x.Broken(…)~\n"),
    ],
    "error-logged-without-traceback": [
        Shape("def f(a):\n\ttry:\n\t\ta()\n\texcept Exception as error:\n\t\tlogger.error(…)~\n\t\treturn None\n"),
        Shape("def f(a):\n\ttry:\n\t\ta()\n\texcept Exception:\n\t\tself.log.error(…)~\n\t\treturn None\n"),
    ],
    "naive-utc-time": [
        Shape(
            "from datetime import UTC, datetime\n\n\ndef f(a):\n\tstart = g(datetime.utcnow(), …)~\n\treturn start\n"
        ),
        Shape("from datetime import UTC, datetime\n\n\ndef f(a):\n\treturn datetime.utcnow() - g(…)~\n"),
    ],
    "celery-retry-without-backoff": [
        Shape("@app.task(…)~\ndef f(a):\n\tpass\n", ("autoretry_for=(OSError,)",), keywords=True),
        Shape("@shared_task(…)~\ndef f(a):\n\tpass\n", ("autoretry_for=(OSError,)", "max_retries=3"), keywords=True),
    ],
    "route-trailing-slash": [
        Shape('@router.get("/things/", …)~\nasync def f(a):\n\tpass\n', path=ROUTER, keywords=True),
        Shape("app.include_router(r, …)~\n", ('prefix="/things/"',), path=ROUTER, keywords=True),
        Shape(
            'router = APIRouter(prefix="/a")\n\n\n@router.post("/", …)~\nasync def f(a):\n\tpass\n',
            path=ROUTER,
            keywords=True,
        ),
    ],
    "not-null-without-default": [
        Shape(
            'from alembic import op\n\nrevision = "b"\ndown_revision = "a"\n\n\n'
            'def upgrade():\n\top.add_column("orders", sa.Column("x", sa.Boolean(), …))~\n\n\n'
            "def downgrade():\n\tpass\n",
            ("default=False", "nullable=False"),
            path=MIGRATION,
            keywords=True,
        ),
    ],
}
ARGUMENTS = (
    "a",
    "url",
    "g(h(1), *a, k=2)",
    '"text, with (brackets)"',
    "'# no comment'",
    'f"{a.b(1)!r} of {a:>3}"',
    "[x for x in a if x(1)]",
    "{'a': (1, 2), **a}",
    '"""two\nlines, # of text)"""',
    "lambda y: y(a)",
    '"ü🙂"',
    "a[1:2]",
)
COMMENTS = (
    "",
    "  # a note",
    "  # a note, with (brackets",
    '  # "quoted',
    "  # timeout=10, from error",
    "  # type: ignore",
)


@st.composite
def written(draw: st.DrawFn, shape: Shape) -> str:
    comment = st.sampled_from(COMMENTS)
    arguments = draw(st.lists(st.sampled_from(ARGUMENTS), min_size=0 if shape.given else 1, max_size=3))
    if shape.keywords:
        arguments = [f"k{number}={one}" for number, one in enumerate(arguments)]
    arguments += shape.given
    layout = draw(st.sampled_from(("line", "hanging", "no comma", "aligned", "comment alone", "one more line")))
    inside = {
        "line": ", ".join(arguments),
        "hanging": "".join(f"\n\t\t\t{one},{draw(comment)}" for one in arguments) + "\n\t\t",
        # A comment ends its line, so the comma must stand before it.
        "no comma": "".join(
            f"\n\t\t\t{one}{',' if at < len(arguments) - 1 else ''}{draw(comment)}" for at, one in enumerate(arguments)
        )
        + "\n\t\t",
        "aligned": ",\n\t\t\t\t\t".join(arguments),
        "comment alone": "\n\t\t\t" + ",\n\t\t\t".join(arguments) + ",\n\t\t\t# the last word\n\t\t",
        "one more line": "\n\t\t\t" + ", ".join(arguments) + draw(comment) + "\n\t\t",
    }[layout]
    code = shape.code.replace("…", inside)
    while "~" in code:
        code = code.replace("~", draw(comment), 1)
    code = code.replace("\t", draw(st.sampled_from(("\t", "    ", "  "))))
    before = draw(st.sampled_from(("", "# a comment\n", 'TEXT = "from datetime import UTC"\n', '"""Docs: ü."""\n')))
    return (before + code).replace("\n", draw(st.sampled_from(("\n", "\r\n"))))


def whole(path: str, code: str) -> ChangedFile:
    lines = (f"+{line}" for line in code.removesuffix("\n").split("\n"))
    return changed(path, hunk(1, *lines), kind=FileKind.ADDED, new_text=code)


def found(path: str, code: str) -> list[Finding]:
    file = whole(path, code)
    changes = ChangeSet("patch", (file,))
    assignments = [Assignment(name, Grade.PROJECT, (path,), 1.0) for name in AGENTS]
    result = engine.run(changes, assignments, AGENTS, ALL)
    assert result.failures == ()
    return list(result.findings)


def patched(code: str, one: Suggestion) -> str:
    lines = code.splitlines(keepends=True)
    ending = "\r\n" if "\r\n" in code else "\n"
    new = "".join(f"{line}{ending}" for line in one.replacement.split("\n"))
    return "".join([*lines[: one.start_line - 1], new, *lines[one.end_line :]])


def words(code: str) -> Counter[str]:
    """Count what a fix must not lose: names, calls, comments and texts."""
    result: Counter[str] = Counter()
    for node in ast.walk(ast.parse(code)):
        if isinstance(node, ast.Call):
            result[f"{ast.unparse(node.func).rpartition('.')[2]}()"] += 1
        name = getattr(node, "id", None) or getattr(node, "attr", None) or getattr(node, "arg", None)
        if isinstance(name, str):
            result[name] += 1
        if isinstance(node, ast.Constant) and isinstance(node.value, str):
            result[repr(node.value)] += 1
    for token in tokenize.generate_tokens(io.StringIO(code).readline):
        if token.type == tokenize.COMMENT:
            result[token.string.rstrip()] += 1
    return result


GOES = {
    "naive-utc-time": {"utcnow", "utcnow()"},
    "error-logged-without-traceback": {"error", "error()"},
    "route-trailing-slash": {"'/things/'", "'/'"},
}


def test_every_check_with_a_suggestion_is_here() -> None:
    having = {rule.check.id for rule in CATALOG.rules if rule.suggest or rule.suggest_argument}
    assert {*SHAPES} == having | {"not-null-without-default"}


# All of them where there is time; tests/README.md says how.
_EXAMPLES = 25 if os.environ.get("REVIEWBOT_KILL") == "everywhere" else 2


@pytest.mark.parametrize(("check", "number"), [(name, at) for name, some in SHAPES.items() for at in range(len(some))])
@settings(max_examples=_EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(data=st.data())
def test_a_suggestion_does_what_it_says(check: str, number: int, data: st.DataObject) -> None:
    shape = SHAPES[check][number]
    code = data.draw(written(shape))
    ast.parse(code)
    before = found(shape.path, code)
    for one in (each for each in before if each.suggestion):
        assert one.suggestion is not None
        assert one.suggestion.verified
        after = patched(code, one.suggestion)
        ast.parse(after)
        lost = {*(words(code) - words(after))}
        assert lost <= GOES.get(one.check, set())
        said, said_after = (Counter(each.check for each in some) for some in (before, found(shape.path, after)))
        assert said_after[one.check] < said[one.check]
        assert not said_after - said


@pytest.mark.parametrize(("check", "number"), [(name, at) for name, some in SHAPES.items() for at in range(len(some))])
def test_plain_code_gets_one(check: str, number: int) -> None:
    shape = SHAPES[check][number]
    arguments = ", ".join(["k=a" if shape.keywords else "a", *shape.given])
    code = shape.code.replace("…", arguments).replace("~", "").replace("\t", "    ")
    suggestions = [one.suggestion for one in found(shape.path, code) if one.check == check]
    assert suggestions
    assert None not in suggestions


def tried(code: str, one: Suggestion, **said: Any) -> Suggestion | None:
    """Give what becomes of a suggestion that did not come from a check."""
    about = replace(finding(path=SERVICE, check="model", suggestion=one), **said)
    name = "sinag-backend-architect"
    agents = {name: agent(name, *map(item, dict.fromkeys(ITEMS[name])))}
    assignments = [Assignment(name, Grade.PROJECT, (SERVICE,), 1.0)]
    changes = ChangeSet("patch", (whole(SERVICE, code),))
    checked = engine.run(changes, assignments, agents, ALL)
    (shown,) = engine.proven([about], checked, changes, assignments, agents, ALL)
    return shown.suggestion


QUERY = "def f(db: Session, ids: list[int]) -> list[User]:\n    users = load(db, ids)\n    return users\n"


@pytest.mark.parametrize(
    ("one", "said", "shown"),
    [
        pytest.param(Suggestion(2, 2, "    users = list(load(db, ids))"), {}, True, id="adds a call"),
        pytest.param(Suggestion(2, 2, "    users = []"), {}, False, id="loses a call"),
        pytest.param(Suggestion(2, 2, "    users = load(db, [])"), {}, False, id="loses a name"),
        pytest.param(
            Suggestion(2, 2, "    users = load(db, [])"), {"body": "Without `ids`."}, True, id="says which name"
        ),
        pytest.param(Suggestion(2, 2, "    users = load(db, ids) or fallback"), {}, False, id="a name nobody knows"),
        pytest.param(Suggestion(2, 2, "    # users = load(db, ids)"), {}, False, id="in a comment"),
        pytest.param(Suggestion(2, 2, ""), {}, False, id="deletes the line"),
        pytest.param(
            Suggestion(2, 2, "    users = [db.query(User).get(one) for one in ids]"),
            {"body": "load(…) is slow", "title": "get, query"},
            False,
            id="what a check reports",
        ),
    ],
)
def test_what_is_no_checks_goes_through_the_same_gate(one: Suggestion, said: dict[str, str], *, shown: bool) -> None:
    code = f"from app.models import User\n\n\n{QUERY}"
    moved = replace(one, start_line=one.start_line + 3, end_line=one.end_line + 3)
    assert (tried(code, moved, **said) is not None) is shown


def test_of_a_hunk_it_is_tried_as_well_and_not_called_verified() -> None:
    lines = QUERY.splitlines()
    file = changed(SERVICE, hunk(40, *(f"+{line}" for line in lines)))
    name = "sinag-backend-architect"
    agents = {name: agent(name, item("n-plus-one"))}
    assignments = [Assignment(name, Grade.PROJECT, (SERVICE,), 1.0)]

    def kept(one: Suggestion) -> Suggestion | None:
        about = finding(path=SERVICE, check="model", suggestion=one)
        nothing = CheckResult((), (), {}, ())
        return engine.proven([about], nothing, change_set(file), assignments, agents, ALL)[0].suggestion

    good = Suggestion(41, 41, "    users = load(db, ids)[:100]")
    assert kept(good) == good
    assert kept(Suggestion(41, 41, "    users = load(db)")) is None
    assert kept(Suggestion(41, 41, "    users = [db.query(User).get(load(db, one)) for one in ids]")) is None
    assert kept(Suggestion(44, 44, "    users = 1")) is None
