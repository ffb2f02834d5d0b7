"""Services, routers or workers change, and no test does."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.added_lines import added_lines
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.change import FileKind, LineKind
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.core.globs import matches
from reviewbot.python.syntax import parsed

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.core.change import ChangedFile, Line

CHECK = Check(
    id="tests-not-changed",
    title="Services, routers or workers change without their tests",
    why="Nothing shows that the change does what it should, and nothing will notice when it no longer does.",
    fix="Add a test of the new behaviour, the edge cases included; leave this if it is in another change set.",
    leaves_alone=(
        "Change sets with any test, deletions, comments, imports, docstrings, what is only logged, and changes of "
        "fewer than ten other lines of code, or of lines most of which the change takes away elsewhere. A hint: one "
        "for the whole change set."
    ),
    severity=Severity.LOW,
    confidence=Confidence.LOW,
    items=(
        "sinag-backend-architect/tests-with-change",
        "trainsmart-senior-backend-architect/tests-with-change",
    ),
    decides=(),
    paths=(
        *("**/services/**/*.py", "**/*_service.py", "**/workers/**/*.py", "**/tasks/**/*.py"),
        *("**/api/v[0-9]*/**/*.py", "**/routers/**/*.py", "**/routes/**/*.py", "**/endpoints/**/*.py"),
    ),
    ignores=EXEMPT,
    needs=Needs.CHANGE,
    engine="change-set",
    petty=True,
    words=("tests are written", "comes with tests", "come with tests", "unit test coverage"),
    topics=("test coverage", "unit tests", "code coverage", "tests cover"),
)

_TESTS = ("tests/", "test/", "test_*.py", "*_test.py", "conftest.py", "*.test.ts", "*.spec.ts", "*.test.tsx")
# A line that does something: no comment, no import, no bracket by itself, nothing at module level.
_CODE = re.compile(r"\s+(?!#|\"\"\"|'''|from |import |logger\.|[\])},]*$)\S")
_STATEMENT = re.compile(
    r"\s*(?:(?:async\s+)?def \w|(?:if|for|while|return|raise|await|with|try)\b|[\w.]+(?::[^=]+)? [-+]?= |[\w.]+\()"
)
_LOGS = r"^([a-z_]+\.)*_?(log|logger|logging)\.(debug|info|warning|error|exception|critical|log)$"
# Of so many lines so large a part is new.
_LEAST = 10
_NEW = 1 / 3


def run(context: Context) -> Iterator[Draft]:
    """Report the first statement that the change adds to the file it adds most to."""
    changed = context.changes.files
    if not context.files or any(matches(_TESTS, file.path) and file.kind is not FileKind.DELETED for file in changed):
        return
    own = tuple(f"/{file.path}" for file in context.files)
    idle = {file.path: _quoted(file) | _logged(file) for file in context.files}
    lines = [
        line for line in added_lines(context, own) if _CODE.match(line.text) and line.number not in idle[line.file.path]
    ]
    # What is added here and taken away there was only moved, or put under another condition.
    removed = Counter(line.text.strip() for file in changed for line in _removed(file))
    new = Counter(line.text.strip() for line in lines) - removed
    if len(lines) < _LEAST or new.total() < len(lines) * _NEW:
        return
    most, _ = Counter(line.file.path for line in lines).most_common(1)[0]
    of_most = [line for line in lines if line.file.path == most]
    first = next((line for line in of_most if _STATEMENT.match(line.text)), of_most[0])
    yield first.draft("Code changes here, and no test is in this change set")


def _removed(file: ChangedFile) -> Iterator[Line]:
    return (line for hunk in file.hunks for line in hunk.lines if line.kind is LineKind.REMOVED)


def _logged(file: ChangedFile) -> frozenset[int]:
    """Give the lines of calls that log something."""
    logs = {"rule": {"kind": "call", "has": {"field": "function", "regex": _LOGS}}}
    calls = (match.span for match in parsed(file.new_text).find(logs)) if file.new_text is not None else ()
    return frozenset(line for one in calls for line in range(one.start_line, one.last_line + 1))


def _quoted(file: ChangedFile) -> frozenset[int]:
    """Give the lines inside of strings of several lines: an example in a docstring is no code."""
    # Others have no line inside, and to ask for the line of each takes long.
    several = {"rule": {"kind": "string", "regex": "\n"}}
    texts = (match.span for match in parsed(file.new_text).find(several)) if file.new_text is not None else ()
    return frozenset(line for text in texts for line in range(text.start_line + 1, text.end_line + 1))
