"""The fake's answers look like recordings of the real ones."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from fakegithub.http import find
from fakegithub.recorded import invented, kind_of, recordings, shape
from fakegithub.stage import Stage

FOLDER = os.environ.get("REVIEWBOT_PYGITHUB_REPLAY", "")


def played(stage: Stage) -> None:
    """Ask for everything that is recorded, too."""
    repo, pull, bot = stage.repo_path, stage.pull_path, stage.bot
    comment, inline = stage.comment(), stage.inline(13, start_line=12, start_side="RIGHT")
    bot.ask("POST", f"{pull}/comments/{inline}/replies", {"body": "so"})
    for name in ("issues", "pulls"):
        where = f"{repo}/{name}/comments/{comment if name == 'issues' else inline}"
        bot.ask("POST", f"{where}/reactions", {"content": "eyes"})
        bot.ask("PATCH", where, {"body": "other"})
        bot.get(where)
        bot.get(f"{where}/reactions")
    for name in ("", "/files", "/reviews", "/comments"):
        bot.get(f"{pull}{name}")
    for name in ("", "/issues/1", "/issues/1/comments", "/collaborators/ada/permission", "/git/trees/main?recursive=1"):
        bot.get(f"{repo}{name}")
    blob = bot.get(f"{repo}/contents/app.py")["sha"]
    for name in (
        f"/git/blobs/{blob}",
        f"/commits/{stage.head}",
        "/compare/main...feature",
        "/contents/new?ref=feature",
    ):
        bot.get(f"{repo}{name}")
    bot.get("/rate_limit")
    bot.ask("GET", "/user")
    bot.ask("GET", f"{repo}/nowhere")
    bot.ask("POST", f"{repo}/issues/1/comments", {"body": "x" * 70_000})
    stage.person("ada").get("/user")


@pytest.mark.skipif(not FOLDER, reason="REVIEWBOT_PYGITHUB_REPLAY does not name PyGithub's tests/ReplayData")
def test_nothing_is_invented(tmp_path: Path) -> None:
    with Stage(tmp_path) as stage:
        played(stage)
        journal = list(stage.fake.journal)
    theirs: dict[str, list[Any]] = {}
    for about, answer in recordings(Path(FOLDER)):
        theirs.setdefault(about, []).append(answer)
    answers: dict[str, list[Any]] = {}
    templates: dict[str, tuple[str, str]] = {}
    for one in journal:
        if kind := kind_of(one.method, one.path, one.status):
            answers.setdefault(kind, []).append(one.answer)
            found = find(one.method, one.path.partition("?")[0])
            templates[kind] = (one.method, found[0].template if found else "")
    assert len(answers) > 15
    wrong = {kind: invented(shape(answers[kind]), shape(theirs[kind]), *templates[kind]) for kind in answers}
    assert {kind: found for kind, found in wrong.items() if found} == {}
