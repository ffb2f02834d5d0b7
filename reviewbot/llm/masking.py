"""Secrets are taken out of what is sent to a model.

Only forms that are secrets beyond doubt: a guess by entropy would take hashes and ids out of the code that is to be
reviewed. A masked line keeps its place, so quotes of it can still be found.
"""

from __future__ import annotations

import re

MASK = "***"
# Files that hold secrets by their name, whatever form these have; the examples of such files hold none.
_PRIVATE = re.compile(
    r"(^|/)(\.env(\.(?!example|sample|template|dist)[^/]*)?|\.netrc|\.pgpass|\.npmrc|\.pypirc|id_(rsa|dsa|ecdsa|ed25519))$"
    r"|\.(pem|key|p12|pfx|jks|keystore|kdbx)$",
    re.IGNORECASE,
)

_SECRETS = re.compile(
    r"""
      \b(?:A3T[A-Z0-9]|AKIA|ASIA)[A-Z0-9]{16}\b                                # AWS
    | \bgh[opsur]_[A-Za-z0-9]{30,}\b | \bgithub_pat_[A-Za-z0-9_]{50,}\b           # GitHub
    | \bglpat-[A-Za-z0-9_-]{20,}                                                  # GitLab
    | \bsk-(?:ant-|proj-|live-)?[A-Za-z0-9_-]{20,}\b                              # Anthropic, OpenAI
    | \b(?:sk|rk|pk)_(?:live|test)_[A-Za-z0-9]{16,}\b | \bwhsec_[A-Za-z0-9]{20,}  # Stripe
    | \bxox[abposr]-[A-Za-z0-9-]{10,}                                             # Slack
    | \bAIza[A-Za-z0-9_-]{35}\b | \bya29\.[A-Za-z0-9_-]{20,}                      # Google
    | \bre_[A-Za-z0-9]{8,}_[A-Za-z0-9]{16,}\b | \bSG\.[\w-]{16,}\.[\w-]{16,}      # Resend, SendGrid
    | \beyJ[A-Za-z0-9_-]{10,}\.eyJ[A-Za-z0-9_-]{10,}\.[A-Za-z0-9_-]{10,}          # a signed JSON Web Token
    # user and password of an address, but for this machine
    | (?<=://)[^\s:/@'"{}$<>]*:[^\s:/@'"{}$<>*]+(?=@(?!localhost\b|127\.0\.0\.1))
    """,
    re.VERBOSE,
)
# A PEM block. Only what looks like the key is taken out: its first and last line stay, so that the reader knows what
# stood there, and code between two such lines is not hidden from its review.
_PEM = re.compile(
    r"(?s)(-----BEGIN [A-Z ]{0,40}PRIVATE KEY-----)((?:(?!-----BEGIN ).)*?)(-----END [A-Z ]{0,40}PRIVATE KEY-----)"
)
_PEM_LINE = re.compile(
    r"""(?mx)
    ^ (\s*\d+\ [+\ -] | \s*\d+\ \|\  | ) ([\ \t"']*)
    (?: [A-Za-z0-9+/]{16,}={0,2} | [A-Za-z0-9+/]{2,}={1,2} ) ((?:\\n)?["',;\ \t\r\\)]*) $
    """
)
_PEM_RUN = re.compile(r"[A-Za-z0-9+/=]{16,}")
# A string that a name calls a secret. Names of settings and of headers, and placeholders, are no secrets. Repetitions
# have a limit, and a name is tried from its beginning only: the text may be an attacker's, and the time is ours.
_NAMED = re.compile(
    r"""(?ix)
    ( (?<![\w-])[\w-]{0,60}?(?:password|passwd|secret|api_?key|access_?token|auth_?token|private_?key)[\w-]{0,60}["']?
      \s{0,20}[:=]\s{0,20}[rbf]?["'] )
    ( (?=[^"'\s]{0,200}\d)(?=[^"'\s]{0,200}[A-Za-z])[^"'\s{}$<>]{12,} ) (?=["'])
    """
)


def private(path: str) -> bool:
    """Tell whether a file holds secrets, by its name."""
    return _PRIVATE.search(path) is not None


def masked(text: str) -> str:
    """Give the text without secrets; every line stays where it is."""
    if "PRIVATE KEY" in text:
        text = _PEM.sub(lambda match: f"{match[1]}{_without_key(match[2])}{match[3]}", text)
    text = _SECRETS.sub(MASK, text)
    return _NAMED.sub(lambda match: match[1] + MASK, text)


def _without_key(text: str) -> str:
    if "\n" in text:
        return _PEM_LINE.sub(lambda match: f"{match[1]}{match[2]}{MASK}{match[3]}", text)
    return _PEM_RUN.sub(MASK, text)
