"""Whether what stands beside a name is a secret: of the name, how near it is to one, of the value, how it looks."""

from __future__ import annotations

import re
from enum import IntEnum

from reviewbot.core.secret_forms import MORE_KEYS, MORE_PASSWORDS, NAMES

# Of a longer value as much is looked at.
LONGEST = 300


class Name(IntEnum):
    """How surely a name's value is a secret.

    Attributes:
        NO: It is the name of something about a secret (`password_field`), or of nothing like one.
        LOOSE: It may be: only a dense value is one.
        PART: The word for a secret is part of it: only a long value with digits is one.
        TOKEN: It is the name of a key or token: a value with letters and digits is one.
        PASSWORD: It is the name of a password: also a word is one.
    """

    NO = 0
    LOOSE = 1
    PART = 2
    TOKEN = 3
    PASSWORD = 4


_PASSWORDS = (*(name for name in NAMES if name.startswith("p") and "_" not in name), *MORE_PASSWORDS)
# In capitals there is nothing between the words: `PGPASSWORD`
_RUN_TOGETHER = ("password", "passwords", "passwd", "passphrase", "passwort", "pwd", "checkpw", "hashpw")
_TOKENS = ("secret", "secrets", "token", "tokens", "apikey", "secretkey", "accesskey", "privatekey", "authkey")
_KEYS = MORE_KEYS | {name.split("_")[-2] for name in NAMES if name.endswith("key")}
_LOOSE = frozenset(
    {"key", "auth", "credential", "credentials", "creds", "dsn", "salt", "authorization", "sig", "signature"}
)
# What only says which of several it is.
_TAGS = frozenset(
    {"prod", "production", "staging", "stage", "dev", "old", "new", "live", "default", "value", "raw", "plain", "b64"}
    | {"base64", "hex", "str", "bytes", "base", "primary", "secondary", "current", "previous", "id", "a", "b"}
)  # fmt: skip
# What is about a secret, not one.
_ABOUT = frozenset(
    {"name", "names", "field", "header", "url", "uri", "path", "file", "type", "kind", "prefix", "suffix"}
    | {"algorithm", "alg", "hint", "label", "placeholder", "message", "error", "scope", "scopes", "ttl", "expiry"}
    | {"expires", "count", "length", "version", "provider", "manager", "ref", "arn", "regex", "pattern", "policy"}
    | {"endpoint", "help", "title", "description", "created", "text", "usage", "limit", "param", "cookie", "issuer"}
    | {"audience", "status", "checksum", "fingerprint", "class"}
)  # fmt: skip
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")

