"""What `reviewbot route` says: of each file who reviews it, why, by which evidence, and who was weighed and lost."""

from __future__ import annotations

from textwrap import dedent

import pytest
from builders import agent, change_set, changed, hunk
from trees import Files

from reviewbot.agents.evidence import imported, manifests
from reviewbot.agents.routing import route
from reviewbot.agents.witnesses import witnesses
from reviewbot.core.agent import Agent, Pin, Signal, SignalKind, Stack
from reviewbot.core.change import ChangedFile, ChangeSet, FileKind
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Assignment, Evidence, FileMatch, Grade, Routing
from reviewbot.output.routing_table import as_text

PYTHON = Signal(SignalKind.PATH, "*.py", 0.5)
IN_SYNC = Signal(SignalKind.IMPORT, "sqlalchemy.orm", 2)
IN_AIO = Signal(SignalKind.IMPORT, "sqlalchemy.ext.asyncio", 2)
AREAS = Signal(SignalKind.FILE, "app/areas.py", 4, identity=True)
DRIVER = Signal(SignalKind.DEPENDENCY, "psycopg2", 3)
DJANGO = Signal(SignalKind.IMPORT, "django", 2)
SYNC = agent("sync", stack=Stack((PYTHON, IN_SYNC, AREAS, DRIVER), (IN_AIO, DJANGO)))
AIO = agent("aio", stack=Stack((PYTHON, IN_AIO), (IN_SYNC, DJANGO)))
ANY = agent("any", stack=Stack(any=True))
IMPORTS_ORM = "from sqlalchemy.orm import Session"
IMPORTS_AIO = "from sqlalchemy.ext.asyncio import AsyncSession"


def of(files: dict[str, str], base: dict[str, str] | None = None, head: dict[str, str] | None = None) -> ChangeSet:
    changes = [changed(path, hunk(1, *(f"+{line}" for line in text.split("\n")))) for path, text in files.items()]
    trees = {name: Files(texts) for name, texts in (("base_tree", base), ("head_tree", head)) if texts is not None}
    return change_set(*changes, **trees)


def says(changes: ChangeSet, text: str, agents: tuple[Agent, ...] = (SYNC, AIO), fallback: Agent | None = None) -> None:
    assert as_text(route(changes, agents, fallback=fallback)).strip() == dedent(text).strip()


def test_a_file_goes_to_the_agent_that_its_own_words_speak_for() -> None:
    says(
        of({"api/a.py": IMPORTS_ORM}),
        """
        sync  grade stack  score 2.5  1 file
          api/a.py  2.5  its own evidence
               +0.5  path    *.py
                 +2  import  sqlalchemy.orm
              lost: aio  -1.5  contradicted (-2)
                   +0.5  path    *.py
                     -2  import  sqlalchemy.orm
        """,
    )


@pytest.mark.parametrize(("weight", "why"), [(1.5, "weaker evidence"), (1.25, "too little evidence")])
def test_of_two_that_it_speaks_for_the_weaker_loses(weight: float, why: str) -> None:
    other = agent("other", stack=Stack((PYTHON, Signal(SignalKind.TOKEN, "Session", weight))))
    says(
        of({"api/a.py": IMPORTS_ORM}),
        f"""
        sync  grade stack  score 2.5  1 file
          api/a.py  2.5  its own evidence
               +0.5  path    *.py
                 +2  import  sqlalchemy.orm
              lost: other  {0.5 + weight:g}  {why}
                   +0.5  path   *.py
                  {f"+{weight:g}":>5}  token  Session
        """,
        (SYNC, other),
    )


