"""A schema or route changed, and the generated TypeScript did not."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.sides import Declaration, difference, normalised
from reviewbot.checks.scope import matches
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.syntax import Source

CHECK = Check(
    id="types-not-regenerated",
    title="A schema or route changes and the generated types do not",
    why=(
        "The frontend is built on what `pnpm generate-types` wrote: until it is run again, it calls routes and reads "
        "fields that are no longer so."
    ),
    fix="Run `pnpm generate-types` and put `packages/shared/src/generated` into the same change set.",
    leaves_alone=(
        "Docstrings, comments, formatting, validators and the bodies of handlers; change sets with any generated "
        "file; generated files that change alone, since they often catch up with an earlier change. One finding for "
        "the whole change set."
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    items=("sinag-backend-architect/types-regenerated",),
    decides=("sinag-backend-architect/types-regenerated",),
    paths=("**/schemas/**/*.py", "**/schemas.py", "**/api/v1/**/*.py"),
    ignores=("tests/", "test_*.py", "deps.py"),
    needs=Needs.CHANGE,
    engine="change-set",
    words=("generate-types", "regenerate types", "type regeneration"),
)

_GENERATED = ("packages/shared/src/generated/", "**/src/generated/", "**/generated/**/*.ts")
_FIELDS = {
    "rule": {
        "kind": "assignment",
        "has": {"field": "left", "kind": "identifier", "pattern": "$NAME"},
        "all": [
            {"has": {"field": "type", "regex": "."}},
            {
                "inside": {
                    "kind": "expression_statement",
                    "inside": {"kind": "block", "inside": {"kind": "class_definition"}},
                }
            },
        ],
    }
}
_CLASSES = {
    "rule": {
        "kind": "class_definition",
        "all": [
            {"has": {"field": "name", "pattern": "$NAME"}},
            {"has": {"field": "superclasses", "pattern": "$BASES"}},
        ],
    }
}
_ROUTES = {
    "rule": {
        "kind": "decorated_definition",
        "all": [
            {"has": {"kind": "decorator", "regex": r"^@\w*router\.(get|post|put|patch|delete)\(", "pattern": "$ROUTE"}},
            {
                "has": {
                    "field": "definition",
                    "all": [
                        {"has": {"field": "name", "pattern": "$NAME"}},
                        {"has": {"field": "parameters", "pattern": "$PARAMETERS"}},
                    ],
                }
            },
        ],
    }
}


def run(context: Context) -> Iterator[Draft]:
    """Report the first schema or route whose interface changes, unless generated files change too."""
    if any(matches(_GENERATED, file.path) for file in context.changes.files):
        return
    for file in context.files:
        reader = _schema if "schemas" in file.path else _routes
        draft = difference(
            file, reader, lambda name: f"`{name}` changes the API, and the generated types are not in this change set"
        )
        if draft is not None:
            yield draft
            return


def _schema(source: Source) -> dict[str, Declaration]:
    """Give each annotated field, and each class with its bases."""
    found = {}
    for match in source.find(_CLASSES):
        span = match.span
        found[match.filled("$NAME")] = Declaration(normalised(match.filled("$BASES")), span.start_line, span.start_line)
    for match in source.find(_FIELDS):
        span = match.span
        owner = source.symbol(span.start_line)
        found[f"{owner}.{match.filled('$NAME')}"] = Declaration(normalised(span.text), span.start_line, span.end_line)
    return found


def _routes(source: Source) -> dict[str, Declaration]:
    """Give each route with its decorator and its parameters."""
    found = {}
    for match in source.find(_ROUTES):
        route, parameters = match.variable("ROUTE"), match.variable("PARAMETERS")
        if route is not None and parameters is not None:
            text = normalised(route.text) + normalised(parameters.text)
            found[match.filled("$NAME")] = Declaration(text, route.start_line, parameters.end_line)
    return found
