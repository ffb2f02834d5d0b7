"""`checks:` of the configuration and `# reviewbot: ignore[…]` in the code, on whole reviews."""

from __future__ import annotations

import difflib
import textwrap
from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from builders import change_set, finding

from reviewbot.agents import agent_files
from reviewbot.changes.diff.parse import parse
from reviewbot.checks import catalog, selection
from reviewbot.checks.suppressions import Excuses
from reviewbot.core.change import ChangedFile, FileKind
from reviewbot.core.check import CheckRun, Reach
from reviewbot.core.errors import ConfigError
from reviewbot.core.finding import Placement, Severity
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import Assignment, Grade, Status
from reviewbot.output.reason_sentences import sentence
from reviewbot.review import pipeline
from reviewbot.settings.baseline import Entry
from reviewbot.settings.config import Config, Control
from reviewbot.settings.loading import Settings

if TYPE_CHECKING:
    from reviewbot.core.review import Review

AGENTS = agent_files.load_dir(agent_files.bundled_dir())[0]
# What other checks say of the same lines is their own affair.
ALL = catalog.load()
CATALOG = catalog.Catalog(
    tuple(rule for rule in ALL.rules if rule.check.id in {"query-in-loop", "blanket-suppression"}),
    tuple(one for one in ALL.change_checks if one.check.id == "missing-migration"),
)
PATH = "apps/api/app/services/barangay_service.py"
HEAD = "from sqlalchemy.orm import Session\n\n\ndef names(db: Session, ids: list[int]) -> None:\n"
LOOP = "    for i in ids:\n        db.query(Area).get(i)\n"
PLACES = (Placement.INLINE, Placement.SUMMARY, Placement.HELD_BACK)


def changed(after: str, before: str = "", path: str = PATH, *, whole: bool = True) -> ChangedFile:
    lines = difflib.unified_diff(before.splitlines(keepends=True), after.splitlines(keepends=True), "a/f", "b/f")
    (file,) = parse("".join(lines).encode())
    kind = FileKind.MODIFIED if before else FileKind.ADDED
    return ChangedFile(path, kind, file.hunks, old_text=before or None, new_text=after if whole else None)


def reviewed(*files: ChangedFile, known: frozenset[str] = frozenset(), **config: object) -> Review:
    settings = Settings(
        Config(**config),  # type: ignore[arg-type]  # the fields of Config
        AGENTS,
        (AGENTS[0],),
        baseline={fingerprint: Entry(PATH, "query-in-loop") for fingerprint in known},
    )
    review = pipeline.review(
        change_set(*files), settings, lambda: selection.controlled(CATALOG, settings.config.checks)
    )
    assert sum(finding.placement is place for place in PLACES for finding in review.findings) == len(review.findings)
    return review


def places(review: Review, check: str = "query-in-loop") -> list[tuple[int, str | None]]:
    return [(f.start_line, f.placement) for f in review.findings if f.check == check]


def test_a_check_that_is_off_does_not_run_and_the_review_says_so() -> None:
    review = reviewed(changed(HEAD + LOOP), checks={"query-in-loop": Control(off=True)})
    assert places(review) == []
    assert "Switched off in .reviewbot.yml: query-in-loop." in review.remarks


def test_a_detail_is_in_the_summary_until_the_team_says_how_severe_it_is() -> None:
    file = changed(f"{HEAD}    return ids  # noqa\n")
    for controls, place in (
        ({}, Placement.SUMMARY),
        ({"blanket-suppression": Control(ignore=("other/",))}, Placement.SUMMARY),
        ({"blanket-suppression": Control(severity=Severity.MEDIUM)}, Placement.INLINE),
    ):
        review = reviewed(file, checks=controls)
        assert [(f.check, f.placement) for f in review.findings] == [("blanket-suppression", place)]
        assert (review.findings[0].placement_reason.kind is ReasonKind.DETAIL) is (place is Placement.SUMMARY)


