"""In a project that its agent does not know, a check that has not proven itself gives hints, and says why."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from builders import change_set, finding
from context_changes import Folder
from gitrepo import GitRepo

from reviewbot.agents import agent_files
from reviewbot.changes import git
from reviewbot.checks import catalog, selection
from reviewbot.checks.results import CheckResult
from reviewbot.core.finding import Confidence, Placement, Severity, Threshold
from reviewbot.core.reasons import ReasonKind
from reviewbot.core.review import Assignment, Grade, Review
from reviewbot.review import first_sight, pipeline
from reviewbot.review.evaluation.share import Share
from reviewbot.review.outcome import exit_code
from reviewbot.settings.config import Config, Control
from reviewbot.settings.loading import Settings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

MANIFEST = '[project]\nname = "shop"\ndependencies = ["fastapi", "sqlalchemy", "alembic", "celery", "asyncpg"]\n'
BEFORE = """from fastapi import APIRouter
from sqlalchemy import text
from sqlalchemy.ext.asyncio import AsyncSession

router = APIRouter()
"""
LATER = """

async def report(db: AsyncSession, names: list[str]) -> None:
    for name in names:
        await db.execute(text(f"SELECT * FROM orders WHERE {name}"))
"""
AFTER = BEFORE + LATER


def reviewed(folder: Path, config: Config, before: Mapping[str, str], path: str, *, whole: bool = True) -> Review:
    repo = GitRepo(folder)
    repo.commit({**before, path: BEFORE})
    repo.commit({path: AFTER})
    changes = git.read(folder, "HEAD~1", "HEAD")
    changes = changes if whole else replace(changes, head_tree=None, base_tree=None)
    settings = Settings(config, tuple(agent_files.load_dir(agent_files.bundled_dir())[0]))
    return pipeline.review(changes, settings, lambda: selection.of(settings))


def placed(review: Review) -> dict[str, tuple[Placement | None, ReasonKind, Confidence]]:
    return {each.check: (each.placement, each.placement_reason.kind, each.confidence) for each in review.findings}


FOREIGN = {"pyproject.toml": MANIFEST, "shop/__init__.py": ""}
ELSEWHERE = "shop/api/orders.py"


def test_elsewhere_only_what_has_proven_itself_comments(tmp_path: Path) -> None:
    review = reviewed(tmp_path, Config(), FOREIGN, ELSEWHERE)
    assert {str(each.grade) for each in review.assignments} == {"stack"}
    found = placed(review)
    assert found["query-in-loop"][:2] == (Placement.INLINE, ReasonKind.IN_DIFF)
    assert found["sql-built-from-strings"] == (Placement.SUMMARY, ReasonKind.UNPROVEN, Confidence.LOW)
    assert exit_code(review, Config(fail_on=Threshold.HIGH)) == 0
    assert exit_code(review, Config(fail_on=Threshold.MEDIUM)) == 1


def test_whoever_says_how_severe_a_check_is_wants_to_see_it(tmp_path: Path) -> None:
    config = Config(checks={"sql-built-from-strings": Control(severity=Severity.HIGH)})
    review = reviewed(tmp_path, config, FOREIGN, ELSEWHERE)
    assert placed(review)["sql-built-from-strings"][0] is Placement.INLINE
    assert exit_code(review, Config(fail_on=Threshold.HIGH)) == 1


LIVE = "sk_" + "live_51H8xQ2eZvKYlo2C9aB3dEfGh"  # apart, so that nobody takes it for one


@pytest.mark.parametrize(
    ("check", "code", "speaks"),
    [
        ("sql-built-from-strings", """db.execute(text(f"SELECT * FROM t WHERE name = '{name}'"))""", True),
        ("sql-built-from-strings", """db.execute(f"SELECT 1 FROM t WHERE a = 1 AND name LIKE '%{part}%'")""", True),
        ("sql-built-from-strings", """db.execute("SELECT * FROM t WHERE name = '%s'" % name)""", True),
        ("sql-built-from-strings", """db.execute("DELETE FROM t WHERE name = '" + name + "'")""", True),
        ("sql-built-from-strings", """db.execute(f"SELECT * FROM {table} WHERE name = :name")""", False),
        ("sql-built-from-strings", """db.execute(f'{query}')""", False),
        ("sql-built-from-strings", """db.execute(f"SELECT * FROM t WHERE {' AND '.join(parts)}")""", False),
        ("sql-built-from-strings", """db.execute(f"SELECT * FROM t WHERE kind = 'x' AND {where}")""", False),
        ("secret-literal", f'STRIPE = "{LIVE}"', True),
        ("secret-literal", 'PASSWORD = "hunter2-but-longer-and-9"', False),
        ("password-hash-too-fast", "hashlib.md5(password.encode())", True),
        ("password-hash-too-fast", "hashlib.md5(data)", False),
        ("tls-verification-off", "requests.get(url, verify=False)", True),
        ("tls-verification-off", "context.check_hostname = False", False),
        ("query-in-loop", "db.get(Order, key)", False),
    ],
)
def test_what_is_plain_in_its_code_needs_no_project(check: str, code: str, *, speaks: bool) -> None:
    result = CheckResult((finding(agent="a", check=check, evidence=code),), (), {}, ())
    (said,) = first_sight.hedged(result, {f"a/{check}"}, catalog.load()).findings
    assert (said.confidence is not Confidence.LOW) == speaks


@pytest.mark.parametrize("grade", Grade)
def test_of_what_somebody_gave_to_an_agent_it_speaks(grade: Grade) -> None:
    changes = change_set(head_tree=Folder({}))
    doubtful = first_sight.unproven(changes, [Assignment("a", grade, ("x.py",), 1.0)], catalog.load().checks, Config())
    assert bool(doubtful) == (grade in {Grade.STACK, Grade.FALLBACK})
    assert "a/query-in-loop" not in doubtful
    result = CheckResult((finding(agent="a", check="sql-built-from-strings"),), (), {}, ())
    (hint,) = first_sight.hedged(result, doubtful, catalog.load()).findings
    assert (hint.confidence is Confidence.LOW) == bool(doubtful)


@pytest.mark.parametrize(
    ("share", "speaks"),
    [(None, False), (Share(2, 2), False), (Share(3, 3), True), (Share(4, 5), True), (Share(7, 9), False)],
)
def test_three_readings_and_four_of_five_right_are_the_least(share: Share | None, *, speaks: bool) -> None:
    assert first_sight.is_proven(share) is speaks


def test_the_figures_are_about_checks_that_are_there() -> None:
    assert set(first_sight.shares()) <= set(catalog.load().checks)
    assert all(0 <= share.part <= share.whole for share in first_sight.shares().values())


def test_of_a_bare_diff_nobody_knows_whose_project_it_is(tmp_path: Path) -> None:
    found = placed(reviewed(tmp_path, Config(), FOREIGN, ELSEWHERE, whole=False))
    assert found["sql-built-from-strings"][0] is Placement.INLINE