def test_what_says_nothing_of_its_own_follows_what_lies_beside_it() -> None:
    says(
        of({"api/a.py": IMPORTS_ORM, "api/b.py": "x = 1", "api/Dockerfile": "FROM x", "web/c.py": "y", "main.go": "z"}),
        """
        sync  grade stack  score 2.5  3 files
          api/a.py  2.5  its own evidence
               +0.5  path    *.py
                 +2  import  sqlalchemy.orm
              lost: other  0.5  too little evidence
                   +0.5  path  *.py
          api/b.py  0.5  follows api/a.py
               +0.5  path  *.py
          api/Dockerfile  0  follows api/a.py

        no agent  2 files
          web/c.py: too little evidence of any agent's stack
              lost: other  0.5  too little evidence
                   +0.5  path  *.py
              lost: sync  0.5  too little evidence
                   +0.5  path  *.py
          main.go: no agent reviews files of this kind
        """,
        (SYNC, agent("other", stack=Stack((PYTHON,)))),
    )


def test_in_a_project_that_is_known_a_file_is_its_agents_by_where_it_lies() -> None:
    says(
        of({"tools/x.py": "x = 1"}, base={"app/areas.py": ""}),
        """
        sync  grade project  score 4.5  1 file
          tools/x.py  4.5  where it lies
               +0.5  path  *.py
              lost: aio  0.5  too little evidence
                   +0.5  path  *.py
        """,
    )


def test_what_the_manifests_say_counts_whole_only_in_a_project_that_is_known() -> None:
    needs = {"requirements.txt": "psycopg2\n"}
    for tree, score in ((needs, 0.5 + 2 + 1.5), ({**needs, "app/areas.py": ""}, 0.5 + 2 + 3 + 4)):
        (one,) = route(of({"api/a.py": IMPORTS_ORM}, base=tree), (SYNC,)).assignments
        assert one.matches[0].score == score
        assert Evidence("dependency", "psycopg2", "requirements.txt", 3) in one.evidence


def test_what_a_manifest_says_against_an_agent_lowers_its_score() -> None:
    other = agent("other", stack=Stack((PYTHON, IN_SYNC), (Signal(SignalKind.DEPENDENCY, "asyncpg", 0.25),)))
    (one,) = route(of({"a.py": IMPORTS_ORM}, base={"requirements.txt": "asyncpg\n"}), (other,)).assignments
    assert (one.score, one.matches[0].score) == (2.25, 2.25)


def test_the_repository_is_the_head_where_there_was_nothing_before() -> None:
    known = of({"tools/x.py": "x = 1"}, base={}, head={"app/areas.py": ""})
    assert route(known, (SYNC,)).assignments[0].grade is Grade.PROJECT
    assert route(of({"tools/x.py": "x = 1"}, base={"a.py": ""}, head={"app/areas.py": ""}), (SYNC,)).assignments == ()


def test_the_backend_around_a_silent_file_says_whose_it_is_and_who_lost() -> None:
    says(
        of({"app/x.py": "x = 1"}, base={"app/db.py": IMPORTS_ORM, "app/main.py": IMPORTS_ORM, "lib/x.py": IMPORTS_AIO}),
        """
        sync  grade stack  score 2.5  1 file
          app/x.py  0.5  the backend around it: 2 files speak for it in app
               +0.5  path    *.py
                 +2  import  sqlalchemy.orm  in app/db.py
              lost: aio  0.5  too little evidence
                   +0.5  path  *.py
        """,
    )


def test_who_is_contradicted_gets_a_file_neither_by_the_backend_nor_by_a_neighbour() -> None:
    alone = agent("alone", stack=Stack((PYTHON, IN_SYNC), (Signal(SignalKind.TOKEN, "FlaskForm", 2.5),)))
    before = {"app/db.py": IMPORTS_ORM, "app/main.py": IMPORTS_ORM}
    for changes in (
        of({"app/x.py": "class A(FlaskForm): ..."}, base=before),
        of({"app/a.py": IMPORTS_ORM, "app/x.py": "class A(FlaskForm): ..."}),
    ):
        (nobody,) = route(changes, (alone,)).unassigned
        assert (nobody.path, [(one.agent, one.score) for one in nobody.losers]) == ("app/x.py", [("alone", -2)])


