from __future__ import annotations

from builders import change_set, changed, hunk

from reviewbot.core.check import CheckRun, Reach
from reviewbot.review.remarks import remarks
from reviewbot.settings.config import Config


def test_one_line_says_what_a_bare_diff_could_not_check() -> None:
    runs = [
        CheckRun("b", "sinag", "rule", Reach.NOTHING, 0),
        CheckRun("a", "sinag", "rule", Reach.PARTIAL, 1),
        CheckRun("a", "trainsmart", "rule", Reach.PARTIAL, 1),
        CheckRun("c", "sinag", "rule", Reach.WHOLE, 1),
    ]
    assert remarks(change_set(), runs) == (
        (
            "Without the whole files, 1 check saw only the hunks and 1 could not run (b);"
            " --repo DIR gives them the whole files."
        ),
    )


def test_nothing_is_said_where_everything_was_seen() -> None:
    assert remarks(change_set(), [CheckRun("c", "sinag", "rule", Reach.WHOLE, 1)]) == ()


def test_what_the_source_could_not_have_is_passed_on() -> None:
    assert remarks(change_set(remarks=("x.py does not match",)), []) == ("x.py does not match",)


def test_configured_folders_of_agents_steer_too_and_their_namesakes_do_not() -> None:
    paths = ("bots/x.md", "src/bots/y.py", "bundled/app.js")
    (said,) = remarks(change_set(*map(changed, paths)), [], Config(agents_dir=("./bots", "bundled")))
    assert said == "This change edits files that can steer a review: bots/x.md. Read them yourself."


def test_a_change_that_steers_the_review_is_flagged() -> None:
    changes = change_set(
        changed("api/.reviewbot.yml", hunk(1, "+a")), changed(".claude/agents/x.md", hunk(1, "+a")), changed("a.py")
    )
    assert remarks(changes, []) == (
        "This change edits files that can steer a review: api/.reviewbot.yml, .claude/agents/x.md. Read them yourself.",
    )


def test_a_carriage_return_inside_of_an_added_line_is_named() -> None:
    lines = ["+x = 1  # fine\rimport os", "+crlf = 1\r", "-old\rold", " kept\rkept"]
    (said,) = remarks(change_set(changed("a.py", hunk(3, *lines)), changed("a.txt", hunk(1, "+a\rb"))), [])
    assert said.endswith("Read what follows it yourself: a.py:3.")
    many = changed("a.py", hunk(1, *(f"+{number}\r#" for number in range(7))))
    assert remarks(change_set(many), [])[0].endswith("a.py:1, a.py:2, a.py:3, a.py:4, a.py:5 and 2 more.")