# What refers to something, or is no secret by its form: variables, templates, calls, paths, addresses, versions, times
_REFERENCE = re.compile(
    r"\$\w*[{(]|^\$[A-Za-z_]\w*$|\{\{|\}\}|^[<\[(]|[<>]|\*\*\*|\.\.\.|…|%\(|%s$|^%\w+%$|\(\)|^(?:/|\./|~/|arn:|projects/)"
    r"|^!\w|^-?[a-z][a-z0-9+.-]*://|^(?:file|vault|ssm|op|env):|^\d+\.\d+\.\d|^\d{4}-\d\d-\d\dT|^#[0-9A-Fa-f]{3,8}$"
)
_PLACEHOLDER = re.compile(
    r"change[-_ ]?(?:me|it|this|in)|example|your[-_ ]?|placeholder|dummy|redact|insert|xxx|sample|replace|\bfake|todo"
    r"|fixme|(?:^|[-_])(?:test|demo|default|local|dev|mock)(?:[-_\d]|$)|^(?:test|mock|demo)"
    r"|0{8}|1{8}|123456789|abcdef(?:gh|$)|not[-_ ]?(?:a|set|real|used)|none|null|undefined"
    r"|^(?:true|false|yes|no|on|off|string|str|text|empty|required|optional|hidden|bearer|basic|any|object|bytes|function"
    r"|number|boolean|unset|disabled|enabled|secret|foo|bar|baz)$",
    re.IGNORECASE,
)
# A secret that calls itself one was made up.
_SELF = re.compile(
    r"(?i)^(?:my|the|super|top|very|some|an?|admin|user|root|no|old|new|wrong|bad|good|valid|invalid|strong|weak"
    r"|db|postgres|redis|minio|mysql)?[-_ ]?(?:password|passw0rd|passwd|secret|token|api[-_]?key|key|pass|pwd|admin"
    r"|root|postgres|guest|qwerty|letmein|abc|user)[-_!@#$.]?\d{0,5}[-_!@#$.]?$"
)
# Of code: names in the usual spellings, and what is done with them.
_VARIABLE = re.compile(
    r"_*[a-z]+\d{0,2}(?:_+[a-z]+\d{0,2}|_\d+)*_*|[a-z]+(?:[A-Z][a-z]+)*\d{0,2}|(?:[A-Z][a-z]+)+\d?|(?:Base|Sha|Int|Utf|Float|String|Uint)\d+|_*[A-Z]+\d{0,2}(?:_+[A-Z0-9]+)*"
)
_EXPRESSION = re.compile(
    r"[A-Za-z_][\w-]*(?:\.[A-Za-z_][\w-]*)+[?!]?|[A-Za-z_][\w.]*+[(\[].*|[^\n()\[\]{}]*+[()\[\]{}].*"
)
_CODE = re.compile(r"[A-Z_]{4,}|[\w.]+\(.*|[a-z_]+(?:\.[a-z_]+)+")
_SLUG = re.compile(
    r"[a-z]++(?:[-_. :/](?!v\d)[a-z]++)*+(?:[-_.: /]v?\d{1,3}(?:[-_. :/][a-z]++)*+)?"
    r"|[A-Z]+(?:[-_][A-Z0-9]+)*|[A-Z][a-z]+"
)
_CODE_OF_ERROR = re.compile(r"(?:ERR|ERROR|E|MSG|CODE|AUTH|INVALID|PW)[A-Z]*[_-][A-Z0-9_.-]*|[A-Z]{1,8}[-_]?\d{1,6}")
_DENSE = re.compile(r"[A-Za-z0-9+/=_.:~!@#%^&*-]{16,}")
_HEX = re.compile(r"[0-9a-f]{32,}")
# Sentences, what is put together, and text in other scripts
_NO_KEY = re.compile(r"[ {\u0370-\U0010ffff]")
_SECRET_WORD = re.compile(r"(?i)pass|secret|token|key|auth|credential")


def name_of(text: str) -> Name:
    """Tell how surely the value of a name is a secret."""
    words = [word.lower() for word in _WORDS.findall(text[-80:])]
    while len(words) > 1 and (words[-1] in _TAGS or words[-1].isdigit()):
        words.pop()
    if not words:
        return Name.NO
    last, before = words[-1], words[-2] if len(words) > 1 else ""
    if last.endswith(_RUN_TOGETHER) or (last in _PASSWORDS and (before or last != "pass")):
        return Name.PASSWORD
    if last == "pass" or last.endswith(_TOKENS) or (last == "key" and before in _KEYS):
        return Name.TOKEN
    if last in _LOOSE:
        return Name.LOOSE
    return Name.NO if last in _ABOUT else Name.PART


def placeholder(value: str) -> bool:
    """Tell whether a value stands for one that is put there later, or calls itself a secret."""
    return bool(_REFERENCE.search(value) or _PLACEHOLDER.search(value) or _SELF.match(value))


def mixed(value: str) -> bool:
    """Tell whether a value looks like no word: it has letters and digits, and is no name, slug or expression."""
    return (
        any(one.isdigit() for one in value)
        and any(one.isalpha() for one in value)
        and not _VARIABLE.fullmatch(value)
        and not _EXPRESSION.fullmatch(value)
    )


