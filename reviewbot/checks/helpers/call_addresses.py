"""Addresses as callers write them: literals, templates and sums, with the constants of their file put in."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

# In Python, and elsewhere, where braces alone are an object.
_INTERPOLATED = {
    True: re.compile(r"\{\s*+((?:[^{}\s]++|\s++(?!\}))*+)\s*+\}"),
    False: re.compile(r"\$\{\s*+((?:[^{}\s]++|\s++(?!\}))*+)\s*+\}"),
}
_NAME = re.compile(r"[A-Za-z_][\w.]*")
# `'/notes/' + id + '/'`, and `BASE + '/'`.
_BETWEEN = re.compile(r"""["'`]\s*\+\s*[\w.]+(?:\([\w.]*\)|\[\w+\])?\s*\+\s*f?["'`]""")
_IN_FRONT = re.compile(r"""(?<![\w.])([A-Za-z_][\w.]*)\s*\+\s*f?(["'`])""")
_LITERAL = re.compile(r"""(?P<quote>["'`])(?P<address>[^"'`\s?]+)(?:\?[^"'`]*)?(?P=quote)(?!\s*\+)""")
# Outside programs: an argument of `curl`, a line of a `.http` file.
_BARE = re.compile(
    r"""(?:^|[\s"'=])(?P<address>(?:https?://[\w.:{}$-]+|\$\{?\w+\}?|\{\w+\})/[^\s"'?]+/)(?=[\s"'?]|$)"""
)
_HOST = re.compile(r"^\w+://(?P<host>[^/]+)")
# A host of its own machine or network has no domain.
_OWN_HOST = re.compile(r"^(?:127\.0\.0\.1|0\.0\.0\.0|[A-Za-z0-9_-]+|\{[^}]*\})(?::\S+)?$")
_PARAMETER = re.compile(r"^(?:\{.*\}|:\w+|%s|\$\w+)$")
# A client's base address may have these in front; two applications that have more in common are one.
_BASE = re.compile(r"^(?:api|rest|v\d+|<[^>]*>)$")


class Address(NamedTuple):
    """An address in a text.

    Attributes:
        written: As it stands there, with what is put in in braces.
        path: Its path without host, `{}` for what is put in.
        host: What stands in front of the path: a host, or what is put in there; empty where the path comes first.
        text_before: The line's text in front of it.
        text_after: The line's text behind it.
    """

    written: str
    path: str
    host: str
    text_before: str
    text_after: str


def addresses(line: str, file: str, *, python: bool, bare: bool = False) -> Iterator[Address]:
    """Give the addresses on a line that end with a slash, other applications' left out.

    Args:
        line: The line.
        file: The text of its file, as far as it is known.
        python: Whether it is Python.
        bare: Whether addresses stand there without quotes.
    """
    text = _INTERPOLATED[python].sub(
        lambda interpolation: f"{{{interpolation[1] if _NAME.fullmatch(interpolation[1]) else '_'}}}", line
    )
    text = _IN_FRONT.sub(r"\2{\1}", _BETWEEN.sub("{_}", text))
    for match in (_BARE if bare else _LITERAL).finditer(text):
        written = match["address"]
        whole = _filled(written, file, python=python)
        host, path = _split(whole)
        if path.endswith("/") and len(path) > 1 and _is_own(host):
            yield Address(written, _plain(path), host, text[: match.start()], text[match.end() :])


def fits(path: str, route: str) -> bool | None:
    """Tell whether a caller's path is a route's: True for the whole path, None for its end, behind a base address."""
    mine = [part for part in path.split("/") if part]
    theirs = [_PARAMETER.sub("{}", part) for part in route.split("/") if part]
    dropped = theirs[: len(theirs) - len(mine)]
    rest = theirs[len(dropped) :]
    if len(rest) != len(mine) or not all(_BASE.match(operation) for operation in dropped):
        return False
    same = all(their in {own, "{}"} for own, their in zip(mine, rest, strict=True))
    if not same or not any(own == their != "{}" for own, their in zip(mine, rest, strict=True)):
        return False
    return None if dropped and not all(operation.startswith("<") for operation in dropped) else True


def assigned(text: str) -> str:
    """Give the constant or variable that an address is assigned to by the text in front of it, or nothing."""
    match = re.search(r"(?:^|\s)([A-Za-z_]\w{,99})\s{,99}(?::[^=]{1,300})?=\s*+f?\(?\s*+$", text)
    return match[1] if match else ""


def is_base(name: str, file: str) -> bool:
    """Tell whether something is appended to what a name stands for."""
    return bool(
        re.search(rf"\b{name}\s*\+|\{{\s*{name}\s*\}}[^\"'`?\s]|\b(?:urljoin|join|URL)\([^)\n]*\b{name}\b", file)
    )


def uses(name: str, lines: Sequence[str]) -> Iterator[int]:
    """Give the lines, from 0, on which a name is used without being assigned."""
    pattern = re.compile(rf"\b{name}\b(?!\s*(?::[^=]+)?=[^=])")
    yield from (at for at, text in enumerate(lines) if pattern.search(text))


def _filled(address: str, file: str, *, python: bool, steps: int = 3) -> str:
    """Put in what the constant in front says, where the file assigns it a literal."""
    constant = re.match(r"\{([A-Za-z_]\w*)\}", address)
    if constant is None or not steps:
        return address
    literal = re.search(rf"""\b{constant[1]}\s{{,99}}(?::[^=\n]{{1,100}})?=\s*+f?["'`]([^"'`\s]+)["'`]""", file)
    if literal is None:
        return address
    said = _INTERPOLATED[python].sub(lambda interpolation: f"{{{interpolation[1]}}}", literal[1])
    return _filled(said + address[constant.end() :], file, python=python, steps=steps - 1)


def _split(address: str) -> tuple[str, str]:
    host = _HOST.match(address) or re.match(r"(?P<host>\{[^}]*\}|\$\w+)(?=/)", address)
    return (host["host"], address[host.end() :]) if host is not None else ("", address)


def _is_own(host: str) -> bool:
    return not host or _OWN_HOST.match(host) is not None or host.startswith("$")


def _plain(path: str) -> str:
    return "/".join("{}" if _PARAMETER.match(part) else part for part in path.split("/"))
