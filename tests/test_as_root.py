"""Where we are root, as in the image, what we start is somebody else; tried with real processes, by root alone."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import tempfile
from collections import defaultdict
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from builders import changed
from gitrepo import GitRepo
from ruff import find_ruff_bin  # type: ignore[import-untyped]  # it ships no annotations

from reviewbot.changes import git
from reviewbot.checks import catalog, ruff
from reviewbot.core import children
from reviewbot.core.change import FileKind
from reviewbot.core.errors import EngineError

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parents[1]
CANNOT = not hasattr(os, "geteuid") or os.geteuid() != 0 or shutil.which("setpriv") is None
pytestmark = pytest.mark.skipif(CANNOT, reason="only root can be somebody else, and it takes setpriv")

BEFORE = "import time\n\n\nasync def wait():\n    pass\n"
AFTER = "import time\n\n\nasync def wait():\n    time.sleep(1)\n"
COMMANDS = {
    "cat-file",
    "check",
    "config",
    "diff",
    "log",
    "ls-files",
    "ls-tree",
    "merge-base",
    "rev-parse",
    "write-tree",
}
RULES = [rule for rule in catalog.load().rules if rule.codes]


@pytest.fixture
def nobody(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have programs run as a user that every machine has."""
    monkeypatch.setattr(children, "USER", "nobody")


@pytest.fixture
def public() -> Iterator[Path]:
    """Give a folder that everybody may look into, which those of pytest are not."""
    with tempfile.TemporaryDirectory() as folder:
        Path(folder).chmod(0o755)
        yield Path(folder)


