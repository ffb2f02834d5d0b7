"""Recordings: every exchange kept in a folder, and a review made from it again, without a network.

A recording is a JSON file for each call. ``key`` says which call exactly it answers; one written by hand leaves it out
and is found by the call's name. Secrets are not in it: prompts are masked before they are sent, and keys are no part of
them.
"""

from __future__ import annotations

import hashlib
import json
from dataclasses import asdict
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from reviewbot.core import files, forms
from reviewbot.core.errors import ModelError, UsageError
from reviewbot.core.review import Usage
from reviewbot.llm.calls import NONCE, Answer

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from reviewbot.llm.calls import Asked, Call


class _Said(forms.BaseModel):
    model_config = forms.ConfigDict(extra="forbid")

    text: str | dict[str, Any]
    stop: str | None = "end_turn"
    usage: Usage = Usage(calls=1)
    detail: str = ""
    blocks: tuple[dict[str, Any], ...] = ()


class _Recording(forms.BaseModel):
    model_config = forms.ConfigDict(extra="ignore")

    call: str
    key: str | None = None
    answer: _Said | None = None
    error: str | None = None


def key(call: Call) -> str:
    """Give what makes a call the same as another one, in a few characters."""
    return hashlib.sha256("\0".join(call.content).encode(errors="replace")).hexdigest()[:24]


class Recorder:
    """Asks somebody, and keeps every exchange.

    Args:
        asked: Who answers.
        folder: Where to keep it; it is made where it is not there.

    Raises:
        UsageError: The folder cannot be made.
    """

    def __init__(self, asked: Asked, folder: Path) -> None:
        self._asked = asked
        self._folder = folder
        # Why not everything was kept; an answer counts all the same, it was paid for.
        self.unkept = ""
        try:
            folder.mkdir(parents=True, exist_ok=True, mode=files.PRIVATE_FOLDER)
        except OSError as error:
            raise UsageError(f"--record {folder}: cannot make this folder: {error.strerror}") from error

    def ready(self) -> None:
        """Wait as long as whoever answers."""
        self._asked.ready()

    def ask(self, call: Call, began: Callable[[], None]) -> Answer:
        """Ask, keep, and give the answer.

        Raises:
            ModelError: There is none; that is kept, too.
        """
        try:
            answer = self._asked.ask(call, began)
        except ModelError as error:
            self._keep(call, {"error": str(error)})
            raise
        self._keep(call, {"answer": asdict(answer)})
        return answer

    def _keep(self, call: Call, outcome: dict[str, Any]) -> None:
        prompt = {
            name: [block.replace(call.prompt.nonce, NONCE) for block in blocks]
            for name, blocks in (
                ("system", call.prompt.system),
                ("user", call.prompt.user),
            )
        }
        told = {"call": call.name, "key": key(call), "model": call.model.id, "schema": call.schema.__name__}
        text = json.dumps({**told, **outcome, "prompt": prompt}, indent=1, ensure_ascii=False)
        # Code that others may not see is in it, and what was said about it.
        try:
            files.write(self._folder, PurePath(f"{key(call)}.json"), f"{text}\n", files.PRIVATE)
        except OSError as error:
            self.unkept = f"{self._folder}: not every answer could be recorded: {error.strerror}"


class Replay:
    """Answers from a folder of recordings.

    Args:
        folder: The folder.

    Raises:
        UsageError: There is none, or a file in it is no recording.
    """

    def __init__(self, folder: Path) -> None:
        if not folder.is_dir():
            raise UsageError(f"--replay {folder}: no such folder")
        self._folder = folder
        recordings = [_read(path) for path in files.listed(folder, "*.json")]
        self._by_key = {recording.key: recording for recording in recordings if recording.key}
        self._by_name = {recording.call: recording for recording in recordings if not recording.key}
        self._names = {recording.call for recording in recordings}

    def ready(self) -> None:
        """Answer at once."""

    def ask(self, call: Call, began: Callable[[], None]) -> Answer:
        """Give the recorded answer.

        Raises:
            ModelError: None is recorded, or the recorded call failed.
        """
        began()
        recording = self._by_key.get(key(call)) or self._by_name.get(call.name)
        if recording is None:
            why = "it was recorded for another prompt" if call.name in self._names else "it is not there"
            raise ModelError(
                f"the recording in {self._folder} does not answer this call: {why}; record it with --record"
            )
        if recording.answer is None:
            raise ModelError(recording.error or "the recorded call has neither an answer nor an error")
        text = recording.answer.text
        return Answer(
            text if isinstance(text, str) else json.dumps(text),
            recording.answer.stop,
            recording.answer.usage,
            recording.answer.detail,
            recording.answer.blocks,
        )


def _read(path: Path) -> _Recording:
    try:
        return _Recording.model_validate_json(path.read_text(encoding="utf-8"))
    except (OSError, UnicodeDecodeError) as error:
        raise UsageError(f"{path}: cannot read this recording: {error}") from error
    except forms.ValidationError as error:
        where, message = forms.first(error)
        raise UsageError(f"{path}: no recording: {where}: {message}") from error
