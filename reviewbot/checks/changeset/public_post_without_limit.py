"""A new public route that writes is not rate limited, in a project that limits others like it."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.check import Check, Needs
from reviewbot.checks.changeset.places import ROUTES, draft, is_new, modules
from reviewbot.checks.project.authentication import Asks
from reviewbot.checks.scope import EXEMPT
from reviewbot.finding import Confidence, Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.changeset import Context, Draft
    from reviewbot.checks.project import Project

CHECK = Check(
    id="public-post-without-limit",
    title="A public route that writes is not rate limited",
    why="Anybody can call it as often as they like: to guess codes, to send mail in your name, to fill the table.",
    fix="Limit it as the project's other public routes are limited.",
    leaves_alone=(
        "Projects that limit no route by itself, and those that limit all of them in middleware or by default; routes "
        "that ask who is calling, or where that cannot be told; webhooks."
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

_LIMITED = re.compile(r"(?i)limiter?\.(?:shared_)?limit\(|rate_?limit|throttle")
_ALL_LIMITED = re.compile(
    r"(?i)default_limits\s*=|application_limits\s*=|add_middleware\(\s*[\w.]*(?:RateLimit|Throttl|SlowAPI)\w*"
)
_HOOK = re.compile(r"(?i)hook|callback|health|ping")


def run(context: Context) -> Iterator[Draft]:
    """Report each new POST that asks nobody who is calling and has no limit."""
    project = context.project
    for file, module in modules(context, *ROUTES):
        for route in project.routing.routes_of(module) if project is not None else ():
            if project is None or route.method != "post" or not is_new(file, route.function):
                continue
            text = route.function.decorated.text()
            if _LIMITED.search(text) or _HOOK.search(f"{route.path} {route.function.name}"):
                continue
            if project.authentication.of(route) is Asks.NO and (like := _limited(project)):
                title = f"`{route.function.name}` is public and has no rate limit, as `{like}` has"
                yield draft(module, route.function.decorated, title, last=route.function.signature_end)


def _limited(project: Project) -> str | None:
    """Give a route that is limited by itself; None where there is none, or where all routes are limited at once."""
    if any(_ALL_LIMITED.search(module.text) for module in project.code.mentioning("imit", "hrottl", "SlowAPI")):
        return None
    limited = (one for one in project.routing.routes if _LIMITED.search(one.function.decorated.text()))
    return next((one.function.name for one in limited), None)
