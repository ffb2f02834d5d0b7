"""Secrets are taken out of what is sent to a model.

Forms of secrets, and values of names that say that they are secrets; never by entropy alone, which would take hashes
and ids out of the code that is to be reviewed. A masked line keeps its place, so quotes of it can still be found.
"""

from __future__ import annotations

import re

from reviewbot.llm.secrets.spans import spans

MASK = "***"
# Files that hold secrets by their name, whatever form these have; the examples of such files hold none.
_PRIVATE = re.compile(
    r"(^|/)(\.env(\.(?!example|sample|template|dist)[^/]*)?|\.netrc|\.pgpass|\.npmrc|\.pypirc|id_(rsa|dsa|ecdsa|ed25519))$"
    r"|\.(pem|key|p12|pfx|jks|keystore|kdbx)$",
    re.IGNORECASE,
)


def private(path: str) -> bool:
    """Tell whether a file holds secrets, by its name."""
    return _PRIVATE.search(path) is not None


def masked(text: str) -> str:
    """Give the text without secrets; every line stays where it is."""
    parts, done = [], 0
    for start, end in sorted(spans(text)):
        if start >= done:
            parts += [text[done:start], MASK]
        done = max(done, end)
    return "".join([*parts, text[done:]]) if parts else text
