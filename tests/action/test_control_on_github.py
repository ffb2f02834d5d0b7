"""What a team says of the checks, on pull requests: the base's word counts, and comments in the code are seen."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from pullrequests import AREAS, FAST, SLOW, PullRequest, service

from reviewbot.cli import main

if TYPE_CHECKING:
    from pathlib import Path

    import pytest

CHECK = ".reviewbot/checks/no-append.yml"
RULE = """
id: no-append
message: "`$CALL` appends"
rule: {all: [{pattern: $LIST.append($VALUE)}, {pattern: $CALL}]}
metadata:
  title: Something is appended
  why: The team does not append.
  fix: Build it at once.
  leaves_alone: Nothing.
  severity: low
  confidence: high
  items: [sinag-backend-architect/efficient-algorithms]
"""


def bodies(pull: PullRequest) -> list[str]:
    return [thread["comments"][0]["body"] for thread in pull.seen()["threads"]]


def test_an_ignore_brought_by_the_change_closes_the_thread_and_is_listed(tmp_path: Path) -> None:
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}) as pull:
        pull.action()
        comment = "            # reviewbot: ignore[query-in-loop] six, by @law\n"
        pull.push({AREAS: service("areas", SLOW.replace("            areas.app", f"{comment}            areas.app"))})
        assert pull.action(action="synchronize").code == 0
        (body,) = bodies(pull)
        assert "**Ignored in the code: six, by @\u200blaw**" in body
        summary = pull.summary_comment()
        assert "This change itself asks to ignore findings; see whether you agree" in summary
        assert "1 finding held back" in summary
        writes = len(pull.writes)
        pull.action(action="synchronize")
        assert pull.writes[writes:] == []
        pull.push({AREAS: service("areas", SLOW)})
        pull.action(action="synchronize")
        assert "Ignored in the code" not in bodies(pull)[0]


def test_checks_of_the_base_review_and_those_of_the_head_do_not(tmp_path: Path) -> None:
    head = {AREAS: service("areas", SLOW), CHECK: RULE.replace("low", "critical"), ".reviewbot/checks/x.yml": "broken"}
    with PullRequest(tmp_path, head, {CHECK: RULE, ".reviewbot.yml": "checks: {query-in-loop: off}\n"}) as pull:
        assert pull.action().code == 0
        (body,) = bodies(pull)
        assert body.partition("\n")[2].startswith("**low: `areas.append(")
        assert f"edits files that can steer a review: {CHECK}" in pull.summary_comment().replace("`", "")
        assert "Switched off in .reviewbot.yml: query-in-loop." in pull.summary_comment()


def test_the_baseline_of_the_base_holds_back(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    old = service("areas", SLOW)
    monkeypatch.chdir(tmp_path)
    known = {"schema_version": 1, "findings": {AREAS: {"query-in-loop": ["0" * 16]}}}
    with PullRequest(tmp_path, {AREAS: old.replace("barangay", "the barangay")}, {AREAS: old}) as pull:
        pull.repo.git("checkout", "-q", "main")
        assert main.main(["baseline", "--repo", str(pull.repo.folder)]) == 0
        assert json.loads((pull.repo.folder / ".reviewbot-baseline.json").read_text())["findings"].keys() == {AREAS}
        # The base has mended it, and the head brings it back below an import.
        pull.repo.commit({AREAS: service("areas", FAST)})
        pull.repo.git("checkout", "-q", "feature")
        pull.repo.git("rebase", "-q", "-X", "theirs", "main")
        pull.push({AREAS: old.replace('barangay assessments."""\n', 'barangay assessments."""\n\nimport os\n')})
        pull.push({".reviewbot-baseline.json": json.dumps(known)})
        assert pull.action().code == 0
        assert bodies(pull) == []
        assert "in the baseline" in pull.summary_comment()
