"""The model looks around in a repository on GitHub that nobody has checked out."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from fakeclaude import Ask, Call, FakeClaude, Say
from judging import asks_refutation, found, said, stands
from pullrequests import API, APPROVE, AREAS, FAST, PullRequest, service

if TYPE_CHECKING:
    from pathlib import Path

LINE = 'area.status = "approved"'
CALLER = (
    "from app.services.areas import AreasService\n\n\ndef close(db, area):\n    AreasService().approve(db, area.id)\n"
)


@pytest.mark.parametrize(("others", "archives"), [(3, 0), (400, 1)])
def test_a_search_reads_one_archive_and_a_small_repository_file_by_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, others: int, archives: int
) -> None:
    base = {f"{API}/closing.py": CALLER, AREAS: service("areas", FAST)}
    base |= {f"{API}/others/o{n}.py": f"value = {n}\n" for n in range(others)}
    told: list[str] = []

    def says(ask: Ask) -> Say:
        if asks_refutation(ask):
            return stands(ask)
        told.extend(result.text for result in ask.results)
        if ask.turns == 0:
            return Say(None, calls=(Call("find_references", {"name": "approve"}), Call("list_files", {"paths": API})))
        if ask.turns == 1:
            return Say(
                None, calls=(Call("read_before", {"path": AREAS}), Call("read_file", {"path": f"{API}/closing.py"}))
            )
        return Say.json(said(findings=[found(LINE, AREAS, item="correct-behaviour")]))

    with FakeClaude(says) as claude, PullRequest(tmp_path, {AREAS: service("areas", FAST, APPROVE)}, base) as pull:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)
        result = pull.action(anthropic_api_key=claude.key)
        assert result.code == 0, result.stderr
        assert [thread["path"] for thread in pull.seen()["threads"]] == [AREAS]
        assert sum("/tarball/" in one.path for one in pull.fake.journal) == archives
        assert pull.fake.violations == []
    references, listing, before, caller = told
    assert " in close:\n5      AreasService().approve(db, area.id)" in references
    assert f"{AREAS} (changed here)" in listing or f"{API}/others/" in listing
    assert "def approve" not in before
    assert "5      AreasService().approve(db, area.id)" in caller
