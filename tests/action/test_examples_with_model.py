"""Each example with a model through the real SDK: on the command line, and as a pull request by the Action."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
from fakeclaude import FakeClaude
from fakeclaude.reviewer import Reviewer
from pullrequests import PullRequest

from reviewbot.changes.diff.parse import parse
from reviewbot.cli import main
from reviewbot.core.change import LineKind

if TYPE_CHECKING:
    from reviewbot.core.change import ChangedFile

EXAMPLES = Path(__file__).parents[2] / "examples"
# One line of each that a model has something to say of, and where it stands.
QUOTES = {
    "sinag-validation.diff": ("return self.list_for(db, user, len(assessments))", "assessment_service.py", 58),
    "trainsmart-progress.diff": (
        'requests.post(settings.coach_webhook, json={"user": str(user.id)}, timeout=5)',
        "",
        48,
    ),
    "monorepo-two-stacks.diff": ("def export_areas(period: str) -> str:", "export.py", 9),
    "neither.diff": ("nobody's", "", 0),
}
TITLE = "This goes wrong when two people do it"


def sides(file: ChangedFile) -> tuple[str | None, str | None]:
    """Give both texts of a file as far as its hunks tell them, the rest as empty lines."""
    old: list[str] = []
    new: list[str] = []
    for hunk in file.hunks:
        gap = max(0, (hunk.new_start or 1) - 1 - len(new))
        old += [""] * gap
        new += [""] * gap
        old += [line.text for line in hunk.lines if line.kind is not LineKind.ADDED]
        new += [line.text for line in hunk.lines if line.kind is not LineKind.REMOVED]
    before = None if file.kind == "added" else "\n".join(old) + "\n"
    after = None if file.kind == "deleted" else "\n".join(new) + "\n"
    return before, after


@pytest.mark.parametrize("name", QUOTES)
def test_on_the_command_line(
    name: str, monkeypatch: pytest.MonkeyPatch, capsysbinary: pytest.CaptureFixture[bytes]
) -> None:
    quote, _, line = QUOTES[name]
    reviewer = Reviewer([{"quote": quote, "title": TITLE}])
    with FakeClaude(reviewer) as claude:
        monkeypatch.setenv("ANTHROPIC_API_KEY", claude.key)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)
        assert main.main(["review", str(EXAMPLES / name), "--engine", "claude", "--format", "json"]) == 0
        assert all(message.ask.stream for message in claude.journal.messages())
    review = json.loads(capsysbinary.readouterr().out)
    shown = [finding for finding in review["findings"] if finding["placement"] != "held_back"]
    models = [finding for finding in shown if finding["check"] == "model"]
    assert review["engines"] == ["checks", "claude"]
    if name == "neither.diff":
        assert (models, reviewer.asked, review["verdict"]) == ([], [], "not_reviewed")
        return
    assert [finding["title"] for finding in models] == [TITLE]
    assert not line or models[0]["start_line"] == line
    assert review["verdict"] == "findings"
    assert {verdict["status"] for verdict in review["ledger"]} <= {"violated", "passed", "not_applicable"}
    assert review["usage"]["calls"] == len(reviewer.asked)
    assert review["usage"]["cost_usd"] > 0


@pytest.mark.parametrize("name", QUOTES)
def test_as_a_pull_request(tmp_path: Path, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    quote, ending, _ = QUOTES[name]
    files = {file.path: sides(file) for file in parse((EXAMPLES / name).read_bytes())}
    base: dict[str, Any] = {path: before for path, (before, _) in files.items() if before is not None}
    head: dict[str, Any] = {path: after for path, (_, after) in files.items()}
    reviewer = Reviewer([{"quote": quote, "title": TITLE}])
    with FakeClaude(reviewer) as claude, PullRequest(tmp_path, head, base) as pull:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", claude.url)
        result = pull.action(anthropic_api_key=claude.key)
        assert result.code == 0, result.stderr
        said = [thread for thread in pull.seen()["threads"] if TITLE in thread["comments"][0]["body"]]
        if name == "neither.diff":
            assert (said, reviewer.asked) == ([], [])
            return
        assert [thread["path"].endswith(ending) for thread in said] == [True]
        assert "checklist items decided" in pull.summary_comment()
        assert float(result.outputs["cost-usd"]) > 0
        before, asked = pull.seen(), len(reviewer.asked)
        assert pull.action(action="synchronize", anthropic_api_key=claude.key).code == 0
        assert (pull.seen(), len(reviewer.asked)) == (before, asked), "nothing new, so nothing is asked or said"
