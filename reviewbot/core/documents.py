"""YAML and JSON, read: safely, no key twice, aliases bounded, and with the line and column of every key.

Keys are texts as they are written (``off`` is no truth value), and so are dates.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import yaml

from reviewbot.core.errors import ConfigError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence
    from pathlib import Path

# The keys, and the numbers of entries from 0, that lead to a value.
Place = tuple[str | int, ...]

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
# Nobody writes more than that by aliases, unless it is meant to fill the memory.
_MOST_ALIASED = 10_000
# Python cannot write a number of thousands of digits, not even into an error message, and takes the square of the time
# for one in base 60 (`1:59:59`).
_MOST_BITS = 63
_MOST_DIGITS = 100
_KIND = "tag:yaml.org,2002:"
_SCALARS = frozenset({"null", "bool", "int", "float"})
_TEXTS = frozenset({"str", "timestamp"})
# What the parser says → what that means to whoever wrote it.
_MEANT = {
    "mapping values are not allowed in this context": "a `:` stands where no key can be; indent the line as its"
    " neighbours are, or put a text with `: ` in quotes",
    "found unexpected end of stream": "a quote is opened and not closed",
    "found character that cannot start any token": "this character can begin nothing (a tab, `@`, `%` or a backtick);"
    " indent by blanks, and put such a text in quotes",
    "could not find expected ':'": "a key without `:`, or a line that belongs to no key",
    "did not find expected key": "this is no key of what stands around it; is it indented as its neighbours are?",
    "did not find expected '-' indicator": "this is no entry of the list around it; is it indented as its neighbours"
    " are?",
    "did not find expected ',' or ']'": "`[` is not closed, or a comma is missing",
    "did not find expected ',' or '}'": "`{` is not closed, or a comma is missing",
    "did not find expected node content": "a value is missing",
}


class NotYamlError(Exception):
    """A text that is no YAML, or none that is read here; the message says why.

    Attributes:
        line: 1-based.
        column: 1-based; 0 where it is not known.
    """

    def __init__(self, reason: str, line: int, column: int = 0) -> None:
        super().__init__(reason)
        self.line = line
        self.column = column


@dataclass(frozen=True, slots=True)
class Document:
    """What somebody wrote.

    Attributes:
        path: Its name, for messages.
        data: The values.
        lines: Of every key and every entry of a list, by the way that leads there.
        columns: Likewise.
    """

    path: str
    data: Any
    lines: Mapping[Place, int] = field(default_factory=dict)
    columns: Mapping[Place, int] = field(default_factory=dict)

    def line(self, place: Sequence[str | int]) -> int:
        """Give the line of a key or of an entry of a list; where there is none, of what it would be in."""
        return _nearest(self.lines, place) or 1

    def error(self, message: str, place: Sequence[str | int] = ()) -> ConfigError:
        """Give the error that says ``message`` of a place."""
        return ConfigError(f"{_where(self.path, self.line(place), _nearest(self.columns, place))}: {message}")


def own(path: Path) -> Any:
    """Read a YAML file of the package itself, which the tests have looked at."""
    return yaml.load(path.read_text(encoding="utf-8"), Loader=_LOADER)  # noqa: S506 - a safe loader


def read(text: str, path: str) -> Document:
    """Read YAML.

    Args:
        text: The YAML.
        path: Its name, for messages.

    Raises:
        ConfigError: Not YAML, a key that stands there twice, or more than is read of YAML; names file and line.
    """
    reader = _Reader()
    try:
        return Document(path, reader.value(composed(text), ()), reader.lines, reader.columns)
    except NotYamlError as error:
        raise ConfigError(f"{_where(path, error.line, error.column)}: {error}") from error
    except RecursionError as error:
        raise ConfigError(f"{path}:1: not valid YAML: nested too deeply") from error


def json_values(text: str, path: str, hint: str = "") -> Any:
    """Give what JSON holds; ``hint`` is added to the error where it is none: what to do.

    Raises:
        ConfigError: As in :func:`read`.
    """
    try:
        return json.loads(text, object_pairs_hook=_once)
    except json.JSONDecodeError as error:
        raise ConfigError(f"{path}:{error.lineno}:{error.colno}: not valid JSON: {error.msg}{hint}") from error
    except _TwiceError:
        return read(text, path).data  # it is YAML, too, and now the lines matter
    except (RecursionError, ValueError) as error:  # nested too deep, or a number with thousands of digits
        raise ConfigError(f"{path}:1: not valid JSON: {error}{hint}") from error


def said_twice(place: Place, line: int) -> str:
    """Complain of a key that stands twice, first on ``line``."""
    return f"`{'.'.join(map(str, place))}` stands here twice, first on line {line}; keep one of them"


def composed(text: str, what: str = "not valid YAML: ") -> yaml.Node | None:
    """Parse YAML into nodes that know their lines; ``what`` begins the message of the error.

    Raises:
        NotYamlError: It is none.
    """
    loader = _LOADER(text)
    try:
        root: yaml.Node | None = loader.get_single_node()
    except yaml.MarkedYAMLError as error:
        mark = error.problem_mark or error.context_mark
        reason = " ".join(str(error.problem or error.context).split())
        line, column = (mark.line + 1, mark.column + 1) if mark else (1, 0)
        # What ends too soon is wrong on its last line, not on the one after it.
        last = len(text.splitlines()) or 1
        raise NotYamlError(
            f"{what}{_MEANT.get(reason, reason) if what else reason}", min(line, last), column if line <= last else 0
        ) from error
    except yaml.reader.ReaderError as error:
        line = text.encode()[: error.position].count(b"\n") + 1
        raise NotYamlError(f"{what}{' '.join(str(error).split())}", line) from error
    finally:
        loader.dispose()
    return root


class _Reader:
    """Gives what nodes stand for, and keeps the line of every key and entry."""

    def __init__(self) -> None:
        self.lines: dict[Place, int] = {}
        self.columns: dict[Place, int] = {}
        self._scalars = yaml.constructor.SafeConstructor()
        self._open: set[int] = set()
        self._seen: set[int] = set()
        self._aliased = 0

    def value(self, node: yaml.Node | None, place: Place) -> Any:
        if node is None:
            return None
        if id(node) in self._open:
            raise _fault("an alias stands inside of what it stands for", node)
        self._aliased += id(node) in self._seen
        if self._aliased > _MOST_ALIASED:
            raise _fault(f"its aliases stand for more than {_MOST_ALIASED:,} values; write them out", node)
        self._seen.add(id(node))
        kind = node.tag.removeprefix(_KIND)
        if isinstance(node, yaml.ScalarNode) and kind in _SCALARS | _TEXTS:
            return self._scalar(node, kind)
        self._open.add(id(node))
        try:
            if isinstance(node, yaml.MappingNode) and kind == "map":
                return self._mapping(node, place)
            if isinstance(node, yaml.SequenceNode) and kind == "seq":
                return [self._entry(child, (*place, number)) for number, child in enumerate(node.value)]
        finally:
            self._open.discard(id(node))
        raise _fault(f"the tag `{node.tag}` is not read; leave it out", node)

    def _scalar(self, node: yaml.ScalarNode, kind: str) -> Any:
        if kind in _TEXTS:
            return node.value
        if len(node.value) > _MOST_DIGITS:
            raise _fault(f"`{node.value[:40]}` is longer than any {kind} that is meant; put a text in quotes", node)
        try:
            value = self._scalars.construct_object(node)
        except (ValueError, LookupError, OverflowError) as error:
            raise _fault(f"`{node.value[:40]}` cannot be read as {kind}; put it in quotes", node) from error
        if isinstance(value, int) and value.bit_length() > _MOST_BITS:
            raise _fault(f"`{node.value[:40]}` is a number larger than any that is meant", node)
        return value

    def _entry(self, node: yaml.Node, place: Place) -> Any:
        self.lines[place], self.columns[place] = _position(node)
        return self.value(node, place)

    def _mapping(self, node: yaml.MappingNode, place: Place) -> dict[str, Any]:
        result: dict[str, Any] = {}
        for key, value in node.value:
            for merged in _merged(value) if key.tag == f"{_KIND}merge" else ():
                result = {**self.value(merged, place), **result}
        own: dict[str, int] = {}
        for key, value in node.value:
            if key.tag == f"{_KIND}merge":
                continue
            if not isinstance(key, yaml.ScalarNode):
                raise _fault("a key must be one word or one quoted text", key)
            name, (line, column) = key.value, _position(key)
            if name in own:
                raise _fault(said_twice((*place, name), own[name]), key)
            own[name] = self.lines[*place, name] = line
            self.columns[*place, name] = column
            result[name] = self.value(value, (*place, name))
        return result


def _merged(node: yaml.Node) -> Iterator[yaml.MappingNode]:
    for mapping in node.value if isinstance(node, yaml.SequenceNode) else [node]:
        if not isinstance(mapping, yaml.MappingNode):
            raise _fault("`<<` takes keys and values over, so it needs a mapping", node)
        yield mapping


def _fault(reason: str, node: yaml.Node) -> NotYamlError:
    return NotYamlError(reason, *_position(node))


def _position(node: yaml.Node) -> tuple[int, int]:
    return node.start_mark.line + 1, node.start_mark.column + 1


def _nearest(numbers: Mapping[Place, int], place: Sequence[str | int]) -> int:
    """Give the number of a place, or else of what it would be in; 0 where there is none."""
    return next((number for i in range(len(place), 0, -1) if (number := numbers.get(tuple(place[:i])))), 0)


def _where(path: str, line: int, column: int) -> str:
    return f"{path}:{line}:{column}" if column else f"{path}:{line}"


class _TwiceError(Exception):
    """A key that stands twice in one mapping of JSON."""


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    result = dict(pairs)
    if len(result) < len(pairs):
        raise _TwiceError
    return result
