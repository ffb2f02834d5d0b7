"""The Action's own files and the example workflows keep to what they promise."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from reviewbot import USES as OURS
from reviewbot.action import inputs
from reviewbot.action.reviewer import REVIEW_FILE

ROOT = Path(__file__).parent.parent
PAIR = ("review-forks", "post-forks")
OWN = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
EXAMPLES = sorted((ROOT / "docs" / "workflows").glob("*.yml"))
WORKFLOWS = pytest.mark.parametrize("path", OWN + EXAMPLES, ids=lambda path: path.name)
EACH_EXAMPLE = pytest.mark.parametrize("path", EXAMPLES, ids=lambda path: path.name)


class _Loader(yaml.SafeLoader):
    """As YAML 1.2 and GitHub: ``on`` is a word, not True."""


_Loader.yaml_implicit_resolvers = {
    key: [(tag, regexp) for tag, regexp in resolvers if tag != "tag:yaml.org,2002:bool" or key not in "oOyYnN"]
    for key, resolvers in yaml.SafeLoader.yaml_implicit_resolvers.items()
}


def load(path: Path) -> dict[str, Any]:
    loaded = yaml.load(path.read_text(encoding="utf-8"), _Loader)  # noqa: S506 - a SafeLoader
    assert isinstance(loaded, dict)
    return loaded


ACTION = load(ROOT / "action.yml")


def steps(path: Path) -> list[dict[str, Any]]:
    return [step for job in load(path)["jobs"].values() for step in job["steps"]]


def reviews_pushes(job: dict[str, Any], on: dict[str, Any]) -> bool:
    uses = [step.get("uses", "") for step in job["steps"]]
    return bool({OURS, "./"} & set(uses)) and bool({"pull_request", "pull_request_target"} & set(on))


def test_every_input_and_output_is_described() -> None:
    for name, entry in (ACTION["inputs"] | ACTION["outputs"]).items():
        assert entry["description"].strip(), name
        assert re.fullmatch(r"[a-z]+(-[a-z]+)*", name)


def test_the_program_reads_the_inputs_that_there_are() -> None:
    assert tuple(ACTION["inputs"]) == inputs.NAMES


def test_an_empty_input_is_one_that_is_not_set() -> None:
    # A default here would win over .reviewbot.yml.
    defaults = {name: entry["default"] for name, entry in ACTION["inputs"].items() if "default" in entry}
    assert defaults == {"github-token": "${{ github.token }}"}
    assert not [name for name, entry in ACTION["inputs"].items() if entry.get("required")]


def test_the_action_is_the_image_and_nothing_else() -> None:
    assert ACTION["runs"] == {"using": "docker", "image": "Dockerfile"}


def test_a_release_can_put_its_image_into_the_action() -> None:
    # What the release workflow looks for with sed.
    text = (ROOT / "action.yml").read_text(encoding="utf-8")
    assert text.endswith("\n  image: Dockerfile\n")
    (line,) = (line for line in text.splitlines() if "release.yml" in line)
    assert line.lstrip().startswith("#")


def test_the_image_is_made_of_nothing_but_what_it_needs() -> None:
    lines = (ROOT / ".dockerignore").read_text(encoding="utf-8").split("\n")
    assert "*" in lines
    for line in lines:
        assert not line.startswith("!") or (ROOT / line[1:]).exists(), line


@WORKFLOWS
def test_each_job_is_bounded_and_asks_for_what_it_needs(path: Path) -> None:
    workflow = load(path)
    assert workflow["permissions"] == {}, "permissions are given to jobs, none to all of them"
    for name, job in workflow["jobs"].items():
        assert job["timeout-minutes"] <= 20, name
        assert job["permissions"], name
        assert job["concurrency"]["group"], name
        assert "write-all" not in str(job["permissions"])


@WORKFLOWS
def test_each_permission_has_its_reason(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        if re.match(r" {6}[a-z-]+: (read|write)\b", line):
            assert " # " in line, line


@WORKFLOWS
def test_only_a_push_cancels_a_review(path: Path) -> None:
    workflow = load(path)
    for job in workflow["jobs"].values():
        cancels = job["concurrency"].get("cancel-in-progress")
        if job["concurrency"]["group"].startswith("reviewbot-"):
            assert cancels in {None, "${{ github.event.action == 'synchronize' }}"}
        if "queue" in job["concurrency"]:
            assert cancels is None, "GitHub refuses the two together"


@WORKFLOWS
def test_what_is_used_is_pinned_or_our_own(path: Path) -> None:
    for uses in [step["uses"] for step in steps(path) if "uses" in step]:
        assert uses in {OURS, "./"} or re.fullmatch(r"[\w.-]+/[\w./-]+@[0-9a-f]{40}", uses), uses


@WORKFLOWS
def test_pins_say_which_version_they_are(path: Path) -> None:
    for line in path.read_text(encoding="utf-8").splitlines():
        if re.search(r"@[0-9a-f]{40}", line):
            assert re.search(r"@[0-9a-f]{40} # v\d+\.\d+\.\d+$", line), line


@WORKFLOWS
def test_a_shell_gets_values_by_its_environment_only(path: Path) -> None:
    for step in steps(path):
        assert "${{" not in step.get("run", ""), step


@WORKFLOWS
def test_no_checkout_keeps_its_token(path: Path) -> None:
    for step in steps(path):
        if step.get("uses", "").startswith("actions/checkout@"):
            assert step["with"]["persist-credentials"] is False


@EACH_EXAMPLE
def test_an_example_says_first_when_to_use_it(path: Path) -> None:
    assert path.read_text(encoding="utf-8").startswith("# ")


@EACH_EXAMPLE
def test_an_example_uses_the_action_once_and_checks_nothing_out(path: Path) -> None:
    # Under pull_request_target a checkout of the head would be an invitation; elsewhere none is needed.
    used = [step.get("uses", "").partition("@")[0] for step in steps(path)]
    assert used.count(OURS.partition("@")[0]) == 1
    assert "actions/checkout" not in used
    # What lists the pull requests uses nobody's action.
    assert [uses for uses in used if uses] == [OURS.partition("@")[0]] or path.stem in PAIR


@EACH_EXAMPLE
def test_an_example_sets_only_inputs_that_exist(path: Path) -> None:
    for step in steps(path):
        if step.get("uses") == OURS:
            # A runner takes the two others for any Docker action.
            assert set(step.get("with", {})) <= {*ACTION["inputs"], "entrypoint", "args"}


@EACH_EXAMPLE
def test_an_example_asks_for_no_more_than_it_needs(path: Path) -> None:
    more = {"actions": "read"} if path.stem == "post-forks" else {}
    for name, job in load(path)["jobs"].items():
        if name == "list":
            assert job["permissions"] == {"pull-requests": "read"}
            continue
        assert job["permissions"] == {"contents": "read", "pull-requests": "write", **more}


def test_the_pair_for_forks_fits_together() -> None:
    review, post = (load(ROOT / "docs" / "workflows" / f"{name}.yml") for name in PAIR)
    assert post["on"] == {"workflow_run": {"workflows": [review["name"]], "types": ["completed"]}}
    upload = review["jobs"]["review"]["steps"][-1]["with"]
    _, download, ours = post["jobs"]["post"]["steps"]
    assert download["with"]["name"] == upload["name"]
    saved = f"{download['with']['path']}/{upload['path']}"
    assert ours["with"]["entrypoint"] == "reviewbot"
    assert ours["with"]["args"].startswith(f"post {saved} --pr ")
    assert upload["path"] == REVIEW_FILE


@WORKFLOWS
def test_comments_start_a_job_only_where_they_are_commands_of_people(path: Path) -> None:
    workflow = load(path)
    for job in workflow["jobs"].values():
        if not job["concurrency"]["group"].startswith("reviewbot-command-"):
            continue
        condition = " ".join(job["if"].split())
        assert "(github.event.issue.pull_request || github.event.pull_request) &&" in condition
        assert "github.event.comment.user.type != 'Bot'" in condition
        assert "startsWith(github.event.comment.body, '/review')" in condition
        assert load(path)["on"]["issue_comment"] == {"types": ["created"]}


@WORKFLOWS
def test_pushes_are_reviewed_whenever_there_is_something_new(path: Path) -> None:
    on = load(path)["on"]
    for event in {"pull_request", "pull_request_target"} & set(on):
        if any(reviews_pushes(job, on) for job in load(path)["jobs"].values()):
            assert on[event]["types"] == ["opened", "synchronize", "reopened", "ready_for_review"]


def test_the_workflow_in_the_quick_start_is_the_example_in_short() -> None:
    page = (ROOT / "docs" / "index.md").read_text(encoding="utf-8")
    (block,) = re.findall(r"```yaml\n(name: review\n.*?)```", page, re.DOTALL)
    short = yaml.load(block, _Loader)  # noqa: S506 - a SafeLoader
    whole = load(ROOT / "docs" / "workflows" / "same-repository.yml")
    job = whole["jobs"]["review"]
    del job["timeout-minutes"], job["concurrency"]
    assert short == whole


def test_every_kind_of_repository_has_its_example() -> None:
    names = {path.stem for path in EXAMPLES}
    assert names >= {
        *("same-repository", "public-with-forks", "comment-trigger", "monorepo-two-agents", "manual", *PAIR),
        *("organisation", "back-fill"),
    }
