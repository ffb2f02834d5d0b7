"""What the Action posts links each check to its page, where the runner says which repository it is from."""

from __future__ import annotations

from pathlib import Path

from pullrequests import API, UNSAFE, PullRequest, service

ROOT = Path(__file__).parents[2]
OWN = """
id: areas-by-name
language: python
message: "Areas are looked up by name"
rule: {pattern: $X.query($Y)}
metadata:
  title: Areas are looked up by name
  why: Two areas may have one name.
  fix: Look them up by id.
  leaves_alone: Nothing.
  severity: high
  confidence: high
  items: [sinag-backend-architect/n-plus-one]
"""
SOURCE = {
    "GITHUB_SERVER_URL": "https://github.com",
    "GITHUB_ACTION_REPOSITORY": "acme/bot",
    "GITHUB_ACTION_REF": "v0",
}
PAGE = "https://github.com/acme/bot/blob/v0/docs/checks"
QUERY = """
    def all(self, db: Session) -> list[GovernanceArea]:
        \"\"\"Load them.\"\"\"
        return db.query(GovernanceArea).limit(9).all()
"""


def test_comments_summary_and_job_summary_lead_to_the_page(tmp_path: Path) -> None:
    base = {".reviewbot/checks/areas-by-name.yml": OWN}
    with PullRequest(tmp_path, {f"{API}/services/areas.py": service("areas", UNSAFE, QUERY)}, base) as pull:
        payload = pull.fake.event("pull_request", "opened", pull.number)
        result = pull.run({**pull.environment("pull_request", payload), **SOURCE}, "action")
        assert result.code == 0, result.stderr
        bodies = [thread["comments"][0]["body"] for thread in pull.seen()["threads"]]
        (ours,) = [body for body in bodies if "sql-built-from-strings" in body]
        assert f"<sub>[`sql-built-from-strings`]({PAGE}/sql-built-from-strings.md) for " in ours
        # A team's own check has no page of ours.
        (theirs,) = [body for body in bodies if "areas-by-name" in body]
        assert "<sub>`areas-by-name` for " in theirs
        (posted,) = [comment["body"] for comment in pull.seen()["comments"]]
        for summary in (posted, result.summary):
            assert f"]({PAGE}/sql-built-from-strings.md) | " in summary
            assert "areas-by-name.md" not in summary
        # What is linked to exists.
        assert (ROOT / "docs" / "checks" / "sql-built-from-strings.md").is_file()
        # The next run finds everything as it is, and writes nothing.
        again = pull.run({**pull.environment("pull_request", payload), **SOURCE}, "action")
        assert again.code == 0
        assert [comment["body"] for comment in pull.seen()["comments"]] == [posted]


def test_without_an_address_the_check_is_named(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {f"{API}/services/areas.py": service("areas", UNSAFE)}) as pull:
        pull.action()
        (thread,) = pull.seen()["threads"]
        assert "<sub>`sql-built-from-strings` for " in thread["comments"][0]["body"]
