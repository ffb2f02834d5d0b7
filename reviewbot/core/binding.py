"""Which item of a checklist a check is about, where the check does not name the agent.

Both sides must agree, and a word in common is not enough. A check has phrases that say what it reports ("SQL
injection"); an item whose rule says one of them is about that, and so is one whose details do, unless in passing. And
it has topics, of which it is one case ("error handling"); an item is about a topic only where its rule says little
else. What is about neither is beyond the checklist. An item about something else (tests that mock a service, an audit
log) is not, whatever it says.
"""

from __future__ import annotations

import re
from functools import cache, lru_cache
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Collection, Sequence

    from reviewbot.core.agent import Agent, ChecklistItem

_WORD = re.compile(r"[a-z0-9]+")
# Two words that say another thing than the second by itself: secure errors tell nothing.
_COMPOUND = re.compile(
    r" (?:(sql|nosql|ldap|xpath|command|shell|code|dependency|prompt|fault|failure|chaos|header|template|script|style)"
    r" (?=injection )"
    r"|(secure) (?=error )|(csrf|xsrf) (?=token ))"
)
# What an item or an agent is about, whatever else it names, unless the check is about that as well.
_SUBJECTS = """
    accessibility agent alert analytics ansible audit benchmark benchmarking blockchain budget campaign changelog
    chaos component coverage css customer dashboard debug debugging delivery deployment docker docs document
    documentation documented email example fixture forensic frontend git grafana graphql grpc guide hook incident
    kubernetes legal log market marketing metric mobile mock mocked mocking monitoring penetration pipeline
    profiling prometheus prompt pulumi pytest readme reporter research researcher sales scraping terraform test
    tested tester testing unittest wcag
"""
# The same of an item only: an agent for workers has items on all of their code. And whom an item asks to do something.
_SUBJECTS_OF_ITEMS = f"""
    {_SUBJECTS}
    celery dependency task worker
    collaborate collaboration coordinate coordination escalate handoff partner
    auditor developer engineer expert specialist team
"""
# An agent for one of these means its own by such words: its queries, its pace.
_OTHERS = """
    aws azure cassandra celery discord dynamodb elasticsearch gemini kafka langchain mongodb neo4j openai opensearch
    playwright rabbitmq redis scraping selenium telegram temporal websocket
"""
_THEIRS = """
    backoff bulk cache caching connection index indexing limiting pagination pool pooling query throttling transaction
    ttl
"""
# What a rule is about where it names one of these, whatever its details say besides.
_NAMED = "authentication authorization caching csrf error exception logging network rate secureerror"
# A rule that says one of these is about what is shown, whatever it is an example of.
_SHOWN = "disclose disclosing disclosure expose exposing exposure leak leaking reveal revealing"
# A topic of this kind is one only to agents that are for Python or code in general, or for what answers requests:
# what somebody who handles tables or clouds calls error handling has no handler of a route in it.
_OF_A_SERVICE = " of a web service"
_SERVICES = """
    api auth auth0 backend django fastapi flask fullstack graphql jose jwt pydantic rest starlette stripe web
    payment
"""
_GENERAL = """
    architect code coder dev developer engineer expert junior lang language master pro programmer python review
    reviewer security audit auditor senior software specialist
"""
# An agent whose name says one of these is about code, whatever else the name says.
_ABOUT_CODE = "coder database python review reviewer"
# Where one statement of a rule ends and another begins, and what is no part of it: brackets, code.
_CLAUSES = re.compile(r"[,;&]|:\s|\s(?:-+|\u2013|\u2014|and|or|vs\.?)\s")
_ASIDES = re.compile(r"\([^()]*\)|`[^`]*`|\b[A-Za-z_]\w*\.[A-Za-z_]\w+")
# After these a rule has said what it is about ("check for", "use of"), or says of what.
_OF = "against for from into of on to"
# After these it says by what means, where or when, to its end.
_MEANS = """
    above across after as at before below between by during exceeding following if in over per that through
    throughout under using via when where which while with within without
"""
# What a rule may say beside its topic and still be about nothing else: that it is to be done, how, and where in code.
_HOW = """
    a all always an any are be been being do does done each every everywhere has have is its must never no not our
    should the their these this was your

    achieve active add adequate analysis analyze applied apply appropriate assess assessment avoid basic best broken
    build careful catch change check choose clean clear code coding committed common complete completeness
    comprehensive concern configure consistency consistent control correct correctness create critical define design
    detailed detect effective efficiency efficient eliminate enable enforce ensure establish evaluate exceed
    excessive exist expected explicit find fix flaw follow full fully gap good graceful granular guideline handle
    high identification identify implement implemented important improper improve inadequate include inconsistent
    incorrect insecure inspect issue lack logic look maintain make manage mandatory measure mechanism meet method
    minimal minimum missing mitigate modern necessary new optimal optimize pattern place poor possible potential
    practice present prevent principle problem procedure proper protect provide quality reduce reduction reliable
    require review rigorous risk robust rule safe safely safety secure set setup solid solution sound standard
    standardize store strategy strict strong sufficient support system systematic technique thorough unnecessary
    unsafe usage use used validate verification verify vulnerability watch weak weakness well work

    api app application backend boundary django endpoint fastapi flask layer level path project python route server
    web
"""
_ENDINGS = re.compile(r"(?:ations?|ating|ated|ate|ements?|ments?|ings?|ed|ions?|e)$")
_LEAST = 3


