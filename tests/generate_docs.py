"""Writes the generated pages of docs/: what the program says of itself (`make docs`)."""

from __future__ import annotations

import argparse
import json
from dataclasses import fields
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import check_pages
import checks_page
import faults_page
import yaml

from reviewbot.agents import agent_files, stacks
from reviewbot.checks import rule_files
from reviewbot.checks.written_cases import CaseFile, WrittenCase
from reviewbot.cli import parser as commands
from reviewbot.core import forms
from reviewbot.core.change import ChangeSet
from reviewbot.core.review import Assignment, Grade
from reviewbot.llm import models as models_of
from reviewbot.llm.budget import expected
from reviewbot.llm.prompt.prompts import Prompts
from reviewbot.output import saved
from reviewbot.review.evaluation import cases
from reviewbot.settings import baseline, config

if TYPE_CHECKING:
    from collections.abc import Callable

DOCS = Path(__file__).parent.parent / "docs"


def command_line() -> str:
    """Give docs/command-line.md: the help of every command."""
    parts = [
        "# The command line",
        "Generated from the program by `make docs`. The payload goes to standard output, talk to standard error.",
    ]
    for name, parser in parsers("reviewbot", commands.parser()):
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
        text = _with_table(text, name, f"| {heading} | meaning |\n|---|---|\n{rows}")
    return text


def configuration() -> str:
    """Give docs/configuration.md: as it is written, with its table of keys from what reads the file."""
    meanings, standard = forms.described(config.Config), config.Config()
    rows = "".join(
        f"| `{field.name}` | {_default(getattr(standard, field.name))} | {meanings[field.name]} |\n"
        for field in fields(config.Config)
    )
    text = (DOCS / "configuration.md").read_text(encoding="utf-8")
    return _with_table(text, "keys", f"| key | default | meaning |\n|---|---|---|\n{rows}")


def writing_a_check() -> str:
    """Give docs/writing-a-check.md: as it is written, with its tables of keys from what reads the files."""
    meanings = forms.described(rule_files.Metadata)
    rows = "".join(f"| `{key}` | {meanings[key]} |\n" for key in rule_files.Metadata.model_fields)
    text = (DOCS / "writing-a-check.md").read_text(encoding="utf-8")
    text = _with_table(text, "metadata", f"| key | meaning |\n|---|---|\n{rows}")
    meanings = forms.described(WrittenCase)
    rows = "".join(f"| `{key}` | {meanings[key]} |\n" for key in WrittenCase.model_fields)
    return _with_table(text, "case keys", f"| key | meaning |\n|---|---|\n{rows}")


def cost() -> str:
    """Give docs/cost.md: as it is written, with its table from what plans a review's budget."""
    names = ("sonnet", "opus", "fable")
    models = [models_of.choose(name)[0] for name in names]
    settings = config.Config()
    agent = agent_files.pick(agent_files.load_dir(agent_files.bundled_dir())[0], "sinag-backend-architect")
    whole = Prompts(ChangeSet("patch", ()), agent, Assignment(agent.name, Grade.PROJECT, (), 1.0))
    rows = ""
    for tokens in (1_000, 5_000, 15_000, 30_000, settings.max_bundle_tokens):
        plans = [expected(whole.fixed, tokens, settings.max_look_tokens, [model] * 2) for model in models]
        dollars = [sum(one.cost(usage) or 0 for one, usage in plan) for plan in plans]
        rows += f"| {tokens:,} | {' | '.join(f'{amount:.2f}' for amount in dollars)} |\n"
    head = f"| tokens of the change | {' | '.join(model.id for model in models)} |\n|---|---|---|---|\n"
    text = (DOCS / "cost.md").read_text(encoding="utf-8")
    return _with_table(text, "cost", head + rows + f"\nPrices of {models_of.prices_known_as_of()}.\n")


def form(kind: type, title: str) -> str:
    """Give the JSON Schema of a file that people write."""
    return json.dumps(forms.schema(kind, title), indent=2, ensure_ascii=False) + "\n"


FORMS: dict[str, tuple[type, str]] = {
    "agent": (stacks.WrittenAgent, "The front matter of an agent for reviewbot"),
    "baseline": (baseline.Baseline, ".reviewbot-baseline.json"),
    "cases": (CaseFile, "The cases of a check for reviewbot"),
    "check": (rule_files.RuleFile, "A check for reviewbot"),
    "configuration": (config.Config, ".reviewbot.yml"),
    "evaluation-case": (cases.Case, "A case of reviewbot eval"),
}

PAGES: dict[str, Callable[[], str]] = {
    "command-line.md": command_line,
    "checks.md": checks_page.page,
    "faults.md": faults_page.page,
    "github.md": github,
    "configuration.md": configuration,
    "cost.md": cost,
    "writing-a-check.md": writing_a_check,
    "review.schema.json": schema,
    **{f"checks/{name}.md": partial(check_pages.page, name) for name in check_pages.names()},
    **{f"schemas/{name}.json": partial(form, *kind) for name, kind in FORMS.items()},
}


def _with_table(text: str, name: str, table: str) -> str:
    before, _, rest = text.partition(f"<!-- {name} -->")
    return f"{before}<!-- {name} -->\n\n{table}\n<!-- /{name} -->{rest.partition(f'<!-- /{name} -->')[2]}"


def _default(value: object) -> str:
    if value in (None, (), {}):
        return "none"
    return f"`{str(value).lower() if isinstance(value, bool) else value}`"


def parsers(name: str, parser: argparse.ArgumentParser) -> list[tuple[str, argparse.ArgumentParser]]:
    found = [(name, parser)]
    for action in parser._actions:  # noqa: SLF001 - argparse has no public way to its subcommands
        if isinstance(action, argparse._SubParsersAction):  # noqa: SLF001 - as above
            for word, child in action.choices.items():
                found += parsers(f"{name} {word}", child)
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


def strays() -> list[Path]:
    """Give the pages of checks that there are no more."""
    return [path for path in (DOCS / "checks").glob("*") if path.relative_to(DOCS).as_posix() not in PAGES]


if __name__ == "__main__":
    for folder in ("schemas", "checks"):
        (DOCS / folder).mkdir(exist_ok=True)
    for page, make in PAGES.items():
        (DOCS / page).write_text(make(), encoding="utf-8")
    for stray in strays():
        stray.unlink()
