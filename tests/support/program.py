"""The program: run in this process, which saves its start, or as a process of its own, as `.ci/run` has all of it."""

from __future__ import annotations

import contextlib
import io
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Mapping

TOP = Path(__file__).parents[2]
PROCESSES = os.environ.get("REVIEWBOT_KILL") == "everywhere"


@dataclass(frozen=True)
class Ended:
    """How a run ended, and what it wrote."""

    code: int
    stdout: str
    stderr: str


def run(
    *arguments: str, stdin: bytes = b"", cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> Ended:
    """Run the program where that is cheaper.

    Args:
        arguments: What stands after the program's name.
        stdin: What it finds on standard input.
        cwd: Where it runs; here where None.
        environment: All of its environment; that of the tests where None.
    """
    return (as_process if PROCESSES else inside)(*arguments, stdin=stdin, cwd=cwd, environment=environment)


def as_process(
    *arguments: str, stdin: bytes = b"", cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> Ended:
    """Run the program as a process: for tests of what only a process shows."""
    command = [sys.executable, "-m", "reviewbot", *arguments]
    given = {**(os.environ if environment is None else environment), "PYTHONPATH": str(TOP)}
    done = subprocess.run(command, input=stdin, capture_output=True, check=False, cwd=cwd, env=given, timeout=100)
    return Ended(done.returncode, done.stdout.decode(), done.stderr.decode())


def inside(
    *arguments: str, stdin: bytes = b"", cwd: Path | None = None, environment: Mapping[str, str] | None = None
) -> Ended:
    """Run the program in this process."""
    from reviewbot.cli import main

    out, err = io.BytesIO(), io.BytesIO()
    with (
        contextlib.chdir(cwd or Path.cwd()),
        contextlib.redirect_stdout(io.TextIOWrapper(out, encoding="utf-8", write_through=True)),
        contextlib.redirect_stderr(io.TextIOWrapper(err, encoding="utf-8", write_through=True)),
        mock.patch.object(sys, "stdin", io.TextIOWrapper(io.BytesIO(stdin), encoding="utf-8")),
        mock.patch.dict(os.environ, os.environ if environment is None else environment, clear=True),
    ):
        try:
            code = main.main(list(arguments))
        except SystemExit as error:
            code = int(error.code or 0)
        return Ended(code, out.getvalue().decode(), err.getvalue().decode())