@pytest.fixture
def started(public: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Put programs in place of git and ruff that note who they are, and for what, before they go on."""
    noted, tools = public / "noted", public / "tools"
    noted.touch()
    noted.chmod(0o666)
    tools.mkdir()
    shutil.copy(find_ruff_bin(), tools / "real-ruff")
    for name, real in (("git", shutil.which("git")), ("ruff", tools / "real-ruff")):
        (tools / name).write_text(f'#!/bin/sh\necho "$(id -u) $*" >>{noted}\nexec {real} "$@"\n')
        (tools / name).chmod(0o755)
    monkeypatch.setenv("PATH", str(tools), prepend=os.pathsep)
    monkeypatch.setattr(ruff, "find_ruff_bin", lambda: str(tools / "ruff"))
    return noted


def repository(folder: Path) -> Path:
    repo = GitRepo(folder)
    repo.commit({"app/a.py": BEFORE, "app/b.py": "b = 1\n"})
    repo.commit({"app/a.py": AFTER})
    return folder


def said(*command: str, as_ourselves: bool = False) -> str:
    return children.run(command, 10.0, as_ourselves=as_ourselves).stdout.decode()


def reviewed(folder: Path) -> tuple[object, ...]:
    """Read whatever of a repository is read by its objects, and lint it."""
    change = git.read(folder, "HEAD~1")
    assert change.base_tree is not None
    linted = ruff.run(RULES, change.files)
    assert linted.drafts["blocking-call-in-async"]
    return change.files, change.base_tree.read(change.base_tree.paths), linted, git.between("a\n", "b\n")


def users(noted: Path) -> dict[str, set[bool]]:
    """Give for each command that the program started (and no test did) whether it was root who ran it."""
    found = defaultdict(set)
    for line in noted.read_text(encoding="utf-8").splitlines():
        user, *words = line.split()
        if "--no-pager" in words or words[0] == "check":
            found[next(word for word in words if word in COMMANDS)].add(user == "0")
    return found


@pytest.mark.usefixtures("nobody")
def test_a_program_has_nothing_of_what_root_may(public: Path) -> None:
    (public / "ours").touch()
    ours = f"/proc/{os.getpid()}/environ"  # the keys, which no program is told
    assert said("id", "-u", as_ourselves=True) == "0\n"
    assert said("cat", ours, as_ourselves=True)
    assert said("id", "-u").strip() not in {"", "0"}
    assert len(said("id", "-G").split()) == 1
    status = [line.split() for line in said("cat", "/proc/self/status").splitlines()]
    assert {words[1].strip("0") for words in status if words[0].startswith("Cap")} == {""}
    assert ["NoNewPrivs:", "1"] in status, "a program that is root's whoever starts it would be root"
    assert said("cat", ours) == ""
    assert children.run(["kill", "-0", str(os.getpid())], 10.0).returncode
    for command in (f"echo x >>{public}/ours", f"echo x >{public}/new", f"rm -f {public}/ours"):
        assert children.run(["sh", "-c", command], 10.0).returncode, command
    assert said("sh", "-c", "pwd") == "/\n"


@pytest.mark.usefixtures("nobody")
def test_a_program_that_is_not_there_or_takes_too_long_is_said_to_be_so() -> None:
    with pytest.raises(FileNotFoundError):
        children.run(["no-such-program"], 10.0)
    with pytest.raises(TimeoutError):
        children.run(["sleep", "60"], 0.2)
    assert children.run(["sh", "-c", "kill -SEGV $$"], 10.0).returncode == -signal.SIGSEGV


@pytest.mark.usefixtures("nobody")
def test_what_programs_are_let_into_they_cannot_change() -> None:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder, "a.py")
        file.write_text("x")
        assert not children.can_read(Path(folder))
        children.admit(Path(folder))
        assert children.can_read(Path(folder))
        assert said("cat", str(file)) == "x"
        assert children.run(["rm", "-f", str(file)], 10.0).returncode
        file.chmod(0o600)
        assert not children.can_read(Path(folder))


@pytest.mark.usefixtures("nobody")
def test_objects_and_code_are_read_by_somebody_else(
    public: Path, started: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    reviewed(repository(public / "repo"))
    by_root = {command: who for command, who in users(started).items() if True in who}
    # rev-parse: where the repository is; what a branch is, which is asked of objects, is not asked as root.
    assert by_root == {"rev-parse": {True, False}, "config": {True}}
    assert users(started).keys() >= {"diff", "cat-file", "ls-tree", "log", "merge-base", "check"}
    assert "as root" not in "".join(capsys.readouterr())


@pytest.mark.usefixtures("nobody")
@pytest.mark.parametrize("closed", ["its folder", "one object", "a folder of objects", "what is elsewhere"])
def test_what_others_may_not_read_is_read_by_git_as_root_and_that_is_said(
    public: Path, started: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], closed: str
) -> None:
    folder = repository(public / "repo")
    if closed == "what is elsewhere":
        GitRepo(public).git("clone", "-q", "--shared", str(folder), str(public / "clone"))
        folder = public / "clone"
    else:
        blob = GitRepo(folder).git("rev-parse", "HEAD:app/b.py").decode().strip()
        path = folder / ".git/objects" / blob[:2] / blob[2:]
        {"its folder": folder, "one object": path, "a folder of objects": path.parent}[closed].chmod(0o700)
    found = reviewed(folder)
    assert users(started)["cat-file"] == {True}
    assert users(started)["check"] == {False}, "ruff reads nothing of the repository"
    assert "git reads as root what others may not" in capsys.readouterr().err
    monkeypatch.setattr(children, "USER", "no-such-user")
    assert reviewed(folder) == found


@pytest.mark.usefixtures("nobody")
def test_files_of_a_work_tree_are_seen_by_git_as_ourselves(public: Path, started: Path) -> None:
    folder = repository(public / "repo")
    for name in ("app/a.py", "closed/new.py"):
        (folder / name).parent.mkdir(mode=0o700, exist_ok=True)
        (folder / name).write_text("z = 1\n")
    assert {file.path for file in git.read(folder).files} == {"app/a.py", "closed/new.py"}
    assert users(started)["ls-files"] == {True}
    GitRepo(folder).git("add", "--all")
    assert {file.path for file in git.staged(folder).files} == {"app/a.py", "closed/new.py"}


@pytest.mark.usefixtures("nobody", "started")
def test_ruff_that_may_not_read_is_an_error_and_not_silent() -> None:
    mask = os.umask(0o077)
    try:
        with pytest.raises(EngineError, match="may not read the temporary folder"):
            ruff.run(RULES, [changed("a.py", kind=FileKind.ADDED, new_text=AFTER)])
    finally:
        os.umask(mask)


def test_without_such_a_user_all_is_as_it_was(public: Path, started: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(children, "USER", "no-such-user")
    reviewed(repository(public / "repo"))
    assert set().union(*users(started).values()) == {True}


def test_root_without_the_right_to_be_somebody_else_says_so_and_goes_on() -> None:
    code = "from reviewbot.core import children; children.USER = 'nobody'; print(children.run(['id', '-u'], 9).stdout)"
    bounds = ["setpriv", "--inh-caps=-setuid,-setgid", "--bounding-set=-setuid,-setgid"]
    done = subprocess.run([*bounds, sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout == "b'0\\n'\n"
    assert 'event="programs are started as root"' in done.stderr
