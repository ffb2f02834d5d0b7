"""Tries the attacks of ``tests/attacks`` and says which of them succeed; ``make attack`` runs all of them.

A case says what is tried, by which door it comes in (``where``), and by which oracle it is judged (``holds``). A door
takes the hostile text and gives what came out of it; an oracle gives what is wrong with that, or nothing.
"""

from __future__ import annotations

import re
import sys
import time
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import attack_doors
import rendered
from attack_doors import HIDDEN, Came

from reviewbot.core import documents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

CORPUS = Path(__file__).parents[1] / "attacks"
# What the runner may find in annotations is ours.
_OURS = re.compile(r"::(error|warning|notice) (file=[^:,]*,line=\d+(,endLine=\d+)?,)?title=[^:]*::")
_AT_THE_START = re.compile(r"[^\S\n]*::(?!\u200b)")
_ANYWHERE = re.compile(r"##\w*\[")
_MOST_PRINTED = 200_000
# Doubling twice what is quadratic costs sixteen times as much.
_RATIO, _FLOOR = 9.0, 0.15


@dataclass(frozen=True)
class Attack:
    """One case.

    Attributes:
        file: The class of attacks it belongs to.
        tried: What is tried.
        where: The door.
        text: What comes in by it.
        holds: The oracle.
        grown: The same at four times the size, where only time is judged.
        given: What else the door is told.
    """

    file: str
    tried: str
    where: str
    text: str
    holds: str
    grown: str = ""
    given: dict[str, Any] = field(default_factory=dict)

    def __str__(self) -> str:
        return f"{self.file}: {self.tried} ({self.where})"


def corpus() -> list[Attack]:
    """Read all cases."""
    return [attack for path in sorted(CORPUS.glob("*.yml")) for attack in _of_file(path)]


def _of_file(path: Path) -> Iterator[Attack]:
    for block in documents.own(path):
        for number, said in enumerate(block["cases"]):
            case = said if isinstance(said, dict) and "text" in said else {"text": said}
            doors = case.get("where", block.get("where"))
            for where in doors if isinstance(doors, list) else [doors]:
                text = case["text"]
                yield Attack(
                    path.stem,
                    case.get("tried", f"{block['tried']} [{number + 1}]"),
                    where,
                    _made(text, 1),
                    case.get("holds", block.get("holds")),
                    _made(text, 4) if isinstance(text, dict) else "",
                    {**block.get("given", {}), **case.get("given", {})},
                )


def _made(text: Any, times: int) -> str:
    """Make a text; a mapping says what to repeat, so that nothing large stands in the corpus."""
    if isinstance(text, dict):
        return f"{text.get('before', '')}{text['repeat'] * (text['times'] * times)}{text.get('after', '')}"
    return str(text)


def succeeded(attack: Attack) -> str:
    """Try one; give what went wrong, or nothing."""
    door = attack_doors.DOORS[attack.where]
    came, spent = _timed(door, attack.text, attack.given)
    wrong = ORACLES[attack.holds](came, attack)
    if not wrong and attack.grown:
        _, grown = _timed(door, attack.grown, attack.given)
        if grown > _FLOOR and grown > _RATIO * spent:
            # Once more, since others may have had the machine meanwhile.
            again = min(grown, _timed(door, attack.grown, attack.given)[1])
            spent = max(spent, _timed(door, attack.text, attack.given)[1])
            if again > _RATIO * spent:
                return f"four times the text took {again:.2f} s instead of {spent:.2f} s"
    return wrong


def _timed(door: Callable[..., Came], text: str, given: dict[str, Any]) -> tuple[Came, float]:
    began = time.perf_counter()
    came = _through(door, text, given)
    return came, time.perf_counter() - began


def _through(door: Callable[..., Came], text: str, given: dict[str, Any]) -> Came:
    try:
        return door(text, **given)
    except Exception as error:  # noqa: BLE001 - any other error than ours is what an attack wants
        return Came(error=error)


def _refused(came: Came, _: Attack) -> str:
    if came.error is None:
        return f"it was taken as {type(came.value).__name__}"
    return _in_words(came)


def _in_words(came: Came) -> str:
    if not isinstance(came.error, attack_doors.REFUSALS):
        return f"a bug: {came.error!r}"
    words = str(came.error)
    return f"too many words: {len(words)}" if len(words) > 4000 else ""


def _survived(came: Came, attack: Attack) -> str:
    """Taken or refused, but no bug, and nothing harmful is said."""
    return (_in_words(came) if came.error is not None else "") or _harmless(came, attack)


def _harmless(came: Came, _: Attack) -> str:
    if came.error is not None and not isinstance(came.error, attack_doors.REFUSALS):
        return f"a bug: {came.error!r}"
    for name, text in came.printed.items():
        if wrong := _printed(name, text):
            return f"{name}: {wrong}"
    for name, text in came.markdown.items():
        if harm := rendered.harm(text):
            return f"{name}: active Markdown: {harm}"
        if hidden := _hidden(text):
            return f"{name}: {hidden}"
    return ""


def _printed(name: str, text: str) -> str:
    for line in text.split("\n"):
        if (_AT_THE_START.match(line) or _ANYWHERE.search(line)) and not (name == "annotations" and _OURS.match(line)):
            return f"the runner would obey {line[:80]!r}"
    return "" if name in attack_doors.DATA else _hidden(text)


def _hidden(text: str) -> str:
    found = HIDDEN.search(text)
    return f"hidden: {found[0]!r} in {text[max(0, found.start() - 20) : found.end() + 20]!r}" if found else ""


def _nothing(came: Came, _: Attack) -> str:
    """Nothing is understood: no command, no marker, no event."""
    if came.error is not None and not isinstance(came.error, attack_doors.REFUSALS):
        return f"a bug: {came.error!r}"
    return f"understood: {came.value!r}" if came.value else ""


def _kept_inside(came: Came, _: Attack) -> str:
    """The model's tool gave nothing of what lies outside, and not too much."""
    if came.error is not None:
        return _in_words(came)
    text = str(came.value)
    if attack_doors.OUTSIDE in text:
        return "what lies outside was read"
    return f"{len(text)} characters" if len(text) > _MOST_PRINTED else ""


def _held_back(came: Came, _: Attack) -> str:
    if came.error is not None:
        return _in_words(came)
    shown = [finding for finding in came.value if str(finding.placement) != "held_back"]
    return f"shown: {shown[0]!r}" if shown else ""


def _quick(came: Came, _: Attack) -> str:
    return _in_words(came) if came.error is not None else ""


ORACLES: dict[str, Callable[[Came, Attack], str]] = {
    "refused": _refused,
    "survived": _survived,
    "harmless": _harmless,
    "nothing": _nothing,
    "inside": _kept_inside,
    "held-back": _held_back,
    "quick": _quick,
}


if __name__ == "__main__":
    tried = corpus()
    wrong = {str(attack): reason for attack in tried if (reason := succeeded(attack))}
    for name, reason in wrong.items():
        sys.stdout.write(f"succeeded: {name}: {reason}\n")
    sys.stdout.write(f"cases: {len(tried)}, succeeded: {len(wrong)}\n")
    sys.exit(1 if wrong else 0)
