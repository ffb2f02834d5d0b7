from __future__ import annotations

import pytest

from reviewbot.core.agent import Pin
from reviewbot.core.errors import ConfigError
from reviewbot.core.finding import Severity
from reviewbot.settings.config import Config, Control, Engine, parse


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
        fail_on=Severity.HIGH,
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
        ("fail_onn: high", "did you mean `fail_on`?"),
        ("colour: red", "known keys: agents_dir"),
        ("agents_dir: 3", "`agents_dir`: expected a folder, or a list of them (got 3)"),
        ("agents_dir: {a: b}", "`agents_dir`: expected a folder, or a list of them"),
        ("agents_dir: [a, 3]", "`agents_dir.1`: Input should be a valid string"),
        ("agents_dir: [a, '']", "`agents_dir`: a folder without a name"),
        ("fail_on: hihg", "`fail_on`: Input should be 'critical', 'high', 'medium', 'low' or 'info' or 'never'"),
        ("max_comments: true", "`max_comments`: Input should be a valid integer"),
        ("max_comments: '3'", "`max_comments`: Input should be a valid integer"),
        ("max_cost_usd: .nan", "`max_cost_usd`: must be 0 or more (got nan)"),
        ("max_cost_usd: .inf", "`max_cost_usd`: must be 0 or more; `null` is no limit (got inf)"),
        ("max_cost_usd: -.inf", "`max_cost_usd`: must be 0 or more (got -inf)"),
        ("prices: {haiku: {input: .nan, output: 1}}", "`prices.haiku`: a price is 0 or more"),
        ("max_comments: -1", "`max_comments`: must be 0 or more"),
        ("pins: [{path: [a], agent: b}]", "`pins.0.paths`"),
        ("pins: [{paths: [a], agent: b, extra: 1}]", "`pins.0.extra`"),
        ("pins: [{paths: a, agent: b}]", "`pins.0.paths`"),
        ("- a", "expected keys and values"),
        ("a: [", "not valid YAML"),
        ("engine: gpt", "`engine`"),
        ("checks: {a: hihg}", "`checks.a.severity`: Input should be 'critical'"),
        ("checks: {a: hihg}", "or 'info' or 'off' (got 'hihg')"),
        ("checks: {a: {severity: low, path: [x]}}", "`checks.a.path`"),
        ("checks: {a: {paths: x}}", "`checks.a.paths`"),
        ("checks: {a: }", "`checks.a`: expected `off`, a severity, or a mapping"),
        ("checks: {a: true}", "`checks.a`: expected `off`"),
        ("checks: {a: {}}", "`checks.a`: expected `off`"),
        ("checks: [a]", "`checks`"),
        ("ignore_comments: 3", "`ignore_comments`"),
        ("baseline: ../known.json", "`baseline`: must be a path inside the repository"),
        ("baseline: /known.json", "`baseline`: must be a path inside the repository"),
    ],
)
def test_a_bad_file_says_the_key_and_what_to_do(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        parse(text, "some/.reviewbot.yml")
    assert str(error.value).startswith("some/.reviewbot.yml: ")
    assert says in str(error.value)
