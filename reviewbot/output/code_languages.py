"""What the language of a file is called after the fence of a code block."""

from __future__ import annotations

from pathlib import PurePosixPath

_OF_SUFFIX = {
    ".py": "python",
    ".pyi": "python",
    ".sql": "sql",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".json": "json",
    ".toml": "toml",
    ".ts": "ts",
    ".tsx": "tsx",
    ".js": "js",
    ".sh": "sh",
    ".md": "markdown",
}


def language(path: str) -> str:
    """Give the name for code from ``path``, empty where we know none."""
    return _OF_SUFFIX.get(PurePosixPath(path).suffix, "")
