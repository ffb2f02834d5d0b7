"""What a meta-variable of a rule must stand for: a session, the rows of a query, a length that may be zero."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.values.destinations import stays
from reviewbot.checks.values.handles import handle, opens
from reviewbot.checks.values.lengths import is_unasked_length
from reviewbot.checks.values.process_state import is_data, is_kept
from reviewbot.checks.values.rows import are_counted, are_unasked
from reviewbot.checks.values.unheard import are_unheard

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from reviewbot.checks.values.flow import Flow
    from reviewbot.python.syntax import Match, Node


_AWAITS = re.compile(
    r"^awaited$|(^|\.)(gather|wait|wait_for|as_completed|create_task|ensure_future|shield|run_until_complete"
    r"|run_coroutine_threadsafe)\(\d"
)


def stands_for(match: Match, wanted: Mapping[str, str], flow: Flow) -> bool:
    """Tell whether what a rule found stands for what the rule is about.

    Args:
        match: What the rule found.
        wanted: Meta-variable → one of :data:`KINDS`; one that this match does not have says nothing.
        flow: The names of the text.
    """
    nodes = ((match.node(name), what) for name, what in wanted.items())
    return all(node is None or KINDS[what](node, flow) for node, what in nodes)


def _is_database(node: Node, flow: Flow) -> bool:
    access = handle(node, flow)
    return access is not None and access.is_database


def _is_session(node: Node, flow: Flow) -> bool:
    access = handle(node, flow)
    return access is not None and access.kind == "session"


def _is_asynchronous(node: Node, flow: Flow) -> bool:
    access = handle(node, flow)
    return access is not None and access.is_database and access.asynchronous is True


def _is_never_awaited(node: Node, flow: Flow) -> bool:
    return not any(_AWAITS.search(said) for said in stays(node, flow))


# What a rule may ask for under `stands_for`.
KINDS: dict[str, Callable[[Node, Flow], bool]] = {
    "database": _is_database,
    "session": _is_session,
    "async-session": _is_asynchronous,
    "opened-session": opens,
    "never-awaited": _is_never_awaited,
    "rows-unasked": are_unasked,
    "rows-counted": are_counted,
    "length-unasked": is_unasked_length,
    "unheard-errors": are_unheard,
    "kept-in-process": is_kept,
    "data": is_data,
}
# Of these, the ones for which the whole file has to be there, also what stands far from the change.
OF_WHOLE_FILE = frozenset({"kept-in-process"})
