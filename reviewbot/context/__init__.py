"""The code that stands around the hunks, found by syntax: nothing is imported or executed."""

from reviewbot.context.around import enclosing, headings
from reviewbot.context.snippet import Elision, Snippet

__all__ = ["Elision", "Snippet", "enclosing", "headings"]
