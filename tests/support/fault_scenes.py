"""What the program runs on while something fails: a pull request on the stand-in for GitHub, or somebody's laptop."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from abc import ABC, abstractmethod
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Self

import program
from fakeclaude import Ask, Call, FakeClaude, Say
from gitrepo import GitRepo
from judging import asks_refutation, found, stands
from pullrequests import API, APPROVE, AREAS, FAST, SLOW, UNSAFE, PullRequest, service
from reporting import Reviewer

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from program import Ended

FOUND = found('area.status = "approved"', AREAS, item="correct-behaviour")
# What is read of another module is not in the change, so it has to be asked for.
NOTES = "docs/notes.md"
CLOSING = "from app.services.areas import AreasService\n\n\ndef close(db):\n    AreasService().approve(db, 1)\n"
OTHERS = {f"{API}/others/o{n}.py": f"value = {n}\n" for n in range(400)}


@dataclass(frozen=True)
class Ran:
    """A run: its exit code, and all that people or other steps can read of it."""

    code: int
    said: str


class Scene(ABC):
    """Where the program runs, as often as one likes.

    Args:
        folder: All that it writes is in there.
    """

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        folder.mkdir(parents=True, exist_ok=True)
        # Who asks for a look, which is when the tools of the model begin.
        self.looking = False
        # How often something failed as it was meant to: what never did shows nothing.
        self.met = 0
        self.claude: FakeClaude | None = None
        self.secrets: list[str] = []
        self._held = ExitStack()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._held.close()

    def with_model(self, script: Callable[[Ask], Say]) -> None:
        """Let the stand-in for Claude answer."""
        self.claude = self._held.enter_context(FakeClaude(script))
        self.secrets.append(self.claude.key)

    @property
    def model(self) -> dict[str, str]:
        """What the program's environment says of the model."""
        if self.claude is None:
            return {}
        return {"ANTHROPIC_API_KEY": self.claude.key, "ANTHROPIC_BASE_URL": self.claude.url}

    @abstractmethod
    def prepared(self, timeout: str) -> tuple[tuple[str, ...], dict[str, str], Path]:
        """Give the arguments of a run, its environment, and where it runs."""

    @abstractmethod
    def posted(self) -> int:
        """Tell how many comments on lines there are; 0 where nothing is posted."""

    @abstractmethod
    def stands(self) -> Any:
        """Give what is there now, for people: it is the same whatever went wrong before the last run."""

    def twice(self) -> list[str]:
        """Name what stands there twice."""
        return []

    def kept(self) -> str | None:
        """Give what is in the file that a run writes anew; None where there is none."""
        return None

    def run(self, timeout: str = "", *, process: bool = False, **streams: Any) -> Ran:
        """Run the program to its end; as a process where only that shows it, its streams as they are given."""
        arguments, environment, cwd = self.prepared(timeout)
        if streams:
            return self.finished(self.started(arguments, environment, cwd, **streams), environment)
        run = program.as_process if process else program.inside
        ended: Ended = run(*arguments, cwd=cwd, environment=environment)
        return Ran(ended.code, ended.stdout + ended.stderr + self._files(environment))

    def begun(self, timeout: str = "") -> tuple[subprocess.Popen[str], dict[str, str]]:
        """Start the program as a process; give it and its environment."""
        arguments, environment, cwd = self.prepared(timeout)
        return self.started(arguments, environment, cwd), environment

    @staticmethod
    def started(
        arguments: tuple[str, ...], environment: Mapping[str, str], cwd: Path, **streams: Any
    ) -> subprocess.Popen[str]:
        """Start the program."""
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, **streams}
        command = [sys.executable, "-m", "reviewbot", *arguments]
        given = {**environment, "PYTHONPATH": str(program.TOP)}
        return subprocess.Popen(command, env=given, cwd=cwd, text=True, **pipes)

    def finished(self, process: subprocess.Popen[str], environment: Mapping[str, str]) -> Ran:
        """Wait for a run."""
        out, err = process.communicate(timeout=60)
        return Ran(process.returncode, (out or "") + (err or "") + self._files(environment))

    @staticmethod
    def _files(environment: Mapping[str, str]) -> str:
        files = [Path(environment.get(name, "/nowhere")) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")]
        return "".join(file.read_text(encoding="utf-8") for file in files if file.is_file())


class OnGitHub(Scene):
    """The Action on a pull request.

    Args:
        folder: All that it writes is in there.
        after: What the pull request changes.
        before: What stands on the base branch besides.
        checkout: Whether the workspace has the repository, with its history.
    """

    def __init__(
        self,
        folder: Path,
        after: Mapping[str, str],
        before: Mapping[str, str] | None = None,
        *,
        checkout: bool = False,
    ) -> None:
        super().__init__(folder)
        self.pull = PullRequest(folder, after, before)
        self._held.enter_context(self.pull)
        self._checkout = checkout
        self.token = self.pull.token()
        self.secrets.append(self.token)

    def prepared(self, timeout: str) -> tuple[tuple[str, ...], dict[str, str], Path]:
        """Give what a runner gives."""
        payload = self.pull.fake.event("pull_request", "synchronize", self.pull.number)
        inputs = {"timeout": timeout} if timeout else {}
        environment = {
            **self.pull.environment("pull_request", payload, self.token, **inputs),
            **self.model,
            "GITHUB_RUN_ID": "7",
        }
        workspace = Path(environment["GITHUB_WORKSPACE"])
        if self._checkout:
            subprocess.run(["git", "clone", "-q", self.pull.repo.folder, workspace], check=True, capture_output=True)
            environment["GITHUB_WORKSPACE"] = str(workspace)
        return ("action",), environment, workspace

    def posted(self) -> int:
        """Count the threads."""
        return len(self.pull.seen()["threads"])

    def stands(self) -> Any:
        """Give the comments."""
        assert self.pull.fake.violations == []
        return self.pull.seen()

    def twice(self) -> list[str]:
        """Name findings with two comments, and summaries besides the first."""
        text = json.dumps(self.pull.seen())
        prints = [thread["comments"][0]["body"].partition("\n")[0] for thread in self.pull.seen()["threads"]]
        summaries = text.count("<!-- reviewbot:1 summary")
        return sorted({one for one in prints if prints.count(one) > 1}) + ["the summary"] * (summaries > 1)


class OnLaptop(Scene):
    """A command in a repository.

    Args:
        folder: All that it writes is in there.
        arguments: The command.
        written: The file that it writes, which is there already; none where it prints.
    """

    def __init__(self, folder: Path, *arguments: str, written: str = "") -> None:
        super().__init__(folder)
        self._arguments = arguments
        self._before = service("areas", FAST)
        repo = GitRepo(folder / "repo")
        repo.commit({AREAS: self._before, "apps/api/pyproject.toml": '[project]\nname = "api"\n'})
        repo.git("checkout", "-q", "-b", "feature")
        repo.commit({AREAS: service("areas", SLOW, UNSAFE, APPROVE)})
        repo.write({".reviewbot.yml": "agent: sinag\n"})
        self.repo = repo
        self.written = repo.folder / written if written else None
        self._last = ""

    def prepared(self, timeout: str) -> tuple[tuple[str, ...], dict[str, str], Path]:
        """Give what a shell gives."""
        environment = {"PATH": os.environ["PATH"], "HOME": str(self.folder), **self.model}
        more = ("--timeout", timeout) if timeout else ()
        return (*self._arguments, *more), environment, self.repo.folder

    def run(self, timeout: str = "", *, process: bool = False, **streams: Any) -> Ran:
        """Run, and keep what was said last."""
        ran = super().run(timeout, process=process, **streams)
        self._last = ran.said
        return ran

    def posted(self) -> int:
        """Give 0: nothing is posted."""
        return 0

    def kept(self) -> str | None:
        """Give what is in the file that is written."""
        return self.written.read_text(encoding="utf-8") if self.written and self.written.exists() else None

    def stands(self) -> Any:
        """Give what was written or said last, without what differs each time."""
        text = self.written.read_text(encoding="utf-8") if self.written is not None else self._last
        if '"verdict"' not in text:
            return text
        review = json.loads(text[text.index("{\n") : text.rindex("\n}") + 2])
        return {name: review[name] for name in ("verdict", "findings", "failures")}


def _looking(scene: Scene) -> Callable[[Ask], Say]:
    """Give a script that looks at a file beside the change before it answers."""
    reports = Reviewer(FOUND)

    def says(ask: Ask) -> Say:
        if asks_refutation(ask):
            return stands(ask)
        if ask.turns == 0:
            scene.looking = True
            return Say(None, calls=(Call("read_file", {"path": NOTES}), Call("find_references", {"name": "approve"})))
        return reports(ask)

    return says


def pull_request(folder: Path) -> Scene:
    """Give a pull request with two findings of the checks."""
    return OnGitHub(folder, {AREAS: service("areas", SLOW, UNSAFE)})


def checkout(folder: Path) -> Scene:
    """Give the same with a checkout that has the history."""
    return OnGitHub(folder, {AREAS: service("areas", SLOW, UNSAFE)}, checkout=True)


def without_patch(folder: Path) -> Scene:
    """Give the same on a GitHub that leaves out the differences, so that git has to make them."""
    scene = OnGitHub(
        folder,
        {".gitattributes": "*.py -diff\n", AREAS: service("areas", SLOW, UNSAFE)},
        {AREAS: service("areas", FAST)},
    )
    (scene.pull.repo.folder / ".git/info").mkdir(exist_ok=True)
    (scene.pull.repo.folder / ".git/info/attributes").write_text("*.py -diff\n")
    return scene


def model(folder: Path) -> Scene:
    """Give a pull request with a finding of the model's."""
    scene = OnGitHub(folder, {AREAS: service("areas", FAST, APPROVE)})
    scene.with_model(Reviewer(FOUND))
    return scene


def looking(folder: Path) -> Scene:
    """Give one in which the model looks at another file of the repository first."""
    scene = OnGitHub(
        folder, {AREAS: service("areas", FAST, APPROVE)}, {f"{API}/closing.py": CLOSING, NOTES: "# Notes\n"}
    )
    scene.with_model(_looking(scene))
    return scene


def archived(folder: Path) -> Scene:
    """Give one with so many files that a search needs the archive."""
    before = {f"{API}/closing.py": CLOSING, NOTES: "# Notes\n", **OTHERS}
    scene = OnGitHub(folder, {AREAS: service("areas", FAST, APPROVE)}, before)
    scene.with_model(_looking(scene))
    return scene


def branch(folder: Path) -> Scene:
    """Give a branch that is reviewed on a laptop."""
    return OnLaptop(folder, "review", "--base", "main", "--engine", "checks", "--format", "json")


def output(folder: Path) -> Scene:
    """Give one whose review goes into a file."""
    arguments = ("review", "--base", "main", "--engine", "checks", "--output", "out.json")
    return OnLaptop(folder, *arguments, written="out.json")


def baseline(folder: Path) -> Scene:
    """Give a repository with a baseline, which is made anew."""
    scene = OnLaptop(folder, "baseline", written=".reviewbot-baseline.json")
    scene.run()
    scene.repo.write({f"{API}/services/other.py": service("other", SLOW)})
    return scene


def recording(folder: Path) -> Scene:
    """Give a branch that is reviewed with a model whose answers are kept."""
    scene = OnLaptop(folder, "review", "--base", "main", "--record", "tape", "--format", "json")
    scene.with_model(Reviewer(FOUND))
    return scene


SCENES: dict[str, Callable[[Path], Scene]] = {
    "a pull request": pull_request,
    "a checkout": checkout,
    "no patches": without_patch,
    "a model": model,
    "a model that looks": looking,
    "an archive": archived,
    "a branch": branch,
    "an output": output,
    "a baseline": baseline,
    "a recording": recording,
}
