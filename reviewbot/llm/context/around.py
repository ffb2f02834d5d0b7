"""What stands around the hunks of a file: the function or class of each, and the imports they need."""

from __future__ import annotations

import sys
from itertools import pairwise
from typing import TYPE_CHECKING

from reviewbot.core.change import FileKind, LineKind
from reviewbot.llm.context.excerpt import BLOCKS, outline
from reviewbot.llm.context.snippet import build, whole_of
from reviewbot.llm.context.uses import names_on
from reviewbot.python.imports import STAR
from reviewbot.python.layout import Definition, Kind, Layout, is_source
from reviewbot.python.nodes import lines_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Sequence

    from reviewbot.core.change import ChangedFile, Hunk
    from reviewbot.llm.context.snippet import Snippet
    from reviewbot.python.syntax import Node

# How many lines are shown for each hunk: a method of usual length, whole.
HUNK_LIMIT = 120
# A run of hunk lines this short inside a function is repeated: a reader sees one piece.
_REPEATED = 3
# Of a long assignment the beginning says what it is.
_ASSIGNED = 6
# Stands for a hunk's first line where lines are shown for their imports.
_IMPORTS = -1


def enclosing(file: ChangedFile, limit: int = HUNK_LIMIT) -> tuple[Snippet, ...]:
    """Give what stands around the hunks of a file, and is not in them.

    For a change in a function: the whole function or method with its decorators, and the head of its class; of a
    longer one than ``limit`` the signature, the heads of the blocks around the change, and the lines nearest to it. For
    a change in a class: its head, its fields and the signatures of its methods. At module level: the statement. And
    the imports at the top of the file that the hunks' lines need.

    Args:
        file: A changed file; only Python whose whole new text is known gives anything.
        limit: How many lines may be shown for each hunk.

    Returns:
        In file order; what overlaps or touches is one snippet.
    """
    if _is_shown_whole(file) or file.new_text is None or not file.hunks or not is_source(file.path, file.new_text):
        return ()
    layout = Layout(file.path, file.new_text)
    shown = shown_in(file)
    pieces: list[tuple[set[int], int]] = []
    for hunk in file.hunks:
        changed = _changed(hunk, layout.lines)
        if not changed:
            continue
        wanted = _around(layout, changed, shown, limit)
        pieces.append((_without(layout, wanted, shown), hunk.new_start))
    pieces.append((_imports(layout, names_on(layout, shown), shown), _IMPORTS))
    return tuple(_snippets(layout, pieces, shown))


def headings(file: ChangedFile) -> tuple[str, ...]:
    """Give for each hunk of a file the classes and functions that its changed lines stand in, and begin before it.

    Where the file is not known, or not Python, what git says of it: the last line above that looks like a heading.
    """
    if _is_shown_whole(file) or file.new_text is None or not is_source(file.path, file.new_text):
        return tuple(hunk.section.strip() for hunk in file.hunks)
    layout = Layout(file.path, file.new_text)
    return tuple(_heading(layout, hunk) for hunk in file.hunks)


def _is_shown_whole(file: ChangedFile) -> bool:
    return file.kind is FileKind.ADDED


def _heading(layout: Layout, hunk: Hunk) -> str:
    named: dict[Definition, str] = {}
    for line in _changed(hunk, layout.lines):
        for scope in layout.around(line):
            start = lines_of(scope.node).start
            if scope.kind is Kind.CLASS and start < hunk.new_start:
                named[scope] = layout.lines[start - 1].strip()
            elif start < hunk.new_start:
                named[scope] = f"def {scope.name}"
    return " ".join(named.values())


def shown_in(file: ChangedFile) -> frozenset[int]:
    """Give the numbers of the post-image lines that a file's hunks show."""
    return frozenset(line.new for hunk in file.hunks for line in hunk.lines if line.new)


def _changed(hunk: Hunk, text: Sequence[str]) -> list[int]:
    """Give the changed lines of a hunk that say something; for a removal the line before it, which is still there."""
    numbers: list[int] = []
    # Before the first line of the hunk: a removal at its top.
    last = max(1, hunk.new_start)
    for line in hunk.lines:
        if line.kind is LineKind.ADDED and line.new:
            numbers.append(line.new)
        elif line.kind is LineKind.REMOVED:
            numbers.append(last)
        last = line.new or last
    numbers = [number for number in dict.fromkeys(numbers) if number <= len(text)]
    telling = [number for number in numbers if (bare := text[number - 1].strip()) and not bare.startswith("#")]
    return telling or numbers


