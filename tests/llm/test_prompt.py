"""What is sent: the stable part the same each time, everything from outside in its fences, enough to review by."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import Path
from typing import get_args

import builders
import pytest
import yaml
from builders import change_set
from fakeclaude import FakeClaude
from hypothesis import given, settings
from hypothesis import strategies as st
from judging import AGENT, ITEMS, assignment, bundle, claude, full, module, review, script, two_files

from reviewbot.core.agent import Scope
from reviewbot.core.change import ChangeSet
from reviewbot.core.finding import Severity
from reviewbot.core.opinion import Memory
from reviewbot.core.review import Grade, Status
from reviewbot.llm.prompt.fences import Fence
from reviewbot.llm.prompt.prompts import Prompt, Prompts
from reviewbot.llm.replies import VerdictReply
from reviewbot.settings.config import Config

INJECTIONS: list[list[str]] = yaml.safe_load(
    (Path(__file__).parents[1] / "data" / "injections.yml").read_text(encoding="utf-8")
)


def outside(prompt: Prompt) -> str:
    """Give what stands outside of the fences; each fence that opens must end."""
    text = "\n".join(prompt.user)
    begin, end = f"<untrusted-{prompt.nonce}>\n", f"\n</untrusted-{prompt.nonce}>"
    assert text.count(begin) == text.count(end)
    left = re.sub(f"{re.escape(begin)}.*?{re.escape(end)}", "", text, flags=re.DOTALL)
    assert end not in left
    return left


def prompts_of(where: str, text: str) -> list[Prompt]:
    """Give every kind of prompt of a change in which a text from outside stands."""
    path = text if where == "path" else "app/a.py"
    code = text.split("\n") if where == "code" else ["x = 1"]
    changes = change_set(
        replace(module(path, *code), new_text="\n".join(code)),
        title=text if where == "title" else "",
        description=text if where == "description" else "",
    )
    found = builders.finding(agent=AGENT.name, item="races", path=path, evidence=text, title=text, body=text)
    said = [text] if where == "said" else []
    prompts = Prompts(changes, AGENT, assignment(changes), said)
    shown = prompts.files(bundle(*changes.files))
    return [prompts.review(shown), prompts.again(shown, 2, [found]), prompts.disprove(shown, [found], [found])]


@pytest.mark.parametrize(("where", "text"), INJECTIONS)
def test_no_hostile_text_leaves_its_fence(where: str, text: str) -> None:
    calm = [outside(prompt).replace(prompt.nonce, "") for prompt in prompts_of(where, "calm")]
    for prompt, expected in zip(prompts_of(where, text), calm, strict=True):
        assert outside(prompt).replace(prompt.nonce, "") == expected
        for block in prompt.system:
            assert text not in block
        assert not re.search("[\u202a-\u202e\u2066-\u2069\U000e0000-\U000e007f\x1b]", "".join(prompt.user))


@given(st.sampled_from(["code", "title", "description", "path", "said"]), st.text(max_size=60).filter(str.strip))
@settings(max_examples=60, deadline=None)
def test_no_text_at_all_leaves_its_fence(where: str, text: str) -> None:
    for prompt, calm in zip(prompts_of(where, text), prompts_of(where, "calm"), strict=True):
        assert outside(prompt).replace(prompt.nonce, "") == outside(calm).replace(calm.nonce, "")


def test_nobody_can_know_the_nonce() -> None:
    nonces = {Fence().nonce for _ in range(50)}
    assert len(nonces) == 50
    assert all(len(nonce) == 16 for nonce in nonces)


def test_the_stable_part_is_the_same_for_every_bundle_and_every_run() -> None:
    changes = two_files()
    one, other = (Prompts(changes, AGENT, assignment(changes)) for _ in range(2))
    first, second = (one.review(one.files(bundle(file))) for file in changes.files)
    again = other.review(other.files(bundle(changes.files[0])))
    assert first.system == second.system == again.system
    assert first.change == second.change
    assert first.nonce != again.nonce
    assert first.change.replace(first.nonce, "") == again.change.replace(again.nonce, "")
    assert first.bundle.replace(first.nonce, "") == again.bundle.replace(again.nonce, "")
    assert all(nonce not in block for nonce in (first.nonce, again.nonce) for block in again.system)


def test_a_prompt_holds_what_a_reviewer_needs() -> None:
    text = (
        "import os\n\nLIMIT = 10\n\ndef check(user):\n    row = load(user)\n    if row.count > LIMIT:\n        stop()\n"
    )
    changes = ChangeSet(
        "patch",
        (full("app/check.py", text, {6}), module("app/other.py", "y = 2")),
        title="Check the limit",
        description="So that nobody\ngets more.",
    )
    prompts = Prompts(changes, AGENT, assignment(changes), ["in app/check.py, by ada: why?"])
    prompt = prompts.review(prompts.files(bundle(changes.files[0])))
    shown = "".join(prompt.user)
    for part in (
        "Title: Check the limit",
        "So that nobody\ngets more.",
        "app/other.py (modified, +1 -0)",
        "6 +    row = load(user)",
        "def check(user):",
        "by ada: why?",
        "Review this change",
        "a verdict for each of the 3 checklist ids",
    ):
        assert part in shown
    assert "y = 2" not in shown
    assert "You keep watch." in prompt.system[1]
    assert all(f"- `{item}`: The rule of {item}" in prompt.system[1] for item in ITEMS)
    assert prompt.tokens == sum(-(-len(block) // 3) for block in (*prompt.system, *prompt.user))


def test_rules_of_another_project_are_not_asked_for() -> None:
    agent = replace(AGENT, checklist=(*AGENT.checklist, builders.item("own-rule", Scope.PROJECT)))
    changes = two_files()
    theirs = Prompts(changes, agent, assignment(changes, Grade.STACK))
    ours = Prompts(changes, agent, assignment(changes, Grade.PROJECT))
    assert [item.id for item in theirs.items] == list(ITEMS)
    assert [item.id for item in ours.items] == [*ITEMS, "own-rule"]
    assert "`own-rule`" not in "".join(theirs.review(theirs.files(bundle(*changes.files))).system)


def test_a_line_reads_number_mark_code() -> None:
    changes = change_set(builders.changed("a.py", builders.hunk(9, " def f():", "-    return", "+    return 2\r", "+")))
    text = Prompts(changes, AGENT, assignment(changes)).files(bundle(*changes.files))
    assert " 9  def f():\n10 -    return\n10 +    return 2\n11 +" in text


def test_a_change_of_fifty_files_pays_for_its_stable_part_once_for_each_model_and_schema() -> None:
    changes = change_set(*(module(f"app/file{n}.py", f"value_{n} = load({n}, now)") for n in range(50)))
    with FakeClaude(script()) as fake, claude(fake) as asked:
        review(asked, changes, Config(max_bundle_tokens=1, refute_model="haiku"))
        asks = [one.ask for one in fake.journal.messages()]
        assert len(asks) == 50
        assert set(fake.journal.uncached("".join(asks[0].system)).values()) == {1}
        assert set(fake.journal.uncached("".join((*asks[0].system, asks[0].user[0]))).values()) == {1}
        assert fake.journal.at_once() > 1, "all but the first run side by side"


def test_what_was_said_before_and_what_is_judged_already() -> None:
    changes = two_files()
    memory = Memory(files=frozenset({"app/approve.py"}), statements=("in app/approve.py, by ada: fine",))
    with FakeClaude(script()) as fake, claude(fake) as asked:
        review(asked, changes, memory=memory)
        (exchange,) = fake.journal.messages()
    assert "=== app/remove.py (" in exchange.ask.user[1]
    assert "=== app/approve.py (" not in exchange.ask.user[1]
    assert "by ada: fine" in exchange.ask.user[0]


def test_the_protocol_says_what_each_severity_and_verdict_means() -> None:
    changes = two_files()
    prompts = Prompts(changes, AGENT, assignment(changes))
    files = prompts.files(bundle(*changes.files))
    protocol = prompts.review(files).system[0]
    assert all(f"`{word}`" in protocol for word in Severity)
    assert all(f"`{word}` (" in protocol for word in ("breached", *Status))
    assert "quote that one, also of another file" in protocol
    asked = prompts.disprove(files, [builders.finding()]).question
    assert all(f"`{word}`: " in asked for word in get_args(VerdictReply.model_fields["verdict"].annotation))


def test_a_reader_without_the_program_can_tell_where_each_block_ends() -> None:
    (prompt, *_) = prompts_of("code", "x")
    assert f"untrusted-{prompt.nonce}" in prompt.change.split("\n")[0]
