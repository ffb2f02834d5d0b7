"""Nothing that a repository says makes git start a program, ask another machine, or look elsewhere.

Each trap is first shown to be one: what people do every day, with their own git, springs it.
"""

from __future__ import annotations

import contextlib
import os
import shutil
import subprocess
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import pytest
from gitrepo import GitRepo, git_of_another_user
from thorough import share

from reviewbot.changes import asking, git, patch, work
from reviewbot.changes.repository import Repository
from reviewbot.checks import ruff
from reviewbot.core import children
from reviewbot.core.errors import RepositoryError

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

BEFORE = "x = 1\ny = 2\n"
AFTER = "x = 1\ny = 3\n"
PATHS = ("app/a.py", "app/b.py")

# `TRAP` stands for a program that leaves a mark.
FILTER = '[filter "evil"]\n\tclean = TRAP\n'
DRIVER = '[diff "evil"]\n\ttextconv = TRAP\n'
MISSING = ("cat-file", "-p", "HEAD~1:app/a.py")
PROMISED = {
    "core.repositoryFormatVersion": "1",
    "extensions.partialClone": "origin",
    "remote.origin.promisor": "true",
    "remote.origin.partialCloneFilter": "blob:none",
}
DIFF = ("diff",)
TOUCHED = ("status",)


@dataclass(frozen=True)
class Trap:
    """Settings, files (in the work tree), whether an object is missing, and what springs the trap."""

    sprung_by: tuple[str, ...]
    settings: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    attributes: str = ""
    promised: bool = False
    signed: str = ""
    stdin: bytes = b""


def filtered(settings: Mapping[str, str], **files: str) -> Trap:
    return Trap(DIFF, settings, {f".git/{name}": text for name, text in files.items()}, "*.py filter=evil")


def promised(**settings: str) -> Trap:
    settings = {name.replace("__", "."): value for name, value in settings.items()}
    return Trap(MISSING, {**PROMISED, **settings}, promised=True)


