"""Text from outside as GitHub Markdown that does no harm.

It mentions nobody, refers to no issue, links nowhere, loads no image, opens no HTML, and offers
nothing to commit; code stays code. What we took for code and GitHub took for text would be a way
in. So code is never left as it was written: it is recognised narrowly (a fence that begins a line, a
span within one line) and written anew, and every other backtick and backslash is escaped.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath

from reviewbot.core.text import printable

ZERO_WIDTH = "\u200b"

# Whoever wants to break out of a page makes something longer than a page: it would have to be cut.
_MOST_CODE = 500
_MOST_BACKTICKS = 100
_MOST_LINES = 40

_OPENING = re.compile(r"([ \t]*)(`{3,})[ \t]*([\w+-]*)[^`]*")
# Other words after a fence make GitHub draw diagrams, set formulas, or offer a suggestion to commit.
_LANGUAGES = re.compile(
    "bash|console|css|diff|dockerfile|html|ini|javascript|jsx?|json|makefile|markdown|md|py|python|sh|shell|sql|text|toml"
    "|tsx?|typescript|xml|ya?ml"
)
_OF_SUFFIX = {
    ".py": "python",
    ".pyi": "python",
    ".sql": "sql",
    ".yml": "yaml",
    ".yaml": "yaml",
    ".json": "json",
    ".toml": "toml",
    ".ts": "ts",
    ".tsx": "tsx",
    ".js": "js",
    ".sh": "sh",
    ".md": "markdown",
}


def one_line(text: str) -> str:
    """Give the printable text on one line, so that it cannot pass for further lines of ours."""
    return " ".join(printable(text).split())


def harmless(text: str) -> str:
    """Give Markdown of several lines with everything but its own formatting neutralised."""
    lines = printable(text.replace("\r\n", "\n")).split("\n")
    result = []
    at = 0
    while at < len(lines):
        opening = _OPENING.fullmatch(lines[at])
        if opening is None:
            result.append(_spans(lines[at]))
            at += 1
            continue
        indent, fence, language = opening.groups()
        closing = re.compile(rf"[ \t]*`{{{len(fence)},}}[ \t]*")
        end = next((n for n in range(at + 1, len(lines)) if closing.fullmatch(lines[n])), len(lines))
        # At the margin it is a block whatever stands around it; indented, that would depend on the list it is in.
        content = "\n".join(line.removeprefix(indent) for line in lines[at + 1 : end])
        result.append(fenced(content, language if _LANGUAGES.fullmatch(language) else ""))
        at = end + 1
    return "\n".join(result)


def line(text: str) -> str:
    """Give plain text on one line: its code spans stay, any other Markdown shows as it is written."""
    return _spans(one_line(text), plain=True)


def cell(text: str) -> str:
    """Give plain text for a cell of a table."""
    return in_cell(line(text))


def in_cell(markdown: str) -> str:
    """Escape the pipes of harmless Markdown; a backslash before one must not escape our escape."""
    return re.sub(r"(\\?)\|", lambda m: f"{m[1]}{ZERO_WIDTH if m[1] else ''}\\|", markdown)


def code(text: str) -> str:
    """Give a code span on one line, whatever backticks are in it; what is very long is shortened."""
    content = one_line(text)
    if len(content) > _MOST_CODE:
        content = f"{content[: _MOST_CODE - 1]}…"
    longest = _longest_run(content)
    if not longest:
        return f"`{content or ' '}`"
    fence = "`" * (longest + 1)
    return f"{fence} {content} {fence}"


def fenced(text: str, language: str = "") -> str:
    """Give a code block whose fence is longer than any run of backticks inside; empty text gives no line."""
    shown = in_block(text)
    fence = "`" * max(3, _longest_run(shown) + 1)
    content = f"{shown}\n" if text else ""
    return f"{fence}{language}\n{content}{fence}"


def in_block(text: str) -> str:
    """Give text as a code block shows it: what is invisible is escaped, endless runs of backticks are interrupted."""
    return re.sub(rf"`{{{_MOST_BACKTICKS}}}(?=`)", rf"\g<0>{ZERO_WIDTH}", printable(text))


def quoted(text: str, language: str = "") -> str:
    """Give code to look at as a block; the rest of very long lines, and of very many, is only counted."""
    lines = [line if len(line) <= _MOST_CODE else f"{line[: _MOST_CODE - 1]}…" for line in text.split("\n")]
    more = len(lines) - _MOST_LINES
    return fenced("\n".join([*lines[:_MOST_LINES], *([f"… and {more} lines more"] if more > 0 else [])]), language)


def language(path: str) -> str:
    """Give the name to put after the fence of code from ``path``, empty where we know none."""
    return _OF_SUFFIX.get(PurePosixPath(path).suffix, "")


def _longest_run(text: str) -> int:
    return max((len(run) for run in re.findall(r"`+", text)), default=0)


def _spans(text: str, *, plain: bool = False) -> str:
    """Write the code spans of one line anew and neutralise what is between them."""
    runs = list(re.finditer(r"`+", text))
    result = []
    end = index = 0
    while index < len(runs):
        length = len(runs[index].group())
        closing = next((n for n in range(index + 1, len(runs)) if len(runs[n].group()) == length), None)
        if closing is None:
            index += 1
            continue
        between, content = text[end : runs[index].start()], text[runs[index].end() : runs[closing].start()]
        result += [_neutral(between, plain=plain), code(content)]
        end = runs[closing].end()
        index = closing + 1
    return "".join([*result, _neutral(text[end:], plain=plain)])


def _neutral(text: str, *, plain: bool) -> str:
    text = re.sub(r"[\\`\[\]*_~]" if plain else r"[\\`\[\]]", r"\\\g<0>", text)
    if not plain:  # three tildes are a fence as well
        text = re.sub(r"~{3,}", lambda run: "\\~" * len(run[0]), text)
    text = text.replace("](", "]\\(").replace("&", "&amp;").replace("<", "&lt;")
    # GitHub's documentation names this as the way to write a dollar that begins no formula.
    text = text.replace("$", "<span>$</span>")
    text = re.sub(r"[@#](?=\w)|(?i:gh-)(?=\d)", rf"\g<0>{ZERO_WIDTH}", text)
    text = text.replace("://", f":{ZERO_WIDTH}//")
    return re.sub(r"(?i)www(?=\.)", rf"\g<0>{ZERO_WIDTH}", text)
