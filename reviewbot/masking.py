"""Secrets are taken out of what is sent to a model.

Only forms that are secrets beyond doubt: a guess by entropy would take hashes and ids out of the code that is to be
reviewed. A masked line keeps its place, so quotes of it can still be found.
"""

from __future__ import annotations

import re

MASK = "***"

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
    | (?<=://)[^\s:/@'"{}$<>]+:[^\s:/@'"{}$<>*]+(?=@)                             # user and password of an address
    """,
    re.VERBOSE,
)
# The lines of a PEM block; its first and last line stay, so that the reader knows what stood there.
_PEM = re.compile(r"(?s)(-----BEGIN [A-Z ]*PRIVATE KEY-----)(.*?)(-----END [A-Z ]*PRIVATE KEY-----)")
# A string that a name calls a secret. Names of settings and of headers, and placeholders, are no secrets.
_NAMED = re.compile(
    r"""(?ix)
    ( \b[\w-]*(?:password|passwd|secret|api_?key|access_?token|auth_?token|private_?key)[\w-]*["']?
      \s*[:=]\s*[rbf]?["'] )
    ( (?=[^"'\s]*\d)(?=[^"'\s]*[A-Za-z])[^"'\s{}$<>]{12,} ) (?=["'])
    """
)


def masked(text: str) -> str:
    """Give the text without secrets; every line stays where it is."""
    if "PRIVATE KEY" in text:
        text = _PEM.sub(lambda match: match[1] + re.sub(r"[^\n]+", MASK, match[2]) + match[3], text)
    text = _SECRETS.sub(MASK, text)
    return _NAMED.sub(lambda match: match[1] + MASK, text)
