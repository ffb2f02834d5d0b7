"""``reviewbot config show``: every setting, and where its value comes from."""

from __future__ import annotations

import json
from dataclasses import asdict, fields, is_dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from reviewbot.cli.reading import config_in, find_root, read_settings
from reviewbot.review.outcome import write

if TYPE_CHECKING:
    from argparse import Namespace


def show(args: Namespace) -> int:
    """Print a line for each setting, as it would stand in the configuration file.

    Raises:
        ConfigError, AgentError: The configuration or an agent file is broken.
    """
    settings = read_settings(args)
    path = Path(args.config) if args.config else config_in(find_root(Path.cwd()))
    lines = _lines(path)
    told = {"agents_dir": "--agents-dir"} if args.agents_dir else {}
    rows = [
        (f"{one.name}: {_value(getattr(settings.config, one.name))}", told.get(one.name) or lines.get(one.name))
        for one in fields(settings.config)
    ]
    width = min(60, max(len(text) for text, _ in rows))
    write("".join(f"{text:<{width}}  # {source or 'default'}\n" for text, source in rows), None)
    return 0


def _lines(path: Path | None) -> dict[str, str]:
    """Give where each key of a configuration file stands."""
    if path is None:
        return {}
    from reviewbot.core import documents

    document = documents.read(path.read_text(encoding="utf-8"), str(path))
    return {str(place[0]): f"{path}:{line}" for place, line in document.lines.items() if len(place) == 1}


def _value(value: Any) -> str:
    """Give a value as YAML that fits into a line, which JSON is."""
    return json.dumps(value, default=_plain, ensure_ascii=False)


def _plain(value: Any) -> Any:
    return asdict(value) if is_dataclass(value) and not isinstance(value, type) else str(value)
