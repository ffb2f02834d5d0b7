"""Writes the generated pages of docs/: what the program says of itself (`make docs`)."""

from __future__ import annotations

import argparse
import json
from pathlib import Path

import checks_page
import yaml

from reviewbot.cli import parser as commands
from reviewbot.output import saved

DOCS = Path(__file__).parent.parent / "docs"


def command_line() -> str:
    """Give docs/command-line.md: the help of every command."""
    parts = [
        "# The command line",
        "Generated from the program by `make docs`. The payload goes to standard output, talk to standard error.",
    ]
    for name, parser in _parsers("reviewbot", commands.parser()):
        parts += [f"## `{name}`", f"```text\n{_help(parser)}```"]
    return "\n\n".join(parts) + "\n"


def schema() -> str:
    """Give docs/review.schema.json."""
    return json.dumps(saved.schema(), indent=2) + "\n"


def github() -> str:
    """Give docs/github.md: as it is written, with its tables of inputs and outputs from action.yml."""
    text = (DOCS / "github.md").read_text(encoding="utf-8")
    action = yaml.safe_load((DOCS.parent / "action.yml").read_text(encoding="utf-8"))
    for name, heading in (("inputs", "input"), ("outputs", "output")):
        rows = "".join(f"| `{key}` | {_line(entry['description'])} |\n" for key, entry in action[name].items())
        table = f"<!-- {name} -->\n\n| {heading} | meaning |\n|---|---|\n{rows}\n<!-- /{name} -->"
        before, after = text.split(f"<!-- {name} -->")[0], text.split(f"<!-- /{name} -->")[1]
        text = before + table + after
    return text


PAGES = {
    "command-line.md": command_line,
    "checks.md": checks_page.page,
    "github.md": github,
    "review.schema.json": schema,
}


def _parsers(name: str, parser: argparse.ArgumentParser) -> list[tuple[str, argparse.ArgumentParser]]:
    found = [(name, parser)]
    for action in parser._actions:  # noqa: SLF001 - argparse has no public way to its subcommands
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            for word, child in action.choices.items():
                found += _parsers(f"{name} {word}", child)
    return found


def _help(parser: argparse.ArgumentParser) -> str:
    parser.formatter_class = _Fixed
    return parser.format_help()


class _Fixed(argparse.RawDescriptionHelpFormatter):
    """The help at one width, whatever the terminal's."""

    def __init__(self, prog: str) -> None:
        super().__init__(prog, width=100)


def _line(text: str) -> str:
    return " ".join(text.split())


if __name__ == "__main__":
    for page, make in PAGES.items():
        (DOCS / page).write_text(make(), encoding="utf-8")
