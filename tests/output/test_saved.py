"""Saved reviews: the published schema, and reading them back."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import jsonschema
import pytest

from reviewbot.core.errors import ReviewFileError
from reviewbot.core.review import Review, Source, Verdict
from reviewbot.output import formats, saved

ROOT = Path(__file__).parents[2]
REVIEWS = sorted((Path(__file__).parents[1] / "data" / "reviews").glob("*.json"))
PUBLISHED = json.loads((ROOT / "docs" / "review.schema.json").read_text(encoding="utf-8"))

# What other tools rely on, object by object; more keys may come, none of these may go.
CONTRACT = {
    "Review": "schema_version source engines verdict sections notes assignments unassigned findings ledger coverage"
    " failures usage",
    "Source": "kind base head",
    "Section": "agent title body",
    "Note": "agent item title body count",
    "Assignment": "agent grade files score evidence",
    "Evidence": "kind pattern path weight",
    "Unassigned": "path reason",
    "Finding": "fingerprint agent item check severity confidence path start_line end_line side title body evidence"
    " suggestion placement placement_reason",
    "Suggestion": "start_line end_line replacement",
    "ItemVerdict": "agent item title status decided_by findings",
    "Coverage": "files",
    "FileCoverage": "path status reason",
    "Failure": "stage message",
    "Usage": "input_tokens output_tokens cache_read_tokens calls cost_usd seconds",
}


def read(path: Path) -> str:
    return path.read_bytes().decode("utf-8")


def test_the_published_schema_is_the_one_of_the_code() -> None:
    assert saved.schema() == PUBLISHED, "python -m reviewbot.output.saved > docs/review.schema.json"
    jsonschema.Draft202012Validator.check_schema(PUBLISHED)


@pytest.mark.parametrize("word", CONTRACT)
def test_the_schema_requires_every_key_that_tools_rely_on(word: str) -> None:
    definition = PUBLISHED if word == "Review" else PUBLISHED["$defs"][word]
    assert set(CONTRACT[word].split()) <= set(definition["required"])


@pytest.mark.parametrize("path", REVIEWS, ids=lambda path: path.stem)
def test_a_saved_review_is_of_the_schema_and_comes_back_the_same(path: Path) -> None:
    jsonschema.validate(json.loads(read(path)), PUBLISHED)
    assert formats.render("json", saved.load(read(path)), None) == read(path)


def test_the_schema_refuses_what_is_no_review() -> None:
    data = json.loads(read(REVIEWS[0]))
    for key in CONTRACT["Review"].split():
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate({name: value for name, value in data.items() if name != key}, PUBLISHED)


def test_the_keys_stand_in_the_order_of_the_words() -> None:
    data = json.loads(formats.render("json", Review(Source("patch"), (), Verdict.NO_FINDINGS), None))
    assert list(data)[:4] == ["schema_version", "source", "engines", "verdict"]


def test_any_character_can_be_saved() -> None:
    odd = Review(Source("patch", base="ü 日本 \u2028 ##[x] \x00"), (), Verdict.NO_FINDINGS)
    text = formats.render("json", odd, None)
    assert "##[" not in text
    assert saved.load(text) == odd
    # Half a character is none: it is replaced, so that every reader can read the file.
    half = formats.render("json", Review(Source("patch", base="a\ud800"), (), Verdict.NO_FINDINGS), None)
    assert saved.load(half).source.base == "a\ufffd"


def changed(**changes: Any) -> str:
    return json.dumps({**json.loads(read(REVIEWS[0])), **changes})


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ('{\n"a": 1,\n}', r"review\.json:3: not JSON: .*--format json"),
        ("", r"review\.json:1: not JSON"),
        ("[]", r"schema_version is None, this reviewbot reads 1; .*--format json"),
        (changed(schema_version=2), r"schema_version is 2, this reviewbot reads 1"),
        (changed(schema_version=True), r"schema_version is True"),
        (changed(verdict="clean"), r"`verdict`: "),
        (changed(findings=[{}]), r"`findings\.0\.agent`: "),
        ("[" * 100_000, r"no saved review"),
        ('{"schema_version": ' + "1" * 10_000 + "}", r"no saved review"),
    ],
)
def test_what_cannot_be_read_says_where_and_what_to_do(text: str, says: str) -> None:
    with pytest.raises(ReviewFileError) as error:
        saved.load(text)
    assert re.search(says, str(error.value), re.DOTALL)
