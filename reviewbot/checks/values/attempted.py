"""What is tried, by what it calls: whether anybody need know that it failed."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from reviewbot.checks.values.attempts import Attempt
    from reviewbot.python.syntax import Node

# What is taken down may be gone already, and whom the last words do not reach is no longer there; numbers for those who
# run it; printing and logging.
_HARMLESS = re.compile(
    r"(?is)(^|\.)(close|aclose|wait_closed|rollback|disconnect|cancel|unlink|terminate|kill|quit|shutdown|killpg)\("
    r"|^(os\.)?(remove|rmdir|unlink)\(|^(shutil\.)?rmtree\("
    r"|\.(stop|release|dispose|detach|unsubscribe|cleanup|clean_up|stop_tracing|shutdown_asyncgens|abort|wait_stopped)"
    r"\(\s*\)$"
    r"|^(self\.)?_*([a-z]+_)*(websocket|ws|writer|socket|sock|connection|transport)\."
    r"(send\w*|write|writelines|write_eof|drain|sendall)\("
    r"|^([\w.]*[._])?(analytics|telemetry|metrics?|posthog|statsd|sentry_sdk|mixpanel|amplitude|span|tracer)[._][\w.]+\("
    r"|^([\w.]+\.)?(try_\w+|set_attributes?|capture_exception|observe|gauge|histogram)\("
)
_PRINTS = re.compile(r"(?i)^(print|(self\.)?_*(logger|log|logging)\.[a-z]+)\(")
_WAITS = re.compile(
    r"^(asyncio|anyio)\.(wait_for|wait|shield|gather|to_thread|sleep|timeout|get_running_loop|fail_after|move_on_after)\("
    r"|\.(wait|run_in_executor|run_until_complete|exists|is_closed|is_connected|is_running|done|poll|join|i?glob|iterdir"
    r"|listdir|walk)\(|^(Path|pathlib\.Path|os\.path\.\w+|os\.getpgid)\(|^(\w+\.)*(dumps|dict|model_dump\w*)\("
)
# What only looks at a value at hand, at the process or its environment, or makes a number, a date or an id of a text.
_READS = re.compile(
    r"(?s)^(getattr|hasattr|len|str|repr|bytes|int|float|complex|bool|list|dict|set|tuple|sorted|sum|min|max|type"
    r"|enumerate|range|zip|all|any|isinstance|next|iter|round|Decimal|UUID|ZoneInfo|re\.\w+|([\w.]+\.)?(get)?env(iron\.get)?"
    r"|inspect\.[a-z]+|sys\._getframe|traceback\.extract_stack|platform\.[a-z_]+|os\.(getpid|path\.\w+)"
    r"|threading\.(current_thread|get_ident)|((importlib\.)?metadata\.)?version"
    r"|([\w.]+\.)?(UUID|Decimal|ZoneInfo|(utc)?fromtimestamp|fromisoformat|strptime|isoparse|parser\.parse"
    r"|pytz\.timezone|parse_qsl?|urlparse|urlsplit|literal_eval|fromhex|unhexlify|ip_address|ip_network"
    r"|(urlsafe_|standard_)?b(16|32|64|85)decode)"
    r"|.*\.(index|split|rsplit|splitlines|strip|lstrip|rstrip|upper|lower|title|startswith|endswith|partition|rpartition"
    r"|removeprefix|removesuffix|replace|join|group|items|keys|values|isoformat|encode|decode))\("
)
_TAKES = re.compile(r"""^[^()]*\.get\(\s*["']""")
# A text that holds more than a value: whether it can be read is worth knowing, but for those who only try.
_DECODES = re.compile(r"(json[0-9]?|tomllib|toml)\.loads\(|^loads\(|^([\w.]+\.)?safe_load\(|\.json\(\)$")
_ONLY_TRIES = re.compile(
    r"(?i)^_*(parse|coerce|decode|normali[sz]e|extract|as|to|from|convert|cast|guess|detect|infer|sniff|read_json"
    r"|loads?_json|json|is|has|can|looks_like)(_|$)|error|reason|detail|failure|exception|message"
)
_OF_AN_ERROR = re.compile(r"^if [^\n]*(status|is_error|\bok\b|is_success)")
_AWAITED = re.compile(r"await\s+([\w.]+|(asyncio\.)?(wait_for|shield|gather|wait)\([^()]*\))")
_DATABASE = re.compile(
    r"^([\w.]*[._])?(db|session|sess)\.(execute|exec|scalars?|get|get_one|query|add|add_all|merge|delete|flush|refresh"
    r"|commit)\(|\(([^()]*,\s*)?((db|session|db_session)\s*=|(db|db_session|session)\s*[,)])"
)
_FAR_AWAY = re.compile(
    r"(?i)^([\w.]*[._])?(requests|httpx|client|http|api|redis|s3|page|browser|store|storage|service|mailer|smtp|repo"
    r"|repository|gateway|broker|queue|cache)\.\w+\("
)


def is_harmless(attempt: Attempt) -> bool:
    """Tell whether something is taken down, told to who may be gone, counted, printed or logged, and nothing else."""
    calls = list(_calls(attempt.body))
    wanted = [call for call in calls if _HARMLESS.search(call) or _PRINTS.search(call)]
    beside = (call for call in calls if call not in wanted)
    leaves = attempt.tries({"return_statement", "raise_statement", "yield"})
    return bool(wanted) and not leaves and all(_READS.match(call) or _WAITS.search(call) for call in beside)


def is_cancelled(attempt: Attempt) -> bool:
    """Tell whether tasks are waited for that were cancelled, and so end with an error."""
    waits = all(_AWAITED.fullmatch(child.text()) for child in _tried(attempt))
    cancels = attempt.function is not None and re.search(r"\.cancel\(\)", attempt.function.text())
    return waits and bool(cancels or "CancelledError" in attempt.catching.text())


def only_imports(attempt: Attempt) -> bool:
    """Tell whether what is tried is the import of what may not be installed."""
    lines = [child.text() for child in _tried(attempt)]
    imports = [line for line in lines if re.match(r"(import|from)\s", line)]
    return bool(imports) and all(line in imports or re.fullmatch(r"\w+\s*=\s*[\w.]+", line) for line in lines)


def only_reads(attempt: Attempt) -> bool:
    """Tell whether only values at hand are read: what is not there, or no number or date, is nothing to tell of.

    A row that is skipped for it is, and a text that cannot be decoded, but where that is the question, or there is a
    substitute.
    """
    body = attempt.body
    if any(statement.kind() == "continue_statement" for statement in attempt.handled):
        return False
    if any(body.find(kind=kind) is not None for kind in ("await", "yield", "delete_statement")):
        return False
    targets = (left.kind() for one in body.find_all(kind="assignment") if (left := one.field("left")) is not None)
    if any(kind in {"attribute", "subscript"} for kind in targets):
        return False
    for call in _calls(body):
        if _DECODES.search(call):
            if not (_ONLY_TRIES.search(attempt.name) or _is_of_an_error(attempt) or _has_a_substitute(attempt)):
                return False
        elif not (_READS.match(call) or (_TAKES.match(call) and not _FAR_AWAY.match(call))):
            return False
    return True


def asks_a_database(attempt: Attempt) -> bool:
    """Tell whether a session is used, or handed on."""
    return any(_DATABASE.search(call) for call in _calls(attempt.body))


def is_far_away(attempt: Attempt) -> bool:
    """Tell whether what is tried may fail because something else is down."""
    return attempt.body.find(kind="await") is not None or any(_FAR_AWAY.match(call) for call in _calls(attempt.body))


def _is_of_an_error(attempt: Attempt) -> bool:
    return any(_OF_AN_ERROR.match(node.text()) for node in attempt.ancestors if node.kind() == "if_statement")


def _has_a_substitute(attempt: Attempt) -> bool:
    """Tell whether the handler sets what was to be decoded, or `text = json.loads(text)` is all that is tried.

    Under an `if` for something else, JSON was wanted.
    """
    if any(child.find(kind="assignment") is not None for child in attempt.handled):
        return True
    tried = _tried(attempt)
    kept = re.fullmatch(r"(\w+)\s*=\s*[\w.]*loads\(\1\)", tried[0].text()) if len(tried) == 1 else None
    if kept is None or not attempt.goes_on:
        return False
    asked = attempt.around({"if_statement", "elif_clause"})
    return asked is None or bool(re.match(rf"(el)?if [^\n]*\b{kept[1]}\b", asked.text()))


def _tried(attempt: Attempt) -> list[Node]:
    return [child for child in attempt.body.children() if child.is_named() and child.kind() != "comment"]


def _calls(body: Node) -> Iterator[str]:
    """Give the text of each call; of what is printed or logged not what is called for it."""
    printed = [one.range() for one in body.find_all(kind="call") if _PRINTS.match(one.text())]
    for call in body.find_all(kind="call"):
        own = call.range()
        if not any(it.start.index < own.start.index and own.end.index <= it.end.index for it in printed):
            function, given = call.field("function"), call.field("arguments")
            name = "".join(function.text().split()) if function is not None else ""
            yield name + (given.text() if given is not None else "")