TRAPS = {
    "a clean filter": filtered({"filter.evil.clean": "TRAP"}),
    "a process filter": filtered({"filter.evil.process": "TRAP"}),
    "a smudge filter": Trap(
        ("cat-file", "--filters", "HEAD:app/a.py"), {"filter.evil.smudge": "TRAP"}, attributes="*.py filter=evil"
    ),
    "a filter of an included file": filtered({"include.path": "evil"}, evil=FILTER),
    "a filter included by the folder": filtered({"includeIf.gitdir:/**.path": "evil"}, evil=FILTER),
    "a filter included by the branch": filtered({"includeIf.onbranch:ma*.path": "evil"}, evil=FILTER),
    "a filter included by the remote": filtered(
        {"remote.origin.url": "x", "includeIf.hasconfig:remote.*.url:x.path": "evil"}, evil=FILTER
    ),
    "a filter included twice over": filtered({"include.path": "one"}, one="[include]\n\tpath = two\n", two=FILTER),
    "a filter of the work tree's settings": filtered(
        {"extensions.worktreeConfig": "true"}, **{"config.worktree": FILTER}
    ),
    "a filter of attributes in the git directory": Trap(
        DIFF, {"filter.evil.clean": "TRAP"}, {".git/info/attributes": "* filter=evil\n"}
    ),
    "a filter of attributes elsewhere": Trap(
        DIFF, {"filter.evil.clean": "TRAP", "core.attributesFile": ".git/hide"}, {".git/hide": "* filter=evil\n"}
    ),
    "a filter behind a macro": Trap(DIFF, {"filter.evil.clean": "TRAP"}, attributes="[attr]m filter=evil\n*.py m"),
    "a converter": Trap(DIFF, {"diff.evil.textconv": "TRAP"}, attributes="*.py diff=evil"),
    "a converter of an included file": Trap(DIFF, {"include.path": "evil"}, {".git/evil": DRIVER}, "* diff=evil"),
    "a driver's command": Trap(DIFF, {"diff.evil.command": "TRAP"}, attributes="*.py diff=evil"),
    "an external diff": Trap(DIFF, {"diff.external": "TRAP"}),
    "a merge driver": Trap(
        ("cherry-pick", "--no-commit", "side"), {"merge.evil.driver": "TRAP"}, attributes="*.py merge=evil"
    ),
    "a signature": Trap(
        ("log",), {"log.showSignature": "true", "gpg.program": "TRAP"}, signed="-----BEGIN PGP SIGNATURE-----"
    ),
    "a certificate": Trap(
        ("log",), {"log.showSignature": "true", "gpg.x509.program": "TRAP"}, signed="-----BEGIN SIGNED MESSAGE-----"
    ),
    "a monitor of files": Trap(TOUCHED, {"core.fsmonitor": "TRAP"}),
    "a hook": Trap(
        ("commit", "-m", "x", "--allow-empty"), {"core.hooksPath": ".git/evil"}, {".git/evil/pre-commit": "TRAP"}
    ),
    "a hook on the index": Trap(TOUCHED, {}, {".git/hooks/post-index-change": "TRAP"}),
    "a hook on refs": Trap(("update-ref", "refs/x", "HEAD"), {}, {".git/hooks/reference-transaction": "TRAP"}),
    "an editor": Trap(("commit", "--amend", "--allow-empty"), {"core.editor": "TRAP"}),
    "an alias": Trap(("evil",), {"alias.evil": "!TRAP", "alias.diff": "!TRAP", "alias.rev-parse": "!TRAP"}),
    "a helper for passwords": Trap(("credential", "fill"), {"credential.helper": "!TRAP"}, stdin=b"url=https://h/\n\n"),
    "a program that asks for passwords": Trap(
        ("credential", "fill"), {"core.askPass": "TRAP"}, stdin=b"url=https://h/\n\n"
    ),
    "refs of alternates": Trap(
        ("rev-list", "--alternate-refs"),
        {"core.alternateRefsCommand": "TRAP"},
        {
            ".git/objects/info/alternates": "../../.git/evil/objects\n",
            ".git/evil/objects/x": "",
            ".git/evil/refs/x": "",
        },
    ),
    "a remote that is a command": promised(remote__origin__url="ext::TRAP", protocol__ext__allow="always"),
    "a remote rewritten to a command": Trap(
        MISSING,
        {
            **PROMISED,
            "remote.origin.url": "https://h/x",
            "url.ext::TRAP .insteadOf": "https://h/",
            "protocol.allow": "always",
        },
        promised=True,
    ),
    "a program for SSH": promised(remote__origin__url="ssh://h/x", core__sshCommand="TRAP"),
    "a proxy": promised(remote__origin__url="git://h/x", core__gitProxy="TRAP"),
    "a program at the other end": promised(remote__origin__url="REPO", remote__origin__uploadpack="TRAP"),
}


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    repo = GitRepo(tmp_path / "repo")
    repo.commit({"app/a.py": BEFORE, "app/b.py": BEFORE})
    repo.git("checkout", "-q", "-b", "side")
    repo.commit({"app/b.py": AFTER})
    repo.git("checkout", "-q", "main")
    repo.commit({"app/a.py": AFTER, "app/b.py": "z = 1\n"})
    return repo


def trap_of(tmp_path: Path, ends: str = "exec cat") -> Path:
    trap = tmp_path / "trap"
    trap.write_text(f'#!/bin/sh\necho "$0 $*" >> {tmp_path / "mark"}\n{ends}\n')
    trap.chmod(0o755)
    return trap


def sign(repo: GitRepo, begin: str) -> None:
    head, _, message = repo.git("cat-file", "commit", "HEAD").decode().partition("\n\n")
    signature = f"gpgsig {begin}\n \n x\n {begin.replace('BEGIN', 'END')}"
    commit = repo.git(
        "hash-object", "-t", "commit", "-w", "--stdin", stdin=f"{head}\n{signature}\n\n{message}".encode()
    )
    repo.git("update-ref", "HEAD", commit.decode().strip())


def lay(repo: GitRepo, trap: Trap, program: Path) -> None:
    def real(text: str) -> str:
        return text.replace("TRAP", str(program)).replace("REPO", str(repo.folder))

    if trap.signed:
        sign(repo, trap.signed)
    if trap.attributes:
        repo.write({".gitattributes": f"{trap.attributes}\n"})
    if trap.promised:
        lost = repo.git("rev-parse", "HEAD~1:app/a.py").decode().strip()
        (repo.folder / ".git/objects" / lost[:2] / lost[2:]).unlink()
    for name, text in trap.files.items():
        repo.write({name: real(f"#!/bin/sh\n{text}\n" if text == "TRAP" else text)})
        if text == "TRAP":
            (repo.folder / name).chmod(0o755)
    for name, value in trap.settings.items():
        repo.git("config", real(name), real(value))
    repo.write({"app/a.py": "x = 1\ny = 4\n", "new.py": "n = 1\n"})


