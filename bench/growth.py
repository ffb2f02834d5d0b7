"""Prints how time and memory grow with each dimension of a change: lines, their length, hunks, files, and so on.

Each is measured at N and at 4 N, as a process of its own, less what the program costs with nothing to do. Growth is the
exponent e of cost ~ N^e; it fails where one is above the limit. What takes no time worth measuring has no exponent.
"""

from __future__ import annotations

import math
import os
import statistics
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

PROGRAM = [sys.executable, "-m", "reviewbot", "review", "--engine", "checks", "--format", "json"]
LIMIT = 1.15
RUNS = 3
# Below these a difference is noise.
_LEAST_SECONDS, _LEAST_MB = 0.15, 12
_HEAD = ["from sqlalchemy.orm import Session", "import requests", ""]
_PATH = "apps/api/app/services/data_{}_service.py"

_ROUTER = "apps/api/app/api/v1/areas.py"

Lines = list[str]


class AgentFile(str):
    """The text of the file of an agent."""

    __slots__ = ()


def rows(count: int) -> list[Lines]:
    """Give a table of data."""
    return [["ROWS = [", *(f'    ("{n:06}", "name {n}", {n}),' for n in range(count)), "]"]]


def pairs_on_a_line(count: int) -> list[Lines]:
    """Give a line of dictionaries."""
    return [["ROWS = [" + ", ".join(f'{{"key{n}": {n}, "value": "text {n}"}}' for n in range(count)) + "]"]]


def texts_on_a_line(count: int) -> list[Lines]:
    """Give a line of texts."""
    return [["x = [" + ", ".join(f'"text {n}"' for n in range(count)) + "]"]]


def findings_on_a_line(count: int) -> list[Lines]:
    """Give a line on which something is found at every turn."""
    return [["def f(db: Session):", "    return [" + ", ".join(f"requests.get(url{n})" for n in range(count)) + "]"]]


def findings(count: int) -> list[Lines]:
    """Give functions that each have something to find, and a suggestion for it."""
    return [
        [
            line
            for n in range(count)
            for line in (f"def f{n}(db: Session, url: str) -> None:", f"    requests.get(url, params={n})", "", "")
        ]
    ]


def alike(count: int) -> list[Lines]:
    """Give one function in which the same is found on every line."""
    return [["def f(db: Session, url: str) -> None:", *(["    requests.get(url)"] * count)]]


def functions(count: int) -> list[Lines]:
    """Give functions without anything to find."""
    return [
        [line for n in range(count) for line in (f"def f{n}(a: int) -> int:", f'    """{n}."""', "    return a", "")]
    ]


def routes(count: int) -> str:
    """Give FastAPI routes, each with its own path and handler, and the authentication they depend on."""
    head = ["from fastapi import APIRouter, Depends", "from app.api.deps import get_current_user", ""]
    made = (
        line
        for n in range(count)
        for line in (
            f'@router.get("/areas{n}/{{area_id}}", response_model=Area)',
            f"def read_area{n}(area_id: int, user: User = Depends(get_current_user)) -> Area:",
            f'    """Give area {n}."""',
            f"    return service.read{n}(area_id)",
            "",
            "",
        )
    )
    return new_file(_ROUTER, [*head, "router = APIRouter()", "", "", *made])