def _around(layout: Layout, changed: Sequence[int], shown: frozenset[int], limit: int) -> set[int]:
    wanted: set[int] = set()
    places: dict[Definition | range, list[int]] = {}
    for line in changed:
        scopes = layout.around(line)
        places.setdefault(scopes[-1] if scopes else _statement(layout, line), []).append(line)
        for scope in scopes:
            wanted |= set(scope.head)
    for place, lines in places.items():
        if isinstance(place, range):
            whole, heads = set(place), set(place[:1])
        elif place.kind is Kind.CLASS:
            whole, heads = outline(place), set(place.head)
        else:
            whole, heads = set(range(place.start, place.end + 1)), set(place.head) | set(place.docstring[:1])
        if len(whole - shown) <= limit:
            wanted |= whole
            continue
        if isinstance(place, Definition) and place.kind is Kind.FUNCTION:
            heads |= _block_heads(layout, lines) | _assignments(layout, place, lines)
        room = max(limit - len(heads - shown), limit // 3)
        near = _near(set(lines), whole, shown, room)
        wanted |= heads | near | _inner_heads(place, near)
    return wanted


def _statement(layout: Layout, line: int) -> range:
    """Give the statement at module level on a line; no lines for an import, which is shown by its name."""
    lines, kind = layout.statement(line)
    return range(0) if kind.startswith(("import_", "future_")) else lines


def _near(lines: Collection[int], inside: Collection[int], shown: frozenset[int], limit: int) -> set[int]:
    """Give the ``limit`` lines of ``inside`` nearest to the changed ones, not counting those that the hunks show."""
    candidates = sorted({line for line in inside if line not in shown})
    distance = dict.fromkeys(candidates, sys.maxsize)
    # Once down and once up: the changed line that came last is the nearest on that side.
    for sign in (1, -1):
        last: int | None = None
        for line in sorted({*candidates, *lines}, key=lambda line: sign * line):
            last = line if line in lines else last
            if line in distance and last is not None:
                distance[line] = min(distance[line], abs(line - last))
    return set(sorted(candidates, key=lambda line: (distance[line], line))[:limit])


def _block_heads(layout: Layout, lines: Iterable[int]) -> set[int]:
    """Give the first lines of the loops, conditions and other blocks that the lines stand in."""
    heads: set[int] = set()
    pending: list[tuple[Node, list[int]]] = [(layout.source.root, list(lines))]
    while pending:
        node, inside = pending.pop()
        if node.kind() in BLOCKS:
            heads |= _head(node)
        for child in node.children():
            place = lines_of(child)
            if here := [line for line in inside if line in place]:
                pending.append((child, here))
    return heads


def _inner_heads(place: Definition | range, lines: set[int]) -> set[int]:
    """Give the heads of the functions inside a function that have some of the lines."""
    inner = [] if isinstance(place, range) else place.node.find_all(kind="function_definition")
    return {line for node in inner if not lines.isdisjoint(lines_of(node)) for line in _head(node)}


def _assignments(layout: Layout, scope: Definition, lines: Iterable[int]) -> set[int]:
    """Give the lines of a function that assign the names which the changed lines use, the nearest before each."""
    changed = sorted(set(lines))
    names = names_on(layout, changed)
    latest: dict[str, range] = {}
    for node in scope.node.find_all(kind="assignment"):
        left, place = node.field("left"), lines_of(node)
        if left is not None and place.start < changed[0] and (name := left.text()) in names:
            latest[name] = place
    return {line for place in latest.values() for line in place[:_ASSIGNED]}


def _head(node: Node) -> set[int]:
    """Give the lines of a block's statement up to its colon, a few at most."""
    start = lines_of(node).start
    colon = next((child for child in node.children() if child.kind() == ":"), None)
    return set(range(start, min(lines_of(colon).stop if colon is not None else start + 1, start + 6)))


def _without(layout: Layout, wanted: set[int], shown: frozenset[int]) -> set[int]:
    """Leave out what the hunks show, but for short runs between lines that are wanted."""
    rest = sorted(wanted - shown)
    lines = set(rest)
    for previous, following in pairwise(rest):
        if 1 < following - previous <= _REPEATED + 1:
            lines |= {line for line in range(previous + 1, following) if line in wanted}
    # Far from its first lines nobody knows which class it is.
    for scope in _classes(layout.body):
        if any(scope.start < line <= scope.end for line in lines):
            lines |= set(scope.head) & wanted
    return lines


def _classes(body: Iterable[Definition]) -> Iterator[Definition]:
    for definition in body:
        if definition.kind is Kind.CLASS:
            yield definition
            yield from _classes(definition.body)


def _imports(layout: Layout, names: Collection[str], shown: frozenset[int]) -> set[int]:
    needed: set[int] = set()
    for binding in layout.imports:
        if binding.top and (binding.name in names or binding.name == STAR) and binding.line not in shown:
            needed |= {binding.first, binding.line}
    return needed


def _snippets(layout: Layout, pieces: Iterable[tuple[set[int], int]], shown: frozenset[int]) -> Iterator[Snippet]:
    """Put lines together by the top-level statement they stand in, and statements that touch."""
    reasons: dict[int, list[int]] = {}
    for lines, hunk in pieces:
        for line in lines:
            reasons.setdefault(line, []).append(hunk)
    imports = {line for binding in layout.imports if binding.top for line in range(binding.first, binding.last + 1)}
    # The heading of the hunk says which class it is.
    classes = (scope for scope in _classes(layout.body) if scope.start == lines_of(scope.node).start)
    heads = {line for scope in classes for line in scope.head}
    groups: list[list[int]] = []
    end = 0
    for line in sorted(reasons):
        # All that is imported is one piece, with gaps.
        if groups and (line <= max(end, groups[-1][-1] + 1) or {line, groups[-1][-1]} <= imports):
            groups[-1].append(line)
        else:
            groups.append([line])
        scopes = layout.around(line)
        end = max(end, scopes[0].end if scopes else whole_of(layout, line, line).stop - 1)
    for group in groups:
        why = _why({hunk for line in group for hunk in reasons[line]})
        snippet = None if set(group) <= heads else build(layout, group, why, shown)
        if snippet is not None:
            yield snippet


def _why(hunks: set[int]) -> str:
    starts = [str(hunk) for hunk in sorted(hunks) if hunk != _IMPORTS]
    around = f"encloses the hunk{'s' * (len(starts) > 1)} at {', '.join(starts)}" if starts else ""
    return "; ".join(filter(None, (around, "imports that the hunks use" if _IMPORTS in hunks else "")))
