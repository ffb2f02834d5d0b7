"""Whose the files are that say nothing of their own, by the repository around them."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from builders import change_set, changed, hunk
from trees import Files

from reviewbot.agents import agent_files
from reviewbot.agents.routing import route
from reviewbot.agents.witnesses import witnesses
from reviewbot.core.change import ChangeSet
from reviewbot.core.review import Grade
from reviewbot.output.reason_sentences import sentence

BUNDLED, _ = agent_files.load_dir(agent_files.bundled_dir())
SHORT = {"sinag-backend-architect": "S", "trainsmart-senior-backend-architect": "A"}
SYNC = "from sqlalchemy.orm import Session\n\n\ndef load(db: Session) -> list[Row]:\n    return db.query(Row).all()\n"
ASYNC = (
    "from sqlalchemy.ext.asyncio import AsyncSession\n\n\nasync def load(db: AsyncSession):\n    await db.commit()\n"
)
TEXTS = {
    "sync": SYNC,
    "async": ASYNC,
    "both": SYNC + ASYNC,
    "flask": "from flask import Blueprint, request\n\nviews = Blueprint('views', __name__)\n",
    "django": "from django.db import models\n\n\nclass Order(models.Model):\n    pass\n",
    "plain": "x = 1\n",
}
MANIFESTS = {
    "pyproject.toml": '[project]\nname = "x"\ndependencies = ["{}"]\n',
    "requirements.txt": "{}==1.0\n",
    "package.json": '{{"dependencies": {{"{}": "1"}}}}\n',
    "go.mod": "require {} v1\n",
}
CASES = yaml.safe_load((Path(__file__).parents[1] / "data" / "backends.yml").read_text(encoding="utf-8"))


def text(path: str, said: str) -> str:
    name = path.rpartition("/")[2]
    return MANIFESTS[name].format(said) if name in MANIFESTS else TEXTS.get(said, said)


@pytest.mark.parametrize("case", CASES, ids=lambda case: str(case["id"]))
def test_the_repository_speaks(case: dict[str, Any]) -> None:
    expected, files = {}, []
    for path, who in case["change"].items():
        ((expected[path], said),) = who.items() if isinstance(who, dict) else ((who, "plain"),)
        files.append(changed(path, hunk(1, *(f"+{line}" for line in text(path, said).splitlines()))))
    tree = Files({path: text(path, said) for path, said in case["tree"].items()})
    routing = route(ChangeSet("git", tuple(files), base_tree=tree), BUNDLED)
    assert {one.grade for one in routing.assignments} <= {Grade.STACK}
    got = {path: SHORT[one.agent] for one in routing.assignments for path in one.files}
    assert got | {file.path: "-" for file in routing.unassigned} == expected


def test_the_reason_names_the_files_around_it() -> None:
    tree = Files({"pyproject.toml": text("pyproject.toml", "fastapi"), "app/db.py": ASYNC, "app/api.py": ASYNC})
    changes = ChangeSet("git", (changed("app/worker.py", hunk(1, "+x = 1")),), base_tree=tree)
    (assignment,) = route(changes, BUNDLED).assignments
    (match,) = assignment.matches
    assert sentence(match.reason) == "the backend around it: 2 files speak for it in app"
    assert ("token", r"\bAsyncSession\b", "app/api.py") in {(e.kind, e.pattern, e.path) for e in match.evidence}


def test_a_bare_diff_stays_cautious() -> None:
    routing = route(change_set(changed("app/worker.py", hunk(1, "+x = 1"))), BUNDLED)
    assert [sentence(file.reason) for file in routing.unassigned] == ["too little evidence of any agent's stack"]


def test_migrations_at_the_root_follow_the_code_of_a_bare_diff() -> None:
    migration = changed("alembic/versions/1_paid.py", hunk(1, "+import sqlalchemy as sa", "+from alembic import op"))
    services = [
        changed(f"{name}/services.py", hunk(1, *(f"+{line}" for line in TEXTS[name].splitlines())))
        for name in ("sync", "async")
    ]
    followed = route(change_set(migration, services[0]), BUNDLED)
    assert [one.files for one in followed.assignments] == [("alembic/versions/1_paid.py", "sync/services.py")]
    assert [file.path for file in route(change_set(migration, *services), BUNDLED).unassigned] == [migration.path]


def test_witnesses_fill_one_request_and_no_more() -> None:
    paths = [f"app/{name}.py" for name in ("db", "routes", *map(str, range(200)))]
    for count in (1, 20, 60, 97, 99, 150, 198, 250):
        files = [changed(f"web/{n}.py", hunk(1, "+x")) for n in range(count)]
        chosen = witnesses(paths, files)
        asked = count + 2 + len(chosen)
        assert -(-asked // 100) == -(-(count + 2) // 100), "the texts of the change need as many requests without them"
        assert chosen[:2] == ["app/db.py", "app/routes.py"][: len(chosen)]


def test_no_witness_is_read_where_no_python_changed() -> None:
    assert witnesses(["app/db.py"], [changed("web/page.tsx", hunk(1, "+x"))]) == []
