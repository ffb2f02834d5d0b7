from __future__ import annotations

from builders import finding
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.finding import Severity, identified


def test_the_identity_survives_moved_lines_and_changed_indentation() -> None:
    (before,) = identified([finding(start_line=3, end_line=3, evidence="    db.get(x)")])
    (after,) = identified([finding(start_line=90, end_line=91, evidence="  db.get(x)\n  more")])
    assert before.fingerprint == after.fingerprint


def test_two_identical_lines_stay_two_findings() -> None:
    first, second = identified([finding(start_line=9), finding(start_line=3)])
    assert (first.start_line, second.start_line) == (3, 9)
    assert first.fingerprint != second.fingerprint


def test_what_makes_another_finding() -> None:
    variants = [
        finding(),
        finding(agent="other"),
        finding(item="other"),
        finding(path="other.py"),
        finding(symbol="Other.symbol"),
        finding(evidence="other"),
    ]
    assert len({identified([variant])[0].fingerprint for variant in variants}) == len(variants)


def test_a_renamed_file_keeps_its_findings() -> None:
    (before,) = identified([finding(path="old.py")])
    (after,) = identified([finding(path="new.py")], {"new.py": "old.py"})
    assert before.fingerprint == after.fingerprint


@given(st.permutations([finding(start_line=n, evidence=text) for n, text in enumerate("abcaab", start=1)]))
def test_the_order_of_arrival_does_not_matter(findings: list[object]) -> None:
    expected = identified([finding(start_line=n, evidence=text) for n, text in enumerate("abcaab", start=1)])
    assert identified(findings) == expected  # type: ignore[arg-type]  # permutations() loses the element type


def test_severities_compare_by_how_much_they_matter() -> None:
    assert Severity.CRITICAL.at_least(Severity.HIGH)
    assert Severity.HIGH.at_least(Severity.HIGH)
    assert not Severity.LOW.at_least(Severity.MEDIUM)
