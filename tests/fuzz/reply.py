"""The model's reply: findings whose quotes stand where they are placed, and comments in which nothing acts."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from attack_doors import workspace
from pieces import text
from rendered import harm

from reviewbot.core.errors import ModelError
from reviewbot.core.finding import Placement
from reviewbot.llm import findings
from reviewbot.llm.calls import Answer, parse_answer
from reviewbot.llm.replies import ReviewReply
from reviewbot.output.markdown import bodies, writer

TOKENS = (
    *(
        '{"findings": [',
        '{"item": "',
        '"path": "app/pay.py"',
        '"quote": "',
        '"line": ',
        '"side": "new"',
        '"side": "old"',
    ),
    *(
        '"severity": "high"',
        '"confidence": "high"',
        '"title": "',
        '"body": "',
        '"replacement": ',
        "null",
        '"verdicts": []',
    ),
    *(
        '"items": []',
        '"sections": []',
        '"manipulation": []',
        "total = amount * 3",
        "\\n",
        "\\ud800",
        "***",
        "1e999",
        "NaN",
    ),
    *("```suggestion", "@user", "<!--", "![x](", "\\u0000", "\\u202e", "app/a b.py", "-1", "99999999999999999999"),
)


def run(data: bytes) -> Any:
    reply = parse_answer(Answer(text(data), "end_turn"), ReviewReply)
    space = workspace()
    made = findings.of_reply(reply.findings, "sinag", ["races"], space)
    return made, findings.of_manipulation(reply.manipulation, "sinag", space.changed)


def judge(data: bytes, result: Any) -> None:  # noqa: ARG001 - whatever it was
    if isinstance(result, ModelError):
        assert len(str(result)) < 2000
        return
    for finding in result[0]:
        # What was seen to parse may be committed; nothing else in a comment acts.
        assert harm(writer.write(*bodies.comment(replace(finding, suggestion=None)))) == {}
        if finding.placement is not Placement.HELD_BACK:
            held = workspace().text(finding.path) if finding.side == "RIGHT" else workspace().old_text(finding.path)
            lines = (held or "").split("\n")[finding.start_line - 1 : finding.end_line]
            assert "\n".join(lines) == finding.evidence
