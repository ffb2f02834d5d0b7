"""What is remembered fits into its marker, however much there is to remember."""

from __future__ import annotations

import hashlib

import pytest
from builders import finding

from reviewbot.core.finding import Placement
from reviewbot.core.review import Review, Source, Verdict
from reviewbot.github import marked_bodies, state
from reviewbot.github.markers import packed
from reviewbot.github.pull import PullRef
from reviewbot.github.state import Dismissal, State
from reviewbot.output.markdown import pages


def many(count: int) -> tuple[str, ...]:
    return tuple(hashlib.sha256(str(number).encode()).hexdigest()[:16] for number in range(count))


def test_everything_comes_back() -> None:
    whole = State("abc", {"x": "y"}, many(3), {"f": Dismissal("ada", "so")})
    assert state.read(whole.data()) == whole


@pytest.mark.parametrize(("files", "findings"), [(3000, 0), (3000, 400), (0, 5000), (3000, 5000)])
def test_what_is_too_much_is_left_out_files_first(files: int, findings: int) -> None:
    large = State("abc", {name: name[:12] for name in many(files)}, many(findings), {"f": Dismissal("ada", "so")})
    kept = state.read(large.data())
    assert len(packed(large.data())) <= 14_000
    assert (kept.head, kept.dismissed) == (large.head, large.dismissed)
    assert set(kept.files) < set(large.files) or not files
    if findings <= 400:
        assert kept.findings == large.findings


def test_a_summary_has_an_end() -> None:
    found = [finding(fingerprint=name, path=f"a/{name}.py", placement=Placement.SUMMARY) for name in many(2000)]
    review = Review(Source("github", head="abc"), ("checks",), Verdict.FINDINGS, findings=tuple(found))
    parts = marked_bodies.summary(
        review, PullRef("acme", "app", 1), "https://github.com", "-", State("abc", {}, many(2000))
    )
    assert len(parts) == 13
    assert "more such comments are left out here" in parts[-1]
    assert all(pages.size(part) <= pages.LIMIT for part in parts)
