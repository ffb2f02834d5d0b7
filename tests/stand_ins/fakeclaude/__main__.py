"""Serves a fake Claude to other processes: ``python -m fakeclaude --script module:function``."""

from __future__ import annotations

import argparse
import importlib
import json
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING

from fakeclaude.fake import KEY, FakeClaude
from fakeclaude.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Sequence

    from fakeclaude.words import Script


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fakeclaude", description=__doc__)
    parser.add_argument("--script", required=True, metavar="MODULE:FUNCTION", help="found from the working folder")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--key", default=KEY)
    parser.add_argument("--context-window", type=int)
    parser.add_argument("--minimum-cached", type=int, default=1024)
    parser.add_argument("--fault", action="append", default=[], metavar="KIND@NUMBER|JSON")
    parser.add_argument("--journal", type=Path, help="written before the end of every answer")
    return parser.parse_args(arguments)


def _script(name: str) -> Script:
    module, _, function = name.partition(":")
    found: Script = getattr(importlib.import_module(module), function)
    return found


def _fault(text: str) -> Fault:
    if text.startswith("{"):
        return Fault(**json.loads(text))
    kind, _, at = text.partition("@")
    return Fault(kind, at=int(at))


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal comes; the exit code is 1 if the script was wrong."""
    options = _arguments(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    limits = {"context_window": options.context_window, "minimum_cached": options.minimum_cached}
    fake = FakeClaude(_script(options.script), key=options.key, port=options.port, **limits)
    fake.faults.add(*(_fault(text) for text in options.fault))
    writing = threading.Lock()

    def note(*_: object) -> None:
        if options.journal is not None:
            with writing:
                part = options.journal.with_name(f"{options.journal.name}.part")
                shown = [exchange.as_json() for exchange in tuple(fake.journal)]
                part.write_text(json.dumps(shown, indent=1) + "\n", encoding="utf-8")
                part.replace(options.journal)

    note()
    fake.listeners.append(note)
    sys.stdout.write(json.dumps({"url": fake.url}) + "\n")
    sys.stdout.flush()
    ended.wait()
    fake.close()
    note()
    for mistake in fake.mistakes:
        sys.stderr.write(f"the script of the fake is wrong: {mistake}\n")
    return 1 if fake.mistakes else 0


if __name__ == "__main__":
    sys.exit(main())
