"""``--pr`` and ``post``: the review of the Action on a laptop, and reviews from a file, perhaps a hostile one."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from pullrequests import AREAS, FAST, SLOW, UNSAFE, PullRequest, service
from thorough import EVERYTHING

if TYPE_CHECKING:
    from pathlib import Path

REF = "acme/app#1"


def opened(folder: Path) -> PullRequest:
    return PullRequest(folder, {AREAS: service("areas", SLOW, UNSAFE)}, {AREAS: service("areas", FAST)})


def saved(pull: PullRequest, **changes: Any) -> tuple[Path, dict[str, Any]]:
    """Save a review as a job without permissions would; give the file and what is in it."""
    file = pull.folder / "review.json"
    result = pull.reviewbot("review", "--pr", REF, "--format", "json", "--output", str(file))
    assert result.code == 0, result.stderr
    review: dict[str, Any] = {**json.loads(file.read_text(encoding="utf-8")), **changes}
    return file, review


def test_a_laptop_shows_what_would_be_posted_and_posts_nothing(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        result = pull.reviewbot("review", "--pr", REF)
        assert result.code == 0, result.stderr
        assert "=== post a review with 2 comments" in result.stdout
        assert "=== post a comment" in result.stdout
        assert "nothing was posted; --post would do 2 things" in result.stderr
        assert pull.writes == []


def test_the_laptop_finds_what_the_action_finds(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        file, review = saved(pull)
        result = pull.action()
        theirs = json.loads((tmp_path / "run1" / "workspace" / result.outputs["review-file"]).read_text("utf-8"))
        assert theirs["findings"] == review["findings"]
        assert len(review["findings"]) == 2
        local = pull.reviewbot(
            *("review", "--pr", REF, "--repo", str(pull.repo.folder), "--format", "json", "--output", str(file))
        )
        assert local.code == 0, local.stderr
        assert json.loads(file.read_text(encoding="utf-8"))["findings"] == review["findings"]


@pytest.mark.parametrize("way", ["review", "post"])
def test_both_post_what_the_action_posts_and_once(tmp_path: Path, way: str) -> None:
    with opened(tmp_path / "a") as theirs, opened(tmp_path / "b") as pull:
        theirs.action()
        file, _ = saved(pull)
        words = ("review", "--pr", REF, "--post") if way == "review" else ("post", str(file), "--pr", REF)
        assert pull.reviewbot(*words).code == 0
        assert pull.seen() == theirs.seen()
        result = pull.reviewbot(*words)
        assert (result.code, pull.seen()) == (0, theirs.seen())
        assert "no changes made" in result.stderr
        dry = pull.reviewbot("post", str(file), "--pr", REF, "--dry-run")
        assert "nothing: everything stands there already" in dry.stdout


@pytest.mark.parametrize("way", ["review", "post"])
def test_killed_after_any_request(tmp_path: Path, way: str) -> None:
    def words(pull: PullRequest) -> tuple[str, ...]:
        if way == "review":
            return ("review", "--pr", REF, "--post")
        return ("post", str(saved(pull)[0]), "--pr", REF)

    with opened(tmp_path / "unharmed") as pull:
        command = words(pull)
        before = len(pull.fake.journal)
        assert pull.reviewbot(*command).code == 0
        requests, expected = len(pull.fake.journal) - before, pull.seen()
    # After the first of the two writes, as a rule.
    for number in range(1, requests + 1) if EVERYTHING else [requests - 2]:
        with opened(tmp_path / f"killed{number}") as pull:
            command = words(pull)
            pull.killed(number, pull.laptop(), *command)
            assert pull.reviewbot(*command).code == 0
            assert pull.seen() == expected, f"killed after request {number} of {requests}"


def test_a_review_of_another_head_is_refused(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        file, _ = saved(pull)
        pull.push({AREAS: service("areas", UNSAFE)})
        result = pull.reviewbot("post", str(file), "--pr", REF)
        assert result.code == 3
        assert "review again" in result.stderr
        assert pull.writes == []


def test_a_review_by_nobody_is_not_posted(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {"docs/guide.md": "# Guide\n"}) as pull:
        result = pull.reviewbot("post", str(saved(pull)[0]), "--pr", REF)
        assert (result.code, pull.writes) == (0, [])
        assert "no agent reviewed this change, so nothing is posted" in result.stderr


BREAKS_OUT = "x --> @octocat <img src=http://evil.example/x> <!-- "


@pytest.mark.parametrize(
    ("finding", "says"),
    [
        ({"fingerprint": BREAKS_OUT}, "fingerprints"),
        ({"fingerprint": "0" * 15 + "\n"}, "fingerprints"),
        ({"fingerprint": ""}, "fingerprints"),
        ({"severity": "enormous"}, "severity"),
        ({"start_line": "many"}, "start_line"),
    ],
)
def test_a_forged_review_that_is_none_is_refused(tmp_path: Path, finding: dict[str, Any], says: str) -> None:
    with opened(tmp_path) as pull:
        file, review = saved(pull)
        review["findings"][0] |= finding
        file.write_text(json.dumps(review), encoding="utf-8")
        result = pull.reviewbot("post", str(file), "--pr", REF)
        assert result.code == 2, result.stderr
        assert says in result.stderr
        assert pull.writes == []


def test_two_findings_cannot_have_one_fingerprint(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        file, review = saved(pull)
        review["findings"].append(review["findings"][0])
        file.write_text(json.dumps(review), encoding="utf-8")
        assert pull.reviewbot("post", str(file), "--pr", REF).code == 2


def test_what_a_forged_review_says_is_harmless_on_lines_of_the_diff_and_limited(tmp_path: Path) -> None:
    """Whoever forges the file of a fork's job can have nonsense said, within these bounds."""
    with opened(tmp_path) as pull:
        file, review = saved(pull)
        first = review["findings"][0]
        forged = [
            {
                **first,
                "fingerprint": f"{number:016x}",
                "path": [AREAS, "../../etc/passwd", "apps/api/pyproject.toml"][number % 3],
                "start_line": 1 + number % 40,
                "end_line": 5_000 if number % 2 else 1 + number % 40,
                "side": ["LEFT", "RIGHT"][number % 2],
                "item": f"item{number}",
                "title": f"@octocat {BREAKS_OUT}",
                "body": f"@octocat ![x](http://evil.example/x)\n```suggestion\nimport os\n```\n{BREAKS_OUT}",
                "suggestion": {"start_line": 12, "end_line": 12, "replacement": "```\n@octocat", "verified": True},
                "placement": "inline",
            }
            for number in range(200)
        ]
        review |= {"findings": forged, "failures": [{"stage": BREAKS_OUT, "message": f"::error::{BREAKS_OUT}"}]}
        file.write_text(json.dumps(review), encoding="utf-8")
        result = pull.reviewbot("post", str(file), "--pr", REF)
        assert result.code == 3, "it says itself that something failed"
        seen = pull.seen()
        assert 0 < len(seen["threads"]) <= 30
        assert {thread["path"] for thread in seen["threads"]} == {AREAS}
        texts = [comment["body"] for comment in seen["comments"]]
        texts += [comment["body"] for thread in seen["threads"] for comment in thread["comments"]]
        for text in texts:
            _, _, said = text.partition("\n")
            assert "<img" not in said
            assert "<!--" not in said
            assert "@octocat" not in said.replace("```\n@octocat\n````", "")
            assert "](http://evil" not in said
            assert "```suggestion" not in said, "a suggestion that does not parse is none to commit"
        assert not any(line.startswith("::") for line in (result.stdout + result.stderr).splitlines())
        assert pull.fake.violations == []


def test_comments_on_removed_lines_and_suggestions_with_fences(tmp_path: Path) -> None:
    with opened(tmp_path) as pull:
        file, review = saved(pull)
        removed, suggests = review["findings"]
        removed |= {"side": "LEFT", "start_line": 11, "end_line": 12, "suggestion": None, "placement": "inline"}
        replacement = '    def search(self) -> str:\n        return """\n```\n````\n"""'
        suggests |= {"suggestion": {"start_line": 20, "end_line": 20, "replacement": replacement, "verified": False}}
        suggests |= {"start_line": 20, "end_line": 20, "placement": "inline"}
        file.write_text(json.dumps(review), encoding="utf-8")
        assert pull.reviewbot("post", str(file), "--pr", REF).code == 0
        sides = {thread["side"]: thread for thread in pull.seen()["threads"]}
        assert (sides["LEFT"]["start_line"], sides["LEFT"]["line"]) == (11, 12)
        body = sides["RIGHT"]["comments"][0]["body"]
        assert f"`````suggestion\n{replacement}\n`````" in body
        assert f"#L{11}" not in pull.fake.comments(1)[0].body
        assert "/files#diff-" in pull.fake.comments(1)[0].body, "removed lines are linked in the diff"
