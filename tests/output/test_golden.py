"""Whole outputs of saved reviews, compared byte for byte; golden.py says how to renew them."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import golden
import pytest
from rendered import harm

from reviewbot.core.finding import Placement
from reviewbot.output import formats, grouping
from reviewbot.output.markdown import bodies, writer
from reviewbot.output.markdown.places import Links

_CONTROL = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u061c\u202a-\u202e\u2066-\u2069]")


@pytest.mark.parametrize(("name", "fmt"), golden.CASES)
def test_the_output_is_the_one_expected(name: str, fmt: str) -> None:
    assert golden.given(name, fmt) == golden.expected(name, fmt), "if it is meant: python tests/support/golden.py"


@pytest.mark.parametrize(("name", "fmt"), golden.CASES)
def test_no_runner_would_obey_a_line(name: str, fmt: str) -> None:
    for line in golden.given(name, fmt).splitlines():
        if fmt == "annotations":  # these are meant to be obeyed, each as the one command we wrote
            assert re.match(r"::(error|warning|notice) (file|title)=", line)
            assert "::" not in line[2 : line.index("::", 2)]
        else:
            assert not line.lstrip().startswith("::")
            assert "##[" not in line


@pytest.mark.parametrize("fmt", formats.FORMATS)
def test_nothing_steers_a_terminal(fmt: str) -> None:
    text = golden.given("hostile", fmt)
    assert not _CONTROL.search(
        text if fmt not in {"json", "sarif", "rdjson", "gitlab"} else "".join(strings_of(json.loads(text), keep=False))
    )


def strings_of(data: object, *, keep: bool) -> list[str]:
    """Give the keys of a JSON document and, where asked for, the strings in it."""
    if isinstance(data, dict):
        return [*data, *(text for value in data.values() for text in strings_of(value, keep=keep))]
    if isinstance(data, list):
        return [text for value in data for text in strings_of(value, keep=keep)]
    return [data] if keep and isinstance(data, str) else []


@pytest.mark.parametrize("fmt", ["terminal", "markdown", "html", "sarif", "annotations"])
def test_every_finding_is_there_itself_or_by_its_place(fmt: str) -> None:
    review = golden.review("findings")
    text = golden.given("findings", fmt)
    if fmt == "terminal":
        text = formats.render(fmt, review, golden.changes("findings"), formats.Manner(verbose=True))
    noted = {finding.fingerprint for _, alike in grouping.grouped(review) for finding in alike}
    assert len(noted) == 3
    for finding in review.findings:
        if fmt == "sarif":
            # What is held back must not become an alert; it is counted.
            assert (finding.fingerprint in text) is (finding.placement is not Placement.HELD_BACK)
        elif finding.fingerprint in noted:
            assert re.search(rf"{re.escape(finding.path)}:(\d+, )*{finding.start_line}\b", text)
        else:
            # HTML shows code spans as code.
            assert finding.title in text.replace("<code>", "`").replace("</code>", "`")


@pytest.mark.parametrize("fmt", ["terminal", "markdown", "html"])
def test_reviews_without_an_agent_say_why_for_each_kind_of_file(fmt: str) -> None:
    text = golden.given("abstained", fmt).lower()
    assert "no agent review" in text
    for reason in ("documentation: no agent reviews it", "too little evidence", "contradicted (-6)"):
        assert reason in text.replace("&#x27;", "'")


@pytest.mark.parametrize("fmt", formats.FORMATS)
@pytest.mark.parametrize("name", golden.NAMES)
def test_failure_is_said_and_nothing_is_called_clean(name: str, fmt: str) -> None:
    text = golden.given(name, fmt)
    assert not re.search(r"\bclean\b", text, re.IGNORECASE)
    for failure in golden.review(name).failures if name == "incomplete" else ():
        assert failure.message.partition("`")[0] in text


def test_a_finding_of_an_agent_that_has_no_files_is_not_lost() -> None:
    review = replace(golden.review("findings"), assignments=())
    for fmt in ("terminal", "markdown", "html"):
        assert "SQL is put together from strings" in formats.render(fmt, review, None)
    assert "| critical |" in formats.render("markdown", review, None)


def test_a_grouped_finding_without_its_note_is_shown_by_itself() -> None:
    review = replace(golden.review("findings"), notes=())
    assert len(grouping.one_by_one(review)) == 8
    assert formats.render("terminal", review, None).count("A function has no type hints") == 3


def test_the_markdown_of_a_hostile_review_is_text_and_our_own_tags_to_real_parsers() -> None:
    review = golden.review("hostile")
    for blocks in (bodies.summary(review), *(bodies.comment(finding) for finding in review.findings)):
        assert harm(writer.write(*blocks)) == {}


def test_hostile_titles_and_checks_change_nothing_of_the_links_around_them() -> None:
    review, ours = golden.review("hostile"), "https://github.com/acme/bot/blob/v0/docs/checks/x.md"
    links = Links(lambda _: ours, lambda _: ours)
    for blocks in (bodies.summary(review, links), *(bodies.comment(finding, links) for finding in review.findings)):
        text = writer.write(*blocks)
        linked = ["<a>"] * text.count(f"]({ours})")
        assert harm(text) == {"cmark-gfm": linked, "markdown-it": linked}


def test_only_inline_comments_carry_what_can_be_committed() -> None:
    for name in golden.NAMES:
        for finding in golden.review(name).findings:
            body = writer.write(*bodies.comment(finding))
            if finding.placement is Placement.SUMMARY or not (finding.suggestion and finding.suggestion.verified):
                assert "```suggestion" not in body


def test_only_lines_of_ours_begin_at_the_margin_of_the_terminal() -> None:
    ours = re.compile(
        r"Incomplete, |Something failed, |── path x|── in several places|reviewed by agent x|violated: |not checked: |"
        r"failed: |a hint: |\d+ of \d+ |\d+ findings? |files: |remark x|$"
    )
    for line in golden.given("hostile", "terminal").splitlines():
        assert line.startswith(" ") or ours.match(line), line
