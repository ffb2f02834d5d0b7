"""Compares the structure of answers with recordings of the real interface, as PyGithub's sources have them."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from fakegithub.schema import declared

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

Shape = dict[str, set[str]]

# What a path with these forms is about; both recordings and the fake have them.
KINDS = {
    "user": r"GET /user",
    "repository": r"GET /repos/[^/]+/[^/]+",
    "pull": r"GET /repos/[^/]+/[^/]+/pulls/\d+",
    "files": r"GET /repos/[^/]+/[^/]+/pulls/\d+/files",
    "reviews": r"GET /repos/[^/]+/[^/]+/pulls/\d+/reviews",
    "review": r"((GET|PUT|DELETE) /repos/[^/]+/[^/]+/pulls/\d+/reviews/\d+|POST /repos/[^/]+/[^/]+/pulls/\d+/reviews)",
    "inline": r"(GET /repos/[^/]+/[^/]+/pulls/comments/\d+"
    r"|(POST|PATCH) /repos/[^/]+/[^/]+/pulls/(\d+/)?comments(/\d+)?(/replies)?)",
    "inlines": r"GET /repos/[^/]+/[^/]+/pulls/\d+/comments",
    "issue": r"GET /repos/[^/]+/[^/]+/issues/\d+",
    "comment": r"(GET|PATCH) /repos/[^/]+/[^/]+/issues/comments/\d+|POST /repos/[^/]+/[^/]+/issues/\d+/comments",
    "comments": r"GET (/repos/[^/]+/[^/]+|/repositories/\d+)/issues/\d+/comments",
    "reaction": r"POST /repos/[^/]+/[^/]+/(issues|pulls)/comments/\d+/reactions",
    "reactions": r"GET /repos/[^/]+/[^/]+/(issues|pulls)/comments/\d+/reactions",
    "permission": r"GET /repos/[^/]+/[^/]+/collaborators/[^/]+/permission",
    "tree": r"GET /repos/[^/]+/[^/]+/git/trees/.+",
    "blob": r"GET /repos/[^/]+/[^/]+/git/blobs/.+",
    "commit": r"GET /repos/[^/]+/[^/]+/commits/[^/]+",
    "compare": r"GET /repos/[^/]+/[^/]+/compare/.+",
    "contents": r"GET /repos/[^/]+/[^/]+/contents/.+",
    "rate": r"GET /rate_limit",
    "error": r".*",
}


def kind_of(method: str, path: str, status: int) -> str | None:
    """Say what an exchange is about; None where the fake does not play it."""
    if status >= 400:
        return "error" if status in {401, 403, 404, 422} else None
    below = path.partition("?")[0].removeprefix("/api/v3")
    if status not in {200, 201}:
        return None
    found = (name for name, form in KINDS.items() if name != "error" and re.fullmatch(form, f"{method} {below}"))
    return next(found, None)


def recordings(folder: Path) -> Iterator[tuple[str, Any]]:
    """Read the recorded answers that the fake plays, with what they are about."""
    for file in sorted(folder.glob("*.txt")):
        lines = file.read_text(encoding="utf-8", errors="replace").split("\n")
        blocks = [lines[at : at + 10] for at in range(0, len(lines) - 9, 11)]
        for block in blocks:
            if block[0] not in {"http", "https"} or not block[7].isdigit() or not block[9].startswith(("{", "[")):
                continue
            kind = kind_of(block[1], block[4], int(block[7]))
            if kind is not None:
                yield kind, json.loads(block[9])


def shape(answers: Iterable[Any]) -> Shape:
    """Give the types of everything in some answers, by path."""
    found: Shape = {}

    def look(value: Any, path: str) -> None:
        found.setdefault(path, set()).add(_type(value))
        if isinstance(value, dict):
            for key, inner in value.items():
                look(inner, f"{path}.{key}")
        elif isinstance(value, list):
            for inner in value:
                look(inner, f"{path}[]")

    for answer in answers:
        look(answer, "")
    return found


def _type(value: Any) -> str:
    names = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}
    return names.get(type(value), "null")


def invented(ours: Shape, theirs: Shape, method: str, template: str) -> list[str]:
    """Give what the fake says that is neither recorded nor described, or has another type than what is recorded."""
    allowed = declared(method, template)
    found = []
    for path, types in sorted(ours.items()):
        real = theirs.get(path)
        if real is None:
            if path not in allowed and not _inside_unknown(path, theirs, allowed):
                found.append(f"{path}: never recorded")
        elif real != {"null"} and (wrong := types - real - {"null"}):
            found.append(f"{path}: {wrong}, recorded are {real}")
    return found


def _inside_unknown(path: str, theirs: Shape, allowed: set[str]) -> bool:
    """Tell whether an outer value is described, but was never recorded with anything in it."""
    outer = path.rpartition(".")[0]
    return outer in allowed and not any(one.startswith(f"{outer}.") for one in theirs | dict.fromkeys(allowed))