def open_routes(count: int) -> str:
    """Give FastAPI routes without authentication, twenty to a file."""
    head = ["from fastapi import APIRouter", "", "router = APIRouter()", "", ""]
    one = '@router.post("/areas{0}/{1}/")\ndef add{0}_{1}(a: dict):\n    return a\n'
    made = {file: "\n".join(one.format(file, n) for n in range(20)).split("\n") for file in range(count // 20)}
    return "".join(new_file(_ROUTER.replace(".py", f"{file}.py"), head + lines) for file, lines in made.items())


def imports(count: int) -> list[Lines]:
    """Give imports, each of another module."""
    return [[f"from app.db.models.area{n} import Area{n}" for n in range(count)]]


def names_of_an_import(count: int) -> list[Lines]:
    """Give one import of many names."""
    return [["from app.db.models.area import (", *(f"    Area{n}," for n in range(count)), ")"]]


def entries(count: int) -> list[Lines]:
    """Give one dictionary."""
    return [["TEXTS = {", *(f'    "key{n}": "text {n}",' for n in range(count)), "}"]]


def assignments(count: int) -> list[Lines]:
    """Give assignments in one function, each to another name and of the one before."""
    return [["def f(a0: int) -> int:", *(f"    a{n + 1} = a{n} + 1" for n in range(count)), f"    return a{count}"]]


def migrations(count: int) -> str:
    """Give migrations, each after the one before."""
    return "".join(
        new_file(
            f"apps/api/alembic/versions/{n:08x}_add_{n}.py",
            [
                "import sqlalchemy as sa",
                "from alembic import op",
                "",
                f'revision = "{n:08x}"',
                f'down_revision = "{n - 1:08x}"' if n else "down_revision = None",
                "",
                "",
                "def upgrade() -> None:",
                f'    op.add_column("areas", sa.Column("name{n}", sa.String(), nullable=True))',
                "",
                "",
                "def downgrade() -> None:",
                f'    op.drop_column("areas", "name{n}")',
            ],
        )
        for n in range(count)
    )


def models(count: int) -> str:
    """Give tables of one file, each with a key to the one before."""
    made = (
        line
        for n in range(count)
        for line in (
            f"class Area{n}(Base):",
            f'    __tablename__ = "areas{n}"',
            "    id = Column(Integer, primary_key=True)",
            f'    area_id = Column(Integer, ForeignKey("areas{n - 1}.id"))',
            "",
            "",
        )
    )
    head = ["from sqlalchemy import Column, ForeignKey, Integer", "from app.db.base import Base", "", ""]
    return new_file("apps/api/app/db/models/area.py", [*head, *made])


def enums(count: int) -> str:
    """Give enums of one file, and columns with them as their types."""
    made = (
        line
        for n in range(count)
        for line in (f"class Kind{n}(str, Enum):", f'    SOME = "some{n}"', f'    OTHER = "other{n}"', "", "")
    )
    columns = (f"    kind{n} = Column(SQLEnum(Kind{n}))" for n in range(count))
    head = ["from enum import Enum", "from sqlalchemy import Column", "from sqlalchemy import Enum as SQLEnum", ""]
    table = ["class Area(Base):", '    __tablename__ = "areas"', *columns]
    return new_file("apps/api/app/db/models/area.py", [*head, *made, *table])


def moved(count: int) -> str:
    """Give small files with something to find, moved to another folder without git's knowing."""
    body = [
        "import requests",
        "",
        "",
        "def load(url: str, timeout: int | None = None) -> None:",
        "    requests.get(url)",
    ]
    old = (f"apps/api/app/old/data_{n}_service.py" for n in range(count))
    gone = (
        f"diff --git a/{path} b/{path}\ndeleted file mode 100644\nindex 1111111..0000000\n--- a/{path}\n"
        f"+++ /dev/null\n@@ -1,{len(body)} +0,0 @@\n" + "".join(f"-{line}\n" for line in body)
        for path in old
    )
    return "".join(gone) + "".join(new_file(_PATH.format(n), body) for n in range(count))


def patches(count: int) -> str:
    """Give patches of one file, each after the one before, as of `git log -p --reverse`."""
    path = _PATH.format(0)
    begin = new_file(path, [*_HEAD, "A = 0"])
    return begin + "".join(
        f"diff --git a/{path} b/{path}\nindex {n + 1:07x}..{n + 2:07x} 100644\n--- a/{path}\n+++ b/{path}\n"
        f"@@ -{n + 4} +{n + 4},2 @@\n A = {n}\n+A = {n + 1}\n"
        for n in range(count)
    )


def tiny_files(count: int) -> str:
    """Give files of one line that no agent is for."""
    return "".join(new_file(f"data/{n // 100}/{n}.txt", [f"{n}"]) for n in range(count))


def methods(count: int) -> list[Lines]:
    """Give one class with many methods."""
    made = (line for n in range(count) for line in (f"    def f{n}(self, a: int) -> int:", "        return a", ""))
    return [["class A:", *made]]


def files(count: int) -> list[Lines]:
    """Give small files."""
    return [[f"def f{n}(a: int) -> int:", f'    """{n}."""', "    return a"] for n in range(count)]


def branches(count: int) -> list[Lines]:
    """Give an `if` with many branches."""
    made = (line for n in range(count) for line in (f"    elif a == {n}:", f"        b = {n}"))
    return [["def f(a: int) -> int:", "    if a < 0:", "        b = 0", *made, "    return b"]]


def brackets(count: int) -> list[Lines]:
    """Give brackets in brackets."""
    return [["x = " + "(" * count + "1" + ")" * count]]


def calls(count: int) -> list[Lines]:
    """Give calls in calls, a line each."""
    return [["x = (", *(["f("] * count), "1", *([")"] * count), ")"]]


def chain(count: int) -> list[Lines]:
    """Give a chain of calls, as of a query."""
    return [
        [
            "def f(db: Session):",
            "    return (",
            "        db.query(A)",
            *(["        .filter(A.a == 1)"] * count),
            "    )",
        ]
    ]


def sums(count: int) -> list[Lines]:
    """Give a long sum of texts."""
    return [["def f(db: Session, a: str):", "    return (", '        "a"', *(["        + a"] * count), "    )"]]


def blocks(count: int) -> list[Lines]:
    """Give blocks in blocks, as deep as Python allows."""
    deep = 90
    made = (
        "    " * (n % deep) + line
        for n in range(count)
        for line in ((f"if x{n}:",) if n % deep < deep - 1 else (f"if x{n}:", "    y = 1"))
    )
    return [[*made, "    " * (count % deep) + "y = 1"]]


def items(count: int) -> AgentFile:
    """Give an agent whose file lists much, every other element like the one before."""
    listed = "".join(f"- **Rule {n // 2}**: what it\n  is about\n" for n in range(count))
    return AgentFile(f"---\nname: lister\ndescription: Reviews Python\n---\nText.\n\n## Review rules\n\n{listed}")


def hunks(count: int) -> str:
    """Give one file with many hunks."""
    made = "".join(
        f"@@ -{10 * n + 1},2 +{11 * n + 1},3 @@\n # before {n}\n+def f{n}(a): return requests.get(a)\n # after {n}\n"
        for n in range(count)
    )
    path = _PATH.format(0)
    return f"diff --git a/{path} b/{path}\nindex 1111111..2222222 100644\n--- a/{path}\n+++ b/{path}\n{made}"


# Name → what writes the lines of its new files, or the diff, or the agent that reviews, and N.
DIMENSIONS: dict[str, tuple[Callable[[int], list[Lines] | str], int]] = {
    "lines of one hunk": (rows, 5_000),
    "length of a line: dictionaries": (pairs_on_a_line, 4_000),
    "length of a line: texts": (texts_on_a_line, 8_000),
    "findings on one line": (findings_on_a_line, 2_000),
    "findings with suggestions": (findings, 1_000),
    "findings in one function": (alike, 1_500),
    "functions": (functions, 5_000),
    "methods of a class": (methods, 4_000),
    "assignments of a function": (assignments, 1_000),
    "imports": (imports, 2_500),
    "names of one import": (names_of_an_import, 2_500),
    "entries of a dictionary": (entries, 12_500),
    "routes of one file": (routes, 1_000),
    "routes without authentication": (open_routes, 1_000),
    "tables of one file": (models, 500),
    "enums of one file": (enums, 500),
    "migrations": (migrations, 500),
    "files": (files, 500),
    "files moved": (moved, 500),
    "files of no agent": (tiny_files, 5_000),
    "patches of one file": (patches, 1_000),
    "hunks": (hunks, 1_000),
    "branches of an if": (branches, 2_000),
    "nested blocks": (blocks, 1_000),
    "nested brackets": (brackets, 500),
    "nested calls": (calls, 500),
    "links of a chain": (chain, 250),
    "terms of a sum": (sums, 500),
    "items of an agent": (items, 3_000),
}


def main() -> None:
    """Measure each dimension, or those whose names hold the words given."""
    print(f"{'dimension':<34} {'N':>6} {'s at N':>7} {'at 4 N':>7} {'e':>5} {'MB at N':>8} {'at 4 N':>7} {'e':>5}")
    wanted = {name: how for name, how in DIMENSIONS.items() if not sys.argv[1:] or any(w in name for w in sys.argv[1:])}
    with tempfile.TemporaryDirectory() as folder:
        nothing = _cost(Path(folder), functions, 1)
        above = [name for name, (write, count) in wanted.items() if not _row(Path(folder), name, write, count, nothing)]
    if above:
        raise SystemExit(f"grows faster than N^{LIMIT}: {', '.join(above)}")


def _row(
    folder: Path, name: str, write: Callable[[int], list[Lines] | str], count: int, nothing: tuple[float, float]
) -> bool:
    small, large = (_cost(folder, write, number) for number in (count, 4 * count))
    leasts = (_LEAST_SECONDS, _LEAST_MB)
    time_, memory = (_exponent(s, b, n, least) for s, b, n, least in zip(small, large, nothing, leasts, strict=True))
    first, second = (f"{value:.2f}" if value is not None else "-" for value in (time_, memory))
    seconds = f"{small[0]:>7.2f} {large[0]:>7.2f} {first:>5}"
    print(f"{name:<34} {count:>6} {seconds} {small[1]:>8.0f} {large[1]:>7.0f} {second:>5}", flush=True)
    return all(value is None or value <= LIMIT for value in (time_, memory))


def _exponent(small: float, large: float, nothing: float, least: float) -> float | None:
    """Give the growth of what is more than nothing; where that is little at N, it is taken for the least of note."""
    if large - nothing < 2 * least:
        return None
    return math.log((large - nothing) / max(small - nothing, least)) / math.log(4)


def _cost(folder: Path, write: Callable[[int], list[Lines] | str], count: int) -> tuple[float, float]:
    """Give the median seconds and the peak of memory in MB."""
    written = write(count)
    diff = folder / "x.diff"
    options = [str(diff)]
    if isinstance(written, AgentFile):
        (folder / "lister.md").write_text(written, encoding="utf-8")
        options += ["--agents-dir", str(folder), "--agent", "lister"]
        written = functions(1)
    diff.write_text(as_diff(written), encoding="utf-8")
    seconds, peak = [], 0.0
    for _ in range(RUNS):
        process = subprocess.Popen([*PROGRAM, *options], stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        _, status, usage = os.wait4(process.pid, 0)
        # Of the processor, which others on the machine disturb less than the clock.
        seconds.append(usage.ru_utime + usage.ru_stime)
        peak = max(peak, usage.ru_maxrss / 1024)
        if os.waitstatus_to_exitcode(status) not in (0, 1):
            raise SystemExit(f"the review failed: {diff}")
    return statistics.median(seconds), peak


def as_diff(written: list[Lines] | str) -> str:
    """Give the diff that adds files with these lines; what is a diff already stays."""
    if isinstance(written, str):
        return written
    return "".join(new_file(_PATH.format(number), [*_HEAD, *lines]) for number, lines in enumerate(written))


def new_file(path: str, lines: Lines) -> str:
    """Give the patch that adds a file."""
    head = f"diff --git a/{path} b/{path}\nnew file mode 100644\nindex 0000000..1111111\n--- /dev/null\n"
    return f"{head}+++ b/{path}\n@@ -0,0 +1,{len(lines)} @@\n" + "".join(f"+{line}\n" for line in lines)


if __name__ == "__main__":
    main()
