"""``python -m reviewbot``."""

from reviewbot.cli import entry

entry()
