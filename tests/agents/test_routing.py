from __future__ import annotations

from typing import TYPE_CHECKING

from builders import agent, change_set, changed, hunk, item
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.agents import agent_files
from reviewbot.agents.routing import route
from reviewbot.core.agent import Agent, Pin, Signal, SignalKind, Stack
from reviewbot.core.change import ChangeSet, FileKind
from reviewbot.core.review import Grade, Routing
from reviewbot.output.reason_sentences import sentence

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

BUNDLED, _ = agent_files.load_dir(agent_files.bundled_dir())
GENERAL, SINAG, TRAINSMART = (one.name for one in BUNDLED)
FALLBACK = BUNDLED[0]
SYNC = "+from sqlalchemy.orm import Session"
ASYNC = "+from sqlalchemy.ext.asyncio import AsyncSession"


class FakeTree:
    """A tree in memory; the real ones are tested with git."""

    def __init__(self, files: dict[str, str]) -> None:
        self._files = files

    @property
    def paths(self) -> frozenset[str]:
        return frozenset(self._files)

    def read(self, paths: Iterable[str]) -> Mapping[str, str]:
        return {path: self._files[path] for path in paths if path in self._files}


def who(routing: Routing) -> dict[str, tuple[str, Grade]]:
    return {path: (one.agent, one.grade) for one in routing.assignments for path in one.files}


def of(**files: str) -> ChangeSet:
    return change_set(
        *(changed(path.replace("__", "/") + ".py", hunk(1, *text.split("\n"))) for path, text in files.items())
    )


def test_another_teams_synchronous_service_is_the_stack_not_the_project() -> None:
    routing = route(of(api__service=f"{SYNC}\n+db.query(User)"), BUNDLED)
    assert who(routing) == {"api/service.py": (SINAG, Grade.STACK)}
    (match,) = routing.assignments[0].matches
    assert [loser.agent for loser in match.losers] == [TRAINSMART]
    assert sentence(match.losers[0].reason).startswith("contradicted")


def test_a_newline_in_a_folder_or_a_name_evades_nobody() -> None:
    def agents(path: str) -> list[str]:
        seen = route(change_set(changed(path, hunk(1, SYNC, "+db.query(User)"))), BUNDLED)
        return [agent for agent, _ in who(seen).values()]

    for path in ("api/services/a.py", "alembic/versions/0a1b2c3d4e5f_x.py", "x/generated/a.py"):
        folder, _, name = path.rpartition("/")
        for other in (f"{folder}/x\ny/{name}", f"\n/{path}", f"x\n\n/{path}", f"{folder}/\n/{name}"):
            assert agents(other) == agents(path), other
    assert agents("x\ny/a.py") == [SINAG]


def test_another_teams_asynchronous_service() -> None:
    assert who(route(of(api__service=f"{ASYNC}\n+await db.commit()"), BUNDLED)) == {
        "api/service.py": (TRAINSMART, Grade.STACK)
    }


def test_domain_words_show_the_project() -> None:
    assert who(route(of(api__service=f"{SYNC}\n+barangay_id: int"), BUNDLED)) == {
        "api/service.py": (SINAG, Grade.PROJECT)
    }
    routing = route(of(app__service=f"{ASYNC}\n+progress_data = module.flow_type"), BUNDLED)
    assert who(routing) == {"app/service.py": (TRAINSMART, Grade.PROJECT)}


def test_the_repository_shows_the_project_of_a_file_that_says_nothing() -> None:
    tree = FakeTree({"apps/api/app/db/models/barangay.py": "", "apps/api/main.py": ""})
    changes = ChangeSet("git", of(apps__api__app__core__config="+x = 1").files, base_tree=tree)
    assert who(route(changes, BUNDLED)) == {"apps/api/app/core/config.py": (SINAG, Grade.PROJECT)}


