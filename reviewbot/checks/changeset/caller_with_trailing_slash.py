"""A frontend or test calls a route with a trailing slash, which the application does not answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.helpers.added_lines import added_lines, post_image
from reviewbot.checks.helpers.call_addresses import addresses, assigned, fits, is_base, uses
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.core.globs import matches

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.helpers.added_lines import AddedLine
    from reviewbot.checks.helpers.call_addresses import Address
    from reviewbot.checks.project import Project

CHECK = Check(
    id="caller-with-trailing-slash",
    title="A caller adds a slash to a route's path",
    why="The application runs with `redirect_slashes=False`: with the slash there is no such route, only 404.",
    fix="Call it without the slash.",
    leaves_alone=(
        "Tests that assert the 404, base addresses that something is appended to, other applications' addresses, "
        "addresses that no route has without the slash or that one has with it, pages of the frontend, mocks, and "
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

_PROGRAMS = ("*.ts", "*.tsx", "*.js", "*.jsx", "*.mjs", "*.vue", "*.svelte")
_TESTS = ("test_*.py", "*_test.py", "conftest.py")
_BARE = ("*.sh", "*.http", "*.rest")
# Python that calls the application from outside.
_OUTSIDE = (
    *("locust*.py", "**/load*/**/*.py", "perf*/**/*.py", "sdk/**/*.py", "cli/**/*.py", "e2e/**/*.py", "smoke*/**/*.py"),
    *("tools/**/*.py", "bin/**/*.py", "ops/**/*.py", "client/**/*.py", "clients/**/*.py", "monitoring/**/*.py"),
)
# By such a name the application's own code means itself, or the application beside it.
_ITSELF = re.compile(
    r"(?i)^\{(?:\w+\.)*(?:api|backend|base|server|self|internal_api|app|host|public)(?:_?(?:url|base|host|root|uri|base_url))?\}$"
    r"|^localhost\b|^127\."
)
_CALL = re.compile(
    r"""\b(?:api\w*|\$?fetch\w*|axios(?:\.\w+)?|(?:\w*[cC]lient|ac|http|httpx|requests?|session|ky|cy|page)\.\w+|\w+\.(?:get|post|put|"""
    r"""patch|delete|request|urlopen)|url|endpoint|uri|use(?:SWR|Fetch|Query|AsyncData)\w*|query|open)(?:<[^()]*>)?\s*[(:=]"""
    r"""\s*(?:\(\)\s*=>\s*|[\w.]+\(\s*)?(?:["'][A-Za-z]+["'],\s*|\{\s*\w+:\s*|[A-Za-z_.]+,\s*)?[rf]?$"""
)
# What stands in front of an address that nobody calls there: pages, comparisons, mocks, definitions.
_NO_CALL = re.compile(
    r"""(?:[rR]outer\.\w+|history\.\w+|navigate|redirect\w*|goto|(?:starts|ends)_?[wW]ith|includes|split|replace|href|\bto|\bpath|source|"""
    r"""pathname|location|Link|prefix|mount|(?:respx|responses|nock|mock\w*|rest|server|route)\.\w+|mock\w*|\.route|tokenUrl|[=!]==?|\bin|base_?[uU][rR][lL]|"""
    r"""import|from)\s*[({=:]*\s*[rf]?$|replace\([^()]*,\s*$|^\s*(?:@|#|//|\*)"""
)
_HANDLER = re.compile(r"""^\s*,\s*(?:async\s*)?(?:\([^()]*\)|\w+)\s*=>""")
_SHOWS_IT = re.compile(r"(?i)\b404\b|not_?found|trailing|should fail|\b30[78]\b|is_redirect")
_NEXT = re.compile(
    r"^\s*(?:async\s+)?def\s|^\s*@|^class\s|^\s*(?:it|test|describe)\(|\.(?:get|post|put|patch|delete|request)\("
)
_STARTS = re.compile(r"^\s*(?:async\s+)?def\s|^\s*(?:it|test)\(")


def run(context: Context) -> Iterator[Draft]:
    """Report each call on an added line."""
    if _redirects(context):
        return
    served = _served(context.project) if context.project is not None else frozenset()
    for line in added_lines(context, (*_PROGRAMS, "*.py", *_BARE)):
        if "/" not in line.text:
            continue
        text = post_image(line.file) or "\n".join((*line.lines_before, line.text, *line.lines_after))
        python = line.file.path.endswith(".py")
        for address in addresses(line.text, text, python=python, bare=matches(_BARE, line.file.path)):
            if _is_called(line, address, text, served):
                yield line.draft(f"`{address.written}` is called with a slash at the end, and no route has one")
                break


def _is_called(line: AddedLine, address: Address, text: str, served: frozenset[str]) -> bool:
    """Tell whether somebody calls an address that a route has without the slash, and none with it."""
    path = line.file.path
    from_outside = not path.endswith(".py") or matches((*_TESTS, *EXEMPT, *_OUTSIDE), path)
    if not from_outside and not _ITSELF.match(address.host):
        return False
    if _NO_CALL.search(address.text_before) or _HANDLER.match(address.text_after) or _shows_it(line, line.number, text):
        return False
    calls = _CALL.search(address.text_before) or (not address.text_before.strip() and _CALL.search(_above(line)))
    if not served:
        # What routes there are cannot be told: only what is plainly a call of its own application.
        plain = address.path.startswith("/") and not address.host.strip("{}_")
        return bool(calls) and plain and matches((*_PROGRAMS, *_TESTS), path)
    how = _fit(address.path, served)
    if how is False:
        return False
    name = assigned(address.text_before)
    if name:
        lines = text.split("\n")
        used = [at for at in uses(name, lines) if at + 1 != line.number]
        shows = any(_shows_it(line, at + 1, text) for at in used)
        return bool(used) and not shows and not is_base(name, text)
    return bool(calls) or matches(_BARE, path) or (how is True and "(" in f"{_above(line)}{address.text_before}")


def _fit(path: str, served: frozenset[str]) -> bool | None:
    """Tell whether a path is one of the routes' but for the slash: wholly, by its end (None), or not at all."""
    outcomes = {fits(path, route) for route in served if not route.endswith("/") and ":path}" not in route}
    with_slash = (route for route in served if route.endswith("/"))
    below = (re.split(r"\{\w+:path\}", route)[0] for route in served if ":path}" in route)
    if any(fits(path, route) is not False for route in with_slash) or any(path.startswith(prefix) for prefix in below):
        return False
    return True if True in outcomes else None if None in outcomes else False


def _above(line: AddedLine) -> str:
    return line.lines_before[-1].rstrip() if line.lines_before else ""


def _shows_it(line: AddedLine, number: int, text: str) -> bool:
    """Tell whether a test shows the 404: by its name, or by what it says after the call."""
    lines = text.split("\n")
    if line.file.new_text is None and number == line.number:
        lines, number = [*line.lines_before, line.text, *line.lines_after], len(line.lines_before) + 1
    name = next((start for start in reversed(lines[max(0, number - 12) : number]) if _STARTS.match(start)), "")
    said = []
    for following in lines[number : number + 10]:
        if _NEXT.search(following):
            break
        said.append(following)
    near = lines[max(0, number - 3) : number - 1]
    comments = [comment for comment in near if re.match(r"\s*(?:#|//|with pytest)", comment)]
    return any(_SHOWS_IT.search(passage) for passage in (name, lines[number - 1], *comments, *said))


def _served(project: Project) -> frozenset[str]:
    """Give the paths of all routes."""
    return frozenset(path for route in project.routing.routes for path in project.routing.full_paths(route) or ())


def _redirects(context: Context) -> bool:
    """Tell whether the applications of the repository answer the path with the slash as well."""
    if context.project is None:
        return False
    says = re.compile(r"""redirect_slashes["']?\s*[=:]\s*False""")
    return not any(says.search(module.text) for module in context.project.code.mentioning("redirect_slashes"))
