"""Which schemas clients can know of: those that routes name, and those in these. By their names only, to be safe."""

from __future__ import annotations

import re
from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.core.globs import matches

if TYPE_CHECKING:
    from reviewbot.python.codebase import Code

_SCHEMAS = ("**/schemas/**/*.py", "**/schemas.py", "**/schema.py")
# What takes and answers requests, dependencies included.
_ROUTERS = re.compile(r"router|FastAPI\(|Depends\(")
_DEFINED = re.compile(r"^(?:class )?(\w+)(?=\(|:| *=)", re.MULTILINE)
# What stands behind the colon of a field.
_FIELD = re.compile(r"^[ \t]+\w+[ \t]*:([^=\n]*)", re.MULTILINE)
_NAME = re.compile(r"\b[A-Z]\w+")
# What names a schema without showing it. Under another name it may be shown.
_IDLE = re.compile(
    r'"""(?s:.*?)"""|(?:^|(?<![ \t])[ \t]{2})[ \t]*+#[^\n]*|'
    r"^(?:from\s+\S+\s+)?import\s+(?:\((?:(?!\sas\s)[^)]){,4000}\)|(?:(?!\sas\s)[^(\n])*$)",
    re.MULTILINE,
)


class Shown:
    """The schemas that routes show.

    Args:
        code: The application's files.
    """

    def __init__(self, code: Code) -> None:
        self._code = code

    def hides(self, schema: str) -> bool:
        """Tell whether no route takes a schema or answers with it, not even inside of another one."""
        return self._code.is_whole and bool(self._names) and schema.partition(".")[0] not in self._names

    @cached_property
    def of_fields(self) -> frozenset[str]:
        """The names in the annotations of the fields of schemas that clients can know of."""
        names: set[str] = set()
        for path, whole in self._code.texts.items():
            if matches(_SCHEMAS, path):
                _, *defined = _DEFINED.split(_IDLE.sub("", whole))
                for name, body in zip(defined[::2], defined[1::2], strict=True):
                    if not self.hides(name):
                        names.update(word for field in _FIELD.findall(body) for word in _NAME.findall(field))
        return frozenset(names)

    @cached_property
    def _names(self) -> frozenset[str]:
        bodies: dict[str, set[str]] = {}
        waiting: set[str] = set()
        for path, whole in self._code.texts.items():
            text = _IDLE.sub("", whole)
            if matches(_SCHEMAS, path):
                # What stands before the first definition, then name and body of each.
                _, *defined = _DEFINED.split(text)
                for name, body in zip(defined[::2], defined[1::2], strict=True):
                    bodies.setdefault(name, set()).update(_NAME.findall(body))
            elif _ROUTERS.search(text):
                waiting.update(_NAME.findall(text))
        shown: set[str] = set()
        while waiting:
            name = waiting.pop()
            shown.add(name)
            waiting |= bodies.get(name, set()) - shown
        return frozenset(shown)
