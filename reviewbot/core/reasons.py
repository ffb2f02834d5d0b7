"""Why something is as it is, as data: code decides by the kind; output/reason_sentences.py has the words for it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum


class ReasonKind(StrEnum):
    """What kind of reason it is; in brackets what its details are, where there are any."""

    NONE = "none"
    # What nothing decides by (the words themselves).
    OTHER = "other"

    # Why a finding stands where it does.
    IN_DIFF = "in_diff"
    NARROWED = "narrowed"
    UNSURE = "unsure"
    # Its check has not been right often enough in projects that no agent knows.
    UNPROVEN = "unproven"
    NOT_IN_CHANGE = "not_in_change"
    NOT_IN_DIFF = "not_in_diff"
    # A note speaks for it (how many are alike).
    SAID_ONCE = "said_once"
    # A model found it, and it is of little weight: a list holds it, and no comment.
    LISTED = "listed"
    # Named in one folded line.
    DETAIL = "detail"
    # (the severity asked for)
    BELOW_SEVERITY = "below_severity"
    # (the limit)
    OVER_LIMIT = "over_limit"
    # Another finding speaks for it (that one's fingerprint, its check).
    REPEATS = "repeats"
    # A comment in the code asks to leave it alone (what the comment says).
    IGNORED = "ignored"
    IN_BASELINE = "in_baseline"

    # What is wrong with what a model says.
    TEXT_NOT_THERE = "text_not_there"
    CODE_NOT_THERE = "code_not_there"
    FILE_NOT_THERE = "file_not_there"
    AMBIGUOUS = "ambiguous"
    TOO_LONG = "too_long"
    SAYS_NOTHING = "says_nothing"
    # (how many are heard)
    TOO_MANY = "too_many"

    # What a second pass makes of a finding; of a check's hint it stands inside of HINT.
    HINT = "hint"
    NO_VERDICT = "no_verdict"
    # (title of the one that is shown)
    SAME_AS = "same_as"
    LIKE_OTHERS = "like_others"
    OF_LITTLE_WEIGHT = "of_little_weight"
    # Each of these: (the evidence, where it is there)
    MINOR = "minor"
    REFUTED = "refuted"
    QUESTION = "question"
    NOT_CONFIRMED = "not_confirmed"
    # (the reason)
    REFUTING_STOPPED = "refuting_stopped"
    REFUTING_FAILED = "refuting_failed"

    # What keeps a finding from its line on a pull request.
    # (who dismissed it, why)
    DISMISSED = "dismissed"
    LINES_REFUSED = "lines_refused"
    # (the beginning of that thread's fingerprint)
    SAID_IN_THREAD = "said_in_thread"
    PENDING_REVIEW = "pending_review"
    TOO_LONG_TO_POST = "too_long_to_post"
    FILE_UNCHANGED = "file_unchanged"
    NOT_POSTED = "not_posted"

    # Why nothing in a file can be looked at.
    DELETED = "deleted"
    BINARY = "binary"
    SUBMODULE = "submodule"
    MODE_ONLY = "mode_only"
    NOTHING_ADDED = "nothing_added"
    NO_CHECK_OF_KIND = "no_check_of_kind"
    ONLY_IN_WHOLE_CHANGE = "only_in_whole_change"

    # What was done with a file (of which agents, in words).
    CHECKED_WHOLE = "checked_whole"
    CHECKED_HUNKS = "checked_hunks"
    BY_MODEL = "by_model"
    # (what the checks did)
    ALSO_BY_MODEL = "also_by_model"
    # (what the checks did, where they did something; why not by the model)
    NOT_BY_MODEL = "not_by_model"
    # (why it is nobody's)
    READ_BESIDE = "read_beside"

    # Why a model did not see a file, or may not be asked.
    # (the error)
    MODEL_FAILED = "model_failed"
    MODEL_BROKE = "model_broke"
    INTERRUPTED = "interrupted"
    # These four: (the limit)
    OVER_TOKENS = "over_tokens"
    OVER_DOLLARS = "over_dollars"
    DOLLARS_SPENT = "dollars_spent"
    OUT_OF_TIME = "out_of_time"

    # Why a file goes to an agent.
    FORCED = "forced"
    PINNED = "pinned"
    OWN_EVIDENCE = "own_evidence"
    WHERE_IT_LIES = "where_it_lies"
    # (the first of its neighbours)
    FOLLOWS = "follows"
    # (how many files speak, the folder, where it is not the repository)
    BACKEND = "backend"
    ANY_CODE = "any_code"

    # Why an agent did not get a file (the weight).
    CONTRADICTED = "contradicted"
    WEAKER = "weaker"
    TOO_LITTLE = "too_little"

    # Why nobody got it (how the file changed; the agents; what the file is).
    UNREADABLE = "unreadable"
    SEVERAL_ALIKE = "several_alike"
    NOBODYS_KIND = "nobodys_kind"
    UNKNOWN_KIND = "unknown_kind"
    NO_STACK = "no_stack"
    STRANGE_FRAMEWORK = "strange_framework"

    # What the ledger says of an item.
    # (how many)
    FOUND = "found"
    # (the agent)
    OTHER_PROJECT = "other_project"
    SAID_BY_ANOTHER = "said_by_another"
    # (why the first of them is held back)
    ONLY_HELD_BACK = "only_held_back"
    NONE_SHOWN = "none_shown"
    NOTHING_FOUND = "nothing_found"
    NO_BUSINESS = "no_business"
    # (the checks)
    UNDECIDED = "undecided"
    NO_CHECK = "no_check"
    # It does not hold, in a way that nobody needs to be interrupted for (the model's words).
    BREACHED = "breached"
    NOT_SEEN_WHOLE = "not_seen_whole"
    ASKED_TWICE = "asked_twice"


@dataclass(frozen=True, slots=True)
class Reason:
    """Why something is as it is: the kind, and what its sentence needs to know, which may be another reason."""

    kind: ReasonKind
    detail: tuple[str | Reason, ...] = ()

    def has(self, kind: ReasonKind) -> bool:
        """Tell whether this reason, or one inside of it, is of a kind."""
        return self.kind is kind or any(part.has(kind) for part in self.detail if isinstance(part, Reason))


NO_REASON = Reason(ReasonKind.NONE)


def because(kind: ReasonKind, *detail: str | int | Reason) -> Reason:
    """Give a reason; numbers become text."""
    return Reason(kind, tuple(part if isinstance(part, Reason) else str(part) for part in detail))