def as_people_do(repo: GitRepo, command: tuple[str, ...], stdin: bytes) -> None:
    """Run git with the settings of the repository."""
    repo.write({"app/b.py": "z = 2\n"})  # so that git has to look at it anew
    environment = {**os.environ, "GIT_TERMINAL_PROMPT": "0", "GIT_CONFIG_GLOBAL": "/dev/null"}
    environment |= {f"GIT_{who}_{what}": "x" for who in ("AUTHOR", "COMMITTER") for what in ("NAME", "EMAIL")}
    with contextlib.suppress(subprocess.TimeoutExpired):
        line = ["git", "-C", str(repo.folder), *command]
        subprocess.run(line, env=environment, input=stdin, capture_output=True, check=False, timeout=20)


def read_all(folder: Path, diff: bytes) -> int:
    """Read whatever can be read of a repository; give how much of it could be."""
    ways = (
        lambda: git.read(folder),
        lambda: git.read(folder, "HEAD~1"),
        lambda: git.read(folder, "main", "side"),
        lambda: work.read(folder, "side"),
        lambda: git.uncommitted(Repository(folder)),
        lambda: git.everything(folder),
        lambda: [change.files for change in git.last(folder, 3)],
        lambda: git.complete(Repository(folder), "HEAD"),
        lambda: git.default_branch(Repository(folder)),
        lambda: patch.read(diff, folder),
        lambda: patch.read_here(diff, folder),
        lambda: Repository(folder).blobs(["HEAD:app/a.py"]),
        lambda: Repository(folder).commit("HEAD~1:app/a.py", "--base"),
    )
    done = 0
    for way in ways:
        with contextlib.suppress(RepositoryError):
            read = way()
            for tree in (getattr(read, "base_tree", None), getattr(read, "head_tree", None)):
                if tree is not None:
                    tree.read(tree.paths)
            done += 1
    return done


@pytest.mark.parametrize("trap", share(TRAPS.values(), 4), ids=share(TRAPS, 4))
def test_no_program_is_started(repo: GitRepo, tmp_path: Path, trap: Trap) -> None:
    mark, diff = tmp_path / "mark", repo.git("diff", "HEAD~1", "HEAD")
    # A filter gives back what it gets; who plays another machine that way is waited for.
    lay(repo, trap, trap_of(tmp_path, "exit 1" if trap.promised else "exec cat"))
    assert read_all(repo.folder, diff) > (2 if trap.promised else 11)
    assert not mark.exists(), mark.read_text()
    as_people_do(repo, trap.sprung_by, trap.stdin)
    assert mark.exists(), "this was no trap"


# What a caller's variables may say; `ELSE` is another repository, `TRAP` a program, `MARK` a file.
VARIABLES = {
    "GIT_DIR": "ELSE/.git",
    "GIT_WORK_TREE": "ELSE",
    "GIT_COMMON_DIR": "ELSE/.git",
    "GIT_INDEX_FILE": "ELSE/.git/index",
    "GIT_OBJECT_DIRECTORY": "ELSE/.git/objects",
    "GIT_NAMESPACE": "else",
    "GIT_CEILING_DIRECTORIES": "ELSE",
    "GIT_ATTR_SOURCE": "HEAD",
    "GIT_GRAFT_FILE": "ELSE/a.py",
    "GIT_SHALLOW_FILE": "ELSE/a.py",
    "GIT_EXTERNAL_DIFF": "TRAP",
    "GIT_DIFF_OPTS": "--unified=0",
    "GIT_LITERAL_PATHSPECS": "1",
    "GIT_EXEC_PATH": "ELSE",
    "GIT_TRACE": "MARK",
    "GIT_TRACE2": "MARK",
    "GIT_CONFIG": "ELSE/.git/config",
    "GIT_CONFIG_PARAMETERS": "'diff.external'='TRAP'",
    "GIT_CONFIG_COUNT": "1",
    "GIT_CONFIG_KEY_0": "diff.external",
    "GIT_CONFIG_VALUE_0": "TRAP",
    "GIT_PAGER": "TRAP",
    "GIT_SSH_COMMAND": "TRAP",
    "GIT_ALLOW_PROTOCOL": "ext",
    "LANG": "de_DE.UTF-8",
}


