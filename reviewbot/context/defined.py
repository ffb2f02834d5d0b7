"""The definitions that changed lines use, from the change's own files and from the rest of the tree."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from reviewbot.change import FileKind
from reviewbot.context.around import HUNK_LIMIT, enclosing, shown_in
from reviewbot.context.module import Kind
from reviewbot.context.outline import MEDIUM, SHORT, function_outline, outline
from reviewbot.context.search import Found, Library
from reviewbot.context.snippet import build
from reviewbot.context.uses import injected, names_in, uses

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reviewbot.change import ChangedFile, ChangeSet
    from reviewbot.context.module import Definition, Module
    from reviewbot.context.snippet import Snippet
    from reviewbot.context.uses import Use

# Reading costs a request each time: once what the hunks name, once what that passes on.
_READINGS = 2
# How many of the files and lines that use a definition are named.
_NAMED_FILES = 2
_NAMED_LINES = 3
# Of what is known as the type of a variable only, few fields are shown beside those that the hunks name.
_FEW = 30
# What every container and query result has says nothing about a class.
_GENERIC = frozenset(
    {*dir(dict), *dir(list), *dir(set), *dir(str), "all", "first", "one", "one_or_none", "scalar", "scalars"}
    | {"scalar_one", "scalar_one_or_none", "unique", "mappings", "fetchall", "filter", "where", "order_by"}
)
_WORD = re.compile(r"[^\W\d]\w*")


@dataclass(frozen=True, slots=True)
class Definitions:
    """What was found.

    Attributes:
        snippets: Most useful first.
        left_out: What was found but had no room: ``User (app/models/user.py:12)``.
    """

    snippets: tuple[Snippet, ...] = ()
    left_out: tuple[str, ...] = ()


@dataclass
class _Target:
    """A definition at module level that is used, with all that is used of it."""

    module: Module
    definition: Definition
    whole: bool = False
    members: dict[str, Definition] = field(default_factory=dict)
    lines: dict[tuple[str, int], None] = field(default_factory=dict)
    variables: dict[str, None] = field(default_factory=dict)
    passed: dict[str, None] = field(default_factory=dict)
    dependency: bool = False
    direct: bool = False
    around: str = ""
    base_of: str = ""

    @property
    def rank(self) -> tuple[int, int]:
        """What a review needs first: models, schemas and dependencies, then by how many lines use it."""
        fields = any(member.kind is Kind.VALUE for member in self.definition.body)
        first = self.direct and (self.dependency or fields)
        later = 4 if self.around else 3 if self.base_of else 2
        return (0 if first else 1 if self.direct else later, -len(self.lines))


def definitions(
    changes: ChangeSet, files: Sequence[ChangedFile], limit_lines: int, *, hunk_limit: int = HUNK_LIMIT
) -> Definitions:
    """Give the definitions that the added lines of some files use, as far as the prompt does not show them.

    Names are followed through imports inside the tree, re-exports, and objects made at module level. A class is shown
    with its head, fields and signatures, a function with its body where it is short. What is found through the
    type of a variable, or as a base class, comes last. Not found: what is passed in without an annotation, made by a
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
    words = {word for file in read for hunk in file.hunks for line in hunk.lines for word in _WORD.findall(line.text)}
    return _chosen(targets, {file.path: _shown(file, hunk_limit) for file in read}, words, limit_lines)


def _shown(file: ChangedFile, limit: int) -> frozenset[int]:
    around = {number for snippet in enclosing(file, limit) for number, _ in snippet.lines}
    return shown_in(file) | around


def _targets(library: Library, asked: Iterable[tuple[Module, Use]]) -> list[_Target]:
    targets: dict[tuple[str, str], _Target] = {}
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
        target.dependency |= use.dependency
        target.around = target.around or use.variable
    for (path, line, variable, attribute), several in guesses.items():
        # A variable may come from several classes: the one it is comes with the attribute.
        fitting = [one for one in several if one.member is not None]
        for one in fitting or ([] if attribute in _GENERIC else several[:1]):
            _add(targets, one, (path, line)).variables[variable] = None
    for target in [target for target in targets.values() if target.whole]:
        for base in library.bases(Found(target.module, target.definition)):
            inherited = _target(targets, base)
            inherited.whole = True
            inherited.base_of = inherited.base_of or target.definition.name
            inherited.lines |= target.lines
    return list(targets.values())


