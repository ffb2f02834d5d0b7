"""The program as a process with a model: exit codes, progress, a recording, and Ctrl-C in the middle."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from typing import TYPE_CHECKING

import program
import pytest
import structlog
from fakeclaude import Ask, FakeClaude, Fault, Say
from judging import asks_items, asks_refutation, said, stands

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

NAMES = ("areas", "users")
QUOTE = "row.status = 'approved'"


def says(ask: Ask) -> Say:
    if asks_refutation(ask):
        return stands(ask)
    if asks_items(ask):
        return Say.json(said())
    ids = re.findall(r"^- `([\w-]+)`:", ask.system[1][ask.system[1].index("# Checklist ids") :], re.MULTILINE)
    path = re.search(r"^=== (\S+) \(", ask.user[1], re.MULTILINE)
    assert path is not None
    found = {
        "item": ids[0],
        "path": path[1],
        "quote": QUOTE,
        "line": 4,
        "side": "new",
        "severity": "high",
        "confidence": "high",
        "title": "Two at once both pass",
        "body": "Lock the row.",
        "replacement": None,
    }
    items = [{"item": item, "verdict": "passed", "reason": "seen"} for item in ids]
    return Say.json(said(findings=[found], items=items))


@pytest.fixture(autouse=True)
def _logs_as_before() -> Iterator[None]:
    """The program sets its logs up for a standard error that is gone after a test."""
    yield
    structlog.reset_defaults()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    parts = []
    for name in NAMES:
        path = f"apps/api/app/services/{name}_service.py"
        body = ["from app.db.models import GovernanceArea", "from fastapi import Depends", "", QUOTE]
        body += [f"value_{number} = load_something_long({number}, '{name}')" for number in range(60)]
        added = "".join(f"+{line}\n" for line in body)
        parts.append(
            f"diff --git a/{path} b/{path}\nnew file mode 100644\n--- /dev/null\n+++ b/{path}\n"
            f"@@ -0,0 +1,{len(body)} @@\n{added}"
        )
    (tmp_path / "a.diff").write_text("".join(parts), encoding="utf-8")
    (tmp_path / ".reviewbot.yml").write_text("agent: sinag\nmax_bundle_tokens: 1500\n", encoding="utf-8")
    return tmp_path


def start(folder: Path, fake: FakeClaude, *arguments: str) -> subprocess.Popen[str]:
    key = {"ANTHROPIC_API_KEY": fake.key, "ANTHROPIC_BASE_URL": fake.url}
    # A shell's background job ignores Ctrl-C, and hands that on to whatever it starts.
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    try:
        return subprocess.Popen(
            [sys.executable, "-m", "reviewbot", "review", "a.diff", "--format", "json", *arguments],
            cwd=folder,
            env={**os.environ, **key},
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
    finally:
        signal.signal(signal.SIGINT, before)


def test_a_review_is_recorded_and_replayed_without_key_or_network(folder: Path) -> None:
    with FakeClaude(says) as fake:
        process = start(folder, fake, "--record", "tape", "--fail-on", "high", "--log-format", "json")
        first, progress = process.communicate(timeout=60)
        assert process.returncode == 1, progress
        assert len(fake.journal.messages()) == 4
    events = [json.loads(line) for line in progress.splitlines() if line.startswith("{")]
    assert [event["bundle"] for event in events if event["event"] == "bundle done"] == ["1/2", "2/2"]
    again = program.run("review", "a.diff", "--format", "json", "--replay", "tape", "--fail-on", "high", cwd=folder)
    assert again.code == 1
    made, replayed = json.loads(first), json.loads(again.stdout)
    assert len(made["findings"]) >= 2
    made["usage"]["seconds"] = replayed["usage"]["seconds"] = 0
    assert made == replayed


def test_ctrl_c_prints_what_is_done_and_exits_with_3(folder: Path) -> None:
    waiting = threading.Event()

    def slow(ask: Ask) -> Say:
        if "=== apps/api/app/services/users_service.py (" in ask.user[1]:
            waiting.set()
            return Say(says(ask).text, spread=30)
        return says(ask)

    def reviewed(exchange: object) -> None:  # noqa: ARG001 - a listener gets it
        if sum(one.ended is not None for one in fake.journal.messages()) >= 2:
            done.set()

    done = threading.Event()
    with FakeClaude(slow) as fake:
        fake.listeners.append(reviewed)
        process = start(folder, fake)
        assert waiting.wait(30)
        assert done.wait(30)
        # What was just answered has to be read.
        assert process.stderr is not None
        while "bundle done" not in (line := process.stderr.readline()):
            assert line
        time.sleep(0.5)  # it is said to be done a moment before it is counted
        process.send_signal(signal.SIGINT)
        out, told = process.communicate(timeout=10)
    assert process.returncode == 3, told
    made = json.loads(out)
    assert made["verdict"] == "incomplete"
    assert [failure["message"] for failure in made["failures"]] == ["interrupted: 1 of 2 bundles were not reviewed"]
    assert [f["path"].rpartition("/")[2] for f in made["findings"] if f["check"] == "model"] == ["areas_service.py"]
    status = {file["path"].rpartition("/")[2]: file for file in made["coverage"]["files"]}
    assert (status["users_service.py"]["status"], status["areas_service.py"]["engines"][-1]) == ("failed", "claude")
    assert "Traceback" not in told


@pytest.mark.parametrize(
    ("arguments", "code", "words"),
    [
        (("--engine", "claude"), 2, "set ANTHROPIC_API_KEY, or review from a recording"),
        (("--record", "tape"), 2, "set ANTHROPIC_API_KEY"),
        (("--record", "a", "--replay", "b"), 2, "exclude each other"),
        (("--replay", "nowhere"), 2, "no such folder"),
        (("--replay", ".", "--engine", "checks"), 2, "the engine is `checks`"),
    ],
)
def test_options_that_do_not_go_together_are_named(
    folder: Path,
    arguments: tuple[str, ...],
    code: int,
    words: str,
    capsys: pytest.CaptureFixture[str],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    from reviewbot.cli import main

    monkeypatch.chdir(folder)
    assert main.main(["review", "a.diff", *arguments]) == code
    assert words in capsys.readouterr().err


def test_the_prompt_command_sends_no_review(
    folder: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    from reviewbot.cli import main

    monkeypatch.chdir(folder)
    assert main.main(["prompt", "a.diff"]) == 0
    out, err = capsys.readouterr()
    assert out.count("=== call ") == 2
    assert QUOTE in out
    assert "2 bundles, about $" in err
    with FakeClaude(says) as fake:
        monkeypatch.setenv("ANTHROPIC_API_KEY", fake.key)
        monkeypatch.setenv("ANTHROPIC_BASE_URL", fake.url)
        assert main.main(["prompt", "a.diff", "--count"]) == 0
        assert {one.path for one in fake.journal} == {"/v1/messages/count_tokens"}
        # The estimate is no wild guess.
        text = capsys.readouterr().out
        for about, counted in re.findall(r"about ([\d,]+) tokens, ([\d,]+) counted", text):
            guess, truth = (int(number.replace(",", "")) for number in (about, counted))
            assert 0.7 < guess / truth < 1.5
    monkeypatch.delenv("ANTHROPIC_API_KEY")
    assert main.main(["prompt", "a.diff", "--count"]) == 2


def test_no_other_host_is_told_anything(folder: Path) -> None:
    """The SDK would follow a redirect and send all of the prompt along."""
    with FakeClaude(says) as fake, FakeClaude(says) as other:
        fake.faults.add(
            Fault("redirect", match=lambda _: True, times=9, status=307, location=f"{other.url}/v1/messages")
        )
        process = start(folder, fake)
        out, told = process.communicate(timeout=60)
    assert process.returncode == 3, told
    assert "the API answered 307" in json.loads(out)["failures"][0]["message"]
    assert list(other.journal) == []
