from __future__ import annotations

from builders import finding
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.finding import Severity, Threshold, fingerprint, identified


def test_the_identity_survives_moved_lines_and_changed_indentation() -> None:
    (before,) = identified([finding(start_line=3, end_line=3, evidence="    db.get(x)")])
    (after,) = identified([finding(start_line=90, end_line=91, evidence="  db.get(x)\n  more")])
    assert before.fingerprint == after.fingerprint


def test_two_identical_lines_stay_two_findings() -> None:
    first, second = identified([finding(start_line=9), finding(start_line=3)])
    assert (first.start_line, second.start_line) == (3, 9)
    assert first.fingerprint != second.fingerprint


def test_however_many_are_alike_each_is_one() -> None:
    alike = identified([finding(start_line=n) for n in (3, 9, 27, 81)])
    assert len({one.fingerprint for one in alike}) == 4
    assert [one.fingerprint for one in alike] == [fingerprint(finding(), ordinal=n) for n in range(4)]


def test_a_fingerprint_is_what_it_was_in_older_versions() -> None:
    """Baselines, threads and markers hold them."""
    assert fingerprint(finding()) == "ab453304661f05a2"
    assert fingerprint(finding(evidence="  \n a  =\t1 \n b", symbol="")) == "d72b844c593314d4"
    assert fingerprint(finding(evidence="\n")) == fingerprint(finding(evidence="")) == "5ebcf5dccda5071e"


def test_a_file_that_was_renamed_and_one_of_its_old_name_keep_theirs_apart() -> None:
    renamed, other = identified([finding(path="new.py"), finding(path="old.py")], {"new.py": "old.py"})
    assert renamed.fingerprint != other.fingerprint


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


def test_a_threshold_is_reached_by_what_is_as_severe_unless_it_is_never() -> None:
    assert [one for one in Severity if Threshold.HIGH.is_reached_by(one)] == [Severity.CRITICAL, Severity.HIGH]
    assert not any(Threshold.NEVER.is_reached_by(one) for one in Severity)
