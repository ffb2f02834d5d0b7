"""The whole Action as a process against the fake GitHub: what people see after each event."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from gitrepo import git_of_another_user
from pullrequests import API, AREAS, FAST, SAFE, SLOW, UNSAFE, PullRequest, service

from reviewbot.output import saved

OTHER = f"{API}/services/other.py"


def threads(pull: PullRequest) -> list[tuple[str, int | None]]:
    return [(thread["path"].rpartition("/")[2], thread["line"]) for thread in pull.seen()["threads"]]


def bodies(pull: PullRequest) -> list[str]:
    return [thread["comments"][0]["body"] for thread in pull.seen()["threads"]]


def test_opened_review_comments_summary_and_outputs(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW, UNSAFE)}) as pull:
        result = pull.action()
        assert (result.code, result.stderr.count("\n")) == (0, 2)
        assert threads(pull) == [("areas.py", 15), ("areas.py", 20)]
        summary = pull.summary_comment()
        assert "## Review: 2 findings in 1 file (1 critical, 1 medium)" in summary
        assert f"[`…/areas.py:15`]({pull.fake.server_url}/acme/app/blob/{pull.head}/{AREAS}#L15)" in summary
        assert summary.count("<details>") == summary.count("</details>") >= 2
        assert {key: result.outputs[key] for key in ("verdict", "critical", "high", "medium", "low", "info")} == {
            "verdict": "findings",
            "critical": "1",
            "high": "0",
            "medium": "1",
            "low": "0",
            "info": "0",
        }
        assert result.outputs["cost-usd"] == "0.0000"
        assert f"{pull.fake.server_url}/acme/app/pull/1#issuecomment-" in result.outputs["summary-url"]
        file = tmp_path / "run1" / "workspace" / result.outputs["review-file"]
        assert len(saved.load(file.read_text(encoding="utf-8")).findings) == 2
        assert "## Review: 2 findings" in result.summary
        assert re.search(r"^Took \d+ s\.$", result.summary, re.MULTILINE)
        assert "Took " not in pull.summary_comment(), "which would be written anew by each run"
        assert all(review["state"] == "COMMENTED" for review in pull.seen()["reviews"]), "it never approves"
        assert pull.fake.violations == []


def test_a_second_run_repeats_nothing(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW, UNSAFE)}) as pull:
        first = pull.action()
        before, writes = pull.seen(), list(pull.writes)
        requests = len(pull.fake.journal)
        again = pull.action(action="synchronize")
        assert (again.code, again.outputs) == (0, first.outputs), "also where the first was killed before it wrote them"
        assert pull.seen() == before
        assert pull.writes == writes
        assert len(pull.fake.journal) - requests <= 8


def test_a_push_that_fixes_one_and_adds_another_changes_exactly_that(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW, UNSAFE), OTHER: service("other", SLOW)}) as pull:
        pull.action()
        (kept,) = [body for body in bodies(pull) if "SQL is put together" in body]
        first = pull.head
        pull.push({AREAS: service("areas", FAST, UNSAFE), OTHER: service("other", SLOW, UNSAFE)})
        writes = len(pull.writes)
        assert pull.action(action="synchronize").code == 0
        seen = pull.seen()
        by_place = {(t["path"], t["line"]): t for t in seen["threads"]}
        closed = [t for t in seen["threads"] if "Addressed in" in t["comments"][0]["body"]]
        assert [t["path"] for t in closed] == [AREAS]
        assert f"**Addressed in {pull.head[:12]}.**" in closed[0]["comments"][0]["body"]
        assert not closed[0]["resolved"], "this token may not resolve threads"
        assert kept in [t["comments"][0]["body"] for t in seen["threads"]]
        assert (OTHER, 20) in by_place
        assert len(seen["threads"]) == 4
        assert len(seen["comments"]) == 1
        assert f"Reviewed at `{pull.head[:12]}`" in pull.summary_comment()
        assert first[:12] not in pull.summary_comment()
        assert [write.split(" ")[0] for write in pull.writes[writes:]] == ["POST", "PATCH", "PATCH"]


def test_with_the_permission_threads_are_resolved_and_opened_again_when_it_is_back(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}) as pull:
        token = pull.token(contents="write")
        pull.action(token=token)
        original = bodies(pull)
        pull.push({AREAS: service("areas", FAST)})
        pull.action(action="synchronize", token=token)
        (thread,) = pull.seen()["threads"]
        assert thread["resolved"]
        pull.push({AREAS: service("areas", SLOW)})
        pull.action(action="synchronize", token=token)
        (thread,) = pull.seen()["threads"]
        assert not thread["resolved"]
        assert bodies(pull) == original


def test_what_somebody_answered_or_resolved_stays_as_people_left_it(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW, UNSAFE)}) as pull:
        token = pull.token(contents="write")
        pull.action(token=token)
        slow, unsafe = pull.fake.threads(pull.number)
        if "SQL" in slow.comments[0].body:
            slow, unsafe = unsafe, slow
        pull.fake.reply(pull.number, slow.comments[0].id, "rita", "Really?")
        pull.fake.resolve(unsafe.id, by="ada")

        def said() -> list[tuple[Any, ...]]:
            return sorted((str(t["comments"]), t["resolved"]) for t in pull.seen()["threads"])

        before = said()
        pull.push({AREAS: service("areas", FAST, SAFE)})
        pull.action(action="synchronize", token=token)
        assert said() == before
        assert "no findings" in pull.summary_comment()


def test_nothing_changes_with_force_push_rebase_and_a_moving_base(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}) as pull:
        pull.action()
        before = bodies(pull)
        repo = pull.repo
        repo.git("checkout", "-q", "main")
        repo.commit({f"{API}/services/more.py": service("more", FAST)})
        repo.git("checkout", "-q", "feature")
        repo.git("rebase", "-q", "main")
        repo.git("commit", "-q", "--amend", "-m", "another message")
        pull.head = repo.git("rev-parse", "HEAD").decode().strip()
        pull.action(action="synchronize")
        assert bodies(pull) == before
        assert len(pull.seen()["comments"]) == 1


def test_lines_added_above_do_not_make_a_finding_new(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}) as pull:
        pull.action()
        before = bodies(pull)
        pull.push({AREAS: "# A remark.\n# Another one.\n" + service("areas", SLOW)})
        pull.action(action="synchronize")
        assert bodies(pull) == before
        assert threads(pull) == [("areas.py", 17)]
        assert f"{AREAS}:17" in pull.summary_comment()


def test_a_deleted_comment_is_not_written_again(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}) as pull:
        pull.action()
        pull.fake.delete_comment(pull.fake.threads(pull.number)[0].comments[0].id)
        pull.push({OTHER: service("other", FAST)})
        pull.action(action="synchronize")
        assert threads(pull) == []
        assert "its file is as it was at the review before" in pull.summary_comment()
        assert pull.action(action="synchronize", incremental="false").code == 0
        assert threads(pull) == [("areas.py", 15)]


def test_more_findings_than_comments(tmp_path: Path) -> None:
    files = {f"{API}/services/area{number}.py": service(f"area{number}", SLOW, UNSAFE) for number in range(4)}
    with PullRequest(tmp_path, files) as pull:
        pull.action(max_comments="5")
        assert len(threads(pull)) == 5
        summary = pull.summary_comment()
        assert summary.count("over the limit of 5 inline comments") == 3
        assert all(f"area{number}.py:15" in summary and f"area{number}.py:20" in summary for number in range(4))


def test_a_suggestion_can_be_committed_on_its_own_lines(tmp_path: Path) -> None:
    code = (
        '"""Journals."""\nfrom sqlalchemy.ext.asyncio import AsyncSession\n\n\n'
        'async def create(data: JournalCreate, db: AsyncSession) -> Journal:\n    """Write ```` one."""\n'
        "    journal = Journal(progress_data=data.text)\n    db.add(journal)\n"
        "    await db.flush()\n    db.commit()\n    return journal\n"
    )
    with PullRequest(tmp_path, {"backend/app/services/journal.py": code}) as pull:
        pull.action(agent="trainsmart")  # by itself it would see that the project is another one
        (body,) = [body for body in bodies(pull) if "suggestion" in body]
        assert "```suggestion\n    await db.commit()\n```" in body
        (thread,) = [thread for thread in pull.seen()["threads"] if thread["comments"][0]["body"] == body]
        assert (thread["line"], thread["start_line"], thread["side"]) == (10, None, "RIGHT")


@pytest.mark.parametrize("prefix", ["", "/api/v3"])
def test_github_enterprise_is_where_the_runner_says(tmp_path: Path, prefix: str) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}, prefix=prefix) as pull:
        assert pull.action().code == 0
        assert threads(pull) == [("areas.py", 15)]


def test_fail_on_and_min_severity(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}) as pull:
        assert pull.action(fail_on="high").code == 0
        assert pull.action(fail_on="medium").code == 1
        assert pull.action(fail_on="medium", min_severity="critical").code == 0


def test_drafts_wait_unless_asked_for(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}, draft=True) as pull:
        result = pull.action()
        assert (result.code, result.outputs) == (0, {"verdict": "skipped"})
        assert "is a draft" in result.stderr
        assert "is a draft" in result.summary
        assert pull.fake.journal == []
        assert pull.action(drafts="true").code == 0
        assert len(threads(pull)) == 1


def test_a_change_that_is_nobodys_gets_no_comment_unless_asked_for(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {"docs/guide.md": "# Guide\n"}) as pull:
        result = pull.action()
        assert (result.code, result.outputs["verdict"]) == (0, "no_findings")
        assert "No agent reviewed this change" in result.summary
        assert pull.seen()["comments"] == []
        comment = pull.fake.comment(pull.number, "ada", "/review")
        assert pull.action("issue_comment", "created", comment=comment).code == 0
        assert "No agent reviewed this change" in pull.summary_comment()


@pytest.mark.parametrize("folders", [".claude/agents", "[.claude/agents, bots, bundled]"])
def test_configuration_and_agents_are_those_of_the_base_branch(folders: str, tmp_path: Path) -> None:
    agent = (
        "---\nname: mine\ndescription: reviews sqlalchemy\n---\nI review.\n\n## Review checklist\n\n"
        "### Performance\n- `slow-loops` **No queries in loops.** N+1 queries are slow. (high)\n"
    )
    base: dict[str, str | bytes | None] = {
        ".reviewbot.yml": f"agents_dir: {folders}\nagent: mine\nfail_on: medium\n",
        ".claude/agents/mine.md": agent,
        "bots/mine.md": agent.replace("slow-loops", "another-item"),
    }
    head = {AREAS: service("areas", SLOW), ".reviewbot.yml": "fail_on: never\n", ".claude/agents/mine.md": "nothing"}
    with PullRequest(tmp_path, {**head}, base) as pull:
        result = pull.action()
        assert result.code == 1, result.stderr
        assert "mine/slow-loops" in bodies(pull)[0]
        assert "edits files that can steer a review" in pull.summary_comment()


@pytest.mark.parametrize(
    ("base", "inputs", "says"),
    [
        ({".reviewbot.yml": "fail_onn: high\n"}, {}, ".reviewbot.yml:1:1: unknown key `fail_onn`"),
        ({}, {"agent": "nobody"}, "no agent is called `nobody`"),
        ({}, {"config": "missing.yml"}, "config: missing.yml: no such file"),
        ({}, {"agents_dir": "missing"}, "missing: no agent files"),
        ({}, {"drafts": "maybe"}, "input drafts"),
    ],
)
def test_what_cannot_be_used_ends_with_2_and_a_job_summary(
    tmp_path: Path, base: dict[str, Any], inputs: dict[str, Any], says: str
) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}, base) as pull:
        result = pull.action(**inputs)
        assert result.code == 2
        assert says in result.stderr
        assert "reviewbot failed" in result.summary
        assert result.outputs["verdict"] == "incomplete"
        assert pull.writes == []


@pytest.mark.parametrize("owner", ["mine", "another"])
def test_a_checkout_is_a_source_with_the_same_result_and_fewer_requests(tmp_path: Path, owner: str) -> None:
    files = {AREAS: service("areas", SLOW, UNSAFE), "docs/x.md": "x\n"}
    with PullRequest(tmp_path / "a", files) as alone, PullRequest(tmp_path / "b", files) as beside:
        alone.action()
        payload = beside.fake.event("pull_request", "opened", beside.number)
        environment = beside.environment("pull_request", payload)
        workspace = Path(environment["GITHUB_WORKSPACE"])
        beside.repo.git("clone", "-q", str(beside.repo.folder), str(workspace / "clone"))
        environment["GITHUB_WORKSPACE"] = str(workspace / "clone")
        beside.repo.git("-C", str(workspace / "clone"), "checkout", "-q", "main")
        if owner == "another":  # as in the container, which is root
            environment["PATH"] = git_of_another_user(tmp_path)
        beside.run(environment)
        assert beside.seen() == alone.seen()
        assert len(beside.fake.journal) < len(alone.fake.journal)


@pytest.mark.parametrize("target", ["outside.txt", "not there"])
def test_the_review_is_not_written_through_a_link_of_the_checkout(tmp_path: Path, target: str) -> None:
    (tmp_path / "outside.txt").write_text("mine\n")
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}) as pull:
        environment = pull.environment("pull_request", pull.fake.event("pull_request", "opened", pull.number))
        file = Path(environment["GITHUB_WORKSPACE"]) / "reviewbot-review.json"
        file.symlink_to(tmp_path / target)
        result = pull.run(environment)
    assert result.outputs["review-file"] == "reviewbot-review.json"
    assert json.loads(file.read_text())["findings"]
    assert [path.name for path in tmp_path.iterdir() if path.is_file()] == ["outside.txt"]
    assert (tmp_path / "outside.txt").read_text() == "mine\n"


def test_a_shallow_checkout_is_not_used(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}) as pull:
        payload = pull.fake.event("pull_request", "opened", pull.number)
        environment = pull.environment("pull_request", payload)
        clone = Path(environment["GITHUB_WORKSPACE"]) / "clone"
        pull.repo.git("clone", "-q", "--depth=1", f"file://{pull.repo.folder}", str(clone))
        environment["GITHUB_WORKSPACE"] = str(clone)
        assert pull.run(environment).code == 0
        assert any("/files" in exchange.path for exchange in pull.fake.journal)
        assert len(threads(pull)) == 1


def test_requests_of_a_large_first_review_and_of_a_second_one(tmp_path: Path) -> None:
    base = {f"{API}/services/area{n}.py": service(f"area{n}", FAST) for n in range(20)}
    head = {f"{API}/services/area{n}.py": service(f"area{n}", SLOW, *([UNSAFE] if n < 5 else [])) for n in range(20)}
    with PullRequest(tmp_path, {**head}, {**base}) as pull:
        pull.action()
        assert len(threads(pull)) == 25
        first = len(pull.fake.journal)
        assert first <= 12
        pull.action(action="synchronize")
        assert len(pull.fake.journal) - first <= 8


def test_pages_of_files(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {f"docs/page{n}.md": "x\n" for n in range(205)}
    with PullRequest(tmp_path, {**files, AREAS: service("areas", SLOW)}) as pull:
        pull.action()
        pages = [exchange.path for exchange in pull.fake.journal if "/files?" in exchange.path]
        assert len(pages) == 3
        assert threads(pull) == [("areas.py", 15)]


def test_a_summary_too_long_for_one_comment_goes_on_in_a_second(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {
        f"{API}/services/area{n}.py": service(f"area{n}", *[SLOW.replace("load", f"load_{m}") for m in range(20)])
        for n in range(8)
    }
    with PullRequest(tmp_path, files) as pull:
        result = pull.action(max_comments="3")
        assert result.code == 0, result.stderr
        parts = [comment["body"] for comment in pull.seen()["comments"]]
        assert len(parts) > 1
        assert all(len(part) <= 65_536 for part in parts)
        assert all(part.count("```") % 2 == 0 for part in parts)
        text = "".join(parts)
        assert all(f"area{n}.py:15" in text for n in range(8))
        before = pull.seen()
        pull.action(action="synchronize", max_comments="3")
        assert pull.seen() == before
        pull.push({name: None for name in files if "area0" not in name})
        pull.action(action="synchronize", max_comments="3")
        assert len(pull.seen()["comments"]) == 1, "parts that are not needed any more are deleted"


def test_forged_markers_in_the_code_are_only_code(tmp_path: Path) -> None:
    marker = "<!-- reviewbot:1 summary - 1 -->"
    hostile = SLOW.replace(".first())", f".first())  # {marker} @everyone ::error::x")
    hostile = hostile.replace("areas = []", f'areas = []\n        _ = """\n{marker}\n::error::x\n"""')
    with PullRequest(tmp_path, {AREAS: service("areas", hostile)}) as pull:
        result = pull.action(max_comments="0")
        assert marker in result.summary, "the evidence is quoted"
        assert not any(line.startswith("::error::x") for line in (result.stdout + result.stderr).splitlines())
        pull.action(action="synchronize")
        assert len(pull.seen()["comments"]) == 1
        assert "1 finding" in pull.summary_comment()


def test_markers_of_somebody_else_are_not_ours(tmp_path: Path) -> None:
    with PullRequest(tmp_path / "a", {AREAS: service("areas", SLOW)}) as first:
        first.action()
        summary = first.summary_comment()
        inline = bodies(first)[0]
    with PullRequest(tmp_path / "b", {AREAS: service("areas", SLOW)}) as pull:
        pull.fake.comment(pull.number, "rita", summary)
        pull.fake.review(
            pull.number,
            "rita",
            event="COMMENT",
            comments=[{"path": AREAS, "line": 15, "side": "RIGHT", "body": inline}],
        )
        pull.action()
        assert len(threads(pull)) == 2
        assert len(pull.seen()["comments"]) == 2


def test_the_token_is_written_nowhere(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}) as pull:
        token = pull.token()
        payload = pull.fake.event("pull_request", "opened", pull.number)
        environment = {**pull.environment("pull_request", payload, token), "RUNNER_DEBUG": "1"}
        result = pull.finish(pull.start(environment), environment)
        assert "event=asked" in result.stderr
        review = (Path(environment["GITHUB_WORKSPACE"]) / "reviewbot-review.json").read_text(encoding="utf-8")
        for text in (result.stdout, result.stderr, result.summary, json.dumps(pull.seen()), review):
            assert token not in text
