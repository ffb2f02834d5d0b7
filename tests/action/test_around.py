"""The repository speaks on GitHub too, without a checkout and without a request more."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullrequests import PullRequest

from reviewbot.output import saved

if TYPE_CHECKING:
    from pathlib import Path

ASYNC = """from sqlalchemy.ext.asyncio import AsyncSession


async def save(db: AsyncSession) -> None:
    await db.commit()
"""
MANIFEST = '[project]\nname = "shop"\ndependencies = ["fastapi"]\n'


def test_a_silent_worker_is_the_backends_and_the_requests_stay_as_many(tmp_path: Path) -> None:
    around = {"shop/pyproject.toml": MANIFEST, **{f"shop/{n}/db.py": ASYNC for n in range(30)}}
    made = []
    for name, text in (("speaks", ASYNC), ("silent", "LIMIT = 3\n")):
        with PullRequest(tmp_path / name, {"shop/jobs/cleanup.py": text}, around) as pull:
            result = pull.action()
            made.append(len(pull.fake.journal))
            file = tmp_path / name / "run1" / "workspace" / result.outputs["review-file"]
            (one,) = saved.load(file.read_text(encoding="utf-8")).assignments
            assert (one.agent, one.grade) == ("trainsmart-senior-backend-architect", "stack")
    assert made[0] == made[1]
