"""The JSON Schemas of docs/schemas take what the program takes, and refuse what it refuses."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import generate_docs
import jsonschema
import pytest
import yaml
from builders import finding

from reviewbot.agents import agent_files
from reviewbot.checks import catalog
from reviewbot.settings import baseline

ROOT = Path(__file__).parent.parent


def fits(schema: str, data: Any) -> bool:
    return jsonschema.Draft202012Validator(json.loads(generate_docs.PAGES[f"schemas/{schema}.json"]())).is_valid(data)


def load(path: Path) -> Any:
    return yaml.safe_load(path.read_text(encoding="utf-8"))


@pytest.mark.parametrize("schema", generate_docs.FORMS)
def test_it_is_a_schema(schema: str) -> None:
    jsonschema.Draft202012Validator.check_schema(json.loads(generate_docs.PAGES[f"schemas/{schema}.json"]()))


def test_checks_fit() -> None:
    rules = [load(path) for path in sorted(catalog.RULES.glob("*.yml"))]
    assert [rule["id"] for rule in rules if not fits("check", rule)] == []
    assert not fits("check", {**rules[0], "mesage": "x"})
    assert not fits("check", {**rules[0], "metadata": {**rules[0]["metadata"], "severty": "high"}})
    assert not fits("check", {**rules[0], "metadata": {**rules[0]["metadata"], "traced": {"came": {"A": "x"}}}})


def test_agents_fit() -> None:
    for path in sorted(agent_files.bundled_dir().glob("*.md")):
        assert fits("agent", yaml.safe_load(path.read_text(encoding="utf-8").split("---\n")[1])), path
    assert fits("agent", {"stack": "any", "tools": ["Read"]})
    assert not fits("agent", {"stack": "some"})
    assert not fits("agent", {"stack": {"signals": [{"kind": "path", "patern": "a"}]}})


def test_cases_fit() -> None:
    for path in sorted((ROOT / "examples" / "cases").glob("*.yml")):
        assert fits("evaluation-case", load(path)), path
    assert fits("evaluation-case", {"diff": "a.diff", "golden": [{"path": "a.py", "lines": 3}]})
    assert not fits("evaluation-case", {"diff": "a.diff", "golden": [{"path": "a.py"}]})


def test_the_cases_of_checks_fit() -> None:
    for path in sorted((ROOT / "tests" / "checks" / "cases").glob("*.yml")):
        assert fits("cases", load(path)), path
    assert not fits("cases", {"id": "a", "valid": [{"cod": "x"}]})
    assert not fits("cases", {"id": "a", "vald": []})


def test_a_baseline_fits() -> None:
    assert fits("baseline", json.loads(baseline.rendered([finding()])))
    assert not fits("baseline", {"schema_version": 2, "findings": {}})


def test_configurations_fit() -> None:
    blocks = re.findall(
        r"```yaml\n(.*?)```", (ROOT / "docs" / "configuration.md").read_text(encoding="utf-8"), re.DOTALL
    )
    assert len(blocks) > 2
    assert [block for block in blocks if not fits("configuration", yaml.safe_load(block))] == []
    for text in ("agents_dir: null", "agent: [a, b]", "fail_on: never", "checks: {a: off, b: 'off', c: low}"):
        assert fits("configuration", yaml.safe_load(text)), text
    for text in ("fail_onn: high", "fail_on: hihg", "passes: 4", "max_looks: -1", "checks: {a: {severty: low}}"):
        assert not fits("configuration", yaml.safe_load(text)), text
