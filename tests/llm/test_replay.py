"""A recorded review is made again from its recording: the same, offline, and what is missing is named."""

from __future__ import annotations

import json
import os
import stat
import threading
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from builders import change_set
from fakeclaude import FakeClaude, Fault, Say
from judging import (
    AGENT,
    Waits,
    apart,
    asks_review,
    assignment,
    bundle,
    claude,
    found,
    module,
    reply,
    review,
    said,
    script,
    shows,
    two_files,
    verdict,
)

from reviewbot.core.errors import ModelError, UsageError
from reviewbot.core.finding import Placement
from reviewbot.core.review import Review, Usage
from reviewbot.llm.calls import Answer, Call
from reviewbot.llm.claude import Claude
from reviewbot.llm.models import choose
from reviewbot.llm.prompt.prompts import Prompts
from reviewbot.llm.replay import Recorder, Replay
from reviewbot.llm.replies import ReviewReply
from reviewbot.output.formats import render

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "AKIA" + "ABCDEFGHIJKLMNOP"
SAYS = script(
    found("row.status = 'approved'"),
    found("nowhere", "app/remove.py"),
    items={"races": "passed"},
    sections=[{"title": "Analysis", "body": "All *good*."}],
)


def saved(made: Review) -> str:
    timeless = replace(made, usage=replace(made.usage, seconds=0.0))
    return "".join(render(name, timeless, two_files()) for name in ("json", "markdown", "sarif", "html"))


def recorded(folder: Path) -> Review:
    with FakeClaude(SAYS) as fake, claude(fake) as asked:
        return review(Recorder(asked, folder), config=apart())


def test_only_its_owner_reads_a_recording(tmp_path: Path) -> None:
    before = os.umask(0o022)
    try:
        recorded(tmp_path / "tape")
    finally:
        os.umask(before)
    modes = {stat.S_IMODE(path.stat().st_mode) for path in (tmp_path / "tape").iterdir()}
    assert (stat.S_IMODE((tmp_path / "tape").stat().st_mode), modes) == (0o700, {0o600})


def test_a_recorded_review_is_the_same_again(tmp_path: Path) -> None:
    first = recorded(tmp_path)
    assert len(list(tmp_path.iterdir())) == first.usage.calls == 5
    assert saved(review(Replay(tmp_path), config=apart())) == saved(first)


def test_a_failure_is_recorded_too(tmp_path: Path) -> None:
    with FakeClaude(SAYS) as fake, claude(fake, Waits()) as asked:
        fake.faults.add(
            Fault("status", match=lambda ask: asks_review(ask) and shows(ask, "app/remove.py"), times=9, status=404)
        )
        first = review(Recorder(asked, tmp_path), config=apart())
    assert len(first.failures) == 1
    assert saved(review(Replay(tmp_path), config=apart())) == saved(first)


def test_a_missing_call_is_named_and_the_others_are_answered(tmp_path: Path) -> None:
    recorded(tmp_path)
    gone = [
        path
        for path in tmp_path.iterdir()
        if json.loads(path.read_text(encoding="utf-8"))["call"] == "review keeper: app/remove.py"
    ]
    assert len(gone) == 1
    gone[0].unlink()
    made = review(Replay(tmp_path), config=apart())
    (failure,) = made.failures
    assert failure.message.startswith("keeper: app/remove.py: ")
    assert "it is not there; record it with --record" in failure.message
    assert [finding.path for finding in made.findings] == ["app/approve.py"]


def test_a_changed_prompt_is_said(tmp_path: Path) -> None:
    recorded(tmp_path)
    changes = change_set(module("app/approve.py", "def approve(row):", "    row.status = 'approved'", "    save()"))
    made = review(Replay(tmp_path), changes, config=apart())
    assert "it was recorded for another prompt" in made.failures[0].message


