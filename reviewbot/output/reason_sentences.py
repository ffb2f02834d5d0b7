"""Reasons in words (why a finding is held back, a file skipped…), and back: files and states hold the sentences."""

from __future__ import annotations

import re
from dataclasses import asdict
from functools import cache, lru_cache
from typing import TYPE_CHECKING, Any

from reviewbot.core.reasons import Reason, ReasonKind

if TYPE_CHECKING:
    from collections.abc import Sequence

K = ReasonKind

# A place in a template for a detail: any text, a word, a number, the number 1, or the sentence of another reason.
_PLACES = {"": r"(.*?)", "word": r"(\S+)", "number": r"(\d+)", "one": r"(1)", "why": r"(.*?)"}
_PLACE = re.compile(r"\{(\w*)\}")
# As many reasons at most stand inside of each other in a text that is read.
_DEEPEST = 5

# Of several templates of one kind the first that the details fit says it. Text is read by the first that it fits, so
# those that begin with a text come last.
TEMPLATES: Sequence[tuple[ReasonKind, str]] = (
    (K.NONE, ""),
    (K.IN_DIFF, "its lines are in the diff"),
    (K.NARROWED, "narrowed to the lines that are in the diff"),
    (K.UNSURE, "a hint: low confidence is shown in the summary only"),
    (K.UNPROVEN, "a hint: in projects that are not the agent's own, this check has not yet been right often enough"),
    (K.NOT_IN_CHANGE, "its file is not part of the change"),
    (K.NOT_IN_DIFF, "its lines are not part of the diff"),
    (K.SAID_ONCE, "said once as a note: one of {number} alike"),
    (K.LISTED, "below medium: listed, not commented"),
    (K.DETAIL, "a detail"),
    (K.BELOW_SEVERITY, "below the severity asked for ({})"),
    (K.OVER_LIMIT, "over the limit of {number} inline comments"),
    (K.REPEATS, "says the same of the same lines as {word} ({word})"),
    (K.IGNORED, "ignored in the code: {}"),
    (K.IN_BASELINE, "in the baseline"),
    (K.TEXT_NOT_THERE, "quotes text that is not there"),
    (K.CODE_NOT_THERE, "quotes code that is not there"),
    (K.FILE_NOT_THERE, "names a file that is not there"),
    (K.AMBIGUOUS, "the code it quotes stands in several places"),
    (K.TOO_LONG, "its text is longer than a comment is read"),
    (K.SAYS_NOTHING, "it says nothing"),
    (K.TOO_MANY, "more than {number} findings on one line"),
    (K.HINT, "a hint, {why}"),
    (K.NO_VERDICT, "the second pass gave no verdict on it"),
    (K.SAME_AS, "says the same as `{}`"),
    (K.LIKE_OTHERS, "like others of this check, which were judged and are held back"),
    (K.OF_LITTLE_WEIGHT, "of little weight, or not confirmed"),
    (K.MINOR, "true, and not worth an interruption"),
    (K.MINOR, "true, and not worth an interruption: {}"),
    (K.REFUTED, "refuted"),
    (K.REFUTED, "refuted: {}"),
    (K.QUESTION, "a question: the second pass could neither show it nor disprove it"),
    (K.QUESTION, "a question: the second pass could neither show it nor disprove it: {}"),
    (K.NOT_CONFIRMED, "not confirmed"),
    (K.NOT_CONFIRMED, "not confirmed: {}"),
    (K.REFUTING_STOPPED, "not confirmed by a second pass: {why}"),
    (K.REFUTING_FAILED, "not confirmed by a second pass, which failed"),
    (K.DISMISSED, "dismissed by {}: {}"),
    (K.LINES_REFUSED, "GitHub took no comment on these lines"),
    (K.SAID_IN_THREAD, "said of these lines in the thread of {}"),
    (K.PENDING_REVIEW, "a pending review of this user, begun elsewhere, keeps GitHub from taking another"),
    (K.TOO_LONG_TO_POST, "too long for a comment"),
    (K.FILE_UNCHANGED, "its file is as it was at the review before"),
    (K.NOT_POSTED, "it could not be posted on its line"),
    (K.DELETED, "deleted"),
    (K.BINARY, "binary"),
    (K.SUBMODULE, "a submodule"),
    (K.MODE_ONLY, "only its mode changed"),
    (K.NOTHING_ADDED, "no line was added"),
    (K.NO_CHECK_OF_KIND, "no check looks at files of this kind"),
    (K.ONLY_IN_WHOLE_CHANGE, "no check reviews files of this kind; checks of Python code only look things up in it"),
    (K.CHECKED_WHOLE, "checks of {}, on the whole file"),
    (K.CHECKED_HUNKS, "checks of {}, on the hunks only"),
    (K.BY_MODEL, "the model, on its hunks"),
    (K.NOT_BY_MODEL, "not by the model: {why}"),
    (K.MODEL_FAILED, "the model failed: {}"),
    (K.MODEL_BROKE, "the model's part broke"),
    (K.INTERRUPTED, "interrupted"),
    (K.OVER_TOKENS, "over the budget of {word} tokens (max_input_tokens)"),
    (K.OVER_DOLLARS, "over the budget of ${word} (max_cost_usd)"),
    (K.OUT_OF_TIME, "left out: the time of {word} s is over (timeout)"),
    (K.DOLLARS_SPENT, "the budget of ${word} (max_cost_usd) is spent"),
    (K.FORCED, "the agent was named for the whole review"),
    (K.PINNED, "pinned in .reviewbot.yml"),
    (K.OWN_EVIDENCE, "its own evidence"),
    (K.WHERE_IT_LIES, "where it lies"),
    (K.FOLLOWS, "follows {}"),
    (K.BACKEND, "the backend around it: {one} file speaks for it in the repository"),
    (K.BACKEND, "the backend around it: {number} files speak for it in the repository"),
    (K.BACKEND, "the backend around it: {one} file speaks for it in {}"),
    (K.BACKEND, "the backend around it: {number} files speak for it in {}"),
    (K.ANY_CODE, "for code of any kind"),
    (K.CONTRADICTED, "contradicted ({})"),
    (K.WEAKER, "weaker evidence"),
    (K.TOO_LITTLE, "too little evidence"),
    (K.UNREADABLE, "nothing to read in it ({})"),
    (K.SEVERAL_ALIKE, "the evidence fits several agents alike ({}); pin the path in .reviewbot.yml to decide"),
    (K.UNKNOWN_KIND, "no agent reviews files of this kind"),
    (K.NO_STACK, "too little evidence of any agent's stack"),
    (K.STRANGE_FRAMEWORK, "the repository is built with a framework of no agent's stack"),
    (K.FOUND, "{one} finding"),
    (K.FOUND, "{number} findings"),
    (K.OTHER_PROJECT, "a rule of {}'s own project; pin the agent in .reviewbot.yml to apply it"),
    (K.SAID_BY_ANOTHER, "said by another finding on the same lines"),
    (K.ONLY_HELD_BACK, "only held-back findings ({why})"),
    (K.NONE_SHOWN, "the model calls it violated, and no finding of it is shown"),
    (K.NOTHING_FOUND, "looked at everything it needs and found nothing"),
    (K.NO_BUSINESS, "nothing in the change is its business"),
    (K.NO_CHECK, "no check speaks for it here"),
    (K.BREACHED, "breached, not worth a comment: {}"),
    (K.NOT_SEEN_WHOLE, "the model did not see all of the agent's files"),
    (K.ASKED_TWICE, "the model gave no verdict, though it was asked twice"),
    (K.ALSO_BY_MODEL, "{why}, and the model"),
    (K.NOT_BY_MODEL, "{why}; not by the model: {why}"),
    (K.READ_BESIDE, "{why}; the model read it beside the agent's files, for where they meet"),
    (K.NOBODYS_KIND, "{}: no agent reviews it"),
    (K.UNDECIDED, "{} found nothing, which does not decide the item"),
    (K.OTHER, "{}"),
)


