"""A pull request of which nothing could be reviewed does not end in silence."""

from __future__ import annotations

from typing import TYPE_CHECKING

from pullrequests import PullRequest

if TYPE_CHECKING:
    from pathlib import Path

PAGE = {"web/page.tsx": "export const total = 1\n"}


def test_the_verdict_is_an_output_and_the_summary_says_what_to_do(tmp_path: Path) -> None:
    with PullRequest(tmp_path, PAGE) as pull:
        result = pull.action()
    assert (result.code, result.outputs["verdict"]) == (0, "not_reviewed")
    assert "## Review: nothing was reviewed" in result.summary
    assert "Nothing looked at web/page.tsx" in result.stderr + result.stdout


def test_a_required_review_fails_the_step(tmp_path: Path) -> None:
    with PullRequest(tmp_path, PAGE) as pull:
        assert pull.action(require_review="true").code == 3
    with PullRequest(tmp_path / "file", PAGE, {".reviewbot.yml": "require_review: true\n"}) as pull:
        assert pull.action().code == 3
        assert pull.action(require_review="false").code == 0
    with PullRequest(tmp_path / "possible", PAGE, {".reviewbot.yml": "require_review: where-possible\n"}) as pull:
        assert pull.action().code == 0