def test_recordings_by_hand_are_found_by_name(tmp_path: Path) -> None:
    both = ", ".join(file.path for file in two_files().files)
    files = {
        f"review keeper: {both}": {"text": reply(found("row.status = 'approved'"))},
        f"disprove keeper: {both}": {"text": said(verdicts=[verdict(1)])},
    }
    for number, (name, answer) in enumerate(files.items()):
        (tmp_path / f"{number}.json").write_text(json.dumps({"call": name, "answer": answer}), encoding="utf-8")
    made = review(Replay(tmp_path))
    assert [finding.placement for finding in made.findings] == [Placement.INLINE]
    assert (made.failures, made.usage.calls) == ((), 2)


def test_no_key_and_no_secret_is_recorded(tmp_path: Path) -> None:
    changes = change_set(module("app/approve.py", f"KEY = '{SECRET}'", "row.status = 'approved'"), title=SECRET)
    with FakeClaude(SAYS) as fake, claude(fake) as asked:
        made = review(Recorder(asked, tmp_path), changes)
        key = fake.key
    assert made.findings
    text = "".join(path.read_text(encoding="utf-8") for path in tmp_path.iterdir())
    assert "KEY = '***'" in text
    assert SECRET not in text
    assert key not in text
    assert "authorization" not in text.lower().replace("authorisation", "")


@pytest.mark.parametrize(
    "text", ["{", "[]", '{"call": 1}', '{"call": "x", "answer": {}}', '{"call": "x", "answer": {"text": "", "x": 1}}']
)
def test_a_file_that_is_no_recording_is_named(tmp_path: Path, text: str) -> None:
    (tmp_path / "a.json").write_text(text, encoding="utf-8")
    with pytest.raises(UsageError, match=r"a\.json: no recording"):
        Replay(tmp_path)


def test_folders_that_cannot_be_used(tmp_path: Path) -> None:
    with pytest.raises(UsageError, match="no such folder"):
        Replay(tmp_path / "none")
    (tmp_path / "file").touch()
    with pytest.raises(UsageError, match="cannot make this folder"):
        Recorder(Replay(tmp_path), tmp_path / "file")


def call(path: str) -> Call:
    changes = change_set(module(path, "x = 1"))
    prompts = Prompts(changes, AGENT, assignment(changes))
    prompt = prompts.review(prompts.files(bundle(*changes.files)))
    return Call(f"review {path}", choose("sonnet")[0], prompt, ReviewReply)


def test_many_threads_may_record_at_once(tmp_path: Path) -> None:
    class Says:
        def ready(self) -> None: ...

        def ask(self, call: Call, began: object) -> Answer:  # noqa: ARG002 - the protocol has it
            return Answer(call.name * 2_000, "end_turn", Usage(calls=1))

    recorder = Recorder(Says(), tmp_path)
    calls = [call(f"app/file{number % 5}.py") for number in range(30)]
    threads = [threading.Thread(target=recorder.ask, args=(one, lambda: None)) for one in calls]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(list(tmp_path.iterdir())) == 5
    replay = Replay(tmp_path)
    for one in calls:
        assert replay.ask(one, lambda: None).text == one.name * 2_000


def test_a_recording_without_an_answer_is_an_error(tmp_path: Path) -> None:
    asked = call("a.py")
    (tmp_path / "a.json").write_text(json.dumps({"call": asked.name}), encoding="utf-8")
    with pytest.raises(ModelError, match="neither an answer nor an error"):
        Replay(tmp_path).ask(asked, lambda: None)


def test_replay_asks_nobody(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    recorded(tmp_path)

    def never(*_: object) -> None:
        raise AssertionError("a replay asked Claude")

    monkeypatch.setattr(Claude, "__init__", never)
    assert review(Replay(tmp_path), config=apart()).failures == ()


def test_what_is_recorded_is_the_answer_as_it_came(tmp_path: Path) -> None:
    with FakeClaude(lambda _: Say("I would rather not.", checked=False)) as fake, claude(fake) as asked:
        first = review(Recorder(asked, tmp_path))
    (path,) = tmp_path.iterdir()
    assert json.loads(path.read_text(encoding="utf-8"))["answer"]["text"] == "I would rather not."
    assert saved(review(Replay(tmp_path))) == saved(first)
