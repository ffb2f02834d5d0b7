"""Private keys and Kubernetes' secrets: what only several lines together show."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    Span = tuple[int, int]

# Ahead of a line's own text a prompt has a number and a mark, and a difference a mark.
_AHEAD = re.compile(r"[ \t]{0,12}\d{1,7} (?:[-+ ]|\| )|[-+](?!----(?:BEGIN|END))")
_BEGIN = re.compile(r"-----BEGIN [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|^Private-Lines: ")
_END = re.compile(r"-----END [A-Z0-9 ]{0,40}PRIVATE KEY(?: BLOCK)?-----|^Private-MAC: ")
# `\nMII…`: the letter belongs to the end of the line before.
_RUN = re.compile(r"(?:\\n)?([A-Za-z0-9+/=]{16,})")
# What a line of a key has around it where it stands in code.
_AROUND = " \t\r\"'`,;+()\\"
_BEFORE = " \t\"'`#*("
_BASE64 = re.compile(r"[A-Za-z0-9+/]{16,}={0,2}|[A-Za-z0-9+/]{2,}={1,2}")
# A line that is one even where nothing around it says so.
_WHOLE_LINE = re.compile(r"[A-Za-z0-9+/]{60,76}={0,2}")
_HEADER = re.compile(r"[A-Z][A-Za-z-]{2,20}: .{0,80}|")
_SECRET_KIND = re.compile(r"""kind: ["']?Secret["']?""")
_DATA = re.compile(r"( *)(?:data|stringData):")
_ENTRY = re.compile(r""" *["']?[\w.-]{1,100}["']?: +["']?([^\s"'|>{$][^\s"']{3,})""")
_BLOCK_SCALAR = re.compile(r"(?i)( *)[\w.-]*(?:password|passwd|secret|token|api[-_]?key)[\w-]*: +[|>][+-]?")


# Of a longer line as much is looked at.
_LONGEST = 400


class _Line:
    """A line without what is ahead of it."""

    def __init__(self, text: str, at: int) -> None:
        ahead = _AHEAD.match(text)
        self.text = text[ahead.end() :] if ahead else text
        self.at = at + (ahead.end() if ahead else 0)
        core = self.text.rstrip(_AROUND)
        # `"…\n"` of code
        if self.text.rstrip(" \t\r\"'`,;()").endswith("\\n"):
            core = self.text.rstrip(" \t\r\"'`,;()")[:-2]
        stripped = core.lstrip(_BEFORE)
        self.core, self.core_at = stripped, self.at + len(core) - len(stripped)

    @property
    def span(self) -> Span:
        return self.core_at, self.core_at + len(self.core)


def spans(text: str) -> Iterator[Span]:
    """Give where parts of private keys, and values of Kubernetes' secrets, stand."""
    lines, at = [], 0
    for line in text.split("\n"):
        lines.append(_Line(line, at))
        at += len(line) + 1
    yield from _keys(lines)
    yield from _of_kubernetes(lines)


def _keys(lines: Sequence[_Line]) -> Iterator[Span]:
    """Only what looks like the key is taken: code between what looks like its ends is not hidden."""
    ends = _next_ends(lines)
    inside, after = False, False
    above: list[Span] = []
    for number, line in enumerate(lines):
        begin, end = _BEGIN.search(line.text), _END.search(line.text)
        if begin:
            yield from _in_line(line, begin.end(), end.start() if end and end.start() > begin.end() else len(line.text))
            inside, after = end is None, False
            above = []
            continue
        if end:
            yield from above
            inside, above = False, []
            continue
        fits = _BASE64.fullmatch(line.core) is not None
        if inside:
            if fits:
                yield line.span
            # Without an end in sight, it is where the key ends.
            elif not ends[number] and _HEADER.fullmatch(line.core) is None:
                inside = False
            continue
        whole = _WHOLE_LINE.fullmatch(line.core) is not None and _of_classes(line.core)
        if whole or (after and fits):
            yield line.span
            after = True
        else:
            after = False
        above = [*above, line.span] if fits and len(above) < 100 else [line.span] if fits else []


def _next_ends(lines: Sequence[_Line]) -> Sequence[bool]:
    """Tell of each line whether a key ends below it before another begins."""
    below, found = [], False
    for line in reversed(lines):
        below.append(found)
        found = True if _END.search(line.text) else False if _BEGIN.search(line.text) else found
    return below[::-1]


def _in_line(line: _Line, start: int, end: int) -> Iterator[Span]:
    for match in _RUN.finditer(line.text, start, end):
        yield line.at + match.start(1), line.at + match.end()


def _of_classes(text: str) -> bool:
    return any(map(str.isupper, text)) and any(map(str.islower, text)) and sum(map(str.isdigit, text)) > 2


def _of_kubernetes(lines: Sequence[_Line]) -> Iterator[Span]:
    of_secret, indent, scalar = False, -1, -1
    for line in lines:
        text = line.text.rstrip()
        deep = len(text) - len(text.lstrip())
        if scalar >= 0 and text and deep > scalar:
            yield line.at + deep, line.at + len(text)
            continue
        named = _BLOCK_SCALAR.fullmatch(text[:_LONGEST])
        scalar = len(named[1]) if named else -1
        # Of three dashes one may look like the mark of a difference.
        if text.startswith("kind:", deep) or text in {"---", "--"}:
            of_secret, indent = _SECRET_KIND.fullmatch(text, deep) is not None, -1
        elif of_secret and (match := _DATA.fullmatch(text)):
            indent = len(match[1])
        elif indent >= 0 and deep > indent:
            if match := _ENTRY.match(text):
                yield line.at + match.start(1), line.at + match.end(1)
        elif text:
            indent = -1
