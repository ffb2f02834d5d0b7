"""The doors by which text from outside comes in, for the corpus of attacks: each takes a text, and gives what came out.

Everything is done in this process, without a network; the doors are the program's own functions.
"""

from __future__ import annotations

import io
import json
import re
from contextlib import redirect_stderr, redirect_stdout
from dataclasses import dataclass, field, replace
from functools import cache
from typing import TYPE_CHECKING, Any

import program
from builders import change_set, changed, finding, hunk
from context_changes import change
from judging import AGENT, assignment, bundle, module

from reviewbot.agents import agent_files
from reviewbot.changes import patch
from reviewbot.changes.diff.parse import parse as parse_diff
from reviewbot.checks import ignore_comments, rule_files
from reviewbot.core import documents, globs, logs, printing
from reviewbot.core.errors import ReviewbotError
from reviewbot.core.finding import Placement, Suggestion, identified
from reviewbot.core.reasons import ReasonKind, because
from reviewbot.core.review import (
    Coverage,
    Failure,
    FileCoverage,
    ItemVerdict,
    Note,
    Review,
    Section,
    Source,
    Status,
    Unassigned,
    Verdict,
)
from reviewbot.core.text import one_line
from reviewbot.github import commands, events, markers
from reviewbot.llm import findings as model_findings
from reviewbot.llm.calls import Answer, parse_answer
from reviewbot.llm.prompt.prompts import Prompts
from reviewbot.llm.replies import FoundReply, ReviewReply
from reviewbot.llm.tools import LookError, offered
from reviewbot.llm.workspace import Workspace
from reviewbot.output import formats, saved
from reviewbot.output.markdown import bodies, foreign, writer
from reviewbot.review.pull_request import placed_anew
from reviewbot.settings import baseline, config

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewbot.core.change import ChangeSet

REFUSALS = (ReviewbotError, LookError, documents.NotYamlError)
# What programs read: they have their own rules for what is hidden, and show nothing.
DATA = {"json", "sarif", "rdjson", "gitlab", "junit"}
# Controls, what reorders, and what hides; the zero width space is also ours, where Markdown is kept from acting.
HIDDEN = re.compile(
    "[\x00-\x08\x0b-\x1f\x7f-\x9f\u00ad\u061c\u115f\u1160\u180b-\u180f\u200c-\u200f\u2028-\u202e\u2060-\u206f"
    "\u3164\ufe00-\ufe0f\ufeff\uffa0\U000e0000-\U000e01ef]"
)
OUTSIDE = "the content of a file that lies outside"
CODE = "def pay(amount):\n    total = amount * 2\n    return total\n"


@dataclass(frozen=True)
class Came:
    """What came out of a door.

    Attributes:
        printed: Name → text for a terminal, a log or a program.
        markdown: Name → text for GitHub.
        value: What was understood.
        error: What was raised.
    """

    printed: dict[str, str] = field(default_factory=dict)
    markdown: dict[str, str] = field(default_factory=dict)
    value: Any = None
    error: BaseException | None = None


def shown(review: Review, changes: ChangeSet | None) -> Came:
    """Give a review in all formats, and as it is posted."""
    printed = {name: formats.render(name, review, changes) for name in formats.FORMATS if name != "html"}
    comments = {f"comment {n}": writer.write(*bodies.comment(one)) for n, one in enumerate(review.findings[:3])}
    return Came(printed, {"summary": writer.write(*bodies.summary(review)), **comments})


def everywhere(text: str) -> Came:
    """Put a text into every field of a review that somebody outside can fill."""
    found = finding(path=text or "x", title=text, body=text, evidence=text, symbol=text, agent=text, item=text)
    there = replace(found, placement=Placement.INLINE, suggestion=Suggestion(3, 3, text))
    held = replace(found, placement=Placement.HELD_BACK, placement_reason=because(ReasonKind.DISMISSED, text, text))
    below = replace(found, placement=Placement.SUMMARY, placement_reason=because(ReasonKind.OTHER, text), start_line=9)
    review = Review(
        source=Source("patch"),
        engines=("checks",),
        verdict=Verdict.INCOMPLETE,
        sections=(Section(text, text, text),),
        notes=(Note(text, text, text, text, 12),),
        unassigned=(Unassigned(text, because(ReasonKind.NOBODYS_KIND, text)),),
        findings=identified((there, below, held)),
        ledger=(ItemVerdict(text, text, text, Status.NOT_CHECKED, reason=because(ReasonKind.OTHER, text)),),
        coverage=Coverage((FileCoverage(text, "skipped", because(ReasonKind.OTHER, text), 1, 1),)),
        failures=(Failure(text, text),),
        remarks=(text,),
    )
    return shown(review, change_set(changed(text or "x", hunk(1, f"+{text.splitlines()[0] if text else ''}", "+b"))))


