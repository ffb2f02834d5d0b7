"""A new route has no tag: neither on the decorator, nor on its router, nor where that is included."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.checks.helpers.changed_modules import ROUTES, draft, is_new, modules
from reviewbot.checks.scope import EXEMPT
from reviewbot.core.check import Check, Needs
from reviewbot.core.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.project.routes import Route, Routing

CHECK = Check(
    id="route-without-tag",
    title="A route has no tag on any level",
    why="Orval groups the generated client by tag: a route without one ends up in a file of its own, named `default`.",
    fix="Give `tags=[…]` on the router, or where it is included.",
    leaves_alone=(
        "Routes whose router or one of whose includes has tags, or may have some that cannot be read; routes outside "
        "the schema; routes of the application itself, such as `/health`; routers that are included nowhere. One "
        "finding for each router."
    ),
    severity=Severity.LOW,
    confidence=Confidence.HIGH,
    items=("sinag-backend-architect/descriptive-tags",),
    decides=(),
    paths=("*.py",),
    ignores=EXEMPT,
    needs=Needs.TREE,
    engine="change-set",
    petty=True,
    words=("fastapi tag", "tags for route", "descriptive tag"),
)


def run(context: Context) -> Iterator[Draft]:
    """Report the first new route of each router that nothing tags."""
    if context.project is None:
        return
    routing = context.project.routing
    for file, module in modules(context, *ROUTES):
        said = set()
        for route in routing.routes_of(module):
            if route.router in said or not is_new(file, route.function) or _is_tagged(routing, route):
                continue
            said.add(route.router)
            title = f"`{route.function.name}` has no tag, neither here, nor on its router, nor where that is included"
            yield draft(module, route.call.node, title)


def _is_tagged(routing: Routing, route: Route) -> bool:
    call = route.call
    if call.open or "tags" in call.keywords or route.router is None or routing.is_application(route.router):
        return True
    hidden = call.keywords.get("include_in_schema")
    chains = routing.chains(route.router)
    if (hidden is not None and hidden.text() == "False") or chains is None:
        return True
    return all(any(level.has_tags for level in chain) for chain in chains)
