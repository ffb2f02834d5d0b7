"""Several agents for one file: the one whose stack it is, and beside it such as are for any code."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

import pytest
from builders import change_set, changed, finding, hunk

from reviewbot.agents import agent_files
from reviewbot.agents.routing import route
from reviewbot.checks import catalog
from reviewbot.core.agent import BEYOND, Pin, Stack, violated
from reviewbot.core.errors import ConfigError
from reviewbot.core.finding import Item, Placement, Severity, identified
from reviewbot.core.review import Grade, Status
from reviewbot.output.markdown import writer
from reviewbot.output.markdown.bodies import comment
from reviewbot.output.reason_sentences import sentence
from reviewbot.review import pipeline
from reviewbot.review.placement import place
from reviewbot.settings.config import Config, parse
from reviewbot.settings.loading import Overrides, Settings, of_folder

if TYPE_CHECKING:
    from pathlib import Path

    from reviewbot.core.agent import Agent
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Review, Routing

BUNDLED = agent_files.load_dir(agent_files.bundled_dir())[0]
SINAG, TRAINSMART = "sinag-backend-architect", "trainsmart-senior-backend-architect"
OWNER, GENERAL = TRAINSMART, "python-backend-reviewer"
AUDITOR = """---
name: security-auditor
description: Audits code for vulnerabilities.
---
You look for what an attacker could use.