def _inject(
    library: Library, targets: dict[tuple[str, str], _Target], found: Found, module: Module, use: Use
) -> None:
    """Note what an alias such as ``Annotated[User, Depends(get_current_user)]`` depends on, and the alias with it."""
    value = found.definition.value if found.definition.kind is Kind.VALUE else None
    for names in injected(value) if value is not None else ():
        place = (module.path, use.line)
        if use.alias:
            alias = _add(targets, found, place)
            alias.around = alias.around or use.variable
        inner = library.find(found.module, names)
        if inner is not None:
            target = _add(targets, inner, place)
            target.dependency = True
            target.around = target.around or use.variable or found.definition.name


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
    targets: dict[tuple[str, str], _Target], found: Found, place: tuple[str, int], *, member_only: bool = False
) -> _Target:
    """Note that a definition is used in a line, and which part of it."""
    target = _target(targets, found)
    target.lines[place] = None
    target.passed |= dict.fromkeys(found.passed)
    if found.member is not None and (member_only or found.member.kind is Kind.FUNCTION):
        target.members[found.member.name] = found.member
    else:
        target.whole |= not (found.passed and found.member is None)
    return target


def _target(targets: dict[tuple[str, str], _Target], found: Found) -> _Target:
    key = (found.module.path, found.definition.name)
    return targets.setdefault(key, _Target(found.module, found.definition))


def _chosen(
    targets: Iterable[_Target], shown: Mapping[str, frozenset[int]], words: set[str], limit_lines: int
) -> Definitions:
    """Take what fits, the most useful first; what room is left goes to the bodies of functions."""
    fitting: list[tuple[_Target, Snippet]] = []
    left_out = []
    room = limit_lines
    for target in sorted(targets, key=lambda target: target.rank):
        snippet = _snippet(target, shown, words, SHORT)
        if snippet is None:
            continue
        if len(snippet) > room:
            left_out.append(f"{target.definition.name} ({target.module.path}:{target.definition.start})")
            continue
        room -= len(snippet)
        fitting.append((target, snippet))
    snippets = []
    for target, snippet in fitting:
        fuller = _snippet(target, shown, words, MEDIUM) if target.direct else None
        if fuller is not None and len(fuller) - len(snippet) <= room:
            room -= len(fuller) - len(snippet)
            snippets.append(fuller)
        else:
            snippets.append(snippet)
    return Definitions(tuple(snippets), tuple(left_out))


def _snippet(target: _Target, shown: Mapping[str, frozenset[int]], words: set[str], short: int) -> Snippet | None:
    module, value = target.module, target.definition.kind is Kind.VALUE
    # The head of a class or function says which it is; alone it says nothing. A value has none.
    head = set() if value else set(target.definition.head)
    seen = shown.get(module.path, frozenset())
    wanted = _lines(target, words, short)
    if wanted - seen <= head:
        return None
    return build(module.path, module.lines, (wanted - seen) | head, _why(target))


def _lines(target: _Target, words: set[str], short: int) -> set[int]:
    definition = target.definition
    if definition.kind is Kind.FUNCTION:
        lines = function_outline(definition, short)
    elif target.whole or not target.members:
        lines = outline(definition, words) if target.direct else outline(definition, words, _FEW)
    else:
        lines = set(definition.head)
    for member in target.members.values():
        lines |= function_outline(member, short) if member.kind is Kind.FUNCTION else outline(member)
    return lines


def _why(target: _Target) -> str:
    places: dict[str, list[int]] = {}
    for path, line in target.lines:
        places.setdefault(path, []).append(line)
    where = "; ".join(f"{path}:{_listed(lines)}" for path, lines in list(places.items())[:_NAMED_FILES])
    if target.direct:
        through = f" as `{next(iter(target.passed))}`" if target.passed else ""
        return f"used{through} by {where}"
    if target.base_of:
        return f"base class of {target.base_of}"
    if target.variables:
        return f"`{next(iter(target.variables))}` comes from it, used by {where}"
    return f"dependency of {target.around}, which has {where}"


def _listed(lines: list[int]) -> str:
    first = ", ".join(str(line) for line in sorted(lines)[:_NAMED_LINES])
    return f"{first}, ..." if len(lines) > _NAMED_LINES else first
