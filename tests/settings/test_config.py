from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from messages import without_column

from reviewbot.checks import selection
from reviewbot.core.agent import Pin
from reviewbot.core.errors import ConfigError
from reviewbot.core.finding import Severity, Threshold
from reviewbot.settings import loading
from reviewbot.settings.config import Config, Control, Engine, parse

if TYPE_CHECKING:
    from pathlib import Path


def test_every_key_is_read() -> None:
    config = parse(
        "agents_dir: .claude/agents\nagent: mine\nengine: checks\nfail_on: high\nmin_severity: medium\n"
        "max_comments: 5\npins:\n  - paths: ['api/**', 'worker/**']\n    agent: mine\n"
    )
    assert config == Config(
        agents_dir=(".claude/agents",),
        agent=("mine",),
        pins=(Pin(("api/**", "worker/**"), ("mine",)),),
        engine=Engine.CHECKS,
        fail_on=Threshold.HIGH,
        min_severity=Severity.MEDIUM,
        max_comments=5,
    )


@pytest.mark.parametrize(
    ("text", "folders"),
    [("a", ("a",)), ("[a, bundled]", ("a", "bundled")), ("[]", ()), ("null", ())],
)
def test_agents_are_of_one_folder_or_of_several(text: str, folders: tuple[str, ...]) -> None:
    assert parse(f"agents_dir: {text}").agents_dir == folders


def test_a_check_is_controlled_in_three_forms() -> None:
    text = "checks: {a: off, b: 'off', c: medium, d: {severity: low, paths: [x/], ignore: [y/]}, e: {ignore: [z]}}"
    assert parse(text).checks == {
        "a": Control(off=True),
        "b": Control(off=True),
        "c": Control(severity=Severity.MEDIUM),
        "d": Control(severity=Severity.LOW, paths=("x/",), ignore=("y/",)),
        "e": Control(ignore=("z",)),
    }


@pytest.mark.parametrize("text", ["", "# nothing\n", "fail_on: never\n"])
def test_nothing_said_means_the_defaults(text: str) -> None:
    assert parse(text) == Config()


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("engine: auto\nfail_onn: high", "2: unknown key `fail_onn`; did you mean `fail_on`?"),
        ("colour: red", "1: unknown key `colour`; known keys: agents_dir, agent, pins, "),
        ("agents_dir: 3", "1: `agents_dir`: must be a folder, or a list of them (got 3)"),
        ("agents_dir: {a: b}", "1: `agents_dir`: must be a folder, or a list of them (got {'a': 'b'})"),
        ("agents_dir:\n  - a\n  - 3", "3: `agents_dir.1`: must be text (got 3)"),
        ("agents_dir: [a, '']", "1: `agents_dir`: a folder without a name; write its path, or `bundled`"),
        (
            "fail_on: hihg",
            "1: `fail_on`: must be one of critical, high, medium, low, info, never (got 'hihg'); did you mean `high`?",
        ),
        ("fail_on: [high]", "1: `fail_on`: must be one of critical, high, medium, low, info, never (got ['high'])"),
        ("min_severity:", "1: `min_severity`: must be one of critical, high, medium, low, info (got nothing)"),
        ("max_comments: true", "1: `max_comments`: must be a whole number (got true)"),
        ("max_comments: '3'", "1: `max_comments`: must be a whole number (got '3')"),
        (
            "max_comments: 99" + "9" * 5_000,
            "1: `9999999999999999999999999999999999999999` is longer than any int that is meant",
        ),
        ("max_cost_usd: .nan", "1: `max_cost_usd`: must be a finite number, or `null` for none (got nan)"),
        ("max_cost_usd: .inf", "1: `max_cost_usd`: must be a finite number, or `null` for none (got inf)"),
        ("max_cost_usd: -0.5", "1: `max_cost_usd`: must be 0 or more (got -0.5)"),
        ("passes: 4", "1: `passes`: must be 3 or less (got 4)"),
        ("prices: {haiku: {input: .nan, output: 1}}", "1: `prices.haiku.input`: must be a finite number (got nan)"),
        ("prices:\n  haiku:\n    input: 1\n", "2: `prices.haiku.output` is missing"),
        ("max_comments: -1", "1: `max_comments`: must be 0 or more (got -1)"),
        ("pins:\n  - path: [a]\n    agent: b", "2: unknown key `pins.0.path`; did you mean `pins.0.paths`?"),
        ("pins:\n  - {paths: [a], agent: b}\n  - agent: b", "3: `pins.1.paths` is missing"),
        ("pins: [{paths: [a], agent: b, extra: 1}]", "1: unknown key `pins.0.extra`; known keys: paths, agent"),
        ("pins: [{paths: a, agent: b}]", "1: `pins.0.paths`: must be a list (got 'a')"),
        ("pins: [{paths: [a], agent: }]", "1: `pins.0.agent`: must be an agent, or a list of them (got nothing)"),
        ("- a", "1: must be keys and values, such as `fail_on: high`"),
        ("a: [", "1: not valid YAML: a value is missing"),
        ("engine: gpt", "1: `engine`: must be one of auto, checks, claude (got 'gpt')"),
        ("checks: {a: hihg}", "1: `checks.a`: must be `off`, a severity (critical, high, medium, low, info), or a"),
        (
            "checks:\n  b: off\n  a: {severity: low, path: [x]}",
            "3: unknown key `checks.a.path`; did you mean",
        ),
        ("checks: {a: {paths: x}}", "1: `checks.a.paths`: must be a list (got 'x')"),
        ("checks: {a: }", "1: `checks.a`: must be `off`, a severity"),
        ("checks: {a: true}", "1: `checks.a`: must be `off`, a severity"),
        ("checks: {a: {}}", "1: `checks.a`: must be `off`, a severity"),
        ("checks: [a]", "1: `checks`: must be keys and values (got ['a'])"),
        ("ignore_comments: 3", "1: `ignore_comments`: must be true or false (got 3)"),
        ("ignore_comments: 'yes'", "1: `ignore_comments`: must be true or false (got 'yes')"),
        ("baseline: ../known.json", "1: `baseline`: must be a path inside the repository (got '../known.json')"),
        ("baseline: /known.json", "1: `baseline`: must be a path inside the repository"),
        (
            "engine: auto\nfail_on: low\nengine: auto",
            "3: `engine` stands here twice, first on line 1; keep one",
        ),
        ("checks:\n  a: off\n  a: low", "3: `checks.a` stands here twice, first on line 2; keep one of them"),
    ],
)
def test_a_bad_file_says_the_line_the_key_and_what_to_do(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse(text, "some/.reviewbot.yml")
    assert without_column(error.value).startswith(f"some/.reviewbot.yml:{says}")


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("engine: auto\nchecks: {query-in-lop: off}", "2: `checks`: no check is called `query-in-lop`; did you mean"),
        ("engine: auto\nagent: nope", "2: `agent`: no agent is called `nope`: there are "),
        ("engine: auto\nagents_dir: nope", "2: `agents_dir`: "),
        ("engine: auto\nfallback: nope", "2: `fallback`: no agent is called `nope`: there are "),
        ("pins:\n  - {paths: [a], agent: py}\n  - paths: [a]\n    agent: nope", "4: `pins`: no agent is called `nope`"),
    ],
)
def test_what_is_named_and_not_there_is_said_with_its_own_file_and_line(text: str, says: str, tmp_path: Path) -> None:
    path = tmp_path / "c.yml"
    path.write_text(text)
    with pytest.raises(ConfigError) as error:
        selection.of(loading.of_folder(path, loading.Overrides()))
    assert without_column(error.value).startswith(f"{path}:{says}")