def test_no_variable_of_the_caller_counts(repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    other, mark, trap = GitRepo(tmp_path / "else"), tmp_path / "mark", trap_of(tmp_path)
    other.commit({"a.py": "secret = 1\n"})
    plain = git.read(repo.folder, "HEAD~1")
    for name, value in VARIABLES.items():
        for word, real in (("ELSE", other.folder), ("TRAP", trap), ("MARK", mark)):
            value = value.replace(word, str(real))  # noqa: PLW2901
        monkeypatch.setenv(name, value)
    assert git.read(repo.folder, "HEAD~1") == plain
    assert git.everything(repo.folder).head_tree.paths == set(PATHS)  # type: ignore[union-attr]
    assert not mark.exists(), mark.read_text()
    with pytest.raises(RepositoryError, match="is not a git repository"):
        git.read(tmp_path)


def test_children_know_no_key(repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("ANTHROPIC_API_KEY", "INPUT_ANTHROPIC-API-KEY", "GITHUB_TOKEN", "GH_TOKEN", "ACTIONS_RUNTIME_TOKEN"):
        monkeypatch.setenv(name, "key-of-mine")
    seen, real = tmp_path / "seen", shutil.which("git")
    for name in ("git", "ruff"):
        program = tmp_path / "bin" / name
        program.parent.mkdir(exist_ok=True)
        program.write_text(f'#!/bin/sh\nenv >> {seen}\nexec {real if name == "git" else "true"} "$@"\n')
        program.chmod(0o755)
    monkeypatch.setenv("PATH", str(tmp_path / "bin"), prepend=os.pathsep)
    monkeypatch.setattr(ruff, "find_ruff_bin", lambda: str(tmp_path / "bin" / "ruff"))
    git.read(repo.folder, "HEAD~1")
    ruff.version()
    names = {line.partition("=")[0] for line in seen.read_text().splitlines()}
    assert "key-of-mine" not in seen.read_text()
    known = {*children.HANDED_ON, *children.ALWAYS, "PWD", "OLDPWD", "SHLVL", "_"}
    assert {name for name in names if not name.startswith("GIT_")} <= known


def test_a_repository_of_somebody_else_is_refused_as_git_does(
    repo: GitRepo, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    diff = repo.git("diff", "HEAD~1", "HEAD")
    home = tmp_path / "home"
    home.mkdir()
    monkeypatch.setenv("HOME", str(home))
    monkeypatch.setenv("PATH", git_of_another_user(tmp_path))
    refusal = f"belongs to another user.*git config --global --add safe.directory {repo.folder}"
    for way in (git.read, work.read, git.everything, lambda folder: patch.read(diff, folder)):
        with pytest.raises(RepositoryError, match=refusal):
            way(repo.folder)
    (remark,) = patch.read_here(diff, repo.folder).remarks
    assert remark.startswith("Only the diff was read")
    assert not git.complete(Repository(repo.folder), "HEAD")
    # The Action knows which folder is meant, and only that one is.
    assert git.of(Repository(repo.folder, foreign=True), "HEAD~1").files
    with pytest.raises(RepositoryError, match="belongs to another user"):
        git.of(Repository(repo.folder / "app", foreign=True), "HEAD~1")
    (home / ".gitconfig").write_text(f"[safe]\n\tdirectory = {repo.folder}\n")
    assert git.read(repo.folder, "HEAD~1").files


def test_files_are_where_the_git_directory_is(repo: GitRepo, tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    (tmp_path / "home/secret.txt").write_text("secret\n")
    for worktree in ("../../home", str(tmp_path / "home"), "/nowhere"):
        repo.git("config", "core.worktree", worktree)
        changes = git.everything(repo.folder)
        assert {file.path for file in changes.files} == set(PATHS)
        assert git.read(repo.folder).files == ()


def test_what_is_handed_on_holds_no_other_setting(repo: GitRepo, tmp_path: Path) -> None:
    mark, trap = tmp_path / "mark", trap_of(tmp_path)
    value = f'x"\n[diff]\n\texternal = {trap}\n[core] # \\'
    for name in ('branch.a"]b\\.merge', "branch.x.remote", "core.excludesFile", "core.eol", "remote.origin.fetch"):
        repo.git("config", "--add", name, value)
    repo.write({"app/a.py": BEFORE})
    neutral = Repository(repo.folder)
    listed = neutral.run("config", "--null", "--list").decode()
    assert listed.count(f"\n{value}\0") == 5
    assert "diff.external" not in listed.replace(value, "")
    assert read_all(repo.folder, b"") > 9
    assert not mark.exists()


def test_what_a_branch_follows_is_still_known(repo: GitRepo, tmp_path: Path) -> None:
    clone = tmp_path / "clone"
    repo.git("clone", "-q", str(repo.folder), str(clone))
    mine = GitRepo.copy(clone, {"app/a.py": b"mine\n"})
    mine.git("checkout", "-q", "-b", 'a"b', "--track", "origin/main")
    mine.commit()
    assert [file.path for file in git.read(clone, "@{upstream}").files] == ["app/a.py"]
    mine.git("fetch", "-q", "origin", "side")
    assert git.read(clone, "HEAD", "FETCH_HEAD").head == repo.git("rev-parse", "side").decode().strip()
    assert [file.path for file in git.read(clone, "HEAD@{1}").files] == ["app/a.py"]


@pytest.mark.parametrize(
    ("setting", "sprung_by"),
    [
        (("-C", "lib", "config", "core.fsmonitor", "TRAP"), ("status",)),
        (("config", "submodule.lib.update", "!TRAP"), ("submodule", "update")),
    ],
    ids=["its own monitor", "how it is updated"],
)
def test_submodules_start_nothing(
    repo: GitRepo, tmp_path: Path, setting: tuple[str, ...], sprung_by: tuple[str, ...]
) -> None:
    library, mark, trap = GitRepo(tmp_path / "library"), tmp_path / "mark", trap_of(tmp_path)
    library.commit({"l.py": "l\n"})
    repo.git("-c", "protocol.file.allow=always", "submodule", "--quiet", "add", str(library.folder), "lib")
    repo.commit()
    repo.git("-C", "lib", "commit", "-q", "--allow-empty", "-m", "another")
    repo.git(*(word.replace("TRAP", str(trap)) for word in setting))
    repo.write({"lib/l.py": "changed\n"})
    assert read_all(repo.folder, repo.git("diff", "HEAD~1", "HEAD", "--", "app")) > 11
    # A submodule's settings say where its files are; for whoever stands in it, that is where they are.
    assert {file.path for file in git.everything(repo.folder / "lib").files} == {"l.py"}
    assert not mark.exists(), mark.read_text()
    as_people_do(repo, sprung_by, b"")
    assert mark.exists(), "this was no trap"


def test_what_never_ends_is_stopped(repo: GitRepo, monkeypatch: pytest.MonkeyPatch) -> None:
    os.mkfifo(repo.folder / ".git/pipe")
    repo.git("config", "include.path", "pipe")
    monkeypatch.setattr(asking, "SECONDS", 0.5)
    with pytest.raises(RepositoryError, match=r"git rev-parse failed: it did not end within 0.5 seconds"):
        git.read(repo.folder)


def test_a_blob_is_asked_for_by_its_id_alone(repo: GitRepo) -> None:
    secret = repo.commit({"secret": "s\n"})
    repo.git("rm", "-q", "secret")
    repo.commit()
    blob = repo.git("rev-parse", f"{secret}:secret").decode().strip()
    repo.git("tag", "cafe", blob)
    repository = Repository(repo.folder)
    assert repository.blobs([blob, blob[:8]]) == {blob: b"s\n", blob[:8]: b"s\n"}
    names = (f"{secret}:secret", "HEAD~1:secret", "cafe", "tags/cafe", ":/change", "HEAD", "abc", f"{blob}\n{blob}", "")
    assert repository.blobs(names) == {}
    names_of_files = "diff --git a/app/a.py b/app/a.py\nINDEX\n--- a/app/a.py\n+++ b/app/a.py\n@@ -1 +1,2 @@\n s\n+t\n"
    text = names_of_files.replace("INDEX", f"index {secret}:secret..HEAD~1:secret 100644")
    changes = patch.read(text.encode(), repo.folder)
    assert (changes.files[0].old_text, changes.files[0].new_text) == (None, None)
