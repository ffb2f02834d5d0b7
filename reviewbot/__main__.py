"""``python -m reviewbot``."""

from reviewbot.cli.main import entry

entry()
