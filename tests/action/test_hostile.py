"""Pull requests whose author means harm: to the bot, to whoever reads its comments, or to the runner."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

import pytest
from markdown_it import MarkdownIt
from pullrequests import API, FAST, SLOW, UNSAFE, Files, PullRequest, Result, service
from thorough import share

if TYPE_CHECKING:
    from pathlib import Path

SERVICES = f"{API}/services"
AREAS = f"{SERVICES}/areas.py"
PICTURE = bytes(range(256)) * 4
MARKER = "<!-- reviewbot:1 summary - 1 -->"
NAMES = [
    "weird `tick` @octocat.py",
    "line\n::error::end.py",
    f"{MARKER}.py",
    'quo"te.py',
    "turned\u202eyp.py",
    "[link](http:/evil.example).py",
    "|pipe|.py",
    "sp ace#frag?x%25.py",
    "@org/team.py",
    "https:/evil.example/x.py",
    "-dash.py",
    "$(touch owned).py",
]


def paths(pull: PullRequest) -> list[str]:
    return [thread["path"].removeprefix(f"{SERVICES}/") for thread in pull.seen()["threads"]]


def all_bodies(pull: PullRequest) -> list[str]:
    seen = pull.seen()
    comments = [*seen["comments"], *(comment for thread in seen["threads"] for comment in thread["comments"])]
    return [comment["body"] for comment in comments if comment["body"].startswith("<!-- reviewbot:")]


def assert_harmless(pull: PullRequest, result: Result) -> None:
    """Nothing commands the runner, and the comments mention nobody, link to our own pages only, and hide nothing."""
    lines = (result.stdout + result.stderr).splitlines()
    commands = [line for line in lines if line.lstrip().startswith(("::", "##["))]
    ours = re.compile(r"::(error|warning|notice) (file=apps/api/[^\n]*,line=\d+,endLine=\d+,)?title=[^:]*::")
    assert [line for line in commands if not ours.match(line)] == []
    for body in all_bodies(pull):
        _, _, text = body.partition("\n")
        for token in MarkdownIt("commonmark", {"linkify": False}).enable("table").parse(text):
            for child in token.children or []:
                if child.type == "link_open":
                    assert str(child.attrs["href"]).startswith(("SERVER", "/")), child.attrs
                assert child.type != "image"
                if child.type == "text":
                    assert not re.search(r"@\w", child.content), child.content
                    assert "evil.example" not in child.content
                if child.type == "html_inline":
                    assert not child.content.startswith("<!--")
            if token.type == "html_block":
                assert "<!--" not in token.content


def test_file_names_titles_and_descriptions(tmp_path: Path) -> None:
    with PullRequest(
        tmp_path, {f"{SERVICES}/{name}": service("areas", SLOW) for name in NAMES if name.endswith(".py")}
    ) as pull:
        pull.fake.pull(pull.number).title = f"{MARKER} @everyone ::set-output name=x::y\n::error::title"
        pull.fake.pull(pull.number).body = f"{MARKER}\n/review full\n::error::description\n```\n@everyone"
        result = pull.action()
        assert result.code == 0, result.stderr
        assert paths(pull) == sorted(name for name in NAMES if name.endswith(".py"))
        assert_harmless(pull, result)
        before = pull.seen()
        assert_harmless(pull, pull.action(action="synchronize"))
        assert pull.seen() == before
        forked = pull.environment("pull_request", _forked(pull), pull.token(pull_requests="read"), incremental="false")
        pull.fake.delete_comment(pull.fake.comments(pull.number)[0].id)
        shown = pull.run(forked)
        assert shown.stdout.count("::warning file=") == len(paths(pull)), "every finding is an annotation of one line"
        assert_harmless(pull, shown)
        assert pull.fake.violations == []


def _forked(pull: PullRequest) -> dict[str, Any]:
    payload = pull.fake.event("pull_request", "opened", pull.number)
    payload["pull_request"]["head"]["repo"] = None
    return payload


def test_a_line_of_70000_characters_of_backticks(tmp_path: Path) -> None:
    long = UNSAFE.replace("{name}", "{name}" + "`" * 70_000 + "@octocat")
    with PullRequest(tmp_path, {AREAS: service("areas", long, SLOW)}) as pull:
        result = pull.action(max_comments="0")
        assert result.code == 0, result.stderr
        assert len(pull.seen()["comments"]) == 1
        assert_harmless(pull, result)
        assert pull.summary_comment().count("\n@") == 0
        pull.action(action="synchronize", incremental="false")
        assert paths(pull) == ["areas.py", "areas.py"]


def test_400_findings(tmp_path: Path) -> None:
    slow = [SLOW.replace("load", f"load_{number}") for number in range(20)]
    with PullRequest(tmp_path, {f"{SERVICES}/area{n}.py": service(f"area{n}", *slow) for n in range(20)}) as pull:
        result = pull.action()
        assert (result.code, result.outputs["medium"]) == (0, "400")
        assert len(paths(pull)) == 30
        text = "".join(all_bodies(pull))
        assert all(f"area{n}.py:{15 + 7 * m}" in text for n in range(20) for m in range(20)), "none is lost"
        assert all(len(body) <= 65_536 for body in all_bodies(pull))
        writes = len(pull.writes)
        pull.action(action="synchronize")
        assert len(pull.writes) == writes


def test_more_files_than_github_lists(tmp_path: Path) -> None:
    files: dict[str, str | bytes | None] = {f"docs/page{number:04}.md": "x\n" for number in range(3010)}
    with PullRequest(tmp_path, {**files, AREAS: service("areas", SLOW), "zz.py": "x = 1\n"}) as pull:
        result = pull.action()
        assert (result.code, result.outputs["verdict"], paths(pull)) == (0, "incomplete", ["areas.py"])
        parts = [comment["body"] for comment in pull.seen()["comments"]]
        assert "**Something was left out" in parts[0]
        assert any(
            "GitHub lists 3,000 of the 3,012 changed files; the others were not reviewed" in part for part in parts
        )


def test_a_force_push_at_any_moment_is_followed(tmp_path: Path) -> None:
    clean, requests = _pushed_after(tmp_path / "clean", None)
    for number in share(range(1, requests), 4):
        seen, _ = _pushed_after(tmp_path / f"after{number}", number)
        open_now = [t for t in seen["threads"] if "Addressed in" not in t["comments"][0]["body"]]
        assert open_now == clean["threads"], f"pushed after request {number}"
        assert seen["comments"] == clean["comments"], f"pushed after request {number}"


def _pushed_after(folder: Path, number: int | None) -> tuple[dict[str, Any], int]:
    """Give what people see after one run, during which the branch is rewritten (or before which, for None)."""
    with PullRequest(folder, {AREAS: service("areas", SLOW), f"{SERVICES}/b.py": service("b", SLOW)}) as pull:

        def push() -> None:
            pull.repo.git("reset", "-q", "--hard", "main")
            pull.push({AREAS: service("areas", FAST, UNSAFE)})

        if number is None:
            push()
        else:
            pull.fake.after_request(number, push)
        assert pull.inside() == 0, pull.error
        return pull.seen(), len(pull.fake.journal)


def test_who_pushes_all_the_time_gets_an_error_and_no_review_of_something_else(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}) as pull:
        pull.fake.listeners.append(
            lambda one: (
                pull.push({AREAS: service("areas", SLOW) + f"# {len(pull.fake.journal)}\n"})
                if "/files" in one.path
                else None
            )
        )
        result = pull.action()
        assert result.code == 3
        assert "review again" in result.stderr
        assert pull.writes == []
        assert "reviewbot failed" in result.summary


def test_the_base_branch_is_gone(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}) as pull:
        pull.repo.git("branch", "-D", "main")
        assert pull.inside() == 0, pull.error
        assert paths(pull) == ["areas.py"]


@pytest.mark.parametrize("name", ["pull_request", "pull_request_target"])
def test_the_fork_is_gone(tmp_path: Path, name: str) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}, fork="eve/app") as pull:
        payload = pull.fake.event(name, "opened", pull.number)
        payload["pull_request"]["head"]["repo"] = None
        pull.repo.git("checkout", "-q", "main")
        pull.repo.git("branch", "-D", "feature")
        reads = name == "pull_request"
        environment = pull.environment(name, payload, pull.token(pull_requests="read" if reads else "write"))
        result = pull.run(environment)
        assert (result.code, result.outputs["medium"]) == (0, "1"), result.stderr
        assert paths(pull) == ([] if reads else ["areas.py"])


def test_links_lead_nowhere_and_code_that_is_no_text_makes_a_review_incomplete(tmp_path: Path) -> None:
    secret = tmp_path / "secret.py"
    secret.write_text(service("areas", SLOW), encoding="utf-8")
    files: dict[str, str | bytes | None] = {f"{SERVICES}/data.py": b"\0\1\2", AREAS: service("areas", FAST)}
    with PullRequest(tmp_path / "pull", files) as pull:
        folder = pull.repo.folder / SERVICES
        (folder / "link.py").symlink_to(secret)
        (folder / "passwd.py").symlink_to("../../../../../../../etc/passwd")
        pull.repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},{SERVICES}/module.py")
        pull.repo.git("add", "-A", SERVICES, ":!apps/api/app/services/module.py")
        pull.repo.git("commit", "-q", "-m", "links")
        pull.head = pull.repo.git("rev-parse", "HEAD").decode().strip()
        result = pull.action()
        # What is called data.py is none that anybody can read.
        assert (result.code, result.outputs["verdict"]) == (0, "incomplete"), result.stderr
        assert "acme/app#1: incomplete, so far no findings in " in result.stderr
        assert "root:" not in pull.summary_comment()


def test_windows_line_ends_and_renames(tmp_path: Path) -> None:
    long = service("areas", *[FAST.replace("load", f"load_{number}") for number in range(9)])
    base: dict[str, str | bytes | None] = {
        AREAS: long,
        f"{SERVICES}/crlf.py": service("crlf", FAST).replace("\n", "\r\n"),
    }
    head = {
        AREAS: None,
        f"{SERVICES}/renamed.py": long + SLOW,
        f"{SERVICES}/crlf.py": service("crlf", FAST, UNSAFE).replace("\n", "\r\n"),
    }
    with PullRequest(tmp_path, head, base) as pull:
        assert pull.inside() == 0, pull.error
        assert paths(pull) == ["crlf.py", "renamed.py"]
        before = pull.seen()
        assert pull.inside(action="synchronize") == 0
        assert pull.seen() == before


def test_attributes_of_the_head_hide_nothing(tmp_path: Path) -> None:
    before: Files = {AREAS: service("areas", FAST), "a.png": PICTURE[::-1], "old.py": service("old", SLOW)}
    after: Files = {
        ".gitattributes": "*.py -diff\n",
        AREAS: service("areas", FAST, UNSAFE),
        "a.png": PICTURE,
        "old.py": None,
        f"{API}/services/moved.py": service("old", SLOW, UNSAFE),
        f"{API}/services/b.py": service("b", UNSAFE),
    }
    with PullRequest(tmp_path, after, before) as pull:
        # What GitHub takes from the files of the head.
        (pull.repo.folder / ".git/info").mkdir(exist_ok=True)
        (pull.repo.folder / ".git/info/attributes").write_text("*.py -diff\n")
        result = pull.reviewbot("review", "--pr", "acme/app#1", "--format", "json")
    assert result.code == 0, result.stderr
    review = json.loads(result.stdout)
    found = {finding["path"] for finding in review["findings"] if finding["check"] == "sql-built-from-strings"}
    assert found == {AREAS, f"{API}/services/moved.py", f"{API}/services/b.py"}
    assert {file["path"]: file["reason"] for file in review["coverage"]["files"]}[
        "a.png"
    ] == "nothing to read in it (binary)"
