from __future__ import annotations

from builders import change_set, changed, hunk

from reviewbot.core.change import FileKind
from reviewbot.core.check import Reach
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Assignment, Grade, Routing, Unassigned
from reviewbot.output.sentences import sentence
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