def one_field(name: str) -> Callable[[str], Came]:
    """Give the door of one field of a finding."""

    def door(text: str) -> Came:
        one = finding(**{name: text, "placement": Placement.INLINE})
        review = Review(Source("patch"), ("checks",), Verdict.FINDINGS, findings=identified((one,)))
        return shown(review, None)

    return door


def as_markdown(text: str) -> Came:
    """Show Markdown that others wrote."""
    return Came(markdown={"foreign": writer.write(*foreign.blocks(text))})


def prompted(where: str) -> Callable[[str], Came]:
    """Give the door to a prompt: what stands outside of its fences must be the same as with a calm text."""

    def outside(text: str) -> tuple[str, str]:
        path = text if where == "path" else "app/a.py"
        code = text.split("\n") if where == "code" else ["x = 1"]
        more = {"title": text if where == "title" else "", "description": text if where == "description" else ""}
        changes = change_set(replace(module(path, *code), new_text="\n".join(code)), **more)
        prompts = Prompts(changes, AGENT, assignment(changes), [text] if where == "said" else [])
        files = prompts.files(bundle(*changes.files))
        asked = [prompts.review(files), prompts.disprove(files, [finding(agent=AGENT.name, title=text, body=text)], [])]
        whole = "\n".join(block for prompt in asked for block in (*prompt.system, *prompt.user))
        fence = rf"<untrusted-{asked[0].nonce}>\n.*?\n</untrusted-{asked[0].nonce}>"
        return re.sub(fence, "", whole, flags=re.DOTALL).replace(asked[0].nonce, ""), whole

    def door(text: str) -> Came:
        left, whole = outside(text)
        calm, _ = outside("calm")
        return Came({"prompt": "" if left == calm else f"##[out of its fence] {left}", "hidden": hidden_of(whole)})

    return door


def hidden_of(text: str) -> str:
    """Give only what is hidden in a text: a prompt may name what a runner obeys."""
    return "".join(HIDDEN.findall(text))


def diffed(text: str, *, path: bool = False) -> Came:
    """Read a diff, or one that names a path."""
    if path:
        text = f"--- a/{text}\n+++ b/{text}\n@@ -1 +1 @@\n-a\n+b\n"
    files = parse_diff(text.encode("utf-8", "surrogateescape"))
    names = [file.path for file in files]
    return Came({"names": printed("\n".join(map(one_line, names)))}, value=names)


def printed(text: str) -> str:
    """Give what the printer makes of a text."""
    errors = io.StringIO()
    with redirect_stderr(errors):
        printing.err(text)
    return errors.getvalue()


def reviewed(text: str) -> Came:
    """Load a saved review that somebody made, and show it as it would be posted."""
    review = saved.load(text)
    changes = change_set(changed("app/pay.py", hunk(1, "+def pay(amount):", "+    total = amount * 2")), head="abc")
    return shown(placed_anew(review, changes, 10), changes)


def forged(text: str, **fields: Any) -> Came:
    """Put a text into a saved review of this program's own making."""
    one = finding(path="app/pay.py", start_line=1, end_line=1, placement=Placement.INLINE)
    review = Review(Source("github", head="abc"), ("checks",), Verdict.FINDINGS, findings=identified((one,)))
    data = json.loads(formats.render("json", review, None))
    for name, value in fields.items():
        target = data["findings"][0] if name in data["findings"][0] else data
        target[name] = json.loads(json.dumps(value).replace("TEXT", json.dumps(text)[1:-1]))
    return reviewed(json.dumps(data))


def commanded(text: str) -> Came:
    """Read a comment as a command."""
    return Came(value=commands.parse(text))


def marked(text: str) -> Came:
    """Read the first line of a comment as a marker."""
    return Came(value=markers.read(text))


def happened(text: str, *, name: str = "issue_comment") -> Came:
    """Read an event."""
    found = events.read(name, text)
    return Came(value=None if isinstance(found, str) else found)


@cache
def workspace() -> Workspace:
    """Give a small tree; what lies beside it on the disk is not in it."""
    files = {"app/pay.py": CODE, "app/a b.py": "x = 1\n", ".env": OUTSIDE, "keys/server.pem": OUTSIDE}
    changes, _ = change({"app/pay.py": CODE.replace("2", "3")}, files)
    return Workspace(changes)


