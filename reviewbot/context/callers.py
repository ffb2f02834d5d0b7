"""Who calls what a change altered: functions that changed, functions and classes that are gone."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from posixpath import basename, dirname
from typing import TYPE_CHECKING

from reviewbot.context.module import Kind, Module, chain, is_source, lines_of
from reviewbot.context.nearby import is_test, nearby

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from reviewbot.change import ChangedFile, ChangeSet
    from reviewbot.context.module import Definition
    from reviewbot.context.search import Library
    from reviewbot.syntax import Node

_IDLE = re.compile(r"#[^\n]*|\s+")
# Nobody calls these by name.
_UNCALLED = re.compile(r"test_|__(?!init__)")
_OWN = frozenset({"self", "cls"})
# Called by requests, and not by code.
_ROUTE = re.compile(r"@[\w.]+\.(get|post|put|patch|delete|websocket|exception_handler|middleware|on_event)\(")
# Of a function whose body alone changed, some calls show what it is for.
_MOST_OF_ONE = 3


@dataclass(frozen=True, slots=True)
class Call:
    """A line that names an altered function.

    Attributes:
        path: The file.
        line: The line.
        text: What stands there, without its indentation.
        symbol: What is named: ``UserService.get``.
    """

    path: str
    line: int
    text: str
    symbol: str


@dataclass(frozen=True, slots=True)
class Callers:
    """What was found.

    Attributes:
        calls: Those of functions whose signature changed first, each nearest to the change first.
        more: How many of functions whose signature changed were found beyond the limit.
        changed: The functions that were looked for.
        searched: How many files were looked through.
        candidates: How many Python files there are.
        uncalled: Functions and classes that are gone, and that no file looked through calls.
    """

    calls: tuple[Call, ...] = ()
    more: int = 0
    changed: tuple[str, ...] = ()
    searched: int = 0
    candidates: int = 0
    uncalled: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class _Altered:
    """A function as it was before the change: the file and class it is imported by, and its own name."""

    path: str
    owner: str
    name: str
    instances: frozenset[str]
    signature: bool
    gone: bool

    @property
    def symbol(self) -> str:
        return f"{self.owner}.{self.name}" if self.owner else self.name

    @property
    def called(self) -> str:
        """The name that a call has: a constructor is called by its class."""
        return self.owner if self.name == "__init__" else self.name


def callers(
    changes: ChangeSet, files: Sequence[ChangedFile], *, limit: int = 10, most_files: int | None = None
) -> Callers:
    """Find lines that the diff does not show, and that call functions which the files change or remove.

    Of a function whose body alone changed three are given, and none in tests.

    A call counts where imports lead to the function, or, for a method, where it is called on its class, on an object
    made of it at module level, on ``self`` in it, or on a variable in a file that names the class. Not seen: calls
    through other variables or subclasses in other files, ``getattr``, names in strings (patches of a test, task names),
    re-exports under another name, and whether a call's arguments still fit.

    Args:
        changes: The change; its ``head_tree`` is read once, and not at all where no function changed.
        files: The files whose functions are compared before and after; both whole texts must be known.
        limit: How many calls are given.
        most_files: How many files of the tree may be read, nearest first; None for all of them.
    """
    altered = [one for file in files for one in _altered(file)]
    if not altered:
        return Callers()
    around = nearby(changes, {one.path for one in altered}, most_files)
    found = [
        call
        for path in around.read
        for call in _calls(around.library, path, altered, around.shown.get(path, frozenset()))
    ]
    signatures = {one.symbol for one in altered if one.signature}
    broken = [call for call in found if call.symbol in signatures]
    # What a function does is seen where it is called, and tests say little about that.
    others = [call for call in found if call.symbol not in signatures and not is_test(call.path)]
    seen = Counter[str]()
    some = []
    for call in others:
        seen[call.symbol] += 1
        if seen[call.symbol] <= _MOST_OF_ONE:
            some.append(call)
    called = {call.symbol for call in found}
    return Callers(
        calls=tuple([*broken, *some][:limit]),
        more=max(0, len(broken) - limit),
        changed=tuple(dict.fromkeys(one.symbol for one in altered)),
        searched=len(around.read),
        candidates=len(around.candidates),
        uncalled=tuple(one.symbol for one in altered if one.gone and one.symbol not in called),
    )


def _altered(file: ChangedFile) -> Iterator[_Altered]:
    """Give the functions of a file that are others after the change, or gone."""
    if file.old_text is None or not file.hunks or not is_source(file.path, file.old_text):
        return
    old = Module(file.old_path or file.path, file.old_text)
    new = _functions(Module(file.path, file.new_text or ""))
    for symbol, (signature, body) in _functions(old).items():
        changed = symbol not in new or new[symbol][0] != signature
        if not changed and (new[symbol][1] == body or is_test(file.path)):
            continue
        owner, _, name = symbol.rpartition(".")
        if _UNCALLED.match(name) or (owner and owner not in new):
            continue
        instances = {one.name for one in old.body if one.value is not None and _makes(one.value) == owner}
        yield _Altered(file.path, owner, name, frozenset(instances if owner else ()), changed, symbol not in new)


def _functions(module: Module) -> Mapping[str, tuple[str, str]]:
    """Give by symbol the signature of each function, and its body; of a class, and of a route, no body."""
    found: dict[str, tuple[str, str]] = {}
    for one in _named(module.body):
        parameters = one.node.field("parameters")
        first = one.node.child(0)
        waits = first is not None and first.kind() == "async"
        bare = _IDLE.sub("", parameters.text()).replace(",)", ")") if parameters is not None else ""
        decorators = module.lines[one.start - 1 : lines_of(one.node).start - 1]
        called = one.kind is Kind.FUNCTION and not any(_ROUTE.match(line.strip()) for line in decorators)
        body = one.node.field("body") if called else None
        text = _IDLE.sub("", body.text().removeprefix(one.docstring_text)) if body is not None else ""
        found.setdefault(one.symbol, (f"{waits}{bare}", text))
    return found


def _named(body: Iterable[Definition]) -> Iterator[Definition]:
    """Give all functions and classes; a class has no parameters, so that it only differs where it is gone."""
    for one in body:
        if one.kind is not Kind.VALUE:
            yield one
            yield from _named(one.body)


def _makes(value: Node) -> str:
    made = chain(value.field("function")) if value.kind() == "call" else ()
    return ".".join(made)


def _calls(library: Library, path: str, altered: Sequence[_Altered], shown: frozenset[int]) -> Iterator[Call]:
    text = library.texts[path]
    likely = [one for one in altered if one.called in text and _mentions(text, path, one)]
    module = library.module(path) if likely else None
    if module is None:
        return
    names = "|".join(sorted({re.escape(one.called) for one in likely}))
    seen: set[int] = set()
    for node in module.source.root.find_all(kind="identifier", regex=f"^({names})$"):
        line = lines_of(node).start
        if line in shown or line in seen:
            continue
        for one in likely:
            if one.called == node.text() and _is_call(library, module, node, one):
                seen.add(line)
                yield Call(path, line, module.lines[line - 1].strip(), one.symbol)
                break


def _mentions(text: str, path: str, one: _Altered) -> bool:
    """Tell whether a file can know of a function at all: it names the module, or the class or an object of it."""
    if path == one.path:
        return True
    stem = basename(one.path).removesuffix(".py")
    module = basename(dirname(one.path)) if stem == "__init__" else stem
    return module in text or any(name in text for name in (one.owner, *one.instances) if name)


def _is_call(library: Library, module: Module, node: Node, one: _Altered) -> bool:
    parent = node.parent()
    if parent is None or parent.kind() in {"function_definition", "class_definition", "keyword_argument"}:
        return False
    if any(around.kind() in {"import_statement", "import_from_statement"} for around in node.ancestors()):
        return _still_imported(library, module, node, one)
    name = parent.field("attribute") if parent.kind() == "attribute" else None
    if name is None or name.range().start.index != node.range().start.index:
        return not (one.owner and one.name != "__init__") and _leads_to(library, module, (node.text(),), one)
    return _is_member(library, module, parent, one)


def _still_imported(library: Library, module: Module, node: Node, one: _Altered) -> bool:
    """Tell whether an import names a function that is not there any more."""
    imported = next((other for other in module.imports if other.attribute == node.text()), None)
    if imported is None or one.owner:
        return False
    source = library.paths.module(module.path, imported.module, imported.level)
    origin = library.module(one.path)
    return source == one.path and (origin is None or one.name not in origin.names)


def _is_member(library: Library, module: Module, attribute: Node, one: _Altered) -> bool:
    receiver = chain(attribute.field("object"))
    if not receiver:
        return False
    if not one.owner or one.name == "__init__":
        return _leads_to(library, module, (*receiver, one.called), one)
    owner = one.owner.rpartition(".")[2]
    if receiver[0] in _OWN:
        scopes = module.around(lines_of(attribute).start)
        return module.path == one.path and any(scope.symbol == one.owner for scope in scopes)
    if receiver[-1] == owner or receiver[-1] in one.instances:
        return _leads_to(library, module, receiver, one)
    bound = receiver[0] in module.names or receiver[0] in module.imported
    return not bound and owner in (module.imported if module.path != one.path else module.names)


def _leads_to(library: Library, module: Module, names: tuple[str, ...], one: _Altered) -> bool:
    """Tell whether names lead into the file of a function, where it may not stand any more."""
    found = library.find(module, names)
    if found is not None:
        return found.module.path == one.path
    imported = module.imported.get(names[0])
    if imported is None:
        return False
    named = (imported.attribute, *names[1:]) if imported.attribute else names[1:]
    source = library.paths.module(module.path, imported.module, imported.level)
    inner = library.paths.namespace(module.path, imported.module, imported.level, named[0]) if named else None
    return one.path in {source, inner} and (not named or named[-1] in {one.called, one.owner, *one.instances})
