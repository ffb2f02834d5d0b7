"""The patterns that find secrets. RE2 runs them: the text may be an attacker's, and the time is ours.

What has to be looked ahead for is bounded all the same: each match may look so far only, and there may be as many as
the text is long.
"""

from __future__ import annotations

import re2

from reviewbot.core.secret_forms import SHAPES

# Ahead of a line's own text a prompt has a number and a mark, and a difference a mark.
_MARKS = r"(?:[ \t]{0,12}\d{1,7} (?:[-+ ]|\| )|[-+])?"
_LINE = rf"(?m)^{_MARKS}[ \t]{{0,80}}"
# White space, and at most one end of a line.
_GAP = rf"[ \t]{{0,40}}(?:\n{_MARKS}[ \t]{{0,80}})?"
_DEFAULT = r"(?:default[ ]?=[ ]?)?"
_KEY = r"""["'][\w.-]{1,60}["']"""

# A part of the text that has the shape of a secret; a group is the secret, where there is one.
SHAPED = re2.compile("|".join(f"(?:{shape.pattern})" for shape in SHAPES))

_WORDS = (
    r"(?:pass(?:word|wd|wort|phrase|code)s?|kennwort|wachtwoord|senha|contrasena|psk|pwd|secret|token|pepper|credentials?|creds|dsn|salt|key|pass|auth"
    r"|authorization|pw|sig|signature|connection_?string)"
)
_TYPE = r"[&*]{0,2}[A-Za-z_][\w.]{0,40}(?:\[[^\]=\n]{0,60}\]{1,3})?(?:[ ]?\|[ ]?[\w.]{1,40}){0,3}"
# A word for a secret and the rest of its name; then what leads to the value: an assignment or a colon, `value:` after a
# name, the next argument, `or`, a call, the next cell of a table, the end of a tag, a word of prose.
NAMED = re2.compile(
    rf"""(?i){_WORDS}[\w-]{{0,40}}("""
    rf"""\\?["'`]?(?:\]|\*\*)?[ \t]{{0,20}}(?::[ \t]{{0,4}}{_TYPE}[ ]?=|:=|=>|[=!]==?|[=:])(?:\*\*)?{_GAP}"""
    rf"""|["']?[ ]?[,{{]?{_GAP}["']?(?:value|default)["']?[ ]?[=:][ ]?"""
    rf"""|\\?["'],{_GAP}{_DEFAULT}|,{_GAP}"""
    r"""|["'`]?\)?[ ]{1,3}(?:or|\|\||\?\?)[ ]{1,3}|\("""
    r"""|["'`]?[ ]?\|[ ]?`?|["']?>|["'`]?[ ]{1,4}(?:(?:is|was|to)[ ])?`?)"""
)
# Ahead of a name that is a first argument
IN_CALL = re2.compile(rf"""\({_GAP}["']?$""")
# Around a string: what makes another kind of text of it, where it is a default, what it is the first of; its quote
_MADE = (
    r"(?:[\w.]{0,40}(?:\.|::))?"
    r"(?:Field|Secret|SecretStr|SecretBytes|str|bytes|b64decode|fromhex|unhexlify|from|new|Header|Query|quote_plus)"
)
_READ = r"(?:[\w.]{0,40}\.)?(?:get(?:env)?|config|env|Config|pop)"
_ELSE = r"[\w.]{1,60}(?:\([^()\n]{0,60}\))?[ ](?:or|\|\||\?\?|if [^\n]{1,60} else)[ ]"
OPENING = re2.compile(
    rf"""(?:!\w{{1,40}}[ ]|{_MADE}\({_GAP}{_DEFAULT}|{_READ}\({_GAP}{_KEY},{_GAP}{_DEFAULT}|{_ELSE}|\({_GAP}|\[{_GAP}"""
    rf"""|\{{{_GAP}{_KEY}:[ ]?){{0,3}}[rRbBfFuU]{{0,2}}(\"\"\"|'''|\\?["'`])"""
)
# The rest of a string in parts, and the next one of a list or a dictionary
NEXT_PART = re2.compile(rf"""{_GAP}(?:[+.&]{_GAP})?["']([^"'\s]{{4,200}})["']""")
NEXT_STRING = re2.compile(rf"""[ ]?,{_GAP}(?:{_KEY}:{_GAP})?["']([^"'\s]{{6,200}})["'][ ]?[^:]""")

# A line of an environment's file, and one of YAML whose value is a word with digits: the whole line says what it is.
_BEFORE_NAME = r"""(?:#[ ]?|-[ ]["']?|export[ ]|set[ ]|ENV[ ]|ARG[ ]|RUN[ ]){0,2}"""
ENVIRONMENT = re2.compile(rf"""{_LINE}{_BEFORE_NAME}([A-Z][A-Z0-9_]{{2,80}})=([^\n]{{4,}})""")
YAML = re2.compile(
    rf"""{_LINE}(?:#[ ]?|-[ ]){{0,2}}["']?([A-Za-z][\w.-]{{2,80}})["']?:[ \t]{{1,20}}"""
    r"""([a-z]+[0-9][a-z0-9]*)[ \t]*(?:[ ]#[^\n]*)?\r?$"""
)