def test_a_monorepo_with_both_stacks_gets_both_agents() -> None:
    routing = route(of(a__x=f"{SYNC}\n+db.query(A)", b__y=f"{ASYNC}\n+await db.get(A, 1)"), BUNDLED)
    assert who(routing) == {"a/x.py": (SINAG, Grade.STACK), "b/y.py": (TRAINSMART, Grade.STACK)}


def test_a_silent_file_follows_its_neighbours() -> None:
    changes = of(
        a__s__x=f"{SYNC}\n+db.query(A)", a__s____init__="+x = 1", b__y=f"{ASYNC}\n+await db.get(A, 1)", b__z="+y = 2"
    )
    assert {path: name for path, (name, _) in who(route(changes, BUNDLED)).items()} == {
        "a/s/x.py": SINAG,
        "a/s//init/.py": SINAG,
        "b/y.py": TRAINSMART,
        "b/z.py": TRAINSMART,
    }


def test_abstaining_says_why() -> None:
    changes = change_set(
        changed("web/page.tsx", hunk(1, "+x")),
        changed("docs/a.md", hunk(1, "+x")),
        changed("main.go", hunk(1, "+x")),
        changed("shop/views.py", hunk(1, "+from django.db import models", "+Order.objects.all()")),
        changed("logo.png", kind=FileKind.BINARY),
        changed("packages/shared/src/generated/a.ts", hunk(1, "+x")),
    )
    routing = route(changes, BUNDLED)
    assert routing.assignments == ()
    assert [sentence(file.reason).partition(":")[0] for file in routing.unassigned] == [
        "frontend code",
        "documentation",
        "no agent reviews files of this kind",
        "too little evidence of any agent's stack",
        "nothing to read in it (binary)",
        "generated code",
    ]


def test_domain_words_do_not_make_frontend_code_the_backend_agents() -> None:
    page = "apps/web/src/app/(app)/blgu/assessments/page.tsx"
    routing = route(change_set(changed(page, hunk(1, "+const governance_area = barangay"))), BUNDLED)
    assert [sentence(file.reason) for file in routing.unassigned] == ["frontend code: no agent reviews it"]


def test_evidence_that_fits_both_alike_is_nobodys() -> None:
    twins = [agent(name, stack=Stack((Signal(SignalKind.IMPORT, "fastapi", 3),))) for name in ("one", "two")]
    (file,) = route(of(x="+import fastapi"), twins).unassigned
    assert "fits several agents alike" in sentence(file.reason)


def test_companion_files_follow_the_code_beside_them() -> None:
    changes = change_set(
        changed("api/x.py", hunk(1, SYNC, "+db.query(A)")), changed("api/Dockerfile", hunk(1, "+FROM x"))
    )
    assert who(route(changes, BUNDLED))["api/Dockerfile"] == (SINAG, Grade.STACK)
    assert who(route(change_set(changed("Dockerfile", hunk(1, "+FROM x"))), BUNDLED)) == {}


def test_pins_come_before_evidence_and_the_first_match_wins() -> None:
    pins = (Pin(("api/special/**",), (TRAINSMART,)), Pin(("api/**", "*.md"), (SINAG,)))
    changes = change_set(
        changed("api/special/x.py", hunk(1, SYNC)), changed("api/y.py", hunk(1, ASYNC)), changed("a.md", hunk(1, "+x"))
    )
    assert who(route(changes, BUNDLED, pins)) == {
        "api/special/x.py": (TRAINSMART, Grade.PINNED),
        "api/y.py": (SINAG, Grade.PINNED),
        "a.md": (SINAG, Grade.PINNED),
    }


def test_a_forced_agent_reviews_everything() -> None:
    changes = change_set(changed("web/page.tsx", hunk(1, "+x")), changed("x.py", hunk(1, ASYNC)))
    assert who(route(changes, BUNDLED, forced=[BUNDLED[1]])) == {
        "web/page.tsx": (SINAG, Grade.FORCED),
        "x.py": (SINAG, Grade.FORCED),
    }


