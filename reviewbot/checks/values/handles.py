"""What gives access to the database: which names are sessions or connections, and whether these are asynchronous.

A name tells by the type that it is annotated with (through an alias such as ``DB = Annotated[AsyncSession, …]``), by
what it is given (``with SessionLocal() as db``), and only where neither says anything by what it is called.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from reviewbot.checks.values.surroundings import (
    arguments,
    function_around,
    module_value,
    parameter,
    statements_beside,
    unwrapped,
)
from reviewbot.python.imports import STATEMENTS, read
from reviewbot.python.nodes import class_around

if TYPE_CHECKING:
    from reviewbot.checks.values.flow import Flow
    from reviewbot.python.syntax import Node

# So many names are followed, one from another.
_MOST_STEPS = 6
_FUNCTIONS = frozenset({"function_definition", "lambda"})
# Sessions and connections of something else: HTTP, clouds, queues.
_FOREIGN = re.compile(
    r"\b(requests|aiohttp|httpx|boto3|aioboto3|botocore|curl_cffi|tls_client|neo4j|redis|aioredis|pika|aio_pika|ldap3|paramiko|"
    r"tf|onnxruntime|ort|snmp|nox|ClientSession|CachedSession|OAuth\d?Session)\b"
)
_ASYNC_TYPE = re.compile(r"\b(AsyncSession|async_scoped_session|AsyncConnection|AsyncEngine)\b")
_SYNC_TYPE = re.compile(r"\b(Session|scoped_session|Connection|Engine|(Orm|ORM|Sync|SQLModel|SA)Session)\b")
_FACTORY_TYPE = re.compile(r"^(Callable|sessionmaker|async_sessionmaker|(Async)?(Generator|Iterator|ContextManager))\b")
# What is no session itself but holds some, hands them out or is told of them: `ContextVar[AsyncSession]`.
_AROUND_TYPE = re.compile(r"^(?:[\w.]+\.)?(\w+)\[")
_TRANSPARENT = frozenset(
    {"Annotated", "Optional", "Union", "Final", "ClassVar", "scoped_session", "async_scoped_session"}
)
# What a module or a class is given that keeps other values.
_HOLDERS = re.compile(
    r"^([\w.]+\.)?(ContextVar|local|Local|LocalProxy|dict|list|set|defaultdict|OrderedDict|deque|Queue|"
    r"Weak(Key|Value)Dictionary|WeakSet|TTLCache|LRUCache|(Async|Magic)?Mock)(\[.*\])?$"
)
_NAMED_TYPE = re.compile(r"(?i)^\w*(session|db|database)_?(dep|dependency|depends|local)?$")
_OTHER_SESSION = re.compile(r"^\w+Session$")
_FACTORY = re.compile(r"(?i)(session_?local|session_?maker|session_?factory|async_?session|sessions|^scoped_session)$")
# `get_session_factory()` hands out what makes sessions, where `session_factory()` makes one.
_FACTORY_GIVEN = re.compile(r"(?i)^_*(get|make|create|build|new|provide|load|resolve)_?\w*(factory|maker)$")
_GETTER = re.compile(
    r"^_*((get|open|new|make|create|acquire|provide)_)?((async|sync|db|database|sql|new|read|write|local)_)*"
    r"(db|session|session_scope|db_context|session_context)$"
)
_MAKERS = frozenset({"sessionmaker", "async_sessionmaker", "scoped_session", "async_scoped_session"})
# Closes what it is given.
_MANAGING = ("closing", "aclosing", "enter_context", "enter_async_context")
_BOUND = re.compile(r"\b_?(conn|connection)\b")
_ENGINE = re.compile(r"(?i)(^|[._])(\w{,80}engine)$")
_SESSION_NAME = re.compile(r"^_*(db|session|db_session|async_session|sess|dbsession|read_db|write_db|db_sess)$")
_CONNECTION_NAME = re.compile(r"^_*(conn|connection|cur|cursor|db_conn|db_connection|cnx)$")


@dataclass(frozen=True, slots=True)
class Handle:
    """What gives access to something.

    Attributes:
        kind: ``session``, ``connection``, ``engine``, ``factory`` (gives sessions), or ``other``: no database.
        asynchronous: Whether its methods are awaited; None where that cannot be told.
    """

    kind: str
    asynchronous: bool | None = None

    @property
    def is_database(self) -> bool:
        """Whether queries run on it."""
        return self.kind in {"session", "connection"}


_OTHER = Handle("other")


def handle(node: Node, flow: Flow) -> Handle | None:
    """Tell what an expression gives access to; None where it does not look like anything of the kind."""
    access = _Handles(flow).of(node, _MOST_STEPS) or _by_name(node)
    if access is not None and access.is_database and access.asynchronous is None and _awaited_here(node):
        return Handle(access.kind, asynchronous=True)
    return access


def opens(node: Node, flow: Flow) -> bool:
    """Tell whether a call makes a new session, which whoever calls it has to close."""
    function = node.field("function") if node.kind() == "call" else None
    if function is None or _getter(function) or function.text().endswith((*_MANAGING, *_MAKERS)):
        return False
    given = node.field("arguments")
    if given is not None and _BOUND.search(given.text()):
        # It borrows a connection that somebody else gives back.
        return False
    access = _Handles(flow).of(node, _MOST_STEPS)
    return access.kind == "session" if access is not None else _is_used_as_session(node, function)


class _Handles:
    def __init__(self, flow: Flow) -> None:
        self._flow = flow

    def of(self, node: Node, steps: int) -> Handle | None:
        node = unwrapped(node)
        tell = {"identifier": self._name, "attribute": self._attribute, "call": self._call}.get(node.kind())
        return tell(node, steps) if tell is not None and steps > 0 else None

    def _name(self, node: Node, steps: int) -> Handle | None:
        name = node.text()
        for function in node.ancestors():
            if function.kind() not in _FUNCTIONS:
                continue
            annotation = parameter(function, name)
            if annotation is not None:
                return self._typed(annotation, node, steps)
            access = self._assigned(function, name, steps) if function.kind() == "function_definition" else None
            if access is not None:
                return access
        value = module_value(node, name)
        return self._value(value, steps - 1) if value is not None else None

    def _assigned(self, function: Node, name: str, steps: int) -> Handle | None:
        """Tell what the values are that a function gives to a name."""
        inside = function.child(0)
        names, _ = self._flow.around(inside) if inside is not None else (None, None)
        for value in [*names.values.get(name, ()), *names.elements.get(name, ())] if names is not None else ():
            around = function_around(value)
            if around is None or around.range().start.index != function.range().start.index:
                continue
            access = self._value(value, steps - 1)
            if access is not None:
                return access
        return None

    def _value(self, value: Node, steps: int) -> Handle | None:
        assigned = value.parent()
        kind = assigned.field("type") if assigned is not None and assigned.kind() == "assignment" else None
        told = self._typed(kind.text(), value, steps) if kind is not None else None
        if told is not None:
            return told
        access = self.of(value, steps)
        if access is None or not access.is_database:
            return access
        near = value.ancestors()[:4]
        managed = next((ancestor for ancestor in near if ancestor.kind() in {"with_statement", "for_statement"}), None)
        if managed is not None and _holds(managed, value):
            return Handle(access.kind, asynchronous=managed.text().startswith("async"))
        return access

    def _attribute(self, node: Node, steps: int) -> Handle | None:
        of, name = node.field("object"), node.field("attribute")
        if of is None or name is None:
            return None
        if of.text() not in {"self", "cls"}:
            of_web = name.text() == "session" and of.text().endswith(("request", "req"))
            return _OTHER if of_web or _FOREIGN.search(of.text()) else None
        return self._own(around, name.text(), steps) if (around := class_around(node)) is not None else None

    def _own(self, definition: Node, name: str, steps: int) -> Handle | None:
        """Tell what `self.name` of a class is, by what it is assigned, declared as or returns."""
        wanted = re.escape(name)
        rule = {
            "any": [
                {"kind": "assignment", "has": {"field": "left", "regex": rf"^((self|cls)\.)?{wanted}$"}},
                {"kind": "function_definition", "has": {"field": "name", "regex": f"^{wanted}$"}},
            ]
        }
        for node in definition.find_all({"rule": rule}):  # type: ignore[call-overload]  # its stub wants a TypedDict
            kind = node.field("type") or node.field("return_type")
            told = self._typed(kind.text(), node, steps) if kind is not None else None
            value = node.field("right")
            if told is None and value is not None:
                told = self._value(value, steps - 1)
            if told is not None:
                return told
        return None

    def _call(self, node: Node, steps: int) -> Handle | None:
        function = node.field("function")
        if function is None:
            return None
        text = "".join(function.text().split())
        last = text.rpartition(".")[2]
        if _FOREIGN.search(text) or _HOLDERS.match(text):
            return _OTHER
        if last in {"next", "anext", *_MANAGING}:
            given = arguments(node)
            return self.of(given[0], steps - 1) if given else None
        if last in _MAKERS:
            # A scoped session is used like a session as well.
            return Handle("session" if "scoped" in last else "factory", "async" in node.text().lower())
        declared = self._declared(function, text, steps)
        if declared is None and _FACTORY_GIVEN.match(last):
            return Handle("factory", "async" in last.lower() or None)
        return declared or self._by_function(node, function, text, steps)

    def _declared(self, function: Node, text: str, steps: int) -> Handle | None:
        """Tell what a call gives by what is known of the function: a method that returns it, a factory."""
        of_class = function.kind() == "attribute" and text.startswith(("self.", "cls."))
        access = self.of(function, steps - 1) if of_class or function.kind() == "identifier" else None
        if access is not None and access.kind == "factory":
            return Handle("session", access.asynchronous)
        return access if of_class else None

    def _by_function(self, node: Node, function: Node, text: str, steps: int) -> Handle | None:
        """Tell what a call gives by what the function is called, or by how the module makes it."""
        of, _, last = text.rpartition(".")
        if last in {"Session", "AsyncSession"}:
            return self._typed(text, node, steps)
        if last in {"connect", "begin"} and _ENGINE.search(of):
            return Handle("connection", "async" in text.lower() or None)
        if last == "begin" and _FACTORY.search(of):
            return Handle("session", "async" in text.lower() or None)
        value = module_value(node, text) if function.kind() != "call" else function
        making = value.text() if value is not None else ""
        if re.match(rf"(\w+\.)*({'|'.join(_MAKERS)})\(", making):
            return Handle("session", "async_" in making or "AsyncSession" in making)
        if _FACTORY.search(last) or _getter(function):
            return Handle("session", "async" in text.lower() or None)
        return None

    def _typed(self, annotation: str, near: Node, steps: int) -> Handle | None:
        """Tell what an annotation says; nothing where it could be anything."""
        text = re.sub(r"[\s\"']", "", annotation)
        match = _ASYNC_TYPE.search(text) or _SYNC_TYPE.search(text)
        if _FOREIGN.search(text) or (match is not None and _imported_from_elsewhere(near, match[0])):
            return _OTHER
        if match is not None:
            word = match[0].lower()
            kind = next((ending for ending in ("connection", "engine") if word.endswith(ending)), "session")
            if _FACTORY_TYPE.match(text):
                return Handle("factory", word.startswith("async"))
            around = _AROUND_TYPE.match(text)
            return _OTHER if around is not None and around[1] not in _TRANSPARENT else Handle(kind, word[:5] == "async")
        if not text.isidentifier() or steps <= 0:
            return None
        alias = module_value(near, text)
        told = self._typed(alias.text(), near, steps - 1) if alias is not None else None
        return told or _called(text)


def _called(annotation: str) -> Handle | None:
    """Tell what a type from elsewhere is by its name: `SessionDep` is one of ours, `TrainingSession` is not."""
    is_session = bool(_OTHER_SESSION.match(annotation))
    if _NAMED_TYPE.match(annotation) and (not is_session or re.match(r"(?i)(async|db)", annotation)):
        return Handle("session", "async" in annotation.lower() or None)
    return _OTHER if is_session else None


def _is_used_as_session(made: Node, function: Node) -> bool:
    """Tell whether what an unknown class `…Session` makes is used like a session of the database."""
    assigned = made.parent()
    name = assigned.field("left") if assigned is not None and assigned.kind() == "assignment" else None
    around = function_around(made)
    if name is None or around is None or not re.search(r"Session$", function.text()):
        return False
    own = re.escape(name.text())
    return bool(re.search(rf"\b{own}\.(commit|query|execute|scalars?|flush|rollback)\(", around.text()))


def _getter(function: Node) -> bool:
    """Tell whether a function, by its name, hands out a session that somebody else closes."""
    last = "".join(function.text().split()).rpartition(".")[2]
    return bool(_GETTER.match(last))


def _by_name(node: Node) -> Handle | None:
    name = node.field("attribute") if node.kind() == "attribute" else node
    if name is None or name.kind() != "identifier":
        return None
    if _SESSION_NAME.match(name.text()):
        return Handle("session")
    return Handle("connection") if _CONNECTION_NAME.match(name.text()) else None


def _imported_from_elsewhere(near: Node, word: str) -> bool:
    for statement in statements_beside(near):
        for binding in read(statement) if statement.kind() in STATEMENTS else ():
            if binding.name == word:
                return _FOREIGN.search(binding.module) is not None
    return False


def _holds(managed: Node, value: Node) -> bool:
    """Tell whether a value stands in the head of a `with` or `for`, and not in its body."""
    body = managed.field("body")
    return body is not None and value.range().start.index < body.range().start.index


def _awaited_here(node: Node) -> bool:
    """Tell whether the function around awaits the same session elsewhere, or its file knows only asynchronous ones."""
    function = next((ancestor for ancestor in node.ancestors() if ancestor.kind() in _FUNCTIONS), None)
    if function is None or not function.text().startswith("async"):
        return False
    text = function.text()
    if re.search(rf"\bawait\s+{re.escape(node.text())}\.", text) or re.search(r"\b(AsyncSession|DbSession)\b", text):
        return True
    imports = [statement.text() for statement in statements_beside(node) if statement.kind().startswith("import")]
    known = " ".join(imports)
    return "AsyncSession" in known and not re.search(r"\bimport\b[^\n]*\bSession\b", known)
