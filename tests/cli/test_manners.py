"""What people expect of any program: help, the nearest word, formats by their ending, no traceback for a full disk."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

from reviewbot.cli import main

SINAG = Path(__file__).parents[2] / "examples" / "sinag-validation.diff"


def shell(command: str, cwd: Path | None = None) -> subprocess.CompletedProcess[str]:
    line = command.replace("reviewbot", f"{sys.executable} -m reviewbot")
    return subprocess.run(["bash", "-c", line], capture_output=True, text=True, check=False, cwd=cwd)


def test_bare_it_shows_its_help_and_is_no_success(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main([]) == 2
    shown = capsys.readouterr()
    assert (shown.out, "review a change" in shown.err) == ("", True)


@pytest.mark.parametrize(
    ("given", "near"),
    [
        (["reveiw"], "review"),
        (["agents", "shwo", "x"], "show"),
        (["review", "-", "--format", "htlm"], "html"),
        (["version"], "--version"),
        (["review", "--fromat", "html"], "--format"),
        (["review", "-", "--fromat=html"], "--format"),
        (["agents", "list", "--confg", "x"], "--config"),
    ],
)
def test_what_is_mistyped_gets_the_nearest(given: list[str], near: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main.main(given)
    assert (ended.value.code, capsys.readouterr().err.rstrip().endswith(f"did you mean {near}?")) == (2, True)


def test_what_is_like_nothing_gets_none(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit):
        main.main(["xyzzy"])
    with pytest.raises(SystemExit):
        main.main(["review", "--xyzzy"])
    assert "did you mean" not in capsys.readouterr().err


@pytest.mark.parametrize(("alone", "first"), [("agents", "list"), ("checks", "list"), ("config", "show")])
def test_a_command_that_has_commands_runs_the_first_of_them(
    alone: str, first: str, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main([alone]) == 0
    shown = capsys.readouterr()
    assert main.main([alone, first]) == 0
    assert capsys.readouterr() == shown
    assert shown.out


@pytest.mark.parametrize(("short", "name"), [("md", "markdown"), ("text", "terminal"), ("xml", "junit")])
def test_a_format_may_be_called_by_its_ending(short: str, name: str, capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["review", str(SINAG), "--format", short]) == 0
    shown = capsys.readouterr().out
    assert main.main(["review", str(SINAG), "--format", name]) == 0
    assert capsys.readouterr().out == shown


def test_a_line_a_finding(capsys: pytest.CaptureFixture[str]) -> None:
    assert main.main(["review", str(SINAG), "--format", "concise"]) == 0
    *lines, end = capsys.readouterr().out.splitlines()
    assert "apps/api/app/services/assessment_service.py:62:9 critical sql-built-from-strings" in "\n".join(lines)
    assert all(re.match(r"[\w/.]+\.py:\d+:\d+ (critical|high|medium|low|info) [a-z-]+ \S", line) for line in lines)
    assert end.endswith("; verdict: findings")


@pytest.mark.parametrize(
    ("name", "begins"),
    [
        ("r.html", "<!doctype html>"),
        ("r.JSON", "{"),
        ("r.sarif", "{"),
        ("r.md", "## Review: "),
        ("r.xml", "<?xml"),
        ("tmp.aBcDeFgHiJ", "10 findings in 4 files ("),
        ("r.txt", "10 findings in 4 files ("),
    ],
)
def test_the_ending_of_the_output_says_the_format(
    name: str, begins: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["review", str(SINAG), "--output", str(tmp_path / name)]) == 0
    shown = capsys.readouterr()
    assert shown.out == ""
    assert re.fullmatch(rf"reviewbot: {tmp_path / name}: 10 findings \(.*\); verdict: findings\n", shown.err)
    text = (tmp_path / name).read_text(encoding="utf-8")
    assert text.startswith(begins)
    given = main.main(["review", str(SINAG), "--format", "concise", "--output", str(tmp_path / name)])
    assert (given, (tmp_path / name).read_text(encoding="utf-8")[:5]) == (0, "apps/")


def test_an_ending_of_no_format_is_refused_before_anything_is_read(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert main.main(["review", "no-such.diff", "--output", str(tmp_path / "x.pdf")]) == 2
    assert "no format ends with .pdf; take one of .json, .md, .html, " in capsys.readouterr().err
    assert main.main(["review", str(SINAG), "--output", str(tmp_path / "x.pdf"), "--format", "html"]) == 0


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="this system has no /dev/full")
@pytest.mark.parametrize("arguments", [f"review {SINAG}", "review --help", "checks list"])
def test_a_full_output_is_3_and_one_line(arguments: str) -> None:
    done = shell(f"reviewbot {arguments} > /dev/full")
    assert done.returncode == 3
    assert done.stderr == "reviewbot: error: standard output cannot be written: No space left on device\n"


def test_names_of_files_in_a_prompt_are_no_commands_of_the_runner(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    name = "##[error]x.py"
    diff = f"--- /dev/null\n+++ b/{name}\n@@ -0,0 +1,2 @@\n+from fastapi import FastAPI\n+app = FastAPI()\n"
    (tmp_path / "a.diff").write_text(diff)
    assert main.main(["prompt", str(tmp_path / "a.diff")]) == 0
    shown = capsys.readouterr()
    assert "[error]x.py" in shown.out
    assert "##[" not in shown.out + shown.err


def test_closed_streams_are_errors_and_no_tracebacks() -> None:
    done = shell(f"reviewbot review {SINAG} >&-")
    assert (done.returncode, done.stderr.count("\n"), "standard output is closed" in done.stderr) == (3, 1, True)
    done = shell("reviewbot review - <&-")
    assert (done.returncode, "standard input is closed" in done.stderr, done.stdout) == (2, True, "")
    done = shell(f"reviewbot review {SINAG} 2>&- | tail -1")
    assert done.stdout.endswith("verdict: findings\n")
