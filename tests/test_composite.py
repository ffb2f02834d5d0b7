"""The Action without Docker: the other one's inputs, and its steps run as by a runner, from what a release holds.

Nothing is installed here: in place of the environment that the install step makes stands the one of the tests. Where
REVIEWBOT_INSTALL is set, as in .ci/run, one of the tests installs as the step says.
"""

from __future__ import annotations

import json
import os
import re
import shutil
import stat
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml
from pullrequests import API, UNSAFE, PullRequest, service

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
ACTION: dict[str, Any] = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
COMPOSITE: dict[str, Any] = yaml.safe_load((ROOT / "composite" / "action.yml").read_text(encoding="utf-8"))
STEPS: list[dict[str, Any]] = COMPOSITE["runs"]["steps"]
FILE = f"{API}/services/areas.py"
# Makes an environment whose Python is the one of the tests, and installs nothing into it.
PYTHON = f"""#!/bin/sh
case "$*" in
  "-m venv "*) mkdir -p "$3/bin" && cp "$0" "$3/bin/python" ;;
  "-m pip "*) for last; do :; done; test -s "$last" ;;
  *) exec {sys.executable} "$@" ;;
esac
"""


@pytest.fixture
def released(tmp_path: Path) -> Path:
    """Give a folder with what the commit of a release holds."""
    workflow = (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    names = re.findall(r'--format "\$entry" HEAD ([\w. ]+) \|', workflow)[0].split()
    folder = tmp_path / "_actions" / "acme" / "bot" / "v0"
    folder.mkdir(parents=True)
    for name in names:
        if name == "composite":
            shutil.copytree(ROOT / name, folder / name)
        else:
            (folder / name).symlink_to(ROOT / name)
    return folder


@pytest.fixture
def python(tmp_path: Path) -> str:
    """Give the Python that the first step finds."""
    path = tmp_path / "python"
    path.write_text(PYTHON)
    path.chmod(path.stat().st_mode | stat.S_IEXEC)
    return str(path)


@pytest.fixture
def pull(tmp_path: Path) -> Iterator[PullRequest]:
    with PullRequest(tmp_path, {FILE: service("areas", UNSAFE)}) as pull:
        yield pull


def run(
    pull: PullRequest, released: Path, python: str, hostile: dict[str, str] | None = None, **inputs: str
) -> tuple[int, str, dict[str, str]]:
    """Run the steps on the pull request; give the exit code of the last one, its log, and the outputs."""
    payload = pull.fake.event("pull_request", "opened", pull.number)
    environment = pull.environment("pull_request", payload)
    token = environment.pop("INPUT_GITHUB-TOKEN")
    workspace = Path(environment["GITHUB_WORKSPACE"])
    for name, text in (hostile or {}).items():
        (workspace / name).parent.mkdir(parents=True, exist_ok=True)
        (workspace / name).write_text(text)
    temporary = workspace.parent / "temp dir"  # as on a runner whose user has two names
    temporary.mkdir()
    environment |= {"RUNNER_TEMP": str(temporary), "GITHUB_ACTION_PATH": str(released / "composite")}
    environment["GITHUB_SERVER_URL"] = "https://github.com"
    given = {**dict.fromkeys(COMPOSITE["inputs"], ""), "github-token": token}
    given |= {name.replace("_", "-"): value for name, value in inputs.items()}
    known = {"steps.python.outputs.python-path": python, "toJSON(inputs)": json.dumps(given, indent=2)}
    output, log = Path(environment["GITHUB_OUTPUT"]), ""
    for step in STEPS[1:]:
        wanted = {key: _filled(text, known) for key, text in step["env"].items()}
        output.write_text("")
        done = subprocess.run(
            ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]],
            env={**environment, **wanted},
            cwd=workspace,
            capture_output=True,
            text=True,
            check=False,
        )
        said = output.read_text(encoding="utf-8")
        outputs = dict(re.findall(r"^([\w-]+)=(.*)$", said, re.MULTILINE))
        outputs |= {name: value for name, _, value in re.findall(r"^([\w-]+)<<(.+)\n(.*)\n\2$", said, re.MULTILINE)}
        known |= {f"steps.{step['id']}.outputs.{name}": value for name, value in outputs.items()}
        log += done.stdout + done.stderr
        if done.returncode:
            break
    assert token not in log + str(outputs)
    return done.returncode, log, outputs


def _filled(text: str, known: dict[str, str]) -> str:
    return re.sub(r"\$\{\{ (.+?) \}\}", lambda to: known[to[1]], text)


def test_it_takes_and_gives_what_the_other_one_does() -> None:
    assert COMPOSITE["inputs"] == ACTION["inputs"]
    assert COMPOSITE["outputs"] == {
        name: {**entry, "value": f"${{{{ steps.review.outputs.{name} }}}}"} for name, entry in ACTION["outputs"].items()
    }


def test_what_is_used_is_pinned_and_what_is_installed_is_what_the_lock_names() -> None:
    first, install, _ = STEPS
    workflow = (ROOT / ".github" / "workflows" / "ci.yml").read_text(encoding="utf-8")
    assert f"uses: {first['uses']} # v" in workflow
    assert "--require-hashes --only-binary :all:" in install["run"]
    assert "${{" not in "".join(step["run"] for step in STEPS[1:])


def test_it_reviews_and_sets_the_outputs(pull: PullRequest, released: Path, python: str) -> None:
    installing = sys.executable if os.environ.get("REVIEWBOT_INSTALL") else python
    code, log, outputs = run(pull, released, installing, fail_on="never")
    assert code == 0, log
    assert outputs.keys() == ACTION["outputs"].keys()
    assert (outputs["verdict"], outputs["critical"]) == ("findings", "1")
    (thread,) = pull.seen()["threads"]
    body = thread["comments"][0]["body"]
    assert "SQL is put together" in body
    # The runner says in no variable which Action these steps are of; the folder does.
    page = "https://github.com/acme/bot/blob/v0/docs/checks/sql-built-from-strings.md"
    assert f"[`sql-built-from-strings`]({page})" in body


def test_inputs_arrive_and_bad_ones_are_named(pull: PullRequest, released: Path, python: str) -> None:
    assert run(pull, released, python, fail_on="high")[0] == 1
    code, log, _ = run(pull, released, python, fail_on="hihg")
    assert (code, "input fail-on: `hihg` is none of" in log) == (2, True)


def test_nothing_of_a_checkout_is_imported(pull: PullRequest, released: Path, python: str, tmp_path: Path) -> None:
    mark = tmp_path / "taken over"
    takes_over = f"open({str(mark)!r}, 'w')\n"
    names = ("reviewbot/__init__.py", "json.py", "sitecustomize.py", "venv.py", "pip/__init__.py", "encodings.py")
    code, log, _ = run(pull, released, python, dict.fromkeys(names, takes_over))
    assert code == 0, log
    assert not mark.exists()
