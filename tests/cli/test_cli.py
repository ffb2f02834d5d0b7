"""The program from outside: what it prints where, and its exit codes."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from pathlib import Path

import program
import pytest
from gitrepo import GitRepo
from program import run

EXAMPLES = Path(__file__).parents[2] / "examples"
SINAG = EXAMPLES / "sinag-validation.diff"
FORMATS = ("terminal", "concise", "json", "markdown", "html", "sarif", "rdjson", "gitlab", "junit", "annotations")


@pytest.mark.parametrize(
    ("args", "code"),
    [(["review", str(SINAG)], 0), (["review", str(SINAG), "--fail-on", "high"], 1), (["review", "no-such.diff"], 2)],
)
def test_a_process_ends_and_writes_as_what_runs_in_this_one(args: list[str], code: int) -> None:
    done = program.as_process(*args)
    assert done.code == code
    assert program.inside(*args) == done


def test_a_review_goes_to_standard_output_and_is_0_without_a_threshold() -> None:
    done = run("review", str(SINAG))
    assert (done.code, done.stderr) == (0, "")
    assert "sql-built-from-strings for sinag-backend-architect/sql-injection" in done.stdout
    assert done.stdout.splitlines()[-1].endswith("verdict: findings")
    assert "\x1b" not in done.stdout


@pytest.mark.parametrize(("threshold", "code"), [("critical", 1), ("high", 1), ("info", 1), ("never", 0)])
def test_the_threshold_decides_between_0_and_1(threshold: str, code: int) -> None:
    assert run("review", str(SINAG), "--fail-on", threshold).code == code


def test_held_back_findings_do_not_fail() -> None:
    done = run("review", str(EXAMPLES / "trainsmart-progress.diff"), "--min-severity", "critical", "--fail-on", "low")
    assert done.code == 0
    assert re.search(r"^\d+ findings held back:", done.stdout, re.MULTILINE)
    assert "below the severity asked for (critical)" in done.stdout


def test_from_standard_input_and_from_another_folder(tmp_path: Path) -> None:
    done = run("review", "-", "--format", "json", stdin=SINAG.read_bytes(), cwd=tmp_path)
    assert done.code == 0
    assert json.loads(done.stdout)["assignments"][0]["agent"] == "sinag-backend-architect"


@pytest.fixture(scope="module")
def elsewhere(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Give a folder with each format's bytes, by a process for which sets have another order."""
    folder = tmp_path_factory.mktemp("elsewhere")
    code = "import sys; from reviewbot.cli.main import main; *most, formats, folder = sys.argv[1:]; "
    code += "[main([*most, '--format', one, '--output', f'{folder}/{one}']) for one in formats.split()]"
    command = [sys.executable, "-c", code, "review", str(SINAG), " ".join(FORMATS), str(folder)]
    environment = {**os.environ, "PYTHONPATH": str(program.TOP), "PYTHONHASHSEED": "1"}
    done = subprocess.run(command, capture_output=True, check=True, env=environment)
    told = [line.rpartition("/")[2].partition(":")[0] for line in done.stderr.decode().splitlines()]
    assert (done.stdout, told) == (b"", list(FORMATS))
    return folder


@pytest.mark.parametrize("fmt", FORMATS)
def test_the_same_input_gives_the_same_bytes(fmt: str, tmp_path: Path, elsewhere: Path) -> None:
    done = run("review", "-", "--format", fmt, stdin=SINAG.read_bytes(), cwd=tmp_path)
    assert done.stdout == (elsewhere / fmt).read_text(encoding="utf-8")


def test_an_empty_diff_is_0_and_says_so() -> None:
    done = run("review", "-")
    assert done.code == 0
    assert "nothing to review" in done.stderr
    done = run("review", "-", "--format", "json")
    assert json.loads(done.stdout)["verdict"] == "no_findings"


def test_an_abstention_is_0_and_explained() -> None:
    done = run("review", str(EXAMPLES / "neither.diff"), "--fail-on", "info")
    assert done.code == 0
    assert "frontend code: no agent reviews it" in done.stdout
    assert "no findings; verdict: not reviewed" in done.stdout