def about(phrases: tuple[str, ...], topics: tuple[str, ...], agent: Agent) -> ChecklistItem | None:
    """Give the item of ``agent`` that a check is about, or None.

    Args:
        phrases: The check's own, the most specific first.
        topics: What the check is one case of, in the same order; they count where no item says a phrase.
        agent: One whose items the check does not name. It remembers the answer: a review asks again and again.
    """
    question = (phrases, topics)
    if question not in agent.bindings:
        agent.bindings[question] = _about(phrases, topics, agent)
    return agent.bindings[question]


def _about(phrases: Sequence[str], topics: Sequence[str], agent: Agent) -> ChecklistItem | None:
    wanted = [_said(phrase) for phrase in phrases]
    own = frozenset(word for phrase in (*phrases, *topics) for word in _said(phrase).split())
    name = _said(agent.name).split()
    elsewhere = _is_elsewhere(name, _SUBJECTS, own) and not _listed(_ABOUT_CODE).intersection(name)
    theirs = frozenset[str]()
    if _is_elsewhere(name, _OTHERS, own) and "injection" not in own:
        theirs = _listed(_THEIRS) & own
    serves = _serves(agent, name)
    cases = [
        frozenset() if elsewhere or (of_service and not serves) else frozenset(map(_stem, _said(case).split()))
        for case, of_service, _ in (topic.partition(_OF_A_SERVICE) for topic in topics)
    ]
    best: tuple[int, bool, int] | None = None
    best_item = None
    for number, item in enumerate(agent.checklist):
        title = _said(item.title)
        text = f"{title}|{_said(item.text)}"
        if _is_elsewhere(title.split(), _SUBJECTS_OF_ITEMS, own) or " documented " in text:
            continue
        if theirs.intersection(text.split()):
            continue
        if elsewhere and _is_elsewhere(_said(item.section).split(), _SUBJECTS_OF_ITEMS, own):
            continue
        if elsewhere or _stems(_NAMED).intersection(map(_stem, title.split())).difference(map(_stem, own)):
            text = title
        rank = next((rank for rank, phrase in enumerate(wanted) if phrase in text), None)
        if rank is not None:
            place = (rank, wanted[rank] not in title, number)
        elif (rank := _case(cases, item, own)) is not None:
            place = (len(wanted) + rank, False, number)
        else:
            continue
        if best is None or place < best:
            best, best_item = place, item
    return best_item


def _is_elsewhere(words: Collection[str], subjects: str, own: Collection[str]) -> bool:
    return any(word not in own for word in _listed(subjects).intersection(words))


def _serves(agent: Agent, name: Sequence[str]) -> bool:
    """Ask whether an agent may be about what answers requests: not where its stack is another part of Python."""
    signals = agent.stack.signals
    imports = {signal.pattern.partition(".")[0] for signal in signals if signal.kind == "import"}
    if not _listed(_OTHERS).isdisjoint(name):
        return False
    if not imports and not any(signal.pattern.endswith(".py") for signal in signals):
        return True
    if imports:
        return not _listed(_SERVICES).isdisjoint(imports)
    return not _listed(_SERVICES).isdisjoint(name) or _listed(_GENERAL).issuperset(name)


def _case(topics: Sequence[Collection[str]], item: ChecklistItem, own: Collection[str]) -> int | None:
    """Give which of the topics an item is about: its words in any form and order, and beside them how, and how well."""
    if _is_elsewhere(_said(item.section).split(), _SUBJECTS_OF_ITEMS, own):
        return None
    words = f"{_ASIDES.sub(' ', item.title)} {_CLAUSES.split(item.text, maxsplit=1)[0]}"
    if _is_elsewhere(_said(words).split(), _SHOWN, own):
        return None
    how = _stems(_HOW)
    for rank, topic in enumerate(topics):
        if topic and any(
            words.issuperset(topic) and how.issuperset(words.difference(topic)) for words in _clauses(item.title)
        ):
            return rank
    return None


@cache
def _clauses(title: str) -> tuple[frozenset[str], ...]:
    """Give the stems of each statement that a rule makes before it says by what means, of what or where."""
    statements = []
    for clause in _CLAUSES.split(_ASIDES.sub(" ", title.casefold())):
        stems: set[str] = set()
        for word in _said(clause).split():
            of = word in _listed(_OF)
            if not of and word not in _listed(_MEANS):
                stems.add(_stem(word))
                continue
            statements.append(frozenset(stems))
            if not of or not _stems(_HOW).issuperset(stems):
                return tuple(statements)
        statements.append(frozenset(stems))
    return tuple(statements)


@lru_cache(maxsize=8)
def _listed(words: str) -> frozenset[str]:
    return frozenset(_said(words).split())


@lru_cache(maxsize=8)
def _stems(words: str) -> frozenset[str]:
    return frozenset(map(_stem, _listed(words)))


@cache
def _stem(word: str) -> str:
    """Give what the forms of a word have in common, as far as its ending tells; one number is as good as another."""
    if word[0].isdigit():
        return "the"
    stem = _ENDINGS.sub("", word.removesuffix("ly"))
    return stem if len(stem) >= _LEAST else word


# Each check asks for the same texts, those of the agents' items, in the same order: a cache with an end would hold, of
# a long checklist, never the one asked for.
@cache
def _said(text: str) -> str:
    """Give the words of a text, without case, punctuation and plural, with a space on either side of each."""
    words = f" {' '.join(map(_singular, _WORD.findall(text.casefold())))} "
    return _COMPOUND.sub(r" \1\2\3", words)


def _singular(word: str) -> str:
    if len(word) <= 3 or word == "https" or not word.endswith("s"):
        return word
    if word.endswith(("ss", "us", "is")) and word != "apis":
        return word
    if word.endswith("ies") and len(word) > 4:
        return f"{word[:-3]}y"
    return word[:-2] if word.endswith(("xes", "sses", "shes")) else word[:-1]
