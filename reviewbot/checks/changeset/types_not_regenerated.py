"""A schema or route changed, and the generated TypeScript did not."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.exposed import Exposed
from reviewbot.checks.changeset.sides import Declaration, difference, normalised, without
from reviewbot.checks.scope import matches
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from reviewbot.change import ChangedFile
    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.syntax import Source, Span

CHECK = Check(
    id="types-not-regenerated",
    title="A schema or route changes and the generated types do not",
    why=(
        "The frontend is built on what `pnpm generate-types` wrote: until it is run again, it calls routes and reads "
        "fields that are no longer so."
    ),
    fix="Run `pnpm generate-types` and put `packages/shared/src/generated` into the same change set.",
    leaves_alone=(
        "Docstrings, descriptions, comments, formatting, validators, private fields, injected parameters and the "
        "bodies of handlers; new schemas that no route shows; new routes, schemas and fields that the generated files "
        "have already; change sets with any generated file; generated files that change alone, since they often "
        "catch up with an earlier change. One finding for the whole change set."
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

# Spellings of the same type before and after PEP 585 and PEP 604.
_BUILTIN = re.compile(r"\b(List|Dict|Set|Tuple|Type)\[")
_OPTIONAL = re.compile(r"\bOptional\[((?:[^\[\]]|\[(?:[^\[\]]|\[[^\[\]]*\])*\])*)\]")
_GENERATED = ("packages/shared/src/generated/", "**/src/generated/", "**/generated/**/*.ts")
_IN_CLASS = {"kind": "expression_statement", "inside": {"kind": "block", "inside": {"kind": "class_definition"}}}
_FIELDS = {
    "rule": {
        "kind": "assignment",
        "all": [
            {"has": {"field": "left", "kind": "identifier", "regex": "^[^_]", "pattern": "$NAME"}},
            {"has": {"field": "type", "not": {"regex": r"\bClassVar\b"}}},
            {"inside": _IN_CLASS},
        ],
    }
}
_MEMBERS = {
    "rule": {
        "kind": "assignment",
        "all": [
            {"has": {"field": "left", "kind": "identifier", "regex": "^[^_]", "pattern": "$NAME"}},
            {"not": {"has": {"field": "type", "regex": "."}}},
            {
                "inside": {
                    "kind": "expression_statement",
                    "inside": {
                        "kind": "block",
                        "inside": {"kind": "class_definition", "has": {"field": "superclasses", "regex": "Enum"}},
                    },
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
            {
                "has": {
                    "kind": "decorator",
                    "regex": r"^@[A-Za-z0-9_]*router\.(get|post|put|patch|delete)\(",
                    "not": {"regex": r"include_in_schema\s*=\s*False"},
                    "pattern": "$ROUTE",
                }
            },
            {
                "has": {
                    "field": "definition",
                    "all": [
                        {"has": {"field": "name", "pattern": "$NAME"}},
                        {"has": {"field": "parameters", "pattern": "$PARAMETERS"}},
                        {"any": [{"has": {"field": "return_type", "pattern": "$RETURNS"}}, {"regex": "."}]},
                    ],
                }
            },
        ],
    }
}
# What documents, and what FastAPI hands to the handler without asking the client.
_NO_INTERFACE = {
    "rule": {
        "any": [
            {
                "kind": "keyword_argument",
                "regex": r"^(summary|description|response_description|title|examples?|dependencies)\s*=",
            },
            {
                "any": [
                    {"kind": "typed_parameter"},
                    {"kind": "typed_default_parameter"},
                    {"kind": "default_parameter"},
                ],
                "regex": r"(Depends|Security)\(|:\s*(Request|Response|BackgroundTasks|WebSocket|Session)\b",
            },
        ]
    }
}


def run(context: Context) -> Iterator[Draft]:
    """Report the first schema or route whose interface changes, unless generated files change too."""
    if any(matches(_GENERATED, file.path) for file in context.changes.files):
        return
    exposed = Exposed(context.changes.head_tree, _GENERATED)

    def known(file: ChangedFile, one: Declaration) -> bool:
        if "schemas" not in file.path:
            return exposed.generated(one.name)
        schema, field = (one.owner, one.name) if one.owner else (one.name, "")
        return exposed.hides(schema) or exposed.generated_type(schema, field)

    draft = difference(
        context.files,
        _interface,
        lambda name: f"`{name}` changes the API, and the generated types are not in this change set",
        known,
    )
    if draft is not None:
        yield draft


def _interface(file: ChangedFile, source: Source) -> Iterator[Declaration]:
    """Give the classes and fields of a schema module, and the routes of a router."""
    left_out = [match.span for match in source.find(_NO_INTERFACE)]
    yield from _routes(source, left_out)
    if "schemas" not in file.path:
        return
    for match in source.find(_CLASSES):
        line = match.span.start_line
        name = match.filled("$NAME")
        owner = source.symbol(line).rpartition(".")[0]
        yield Declaration(owner, name, normalised(match.filled("$BASES")), line, line)
    for rule in (_FIELDS, _MEMBERS):
        for match in source.find(rule):
            span = match.span
            text = _typed(without(span, left_out))
            yield Declaration(
                source.symbol(span.start_line), match.filled("$NAME"), text, span.start_line, span.last_line
            )


def _typed(text: str) -> str:
    """Give the source normalised, and its annotations in one spelling: `Optional[List[int]]` is `list[int]|None`."""
    text = _BUILTIN.sub(lambda match: f"{match[1].lower()}[", normalised(text))
    while (plain := _OPTIONAL.sub(r"\1|None", text)) != text:
        text = plain
    return text


def _routes(source: Source, left_out: Sequence[Span]) -> Iterator[Declaration]:
    """Give each route with its decorator, its parameters, and what it returns unless the decorator says that."""
    for match in source.find(_ROUTES):
        route, parameters, returns = (match.variable(name) for name in ("ROUTE", "PARAMETERS", "RETURNS"))
        if route is None or parameters is None:
            continue
        last = parameters
        text = _typed(without(route, left_out)) + _typed(without(parameters, left_out))
        if returns is not None and "response_model" not in route.text:
            last = returns
            text += _typed(returns.text)
        yield Declaration("", match.filled("$NAME"), text, route.start_line, last.last_line)
