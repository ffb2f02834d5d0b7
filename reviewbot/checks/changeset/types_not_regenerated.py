"""A schema or route changed, and the generated TypeScript did not."""

from __future__ import annotations

import re
from functools import partial
from typing import TYPE_CHECKING, Any

from reviewbot.checks.helpers.both_sides import Declaration, differences, normalised, without
from reviewbot.checks.helpers.generated import Generated
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.core.globs import matches

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.project import Project
    from reviewbot.checks.project.routes import Key
    from reviewbot.core.change import ChangedFile
    from reviewbot.python.syntax import Source, Span

# Where enumerations stand that schemas take from elsewhere.
_ENUMS = ("**/enums.py", "**/*_enums.py", "**/enums/**/*.py", "**/constants.py")
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
        "bodies of handlers; routes of a router that no application includes; tags of routes whose router has "
        "some already; new schemas that no route shows; enumerations outside of the schemas that no field of a "
        "shown schema has; new routes, schemas and fields that the generated files have already; change sets with "
        "any generated file; generated files that change alone, since they often catch up with an earlier change. "
        "One finding for the whole change set."
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    items=("sinag-backend-architect/types-regenerated",),
    decides=("sinag-backend-architect/types-regenerated",),
    paths=("**/schemas/**/*.py", "**/schemas.py", "**/api/v1/**/*.py", *_ENUMS),
    ignores=("tests/", "test_*.py", "deps.py"),
    needs=Needs.CHANGE,
    engine="change-set",
    words=("generate-types", "regenerate types", "type regeneration"),
)

# Spellings of the same type before and after PEP 585 and PEP 604.
_BUILTIN = re.compile(r"\b(List|Dict|Set|Tuple|Type)\[")
_OPTIONAL = re.compile(r"\bOptional\[((?:[^\[\]]|\[(?:[^\[\]]|\[[^\[\]]*\])*\])*)\]")
_TAGS = re.compile(r"\btags\s*=\s*\[[^\[\]]*\]\s*,?")
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
    generated = Generated(context.changes.head_tree, _GENERATED)
    title = "`{}` changes the API, and the generated types are not in this change set".format
    for difference in differences(context.files, partial(_interface, context.project), title):
        if (
            difference.old is None
            and difference.new is not None
            and _is_known(difference.file, difference.new, context.project, generated)
        ):
            continue
        yield difference.draft
        return


def _is_known(file: ChangedFile, declaration: Declaration, project: Project | None, generated: Generated) -> bool:
    """Tell whether what is new need not be generated."""
    if matches(_ENUMS, file.path):
        return generated.has_type(declaration.owner, declaration.name)
    if "schemas" not in file.path:
        return generated.names(declaration.name)
    schema, field = (declaration.owner, declaration.name) if declaration.owner else (declaration.name, "")
    return (project is not None and project.shown.hides(schema)) or generated.has_type(schema, field)


def _interface(project: Project | None, file: ChangedFile, source: Source) -> Iterator[Declaration]:
    """Give the classes and fields of a schema module, and the routes of a router."""
    left_out = [match.span for match in source.find(_NO_INTERFACE)]
    yield from _routes(project, file, source, left_out)
    if matches(_ENUMS, file.path):
        exposed = project.shown.of_fields if project is not None else frozenset()
        members = _assigned(source, _MEMBERS, left_out)
        yield from (member for member in members if member.owner in exposed)
        return
    if "schemas" not in file.path:
        return
    for match in source.find(_CLASSES):
        line = match.span.start_line
        name = match.filled("$NAME")
        owner = source.symbol(line).rpartition(".")[0]
        yield Declaration(owner, name, normalised(match.filled("$BASES")), line, line)
    for rule in (_FIELDS, _MEMBERS):
        yield from _assigned(source, rule, left_out)


def _assigned(source: Source, rule: Mapping[str, Any], left_out: Sequence[Span]) -> Iterator[Declaration]:
    for match in source.find(rule):
        span = match.span
        text = _typed(without(span, left_out))
        yield Declaration(source.symbol(span.start_line), match.filled("$NAME"), text, span.start_line, span.last_line)


def _typed(text: str) -> str:
    """Give the source normalised, and its annotations in one spelling: `Optional[List[int]]` is `list[int]|None`."""
    text = _BUILTIN.sub(lambda match: f"{match[1].lower()}[", normalised(text))
    while (plain := _OPTIONAL.sub(r"\1|None", text)) != text:
        text = plain
    return text


def _routes(
    project: Project | None, file: ChangedFile, source: Source, left_out: Sequence[Span]
) -> Iterator[Declaration]:
    """Give each route with its decorator, its parameters, and what it returns unless the decorator says that."""
    module = project.code.module(file.path) if project is not None else None
    lines = _lines(source.text, left_out)
    for match in source.find(_ROUTES):
        route, parameters, returns = (match.variable(name) for name in ("ROUTE", "PARAMETERS", "RETURNS"))
        if route is None or parameters is None:
            continue
        router = route.text[1:].partition(".")[0]
        key = project.routing.key(module, router) if project is not None and module is not None else None
        if project is not None and key is not None and project.routing.is_detached(key):
            continue
        text = without(route, left_out)
        if _gives_tags(project, key, router, source):
            text = _TAGS.sub("", text)
        last = parameters
        text = _typed(text) + _typed(without(parameters, left_out))
        if returns is not None and "response_model" not in route.text:
            last = returns
            text += _typed(returns.text)
        start, end = route.start_line, last.last_line
        says = tuple(normalised(line) for line in lines[start - 1 : end])
        yield Declaration("", match.filled("$NAME"), text, start, end, says)


def _gives_tags(project: Project | None, key: Key | None, router: str, source: Source) -> bool:
    """Tell whether a router has tags before its routes add any: the first tag names the generated file."""
    if re.search(rf"(?m)^{re.escape(router)}\s*=\s*APIRouter\([^()]*\btags\s*=", source.text):
        return True
    chains = project.routing.chains(key) if project is not None and key is not None else None
    return chains is not None and all(any(level.has_tags for level in chain) for chain in chains)


def _lines(text: str, left_out: Sequence[Span]) -> list[str]:
    """Give the lines without what is no interface."""
    pieces, at = [], 0
    for span in left_out:
        if span.start >= at:
            pieces += [text[at : span.start], "\n" * span.text.count("\n")]
            at = span.end
    return "".join([*pieces, text[at:]]).split("\n")
