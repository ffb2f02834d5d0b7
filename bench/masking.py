"""What share of secrets is masked, and what share of ordinary lines is.

    PYTHONPATH=.:tests/support python bench/masking.py [--show] [--words] [NAME=REPOSITORY@COMMIT...]

The secrets are those of `tests/data/secret_forms.yml`, part by part. Of each repository the same
number of lines is drawn, 5,000 in all, always the same ones: none that is blank, none of lock files and of files above
200 kB. A file is masked as a whole, as a prompt has it. With `--words` only lines that speak of secrets are drawn.
"""

from __future__ import annotations

import argparse
import random
import re
import subprocess
import sys
from typing import TYPE_CHECKING

import secret_forms

from reviewbot.core.text import decoded
from reviewbot.llm.masking import masked

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

LINES = 5_000
LARGEST = 200_000
_LEFT_OUT = re.compile(r"(^|/)([\w.-]*lock[\w.-]*|.*\.(svg|map|min\.\w+|csv|ipynb|po))$", re.IGNORECASE)
_WORDS = re.compile(r"(?i)password|passwd|secret|token|api_?key|credential|authorization|bearer|://[^/\s]*:[^/\s]*@")


def main(argv: Sequence[str] | None = None) -> int:
    """Print the shares, and with --show what was missed and what was masked."""
    options = argparse.ArgumentParser(description=(__doc__ or "").partition("\n")[0])
    options.add_argument("repositories", nargs="*", metavar="NAME=REPOSITORY@COMMIT")
    options.add_argument("--show", action="store_true", help="print what was missed, and what was masked")
    options.add_argument("--words", action="store_true", help="draw only lines that speak of secrets")
    arguments = options.parse_args(argv)
    for part in secret_forms.PARTS:
        forms = list(secret_forms.forms(part))
        missed = [form for form in forms if form.shown_by(masked(form.text))]
        print(f"{part}: {len(forms) - len(missed)} of {len(forms)} forms, {1 - len(missed) / len(forms):.1%}")
        for form in missed if arguments.show else ():
            print(f"  missed: {form.kind}: {masked(form.text)!r}")
    if not arguments.repositories:
        return 0
    count = found = 0
    for named in arguments.repositories:
        name, _, rest = named.partition("=")
        repository, _, commit = rest.rpartition("@")
        rows = list(lines(repository, commit))
        if arguments.words:
            rows = [row for row in rows if _WORDS.search(row[1])]
        every = sum(line != shown for _, line, shown in rows)
        most = LINES // len(arguments.repositories)
        drawn = random.Random(name).sample(rows, min(most, len(rows)))  # noqa: S311
        changed = [row for row in drawn if row[1] != row[2]]
        count, found = count + len(drawn), found + len(changed)
        print(f"{name}: {len(changed)} of {len(drawn)} lines; of all {len(rows)}: {every}, {every / len(rows):.2%}")
        for path, line, shown in changed if arguments.show else ():
            print(f"  {path}: {line.strip()[:160]}  ->  {shown.strip()[:160]}")
    print(f"ordinary lines: {found} of {count}, {found / count:.2%}")
    return 0


def lines(repository: str, commit: str) -> Iterator[tuple[str, str, str]]:
    """Give each line of a commit's files that is not blank: path, line, and the line as it is shown."""
    listed = run(repository, "ls-tree", "-r", "-l", "-z", commit).decode("utf-8", "replace").split("\0")
    for entry in filter(None, listed):
        facts, _, path = entry.partition("\t")
        _, kind, name, size = facts.split()
        if kind != "blob" or not size.isdigit() or int(size) > LARGEST or _LEFT_OUT.search(path):
            continue
        text = decoded(run(repository, "cat-file", "blob", name))
        if text is None:
            continue
        for line, shown in zip(text.split("\n"), masked(text).split("\n"), strict=True):
            if line.strip():
                yield path, line, shown


def run(repository: str, *arguments: str) -> bytes:
    """Give what git says."""
    return subprocess.run(["git", "-C", repository, *arguments], capture_output=True, check=True).stdout


if __name__ == "__main__":
    sys.exit(main())