@pytest.mark.parametrize(
    ("args", "stdin", "says"),
    [
        (["review", "no-such.diff"], b"", "no-such.diff: cannot read this diff"),
        (["review", "-"], b"hello", "standard input: this is not a unified diff"),
        (
            ["review", "-"],
            b"--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n x\n",
            "standard input, line 3: the diff ends in the middle of this hunk",
        ),
        (["review", "-", "--base", "main"], b"", "exclude each other"),
        (["review", "--repo", "/no/such/folder"], b"", "no such folder"),
        (["review", "-", "--agent", "nobody"], b"", "no agent is called `nobody`"),
        (["review", "-", "--agents-dir", "/no/such"], b"", "no such folder of agents"),
        (["review", "-", "--config", "/no/such.yml"], b"", "cannot read the configuration"),
        (["review", "-", "--format", "word"], b"", "invalid choice"),
        (["review", "-", "--engine", "claude"], b"", "engine `claude` needs a key"),
        (["review", "-", "--engine", "gpt"], b"", "invalid choice"),
        (["review", "-", "--replay", "/no/such"], b"", "no such folder"),
        (["review", "-", "--record", "x"], b"", "--record needs a model"),
        (["review", "-", "--record", "x", "--replay", "y"], b"", "exclude each other"),
        (["review", "-", "--max-cost-usd", "much"], b"", "invalid"),
        (["prompt", "-", "--count"], b"", "needs a key"),
        (["review", "-", "--fail-on", "bad"], b"", "invalid choice"),
        (["review", "-", "--output", "/no/such/file"], b"", "cannot write"),
        (["explain", "querry-in-loop"], b"", "did you mean query-in-loop"),
        (["agents", "show", "x"], b"", "no agent is called"),
        (["frobnicate"], b"", "invalid choice"),
    ],
)
def test_bad_input_is_2_and_says_what_to_do(args: list[str], stdin: bytes, says: str) -> None:
    done = run(*args, stdin=stdin)
    assert (done.code, done.stdout) == (2, "")
    assert says in done.stderr
    assert "Traceback" not in done.stderr


def test_a_broken_diff_is_named_with_its_line(tmp_path: Path) -> None:
    file = tmp_path / "cut.diff"
    file.write_bytes(b"--- a/x\n+++ b/x\n@@ -1,9 +1,9 @@\n x\n")
    for command in ("review", "route", "prompt"):
        assert f"{file}, line 3: the diff ends in the middle of this hunk" in run(command, str(file)).stderr


def test_what_the_system_refuses_is_an_error_of_one_line_and_no_bug(tmp_path: Path) -> None:
    (tmp_path / ".reviewbot.yml").write_text(f"agents_dir: {'a' * 5_000}\n")
    (tmp_path / ".git").mkdir()
    for command in (("config", "show"), ("doctor",), ("review", "-")):
        done = program.inside(*command, cwd=tmp_path)
        assert (done.code, done.stdout) == (3, "")
        assert done.stderr.startswith("reviewbot: error: [Errno")
        assert done.stderr.count("\n") == 1


