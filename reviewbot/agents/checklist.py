"""The checklist of an agent, read off its body: our own format, or the lists of a foreign agent."""

from __future__ import annotations

import hashlib
import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING

from reviewbot.agents.bullets import entries
from reviewbot.agents.problem import Problem
from reviewbot.core.agent import ChecklistItem, Scope
from reviewbot.core.finding import Severity
from reviewbot.core.nearest import nearest

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Sequence

    from reviewbot.agents.bullets import Entry

HEADING = "review checklist"

KEBAB = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*$")
_OWN_ITEM = re.compile(r"`([^`]+)`\s+\*\*(.+?)\*\*\s*((?s:.*))\Z")
_MARKS = re.compile(r"\(([^()]*)\)\s*\.?$")
_BOLD_START = re.compile(r"\*\*(.+?)\*\*\s*[:\u2013\u2014-]?\s*((?s:.*))\Z")
_SENTENCE = re.compile(r"(.+?[.!?])\s+(?=[A-Z`*\"(])(.*)$")
_FORMAT_HEADING = re.compile(
    r"\b(?:response|output)s?\b.*\b(?:format|structure)|\bformat of (?:the )?(?:response|answer)", re.IGNORECASE
)
_LONGEST = 300  # characters of a heading
_NOT_ABOUT_REVIEW = re.compile(
    r"\b(?:response|output|report|answer)s?\b|deliverable|communicat|\btone\b|when to use|\btools?\b"
    r"|^\W*(?:code |usage )?examples?\b|\bscore:\s*\d",
    re.IGNORECASE,
)
_ABOUT_REVIEW = re.compile(
    r"review|check|audit|verif|quality|standard|detect|pattern|practice|principle|responsib|guidance|guideline|\brules?\b"
    r"|requirement|convention|competenc|criteria|securit|vulnerab|performance|optimi[sz]|validat|pitfall|\bavoid|\bnever\b"
    r"|\bmust\b|maintainab|reliab|accessib|error handling|api design|database|schema|caching|background task|smell"
    r"|\bcritical\b|integrity|compliance",
    re.IGNORECASE,
)
# The fields of an example of a finding, which stand under such headings as well.
_LABELS = re.compile(
    r"(?:location|vulnerability|severity|description|problem|impact|rationale|evidence|(?:suggested |recommended )?fix"
    r"|(?:current )?code)$",
    re.IGNORECASE,
)
# What a heading must say for a severity other than medium; the first that matches counts.
_SEVERITY_WORDS = (
    (Severity.CRITICAL, r"\bcritical\b(?!\s+(?:project|path|data|context|requirement|rule))|must[ -]fix|blocker"),
    (Severity.HIGH, r"securit|vulnerab|should[ -]fix|\bhigh[ -](?:priority|severity)"),
    (
        Severity.LOW,
        r"\bminor\b|\bnits?\b|nitpick|nice[ -]to[ -]have|\bsuggestions?\b|\boptional\b|\blow[ -](?:priority|severity)",
    ),
)
# What a title must say to be of high severity under any heading.
_DANGERS = r"securit|vulnerab|(?<!dependency )injection|authenticat|authori[sz]ation|data (?:loss|leak|exposure)"
_FILLER = frozenset(
    {
        "a",
        "an",
        "and",
        "are",
        "as",
        "at",
        "be",
        "by",
        "for",
        "from",
        "has",
        "have",
        "in",
        "into",
        "is",
        "it",
        "its",
        "of",
    }
    | {"on", "or", "that", "the", "their", "to", "with"}
)


def read(body: str, first_line: int, path: str) -> tuple[tuple[ChecklistItem, ...], tuple[str, ...], list[Problem]]:
    """Read items and response format off an agent's body.

    Args:
        body: The Markdown after the front matter.
        first_line: Number of its first line in the file.
        path: For the problems.

    Returns:
        The items in file order, the names of the response format's sections, and what is wrong.
    """
    bullets = entries(body, first_line)
    own = [entry for entry in bullets if any(map(_is_ours, entry.headings))]
    if any(_OWN_ITEM.match(entry.text) for entry in own):
        items, problems = _own(own, path)
    else:
        items, problems = _derived(bullets), []
    return tuple(items), _sections(bullets), problems


