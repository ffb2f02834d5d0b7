"""The Action's inputs: unknown and bad ones are errors that name them."""

from __future__ import annotations

from typing import Any

import pytest

from reviewbot.action import inputs
from reviewbot.action.inputs import Inputs
from reviewbot.core.errors import ConfigError
from reviewbot.core.finding import Severity, Threshold
from reviewbot.settings.config import Engine
from reviewbot.settings.loading import Overrides


def read(**given: str) -> Inputs:
    environment = {f"INPUT_{name.upper().replace('_', '-')}": value for name, value in given.items()}
    return inputs.read({"INPUT_GITHUB-TOKEN": "t", "HOME": "/", **environment})


def test_nothing_given_means_that_the_configuration_decides() -> None:
    none = {"ANTHROPIC_API_KEY": "", "ANTHROPIC_BASE_URL": ""}
    assert read() == Inputs("t", Overrides(), claude=none)
    assert read(**dict.fromkeys(("agent", "fail_on", "max_comments", "drafts", "trigger", "engine"), "")) == read()


def test_the_log_is_json_whatever_else_is_wrong() -> None:
    assert inputs.wants_json({"INPUT_LOG-FORMAT": " json", "INPUT_FAIL-ON": "hihg"})
    assert inputs.wants_json({"INPUT_ALL": '{"log-format": "json"}'})
    assert not inputs.wants_json({"INPUT_LOG-FORMAT": "xml"})
    assert not inputs.wants_json({"INPUT_ALL": "{"})


def test_everything_is_read() -> None:
    read_all = read(
        anthropic_api_key="k",
        agent="sinag",
        agents_dir=".claude/agents\n  bundled\n",
        config="ci/reviewbot.yml",
        engine="checks",
        model="opus",
        fail_on="high",
        min_severity="medium",
        max_comments="5",
        max_cost_usd="0.50",
        incremental="false",
        trigger="/bot",
        drafts="true",
        pull_request="12",
    )
    assert read_all == Inputs(
        token="t",  # noqa: S106 - no secret
        overrides=Overrides(
            (".claude/agents", "bundled"),
            ("sinag",),
            Engine.CHECKS,
            Threshold.HIGH,
            Severity.MEDIUM,
            5,
            incremental=False,
            model="opus",
            max_cost_usd=0.5,
        ),
        config="ci/reviewbot.yml",
        trigger="/bot",
        drafts=True,
        pull_request=12,
        claude={"ANTHROPIC_API_KEY": "k", "ANTHROPIC_BASE_URL": ""},
    )
    assert read(fail_on="never").overrides.fail_on == "never"


def test_the_token_is_in_no_log() -> None:
    assert "secret" not in repr(inputs.read({"INPUT_GITHUB-TOKEN": "secret"}))


@pytest.mark.parametrize(
    ("given", "says"),
    [
        ({"drafts": "yes"}, "input drafts: `yes` is neither true nor false"),
        ({"incremental": "0"}, "input incremental"),
        ({"max_comments": "-1"}, "input max-comments"),
        ({"log_format": "xml"}, "input log-format: `xml` is none of text, json"),
        ({"max_comments": "many"}, "input max-comments"),
        ({"max_comments": "٣"}, "input max-comments"),
        ({"fail_on": "hihg"}, "input fail-on: `hihg` is none of critical, high, medium, low, info, never"),
        ({"min_severity": "never"}, "input min-severity"),
        ({"engine": "gpt"}, "input engine"),
        ({"max_cost_usd": "cheap"}, "input max-cost-usd"),
        ({"trigger": "two words"}, "input trigger"),
        ({"pull_request": "#3"}, "input pull-request"),
        ({"fail_onn": "high"}, "did you mean fail-on?"),
        ({"colour": "red"}, "known inputs: github-token"),
        ({"github_token": ""}, "input github-token"),
    ],
)
def test_a_bad_input_is_named(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ConfigError) as error:
        read(**given)
    assert says in str(error.value)


def test_an_underscore_is_a_hyphen_mistaken() -> None:
    with pytest.raises(ConfigError, match="did you mean fail-on"):
        inputs.read({"INPUT_GITHUB-TOKEN": "t", "INPUT_FAIL_ON": "high"})


def test_a_composite_action_hands_over_all_inputs_at_once() -> None:
    told = {"INPUT_ALL": '{"github-token": "t", "fail-on": "high", "agent": ""}'}
    assert inputs.read(told) == read(fail_on="high")
    for wrong in ("[]", "{", '"github-token"'):
        with pytest.raises(ConfigError, match="INPUT_ALL: not"):
            inputs.read({"INPUT_ALL": wrong})


def test_what_the_runner_adds_is_no_input() -> None:
    assert inputs.read({"INPUT_GITHUB-TOKEN": "t", "INPUT_ARGS": "x", "INPUT_ENTRYPOINT": "y"}) == read()
