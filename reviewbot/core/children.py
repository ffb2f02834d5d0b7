"""Programs that we start, git and ruff: what they are told of our environment, who they are, for how long they may run.

What is handed on is named here; all else stays with us. So no child knows a key or a token, whatever it may be brought
to do, and no variable of the caller's (``GIT_DIR``, ``RUFF_CONFIG``) decides what a child looks at.

In the image we are root, since the runner's files belong to a user that nobody knows beforehand. Children are somebody
else there, who may read what everybody may and write nothing; nor look into our own process, which has the keys.
"""

from __future__ import annotations

import errno
import os
import subprocess
import sys
from contextlib import contextmanager
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

from reviewbot.core.deadline import NEVER, Deadline

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

# Who children are where we are root and there is such a user: the image has it for them.
USER = "reviewbot"
# Where programs are and what they need to start, where the user's own files are, and where temporary ones belong.
HANDED_ON = (
    *("PATH", "LD_LIBRARY_PATH", "SYSTEMROOT"),
    *("HOME", "USERPROFILE", "XDG_CONFIG_HOME"),
    *("TMPDIR", "TMP", "TEMP"),
    "SUDO_UID",  # who owns what root looks at
)
# Messages are understood only in the language they were written in.
ALWAYS = {"LC_ALL": "C.UTF-8", "LANGUAGE": "C"}

_RUNNING: set[subprocess.Popen[bytes]] = set()
# The last one holds: when the run has to be done that all threads work for.
_UNTIL = [NEVER]


def run(
    command: Sequence[str],
    seconds: float,
    *,
    stdin: bytes = b"",
    also: Mapping[str, str] | None = None,
    as_ourselves: bool = False,
) -> subprocess.CompletedProcess[bytes]:
    """Run a program to its end, and give its exit code and what it prints.

    Args:
        command: The program and its arguments; no shell reads them.
        seconds: How long it may take.
        stdin: What it reads; it never gets our own standard input.
        also: Variables that it gets besides.
        as_ourselves: Whether it may do all that we may, also where we are root.

    Raises:
        FileNotFoundError: There is no such program.
        TimeoutError: It took longer, or than the run may, and was ended.
        OSError: It cannot be started.
    """
    left = _UNTIL[-1].left
    if left is not None:
        if left <= 0:
            raise TimeoutError("the time of the run is over")
        seconds = min(seconds, left)
    environment = {name: os.environ[name] for name in HANDED_ON if name in os.environ}
    environment |= {**ALWAYS, **(also or {})}
    pipe = subprocess.PIPE
    line, folder = list(command), None
    path = os.environ.get("PATH", "")
    if os.name != "posix":
        line[0] = found(line[0], path, ".exe")
    elif not as_ourselves and (lesser := _lesser(USER)):
        # Our working directory may be ours alone.
        line, folder = [*lesser.starter, found(line[0], path), *line[1:]], "/"
    with subprocess.Popen(line, stdin=pipe, stdout=pipe, stderr=pipe, env=environment, cwd=folder) as child:  # noqa: S603 - arguments are a list
        _RUNNING.add(child)
        try:
            stdout, stderr = child.communicate(stdin, timeout=seconds)
        except subprocess.TimeoutExpired as error:
            raise TimeoutError(f"it did not end within {seconds:.3g} seconds, and was stopped") from error
        finally:
            child.kill()  # nothing where it has ended
            _RUNNING.discard(child)
    return subprocess.CompletedProcess(command, child.returncode, stdout, stderr)


class _Lesser(NamedTuple):
    group: int
    starter: tuple[str, ...]


def differ() -> bool:
    """Tell whether children are somebody else than we are."""
    return _lesser(USER) is not None


def admit(folder: Path) -> None:
    """Let children look into a temporary folder, which is ours alone until then; they cannot change it."""
    if lesser := _lesser(USER):
        os.chown(folder, -1, lesser.group)
        folder.chmod(0o750)


def can_read(*paths: Path) -> bool:
    """Tell whether children can read all that is in some folders, and what links there lead to."""
    if not differ():
        return True  # as well as we can
    closed = ("(", "!", "-readable", "-o", "-type", "d", "!", "-executable", ")")
    try:
        done = run(["find", "-L", *map(str, paths), *closed, "-print", "-quit"], 60.0)
    except OSError:
        return False
    return not (done.returncode or done.stdout)


@cache
def _lesser(name: str) -> _Lesser | None:
    """Say how programs are started as a user; None where we are not root, or there is no such user."""
    if sys.platform == "win32" or os.geteuid():
        return None
    import pwd

    try:
        user = pwd.getpwnam(name)
    except KeyError:
        return None
    # Python's own way copies the tables of our memory for each start, which takes ten times as long.
    ids = (f"--reuid={user.pw_uid}", f"--regid={user.pw_gid}", "--clear-groups")
    starter = ("setpriv", *ids, "--no-new-privs", "--inh-caps=-all", "--bounding-set=-all", "--")
    try:
        subprocess.run([*starter, "true"], check=True, capture_output=True)  # noqa: S603 - arguments are a list
    except (OSError, subprocess.CalledProcessError) as error:
        # A container may be without the right to, or without other users.
        from reviewbot.core.logs import get_logger

        get_logger().warning("programs are started as root", reason=str(error))
        return None
    return _Lesser(user.pw_gid, starter)


def found(name: str, path: str, ending: str = "") -> str:
    """Find a program. Left to itself, Windows looks first into the current folder, and a checkout may have a git.exe.

    Args:
        name: Its name, or where it is.
        path: Folders to look into, as the environment has them; such as are not absolute are passed over.
        ending: How its file's name ends.

    Raises:
        FileNotFoundError: It is in none of them.
    """
    if Path(name).is_absolute():
        return name
    folders = (Path(folder) for folder in path.split(os.pathsep))
    files = (folder / f"{name}{ending}" for folder in folders if folder.is_absolute())
    file = next((file for file in files if file.is_file()), None)
    if file is None:
        raise FileNotFoundError(errno.ENOENT, "not on the PATH", name)
    return str(file)


@contextmanager
def until(deadline: Deadline) -> Iterator[None]:
    """Let no program run longer than the run itself may, whoever starts it."""
    _UNTIL.append(deadline)
    try:
        yield
    finally:
        _UNTIL.pop()


def end() -> None:
    """End all that are running, also those that other threads wait for: the program itself is about to end."""
    for child in tuple(_RUNNING):
        child.kill()
