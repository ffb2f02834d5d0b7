"""The review as JUnit XML, for what shows test results: a case for each finding, failure and file.

Format: the XML of Ant's JUnit task, as Jenkins and GitLab read it.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from xml.etree import ElementTree as ET

from reviewbot.core import unreviewed
from reviewbot.core.review import Verdict
from reviewbot.core.text import printable
from reviewbot.output import counting, grouping
from reviewbot.output.reason_sentences import sentence

if TYPE_CHECKING:
    from reviewbot.core.change import ChangeSet
    from reviewbot.core.review import Review

# No XML may have them, not even as references.
_ILLEGAL = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def render(review: Review, changes: ChangeSet | None = None) -> str:  # noqa: ARG001 - every format takes both
    """Give the document: findings but hints fail, what broke is an error, and a file passes only if looked at."""
    suite = ET.Element("testsuite", name="reviewbot")
    found = counting.shown(review)
    for finding in found:
        name = f"{finding.check} {grouping.place(finding)}"
        outcome = "skipped" if finding.is_hint else "failure"
        _case(suite, finding.path, name, outcome, f"{counting.severity(finding)}: {finding.title}", finding.body)
    for failure in review.failures:
        _case(suite, "reviewbot", failure.stage, "error", failure.message)
    if review.verdict is Verdict.NOT_REVIEWED:
        _case(suite, "reviewbot", "review", "error", unreviewed.remark(review))
    failed = {finding.path for finding in found if not finding.is_hint}
    for file in review.coverage.files:
        if file.status not in {"reviewed", "partial"}:
            _case(suite, file.path, "review", "skipped", sentence(file.reason))
        elif file.path not in failed:
            _case(suite, file.path, "review")
    for key, word in (("tests", "testcase"), ("failures", "failure"), ("errors", "error"), ("skipped", "skipped")):
        suite.set(key, str(sum(1 for _ in suite.iter(word))))
    held = len(counting.held_back(review))
    said = [*review.remarks, f"{counting.plural(held, 'finding')} held back"] if held else review.remarks
    if said:
        ET.SubElement(suite, "system-out").text = _legal("\n".join(said))
    top = ET.Element("testsuites")
    top.append(suite)
    ET.indent(top)
    return f'<?xml version="1.0" encoding="UTF-8"?>\n{ET.tostring(top, encoding="unicode")}\n'


def _case(suite: ET.Element, group: str, name: str, outcome: str = "", message: str = "", text: str = "") -> None:
    case = ET.SubElement(suite, "testcase", classname=_legal(group), name=_legal(name))
    if outcome:
        ET.SubElement(case, outcome, message=_legal(" ".join(message.split()))).text = _legal(text) or None


def _legal(text: str) -> str:
    return _ILLEGAL.sub("\ufffd", printable(text))
