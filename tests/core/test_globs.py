"""A name is matched whole, whatever characters are in it."""

from __future__ import annotations

import re

import pytest

from reviewbot.core import file_kinds
from reviewbot.core.globs import Globs, as_regex, matches

TAKEN = [
    ("*.py", "a\nb/c.py"),
    ("*.py", "a\nb.py"),
    ("*.py", "\n/c.py"),
    ("app/**/*.py", "app/x\ny/z.py"),
    ("app/**", "app/x\ny"),
    ("**/generated/**", "x\ny/generated/z.ts"),
    ("docs/", "x\ny/docs/z"),
    ("*", "\n"),
]
LEFT = [
    ("*.py", "a.py\n"),
    ("*.py", "a.py\n/x"),
    ("app/*.py", "app/x\ny/z.py"),
    ("/app", "x\n/app"),
    ("docs/", "docs\n/x"),
]


@pytest.mark.parametrize(("pattern", "path"), TAKEN)
def test_a_newline_in_a_name_evades_no_pattern(pattern: str, path: str) -> None:
    assert Globs((pattern,)).match(path)
    assert matches((pattern,), path)
    assert list(Globs((pattern,)).match_files([path])) == [path]
    assert re.match(as_regex(pattern) or "", path)


@pytest.mark.parametrize(("pattern", "path"), LEFT)
def test_a_newline_in_a_name_is_not_its_end(pattern: str, path: str) -> None:
    assert not Globs((pattern,)).match(path)
    assert list(Globs((pattern,)).match_files([path])) == []


def test_what_a_file_is_does_not_depend_on_a_newline_in_its_folder() -> None:
    for path in ("app/x.py", "Dockerfile", "db/migrations/0001_x.py", "web/a.tsx", "x/generated/a.py", "deploy.sh"):
        inside = f"some\nwhere/{path}"
        assert file_kinds.kind(inside) == file_kinds.kind(path)
        assert file_kinds.is_code(inside) == file_kinds.is_code(path)
        assert file_kinds.is_companion(inside) == file_kinds.is_companion(path)
        assert file_kinds.is_migration(inside) == file_kinds.is_migration(path)