# What stands above one element stands above many, however long it is. So what is asked of it is asked once.
@lru_cache
def _is_ours(heading: str) -> bool:
    return heading.casefold() == HEADING


def _own(bullets: Sequence[Entry], path: str) -> tuple[list[ChecklistItem], list[Problem]]:
    items: dict[str, ChecklistItem] = {}
    numbers: dict[str, int] = {}
    problems: list[Problem] = []

    def complain(line: int, message: str, *, fatal: bool = False) -> None:
        problems.append(Problem(path, line, "error" if fatal else "warning", message))

    for entry in bullets:
        if entry.parent is not None:
            continue
        text = " ".join([entry.text, *(f"- {child.text}" for child in _below(entry))])
        match = _OWN_ITEM.match(text)
        section = entry.headings[-1]
        if not match:
            complain(
                entry.line, "not a checklist item: write - `item-id` **The rule as a sentence.** Details. (severity)"
            )
            item = _derive(entry, section, items, numbers)
            items[item.id] = item
            continue
        item_id, title, rest = match[1].strip(), match[2].strip(), match[3]
        if not KEBAB.match(item_id):
            complain(entry.line, f"item id `{item_id}` is not kebab-case: write `{slug(item_id)}`")
            item_id = slug(item_id)
        if item_id in items:
            complain(
                entry.line,
                f"item id `{item_id}` is already taken on line {items[item_id].line}: give each item an id of its own",
                fatal=True,
            )
            continue
        rest, severity, scope, complaint = _marks(rest)
        if complaint:
            complain(entry.line, f"item `{item_id}` {complaint}; it counts as {severity}")
        items[item_id] = ChecklistItem(item_id, section, title, rest, severity, scope, entry.line)
    return list(items.values()), problems


def _below(entry: Entry) -> Iterable[Entry]:
    for child in entry.children:
        yield child
        yield from _below(child)


def _marks(text: str) -> tuple[str, Severity, Scope, str]:
    """Cut the closing ``(severity, scope)`` off ``text``; also give a complaint, empty where it is well."""
    hint = f"end it with one of ({'), ('.join(Severity)}), and with (…, project) where it holds for one project only"
    match = _MARKS.search(text)
    words = [word.strip().casefold() for word in match[1].split(",")] if match else []
    severities = [Severity(word) for word in words if word in list(Severity)]
    scopes = [Scope(word) for word in words if word in list(Scope)]
    strange = [word for word in words if word not in {*Severity, *Scope}]
    severity = severities[0] if severities else Severity.MEDIUM
    scope = scopes[0] if scopes else Scope.STACK
    meant = severities or scopes or any(nearest(word, [*Severity, *Scope]) for word in words)
    if match is None or not meant:
        return text, Severity.MEDIUM, Scope.STACK, f"has no severity: {hint}"
    text = text[: match.start()].rstrip()
    if strange:
        return text, severity, scope, f"says `{strange[0]}`, which is no severity and no scope: {hint}"
    return text, severity, scope, "" if severities else f"has no severity: {hint}"


def _derived(bullets: Sequence[Entry]) -> list[ChecklistItem]:
    """Take those list elements as items that stand under something about reviewing."""
    items: dict[str, ChecklistItem] = {}
    numbers: dict[str, int] = {}
    for entry in bullets:
        if not entry.children and _is_about_review(entry) and not _LABELS.match(_title_and_text(entry.text)[0]):
            item = _derive(entry, _section(entry), items, numbers)
            items[item.id] = item
    return list(items.values())


def _is_about_review(entry: Entry) -> bool:
    """Ask what stands nearest above the entry first: whatever says yes or no decides."""
    return next((said for said in map(_says_review, _above(entry)) if said is not None), False)


