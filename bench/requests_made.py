"""Which requests a review makes: the first of 25 findings in 20 files, and another one with nothing new.

It is started as ``PYTHONPATH=tests/support:tests/stand_ins python bench/requests_made.py``.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

from pullrequests import API, FAST, SLOW, UNSAFE, PullRequest, service

if TYPE_CHECKING:
    from fakegithub import Exchange

# What gives away which of our GraphQL queries it is.
_QUERIES = {"reviewThreads": "comments and threads", "isBinary": "whole files", "changedFiles": "the pull request"}


def large() -> tuple[dict[str, str], dict[str, str]]:
    """Give head and base of a pull request with 25 findings in 20 files."""
    base = {f"{API}/services/area{n}.py": service(f"area{n}", FAST) for n in range(20)}
    head = {f"{API}/services/area{n}.py": service(f"area{n}", SLOW, *([UNSAFE] if n < 5 else [])) for n in range(20)}
    return head, base


def main() -> None:
    """Run twice, and print each request."""
    head, base = large()
    with tempfile.TemporaryDirectory() as folder, PullRequest(Path(folder), head, base) as pull:
        for name in ("first review, 25 findings in 20 files", "again, nothing new"):
            before = len(pull.fake.journal)
            result = pull.action()
            if result.code or len(pull.seen()["threads"]) != 25:
                raise SystemExit(result.stderr)
            made = pull.fake.journal[before:]
            print(f"{name}: {len(made)} requests")
            for one in made:
                print(f"  {said(one)}")


def said(one: Exchange) -> str:
    """Give a request in words."""
    query = str((one.body or {}).get("query", ""))
    what = next((words for word, words in _QUERIES.items() if word in query), "")
    return f"{one.method:<5} {one.path.removeprefix('/repos/acme/app')}{f'  ({what})' if what else ''}"


if __name__ == "__main__":
    main()
