"""How a frontend writes the call of a route: literals, templates, and sums of them."""

from __future__ import annotations

import re

# What a caller writes for a parameter.
_PARAMETER = r"""(?:\$\{[^}]*\}|\{\w+\}|:\w+|["']\s*\+\s*[^"'`;+]+?(?:\s*\+\s*["']|(?=[,);\n])))"""
# A path of the frontend's own pages looks the same, where it is one word.
_REQUEST = (
    r"""(?<![Rr]outer)(?<!history)(?<!navigation)"""
    r"""(?:\b(?:api|fetch|request|http|axios|client|ky|use\w*|query|mutat)\w*|\.(?:get|post|put|patch|delete|request)"""
    r"""|\burl|\b(?:GET|POST|PUT|PATCH|DELETE))(?:<[^()\n]*>)?\s*[(:=]\s*[^"'`;\n]{0,60}\n?\s*"""
)
# The page's own client may add what stands in front: `/api/v1`.
_BASE = re.compile(r"api|rest|v\d+")


def calls(path: str, method: str | None = None) -> re.Pattern[str]:
    """Make a pattern of how a frontend writes a path; its prefix may stand in the client's base address.

    Args:
        path: The path, `{}` for its parameters.
        method: Only where it is called with this method; None for any.
    """
    segments = [segment for segment in path.split("/") if segment]
    while len(segments) > 1 and _BASE.fullmatch(segments[0]):
        segments.pop(0)
    if all(segment == "{}" for segment in segments):
        return re.compile(r"(?!)")  # nothing tells it from any other call
    written = "/".join(_PARAMETER if segment == "{}" else re.escape(segment) for segment in segments)
    # A sum may end with the parameter, and then no quote follows.
    end = r"(?=[,);\n])" if segments[-1:] == ["{}"] else r"\$\{"
    # One word alone is a word like any other without its slash: `useState("ready")`.
    quoted = rf"""/{"" if len(segments) == 1 else "?"}{written}/?(?:["'`?]|{end})"""
    opening = (
        r"""["'`](?:\$\{[^}]*\}|\w+://[^/"'`]+)?(?:/(?:api|rest|v\d+))*""" if len(segments) == 1 else r"""["'`}/]"""
    )
    if method is None:
        return re.compile((_REQUEST if len(segments) == 1 else "") + opening + quoted)
    named = rf"(?i:\b(?:api|fetch|http)?_?{method}(?:json|data)?)"
    as_call = rf"{named}\s*(?:<[^()\n]*>)?\(\s*[^;\n]{{0,60}}?{opening}{quoted}"
    as_option = rf"""{opening}{quoted}[^;]{{0,160}}?\bmethod\s*:\s*["'`]{named}"""
    as_option_before = rf"""\bmethod\s*:\s*["'`]{named}["'`][^;]{{0,100}}?{opening}{quoted}"""
    patterns = [as_call, as_option, as_option_before]
    if method == "get":
        patterns.append(rf"""\bfetch\w*\(\s*{opening}{quoted}\s*\)""")
    return re.compile("|".join(patterns))