def sentence(reason: Reason) -> str:
    """Say a reason in English; empty where there is none."""
    words = [word if isinstance(word, str) else sentence(word) for word in reason.detail]
    template = next(text for kind, text in TEMPLATES if kind is reason.kind and _fits(words, _places(text)))
    left = iter(words)
    return _PLACE.sub(lambda _: next(left), template)


@lru_cache(maxsize=1024)
def read(text: str, deepest: int = _DEEPEST) -> Reason:
    """Give the reason that a sentence says, of kind OTHER where it is none of ours.

    Args:
        text: What :func:`sentence` gave, or anything else.
        deepest: How many reasons may stand inside of each other; what is deeper is OTHER.
    """
    if deepest:
        for kind, template in TEMPLATES:
            if match := _pattern(template).fullmatch(text):
                pairs = zip(match.groups(), _places(template), strict=True)
                return Reason(
                    kind, tuple(read(group, deepest - 1) if what == "why" else group for group, what in pairs)
                )
    return Reason(K.OTHER, (text,))


def as_data(words: Any) -> dict[str, Any]:
    """Give a dataclass as plain data, each reason in it as its sentence."""
    return asdict(words, dict_factory=_told)


def _told(fields: Sequence[tuple[str, Any]]) -> Any:
    data = dict(fields)
    return sentence(Reason(**data)) if isinstance(data.get("kind"), ReasonKind) else data


def _fits(told: Sequence[str], places: Sequence[str]) -> bool:
    return len(told) == len(places) and ("one" not in places or told[places.index("one")] == "1")


@cache
def _places(template: str) -> tuple[str, ...]:
    return tuple(_PLACE.findall(template))


@cache
def _pattern(template: str) -> re.Pattern[str]:
    text, *others = _PLACE.split(template)
    places = zip(others[::2], others[1::2], strict=True)
    return re.compile(re.escape(text) + "".join(_PLACES[what] + re.escape(more) for what, more in places), re.DOTALL)