## Review checklist
- SQL queries are parameterized, never built by string concatenation
- Secrets are never logged
"""
ASYNC = ("+from sqlalchemy.ext.asyncio import AsyncSession", "+from fastapi import APIRouter", "+x = 1")
INJECTION = (
    "+from sqlalchemy import text",
    "+from sqlalchemy.ext.asyncio import AsyncSession",
    "+async def rows(db: AsyncSession, name: str):",
    "+    return (await db.execute(text(f\"SELECT * FROM areas WHERE name = '{name}'\"))).all()",
)


def read(text: str, name: str = "security-auditor") -> Agent:
    return agent_files.parse(text.replace("security-auditor", name), f"{name}.md").agent


def who(routing: Routing) -> dict[str, list[tuple[str, Grade]]]:
    result: dict[str, list[tuple[str, Grade]]] = {}
    for one in routing.assignments:
        for path in one.files:
            result.setdefault(path, []).append((one.agent, one.grade))
    return result


FILES = (
    changed("api/app/x.py", hunk(1, *ASYNC)),
    changed("web/page.tsx", hunk(1, "+export const A = 1")),
    changed("README.md", hunk(1, "+words")),
    changed("poetry.lock", hunk(1, "+x")),
)


def test_an_agent_for_any_code_reviews_code_beside_its_owner() -> None:
    auditor = read(AUDITOR)
    assert auditor.stack == Stack(any=True, derived=True)
    routing = route(change_set(*FILES), (*BUNDLED, auditor), reviewers=2)
    assert who(routing) == {
        "api/app/x.py": [(OWNER, Grade.STACK), ("security-auditor", Grade.ANY)],
        "web/page.tsx": [("security-auditor", Grade.ANY)],
    }
    assert {file.path for file in routing.unassigned} == {"README.md", "poetry.lock"}
    assert {one.files for one in routing.assignments if one.agent == "security-auditor"} == {
        ("api/app/x.py", "web/page.tsx")
    }


@pytest.mark.parametrize(
    ("most", "beside", "left"), [(1, [], 3), (2, ["zz-stated"], 2), (4, ["zz-stated", "a", "b"], 0)]
)
def test_there_are_no_more_than_asked_for_and_those_who_say_it_come_first(
    most: int, beside: list[str], left: int
) -> None:
    several = [read(AUDITOR, f"{name}-security-auditor") for name in ("a", "b")]
    stated = read(AUDITOR.replace("description", "stack: any\ndescription"), "zz-stated")
    routing = route(change_set(FILES[0]), (*BUNDLED, *several, stated), reviewers=most)
    names = [agent.removesuffix("-security-auditor") for agent, _ in who(routing)["api/app/x.py"]]
    assert sorted(names) == sorted([OWNER, *beside])
    assert len(routing.left_out) == left


def test_who_is_for_no_code_is_not_for_any() -> None:
    for name, description in (
        ("content-reviewer", "Reviews the words of blog posts."),
        ("react-security-auditor", "Audits React applications."),
        ("growth-hacker", "Finds customers in the code of conduct."),
    ):
        text = f"---\nname: {name}\ndescription: {description}\n---\nYou are good at it.\n"
        assert not agent_files.parse(text, f"{name}.md").agent.stack.any


def test_several_agents_in_a_pin_and_on_the_command_line() -> None:
    general = next(agent for agent in BUNDLED if agent.name == GENERAL)
    auditor, changes = read(AUDITOR), change_set(*FILES)
    pins = (Pin(("web/",), (GENERAL, "security-auditor")),)
    assert who(route(changes, (*BUNDLED, auditor), pins, reviewers=1))["web/page.tsx"] == [
        (GENERAL, Grade.PINNED),
        ("security-auditor", Grade.PINNED),
    ]
    forced = route(changes, BUNDLED, forced=[general, auditor])
    assert {tuple(agents) for agents in who(forced).values()} == {
        ((GENERAL, Grade.FORCED), ("security-auditor", Grade.FORCED))
    }


def test_the_configuration_takes_one_name_or_several(tmp_path: Path) -> None:
    assert parse("agent: sinag").agent == ("sinag",)
    text = (
        "agent: [sinag, train]\nreviewers: 3\npins: [{paths: [a/], agent: [sinag, train]}, {paths: [b/], agent: train}]"
    )
    config = parse(text)
    assert (config.agent, config.reviewers) == (("sinag", "train"), 3)
    assert [pin.agent for pin in config.pins] == [("sinag", "train"), ("train",)]
    (tmp_path / ".reviewbot.yml").write_text(text, encoding="utf-8")
    settings = of_folder(tmp_path / ".reviewbot.yml", Overrides())
    assert [agent.name for agent in settings.forced] == [SINAG, TRAINSMART]
    assert settings.config.pins[0].agent == (SINAG, TRAINSMART)
    with pytest.raises(ConfigError, match="`agent`: must be an agent, or a list of them"):
        parse("agent: {a: b}")
    with pytest.raises(ConfigError, match="`reviewers`: must be 1 or more"):
        parse("reviewers: 0")
    with pytest.raises(ConfigError, match=r"`pins.0.agent`"):
        parse("pins: [{paths: [a/]}]")


def reviewed(*agents: Agent, reviewers: int = 2) -> Review:
    changes = change_set(changed("api/app/x.py", hunk(1, *INJECTION)))
    return pipeline.review(changes, Settings(Config(reviewers=reviewers), (*BUNDLED, *agents)), catalog.load)


def injections(review: Review) -> list[Finding]:
    return [finding for finding in review.findings if finding.check == "sql-built-from-strings"]


def test_one_defect_that_two_agents_find_is_one_comment_that_names_both_items() -> None:
    review = reviewed(read(AUDITOR))
    shown = [one for one in injections(review) if one.placement is not Placement.HELD_BACK]
    assert [one.agent for one in shown] == [OWNER]
    (also,) = shown[0].also
    assert also.agent == "security-auditor"
    assert "sql" in also.item
    assert f"`{OWNER}/{shown[0].item}` and `{also}`" in writer.write(*comment(shown[0]))
    (held,) = [one for one in injections(review) if one.placement is Placement.HELD_BACK]
    assert shown[0].fingerprint in sentence(held.placement_reason)
    broken = {(verdict.agent, verdict.item) for verdict in review.ledger if verdict.status is Status.VIOLATED}
    assert {(one.agent, one.item) for one in violated(shown[0])} <= broken
    assert sentence(review.coverage.files[0].reason).startswith(f"checks of {OWNER} and security-auditor")


def test_with_one_reviewer_the_others_are_named() -> None:
    review = reviewed(read(AUDITOR), reviewers=1)
    assert [one.agent for one in injections(review)] == [OWNER]
    assert injections(review)[0].also == ()
    assert any("`reviewers` is 1: security-auditor" in remark for remark in review.remarks)


def test_what_two_agents_models_say_alike_is_said_once_by_the_first_of_them() -> None:
    changes = change_set(changed("app/a.py", hunk(1, "+x", "+y", "+z")))
    made = [
        finding(
            agent=agent, item=rule, check="model", path="app/a.py", start_line=2, end_line=end, severity=Severity.HIGH,
            title="The balance is read before the row is locked", body=f"Two requests may {word} the same balance.",
        )
        for agent, rule, word, end in (("a-auditor", "races", "spend", 2), ("owner", "locking", "use", 3))
    ]  # fmt: skip
    for order, first in ((("owner", "a-auditor"), "owner"), (("a-auditor", "owner"), "a-auditor")):
        placed = place(identified(made), changes, Config(), group_above={}, agents=order)
        (shown,) = [one for one in placed if one.placement is Placement.INLINE]
        other = next(one for one in made if one.agent != first)
        assert (shown.agent, shown.also) == (first, (Item(other.agent, other.item),))


def test_different_defects_on_one_line_stay_two() -> None:
    changes = change_set(changed("app/a.py", hunk(1, "+x")))
    made = [
        replace(finding(agent=agent, item="rule", check=check, path="app/a.py", start_line=1, end_line=1), title=title)
        for agent, check, title in (("owner", "bare-except", "A bare except"), ("auditor", "secret-in-log", "A secret"))
    ]
    placed = place(identified(made), changes, Config(), group_above={}, agents=("owner", "auditor"))
    assert [one.also for one in placed] == [(), ()]
    assert all(one.placement is Placement.INLINE for one in placed)


def test_a_file_that_two_agents_review_is_nobody_elses() -> None:
    model = (
        "+from sqlalchemy.orm import Mapped, mapped_column",
        "+class Area(Base):",
        "+    __tablename__ = 'areas'",
        "+    name: Mapped[str] = mapped_column()",
    )
    files = (changed("api/app/models/area.py", hunk(1, *model)),)
    own = agent_files.parse(AUDITOR, "x.md").agent
    alone = pipeline.review(change_set(*files), Settings(Config(), BUNDLED), catalog.load)
    both = pipeline.review(change_set(*files), Settings(Config(), (*BUNDLED, own)), catalog.load)
    shown = [[(one.check, one.start_line) for one in review.findings if one.agent == OWNER] for review in (alone, both)]
    assert shown[0] == shown[1]


def test_who_has_an_item_for_it_is_named_and_not_what_is_beyond_the_others() -> None:
    changes = change_set(changed("app/a.py", hunk(1, "+x")))
    made = [
        finding(agent=agent, item=rule, check="bare-except", path="app/a.py", start_line=1, end_line=1)
        for agent, rule in (("owner", BEYOND), ("auditor", "errors"))
    ]
    placed = place(identified(made), changes, Config(), group_above={}, agents=("owner", "auditor"))
    (shown,) = [one for one in placed if one.placement is Placement.INLINE]
    assert (shown.agent, violated(shown)) == ("owner", (Item("auditor", "errors"),))
