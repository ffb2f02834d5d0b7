"""What a review tells whoever waits for it: each part as it is done, and its end."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from fakeclaude import FakeClaude
from judging import apart, claude, script, settings, two_files

from reviewbot.checks import catalog
from reviewbot.core.telling import Watch
from reviewbot.github.poster import Poster
from reviewbot.llm.judge import Judge
from reviewbot.review import pipeline

if TYPE_CHECKING:
    import pytest


def told_of(judge: Judge | None = None) -> list[tuple[str, str]]:
    told: list[tuple[str, str]] = []
    chosen = settings(apart())
    pipeline.review(two_files(), chosen, catalog.load, judge, Watch(lambda part, words: told.append((part, words))))
    return told


def test_the_checks_count_their_files_and_end() -> None:
    told = told_of()
    assert {part for part, _ in told} == {"checks"}
    assert [words for _, words in told if " of " in words] == ["1 of 2 files", "2 of 2 files"]
    assert (told[0], told[-1]) == (("checks", "reading them"), ("checks", ""))


def test_the_model_counts_its_bundles_and_the_log_is_silent_then(capsys: pytest.CaptureFixture[str]) -> None:
    with FakeClaude(script()) as fake, claude(fake) as asked:
        told = [words for part, words in told_of(Judge(asked, apart())) if part == "model"]
        assert "bundle done" not in capsys.readouterr().err
        pipeline.review(two_files(), settings(apart()), catalog.load, Judge(asked, apart()))
        logged = capsys.readouterr()
        assert "bundle done" in logged.err + logged.out
    assert told[0].startswith("0 of 2 bundles done, ")
    assert [words for words in told if words.startswith("2 of 2 bundles done")]
    assert told[-1] == ""


class Action:
    """Something to do on GitHub."""

    def do(self, *_: Any) -> None:
        """Do it."""


def test_posting_counts_what_it_does() -> None:
    told: list[str] = []
    poster = Poster(None, None, tell=lambda part, words: told.append(f"{part}: {words}"))  # type: ignore[arg-type]
    poster._do([Action(), Action()], [], None)  # type: ignore[arg-type]  # noqa: SLF001
    assert told == ["posting: 1 of 2 things", "posting: 2 of 2 things"]
