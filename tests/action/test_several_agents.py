"""Two agents on one file of a pull request: one comment for one defect, whoever says it first, and each one's cost."""

from __future__ import annotations

from typing import TYPE_CHECKING

from fakeclaude import FakeClaude
from fakeclaude.reviewer import Reviewer
from pullrequests import AREAS, FAST, UNSAFE, PullRequest, service

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

AUDITOR = """---
name: security-auditor
description: Audits code for vulnerabilities.
stack: any
---
You look for what an attacker could use.

## Review checklist
- SQL queries are parameterized, never built by string concatenation
- Access is checked before anything is read
"""
BASE = {".reviewbot.yml": "agents_dir: [agents, bundled]\n", "agents/security-auditor.md": AUDITOR}
FILES = {AREAS: service("areas", FAST, UNSAFE)}
UNCHECKED = {"quote": "return [row.id for row in db.execute", "title": "Anybody can read the areas of another barangay"}


def bodies(pull: PullRequest) -> list[str]:
    return [str(thread["comments"][0]["body"]) for thread in pull.seen()["threads"]]


def test_a_defect_that_both_find_is_one_comment_and_stays_one(tmp_path: Path) -> None:
    with PullRequest(tmp_path, FILES, BASE) as pull:
        assert pull.inside() == 0, pull.error
        (said,) = [body for body in bodies(pull) if "sql-built-from-strings" in body]
        assert "`sinag-backend-architect/sql-injection` and `security-auditor/sql-queries-parameterized" in said
        assert "**security-auditor** reviewed 1 file" in pull.summary_comment()
        before = pull.seen()
        assert pull.inside(action="synchronize") == 0, pull.error
        assert pull.seen() == before
        # The owner's file goes, and with it who spoke first: the auditor's own finding is no second comment.
        command = pull.fake.comment(pull.number, "ada", "/review security-auditor")
        assert pull.inside("issue_comment", "created", comment=command) == 0, pull.error
        assert len([body for body in bodies(pull) if "sql-built-from-strings" in body]) == 1
        assert pull.fake.violations == []


def test_what_two_models_say_is_said_once_and_the_cost_of_each_is_told(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewer = Reviewer([UNCHECKED])
    with FakeClaude(reviewer) as fake, PullRequest(tmp_path, {AREAS: service("areas", FAST, UNSAFE)}, BASE) as pull:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", fake.key)
        assert pull.inside() == 0, pull.error
        assert reviewer.asked.count("review") == 2
        (said,) = [body for body in bodies(pull) if "Anybody can read" in body]
        assert " and `security-auditor/" in said
        job = (tmp_path / "run1" / "summary").read_text(encoding="utf-8")
        assert "; security-auditor <span>$</span>0." in job
        assert "; sinag-backend-architect <span>$</span>0." in job
        before, asked = pull.seen(), len(reviewer.asked)
        assert pull.inside(action="synchronize") == 0, pull.error
        assert (pull.seen(), len(reviewer.asked)) == (before, asked)


def test_the_budget_is_the_owners_first(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reviewer = Reviewer([UNCHECKED])
    with FakeClaude(reviewer) as fake, PullRequest(tmp_path, FILES, BASE) as pull:
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.url)
        monkeypatch.setenv("ANTHROPIC_API_KEY", fake.key)
        assert pull.inside(max_cost_usd="0.35") == 0, pull.error
        assert reviewer.asked.count("review") == 1
        summary = pull.summary_comment()
        assert "over the budget of" in summary
        assert "sinag-backend-architect/" in next(body for body in bodies(pull) if "Anybody can read" in body)
