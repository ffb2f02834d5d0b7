"""Every check reports its `invalid` cases and leaves its `valid` ones alone; the cases are data, as a team's are."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from reviewbot.checks import case_files, catalog
from reviewbot.checks.written_cases import WrittenCase

CATALOG = catalog.load()
CASES = Path(__file__).with_name("cases")
DOCS = Path(__file__).parent.parent.parent / "docs" / "writing-a-check.md"
EACH: list[catalog.Rule | catalog.ChangeCheck] = [*CATALOG.rules, *CATALOG.change_checks]


def cases(check: str) -> tuple[case_files.Case, ...]:
    file = CASES / f"{check}.yml"
    return case_files.read(file.read_text(encoding="utf-8"), file.name, check)


@pytest.mark.parametrize("check", CATALOG.checks)
def test_every_check_has_at_least_three_cases_of_each_kind(check: str) -> None:
    kinds = [case.kind for case in cases(check)]
    assert all(kinds.count(kind) >= 3 for kind in case_files.KINDS)


@pytest.mark.parametrize("one", EACH, ids=lambda one: one.check.id)
def test_its_cases_are_as_they_should_be(one: catalog.Rule | catalog.ChangeCheck) -> None:
    said = {f"{case.kind} {case.number}": case_files.complaint(case, one) for case in cases(one.check.id)}
    assert {name: words for name, words in said.items() if words} == {}


def test_every_file_of_cases_is_about_a_check() -> None:
    assert {file.stem for file in CASES.glob("*.yml")} == set(CATALOG.checks)


def test_the_example_of_the_docs_has_every_key_and_is_as_it_should_be() -> None:
    text = DOCS.read_text(encoding="utf-8")
    (example,) = re.findall(r"<!-- cases: (.+?) -->\n```yaml\n(.*?)```", text, re.DOTALL)
    rule = next(rule for rule in CATALOG.rules if rule.check.id == example[0])
    shown = case_files.read(example[1], "the docs", example[0])
    assert [case_files.complaint(case, rule) for case in shown] == ["", ""]
    described = text.partition("## Cases\n")[2]
    assert re.findall(r"^\| `(\w+)` \|", described, re.MULTILINE) == list(WrittenCase.model_fields)
    assert {key for case in shown for key in case.data} == set(WrittenCase.model_fields) - {"suggestion"}


def test_a_message_that_counts_routes_says_which_routes() -> None:
    """Of what the change adds there may be so much that only the application as it was tells what is usual."""
    one = next(one for one in CATALOG.change_checks if one.check.id == "route-without-authentication")
    data = next(case.data for case in cases(one.check.id) if "Verify nothing." in case.data.get("code", ""))
    few, _ = case_files.report(case_files.change(data, one), one)
    routes = "".join(f'\n@router.get("/{at}")\ndef read{at}(db: Db):\n    return db.all()\n' for at in range(4))
    many, _ = case_files.report(case_files.change({**data, "code": data["code"] + routes}, one), one)
    assert {finding.title.rpartition("unlike ")[2] for finding in (*few, *many)} == {
        "5 of 5 routes that the application had before"
    }
    asking = data["tree"]["api/app/api/v1/rooms.py"] + "\n@router.get('/f')\ndef f(): ...\n"
    same = {**data, "tree": {**data["tree"], "api/app/api/v1/rooms.py": asking}, "base_tree": {}}
    alone, _ = case_files.report(case_files.change(same, one), one)
    assert alone[0].title.endswith("unlike 6 of 8 routes of the application")
