"""Agent files as people write them are read, none is lost, and every complaint has its line."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.agents import agent_files
from reviewbot.agents.checklist import KEBAB
from reviewbot.core.agent import Agent, SignalKind
from reviewbot.core.errors import AgentError

DATA = Path(__file__).parents[1] / "data" / "agents"
PLAIN = "---\nname: {name}\ndescription: Reviews Python\n---\nText.\n## Rules\n- One\n"


def cases(name: str) -> list[Any]:
    entries = yaml.safe_load((DATA / name).read_text(encoding="utf-8"))
    return [pytest.param(entry, id=entry["id"]) for entry in entries]


def signals(agent: Agent) -> list[str]:
    return [
        f"{prefix}{signal.kind} {signal.pattern} {signal.weight:g}{' identity' if signal.identity else ''}"
        for prefix, group in (("", agent.stack.signals), ("against ", agent.stack.against))
        for signal in group
    ]


@pytest.mark.parametrize("case", cases("quirks.yml"))
def test_quirk(case: dict[str, Any]) -> None:
    loaded = agent_files.parse(case["text"], case.get("path", "agents/keeper.md"))
    agent = loaded.agent
    for key in ("name", "description", "model", "body"):
        if key in case:
            assert getattr(agent, key) == case[key]
    if "items" in case:
        items = [f"{i.id} | {i.section} | {i.severity} | {i.scope} | {i.line}" for i in agent.checklist]
        assert items == case["items"]
    if "texts" in case:
        assert [item.text for item in agent.checklist] == case["texts"]
    if "sections" in case:
        assert list(agent.sections) == case["sections"]
    if "signals" in case:
        assert signals(agent) == case["signals"]
    assert agent.stack.derived is (case.get("stack") != "own")
    expected = case.get("problems", [])
    found = [f"{problem.line} {problem.level} {problem.message}" for problem in loaded.problems]
    assert len(found) == len(expected), found
    for said, beginning in zip(found, expected, strict=True):
        assert said.startswith(beginning)
    assert {problem.path for problem in loaded.problems} <= {agent.path}


@pytest.mark.parametrize("case", cases("errors.yml"))
def test_file_that_cannot_be_used(case: dict[str, Any], tmp_path: Path) -> None:
    body = case.get("body", "## Rules\n- One\n")
    text = f"---\nname: keeper\ndescription: Keeps\nstack: {case['stack']}\n---\n{body}"
    with pytest.raises(AgentError) as raised:
        agent_files.parse(text, "agents/keeper.md")
    assert str(raised.value) == case["message"]

    (tmp_path / "keeper.md").write_text(text, encoding="utf-8")
    loaded, problems = agent_files.load_dir(tmp_path)
    assert not loaded
    assert [problem.level for problem in problems] == ["error"] * len(case["message"].split("\n"))


@pytest.mark.parametrize("bytes_", [277, 32_000, 200_000])
def test_size_does_not_matter(bytes_: int) -> None:
    text = PLAIN.format(name="sized")
    text += "- Another rule of many\n" * ((bytes_ - len(text)) // 23)
    loaded = agent_files.parse(text, "sized.md")
    assert len({item.id for item in loaded.agent.checklist}) == text.count("\n- ")


MARKDOWN = st.text(alphabet=st.sampled_from("-#*`~:.<>()[]{}\"'|&!%@ \n\t\r\\aé中1,"), max_size=200)


@given(front=st.one_of(MARKDOWN, st.text(max_size=80)), body=st.one_of(MARKDOWN, st.text(max_size=80)))
def test_no_text_crashes_the_loader(front: str, body: str) -> None:
    for text in (body, f"---\nname: x\n{front}\n---\n{body}", f"---\nname: x\nstack: {front}\n---\n{body}"):
        try:
            loaded = agent_files.parse(text, "x.md")
        except AgentError:
            continue
        assert loaded.agent.name
        ids = [item.id for item in loaded.agent.checklist]
        assert len(ids) == len(set(ids))
        assert all(KEBAB.match(item_id) for item_id in ids)
        lines = text.removeprefix("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
        assert all(1 <= item.line <= len(lines) for item in loaded.agent.checklist)
        assert loaded == agent_files.parse(text, "x.md")


def test_folder_is_read_whole_and_in_order_of_names(tmp_path: Path) -> None:
    (tmp_path / "deep").mkdir()
    (tmp_path / "b.md").write_text(PLAIN.format(name="zeta"), encoding="utf-8")
    (tmp_path / "deep" / "a.md").write_text(PLAIN.format(name="alpha"), encoding="utf-8")
    (tmp_path / "notes.txt").write_text("no agent", encoding="utf-8")
    loaded, problems = agent_files.load_dir(tmp_path)
    assert [agent.name for agent in loaded] == ["alpha", "zeta"]
    assert loaded[0].path == str(tmp_path / "deep" / "a.md")
    assert problems == ()


def test_documents_beside_agents_are_left_out_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "README.md").write_text("# Our agents\n- one\n", encoding="utf-8")
    (tmp_path / "index.md").write_text(PLAIN.format(name="index"), encoding="utf-8")
    (tmp_path / "plain.md").write_text("You know Rust.\n## Rules\n- One\n", encoding="utf-8")
    loaded, problems = agent_files.load_dir(tmp_path)
    assert [agent.name for agent in loaded] == ["index", "plain"]
    assert [(problem.path, problem.level) for problem in problems] == [
        (str(tmp_path / "README.md"), "warning"),
        (str(tmp_path / "plain.md"), "warning"),
    ]
    assert "not read as an agent" in problems[0].message
    named, _ = agent_files.lint(tmp_path / "README.md")
    assert [agent.name for agent in named] == ["README"]


def test_two_files_of_one_name_are_an_error_that_names_both(tmp_path: Path) -> None:
    for file in ("one.md", "two.md"):
        (tmp_path / file).write_text(PLAIN.format(name="same"), encoding="utf-8")
    loaded, (problem,) = agent_files.load_dir(tmp_path)
    assert [agent.path for agent in loaded] == [str(tmp_path / "one.md")]
    assert (problem.level, problem.line, problem.path) == ("error", 2, str(tmp_path / "two.md"))
    assert str(tmp_path / "one.md") in problem.message


def test_bytes_that_are_no_utf8_are_replaced_and_that_is_said(tmp_path: Path) -> None:
    (tmp_path / "a.md").write_bytes(PLAIN.format(name="a").encode() + b"- caf\xe9\n")
    (agent,), (problem,) = agent_files.load_dir(tmp_path)
    assert agent.checklist[-1].title == "caf\ufffd"
    assert (problem.line, problem.level) == (8, "warning")


def test_what_may_have_no_end_is_an_error(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "a.md")
    (tmp_path / "b.md").symlink_to("/dev/zero")
    (tmp_path / "c.md").mkdir()
    _, problems = agent_files.load_dir(tmp_path)
    assert [(Path(problem.path).name, problem.message) for problem in problems] == [
        (name, "cannot be read: it is no file") for name in ("a.md", "b.md", "c.md")
    ]


def test_file_that_cannot_be_read_is_an_error(tmp_path: Path) -> None:
    (tmp_path / "gone.md").symlink_to(tmp_path / "nowhere")
    loaded, (problem,) = agent_files.load_dir(tmp_path)
    assert not loaded
    assert problem.level == "error"
    assert "No such file" in problem.message


def test_no_such_folder(tmp_path: Path) -> None:
    for read in (agent_files.load_dir, agent_files.lint):
        with pytest.raises(AgentError, match="no such folder of agents"):
            read(tmp_path / "none")


def named(*names: str) -> list[Agent]:
    return [agent_files.parse(PLAIN.format(name=name), f"{name}.md").agent for name in names]


@pytest.mark.parametrize(
    ("asked", "found"), [("sinag", "sinag-x"), ("SINAG-X", "sinag-x"), ("train", "train"), ("train-", "train-more")]
)
def test_pick_takes_the_name_or_a_unique_beginning(asked: str, found: str) -> None:
    assert agent_files.pick(named("sinag-x", "train", "train-more"), asked).name == found


@pytest.mark.parametrize(
    ("asked", "message"),
    [
        ("tra", "`tra` may mean train, train-more: write more of the name"),
        ("nobody", "no agent is called `nobody`: there are sinag-x, train, train-more"),
        ("", "no agent is called ``: there are sinag-x, train, train-more"),
    ],
)
def test_pick_lists_the_names_where_it_cannot_tell(asked: str, message: str) -> None:
    with pytest.raises(AgentError) as raised:
        agent_files.pick(named("sinag-x", "train", "train-more"), asked)
    assert str(raised.value) == message


def test_pick_from_nothing() -> None:
    with pytest.raises(AgentError, match="there are no agents"):
        agent_files.pick([], "x")


def test_bundled_agents_are_found_in_a_checkout_and_in_an_installed_copy(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert min(file.stem for file in agent_files.bundled_dir().glob("*.md")) == "python-backend-reviewer"
    package = tmp_path / "reviewbot"
    (package / "_agents").mkdir(parents=True)
    monkeypatch.setattr(agent_files, "__file__", str(package / "agents" / "agent_files.py"))
    assert agent_files.bundled_dir() == package / "_agents"


def test_derived_stack_weighs_what_the_agent_is_about() -> None:
    about = "Use for Golang. You read TypeScript at times. " + "Terraform here, Terraform there. " * 3
    agent = agent_files.parse(f"---\nname: a\ndescription: Golang\n---\n{about}\nOne FastAPI, too.", "a.md").agent
    assert agent.stack.derived
    assert signals(agent) == ["path **/*.go 2"]
    assert {signal.kind for signal in agent.stack.signals} <= set(SignalKind)


def test_words_that_are_no_technologies_are_left_alone() -> None:
    prose = "Go through it swiftly, react to users, express doubts, go home. Node by node. Rusty hinges. Pythonic?"
    agent = agent_files.parse(f"---\nname: a\ndescription: b\n---\n{prose}", "a.md").agent
    assert signals(agent) == []
