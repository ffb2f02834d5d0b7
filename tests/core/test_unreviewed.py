"""What nothing looked at is said, and a review of nothing is no review."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from builders import change_set, changed, hunk

from reviewbot.checks import catalog
from reviewbot.core import unreviewed
from reviewbot.core.agent import Pin
from reviewbot.core.change import ChangedFile, FileKind
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Coverage, FileCoverage, Verdict
from reviewbot.output import formats
from reviewbot.review import pipeline
from reviewbot.review.outcome import exit_code
from reviewbot.settings.config import Config
from reviewbot.settings.loading import Overrides, of_folder

if TYPE_CHECKING:
    from reviewbot.core.review import Review

PAGE = changed("web/page.tsx", hunk(1, "+export const x = 1"))
MAIN = changed("cmd/main.go", hunk(1, "+package main"))
PYTHON = changed("tools/release.py", hunk(1, "+x = 1"))
UNSAFE = changed("app/clean.py", hunk(1, "+import subprocess", '+subprocess.run(f"rm {path}", shell=True)'))
NOBODYS = (
    changed("README.md", hunk(1, "+x")),
    changed("uv.lock", hunk(1, "+x")),
    changed("web/generated/api.ts", hunk(1, "+x")),
    changed("data/areas.json", hunk(1, "+1")),
    changed("logo.png", kind=FileKind.BINARY),
    changed("old.go", hunk(1, "-package main"), kind=FileKind.DELETED),
    changed("moved.go", kind=FileKind.RENAMED, old_path="old.go"),
)


def reviewed(*files: ChangedFile, pins: tuple[Pin, ...] = ()) -> Review:
    settings = of_folder(None, Overrides())
    settings = replace(settings, config=replace(settings.config, pins=pins))
    return pipeline.review(change_set(*files), settings, catalog.load)


CASES = [
    ((), Verdict.NO_FINDINGS, ()),
    (NOBODYS, Verdict.NO_FINDINGS, ()),
    ((PAGE,), Verdict.NOT_REVIEWED, ("web/page.tsx",)),
    ((PAGE, MAIN, *NOBODYS), Verdict.NOT_REVIEWED, ("web/page.tsx", "cmd/main.go")),
    ((PYTHON,), Verdict.NO_FINDINGS, ()),
    ((PYTHON, PAGE), Verdict.NO_FINDINGS, ("web/page.tsx",)),
    ((UNSAFE, MAIN), Verdict.FINDINGS, ("cmd/main.go",)),
]


@pytest.mark.parametrize(("files", "verdict", "paths"), CASES)
def test_the_verdict(files: tuple[ChangedFile, ...], verdict: Verdict, paths: tuple[str, ...]) -> None:
    review = reviewed(*files)
    assert (review.verdict, review.not_reviewed) == (verdict, paths)


def test_a_reviewer_without_a_check_or_a_model_for_the_language_reviewed_nothing() -> None:
    review = reviewed(PAGE, pins=(Pin(("web/",), ("python-backend-reviewer",)),))
    assert [one.files for one in review.assignments] == [("web/page.tsx",)]
    assert review.verdict is Verdict.NOT_REVIEWED
    text = formats.render("markdown", review, None)
    assert "reviewed 0 of 1 file" in text
    assert "pin an agent" not in text, "there is one"


@pytest.mark.parametrize("format_name", ["terminal", "markdown", "html"])
def test_the_first_lines_say_what_nothing_looked_at_and_what_to_do(format_name: str) -> None:
    for files in ((PAGE,), (UNSAFE, PAGE)):
        text = formats.render(format_name, reviewed(*files), None)
        first = text.partition("<body>")[2] if format_name == "html" else text
        said = " ".join(first.replace("\\", "").split())
        assert said.index("Nothing looked at") < 220
        assert "web/page.tsx" in said
        assert "ANTHROPIC_API_KEY" in said
        assert "pin an agent" in said


def test_a_change_that_was_looked_at_is_not_bothered() -> None:
    assert unreviewed.remark(reviewed(PYTHON, *NOBODYS)) == ""


def test_many_files_are_counted() -> None:
    files = tuple(changed(f"web/{n}.ts", hunk(1, "+x")) for n in range(77))
    assert "web/4.ts and 72 more" in unreviewed.remark(reviewed(*files))


def test_a_required_review_that_did_not_happen_fails() -> None:
    nothing, mixed = reviewed(PAGE), reviewed(PYTHON, PAGE)
    assert [exit_code(nothing, Config()), exit_code(nothing, Config(require_review=True))] == [0, 3]
    assert exit_code(mixed, Config(require_review=True)) == 0
    assert exit_code(reviewed(*NOBODYS), Config(require_review=True)) == 0


def test_a_review_may_be_required_only_where_something_could_have_looked() -> None:
    where_possible = Config(require_review="where-possible")
    dockerfile = changed("Dockerfile", hunk(1, "+FROM x"))
    companion = reviewed(dockerfile, PAGE, pins=(Pin(("Dockerfile",), ("sinag-backend-architect",)),))
    assert companion.verdict is Verdict.NOT_REVIEWED
    assert [exit_code(one, where_possible) for one in (reviewed(PAGE), reviewed(MAIN), companion)] == [0, 0, 0]
    # A tie is no reason to be content, nor is a model that did not answer, nor a text that nobody can read.
    for reason in (ReasonKind.SEVERAL_ALIKE, ReasonKind.NOT_BY_MODEL, ReasonKind.UNREADABLE):
        detail = (because(ReasonKind.INTERRUPTED),) if reason is ReasonKind.NOT_BY_MODEL else ("x",)
        left = replace(companion.coverage.files[0], reason=because(reason, *detail))
        open_ = replace(companion, coverage=Coverage((left, *companion.coverage.files[1:])))
        assert exit_code(open_, where_possible) == 3


def test_one_file_is_it_and_several_are_them() -> None:
    said = unreviewed.remark(reviewed(PAGE))
    assert "Nothing looked at web/page.tsx. To have it reviewed: pin an agent to it in" in said
    assert "to agents_dir; and set ANTHROPIC_API_KEY" in said
    assert "To have them reviewed: pin an agent to them in" in unreviewed.remark(reviewed(PAGE, MAIN))


def test_what_a_model_looked_at_was_looked_at() -> None:
    seen = FileCoverage("web/page.tsx", "reviewed", because(ReasonKind.BY_MODEL), 1, 1, ("claude",))
    assert unreviewed.unreviewed(change_set(PAGE), Coverage((seen,))) == ()
