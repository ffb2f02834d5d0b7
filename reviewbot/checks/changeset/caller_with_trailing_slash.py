"""A frontend or test calls a route with a trailing slash, which the application does not answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.texts import added_lines
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.change import ChangeSet
    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.changeset.texts import AddedLine

CHECK = Check(
    id="caller-with-trailing-slash",
    title="A caller adds a slash to a route's path",
    why="The application runs with `redirect_slashes=False`: with the slash there is no such route, only 404.",
    fix="Call it without the slash.",
    leaves_alone=(
        "Tests that assert the 404, base addresses that something is appended to, other applications' addresses, and "
        "repositories whose FastAPI application redirects slashes."
    ),
    severity=Severity.HIGH,
    confidence=Confidence.MEDIUM,
    items=("trainsmart-senior-backend-architect/no-trailing-slash",),
    decides=(),
    paths=(),
    ignores=(),
    needs=Needs.CHANGE,
    engine="change-set",
    words=("without trailing slash", "no trailing slash"),
)

_FILES = ("*.ts", "*.tsx", "*.js", "*.jsx", "*.mjs", "test_*.py", "*_test.py", "conftest.py")
_CALL = re.compile(
    r"""\b(?:api\w*|fetch\w*|axios(?:\.\w+)?|(?:\w*client|http)\.(?:get|post|put|patch|delete|request))(?:<[^()]*>)?"""
    r"""\(\s*(?P<quote>[`'"])(?P<path>[^`'"\s]*/[\w${}.-]+/)(?P<query>\?[^`'"]*)?(?P=quote)(?!\s*\+)"""
)
_ALONE = re.compile(
    r"""^\s*(?P<quote>[`'"])(?P<path>/api/v\d+/[^`'"\s?]*[\w}]/)(?P<query>\?[^`'"]*)?(?P=quote),?\s*(?:#.*|//.*)?$"""
)
_SHOWS_IT = re.compile(r"(?i)\b404\b|not_found|trailing|should fail|\b30[78]\b")


def run(context: Context) -> Iterator[Draft]:
    """Report each call on an added line."""
    if _redirects(context.changes):
        return
    for line in added_lines(context, _FILES):
        found = _CALL.search(line.text) or _ALONE.match(line.text)
        if found and not _elsewhere(found["path"]) and not _shows_it(line):
            yield line.draft(f"`{found['path']}` is called with a slash at the end, and no route has one")


def _elsewhere(path: str) -> bool:
    """Tell whether a path is another application's, or none at all."""
    return "://" in path or not path.startswith(("/", "$", "`"))


def _shows_it(line: AddedLine) -> bool:
    around = (*line.before[-2:], line.text, *line.after)  # a test that shows the 404 says so
    return any(_SHOWS_IT.search(text) for text in around)


def _redirects(changes: ChangeSet) -> bool:
    """Tell whether an application of the repository answers the path with the slash as well."""
    if changes.head_tree is None:
        return False
    mains = [path for path in changes.head_tree.paths if path.endswith("main.py")]
    return not any("redirect_slashes=False" in text for text in changes.head_tree.read(mains).values())