# Name, password and host of an address; a key instead of both; and an account without a scheme
ADDRESS = re2.compile(
    r"""(?i)[a-z0-9]://([^\s:/@"'`<>{}]{0,100}):([^\s"'`<>]{1,300})@(\[|\{|[a-z0-9%$][\w.-]{0,100})"""
)
ADDRESS_OF_KEY = re2.compile(r"""(?i)[a-z0-9]://([^\s:/@"'`<>{}$]{16,200})@[a-z0-9]""")
ACCOUNT = re2.compile(r"""\b[\w.-]{1,40}:([^\s:/@"'`<>{}]{6,100})@[a-z][\w-]{0,60}""")

HEADER = re2.compile(r"""(?i)\b(?:Bearer|Basic|Token|ApiKey|Api-Key|Bot|Digest)[ \t]{1,4}([A-Za-z0-9_.~+/=-]{10,})""")

# What is done with a string says that it is a secret.
_STRING = r"""[rb]?["']([^\s"'{}]{5,300})["']"""
_JWT = rf"\bjwt\.(?:encode|decode)\({_GAP}"
_COOKIE = r"""(?i)\b(?:set-)?cookies?\b["']?[ ]?[:=][^\n]{0,80}?"""
_ECHO = r"""\b(?:echo|printf)[ ]+(?:-n[ ])?["']?"""
USED = tuple(
    re2.compile(pattern)
    for pattern in (
        rf"""{_JWT}[^\n,"'{{]{{0,80}}(?:\{{[^\n}}]{{0,80}}\}})?,{_GAP}{_STRING}""",
        rf"""{_JWT}[^\n]{{1,100}}?,{_GAP}key[ ]?=[ ]?{_STRING}""",
        rf"""\b(?:auth|basic_auth|http_auth|credentials)[ ]?=[ ]?\([ ]?["'][^"'\n]{{1,100}}["'],[ ]?{_STRING}""",
        rf"""(?:\.login|BasicAuth|DigestAuth)\([ ]?[^,\n]{{1,100}},[ ]?{_STRING}""",
        rf"""\bhmac\.(?:new|digest)\([ ]?{_STRING}""",
        rf"""\b(?:Fernet|(?:AES|ChaCha20\w*|ARC4|Blowfish|DES3?)(?:\.new)?)\([ ]?{_STRING}""",
        rf"""(?:URLSafe\w*Serializer|Signer|SecretBox|\.derive)\([ ]?{_STRING}""",
        rf"""\bcompare_digest\([^\n,]{{1,80}},{_GAP}{_STRING}""",
        r"""\b(?:curl|https?|xh)[ ][^\n]{0,200}?[ ]?(?:-u|--user|-a|--auth)[ =]?["']?[^\s:"']{1,80}:([^\s"']{4,300})""",
        r"""\blogin\b[^\n]{0,160}?[ ]-p[ =]?["']?([^\s"'-][^\s"']{3,300})""",
        r"""\bsshpass[ ]+-p[ ]?["']?([^\s"']{4,300})""",
        r"""\b(?:mysql\w*|mariadb\w*)\b[^\n]{0,160}?[ ]-p["']?([^\s"'=]{4,300})""",
        r"""\bredis-cli\b[^\n]{0,160}?[ ](?:-a|--pass)[ ]["']?([^\s"'-][^\s"']{3,300})""",
        r"""\bopenssl\b[^\n]{0,200}?[ ](?:-k|-K|-pass(?:in|out)?[ ]["']?pass:)[ ]?["']?([^\s"'-][^\s"']{3,300})""",
        rf"""{_ECHO}([^\s"'|-][^\s"'|]{{3,300}})["']?[ ]?\|[^\n]{{1,160}}?(?:--password-stdin|chpasswd)""",
        # Name and password, one after the other, where an address is made of them
        rf"""\bURL(?:\.create)?\({_GAP}["'][^"'\n]{{1,60}}["'],{_GAP}["'][^"'\n]{{1,60}}["'],{_GAP}{_STRING}""",
        rf"""://\{{\w{{0,20}}\}}:\{{\w{{0,20}}\}}@[^\n"']{{0,99}}["']\.format\({_GAP}[^,\n]{{1,60}},{_GAP}{_STRING}""",
        rf"""{_COOKIE}(?:sess|sid|auth|token)[\w-]{{0,20}}["']?[ ]?[=:][ ]?["']?([\w%+/=.-]{{16,300}})""",
        # `.pgpass`
        rf"""(?m)^{_MARKS}[\w.*-]{{1,100}}:[\d*]{{1,5}}:[\w*-]{{1,80}}:[\w*-]{{1,80}}:([^\s:]{{6,100}})(?:\s|$)""",
        r"""(?i)<add[ ]key="[^"\n]{0,80}(?:password|secret|token|key)"[ ]value="([^"\s]{8,300})\"""",
    )
)
# The same, but of less: only what looks like a password is one.
GUESSED = tuple(
    re2.compile(pattern)
    for pattern in (
        rf"""(?i)(?:user|account|log_?in|sign_?up|register|authenticate)\([ ]?["'][^"'\n]{{1,100}}["'],[ ]?{_STRING}""",
        r"""(?i)\b(?:log[- ]?in|credentials|account|user)\b[^\n/]{0,40}?[ ][\w.@-]{2,40}`?[ ]?/[ ]?`?([^\s/`]{6,60})""",
    )
)
# A key of AWS's has no mark of its own, but always this length.
AWS_SECRET = re2.compile(r"""["'`]([A-Za-z0-9/+]{40})["'`]""")