def test_of_a_framework_of_no_agents_stack_python_says_so_and_nothing_else() -> None:
    ours = tuple(
        agent(one.name, stack=Stack(one.stack.signals, one.stack.against, ("fastapi",))) for one in (SYNC, AIO)
    )
    before = {"shop/models.py": "from django.db import models", "shop/x.py": "x = 1"}
    routing = route(of({"shop/x.py": "x = 2", "shop/page.tsx": "x"}, base=before), ours)
    assert {file.path: file.reason.kind for file in routing.unassigned} == {
        "shop/x.py": ReasonKind.STRANGE_FRAMEWORK,
        "shop/page.tsx": ReasonKind.NOBODYS_KIND,
    }


def test_a_file_that_fits_several_alike_names_them_and_nobody_else() -> None:
    twins = [agent(name, stack=Stack((PYTHON, IN_SYNC))) for name in ("one", "two")]
    (nobody,) = route(of({"a.py": IMPORTS_ORM}), [*twins, AIO]).unassigned
    assert nobody.reason == because(ReasonKind.SEVERAL_ALIKE, "one and two")
    barely = [agent(name, stack=Stack((Signal(SignalKind.PATH, "*.py", 2),))) for name in ("one", "two")]
    assert route(of({"a.py": "x = 1"}), barely).unassigned[0].reason == nobody.reason
    apart = [agent(name, stack=Stack((Signal(SignalKind.PATH, "*.py", 1),))) for name in ("one", "two")]
    assert route(of({"a.py": "x = 1"}), apart).unassigned[0].reason.kind is ReasonKind.NO_STACK


def test_the_evidence_for_an_agent_is_given_once_the_strongest_first() -> None:
    weak = Signal(SignalKind.TOKEN, "commit", 0.1)
    other = agent("other", stack=Stack((weak, PYTHON, IN_SYNC), (Signal(SignalKind.TOKEN, "flush", 0.3),)))
    (one,) = route(of({"a.py": f"{IMPORTS_ORM}\ncommit", "b.py": f"{IMPORTS_ORM}\nflush"}), (other,)).assignments
    assert [(piece.pattern, piece.weight) for piece in one.evidence] == [
        ("sqlalchemy.orm", 2),
        ("*.py", 0.5),
        ("flush", -0.3),
        ("commit", 0.1),
    ]
    assert one.score == 2.3


def test_forced_and_pinned_agents_say_so_of_each_file() -> None:
    forced = FileMatch("a.md", 0.0, because(ReasonKind.FORCED))
    assert route(of({"a.md": "x"}), (), forced=(SYNC,)) == Routing(
        (Assignment("sync", Grade.FORCED, ("a.md",), 0.0, (), (forced,)),)
    )
    pinned = FileMatch("a.md", 0.0, because(ReasonKind.PINNED))
    (one,) = route(of({"a.md": "x"}), (SYNC,), (Pin(("a.md",), ("sync",)),)).assignments
    assert (one.grade, one.matches) == (Grade.PINNED, (pinned,))


def test_who_takes_what_nobody_claims_has_no_evidence_for_it() -> None:
    says(
        of({"tools/x.py": "x = 1"}),
        """
        general  grade fallback  score 0  1 file
          tools/x.py  0  too little evidence of any agent's stack
              lost: sync  0.5  too little evidence
                   +0.5  path  *.py
        """,
        (SYNC, agent("general", stack=Stack(fallback=True))),
        agent("general"),
    )


def test_agents_for_any_code_come_beside_the_others_where_they_are_asked_for() -> None:
    changes = of({"a.md": "x", "b.md": "x", "c.ts": "x", "a.py": IMPORTS_ORM})
    pins = (Pin(("a.md",), ("sync",)),)
    (beside, owner) = route(changes, (ANY, SYNC), pins, reviewers=2).assignments[::-1]
    assert (owner.agent, owner.files) == ("sync", ("a.md", "a.py"))
    any_code = [FileMatch(path, 0.0, because(ReasonKind.ANY_CODE)) for path in ("c.ts", "a.py")]
    assert (beside.agent, beside.score, list(beside.matches)) == ("any", 0, any_code)
    alone = route(changes, (ANY, SYNC), pins)
    assert {one.agent: one.files for one in alone.assignments} == {"sync": ("a.md", "a.py"), "any": ("c.ts",)}


