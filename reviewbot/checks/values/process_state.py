"""What lives as long as the process: containers of a module or of a class, which functions fill and nothing empties."""

from __future__ import annotations

import itertools
import re
from typing import TYPE_CHECKING

from reviewbot.checks.values.carriers import squeezed
from reviewbot.checks.values.surroundings import parameter
from reviewbot.python import nodes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.values.flow import Flow
    from reviewbot.python.syntax import Node

_EMPTY = re.compile(
    r"\{\}|\[\]|(collections\.)?(dict|list|set|defaultdict|OrderedDict|deque|Counter)(\[[^()]*\])?"
    r"\((?!.*\bmaxlen=(?!None\b)).*\)"
)
# `{"sessions": {}}`: what is put in goes one step further down.
_WITH_EMPTY = re.compile(r"\{.*:(\{\}|\[\]|(collections\.)?(dict|list|set|defaultdict|deque)\(\w*\))[,}].*")
_COMPREHENSIONS = frozenset({"dictionary_comprehension", "list_comprehension", "set_comprehension"})
_OF_APPLICATION = re.compile(r"(\w+\.)*(request|websocket|ws|conn|connection)\.app\.state")
_OF_CLASS = re.compile(r"self|cls|(self\.)?__class__|type\(self\)")
_CODE = re.compile(
    r"f|fn|func|function|method|cls|klass|class_|handler|callback|cb|factory|view|listener|plugin|hook|middleware"
    r"|\w+_(cls|class|func|fn|function|factory|handler|callback)"
)
_CODE_TYPE = re.compile(r"(\w+\.)*(Callable|type|Type)\b")
# What runs while modules are loaded or the application starts, unless a client gives it what it takes.
_STARTS = re.compile(r"__init_subclass__|__set_name__|__new__|lifespan|_*(on_)?startup")
_LOADS = re.compile(
    r"(?i)_*(register|load|init|build|setup|set_up|configure|bootstrap|discover|populate|import|include"
    r"|add_(route|plugin|provider|backend|command))"
)
_OF_CLIENT = re.compile(
    r"(?im)\b\w*(request|session|\bdb\b|user|event|\bid\b|_id\b|ident\b|\bip\b|address|token|message|payload|websocket"
    r"|device|client)"
)
_OF_MAPPING = re.compile(r"(?s)\(\s*self\b.*\b(cls|klass|mapper|metadata)\b")
_ONE_PROCESS = re.compile(
    r"(?i)(process|worker|instance)[- ](local|wide)"
    r"|\b(per|in|one|this|each|own|same|single)[- ](the )?(same |own |single )?(process|worker|instance)\b"
    r"|does not (need to )?survive|lost on restart"
)


def is_kept(node: Node, flow: Flow) -> bool:
    """Tell whether a container that a function fills lives as long as the process, and only ever grows.

    Args:
        node: The container where it is filled; or the parameter whose default it is.
        flow: The names of the text.
    """
    functions = _functions(node)
    if not functions:
        return False
    if node.ancestors()[0].kind() in {"default_parameter", "typed_default_parameter"}:
        return _is_filled_default(node, functions[0])
    module = flow.statements(node)
    name = _container(node, functions, module)
    return name != "" and not (
        any(_runs_at_start(function, module) or _ONE_PROCESS.search(_docstring(function)) for function in functions)
        or any(_takes_out(statement, name) for statement in module)
        or re.search(rf"\b{name}\.clear\(\)|\bif (not )?(\w+\.)*{name}:", functions[-1].text())
        or _is_said_to_be_of_one_process(name, module)
    )


def is_data(node: Node, flow: Flow) -> bool:
    """Tell whether what is stored is neither a function nor a class, as a registry takes them.

    Args:
        node: What is stored.
        flow: Not asked: the code around it tells.
    """
    del flow
    return not _is_taken(node) and not any(_defines(function, node.text()) for function in _functions(node))


def _functions(node: Node) -> list[Node]:
    """Give the functions around a node, the innermost first."""
    return [around for around in node.ancestors() if around.kind() == "function_definition"]


def _is_taken(node: Node) -> bool:
    """Tell whether something is called, or typed, as a function or class that was handed in."""
    if node.kind() != "identifier":
        return False
    name = node.text()
    return _CODE.fullmatch(name) is not None or any(
        _CODE_TYPE.match(parameter(function, name) or "") for function in _functions(node)
    )


def _container(node: Node, functions: list[Node], module: list[Node]) -> str:
    """Give the name of the module's or class's container that a node stands for; empty where it is none."""
    if node.kind() == "attribute":
        return _attribute(node, functions, module)
    name = node.text()
    if _is_own(name, functions):
        # `hits = _hits[address]`, `hits.append(…)`
        parts = (value.field("value") for value in _given(functions[-1], name) if value.kind() == "subscript")
        return next((found for part in parts if part is not None and (found := _shared(part, module))), "")
    return _shared(node, module)


def _shared(node: Node, module: list[Node]) -> str:
    name = node.text()
    made = next((value for statement in module for value in _assigned(statement, name)), None)
    if made is None or node.kind() != "identifier":
        return ""
    nested = node.ancestors()[0].kind() == node.ancestors()[1].kind() == "subscript" or _is_nested_call(node)
    return name if _EMPTY.fullmatch(squeezed(made)) or (nested and _WITH_EMPTY.fullmatch(squeezed(made))) else ""


def _is_nested_call(node: Node) -> bool:
    around = node.ancestors()
    return around[0].kind() == "subscript" and around[1].kind() == "attribute"


