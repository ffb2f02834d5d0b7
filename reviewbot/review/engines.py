"""Whom to ask besides the checks: Claude where there is a key, a recording where one is named, or nobody."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.core.deadline import NEVER, Deadline
from reviewbot.core.errors import ConfigError, UsageError
from reviewbot.settings.config import Engine

if TYPE_CHECKING:
    from collections.abc import Mapping

    from reviewbot.llm.calls import Asked
    from reviewbot.llm.judge import Judge
    from reviewbot.settings.config import Config


def of(
    config: Config,
    environment: Mapping[str, str],
    record: str | None = None,
    replay: str | None = None,
    until: Deadline = NEVER,
) -> Judge | None:
    """Give who judges, or None where the checks review alone.

    Args:
        config: Says the engine.
        environment: May hold ``ANTHROPIC_API_KEY`` and ``ANTHROPIC_BASE_URL``.
        record: Folder to keep every exchange in.
        replay: Folder of recordings to answer from, without a network.
        until: When the review has to be done.

    Raises:
        ConfigError: Claude is asked for, and there is no key.
        UsageError: The options do not go together, or a folder cannot be used.
    """
    asked = _asked(config, environment, record, replay, until)
    if asked is None:
        return None
    from reviewbot.llm.judge import Judge

    return Judge(asked, config)


def _asked(
    config: Config, environment: Mapping[str, str], record: str | None, replay: str | None, until: Deadline
) -> Asked | None:
    if record and replay:
        raise UsageError("--record and --replay exclude each other: give one of them")
    if (record or replay) and config.engine is Engine.CHECKS:
        raise UsageError("--record and --replay are about the model, and the engine is `checks`")
    if replay:
        from reviewbot.llm.replay import Replay

        return Replay(Path(replay))
    key = environment.get("ANTHROPIC_API_KEY", "").strip()
    if not key:
        if config.engine is Engine.CLAUDE:
            raise ConfigError(
                "engine `claude` needs a key: set ANTHROPIC_API_KEY, or review from a recording with --replay DIR"
            )
        if record:
            raise UsageError("--record needs a model to record: set ANTHROPIC_API_KEY")
        return None
    if config.engine is Engine.CHECKS:
        return None
    from reviewbot.llm.claude import Claude

    claude = Claude(key, environment.get("ANTHROPIC_BASE_URL") or None, until=until)
    if record:
        from reviewbot.llm.replay import Recorder

        return Recorder(claude, Path(record))
    return claude
