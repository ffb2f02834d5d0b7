"""A team's own checks: read with the settings, held to the rules, run like the others, and their cases."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from builders import agent, item
from gitrepo import GitRepo
from messages import without_column

from reviewbot.agents import agent_files
from reviewbot.changes.repository import Repository
from reviewbot.changes.trees import RevisionTree
from reviewbot.checks import case_files, catalog, selection, team_checks
from reviewbot.cli import main
from reviewbot.core.errors import ConfigError
from reviewbot.settings import loading
from reviewbot.settings.loading import Overrides

if TYPE_CHECKING:
    from collections.abc import Mapping

DOCS = Path(__file__).parent.parent.parent / "docs"
AGENTS = agent_files.load_dir(agent_files.bundled_dir())[0]
CATALOG = catalog.load()
NAME = ".reviewbot/checks/clock-not-injected.yml"


def example() -> dict[str, str]:
    text = (DOCS / "writing-a-check.md").read_text(encoding="utf-8")
    return dict(re.findall(r"<!-- file: (.+?) -->\n```yaml\n(.*?)```", text, re.DOTALL))


@pytest.fixture
def repo(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> GitRepo:
    repo = GitRepo(tmp_path / "repo")
    repo.commit({**example(), "apps/api/app/services/barangay_service.py": "from sqlalchemy.orm import Session\n"})
    monkeypatch.chdir(repo.folder)
    return repo


@pytest.mark.usefixtures("repo")
def test_the_example_of_the_docs_says_what_the_docs_say(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["checks", "test"]) == 0
    assert f"$ reviewbot checks test\n{capsys.readouterr().out}```" in (DOCS / "writing-a-check.md").read_text()


def test_it_reviews_and_is_listed_and_explained(repo: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    text = "from sqlalchemy.orm import Session\n\n\ndef late(db: Session) -> bool:\n    return datetime.now() > X\n"
    repo.write({"apps/api/app/services/barangay_service.py": text})
    assert main.main(["review", "--repo", "."]) == 0
    shown = capsys.readouterr().out
    assert "`datetime.now()` reads the clock itself, so no test can stop it" in shown
    assert "clock-not-injected for sinag-backend-architect/testable-code" in shown
    assert main.main(["checks", "list"]) == 0
    assert f"Code reads the clock itself  ({NAME})\n" in capsys.readouterr().out
    assert main.main(["explain", "clock-not-injected"]) == 0
    assert f"defined in   {NAME}" in capsys.readouterr().out


def test_it_is_controlled_like_the_others(repo: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.write({".reviewbot.yml": "checks: {clock-not-injected: off}\n"})
    assert main.main(["checks", "list"]) == 0
    shown = capsys.readouterr()
    assert "clock-not-injected" not in shown.out
    assert "Switched off in .reviewbot.yml: clock-not-injected." in shown.err


def test_of_a_pull_request_they_are_read_from_the_base(repo: GitRepo) -> None:
    base = repo.commit({".reviewbot-baseline.json": '{"schema_version": 1, "findings": {"a.py": {"b": ["c"]}}}'})
    repo.commit({NAME: None, ".reviewbot-baseline.json": None})
    chosen = loading.of_tree(RevisionTree(Repository(repo.folder), base), None, Overrides())
    assert list(chosen.checks) == [NAME]
    assert chosen.baseline == {"c": ("a.py", "b")}
    assert selection.of(chosen).checks["clock-not-injected"].origin == NAME


def complaint(files: Mapping[str, str]) -> str:
    with pytest.raises(ConfigError) as error:
        team_checks.joined(CATALOG, files, AGENTS)
    return without_column(error.value)


@pytest.mark.parametrize(
    ("old", "new", "says"),
    [
        ("id: clock-not-injected", "id: other", "1: `id`: must be the file's name, 'clock-not-injected'"),
        (
            "testable-code",
            "testable-cod",
            "17: `metadata.items.0`: sinag-backend-architect has no item 'testable-cod'",
        ),
        ("testable-code", "zzz", "`reviewbot agents show sinag-backend-architect` lists its items"),
        ("  severity: low", "  severity: mild", "14: `metadata.severity`: must be one of critical"),
        ("  severity: low", "  severty: low", "14: unknown key `metadata.severty`; did you mean `metadata.severity`?"),
        ("  title: Code reads the clock itself\n", "", "9: `metadata.title` is missing"),
        ("language: python", "language: typescript", "2: `language`: must be python (got 'typescript')"),
        ("pattern: $NOW", "kind: nonsense", "5: `rule`: "),
        ("`$NOW`", "`$THEN`", "3: `message`: names $THEN, which `rule` does not have"),
        ("  mentions: [datetime]", "  anchor: THEN", "20: `metadata.anchor`: names $THEN"),
        ("  mentions: [datetime]", "  traced: {comes: {THEN: x}}", "20: `metadata.traced.comes`: names $THEN"),
        ("  mentions: [datetime]", "  stands_for: {THEN: session}", "20: `metadata.stands_for`: names $THEN"),
        ("  mentions: [datetime]", "  mentions: [1]", "20: `metadata.mentions.0`: must be text (got 1)"),
        (
            "  mentions: [datetime]",
            "  group_above: true",
            "20: `metadata.group_above`: must be a whole number",
        ),
        ("  mentions: [datetime]", "  only_with: {kind: nonsense}", "20: `metadata.only_with`: "),
        ('ignores: ["**/core/clock.py"]', "ignores: x", "4: `ignores`: must be a list (got 'x')"),
        ("rule:", "ruff: [ASYNC100]\nrule:", "1: needs either `rule` (ast-grep) or `ruff`"),
        ("rule:", "fix: x\nrule:", "5: `fix` is not used here"),
        ("id: clock", "id: [clock", "2: not valid YAML"),
    ],
)
def test_a_broken_file_names_file_and_key(old: str, new: str, says: str) -> None:
    text = example()[NAME]
    assert old in text
    said = complaint({NAME: text.replace(old, new, 1)})
    assert said.startswith(f"{NAME}:")
    assert says in said
    assert "Stack backtrace" not in said


def test_an_id_of_the_program_is_taken() -> None:
    path = ".reviewbot/checks/query-in-loop.yml"
    said = complaint({path: example()[NAME].replace("id: clock-not-injected", "id: query-in-loop")})
    assert said == f"{path}:1: `id`: a check called query-in-loop comes with reviewbot; call this one something else"


def test_codes_that_ruff_does_not_know() -> None:
    text = re.sub(r"rule:\n.*?metadata", "ruff: [XYZ123]\nmetadata", example()[NAME], flags=re.DOTALL)
    text = text.replace("language: python\n", "").replace("`$NOW` reads", "reads")
    assert f"{NAME}:4: `ruff`: ruff failed: " in complaint({NAME: text})
    known = team_checks.joined(CATALOG, {NAME: text.replace("XYZ123", "DTZ005")}, AGENTS)
    assert known.checks["clock-not-injected"].engine == "ruff"


def test_a_check_that_speaks_for_nothing_says_so() -> None:
    mine = agent("mine", item("speed"))
    joined = team_checks.joined(CATALOG, {NAME: example()[NAME]}, [mine])
    (said,) = joined.remarks
    assert said.startswith(f"{NAME}: this check speaks for no checklist item of mine, so it does not run; name one in")
    assert team_checks.joined(CATALOG, {NAME: example()[NAME]}, AGENTS).remarks == ()


RULE = team_checks.loaded(NAME, example()[NAME])


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("invalid: ['x = 1']", "invalid 1: reports nothing"),
        ("invalid: ['def (']", "invalid 1: api/app/api/v1/things.py is not valid Python, so the case shows nothing"),
        ("valid: ['x = datetime.now()']", "valid 1: reports line 1: `datetime.now()` reads the clock itself"),
        ("invalid: [{code: 'x = datetime.now()', lines: [2]}]", "invalid 1: reports line 1, expected line 2"),
        ("invalid: [{code: 'x = datetime.now()', suggestion: y}]", "invalid 1: suggests [None], expected ['y']"),
        (
            "invalid: [{code: 'x = datetime.now()', path: tests/a.py}]",
            "invalid 1: reports nothing; it does not look at tests/a.py: give the case another `path`",
        ),
        ("invalid: [{files: {a.py: {before: '', after: 'x = datetime.now()'}}}]", ""),
        ('valid: [{files: {a.py: {before: "x = datetime.now()\\n", after: "x = datetime.now()\\ny = 1\\n"}}}]', ""),
        ("valid: [{files: {a.py: {before: 'x = datetime.now()'}}}]", ""),
    ],
)
def test_what_a_case_comes_to(text: str, says: str) -> None:
    (case,) = case_files.read(f"id: clock-not-injected\n{text}\n", "x.cases.yml", "clock-not-injected")
    said = case_files.complaint(case, RULE)
    assert (f"{case.kind} {case.number}: {said}" if said else "").startswith(says)
    assert bool(said) == bool(says)


def test_a_message_without_what_it_names_is_no_message() -> None:
    (case,) = case_files.read("id: clock-not-injected\ninvalid: [x = datetime.now()]\n", "x", "clock-not-injected")
    rule = replace(RULE, message="`$WHEN` reads the clock itself")
    assert case_files.complaint(case, rule) == (
        "its message says '`$WHEN` reads the clock itself', and the rule does not tell what that is"
    )


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("id: other", "1: `id`: must be the check's, 'a'"),
        ("id: a\nvald: []", "2: unknown key `vald`; did you mean `valid`?"),
        ("id: a\nvalid: x", "2: `valid`: must be a list (got 'x')"),
        ("id: a\nvalid: [{cod: x}]", "2: unknown key `valid.0.cod`; did you mean `valid.0.code`?"),
        (
            "id: a\nvalid:\n  - x\n  - {code: x, line: [1]}",
            "4: unknown key `valid.1.line`; did you mean `valid.1.lines`?",
        ),
        ("id: a\nvalid: [{code: 1}]", "2: `valid.0.code`: must be text (got 1)"),
        ("id: a\nvalid: [{code: x, path: 1}]", "2: `valid.0.path`: must be text (got 1)"),
        ("id: a\nvalid: [{code: x, tree: {a.py: 1}}]", "2: `valid.0.tree.a.py`: must be text (got 1)"),
        ("id: a\nvalid: [{code: x, base_tree: {a.py: x}}]", "2: `valid.0`: `base_tree` needs a `tree`"),
        ("id: a\nvalid: [{code: x, whole_only: x}]", "2: `valid.0.whole_only`: must be true or false"),
        ("id: a\nvalid: [{files: {a.py: x}}]", "2: `valid.0.files.a.py`: must be keys and values"),
        ("id: a\nvalid: [{files: {a.py: {}}}]", "2: `valid.0.files.a.py`: must have `before`, `after`, or both"),
        ("id: a\nvalid: [{}]", "2: `valid.0`: must be a source text, or have either `code` or `files`"),
        ("id: a\nvalid: []\nvalid: []", "3: `valid` stands here twice, first on line 2"),
        ("id: [", "not valid YAML"),
    ],
)
def test_broken_cases_name_file_and_key(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        case_files.read(text, "a.cases.yml", "a")
    said = without_column(error.value)
    assert re.match(r"a\.cases\.yml:\d+: ", said)
    assert says.partition(": ")[2] in said
    assert says == "not valid YAML" or said.startswith(f"a.cases.yml:{says}")


def test_a_case_that_fails_is_1_and_named(repo: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    wrong = "id: clock-not-injected\ninvalid: ['x = 1']\nvalid: ['x = 2']\n"
    repo.write({".reviewbot/checks/tests/clock-not-injected.yml": wrong})
    assert main.main(["checks", "test", ".reviewbot/checks"]) == 1
    assert capsys.readouterr().out.endswith(
        "clock-not-injected: invalid 1: reports nothing\n1 check, 8 cases, 1 failed\n"
    )


def test_cases_without_a_check_and_a_check_without_cases(repo: GitRepo, capsys: pytest.CaptureFixture[str]) -> None:
    repo.write({".reviewbot/checks/clock-not-injected.cases.yml": None})
    assert main.main(["checks", "test"]) == 0
    assert "clock-not-injected: no cases; write what it reports" in capsys.readouterr().out
    repo.write({".reviewbot/checks/clok.cases.yml": "id: clok\n"})
    assert main.main(["checks", "test"]) == 2
    assert "clok.cases.yml: cases of a check that is not there: clok.yml" in capsys.readouterr().err


@pytest.mark.usefixtures("repo")
@pytest.mark.parametrize("folder", ["nowhere", "."])
def test_nothing_to_test_is_2(folder: str) -> None:
    assert main.main(["checks", "test", folder]) == 2
