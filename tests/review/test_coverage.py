from __future__ import annotations

import pytest
from builders import change_set, changed, hunk

from reviewbot.core.change import FileKind
from reviewbot.core.check import Reach
from reviewbot.core.opinion import Judged
from reviewbot.core.reasons import Reason, ReasonKind, because
from reviewbot.core.review import Assignment, Grade, Routing, Unassigned
from reviewbot.output.reason_sentences import sentence
from reviewbot.review.coverage import coverage


def test_every_file_of_the_change_is_accounted_for_in_its_order() -> None:
    changes = change_set(
        changed("z.py", hunk(1, "+a"), hunk(9, "+b")),
        changed("a.py", hunk(1, "+a")),
        changed("logo.png", kind=FileKind.BINARY),
        changed("gone.py", hunk(1, "-a"), kind=FileKind.DELETED),
    )
    routing = Routing(
        (Assignment("sinag", Grade.PROJECT, ("z.py", "a.py", "gone.py"), 1.0),),
        (Unassigned("logo.png", because(ReasonKind.BINARY)),),
    )
    files = coverage(
        changes, routing, {"z.py": Reach.WHOLE, "a.py": Reach.PARTIAL, "gone.py": because(ReasonKind.DELETED)}
    ).files
    assert [(f.path, f.status, sentence(f.reason), f.hunks, f.hunks_reviewed) for f in files] == [
        ("z.py", "reviewed", "checks of sinag, on the whole file", 2, 2),
        ("a.py", "partial", "checks of sinag, on the hunks only", 1, 1),
        ("logo.png", "skipped", "binary", 0, 0),
        ("gone.py", "skipped", "deleted", 1, 0),
    ]


@pytest.mark.parametrize(
    ("unseen", "status"),
    [
        (because(ReasonKind.MODEL_FAILED, "no answer"), "failed"),
        (because(ReasonKind.MODEL_BROKE), "failed"),
        (because(ReasonKind.INTERRUPTED), "failed"),
        (because(ReasonKind.OVER_TOKENS, "600,000"), "partial"),
        (because(ReasonKind.DOLLARS_SPENT, "1.00"), "partial"),
        (because(ReasonKind.OTHER, "the words say that it failed, and nothing decides by words"), "partial"),
    ],
)
def test_what_a_model_did_not_see_has_failed_or_is_seen_in_part(unseen: Reason, status: str) -> None:
    routing = Routing((Assignment("sinag", Grade.PROJECT, ("a.py",), 1.0),))
    judged = Judged(files={"a.py": unseen})
    (file,) = coverage(change_set(changed("a.py", hunk(1, "+a"))), routing, {"a.py": Reach.WHOLE}, judged).files
    assert file.status == status
    assert sentence(file.reason) == f"checks of sinag, on the whole file; not by the model: {sentence(unseen)}"
    (alone,) = coverage(change_set(changed("a.py", hunk(1, "+a"))), routing, {}, judged).files
    assert alone.status == ("failed" if status == "failed" else "skipped")
