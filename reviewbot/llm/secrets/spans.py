"""Where in a text the detectors see secrets."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from reviewbot.llm.secrets import key_blocks, patterns, values
from reviewbot.llm.secrets.values import Name

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    Span = tuple[int, int]

# The end of a value is looked for as far as this.
_FAR = 4_000
# A name may be part of another one's value; many of them in one are somebody's attempt to keep us busy.
_MOST_IN_ONE = 8
# A class is all there is to it, so it is linear, and begins where it is told without a copy of the text.
_BARE = re.compile(r"""[^\s"'`,;&<>|]+""")
_TAG = re.compile(r"!\w{1,40} ")


def spans(text: str) -> Iterator[Span]:
    """Give where secrets stand, in no order; some stand in others. None goes over the end of a line."""
    yield from _by_shape(text)
    yield from _in_addresses(text)
    yield from _by_name(text)
    yield from _in_lines(text)
    yield from _by_use(text)
    yield from key_blocks.spans(text)


def _by_use(text: str) -> Iterator[Span]:
    for pattern, judge in _JUDGES:
        for match in pattern.finditer(text):
            if judge(match[1]):
                yield match.span(1)


# Each pattern of what is done with a value, and what the value must look like.
_JUDGES: tuple[tuple[Any, Callable[[str], bool]], ...] = (
    (patterns.HEADER, values.of_header),
    *((pattern, values.given) for pattern in patterns.USED),
    *((pattern, values.guessed) for pattern in patterns.GUESSED),
    (patterns.AWS_SECRET, values.of_three_kinds),
)


def _by_shape(text: str) -> Iterator[Span]:
    groups = range(1, patterns.SHAPED.groups + 1)
    for match in patterns.SHAPED.finditer(text):
        yield next((match.span(group) for group in groups if match.start(group) >= 0), match.span())


def _in_addresses(text: str) -> Iterator[Span]:
    for match in patterns.ADDRESS.finditer(text):
        if values.of_address(*match.groups()):
            yield match.span(2)
    for match in patterns.ADDRESS_OF_KEY.finditer(text):
        if values.dense(match[1]):
            yield match.span(1)
    for match in patterns.ACCOUNT.finditer(text):
        if values.bare(Name.TOKEN, match[1]) and not match.group().endswith(("@sha256", "@sha512")):
            yield match.span(1)


def _in_lines(text: str) -> Iterator[Span]:
    for match in patterns.ENVIRONMENT.finditer(text):
        start, value = match.start(2), match[2].rstrip("\r")
        if value[:1] in "\"'":
            end = value.find(value[0], 1)
            start, value = start + 1, value[1 : end if end > 0 else None]
        elif "PHRASE" not in match[1]:
            value = value.partition(" ")[0].rstrip("\"',")
        if values.of_environment(values.name_of(match[1]), value):
            yield start, start + len(value)
    for match in patterns.YAML.finditer(text):
        if values.name_of(match[1]) is Name.PASSWORD and not values.placeholder(match[2]):
            yield match.span(2)


def _by_name(text: str) -> Iterator[Span]:
    end = looked = done = 0
    for match in patterns.NAMED.finditer(text):
        if match.start() < done:
            continue
        leading = match[1]
        name, begin = _name(text, match.start(), match.start(1))
        of_pair = "value" in leading or "default" in leading.partition("=")[0]
        sign = ":" if of_pair else leading.strip(" \t\n\"'`*\\]")
        first_argument = sign[:1] != "," or patterns.IN_CALL.search(text[max(0, begin - 140) : begin])
        if leading == "(" and name is not Name.PASSWORD:
            continue
        if name is Name.NO or not first_argument or (sign[:1] == "," and name < Name.TOKEN):
            continue
        at = match.end()
        if opening := patterns.OPENING.match(text[at : at + 300]):
            for span in _in_quotes(text, at + opening.end(), opening, name, sign):
                done = span[1]
                yield span
            continue
        if ("\n" in leading and not of_pair) or sign[:1] in {",", "o", "(", "?"} or sign == "||":
            continue
        at = tag.end() if (tag := _TAG.match(text, at)) else at
        if at >= end:
            end, looked = found.end() if (found := _BARE.match(text, at)) else at, 0
        looked += 1
        value = text[at:end].rstrip(").]}:…") if looked <= _MOST_IN_ONE else ""
        upper = leading == "=" and text[begin : match.start(1)].isupper()
        if _is_secret(name, value, leading, sign, upper=upper):
            done = at + len(value)
            yield at, done


def _name(text: str, word: int, end: int) -> tuple[Name, int]:
    """Give what the whole name around a word says, and where it begins."""
    begin = word
    while begin > 0 and word - begin < 60 and (text[begin - 1].isalnum() or text[begin - 1] in "_-"):
        begin -= 1
    return values.name_of(text[begin:end]), begin


def _is_secret(name: Name, value: str, leading: str, sign: str, *, upper: bool) -> bool:
    if leading.endswith("`"):
        return values.quoted(name, value, assigned=True) and not any(one in "(/=" for one in value)
    if sign in {"", "is", "was", "to", "|"}:
        return values.in_prose(name, value)
    if upper:
        return any(map(str.isdigit, value[: values.LONGEST])) and values.of_environment(name, value)
    return values.bare(name, value)


def _in_quotes(text: str, at: int, opening: Any, name: Name, sign: str) -> Iterator[Span]:
    """Give the secrets among the strings that begin at a place, after an opening quote."""
    quote: str = opening[1]
    around = opening.group()[: -len(quote)].strip()
    several = around[-1:] in {"[", ":"}
    sign = ":" if several or sign == "(" else sign
    if sign == "" and around:
        return
    line = text.find("\n", at, at + _FAR)
    last = line if line >= 0 else min(len(text), at + _FAR)
    end = text.find(quote, at, last)
    parts = [(at, end if end >= 0 else last)]
    if end < 0 and line < 0 and values.quoted(name, text[at:last], assigned=True):
        # Longer than any: all of the line, once.
        line = text.find("\n", last)
        yield at, line if line >= 0 else len(text)
        return
    after = parts[0][1] + len(quote)
    # In brackets a string goes on in the next line.
    furthest = len(text) if around[-1:] == "(" else last
    while len(parts) < 4 and (more := patterns.NEXT_PART.match(text[after : min(furthest, after + 220)])):
        parts.append((after + more.start(1), after + more.end(1)))
        after += more.end(1) + 1
    # `"token", "of": …`: what follows is a name itself
    if sign[:1] in {",", ":"} and text[after : after + 4].lstrip(" ").startswith(":"):
        return
    whole = "".join(text[start:stop] for start, stop in parts)
    # Between backticks stands code, in prose: a call is no value.
    called = quote == "`" and whole.endswith(")")
    if not called and values.quoted(name, whole, assigned=sign[:1] not in {":", ",", "|"}):
        yield from parts
    while (several or around[-1:] == "(") and (more := patterns.NEXT_STRING.match(text[after : after + 300])):
        if values.quoted(name, more[1], assigned=False):
            yield after + more.start(1), after + more.end(1)
        after += more.end(1) + 1