def test_another_severity() -> None:
    review = reviewed(changed(HEAD + LOOP), checks={"query-in-loop": Control(severity=Severity.INFO)})
    assert [(f.severity, f.placement) for f in review.findings] == [(Severity.INFO, Placement.HELD_BACK)]


@pytest.mark.parametrize(
    ("control", "count"),
    [
        (Control(paths=("apps/api/",)), 1),
        (Control(paths=("apps/web/",)), 0),
        (Control(ignore=("barangay_*.py",)), 0),
        (Control(paths=("apps/",), ignore=("workers/",)), 1),
    ],
)
def test_only_there_and_not_there(control: Control, count: int) -> None:
    assert len(places(reviewed(changed(HEAD + LOOP), checks={"query-in-loop": control}))) == count


def test_a_narrowed_check_decides_nothing() -> None:
    controls = dict.fromkeys(CATALOG.checks, Control(ignore=("x/",)))
    narrowed = selection.controlled(CATALOG, controls).checks
    assert any(check.decides for check in CATALOG.checks.values())
    assert not any(check.decides for check in narrowed.values())


@pytest.mark.parametrize(
    ("controls", "says"),
    [
        ({"query-in-lop": Control(off=True)}, "no check is called `query-in-lop`; did you mean `query-in-loop`?"),
        ({"zzz": Control(off=True)}, "`reviewbot checks list` names them all"),
        ({"query-in-loop": Control(paths=("!",))}, "`checks.query-in-loop`: '!' is no gitignore pattern"),
        ({"query-in-loop": Control(ignore=("[z-a]",))}, "'[z-a]' is no gitignore pattern"),
    ],
)
def test_what_cannot_be_is_an_error(controls: dict[str, Control], says: str) -> None:
    with pytest.raises(ConfigError) as error:
        selection.controlled(CATALOG, controls)
    assert str(error.value).startswith(".reviewbot.yml:1: `checks")
    assert says in str(error.value)


@pytest.mark.parametrize(
    "body",
    [
        "db.query(Area).get(i)  # reviewbot: ignore[query-in-loop] six of them",
        "# reviewbot: ignore[query-in-loop] six of them\ndb.query(Area).get(i)",
        "# reviewbot: ignore[query-in-loop] six of them\n# by law\n\ndb.query(Area).get(i)",
        "db.query(Area).get(i)  # noqa: S608 # reviewbot: ignore[a, query-in-loop]: six of them",
        "db.query(\n    Area\n).get(i)  # reviewbot:ignore[query-in-loop] six of them",
        "db.query(Area).get(i)  # reviewbot: ignore[query-in-loop] six of them  # noqa: S608",
    ],
)
def test_an_ignored_finding_is_held_back_with_the_reason(body: str) -> None:
    loop = f"    for i in ids:\n{textwrap.indent(body, ' ' * 8)}\n"
    for whole in (True, False):
        review = reviewed(changed(HEAD + loop, whole=whole))
        (finding,) = review.findings
        assert (finding.placement, sentence(finding.placement_reason)) == (
            Placement.HELD_BACK,
            "ignored in the code: six of them",
        )
        (verdict,) = (v for v in review.ledger if v.item == finding.item)
        assert verdict.status is Status.NOT_CHECKED


def test_what_the_change_itself_ignores_is_listed() -> None:
    comment = "        # reviewbot: ignore[query-in-loop] six of them\n"
    loop = f"    for i in ids:\n{comment}        db.query(Area).get(i)\n"
    brought = reviewed(changed(HEAD + loop, HEAD))
    assert brought.remarks[-1] == (
        f"This change itself asks to ignore findings; see whether you agree: {PATH}:6 query-in-loop (six of them)."
    )
    old = reviewed(changed(HEAD + loop, HEAD + f"    for i in ids:\n{comment}        areas.get(i)\n"))
    assert old.findings[0].placement is Placement.HELD_BACK
    assert old.remarks == ()