def tool(name: str, argument: str) -> Callable[..., Came]:
    """Give the door of one argument of a tool of the model's."""

    def door(text: str, **more: Any) -> Came:
        space = workspace()
        (found,) = [one for one in offered(space) if one.name == name]
        return Came(value=found.look(space, {argument: text, **more}))

    return door


def replied(text: str) -> Came:
    """Read an answer of the model's."""
    return Came(value=parse_answer(Answer(text, "end_turn"), ReviewReply))


def found_by_model(text: str, **fields: Any) -> Came:
    """Make findings of what the model says; TEXT stands for the text."""
    sane: dict[str, Any] = {
        "item": "races",
        "path": "app/pay.py",
        "quote": "    total = amount * 2",
        "line": 2,
        "side": "new",
        "severity": "high",
        "confidence": "high",
        "title": "Pays twice",
        "body": "The amount is doubled.",
        "replacement": None,
    }
    values = {**sane, **{name: text if value == "TEXT" else value for name, value in fields.items()}}
    made = model_findings.of_reply([FoundReply(**values)], "sinag", ["races"], workspace())
    placed = tuple(replace(one, placement=one.placement or Placement.INLINE) for one in made)
    review = Review(Source("patch"), ("claude",), Verdict.FINDINGS, findings=identified(placed))
    return replace(shown(review, None), value=made)


def read_rule(text: str) -> Came:
    """Read a team's check."""
    return Came(value=rule_files.read(text, "team-check.yml").data)


def matched(text: str) -> Came:
    """Match paths with a glob of a configuration."""
    (pin,) = config.parse(f"pins: [{{paths: [{json.dumps(text)}], agent: x}}]").pins
    return Came(value=globs.matches(pin.paths, "a" * 120 + "/" + "a" * 120 + ".py"))


def ignored(text: str) -> Came:
    """Read the comments of a file that ask to leave something alone."""
    lines = text.split("\n")
    file = changed("a.py", hunk(1, *(f"+{line}" for line in lines)), new_text=text)
    return Came(value=ignore_comments.ignores(file))


def checked(text: str) -> Came:
    """Review a diff that adds a file, with all checks there are."""
    whole = text.split("\n")[: -1 if text.endswith("\n") else None]
    lines = "".join(f"+{line}\n" for line in whole)
    diff = f"--- /dev/null\n+++ b/apps/api/app/services/a.py\n@@ -0,0 +1,{len(whole)} @@\n{lines}"
    ended = program.inside("review", "--engine", "checks", "--no-color", "-", stdin=diff.encode())
    bug = AssertionError(ended.stderr) if "bug in reviewbot" in ended.stderr else None
    return Came({"output": ended.stdout, "log": ended.stderr}, error=bug)


def said(text: str) -> Came:
    """Print a sentence as the program does: from the command line, the Action, and as a line of the log."""
    from reviewbot.action.runner import Runner

    out, err = io.TextIOWrapper(io.BytesIO(), encoding="utf-8"), io.StringIO()
    with redirect_stdout(out), redirect_stderr(err):
        printing.say(text)
        printing.out(text)
        Runner({}).say(text)
        for json_ in (False, True):
            logs.configure(json=json_)
            logs.get_logger().warning(text or "x", reason=text, call=text)
    logs.configure()
    return Came({"log": err.getvalue(), "output": out.buffer.getvalue().decode()})


DOORS: dict[str, Callable[..., Came]] = {
    "every field of a review": everywhere,
    "foreign Markdown": as_markdown,
    "a diff": diffed,
    "a patch": lambda text: Came(value=patch.read(text.encode("utf-8", "surrogateescape")).files),
    "a path of a diff": lambda text: diffed(text, path=True),
    "a saved review": reviewed,
    "a field of a saved review": forged,
    "a comment": commanded,
    "the first line of a comment": marked,
    "an event": happened,
    "an answer of the model": replied,
    "a finding of the model": found_by_model,
    "a configuration": lambda text: Came(value=config.parse(text)),
    "an agent": lambda text: Came(value=agent_files.parse(text, "agents/a.md")),
    "a check": read_rule,
    "a baseline": lambda text: Came(value=baseline.parsed(text, "baseline.json")),
    "a glob": matched,
    "code with comments": ignored,
    "a file of the change": checked,
    "a sentence that is printed": said,
    **{f"a prompt: {where}": prompted(where) for where in ("code", "title", "description", "path", "said")},
    "a finding: path": one_field("path"),
    **{
        f"the tool {name}": tool(name, argument)
        for name, argument in {
            "read_file": "path",
            "read_before": "path",
            "show_change": "path",
            "search": "pattern",
            "find_definition": "name",
            "find_references": "name",
            "list_files": "paths",
        }.items()
    },
}
