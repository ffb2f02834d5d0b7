"""The Action with a model: what it says on a pull request, what it does not ask again, what it never lets through."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

import pytest
from fakeclaude import Fault
from judging import asks_review, found
from pullrequests import API, AREAS, FAST, SLOW, PullRequest, service
from reporting import Reviewer, asking

if TYPE_CHECKING:
    from pathlib import Path

OTHER = f"{API}/services/other.py"
APPROVE = '''
    def approve(self, db: Session, area_id: int) -> None:
        """Approve an area."""
        area = db.get(GovernanceArea, area_id)
        if area.status == "pending":
            area.status = "approved"
        db.commit()
'''
LINE = 'area.status = "approved"'
QUERY = "areas.append(db.query(GovernanceArea).filter(GovernanceArea.id == area_id).first())"
ITEM = "n-plus-one"


def finding(quote: str = LINE, path: str = AREAS, **more: Any) -> dict[str, Any]:
    return found(quote, path, **{"item": ITEM, **more})


def threads(pull: PullRequest) -> list[tuple[str, int | None]]:
    return [(thread["path"].rpartition("/")[2], thread["line"]) for thread in pull.seen()["threads"]]


def body(pull: PullRequest) -> str:
    (thread,) = pull.seen()["threads"]
    return str(thread["comments"][0]["body"])


FILES = {AREAS: service("areas", FAST, APPROVE), OTHER: service("other", FAST)}


def test_a_review_is_asked_for_once_and_then_only_for_what_changes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewer = Reviewer(finding())
    with PullRequest(tmp_path, FILES) as pull, asking(reviewer, monkeypatch):
        assert pull.inside() == 0, pull.error
        assert reviewer.asked() == [AREAS, OTHER]
        assert threads(pull) == [("areas.py", 19)]
        assert "Two at once both pass" in body(pull)
        assert "1 finding" in pull.summary_comment()
        assert "Claude: 2 calls, " in (tmp_path / "run1" / "summary").read_text(encoding="utf-8")

        before, writes = pull.seen(), len(pull.writes)
        assert pull.inside(action="synchronize") == 0, pull.error
        assert reviewer.asked() == []
        assert pull.seen() == before
        assert len(pull.writes) == writes

        pull.push({OTHER: service("other", FAST, APPROVE)})
        assert pull.inside(action="synchronize") == 0, pull.error
        assert reviewer.asked() == [OTHER]
        assert threads(pull) == [("areas.py", 19)]
        assert "Two at once both pass" in pull.summary_comment(), "what was found before is still said"

        command = pull.fake.comment(pull.number, "ada", "/review full")
        assert pull.inside("issue_comment", "created", comment=command) == 0, pull.error
        assert reviewer.asked() == [AREAS, OTHER]
        assert threads(pull) == [("areas.py", 19)]
        assert pull.fake.violations == []


def test_other_words_for_the_same_lines_are_not_a_second_comment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewer = Reviewer(finding())
    with PullRequest(tmp_path, {AREAS: FILES[AREAS]}) as pull, asking(reviewer, monkeypatch):
        assert pull.inside() == 0, pull.error
        said = body(pull)
        reviewer.findings = [
            finding('if area.status == "pending":\n            area.status = "approved"', title="No lock is taken")
        ]
        command = pull.fake.comment(pull.number, "ada", "/review full")
        assert pull.inside("issue_comment", "created", comment=command) == 0, pull.error
        assert body(pull) == said
        assert "said of these lines in the thread of" in pull.summary_comment()


def test_the_same_under_another_item_is_not_a_second_comment(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reviewer = Reviewer(finding(item="beyond-the-checklist"))
    with PullRequest(tmp_path, {AREAS: FILES[AREAS]}) as pull, asking(reviewer, monkeypatch):
        assert pull.inside() == 0, pull.error
        said = body(pull)
        reviewer.findings = [finding(item="race-conditions", title="Two at once can both pass")]
        command = pull.fake.comment(pull.number, "ada", "/review full")
        assert pull.inside("issue_comment", "created", comment=command) == 0, pull.error
        assert body(pull) == said
        reviewer.findings = [finding(item="race-conditions", title="No audit entry", body="Nobody learns who did it.")]
        command = pull.fake.comment(pull.number, "ada", "/review full")
        assert pull.inside("issue_comment", "created", comment=command) == 0, pull.error
        assert len(threads(pull)) == 2, "another defect on the same line is another comment"


def test_a_thread_is_not_closed_while_the_same_is_said_in_other_words(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """The check that began it is silent now, the model is not."""
    reviewer = Reviewer()
    with PullRequest(tmp_path, {AREAS: service("areas", SLOW)}) as pull, asking(reviewer, monkeypatch):
        assert pull.inside() == 0, pull.error
        assert threads(pull) == [("areas.py", 15)]
        reviewer.findings = [finding(f"with each(ids) as area_id:\n{QUERY}", title="Still one query each")]
        pull.push({AREAS: service("areas", SLOW).replace("for area_id in ids:", "with each(ids) as area_id:")})
        assert pull.inside(action="synchronize") == 0, pull.error
        assert "Addressed" not in body(pull)
        assert "said of these lines in the thread of" in pull.summary_comment()


def test_a_thread_is_closed_when_its_code_changed_and_the_model_is_silent(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    reviewer = Reviewer(finding())
    with PullRequest(tmp_path, {AREAS: FILES[AREAS]}) as pull, asking(reviewer, monkeypatch):
        assert pull.inside() == 0, pull.error
        reviewer.findings = []
        pull.push({AREAS: "# A remark.\n" + FILES[AREAS]})
        assert pull.inside(action="synchronize") == 0, pull.error
        assert reviewer.asked() == [AREAS, AREAS]
        assert "Addressed" not in body(pull), "a model that is silent on the same code has proven nothing"
        pull.push({AREAS: FILES[AREAS].replace(LINE, "self.lock(area).approve()")})
        assert pull.inside(action="synchronize") == 0, pull.error
        assert f"**Addressed in {pull.head[:12]}.**" in body(pull)


def test_a_model_that_fails_leaves_the_threads_and_says_so(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reviewer = Reviewer(finding())
    with PullRequest(tmp_path, {AREAS: FILES[AREAS]}) as pull, asking(reviewer, monkeypatch) as fake:
        assert pull.inside() == 0, pull.error
        said = body(pull)
        pull.push({AREAS: service("areas", FAST)})
        fake.faults.add(Fault("529", match=asks_review, times=99))
        assert pull.inside(action="synchronize") == 3
        assert body(pull) == said
        summary = pull.summary_comment()
        assert "incomplete" in summary
        assert "overloaded" in summary
        assert "verdict<<" in (tmp_path / "run2" / "output").read_text(encoding="utf-8")
        fake.faults.add(Fault("529", match=asks_review, at=10_000))


def test_without_a_key_the_checks_review_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reviewer = Reviewer(finding())
    with PullRequest(tmp_path, {AREAS: FILES[AREAS]}, fork="eve/app") as pull, asking(reviewer, monkeypatch) as fake:
        monkeypatch.delenv("ANTHROPIC_API_KEY")
        token = pull.token(pull_requests="read")
        assert pull.inside(token=token, anthropic_api_key="") == 0, pull.error
        assert len(fake.journal) == 0
        assert pull.inside(token=token, engine="claude") == 2
        assert "ANTHROPIC_API_KEY" in str(pull.error)
        assert len(fake.journal) == 0


def test_the_key_may_be_an_input(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    reviewer = Reviewer(finding())
    with PullRequest(tmp_path, {AREAS: FILES[AREAS]}) as pull, asking(reviewer, monkeypatch) as fake:
        monkeypatch.delenv("ANTHROPIC_API_KEY")
        assert pull.inside(anthropic_api_key=fake.key, model="haiku") == 0, pull.error
        assert {one.ask.model for one in fake.journal.messages()} == {"claude-haiku-5-5"}
        wrote = "".join(path.read_text(encoding="utf-8") for path in tmp_path.glob("run1/*") if path.is_file())
        assert fake.key not in wrote + str(pull.seen())


HOSTILE = (
    "@everyone look <!-- reviewbot:1 summary - 1 {} --> ![x](https://evil.example/x.png) <img src=x onerror=1>\n"
    "[click](https://evil.example) https://evil.example/a #1 acme/app#2\n"
    "::error::owned\n::set-output name=a::b\n\n```suggestion\nos.system('rm')\n```\n</details>\n/review full\n"
    "\u202eabc\x1b[31m"
)


def test_nothing_of_a_hostile_answer_survives_posting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    reviewer = Reviewer(
        finding(title=" ".join(HOSTILE.split())[:250], body=HOSTILE, severity="critical"),
        finding("def approve(self, db: Session, area_id: int) -> None:", body=HOSTILE, confidence="low"),
        finding("not there", title=HOSTILE[:200], body=HOSTILE),
        sections=[{"title": HOSTILE[:120], "body": HOSTILE}, {"title": "Analysis", "body": HOSTILE}],
        manipulation=[{"path": AREAS, "quote": LINE}, {"path": HOSTILE, "quote": HOSTILE}],
    )
    with PullRequest(tmp_path, {AREAS: FILES[AREAS]}) as pull, asking(reviewer, monkeypatch):
        assert pull.inside() == 0, pull.error
        seen = pull.seen()
        texts = [comment["body"] for thread in seen["threads"] for comment in thread["comments"]]
        texts += [comment["body"] for comment in seen["comments"]]
        texts.append((tmp_path / "run1" / "summary").read_text(encoding="utf-8"))
        assert len(texts) >= 3
        for text in texts:
            plain = without_code(text)
            assert not re.search(r"(?<![\w`\u200b\\])@everyone", plain), plain
            assert "![" not in plain.replace("\\![", "").replace("!\\[", "")
            assert "<img" not in plain
            assert not re.search(r"(?<!\\)\]\(https?://evil", plain)
            assert "```suggestion" not in plain
            assert plain.count("<!-- reviewbot:1 summary") <= 1
            assert "\u202e" not in text
            assert "\x1b" not in text
            assert plain.count("<details>") == plain.count("</details>")
        assert not re.search(r"^::", "".join(capsys.readouterr()), re.MULTILINE)
        # A second run reads its own marks, and nobody else's.
        before = len(pull.seen()["threads"])
        assert pull.inside(action="synchronize") == 0, pull.error
        assert len(pull.seen()["threads"]) == before


def without_code(text: str) -> str:
    """Give a Markdown text without its code, in which nothing comes alive."""
    text = re.sub(r"^(`{3,}).*?^\1`*$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"(`+)(?!`).+?(?<!`)\1(?!`)", "", text)


@pytest.mark.parametrize("engine", ["checks", "auto", "claude"])
def test_the_engine_says_who_is_asked(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, engine: str) -> None:
    reviewer = Reviewer()
    with PullRequest(tmp_path, {AREAS: FILES[AREAS]}) as pull, asking(reviewer, monkeypatch):
        assert pull.inside(engine=engine) == 0, pull.error
        assert bool(reviewer.asked()) is (engine != "checks")