def test_an_ignored_line_does_not_stand_for_the_next_one_of_its_function() -> None:
    ignored = "        db.query(A).get(i)  # reviewbot: ignore[query-in-loop] small\n"
    loop = f"    for i in ids:\n{ignored}        db.query(B).get(i)\n"
    assert places(reviewed(changed(HEAD + loop))) == [(6, Placement.HELD_BACK), (7, Placement.INLINE)]


def test_comments_can_be_told_to_do_nothing() -> None:
    loop = "    for i in ids:\n        db.query(Area).get(i)  # reviewbot: ignore[query-in-loop] six of them\n"
    review = reviewed(changed(HEAD + loop), ignore_comments=False)
    assert places(review) == [(6, Placement.INLINE)]
    assert review.remarks == ()


@pytest.mark.parametrize(
    ("comment", "says"),
    [
        ("ignore[query-in-loop]", "ignoring query-in-loop needs a reason, and without one does nothing"),
        ("ignore[query-in-lop] small", "no check is called `query-in-lop`, so ignoring it does nothing; did you mean"),
        ("ignore", "this comment names no check, so it does nothing"),
        ("ignore[] small", "this comment names no check, so it does nothing"),
    ],
)
def test_a_comment_that_does_nothing_is_reported(comment: str, says: str) -> None:
    loop = f"    for i in ids:\n        db.query(Area).get(i)  # reviewbot: {comment}\n"
    review = reviewed(changed(HEAD + loop))
    assert places(review) == [(6, Placement.INLINE)]
    assert review.remarks[-1].startswith(f"{PATH}:6: {says}")
    assert not review.remarks[-1].endswith("?.")


@pytest.mark.parametrize("path", [".reviewbot.yml", "docs/a.md", ".reviewbot/checks/a.yml"])
def test_a_comment_that_is_shown_in_prose_or_in_our_own_files_ignores_nothing(path: str) -> None:
    text = "# Whether `# reviewbot: ignore[check-id] reason` in the code holds a finding back.\n"
    for shown, elsewhere in ((path, 0), ("app/settings.yml", 1)):
        excuses = Excuses(change_set(changed(text, path=shown)))
        assert len(excuses.remarks([], [], [], CATALOG)) == elsewhere


def test_many_comments_that_do_nothing_are_counted() -> None:
    review = reviewed(changed(HEAD + "    x = 1  # reviewbot: ignore[nothing] why\n" * 15))
    assert len(review.remarks) == 11
    assert review.remarks[-1] == "And 5 more comments that ignore checks do nothing."
    one_more = reviewed(changed(HEAD + "    x = 1  # reviewbot: ignore[nothing] why\n" * 11))
    assert one_more.remarks[-1] == "And 1 more comment that ignores a check does nothing."


UNUSED = "    return db  # reviewbot: ignore[query-in-loop] small\n"


def test_an_unused_ignore_is_reported_where_the_check_looked() -> None:
    remark = f"{PATH}:5: query-in-loop finds nothing here, so the comment that ignores it can go."
    assert reviewed(changed(HEAD + UNUSED)).remarks == (remark,)


def test_whoever_asks_whether_a_finding_is_ignored_changes_nothing() -> None:
    """What is thrown away later, or was only asked about, is no use of a comment."""
    changes = change_set(changed(HEAD + UNUSED))
    excuses = Excuses(changes)
    assert excuses.reason(finding(path=PATH, start_line=5, end_line=5)) == because(ReasonKind.IGNORED, "small")
    runs = [CheckRun("query-in-loop", "sinag", "n-plus-one", Reach.WHOLE, 1)]
    given = ([Assignment("sinag", Grade.STACK, (PATH,), 1.0)], runs, CATALOG)
    (unused,) = excuses.remarks([], *given)
    assert unused == f"{PATH}:5: query-in-loop finds nothing here, so the comment that ignores it can go."
    for kind in (ReasonKind.IGNORED, ReasonKind.HINT):
        kept = finding(path=PATH, start_line=5, end_line=5, placement_reason=because(kind, "small"))
        (used,) = excuses.remarks([kept], *given)
        assert used.endswith(f"{PATH}:5 query-in-loop (small).")