def test_a_teams_own_agent_without_identity_is_for_its_repository() -> None:
    own = agent(
        "own", item("x"), stack=Stack((Signal(SignalKind.PATH, "*.tsx", 2), Signal(SignalKind.IMPORT, "react", 2)))
    )
    changes = change_set(changed("web/page.tsx", hunk(1, "+import react from 'react'")))
    assert {grade for _, grade in who(route(changes, [own])).values()} <= {Grade.PROJECT}


def test_an_agent_that_names_no_python_is_not_asked_about_python() -> None:
    own = agent("own", stack=Stack((Signal(SignalKind.PATH, "*.tsx", 2), Signal(SignalKind.TOKEN, "x", 9))))
    assert who(route(of(a="+x = 1"), [own])) == {}


def test_what_nobody_claims_and_is_python_goes_to_the_general_agent_and_nothing_else_does() -> None:
    changes = change_set(
        changed("api/service.py", hunk(1, SYNC, "+db.query(User)")),
        changed("shop/views.py", hunk(1, "+from django.db import models")),
        changed("tools/release.py", hunk(1, "+x = 1")),
        changed("proto/order_pb2.py", hunk(1, "+x = 1")),
        changed("data.py", kind=FileKind.BINARY),
        changed("web/page.tsx", hunk(1, "+x")),
    )
    routing = route(changes, BUNDLED, fallback=FALLBACK)
    assert who(routing) == {
        "api/service.py": (SINAG, Grade.STACK),
        "shop/views.py": (GENERAL, Grade.FALLBACK),
        "tools/release.py": (GENERAL, Grade.FALLBACK),
    }
    assert [file.path for file in routing.unassigned] == ["proto/order_pb2.py", "data.py", "web/page.tsx"]
    general = next(one for one in routing.assignments if one.agent == GENERAL)
    assert sentence(general.matches[0].reason) == "too little evidence of any agent's stack"
    assert [loser.agent for loser in general.matches[0].losers] == [SINAG, TRAINSMART]


def test_another_agent_may_take_what_nobody_claims_without_its_projects_rules() -> None:
    routing = route(of(tools__release="+x = 1"), BUNDLED, fallback=BUNDLED[1])
    assert who(routing) == {"tools/release.py": (SINAG, Grade.FALLBACK)}


def test_pins_come_before_the_general_agent() -> None:
    pinned = route(of(tools__release="+x = 1"), BUNDLED, (Pin(("tools/",), (GENERAL,)),), fallback=FALLBACK)
    assert who(pinned) == {"tools/release.py": (GENERAL, Grade.PINNED)}


def test_deleted_code_is_still_somebodys() -> None:
    gone = changed("api/x.py", hunk(1, "-from sqlalchemy.orm import Session", "-db.query(A)"), kind=FileKind.DELETED)
    assert who(route(change_set(gone), BUNDLED)) == {"api/x.py": (SINAG, Grade.STACK)}


PATHS = st.sampled_from(
    ["a/x.py", "a/y.py", "b/z.py", "web/p.tsx", "README.md", "Dockerfile", "a/Dockerfile", "x.lock"]
)
TEXTS = st.sampled_from(
    [SYNC, ASYNC, "+x = 1", "+barangay = 1", "+await db.commit()", "+import django", "+db.query(A)"]
)


@given(st.dictionaries(PATHS, st.lists(TEXTS, min_size=1, max_size=3)), st.permutations(list(BUNDLED)))
def test_every_file_is_accounted_for_once_and_the_order_of_agents_is_nothing(
    files: dict[str, list[str]], agents: list[Agent]
) -> None:
    changes = change_set(*(changed(path, hunk(1, *lines)) for path, lines in files.items()))
    routing = route(changes, agents)
    paths = [path for one in routing.assignments for path in one.files] + [file.path for file in routing.unassigned]
    assert sorted(paths) == sorted(files)
    assert routing == route(changes, BUNDLED)
