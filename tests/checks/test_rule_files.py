"""Rule files: those of the package keep the form, and what breaks it is said with file, line and key."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from messages import without_column

from reviewbot.checks import catalog, rule_files
from reviewbot.checks.scope import WHERE
from reviewbot.core import documents, forms
from reviewbot.core.errors import ConfigError

if TYPE_CHECKING:
    from pathlib import Path

RULE = """
id: some-rule
language: python
message: m
rule: {kind: call}
metadata:
  title: t
  why: w
  fix: f
  leaves_alone: l
  severity: high
  confidence: high
  items: [a/b]
"""


@pytest.mark.parametrize("path", sorted(catalog.RULES.glob("*.yml")), ids=lambda path: path.stem)
def test_the_rule_files_of_the_package_keep_the_form(path: Path) -> None:
    # At run time they are read without it, and by a quicker way.
    assert rule_files.read(path.read_text(encoding="utf-8"), path.name).data == documents.own(path)


def test_what_is_left_out_is_as_the_form_says() -> None:
    document = rule_files.read(RULE, "some-rule.yml")
    rule, form = catalog.make_rule(document.data), forms.checked(rule_files.RuleFile, document).metadata
    assert (rule.once_per, rule.check.needs, rule.check.petty) == (form.once_per, form.needs, form.petty)
    assert rule.check.ignores == WHERE[form.where][1]


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("id: some-rule", "id: other", "2: `id`: must be the file's name, 'some-rule' (got 'other')"),
        ("id: some-rule\n", "", "1: `id` is missing"),
        ("rule: {kind: call}", "", "1: needs either `rule` (ast-grep) or `ruff` (a list of codes)"),
        ("rule:", "ruff: [ASYNC100]\nrule:", "1: needs either `rule` (ast-grep) or `ruff` (a list of codes)"),
        ("rule: {kind: call}", "rule: {kind: call}\nfix: x", "6: `fix` is not used here, because it would be applied"),
        ("rule: {kind: call}", "rule: x", "5: `rule`: must be keys and values (got 'x')"),
        ("message: m", "mesage: m", "4: unknown key `mesage`; did you mean `message`?"),
        ("language: python", "language: typescript", "3: `language`: must be python (got 'typescript')"),
        ("message: m", "files: x", "4: `files`: must be a list (got 'x')"),
        (
            "severity: high",
            "severity: hihg",
            "11: `metadata.severity`: must be one of critical, high, medium, low, info (got 'hihg'); did you mean ",
        ),
        ("severity: high", "severty: high", "11: unknown key `metadata.severty`; did you mean `metadata.severity`?"),
        ("severity: high", "zzz: high", "11: unknown key `metadata.zzz`; known keys: title, why, fix, leaves_alone, "),
        ("items: [a/b]", "items: a/b", "13: `metadata.items`: must be a list (got 'a/b')"),
        ("items: [a/b]", "items:\n    - a/b\n    - 1", "15: `metadata.items.1`: must be text (got 1)"),
        (
            "items: [a/b]",
            "items: [a/b]\n  decides: [a/c]",
            "14: `metadata.decides`: names 'a/c', which is not",
        ),
        ("  why: w\n", "", "6: `metadata.why` is missing"),
        ("why: w", "why: w\n  why: v", "9: `metadata.why` stands here twice, first on line 8; keep one of them"),
        ("why: w", "why: w\n  group_above: true", "9: `metadata.group_above`: must be a whole number (got true)"),
        ("why: w", "why: w\n  petty: 'yes'", "9: `metadata.petty`: must be true or false (got 'yes')"),
        (
            "why: w",
            "why: w\n  reached: model",
            "9: `metadata.reached`: must be one of schema, route, documented, resources, served (got 'model')",
        ),
        ("why: w", "why: w\n  where: tests", "9: `metadata.where`: must be one of application, migrations, anywhere"),
        (
            "why: w",
            "why: w\n  stands_for:\n    DB: table",
            "10: `metadata.stands_for.DB`: must be one of database, session, ",
        ),
        ("why: w", "why: w\n  suggest_where: x", "9: `metadata.suggest_where`: needs a `suggest`"),
        ("why: w", "why: w\n  identity: '('", "9: `metadata.identity`: must be a regular expression: missing )"),
        ("why: w", "why: w\n  built: {A: 3}", "9: `metadata.built.A`: must be text (got 3)"),
        (
            "why: w",
            "why: w\n  suggest_argument: {A: x}",
            "9: `metadata.suggest_argument.A`: must be an argument, ",
        ),
        ("why: w", "why: w\n  only_with: {inside: {stopBy: end}}", "9: `metadata.only_with`: must stay inside one"),
        ("why: w", "why: w\n  traced: {came: {A: x}}", "9: `metadata.traced.came`: must be one of named, named_not, "),
        (
            "why: w",
            "why: w\n  traced:\n    comes:\n      A: '('",
            "11: `metadata.traced.comes.A`: must be a regular expression: missing )",
        ),
        ("metadata:", "metadata: {{", "8: not valid YAML: "),
        ("metadata:", "meta:", "6: unknown key `meta`; did you mean `metadata`?"),
    ],
)
def test_a_bad_rule_file_says_the_line_the_key_and_what_to_do(old: str, new: str, says: str) -> None:
    assert old in RULE
    with pytest.raises(ConfigError) as error:
        rule_files.read(RULE.replace(old, new, 1), "some-rule.yml")
    assert without_column(error.value).startswith(f"some-rule.yml:{says}")


def test_a_key_is_a_text_whatever_yaml_makes_of_it() -> None:
    text = RULE.replace("why: w", "why: w\n  traced: {goes_not: {OFF: x}}")
    assert catalog.make_rule(rule_files.read(text, "some-rule.yml").data).traced == {"goes_not": {"OFF": "x"}}


def test_a_file_that_says_nothing_is_told_what_to_say() -> None:
    for text in ("", "- a\n"):
        with pytest.raises(ConfigError, match=r"^a\.yml:1: must be keys and values, such as `id: a`$"):
            rule_files.read(text, "a.yml")