def test_an_ignore_whose_finding_was_there_before_the_change_can_go_with_it() -> None:
    """The check finds it, and throws it away: the line is not new, and the comment on it came with the change."""
    loop = HEAD + LOOP
    ignored = loop.replace(".get(i)", ".get(i)  # reviewbot: ignore[query-in-loop] small")
    review = reviewed(changed(ignored, loop))
    assert places(review) == []
    assert review.remarks == (f"{PATH}:6: query-in-loop finds nothing here, so the comment that ignores it can go.",)


def test_an_unused_ignore_is_not_reported_where_nothing_is_known() -> None:
    silent = [
        reviewed(changed(HEAD + UNUSED, whole=False)),
        reviewed(changed(HEAD + UNUSED), checks={"query-in-loop": Control(off=True)}),
        reviewed(changed(HEAD + UNUSED), checks={"query-in-loop": Control(ignore=("apps/",))}),
        reviewed(changed(HEAD + UNUSED, path="apps/api/tests/test_x.py")),
        reviewed(changed("X = 1\n\n\n\n\n" + HEAD + UNUSED, HEAD + UNUSED)),
        reviewed(changed(HEAD + UNUSED.replace("query-in-loop", "missing-migration"))),
        reviewed(changed(HEAD + UNUSED.replace("query-in-loop", "model"))),
    ]
    for review in silent:
        assert not [remark for remark in review.remarks if "can go" in remark or "no check is called" in remark]


def test_a_comment_in_a_string_is_none() -> None:
    text = HEAD + '    """Write # reviewbot: ignore[query-in-lop] why."""\n' + LOOP
    review = reviewed(changed(text))
    assert review.remarks == ()
    assert places(review) == [(7, Placement.INLINE)]


def test_what_is_in_the_baseline_is_held_back_wherever_it_moves() -> None:
    (old,) = reviewed(changed(HEAD + LOOP)).findings
    moved = changed("X = 1\n\n\n" + HEAD + LOOP, "X = 1\n")
    (known,) = reviewed(moved, known=frozenset({old.fingerprint})).findings
    assert (known.placement, sentence(known.placement_reason)) == (Placement.HELD_BACK, "in the baseline")
    renamed = ChangedFile("apps/api/app/services/b.py", FileKind.RENAMED, moved.hunks, PATH, new_text=moved.new_text)
    (known,) = reviewed(renamed, known=frozenset({old.fingerprint})).findings
    assert known.placement is Placement.HELD_BACK
    another = changed(HEAD + LOOP.replace("Area", "Barangay"))
    assert places(reviewed(another, known=frozenset({old.fingerprint}))) == [(6, Placement.INLINE)]


def test_the_model_does_not_say_again_what_is_ignored() -> None:
    loop = "    for i in ids:\n        db.query(Area).get(i)  # reviewbot: ignore[query-in-loop] six of them\n"
    file = changed(HEAD + loop)
    ignored = finding(path=PATH, start_line=6, end_line=6)
    again, elsewhere = (replace(ignored, check="model", start_line=at, end_line=at) for at in (6, 5))
    other = replace(again, item="another")
    refuted = replace(again, placement=Placement.HELD_BACK, placement_reason=because(ReasonKind.OTHER, "disproved"))
    held = Excuses(change_set(file)).applied([ignored, again, elsewhere, other, refuted])
    assert [sentence(f.placement_reason) for f in held] == [
        *["ignored in the code: six of them"] * 2,
        "",
        "",
        "disproved",
    ]
