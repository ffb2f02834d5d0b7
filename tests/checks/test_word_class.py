"""Expressions with the short class of word characters match what those of the rule file match."""

from __future__ import annotations

import json
import re

import pytest

from reviewbot.checks import catalog
from reviewbot.checks.word_class import with_short_words
from reviewbot.python.syntax import Source

NAMES = ("name", "_name9", "größe", "имя", "名前", "ñandú")
OTHERS = ("a.b", "a b", "a-b", '"x"', "a+b", "(a)")
EXPRESSIONS = (
    r"^\w+$",
    r"(?i)^\w+$",
    r"^[\w]+$",
    r"(?i)^[\w.]+$",
    r"^\W+$",
    r"^[^\w]+$",
    r"\\w",
    r"^(?i)NAME\b",
    r"[\]\w]",
)


@pytest.mark.parametrize("expression", EXPRESSIONS)
def test_the_same_is_matched(expression: str) -> None:
    config = {"rule": {"regex": expression}}
    for text in (*NAMES, *OTHERS):
        source = Source(f"{text}\n")
        places = [[str(match.span) for match in source.find(each)] for each in (config, with_short_words(config))]
        assert places[0] == places[1], text


def test_only_expressions_are_changed_and_all_of_them() -> None:
    config = {"rule": {"any": [{"regex": r"\w"}, {"pattern": r"$A"}]}, "constraints": {"A": {"regex": r"a[\w.]"}}}
    changed = with_short_words(config)
    assert changed["rule"]["any"][1] == {"pattern": "$A"}
    assert r"\w" not in json.dumps(changed["rule"]) + json.dumps(changed["constraints"])
    assert config["rule"] == {"any": [{"regex": r"\w"}, {"pattern": r"$A"}]}


def test_no_rule_of_the_package_keeps_the_long_class() -> None:
    for rule in catalog.load().rules:
        assert not re.search(r"\\\\[wW]", json.dumps([rule.config, rule.only_with])), rule.check.id
