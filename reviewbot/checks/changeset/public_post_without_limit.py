"""A new public route that writes is not rate limited, in a project that limits others like it."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from reviewbot.checks.changeset import Draft
from reviewbot.checks.helpers.changed_modules import ROUTES, draft, is_new, modules
from reviewbot.checks.project.authentication import Asks
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.change import Side
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity
from reviewbot.python.nodes import decorators, last_line

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from reviewbot.checks.changeset import Context
    from reviewbot.checks.project import Project
    from reviewbot.checks.project import Side as Tree
    from reviewbot.checks.project.routes import Key, Route
    from reviewbot.core.change import ChangedFile
    from reviewbot.python.module import Module

CHECK = Check(
    id="public-post-without-limit",
    title="A public route that writes is not rate limited",
    why="Anybody can call it as often as they like: to guess codes, to send mail in your name, to fill the table.",
    fix="Limit it as the project's other public routes are limited.",
    leaves_alone=(
        "Applications that limit no route, whatever another one of the repository does, and those that limit all of "
        "them in middleware or by default; routes that ask who is calling, or where that cannot be told; webhooks, "
        "and handlers that check a signature; limits on the router, in a dependency or in a function that the handler "
        "calls."
    ),
    severity=Severity.MEDIUM,
    confidence=Confidence.MEDIUM,
    items=(
        "sinag-backend-architect/rate-limited-public-endpoints",
        "trainsmart-senior-backend-architect/authorization",
    ),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    words=("brute force",),
    topics=("rate limit of a web service", "throttling of a web service"),
)

# `rate_limits=body.rate_limits` is what the request is about.
_LIMITED = re.compile(
    r"(?i)limiter|rate_?limit\w*\(|rate_?limit(?:ed|_?exceed)|(?:Depends\(|: *)\w*rate_?limit|throttle|\b\w+_limit\(|"
    r"too_?many_?requests"
)
# On a decorator any `limit` is one; in a body it may be a query's.
_ON_DECORATOR = re.compile(r"(?i)limit|throttl")
_REFUSES = re.compile(r"(?i)\b429\b|too_?many_?requests|limiter|rate_?limit\w*\(|rate_?limit(?:ed|_?exceed)|throttl")
_ALL_LIMITED = re.compile(
    r"(?i)default_limits\s*=|application_limits\s*=|add_middleware\(\s*+[\w.]{,200}(?:RateLimit|Throttl|SlowAPI)"
)
_HOOK = re.compile(r"(?i)hook|callback|health|(?<![a-z])ping(?![a-z])")
# Who calls shows it in the request itself.
_SIGNED = re.compile(r"(?i)\bhmac\b|compare_digest|signature|\bapi_?key\b|construct_event")
_CALLED = re.compile(r"(?:\b(?:Depends|Security)\(\s*|(?<![\w.]))([A-Za-z_][\w.]*)\s*[(),]")


def run(context: Context) -> Iterator[Draft]:
    """Report each POST that asks nobody who is calling and has no limit: a new one, and one that had a limit."""
    project = context.project
    said: set[tuple[str, str]] = set()
    limited = cache(_limited)  # many new routes are of the same applications, whose routes are as many
    for file, module in modules(context, *ROUTES):
        for route in project.routing.routes_of(module) if project is not None else ():
            if project is not None and is_new(file, route.function) and _is_open(project, route):
                served = project.routing.applications(route)
                like = limited(project, served) or (limited(project.base, served) if project.base else None)
                if like:
                    said.add((module.path, route.function.name))
                    title = f"`{route.function.name}` is public and has no rate limit, as `{like}` has"
                    yield draft(module, route.function.decorated, title, last=route.function.signature_end)
    if project is not None:
        yield from _no_more(context, project, limited, said)


def _is_open(project: Project, route: Route) -> bool:
    """Tell whether a route is a public POST without a limit."""
    if route.method != "post" or _is_limited(project, route):
        return False
    paths = " ".join(project.routing.full_paths(route) or [route.path or ""])
    text = route.function.decorated.text()
    if _HOOK.search(f"{paths} {route.function.name}") or _SIGNED.search(text):
        return False
    return project.authentication.of(route) is Asks.NO


def _no_more(
    context: Context,
    project: Project,
    limited: Callable[[Tree, frozenset[Key]], str | None],
    said: set[tuple[str, str]],
) -> Iterator[Draft]:
    """Report each public POST that the change took the limit from."""
    base = project.base
    for file in context.files if base is not None else ():
        old = base.code.module(file.old_path or file.path) if base is not None and file.removed_lines else None
        new = project.code.module(file.path)
        if base is None or old is None or new is None or not _REFUSES.search(old.text):
            continue
        now = {(route.function.name, route.method, route.at): route for route in project.routing.routes_of(new)}
        for route in base.routing.routes_of(old):
            later = now.get((route.function.name, route.method, route.at))
            if later is None or (file.path, route.function.name) in said:
                continue
            line = _removed(file, route, old)
            lost = line is not None and _is_limited(base, route) and _is_open(project, later)
            if line is not None and lost and limited(project, project.routing.applications(later)):
                said.add((file.path, route.function.name))
                title = f"`{route.function.name}` is public and loses its rate limit"
                evidence = old.source.lines[line - 1].removesuffix("\r")
                yield Draft(file.path, line, line, title, evidence, side=Side.LEFT, symbol=route.function.name)


def _removed(file: ChangedFile, route: Route, module: Module) -> int | None:
    """Give the removed line that limited a route: the first that says so, else the first of the handler."""
    texts = module.source.lines
    lines = range(route.function.start, last_line(route.function.decorated) + 1)
    removed = [line for line in lines if line in file.removed_lines]
    return next((line for line in removed if _REFUSES.search(texts[line - 1])), removed[0] if removed else None)


def _is_limited(side: Tree, route: Route) -> bool:
    """Tell whether a route has a limit: by itself, on its router, or in what it depends on or calls."""
    text = route.function.decorated.text()
    by = [decorator.text() for decorator in decorators(route.function.decorated)]
    chains = side.routing.chains(route.router) if route.router is not None else None
    levels = [
        level.call.keywords["dependencies"].text()
        for chain in chains or ()
        for level in chain
        if "dependencies" in level.call.keywords
    ]
    if _LIMITED.search(text) or any(_ON_DECORATOR.search(_without_path(expression)) for expression in (*by, *levels)):
        return True
    places = (side.code.resolve(route.handled_in, name) for name in {*_CALLED.findall(" ".join([text, *levels]))})
    functions = (place.module.function.get(place.name) for place in places if place is not None)
    return any(function is not None and _REFUSES.search(function.decorated.text()) for function in functions)


def _without_path(decorator: str) -> str:
    """Leave out what is in quotes: a path may be about limits."""
    return re.sub(r"""(["']).*?\1""", "", decorator)


def _limited(side: Tree, applications: frozenset[Key]) -> str | None:
    """Give a route of the same applications that is limited by itself; None where there is none, or all are at once."""
    if any(_ALL_LIMITED.search(module.text) for module in side.code.mentioning("imit", "hrottl", "SlowAPI")):
        return None
    return next(
        (other.function.name for other in side.routing.of_applications(applications) if _is_limited(side, other)), None
    )
