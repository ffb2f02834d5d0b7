"""What names, calls and annotations say by themselves of the texts that are built from them."""

from __future__ import annotations

import re

CONSTANT = re.compile(r"^_*[A-Z][A-Z0-9_]*$")
NUMBERS = re.compile(r"^(int|float|bool|len|sum|round|abs|range|enumerate|Decimal|UUID|uuid\.UUID|hash)$")
# An annotation that leaves nothing to choose but numbers, ids, and members of enumerations written out.
SAFE_TYPE = re.compile(
    r"^(Annotated\[)?(int|float|bool|(uuid\.)?UUID4?|(decimal\.)?Decimal|(datetime\.)?date(time)?|(typing\.)?Literal\[.*)\b"
)
SAFE_ITEMS = re.compile(
    r"^(\w+\.)?(list|set|frozenset|tuple|Sequence|Iterable|Collection|List|Set)\[(int|float|(\w+\.)?UUID)\b"
)
OWN_NAME = re.compile(r"(^|\.)(__tablename__|__table__(\.\w+)?|__name__|fullname)$")
QUOTED = re.compile(r"(?i)(quote|ident|escape|literal|placeholder|bind|sanitiz|compile)")
# A name that says so of what it holds.
SAID_QUOTED = re.compile(r"^(quoted|escaped)_|_(quoted|escaped|literal)$|(schema|role|table|column)_identifier$")
PLACEHOLDERS = re.compile(r"(?i)placeholder|bind|params?$")
# What the program itself makes: ids, times, and words quoted for a shell.
MADE = re.compile(
    r"^(uuid\.)?uuid4$|^shlex\.join$|^os\.getpid$|^(time\.)?time$|^(\w+\.)?(datetime|date)\.(utcnow|now|today)\(.*\)\.(strftime|isoformat)$"
)
SETTING = re.compile(r"^(self\.)?_?(app_?)?(settings|config)\.\w+$|^get_settings\(\)\.\w+$|^(uuid\.)?uuid4\(\)\.hex$")
# What one talks to the database with: what it knows of itself are words of its dialect.
HANDLE = re.compile(r"^(self\.|cls\.)?(\w*_)?(db|database|conn|connection|engine|dialect)$")
READS = re.compile(r"^(fetch|exec|scalar|query|get|select|read|one|first|all|load|find|run|iterate)")
# A method of another object that makes a clause: what it is made of, is to be asked there.
CLAUSE = re.compile(r"^(to_|as_|get_|build_|make_|render_)?(\w+_)?(sql|where|clause|order_by|group_by|pagination)$")
# A whole statement where one belongs: whoever calls the function wrote it.
STATEMENT = re.compile(r"^(\w+_)?(query|sql|statement|stmt|subquery)$")
STATEMENT_NEXT = re.compile(r"(?i)\b(from|as|exists)\s*\(\s*$|\bexplain\s+(\(.*\)\s*|analyze\s+)?$")
# A statement of SQL, and where one has a value next.
SQL = re.compile(r"(?i)^\s*(select|insert|update|delete|with|create|drop|alter|truncate)\b")
VALUE_NEXT = re.compile(r"(?i)([=<>'\"%]|\b(like|ilike|between|values)|\bin\s*+\(|\bvalues\s*+\(.{,400})$")
# What gives the same text in another dress.
DRESSED = frozenset({"strip", "lstrip", "rstrip", "lower", "upper", "replace", "title", "removesuffix", "removeprefix"})
WRAPPED = frozenset({"dedent", "textwrap.dedent", "str", "cleandoc", "inspect.cleandoc", "Template", "string.Template"})