def dense(value: str) -> bool:
    """Tell whether a value looks like a key by itself."""
    if not _DENSE.fullmatch(value) or _SLUG.fullmatch(value) or _EXPRESSION.fullmatch(value):
        return False
    classes = (
        any(one.isdigit() for one in value) + any(one.isupper() for one in value) + any(one.islower() for one in value)
    )
    return classes == 3 or _HEX.fullmatch(value) is not None


def quoted(name: Name, value: str, *, assigned: bool) -> bool:
    """Tell whether a string is a secret.

    Args:
        name: How surely the value of its name is one.
        value: What stands between the quotes.
        assigned: Whether code gives it to the name; after a colon a word is mostly a label.
    """
    value = value[:LONGEST]
    if len(value) < 6 or _NO_KEY.search(value) or placeholder(value) or _CODE_OF_ERROR.fullmatch(value):
        return False
    if name is Name.LOOSE:
        return dense(value)
    if name is Name.PART:
        return len(value) >= 12 and mixed(value) and not _SLUG.fullmatch(value)
    if name is Name.TOKEN:
        return len(value) >= 8 and mixed_text(value)
    return mixed_text(value) or "!" in value or (assigned and not _SECRET_WORD.search(value) and len(value) >= 8)


def mixed_text(value: str) -> bool:
    """Tell whether a string, which is no name of code, has letters and digits and is no row of words."""
    return (
        any(one.isdigit() for one in value) and any(one.isalpha() for one in value) and not _SLUG.fullmatch(value)
    ) or (len(value) >= 16 and dense(value))


def bare(name: Name, value: str) -> bool:
    """Tell whether what stands without quotes, as in YAML or an address, is a secret."""
    value = value[:LONGEST]
    if len(value) < 6 or " " in value or placeholder(value) or name < Name.TOKEN:
        return len(value) >= 16 and name is not Name.NO and not placeholder(value) and dense(value)
    if mixed(value):
        return name is Name.PASSWORD or not _SLUG.fullmatch(value)
    return name is Name.PASSWORD and any(one in "!#%^&*~" for one in value) and not _EXPRESSION.fullmatch(value)


def of_environment(name: Name, value: str) -> bool:
    """Tell whether what a line of an environment's file gives a name is a secret: a word is one as well."""
    value = value[:LONGEST]
    if name in {Name.NO, Name.PART} or placeholder(value) or len(value) < 4 or value.isdigit():
        return False
    if name is Name.LOOSE:
        return dense(value) or (len(value) >= 8 and mixed(value))
    if name is Name.PASSWORD:
        return "(" not in value and not value.isupper()
    return _CODE.fullmatch(value) is None


def in_prose(name: Name, value: str) -> bool:
    """Tell whether a word after a name in a sentence, or on a command line, is a secret."""
    return name >= Name.TOKEN and mixed(value[:LONGEST]) and bare(name, value) and not any(one in "-." for one in value)


def of_header(value: str) -> bool:
    """Tell whether what follows `Bearer` and the like is a secret."""
    value = value[:LONGEST]
    return any(map(str.isdigit, value)) and mixed_text(value) and not placeholder(value)


def of_address(user: str, password: str, host: str) -> bool:
    """Tell whether what stands between name and host of an address is a secret."""
    before_slash = password.partition("/")[0]
    # `host:8080/users/@me`
    if before_slash != password and (before_slash == "" or before_slash.isdigit()):
        return False
    if "{" in password or password == user or placeholder(password):
        return False
    return mixed_text(password) or not host.startswith(("localhost", "127.0.0.1"))


def given(value: str) -> bool:
    """Tell whether what is used as a secret is one, and not what stands for it."""
    return not placeholder(value[:LONGEST])


def guessed(value: str) -> bool:
    """Tell whether what may be a password looks like one."""
    return quoted(Name.PASSWORD, value, assigned=False)


def of_three_kinds(value: str) -> bool:
    """Tell whether a value looks like a key by itself, and not like a hash: it has capitals too."""
    return any(map(str.isupper, value)) and dense(value)
