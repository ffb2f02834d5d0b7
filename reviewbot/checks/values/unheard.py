"""Handlers of every error after which nobody knows that there was one, and what excuses them."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.checks.values import attempted
from reviewbot.checks.values.attempts import Attempt

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewbot.checks.values.flow import Flow
    from reviewbot.python.syntax import Node

_NOTHING = (
    r"(None|False|[rbuRBU]?(\"\"|'')|0|0\.0|-1|\[\s*\]|\{\s*\}|\(\s*\)|(set|dict|list|tuple|frozenset|Decimal)\(0?\)"
    r"|Decimal\([\"']0[\"']\))"
)
# What goes on with a name that was set to nothing cannot tell why there is nothing; `False` may be the answer.
_SILENT = re.compile(
    rf"(?P<name>\w+|self(\.\w+)+)(\s*+:[^=]++)?\s*+=\s*+(?!False){_NOTHING}|_\w*\s*=\s*\w+"
    rf"|(?!raise$)\w+|\.\.\.|return(\s+{_NOTHING}(\s*,\s*{_NOTHING})*)?"
)
_UNDONE = re.compile(r"(await\s+)?[\w.]+\.rollback\(\)")
_WAITED = re.compile(r"(await\s+)?(asyncio|anyio|time)\.sleep\(.*\)", re.DOTALL)

# Three words are a reason, but not those of a linter; nor is code that is commented out.
_WORDS = re.compile(r"(?!#\s*(pragma: no cover|pylint: disable=[\w,-]+)\s*$)#\s*\w+[^\w\n]+\w+[^\w\n]+\w+")
_SENTENCE = re.compile(r"#\s*[A-Za-z',]+\s+[A-Za-z',]+\s+[A-Za-z',]+")
# Why errors do not count, said above the `try` or at the head of the function.
_REASON = re.compile(
    r"(?is)best[- ]effort|never (raises?|fails?|breaks?|blocks?)\b.{0,40}\b(so|because|since|as|or)\b"
    r"|\b(up)?on (any |an )?(failure|error|exception)s?\b"
    r"|\b(must|should|can|may|do|does|will|would) ?(not|never|n[o']t)\s++(\w++\s++)?"
    r"(fail|break|block|raise|stop|crash|abort|prevent|interrupt|propagate|affect)"
    r"|(non-?|not )(fatal|critical|blocking|essential)|does( not|n't) matter"
    r"|(silently|quietly) (ignor|skip|drop|return|fail|fall)"
    r"|(errors?|exceptions?|failures?) (is|are) (silently )?(ignored|swallowed|suppressed|dropped|skipped)"
    r"|\b(swallow|suppress|ignor)(s|es|ed|ing)? (all |any |every |the )*+(\w+ )?(errors?|exceptions?|failures?)"
    r"|may (well )?fail|\bfail(s|ing)?[- ]?(open|safe|soft|silent(ly)?|closed)\b|\bfall(s|ing)?[- ]?back\b"
    r"|\bor (`*None|`*False|an? empty|nothing)\b|if (that |it )?(is )?(possible|can ?not|unable|unreadable)"
    r"|gracefully|defensive|tolera(nt|te)|lenient|never a decision"
)
# Functions that say by their name that they may fail, take down, only look, verify, or tell of something.
_NAMED = re.compile(
    r"(?i)(^|_)(best_effort|quiet(ly)?|silent(ly)?|safe(ly)?|try|maybe|or_none|or_default|or_empty|if_possible"
    r"|ignor(e|ing)_errors?|tolerant(ly)?|lenient(ly)?|clean_?up|reclaim|reap|dispose|tear_?down|shut_?down|disconnect"
    r"|roll_?back|aclose|unsubscribe|ping|probe|health|healthy|health_?check|healthz|alive|reachable|reachability"
    r"|connectivity|available|availability|installed|telemetry|instrumentation|breadcrumbs?)(_|$)"
    r"|^__(exit|aexit|del|repr|str|getattr)__$|^_*+(clear|verify|validate|authenticate)(_|$)"
    r"|^_*+(close|stop|cancel|release|abort|terminate|kill|refuse|reject|shed|drop)(_(all|it|and|wait|the|stale|pending"
    r"|running|background|tasks?|connections?|conn|sessions?|clients?|pool|streams?|sockets?|writer|browser|page"
    r"|context|engine|process(es)?|server|workers?|listeners?|watchers?|loop|locks?|resources?|websockets?"
    r"|transports?|subprocess(es)?))*$|^_*+(trace|debug|describe|repr|log(?!_(in|out|on|off)(_|$)))_"
    r"|^_*+(record|emit|report|push|observe|capture|export|track)_([a-z]+_)*"
    r"(metrics?|analytics|spans?|traces?|latency|timings?)(_|$)"
)
_MAY_BE_NONE = re.compile(r"^[\"']?((typing\.)?Optional\[|None\s*\|)|\|\s*None\s*[\"']?$")
_WHETHER = re.compile(r"^[\"']?(bool|(typing\.)?Type(Guard|Is)\[.*)[\"']?$", re.DOTALL)
_SEVERAL = re.compile(r"(?is)^(typing\.)?tuple\[.*(\bNone\b|Optional\[|\bbool\b)")
_LEAVES = {"return_statement", "break_statement"}
_LOOPS = {"for_statement", "while_statement"}
_LOGS = re.compile(r"(^|\.)_*(log|logger|logging)\.|^print\(", re.IGNORECASE)


def are_unheard(node: Node, _: Flow) -> bool:
    """Tell whether a handler of every error, or a call of ``suppress``, hides them from everybody."""
    attempt = Attempt.of(node)
    return attempt is not None and _is_silent(attempt) and not any(excuse(attempt) for excuse in _EXCUSES)


def _is_silent(attempt: Attempt) -> bool:
    """Tell whether the handler does nothing: it neither tells of the error nor gives what shows that there was one."""
    loop = attempt.around(_LOOPS)

    def does_nothing(statement: Node) -> bool:
        text = statement.text()
        undone = _UNDONE.fullmatch(text) and (loop is not None or attempt.handled[-1].kind() in _LEAVES)
        waited = _WAITED.fullmatch(text) and loop is not None and loop.kind() == "while_statement"
        return bool(_SILENT.fullmatch(text) or undone or waited)

    return all(map(does_nothing, attempt.handled))


def _is_said(attempt: Attempt) -> bool:
    """Tell whether a comment or the docstring gives a reason."""
    if any(_WORDS.match(comment) for comment in attempt.comments):
        return True
    if any(_SENTENCE.match(comment) for comment in attempt.above):
        return True
    return any(_REASON.search(said) for said in attempt.introduced)


def _is_named_for_it(attempt: Attempt) -> bool:
    return bool(_NAMED.search(attempt.name))


def _is_on_the_way_out(attempt: Attempt) -> bool:
    """Tell whether another error is on its way, or the work is done."""
    if attempt.around({"except_clause", "finally_clause"}) is not None:
        return True
    return any(node.kind() == "if_statement" and node.text().startswith("if __name__") for node in attempt.ancestors)


def _is_declared(attempt: Attempt) -> bool:
    """Tell whether the return type says that there may be nothing: whoever calls it must ask.

    Of a database that fails it says that there is no such row, of a service that is down the same.
    """
    given = _given(attempt)
    if given is None or attempted.asks_a_database(attempt):
        return False
    if _WHETHER.search(attempt.returns):
        return given in {"", "False"}
    if attempted.is_far_away(attempt):
        return False
    several = "," in given and _SEVERAL.search(attempt.returns)
    return bool(several or (given in {"", "None"} and _MAY_BE_NONE.search(attempt.returns)))


def _given(attempt: Attempt) -> str | None:
    """Give what the function returns after the handler, as it is written; None where the function goes on."""
    last = attempt.handled[-1].text() if attempt.handled else "pass"
    if last.startswith("return"):
        return last.removeprefix("return").strip()
    assigned = _SILENT.fullmatch(last)
    if assigned and assigned["name"]:
        after = next(iter(attempt.following), None)
        returned = after is not None and after.text() == f"return {assigned['name']}"
        return last.rpartition("=")[2].strip() if returned else None
    return "" if attempt.goes_on and attempt.tries({"return_statement"}) else None


def _is_asked_next(attempt: Attempt) -> bool:
    """Tell whether what follows asks for the name that was set to nothing, and does something else without it."""
    for statement in attempt.handled:
        assigned = _SILENT.fullmatch(statement.text())
        if not assigned or not assigned["name"]:
            continue
        name = re.escape(assigned["name"])
        without = re.compile(rf"\bnot {name}\b|\b{name} is None\b|\b{name} or\b|\bif {name}( is not None)? else\b")
        for after in attempt.following:
            asks = re.match(rf"if [^\n]*\b{name}\b", after.text())
            if without.search(after.text()) or (asks and re.search(r"\b(return|raise|else)\b|\blog", after.text())):
                return True
            if _LOGS.match(after.text()) and re.search(rf"\b{name}\b", after.text()):
                return True
    return False


def _is_one_of_several(attempt: Attempt) -> bool:
    """Tell whether the first of several ways that works gives the answer, and this one did not."""
    if not attempt.tries(_LEAVES) or not all(
        statement.kind() in {"pass_statement", "continue_statement"} for statement in attempt.handled
    ):
        return False
    if attempt.around(_LOOPS) is not None:
        return True
    after = next(iter((*attempt.following, *attempt.beyond)), None)
    return attempt.goes_on and after is not None and not re.fullmatch(rf"return(\s+{_NOTHING})?", after.text())


_EXCUSES: tuple[Callable[[Attempt], bool], ...] = (
    _is_named_for_it,
    _is_on_the_way_out,
    _is_said,
    _is_declared,
    _is_asked_next,
    _is_one_of_several,
    attempted.is_harmless,
    attempted.is_cancelled,
    attempted.only_imports,
    attempted.only_reads,
)
