"""Where what the program is made of comes from: locked by hashes, renewed by Dependabot, and audited."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from reviewbot.core import children

ROOT = Path(__file__).parents[1]
LOCKS = sorted([*ROOT.glob("requirements*.txt"), *(ROOT / ".ci").glob("requirements*.txt")])
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
UPDATES: dict[str, dict[str, Any]] = {
    update["package-ecosystem"]: update
    for update in yaml.safe_load((ROOT / ".github" / "dependabot.yml").read_text(encoding="utf-8"))["updates"]
}


def folders(ecosystem: str) -> list[Path]:
    update = UPDATES[ecosystem]
    return [ROOT / name.strip("/") for name in update.get("directories", [update.get("directory")])]


@pytest.mark.parametrize("lock", LOCKS, ids=lambda lock: lock.name)
def test_whatever_is_installed_is_one_version_with_its_hashes(lock: Path) -> None:
    entries = lock.read_text(encoding="utf-8").replace("\\\n", "").splitlines()
    assert entries
    for entry in entries:
        assert re.fullmatch(r"[\w.-]+==[\w.]+( ; [^;]+?)?( +--hash=sha256:[0-9a-f]{64})+", entry), entry[:80]


def test_nothing_is_installed_without_its_hashes_but_the_project_itself() -> None:
    scripts = [path for path in (ROOT / ".ci").iterdir() if path.is_file() and path.read_bytes()[:2] == b"#!"]
    files = [*scripts, *WORKFLOWS, ROOT / "Makefile", ROOT / "Dockerfile", ROOT / "composite" / "action.yml"]
    found = 0
    for file in files:
        for line in file.read_text(encoding="utf-8").replace("\\\n", " ").splitlines():
            if re.search(r"\bpip\b(?! compile).* install\b", line) and not line.lstrip().startswith("#"):
                assert "--require-hashes" in line or "--no-deps" in line, (file.name, line)
                found += 1
    assert found > 10


def test_every_lock_is_made_by_one_target_or_renewed_by_dependabot() -> None:
    made = set(re.findall(r"-o (requirements[\w-]*\.txt)", MAKEFILE))
    assert made == {lock.name for lock in LOCKS if lock.parent == ROOT}
    assert {lock.parent for lock in LOCKS} == set(folders("pip"))


def test_dependabot_sees_what_there_is_and_waits_a_week() -> None:
    assert UPDATES.keys() == {"docker", "github-actions", "pip"}
    for update in UPDATES.values():
        assert update["schedule"] == {"interval": "weekly"}
        assert update["cooldown"] == {"default-days": 7}
    assert set(folders("github-actions")) == {ROOT, ROOT / "composite"}
    # It reads no arguments, so the base image stands in the line.
    (dockerfile,) = (folder / "Dockerfile" for folder in folders("docker"))
    named = re.findall(r"^FROM (\S+)", dockerfile.read_text(encoding="utf-8"), re.MULTILINE)
    assert [name for name in named if name != "base"] == ["python:3.12-slim"]


def test_all_locks_are_asked_about_each_week_and_when_they_change_and_by_no_change_of_code() -> None:
    workflow = yaml.safe_load((ROOT / ".github" / "workflows" / "audit.yml").read_text(encoding="utf-8"))
    on = workflow[True]  # YAML 1.1 has `on` for a boolean
    assert re.fullmatch(r"\d+ \d+ \* \* \d", on["schedule"][0]["cron"])
    assert (
        on["push"]["paths"]
        == on["pull_request"]["paths"]
        == ["**/requirements*.txt", "Makefile", on["push"]["paths"][2]]
    )
    (job,) = workflow["jobs"].values()
    assert [step["run"] for step in job["steps"] if "run" in step] == ["make audit"]
    (recipe,) = re.findall(r"^audit:.*\n((?:\t.*\n)+)", MAKEFILE, re.MULTILINE)
    (globs,) = re.findall(r"for lock in (.*?);", recipe)
    assert {path for glob in globs.split() for path in ROOT.glob(glob)} == set(LOCKS)
    assert "--strict" in recipe
    assert "|| code=1" in recipe
    assert "exit $$code" in recipe
    assert "audit" not in (ROOT / ".ci" / "run").read_text(encoding="utf-8")


def test_the_image_has_the_user_that_programs_run_as_and_starts_as_root() -> None:
    text = (ROOT / "Dockerfile").read_text(encoding="utf-8")
    (user,) = re.findall(r"^RUN useradd (.*)$", text, re.MULTILINE)
    assert user.split()[-1] == children.USER
    assert {"--system", "--no-create-home", "/usr/sbin/nologin"} <= set(user.split())
    assert not re.search(r"^USER ", text, re.MULTILINE), "children.py is written for root"