def test_a_bug_is_3_never_1(monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> None:
    from reviewbot.cli import main
    from reviewbot.cli.commands import review

    def bug(_: object) -> int:
        raise ZeroDivisionError

    monkeypatch.setattr(review, "run", bug)
    assert main.main(["review", "-"]) == 3
    assert "this is a bug in reviewbot" in capsys.readouterr().err


def test_a_failed_check_is_3_and_incomplete(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from reviewbot.checks import ruff
    from reviewbot.cli import main
    from reviewbot.core.errors import EngineError

    def broken(*_: object) -> None:
        raise EngineError("ruff did not run")

    monkeypatch.setattr(ruff, "run", broken)
    assert main.main(["review", str(EXAMPLES / "monorepo-two-stacks.diff"), "--fail-on", "low"]) == 3
    out, err = capsys.readouterr()
    assert "failed: checks: ruff did not run" in out
    assert "verdict: incomplete" in out
    assert "ruff did not run" in err


def test_a_pipe_that_closes_early_is_no_traceback() -> None:
    command = f"{sys.executable} -m reviewbot review {SINAG} --format json | head -c 10"
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=False)
    assert done.stderr == ""


def test_a_repository_by_range_and_uncommitted(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    repo.commit({"api/x.py": "from sqlalchemy.orm import Session\n", "y.py": "\n"})
    repo.git("checkout", "-q", "-b", "feature")
    body = "def f(db: Session, ids):\n    for i in ids:\n        db.query(A).get(i)\n"
    code = f"from sqlalchemy.orm import Session\n\n\n{body}"
    repo.commit({"api/x.py": code})
    done = run("review", "--repo", str(repo.folder), "--base", "main", "--head", "feature", "--format", "json")
    review = json.loads(done.stdout)
    assert [(f["check"], f["start_line"], f["symbol"]) for f in review["findings"]] == [("query-in-loop", 6, "f")]
    assert (review["source"]["kind"], review["coverage"]["files"][0]["status"]) == ("git", "reviewed")
    repo.write({"api/x.py": code + "\n\nx = 1\n"})
    done = run("review", "--repo", ".", "--format", "json", cwd=repo.folder)
    assert json.loads(done.stdout)["findings"] == []
    assert run("review", "--base", "main", cwd=repo.folder / "api").code == 0


def test_the_configuration_is_found_above_and_options_win(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path / "repo")
    config = "fail_on: high\npins:\n  - paths: ['**/*.py']\n    agent: train\n"
    repo.commit({".reviewbot.yml": config, "sub/x": ""})
    folder = repo.folder / "sub"
    done = run("route", "-", "--format", "json", stdin=SINAG.read_bytes(), cwd=folder)
    (assignment,) = json.loads(done.stdout)["assignments"]
    assert (assignment["agent"], assignment["grade"]) == ("trainsmart-senior-backend-architect", "pinned")
    assert run("review", "-", stdin=SINAG.read_bytes(), cwd=folder).code == 1
    assert run("review", "-", "--fail-on", "never", stdin=SINAG.read_bytes(), cwd=folder).code == 0
    repo.write({".reviewbot.yml": "pins:\n  - paths: ['x']\n    agent: nobody\n"})
    done = run("review", "-", stdin=SINAG.read_bytes(), cwd=folder)
    assert done.code == 2
    assert "`pins`: no agent is called `nobody`" in done.stderr


def test_an_agent_by_unique_prefix() -> None:
    done = run("review", str(EXAMPLES / "neither.diff"), "--agent", "sin", "--format", "json")
    assert [one["grade"] for one in json.loads(done.stdout)["assignments"]] == ["forced"]


def test_a_teams_own_agent_files(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text(
        "---\nname: mine\ndescription: Reviews FastAPI: services and N+1\n---\nYou know FastAPI and SQLAlchemy.\n\n"
        "## Review checklist\n\n- Avoid N+1 queries in loops\n- Names are clear\n"
    )
    done = run("review", str(SINAG), "--agents-dir", str(tmp_path), "--format", "json")
    review = json.loads(done.stdout)
    filed = {finding["check"]: finding["item"] for finding in review["findings"]}
    assert filed == {
        "query-in-loop": review["ledger"][0]["item"],
        "sql-built-from-strings": "beyond-the-checklist",
        "swallowed-exception": "beyond-the-checklist",
    }
    assert review["ledger"][0]["status"] == "violated"


def test_the_checks_that_run_for_an_agent_are_listed_with_their_items(tmp_path: Path) -> None:
    (tmp_path / "mine.md").write_text(
        "---\nname: mine\ndescription: Reviews our Python code\n---\n"
        "## Checklist\n\n- No SQL injection\n- Names are clear\n"
    )
    lines = run("checks", "list", "--agent", "mine", "--agents-dir", str(tmp_path)).stdout.splitlines()
    by_check = {line.split()[0]: line.split()[1] for line in lines[:-1]}
    assert by_check["sql-built-from-strings"] == "no-sql-injection"
    assert by_check["tls-verification-off"] == "beyond-the-checklist"
    assert "route-trailing-slash" not in by_check
    assert lines[-1].startswith(f"mine: {len(by_check)} of ")
    doctor = run("doctor", cwd=tmp_path).stdout
    assert "for python-backend-reviewer" in doctor


def test_route_prints_the_evidence_and_the_losers() -> None:
    done = run("route", str(SINAG))
    assert "sinag-backend-architect  grade project" in done.stdout
    assert "lost: trainsmart-senior-backend-architect" in done.stdout
    done = run("route", str(SINAG), "--format", "json")
    assert json.loads(done.stdout)["assignments"][0]["matches"][0]["losers"][0]["agent"].startswith("trainsmart")


def test_agents_and_explain() -> None:
    assert "trainsmart-senior-backend-architect" in run("agents", "list").stdout
    assert "n-plus-one (high, stack)" in run("agents", "show", "sinag").stdout
    assert run("agents", "lint").code == 0
    assert "round trip" in run("explain", "query-in-loop").stdout
    explained = run("explain", "tests-with-change").stdout
    assert "sinag-backend-architect/tests-with-change" in explained
    assert "trainsmart-senior-backend-architect/tests-with-change" in explained
    assert "checks       query-in-loop" in run("explain", "sinag-backend-architect/n-plus-one").stdout


def test_the_doctor_says_what_would_run(tmp_path: Path) -> None:
    GitRepo(tmp_path)
    done = run("doctor", cwd=tmp_path)
    assert done.code == 0
    assert "configuration  none: the defaults" in done.stdout
    assert "sinag-backend-architect (49 items)" in done.stdout
    assert "ruff 0." in done.stdout
    assert "git version" in done.stdout
    (tmp_path / ".reviewbot.yml").write_text("engin: checks\n")
    done = run("doctor", cwd=tmp_path)
    assert done.code == 3
    assert re.search(r"^missing configuration  .*did you mean `engine`\?", done.stdout, re.MULTILINE)


def test_the_doctor_misses_git(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    from reviewbot.cli import main

    GitRepo(tmp_path).commit({"a.py": "x = 1\n"})
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("PATH", "/nowhere")
    assert main.main(["doctor"]) == 3
    assert "missing git            git is not installed" in capsys.readouterr().out


def test_lint_gives_file_and_line(tmp_path: Path) -> None:
    (tmp_path / "bad.md").write_text(
        "---\nname: Bad Name\nstack:\n  signals: [{kind: smell, pattern: x, weight: 1}]\n---\nText\n"
    )
    done = run("agents", "lint", str(tmp_path))
    assert done.code == 2
    assert "bad.md:4: error" in done.stdout


def test_the_version_needs_nothing_heavy() -> None:
    code = (
        "import sys; from reviewbot.cli.parser import parser; parser();"
        "print([m for m in ('rich','yaml','pydantic','unidiff','ast_grep_py','ruff','pathspec') if m in sys.modules])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
    assert run("--version").stdout.startswith("reviewbot ")
