"""The check of secrets and the masking of prompts see the same forms: what the check reports is never sent."""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING

import yaml
from hypothesis import Phase, given, settings
from hypothesis import strategies as st
from secret_forms import forms

from reviewbot.checks import case_files, catalog
from reviewbot.core import secret_forms
from reviewbot.llm.masking import MASK, masked
from reviewbot.python.syntax import Source

if TYPE_CHECKING:
    from collections.abc import Iterator

RULE = next(rule for rule in catalog.load().rules if rule.check.id == "secret-literal")
SAID = case_files.read((Path(__file__).parent / "cases" / "secret-literal.yml").read_text(), "x.yml", "secret-literal")
CERTAIN = [shape for shape in secret_forms.SHAPES if shape.certain]


def found(text: str) -> list[tuple[int, int]]:
    """Give the first and last line of each string that the rule reports."""
    return [(match.span.start_line, match.span.end_line) for match in Source(text).find(RULE.config)]


def texts() -> Iterator[str]:
    """Give every text that the cases, the planted instances and the corpus have of it."""
    yield from (case.data["code"] for case in SAID if "code" in case.data)
    for file in (Path(__file__).parent / "planted").glob("*/secret-literal.yml"):
        instances = yaml.safe_load(file.read_text(encoding="utf-8"))
        yield from (one["code"] for kind in ("planted", "fine") for one in instances[kind])
    yield from (form.text for form in forms("first") if form.kind.startswith("python"))


def test_what_the_check_reports_is_masked() -> None:
    reported = 0
    for text in texts():
        lines = masked(text).split("\n")
        for first, last in found(text):
            reported += 1
            assert MASK in "\n".join(lines[first - 1 : last]), lines[first - 1]
    assert reported > 60


def test_the_rule_has_the_forms_of_the_one_list() -> None:
    utils = RULE.config["utils"]
    assert utils["secret-shape"]["regex"] == secret_forms.CERTAIN_SHAPE
    assert utils["secret-name"]["regex"] == secret_forms.CERTAIN_NAME
    assert utils["secret-key"]["regex"] == secret_forms.CERTAIN_KEY


# What the rule takes for made up.
_SHOWN = re.compile("(?i)example|demo|dummy|changeme|test|x{6}|your|decoy|fake|placeholder|redacted|invalid|(0|1|a){8}")


@settings(max_examples=4, deadline=None, phases=[Phase.generate])
@given(st.tuples(*(st.from_regex(re.compile(shape.pattern, re.ASCII), fullmatch=True) for shape in CERTAIN)))
def test_a_certain_shape_is_mentioned_reported_and_masked(secrets: tuple[str, ...]) -> None:
    lines = [f'value = "{secret}"' for secret in secrets if not _SHOWN.search(secret)]
    assert [line for line in lines if not any(mention in line for mention in RULE.mentions)] == []
    assert [line for line in lines if masked(line) == line] == []
    assert [first for first, _ in found("\n".join(lines))] == list(range(1, len(lines) + 1))
