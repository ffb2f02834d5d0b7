"""A release: the tag it moves is the one that the docs name, and the commit behind it holds what users need."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest
import yaml
from gitrepo import GitRepo

from reviewbot import TAG, __version__

ROOT = Path(__file__).parent.parent
WORKFLOW: dict[str, Any] = yaml.safe_load((ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8"))
JOBS = WORKFLOW["jobs"]
DIGEST = f"sha256:{'d' * 64}"
# Notes what it is asked, and answers as far as the step needs it; KNOWN names the reference that there is.
GH = """#!/usr/bin/env bash
echo "$*" >>"$NOTED/asked"
case "$*" in
  *git/trees*) cat >"$NOTED/tree.json"; echo tree-id ;;
  *git/commits*) echo commit-id ;;
  *git/ref/tags/*) [[ "$*" == *"/$KNOWN" ]] ;;
  "release view"*) exit 1 ;;
esac
"""


DOCKER = f"""#!/bin/sh
[ "$*" = "buildx imagetools inspect $KNOWN --format {{{{json .Manifest}}}}" ] && echo '{{"digest": "{DIGEST}"}}'
"""


def tagged(tmp_path: Path, tag: str, known: str = "none") -> tuple[list[str], dict[str, dict[str, Any]]]:
    """Run the step that moves the tag; give what was asked of GitHub, and the files of the commit by path."""
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    repo = GitRepo(tmp_path / "repo")
    names = ("action.yml", "README.md", "LICENSE", "requirements.txt")
    files = {name: (ROOT / name).read_text(encoding="utf-8") for name in names}
    folders = {"reviewbot/a.py": "a = 1\n", "agents/a.md": "a\n", "composite/action.yml": "a: 1\n", "tests/a.py": "\n"}
    repo.commit({**files, **folders})
    tools, noted = tmp_path / "tools", tmp_path / "noted"
    tools.mkdir()
    noted.mkdir()
    (tools / "gh").write_text(GH)
    (tools / "gh").chmod(0o755)
    step = JOBS["tag"]["steps"][-1]
    environment = {
        "PATH": f"{tools}:{os.environ['PATH']}",
        "NOTED": str(noted),
        "KNOWN": known,
        "DIGEST": DIGEST,
        "GITHUB_REF_NAME": tag,
        "GITHUB_REPOSITORY": "Acme/Reviewbot",
        "GITHUB_SHA": "a" * 40,
        "GITHUB_STEP_SUMMARY": str(noted / "summary"),
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    subprocess.run(command, cwd=repo.folder, env=environment, check=True, capture_output=True)
    tree = json.loads((noted / "tree.json").read_text(encoding="utf-8"))["tree"]
    return (noted / "asked").read_text(encoding="utf-8").splitlines(), {entry["path"]: entry for entry in tree}


@pytest.mark.parametrize(("tag", "major"), [("v0.1.0", "v0"), ("v1.2.3", "v1"), ("v12.0.1", "v12")])
def test_the_tag_of_the_major_version_is_made(tmp_path: Path, tag: str, major: str) -> None:
    asked, _ = tagged(tmp_path, tag)
    assert f"api --silent repos/Acme/Reviewbot/git/refs -f ref=refs/tags/{major} -f sha=commit-id" in asked
    assert f"release create {tag} --verify-tag --generate-notes" in asked


def test_or_moved(tmp_path: Path) -> None:
    asked, _ = tagged(tmp_path, "v0.2.0", known="v0")
    moves = "api --silent -X PATCH repos/Acme/Reviewbot/git/refs/tags/v0 -f sha=commit-id -F force=true"
    assert moves in asked


def test_this_version_makes_the_tag_that_the_docs_name(tmp_path: Path) -> None:
    asked, _ = tagged(tmp_path, f"v{__version__}")
    assert any(f"ref=refs/tags/{TAG} " in words for words in asked)


def test_the_commit_holds_what_users_need_and_the_image_by_its_digest(tmp_path: Path) -> None:
    _, tree = tagged(tmp_path, "v0.1.0")
    used = {"action.yml", "agents", "composite", "LICENSE", "README.md", "requirements.txt", "reviewbot"}
    assert tree.keys() == used
    assert tree["action.yml"]["content"].endswith(f"  image: docker://ghcr.io/acme/reviewbot:0.1.0@{DIGEST}\n")
    assert (tree["reviewbot"]["type"], tree["reviewbot"]["mode"]) == ("tree", "040000")


def test_the_image_has_a_list_of_its_parts_and_says_how_it_was_made() -> None:
    (build,) = (step for step in JOBS["build"]["steps"] if "build-push-action" in step.get("uses", ""))
    assert (build["with"]["sbom"], build["with"]["provenance"]) == (True, "mode=max")
    for job, subject in (("publish", "subject-digest"), ("package", "subject-path")):
        (attest,) = (step for step in JOBS[job]["steps"] if "attest-build-provenance" in step.get("uses", ""))
        assert attest["with"][subject]


def ran(name: str, folder: Path, **environment: str) -> dict[str, str]:
    """Run a step by its name, with a docker that knows one image; give its outputs."""
    if shutil.which("jq") is None:
        pytest.skip("jq is not installed")
    (tools := folder / "tools").mkdir(exist_ok=True)
    (tools / "docker").write_text(DOCKER)
    (tools / "docker").chmod(0o755)
    (step,) = (step for job in JOBS.values() for step in job["steps"] if step.get("name") == name)
    (outputs := folder / "outputs").touch()
    environment |= {"PATH": f"{tools}:{os.environ['PATH']}", "GITHUB_OUTPUT": str(outputs)}
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    subprocess.run(command, cwd=folder, env=environment, check=True, capture_output=True)
    return dict(line.split("=", 1) for line in outputs.read_text(encoding="utf-8").splitlines())


def test_the_base_is_the_one_of_that_day_by_its_digest_and_the_image_says_which(tmp_path: Path) -> None:
    shutil.copy(ROOT / "Dockerfile", tmp_path)
    look = "See which base image there is today, the same for both kinds of runners"
    found = ran(look, tmp_path, KNOWN="python:3.12-slim")
    assert found == {"name": "python:3.12-slim", "digest": DIGEST}
    ran("Pin the base image", tmp_path, BASE=f"{found['name']}@{found['digest']}")
    lines = (tmp_path / "Dockerfile").read_text(encoding="utf-8").splitlines()
    bases = [line for line in lines if line.startswith("FROM ")]
    assert bases == [f"FROM python:3.12-slim@{DIGEST} AS base", "FROM base AS git", "FROM base AS builder", "FROM base"]
    with pytest.raises(subprocess.CalledProcessError):
        ran(look, tmp_path, KNOWN="another")
    build = JOBS["build"]
    names = [step.get("name", step.get("uses", "")) for step in build["steps"]]
    assert names.index("Pin the base image") < names.index(
        "Build and push, with a list of its parts and how it was made"
    )
    assert build["needs"] == "base"
    labels = next(step["with"]["labels"] for step in build["steps"] if "labels" in step.get("with", {}))
    assert "org.opencontainers.image.base.digest=${{ needs.base.outputs.digest }}\n" in labels


def test_the_list_of_parts_has_git_of_whose_package_one_file_is_taken() -> None:
    stages = (ROOT / "Dockerfile").read_text(encoding="utf-8").split("\nFROM ")
    (stage,) = (stage for stage in stages if stage.startswith("base AS git\n"))
    assert "\nARG BUILDKIT_SBOM_SCAN_STAGE=true\n" in stage
    assert "COPY --from=git /usr/bin/git " in stages[-1]


def test_the_index_trusts_the_workflow_and_no_secret_is_used() -> None:
    assert JOBS["index"]["permissions"] == {"id-token": "write"}
    assert "secrets." not in (ROOT / ".github" / "workflows" / "release.yml").read_text(encoding="utf-8")
    assert set(JOBS["index"]["needs"]) == {"package", "tag"}, "what cannot be taken back goes last"