def test_whoever_there_was_no_place_for_is_named_whichever_file_it_was() -> None:
    second = agent("other", stack=Stack(any=True))
    routing = route(of({"a.py": IMPORTS_ORM, "b.ts": "x", "c.ts": "y"}), (ANY, second, SYNC))
    assert routing.left_out == ("any", "other")


def test_of_a_deleted_file_what_it_was_speaks_and_of_a_changed_one_what_it_is() -> None:
    texts = {"old_text": IMPORTS_ORM, "new_text": IMPORTS_AIO}
    for kind, name in ((FileKind.DELETED, "sync"), (FileKind.MODIFIED, "aio")):
        (one,) = route(change_set(ChangedFile("a.py", kind, (), **texts)), (SYNC, AIO)).assignments
        assert one.agent == name


def test_what_a_change_takes_away_speaks_for_nobody_unless_all_of_it_goes() -> None:
    lines = hunk(1, f"-{IMPORTS_AIO}", f"+{IMPORTS_ORM}")
    for kind, name in ((FileKind.MODIFIED, "sync"), (FileKind.DELETED, "aio")):
        (one,) = route(change_set(changed("a.py", lines, kind=kind)), (SYNC, AIO)).assignments
        assert (one.agent, one.score) == (name, 2.5)


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("import a.b as c, d", {"a.b", "d"}),
        ("from a import b as c, d", {"a", "a.b", "a.d"}),
        ("from a import (\n    b,  # not, these\n    c as d,\n)", {"a", "a.b", "a.c"}),
        ("from a import b # not, these", {"a", "a.b"}),
    ],
)
def test_what_a_text_imports(text: str, names: set[str]) -> None:
    assert imported(text) == names


def test_manifests_are_the_topmost_and_nobody_elses() -> None:
    paths = ["a/b/pyproject.toml", "z/setup.py", "requirements.txt", "a/node_modules/x/package.json", "a/x.py"]
    assert manifests(paths) == ["requirements.txt", "z/setup.py", "a/b/pyproject.toml"]
    assert manifests([f"{'x/' * 9}a{n:02}/go.mod" for n in range(40)] + ["go.mod"])[0] == "go.mod"


def test_witnesses_are_first_those_beside_the_change_then_those_whose_names_tell_most() -> None:
    paths = ["lib/a.py", "lib/user_session.py", "routers/x.py", "db/deep/x.py", "main.py", "README.md"]
    beside = ["svc/a.py", "svc/b.py", "svc/c.py"]
    files = [changed("svc/x.py", hunk(1, "+x"))]
    assert witnesses([*paths, *beside, "svc/x.py"], files) == [
        *beside[:2],
        "lib/user_session.py",
        "routers/x.py",
        "main.py",
        "lib/a.py",
        beside[2],
        "db/deep/x.py",
    ]


def test_half_of_the_witnesses_may_lie_beside_the_change() -> None:
    files = [changed(f"f{n:02}/x.py", hunk(1, "+x")) for n in range(86)]
    beside = [f"f{n:02}/{name}.py" for n in range(86) for name in "ab"]
    telling = [f"app/db/a{n}.py" for n in range(20)]
    # 86 texts of the change, 2 manifests and 2 files of configuration leave 10 of a request's hundred.
    chosen = witnesses([*beside, *telling, "requirements.txt", "f00/setup.py"], files)
    assert (len(chosen), chosen[:5]) == (10, beside[:5])
    assert set(chosen[5:]) <= set(telling)
