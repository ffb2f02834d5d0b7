"""The definitions that changed lines use, from the change's own files and from the rest of the tree."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.change import FileKind
from reviewbot.context.around import HUNK_LIMIT, enclosing, shown_in
from reviewbot.context.module import Kind
from reviewbot.context.nearby import is_test
from reviewbot.context.outline import MEDIUM, SHORT
from reviewbot.context.search import Found, Library
from reviewbot.context.target import Target
from reviewbot.context.uses import injected, names_in, uses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reviewbot.change import ChangedFile, ChangeSet
    from reviewbot.context.module import Module
    from reviewbot.context.snippet import Snippet
    from reviewbot.context.uses import Use

# Reading costs a request each time: once what the hunks name, once what that passes on.
_READINGS = 2
# What every container and query result has says nothing about a class.
_GENERIC = frozenset(
    {*dir(dict), *dir(list), *dir(set), *dir(str), "all", "first", "one", "one_or_none", "scalar", "scalars"}
    | {"scalar_one", "scalar_one_or_none", "unique", "mappings", "fetchall", "filter", "where", "order_by"}
)
# Names of fields: ``one.name``, ``name=``, ``name:`` and ``"name"``.
_FIELD = re.compile(r"(?<=\.)[^\W\d]\w*|[^\W\d]\w*(?=\s*[=:])|(?<=[\"'])[^\W\d]\w*(?=[\"'])")


@dataclass(frozen=True, slots=True)
class Definitions:
    """What was found.

    Attributes:
        snippets: Most useful first.
        left_out: What was found but had no room: ``User (app/models/user.py:12)``.
    """

    snippets: tuple[Snippet, ...] = ()
    left_out: tuple[str, ...] = ()


def definitions(
    changes: ChangeSet, files: Sequence[ChangedFile], limit_lines: int, *, hunk_limit: int = HUNK_LIMIT
) -> Definitions:
    """Give the definitions that the added lines of some files use, as far as the prompt does not show them.

    Names are followed through imports inside the tree, re-exports, and objects made at module level. A class is shown
    with its head, fields and signatures where the lines make, query or extend it, with the fields that they name where
    it is an annotation only; a function with its body where it is short. What is found through the type of a variable,
    or as a base class, comes last. Not found: what is passed in without an annotation, made by a
    factory, or named by a string that is more than a name.

    Args:
        changes: The change; its ``head_tree`` is read at most twice, and only files that imports lead to.
        files: The files whose hunks, and what encloses them, the prompt shows.
        limit_lines: How many lines all snippets may have together.
        hunk_limit: The limit that :func:`enclosing` was given.
    """
    gone = {file.path for file in changes.files if file.kind is FileKind.DELETED}
    gone |= {file.old_path for file in changes.files if file.kind is FileKind.RENAMED and file.old_path}
    texts = {file.path: file.new_text for file in changes.files if file.new_text is not None}
    library = Library(changes.head_tree, texts, frozenset(gone))
    read = [file for file in files if file.path in texts and file.added_lines]
    asked = [
        (module, use)
        for file in read
        if (module := library.module(file.path)) is not None
        for use in uses(module, file.added_lines)
    ]
    for module in {id(module): module for module, _ in asked}.values():
        library.expect(module)
    for reading in range(_READINGS + 1):
        targets = _targets(library, asked)
        if reading == _READINGS or not library.read():
            break
    words = {word for file in read for hunk in file.hunks for line in hunk.lines for word in _FIELD.findall(line.text)}
    # Every model has an id, which says nothing about it.
    words.discard("id")
    return _chosen(targets, {file.path: _shown(file, hunk_limit) for file in read}, words, limit_lines)


def _shown(file: ChangedFile, limit: int) -> frozenset[int]:
    around = {number for snippet in enclosing(file, limit) for number, _ in snippet.lines}
    return shown_in(file) | around


def _targets(library: Library, asked: Iterable[tuple[Module, Use]]) -> list[Target]:
    targets: dict[tuple[str, str], Target] = {}
    guesses: dict[tuple[str, int, str, str], list[Found]] = {}
    for module, use in asked:
        if use.attribute:
            key = (module.path, use.line, use.variable, use.attribute)
            guesses.setdefault(key, []).extend(_guessed(library, module, use))
            continue
        found = library.find(module, use.names)
        if found is None or (use.own and found.member is None):
            continue
        _inject(library, targets, found, module, use)
        if use.alias:
            continue
        target = _add(targets, found, (module.path, use.line), member_only=use.own)
        target.direct |= not use.variable
        target.wanted |= not (use.variable or use.annotation or is_test(module.path))
        target.dependency |= use.dependency
        if use.variable:
            target.serves(f"{use.variable}, which has", (module.path, use.line))
    for (path, line, variable, attribute), several in guesses.items():
        # A variable may come from several classes: the one it is comes with the attribute.
        fitting = [one for one in several if one.member is not None]
        for one in fitting or ([] if attribute in _GENERIC else several[:1]):
            _add(targets, one, (path, line)).variables.setdefault(variable, []).append((path, line))
    for target in [target for target in targets.values() if target.whole]:
        for base in library.bases(Found(target.module, target.definition)):
            inherited = _target(targets, base)
            inherited.whole = True
            inherited.base_of = inherited.base_of or target.definition.name
            inherited.lines |= target.lines
    return list(targets.values())


def _inject(library: Library, targets: dict[tuple[str, str], Target], found: Found, module: Module, use: Use) -> None:
    """Note what an alias such as ``Annotated[User, Depends(get_current_user)]`` depends on, and the alias with it."""
    value = found.definition.value if found.definition.kind is Kind.VALUE else None
    for names in injected(value) if value is not None else ():
        place = (module.path, use.line)
        if use.alias:
            _add(targets, found, place).serves(f"{use.variable}, which has", place)
        inner = library.find(found.module, names)
        if inner is not None:
            target = _add(targets, inner, place)
            target.dependency = True
            target.wanted |= not use.variable
            target.serves(f"{use.variable}, which has" if use.variable else f"{found.definition.name}, used by", place)


def _guessed(library: Library, module: Module, use: Use) -> Iterator[Found]:
    """Give the classes that a variable may be an object of, with the attribute where they have it."""
    found = library.find(module, use.names)
    if found is not None and found.definition.kind is Kind.VALUE:
        found = library.find(module, (*use.names, use.attribute))
    if found is None:
        return
    made = found.member or found.definition
    returned = made.node.field("return_type") if made.kind is Kind.FUNCTION else None
    candidates = (
        [library.find(found.module, names) for names in names_in(returned)]
        if returned is not None
        else [found if made.kind is not Kind.FUNCTION else None]
    )
    for one in candidates:
        if one is not None and one.definition.kind is Kind.CLASS:
            whole = Found(one.module, one.definition)
            yield library.member(whole, use.attribute) or whole


def _add(
    targets: dict[tuple[str, str], Target], found: Found, place: tuple[str, int], *, member_only: bool = False
) -> Target:
    """Note that a definition is used in a line, and which part of it."""
    target = _target(targets, found)
    target.lines[place] = None
    target.passed |= dict.fromkeys(found.passed)
    if found.member is not None and (member_only or found.member.kind is Kind.FUNCTION):
        target.members[found.member.name] = found.member
    else:
        target.whole |= not (found.passed and found.member is None)
    return target


def _target(targets: dict[tuple[str, str], Target], found: Found) -> Target:
    key = (found.module.path, found.definition.name)
    return targets.setdefault(key, Target(found.module, found.definition))


def _chosen(
    targets: Iterable[Target], shown: Mapping[str, frozenset[int]], words: set[str], limit_lines: int
) -> Definitions:
    """Take what fits, the most useful first; what room is left goes to the bodies of functions."""
    fitting: list[tuple[Target, Snippet]] = []
    left_out = []
    room = limit_lines
    for target in sorted(targets, key=lambda target: target.rank):
        sizes = [target.snippet(shown, words, short) for short in (SHORT, SHORT // 2, 0)]
        if sizes[0] is None:
            continue
        snippet = next((one for one in sizes if one is not None and len(one) <= room), None)
        if snippet is None:
            left_out.append(f"{target.definition.name} ({target.module.path}:{target.definition.start})")
            continue
        room -= len(snippet)
        fitting.append((target, snippet))
    snippets = []
    for target, snippet in fitting:
        fuller = target.snippet(shown, words, MEDIUM) if target.direct else None
        if fuller is not None and len(fuller) - len(snippet) <= room:
            room -= len(fuller) - len(snippet)
            snippets.append(fuller)
        else:
            snippets.append(snippet)
    return Definitions(tuple(snippets), tuple(left_out))
