"""The code that a reviewer reads beside the hunks, found by syntax: nothing is imported or executed."""

from reviewbot.context.around import enclosing, headings
from reviewbot.context.callers import Call, Callers, callers
from reviewbot.context.defined import Definitions, definitions
from reviewbot.context.remaining import Remaining, remaining
from reviewbot.context.snippet import Elision, Snippet

__all__ = [
    "Call",
    "Callers",
    "Definitions",
    "Elision",
    "Remaining",
    "Snippet",
    "callers",
    "definitions",
    "enclosing",
    "headings",
    "remaining",
]
