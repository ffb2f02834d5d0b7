"""Names in diffs: what git quotes is read back, and no name leads out of the repository."""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import Any

from pieces import parts, text

from reviewbot.changes.diff import names
from reviewbot.changes.diff.parse import parse
from reviewbot.core.errors import DiffError

TOKENS = (
    "a/",
    "b/",
    '"a/',
    '"',
    "\\",
    "\\303\\274",
    "\\n",
    "\\t",
    "\\\\",
    " ",
    "/dev/null",
    "..",
    "/",
    "\t",
    "\\000",
    ".git",
)
_ESCAPES = {7: "a", 8: "b", 9: "t", 10: "n", 11: "v", 12: "f", 13: "r", 34: '"', 92: "\\"}


def quoted(name: str) -> str:
    """Quote a path as git does, all of it."""
    inner = "".join(
        f"\\{_ESCAPES[byte]}" if byte in _ESCAPES else f"\\{byte:03o}" if byte < 32 or byte > 126 else chr(byte)
        for byte in name.encode()
    )
    return f'"{inner}"'


def run(data: bytes) -> Any:
    said, line = text(data), parts(data, 2)[0]
    names.unquoted(said)
    names.git_names(said)
    names.without_prefixes(*parts(data, 2))
    diff = f"diff --git {line}\nnew file mode 100644\n--- /dev/null\n+++ {line}\n@@ -0,0 +1 @@\n+a\n"
    try:
        files = parse(diff.encode())
    except DiffError:
        files = ()
    return [file.path for file in files]


def judge(data: bytes, result: Any) -> None:
    for path in result:
        assert path
        assert not path.startswith("/")
        assert ".." not in path.split("/")
    name = text(data)
    assert names.unquoted(quoted(name)) == name
    assert names.git_names(f"{quoted('a/' + name)} {quoted('b/' + name)}") == (f"a/{name}", f"b/{name}")
    if name.endswith("/") or not PurePosixPath(name).parts:
        return  # no file is called that
    diff = "diff --git {0} {1}\nindex 1..2 100644\n--- {0}\n+++ {1}\n@@ -1 +1 @@\n-a\n+b\n"
    diff = diff.format(quoted(f"a/{name}"), quoted(f"b/{name}"))
    try:
        (file,) = parse(diff.encode())
    except DiffError as error:
        assert "leads out" in str(error), str(error)  # noqa: PT017 - it is allowed to be none
        assert name.startswith("/") or ".." in name.split("/") or "\0" in name
    else:
        assert file.path == str(PurePosixPath(name))