@lru_cache
def _says_review(text: str) -> bool | None:
    """Tell whether a text says that what is below it is about reviewing; None where it says neither."""
    return False if _NOT_ABOUT_REVIEW.search(text) else True if _ABOUT_REVIEW.search(text) else None


def _above(entry: Entry) -> Iterable[str]:
    """Give what stands above the entry, nearest first: elements it is nested in, its lead, its headings."""
    parent = entry.parent
    while parent is not None:
        yield parent.text
        parent = parent.parent
    yield from reversed(entry.lead)
    yield from reversed(entry.headings)


def _section(entry: Entry) -> str:
    if entry.parent is not None:
        return _heading_of(entry.parent.text)
    bold = next((lead for lead in entry.lead if not lead.endswith(":")), "")
    return _plain(bold or (entry.headings[-1] if entry.headings else ""))


@lru_cache
def _heading_of(text: str) -> str:
    """Give what a list element is called as the heading of those nested in it."""
    return _title_and_text(text)[0]


def _derive(entry: Entry, section: str, taken: Container[str], numbers: dict[str, int]) -> ChecklistItem:
    text, severity, scope, complaint = _marks(entry.text)
    title, text = _title_and_text(entry.text if complaint else text)
    if complaint:
        severity = _severity(title, _above(entry))
    item_id = base = slug(title)
    while item_id in taken:
        # Where the last one of that name left off: a file of a thousand equal lines is read as fast as any other.
        numbers[base] = numbers.get(base, 1) + 1
        item_id = f"{base}-{numbers[base]}"
    return ChecklistItem(item_id, section, title, text, severity, scope, entry.line)


def _severity(title: str, above: Iterable[str]) -> Severity:
    """Guess a foreign item's severity from its own words, then from what stands above it, nearest first."""
    if re.search(_DANGERS, title, re.IGNORECASE):
        return Severity.HIGH
    return next(filter(None, map(_says_severity, above)), Severity.MEDIUM)


@lru_cache
def _says_severity(text: str) -> Severity | None:
    return next((severity for severity, words in _SEVERITY_WORDS if re.search(words, text, re.IGNORECASE)), None)


def _title_and_text(text: str) -> tuple[str, str]:
    bold = _BOLD_START.match(text)
    if bold:
        return _plain(bold[1]), bold[2]
    sentence = _SENTENCE.match(text)
    return (_plain(sentence[1]), sentence[2]) if sentence else (_plain(text), "")


@lru_cache
def _plain(text: str) -> str:
    return text.replace("**", "").strip().rstrip(":").strip()


def slug(text: str, words: int = 6) -> str:
    """Make a kebab-case id of the first telling ``words`` of ``text``; of its hash where it has no Latin letters."""
    plain = (
        unicodedata.normalize("NFKD", re.sub(r"[\u2010-\u2015]", " ", text.casefold()))
        .encode("ascii", "ignore")
        .decode()
    )
    latin_words = re.findall(r"[a-z0-9]+", plain.replace("'", ""))
    telling = [word for word in latin_words if word not in _FILLER] or latin_words
    return "-".join(telling[:words])[:60].strip("-") or f"item-{hashlib.sha256(text.encode()).hexdigest()[:6]}"


@lru_cache
def _says_format(heading: str) -> bool:
    return _FORMAT_HEADING.search(heading[:_LONGEST]) is not None


def _sections(bullets: Sequence[Entry]) -> tuple[str, ...]:
    """Give the bold names listed under the first heading about the format of the response that lists any."""
    names: dict[str, list[str]] = {}
    for entry in bullets:
        heading = next(filter(_says_format, reversed(entry.headings)), None)
        bold = _BOLD_START.match(entry.text)
        if heading and bold and entry.parent is None:
            names.setdefault(heading, []).append(_plain(bold[1]))
    return tuple(dict.fromkeys(next(iter(names.values()), [])))
