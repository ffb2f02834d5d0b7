"""The fake as a process."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import anthropic
import pytest
from anthropic import Anthropic
from fakeclaude.stage import formatted, parse, plain, text_of
from pydantic import BaseModel

if TYPE_CHECKING:
    from collections.abc import Iterator

SCRIPT = """
from fakeclaude import Say

def answer(ask):
    if "nonsense" in ask.text:
        return Say("nonsense")
    return Say.json({"text": ask.text, "stars": 5})
"""


@contextmanager
def process(folder: Path, *options: str, code: int = 0) -> Iterator[Anthropic]:
    """Run the fake, and give a client of it; its exit code is checked."""
    (folder / "answers.py").write_text(SCRIPT)
    command = [sys.executable, "-m", "fakeclaude", *options]
    environment = {**os.environ, "PYTHONPATH": str(Path(__file__).parents[1] / "stand_ins")}
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=environment, cwd=folder
    ) as running:
        assert running.stdout is not None
        told = json.loads(running.stdout.readline())
        try:
            with Anthropic(base_url=told["url"], api_key="sk-ant-mine", max_retries=0, timeout=10) as claude:
                yield claude
        finally:
            running.send_signal(signal.SIGTERM)
        assert running.wait(10) == code
        assert running.stderr is not None
        assert (b"the script of the fake is wrong: the text is not JSON" in running.stderr.read()) == bool(code)


def test_the_process(tmp_path: Path) -> None:
    journal = tmp_path / "journal.json"
    options = [
        "--script",
        "answers:answer",
        "--key",
        "sk-ant-mine",
        "--journal",
        str(journal),
        "--context-window",
        "9000",
    ]
    options += ["--fault", "529@1", "--fault", '{"kind": "429", "at": 2, "retry_after": 3}', "--minimum-cached", "10"]
    with process(tmp_path, *options) as claude:
        assert json.loads(journal.read_text()) == []
        with pytest.raises(anthropic.OverloadedError):
            parse(claude)
        with pytest.raises(anthropic.RateLimitError) as limited:
            parse(claude)
        assert limited.value.response.headers["retry-after"] == "3"
        for _ in range(2):
            message = parse(claude, system=[{"type": "text", "text": "s" * 70, "cache_control": {"type": "ephemeral"}}])
            assert message.parsed_output is not None
            assert message.parsed_output.text == "s" * 70 + "Well?"
        with pytest.raises(anthropic.BadRequestError, match="> 9000 maximum"):
            plain(claude, messages=[{"role": "user", "content": "x" * 40_000}])
        # It is written before the answer is out.
        found = json.loads(journal.read_text())
    assert [(one["status"], one["fault"]) for one in found] == [
        (529, "529"),
        (429, "429"),
        (200, None),
        (200, None),
        (400, None),
    ]
    assert [one["usage"]["cache_read_input_tokens"] > 0 for one in found[2:4]] == [False, True]
    assert found[2]["body"]["model"] == "claude-opus-5"
    assert found[2]["schema"].startswith("Note-")
    assert "sk-ant-mine" not in journal.read_text()


def test_a_wrong_script_ends_in_failure(tmp_path: Path) -> None:
    with process(tmp_path, "--script", "answers:answer", "--key", "sk-ant-mine", code=1) as claude:
        with pytest.raises(anthropic.BadRequestError, match="the script of the fake is wrong"):
            parse(claude, messages=[{"role": "user", "content": "nonsense"}])
        assert parse(claude).stop_reason == "end_turn"


class Inner(BaseModel):
    kind: str | None
    numbers: list[int]


class Shape(BaseModel):
    inner: Inner
    more: list[Inner]
    sure: bool


def test_the_smallest_answer_needs_no_script(tmp_path: Path) -> None:
    with process(tmp_path, "--script", "fakeclaude.sample:smallest", "--key", "sk-ant-mine") as claude:
        assert text_of(plain(claude)) == "Well."
        message = plain(claude, output_config=formatted(Shape))
        assert Shape.model_validate_json(text_of(message)).inner == Inner(kind="", numbers=[])