def _attribute(node: Node, functions: list[Node], module: list[Node]) -> str:
    owner, name = nodes.field(node, "object"), nodes.field(node, "attribute")
    if _OF_APPLICATION.fullmatch(owner):
        return name
    if not _OF_CLASS.fullmatch(owner):
        classes = (nodes.undecorated(statement) for statement in module)
        named = (one for one in classes if one.kind() == "class_definition" and nodes.field(one, "name") == owner)
        return name if any(_makes(one, name) for one in named) else ""
    own = nodes.class_around(node)
    if own is None:
        return ""
    given = list(_given(own, rf"(self|cls)\.{name}"))
    if not given:
        return name if _makes(own, name) else ""
    kept = nodes.field(own, "name")
    for value in given:
        # `self.store = Limits._store`
        if value.kind() == "attribute" and nodes.field(value, "object") == kept:
            return name if _makes(own, nodes.field(value, "attribute")) else ""
    # An object that the module makes lives as long as a module's name.
    is_object = any(
        re.search(rf"=\s*{kept}\(", statement.text()) for statement in module if nodes.assignment(statement)
    )
    in_init = nodes.field(functions[-1], "name") == "__init__"
    return name if is_object and not in_init and any(_EMPTY.fullmatch(squeezed(value)) for value in given) else ""


def _makes(definition: Node, name: str) -> bool:
    """Tell whether a class begins with an empty container of that name."""
    body = definition.field("body")
    statements = body.children() if body is not None else ()
    return any(_EMPTY.fullmatch(squeezed(value)) for statement in statements for value in _assigned(statement, name))


def _assigned(statement: Node, name: str) -> Iterator[Node]:
    """Give what a statement assigns to a name."""
    made = nodes.assignment(statement)
    value = made.field("right") if made is not None and nodes.field(made, "left") == name else None
    if value is not None:
        yield value


def _given(around: Node, target: str) -> Iterator[Node]:
    """Give everything that is assigned to a target, a regular expression, somewhere in a function or class."""
    for made in around.find_all(kind="assignment", has={"field": "left", "regex": f"^{target}$"}):
        value = made.field("right")
        if value is not None:
            yield value


def _is_own(name: str, functions: list[Node]) -> bool:
    """Tell whether a name is one of the functions around it, and not the module's."""
    word = rf"\b{name}\b"
    outer = functions[-1]
    if any(parameter(function, name) is not None for function in functions):
        return True
    if outer.find(kind="global_statement", regex=word) is not None:
        return False
    left = rf"^(\(?[\w\s,*]*\b)?{name}\b[\w\s,*]*\)?$"
    return outer.find(kind="as_pattern_target", regex=word) is not None or any(
        outer.find(kind=kind, has={"field": "left", "regex": left}) is not None
        for kind in ("assignment", "for_statement", "for_in_clause")
    )


def _is_filled_default(node: Node, function: Node) -> bool:
    value, body, name = node.ancestors()[0].field("value"), function.field("body"), node.text()
    if value is None or body is None or not _EMPTY.fullmatch(squeezed(value)):
        return False
    fills = rf"\b{name}(\[(?![\"'\d])[^\]]*\]\s*=[^=]|\.(append|add|setdefault|extend)\()"
    return re.search(fills, body.text()) is not None and not (_takes_out(body, name) or any(_given(body, name)))


def _takes_out(around: Node, name: str) -> bool:
    """Tell whether entries leave a container again, its length is looked at, or only some of it is kept."""
    own = rf"(\w+\.)*\b{name}"
    out = rf"\bdel {own}\[|\b{name}\.(pop|popitem|popleft|discard|remove)\b"
    measured = rf"\blen\({own}\)\s*[<>](?!\s*0\b)|[<>]=?\s*len\({own}\)"
    if re.search(f"{out}|{measured}", around.text()):
        return True
    return any(_is_part(value) for value in _given(around, rf"{own}(\[[^\]]*:[^\]]*\])?"))


def _is_part(value: Node) -> bool:
    if value.kind() in _COMPREHENSIONS:
        return any(child.kind() == "if_clause" for child in value.children())
    return value.kind() == "subscript" and any(child.kind() == "slice" for child in value.children())


def _runs_at_start(function: Node, module: list[Node]) -> bool:
    name, body = nodes.field(function, "name"), function.field("body")
    parameters = nodes.field(function, "parameters")
    loads = _LOADS.match(name) and not function.text().startswith("async") and not _OF_CLIENT.search(parameters)
    # A decorator gives back what it was given.
    returned = (child.child(1) for child in (body.children() if body else ()) if child.kind() == "return_statement")
    return bool(
        _STARTS.fullmatch(name)
        or loads
        or _OF_MAPPING.match(parameters)
        or any(value is not None and _is_taken(value) for value in returned)
        or any(re.match(rf"{re.escape(name)}\(", statement.text()) for statement in module)
    )


def _defines(function: Node, name: str) -> bool:
    body = function.field("body")
    inner = (nodes.undecorated(child) for child in (body.children() if body is not None else ()))
    return any(child.kind() == "function_definition" and nodes.field(child, "name") == name for child in inner)


def _docstring(function: Node) -> str:
    body = function.field("body")
    first = body.child(0) if body is not None else None
    return first.text() if first is not None and first.text().lstrip("rR").startswith(('"', "'")) else ""


def _is_said_to_be_of_one_process(name: str, module: list[Node]) -> bool:
    return any(
        before.kind() == "comment" and _ONE_PROCESS.search(before.text()) and any(_assigned(statement, name))
        for before, statement in itertools.pairwise(module)
    )
