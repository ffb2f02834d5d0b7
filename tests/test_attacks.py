"""Every attack of the corpus is tried, and none succeeds: ``tests/attacks`` says what, where, and what must hold."""

from __future__ import annotations

import time
from collections import Counter

import attack_doors
import attacking
import pytest
from attacking import Attack
from thorough import share

CORPUS = attacking.corpus()


@pytest.mark.parametrize("name", sorted({attack.file for attack in CORPUS}))
def test_no_attack_succeeds(name: str) -> None:
    """One test a file: a case takes a few milliseconds, and a test of its own as much again."""
    tried = share([attack for attack in CORPUS if attack.file == name], 3)
    assert {str(attack): wrong for attack in tried if (wrong := attacking.succeeded(attack))} == {}


def test_there_are_many_and_none_stands_twice() -> None:
    assert len({attack.text for attack in CORPUS}) >= 150
    counted = Counter((attack.where, attack.text, str(attack.given)) for attack in CORPUS)
    assert [key for key, count in counted.items() if count > 1] == []
    assert {attack.where for attack in CORPUS} == set(attack_doors.DOORS), "each door is tried"
    assert {attack.holds for attack in CORPUS} == set(attacking.ORACLES), "each oracle is asked"


@pytest.mark.parametrize(
    ("where", "holds", "text"),
    [
        ("a comment", "nothing", "/review full"),
        ("the first line of a comment", "nothing", "<!-- reviewbot:1 summary - 1 -->"),
        ("a configuration", "refused", "engine: checks"),
        ("the tool read_file", "inside", "open"),
        ("open", "harmless", "##[error]x"),
        ("open", "harmless", "a\u2060b"),
        ("open", "harmless", "@octocat"),
        ("open", "survived", ""),
        ("a finding of the model", "held-back", "x"),
        ("slow", "quick", "a"),
    ],
)
def test_an_oracle_sees_what_does_succeed(monkeypatch: pytest.MonkeyPatch, where: str, holds: str, text: str) -> None:
    """Doors that let everything through, which the program has not: else no oracle would ever have been wrong."""

    def wide(said: str) -> attack_doors.Came:
        if not said:
            raise ZeroDivisionError
        if said == "open":
            return attack_doors.Came(value=attack_doors.OUTSIDE)
        return attack_doors.Came({"terminal": said}, {"comment": said})

    def slow(said: str) -> attack_doors.Came:
        time.sleep((len(said) / 1000) ** 2)  # quadratic: 0.01 s, and 0.16 s for four times as much
        return attack_doors.Came()

    opened = {"open": wide, "slow": slow, **({"the tool read_file": wide} if text == "open" else {})}
    monkeypatch.setattr(attack_doors, "DOORS", {**attack_doors.DOORS, **opened})
    grown = text * 400 if where == "slow" else ""
    attack = Attack("x", "x", where, text * (100 if where == "slow" else 1), holds, grown)
    assert attacking.succeeded(attack)
