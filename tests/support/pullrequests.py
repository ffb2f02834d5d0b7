"""A pull request on the fake GitHub, and the program run on it as a process, as a runner would."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import threading
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import program
from fakegithub import Exchange, FakeGitHub
from gitrepo import GitRepo

Files = Mapping[str, str] | Mapping[str, str | bytes | None]
API = "apps/api/app"
AREAS = f"{API}/services/areas.py"
MANIFEST = '[project]\nname = "api"\ndependencies = ["fastapi", "sqlalchemy", "alembic", "celery", "psycopg2-binary"]\n'

APPROVE = '''
    def approve(self, db: Session, area_id: int) -> None:
        """Approve an area."""
        area = db.get(GovernanceArea, area_id)
        area.status = "approved"
        db.commit()
'''
SLOW = """
    def load(self, db: Session, ids: list[int]) -> list[GovernanceArea]:
        \"\"\"Load the governance areas of a barangay.\"\"\"
        areas = []
        for area_id in ids:
            areas.append(db.query(GovernanceArea).filter(GovernanceArea.id == area_id).first())
        return areas
"""
FAST = """
    def load(self, db: Session, ids: list[int]) -> list[GovernanceArea]:
        \"\"\"Load the governance areas of a barangay.\"\"\"
        return db.query(GovernanceArea).filter(GovernanceArea.id.in_(ids)).all()
"""
UNSAFE = """
    def search(self, db: Session, name: str) -> list[int]:
        \"\"\"Find the areas of that name.\"\"\"
        return [row.id for row in db.execute(text(f"SELECT id FROM areas WHERE name = '{name}'"))]
"""
SAFE = """
    def search(self, db: Session, name: str) -> list[int]:
        \"\"\"Find the areas of that name.\"\"\"
        return [row.id for row in db.execute(text("SELECT id FROM areas WHERE name = :name"), {"name": name})]
"""


def service(name: str, *methods: str) -> str:
    """Give a module of the SINAG stack."""
    return (
        f'"""Services of {name}: barangay assessments."""\n\n'
        "from app.db.models.governance_area import GovernanceArea\n"
        "from sqlalchemy import text\n"
        "from sqlalchemy.orm import Session\n\n\n"
        f"class {name.title()}Service:\n"
        '    """Serves governance areas."""\n' + "".join(methods)
    )


@dataclass(frozen=True)
class Result:
    """How a run ended."""

    code: int
    stdout: str
    stderr: str
    outputs: dict[str, str]
    summary: str


class PullRequest:
    """A repository with one pull request, on a fake GitHub that is already running.

    Args:
        folder: The test's own folder.
        files: What the pull request changes.
        base: What stands on the base branch besides a small SINAG project.
        fork: Owner and name of the fork it comes from, or None.
        prefix: ``/api/v3`` for GitHub Enterprise.
    """

    def __init__(
        self,
        folder: Path,
        files: Files,
        base: Files | None = None,
        *,
        fork: str | None = None,
        prefix: str = "",
        draft: bool = False,
    ) -> None:
        self.folder = folder
        around = {"apps/api/pyproject.toml": MANIFEST, f"{API}/services/old.py": service("old", FAST), **(base or {})}
        self.repo, self.head = _origin(folder / "origin", around, files)
        self.fake = FakeGitHub(folder / "origin", prefix=prefix)
        self.number = self.fake.open_pull(
            "feature", title="Areas", body="See the title.", author="ada", fork=fork, draft=draft
        )
        self.fake.person("ada", permission="write")
        self.fake.person("rita", permission="read")
        self.runs = 0
        self.error: Exception | None = None

    def __enter__(self) -> Self:
        self.fake.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self.fake.__exit__()

    def push(self, files: Files) -> None:
        """Push another commit to the pull request."""
        self.head = self.repo.commit(dict(files))

    def token(self, **scopes: str) -> str:
        """Give a token of GitHub Actions."""
        wanted = {"contents": "read", "pull_requests": "write", "issues": "none", **scopes}
        return self.fake.token("github-actions[bot]", **wanted)

    def environment(
        self, name: str, payload: dict[str, Any], token: str | None = None, **inputs: str
    ) -> dict[str, str]:
        """Give the environment of a step, with files for what it writes."""
        self.runs += 1
        place = self.folder / f"run{self.runs}"
        (place / "workspace").mkdir(parents=True)
        (place / "event.json").write_text(json.dumps(payload), encoding="utf-8")
        for file in ("output", "summary"):
            (place / file).touch()
        given = {
            "github-token": token or self.token(),
            **{key.replace("_", "-"): value for key, value in inputs.items()},
        }
        return {
            **{key: value for key, value in os.environ.items() if not key.startswith(("GITHUB_", "INPUT_", "GH_"))},
            "GITHUB_EVENT_NAME": name,
            "GITHUB_EVENT_PATH": str(place / "event.json"),
            "GITHUB_API_URL": self.fake.url,
            "GITHUB_GRAPHQL_URL": self.fake.graphql_url,
            "GITHUB_SERVER_URL": self.fake.server_url,
            "GITHUB_OUTPUT": str(place / "output"),
            "GITHUB_STEP_SUMMARY": str(place / "summary"),
            "GITHUB_WORKSPACE": str(place / "workspace"),
            **{f"INPUT_{key.replace('_', '-').upper()}": value for key, value in given.items()},
        }

    def start(self, environment: dict[str, str], *arguments: str) -> subprocess.Popen[str]:
        """Start the program."""
        return subprocess.Popen(
            [sys.executable, "-m", "reviewbot", *(arguments or ("action",))],
            env={**environment, "PYTHONPATH": str(program.TOP)},
            cwd=environment.get("GITHUB_WORKSPACE", self.folder),
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def killed(self, after: int, environment: dict[str, str], *arguments: str) -> None:
        """Run the program, and kill it when GitHub has processed its request of that number."""
        process: subprocess.Popen[str] | None = None
        started = threading.Event()

        def kill() -> None:
            started.wait(10)
            assert process is not None
            process.kill()
            process.wait()

        self.fake.after_request(len(self.fake.journal) + after, kill)
        process = self.start(environment, *arguments)
        started.set()
        process.communicate(timeout=60)
        assert process.returncode == -signal.SIGKILL, f"request {after} was never made"

    def action(
        self,
        name: str = "pull_request",
        action: str = "opened",
        token: str | None = None,
        *,
        comment: int | None = None,
        **inputs: str,
    ) -> Result:
        """Run the Action for an event of the pull request."""
        extra = {} if comment is None else {"comment_id": comment}
        payload = self.fake.event(name, action, self.number, **extra)
        return self.run(self.environment(name, payload, token, **inputs))

    def run(self, environment: dict[str, str], *arguments: str) -> Result:
        """Run the program, as `program.run` does; as the Action where no arguments are given."""
        cwd = Path(environment.get("GITHUB_WORKSPACE", self.folder))
        ended = program.run(*(arguments or ("action",)), cwd=cwd, environment=environment)
        return self._result(ended.code, ended.stdout, ended.stderr, environment)

    def finish(self, process: subprocess.Popen[str], environment: dict[str, str]) -> Result:
        """Wait for a run, and read what it wrote."""
        stdout, stderr = process.communicate(timeout=100)
        return self._result(process.returncode, stdout, stderr, environment)

    @staticmethod
    def _result(code: int, stdout: str, stderr: str, environment: dict[str, str]) -> Result:
        files = [Path(environment.get(name, "/nowhere")) for name in ("GITHUB_OUTPUT", "GITHUB_STEP_SUMMARY")]
        output, summary = (file.read_text(encoding="utf-8") if file.exists() else "" for file in files)
        return Result(code, stdout, stderr, _outputs(output), summary)

    def inside(
        self,
        name: str = "pull_request",
        action: str = "opened",
        token: str | None = None,
        *,
        comment: int | None = None,
        **inputs: str,
    ) -> int:
        """Run the Action in this process, which is faster; give the exit code that the door would."""
        from reviewbot.action import step as actions
        from reviewbot.core.errors import ReviewbotError

        extra = {} if comment is None else {"comment_id": comment}
        payload = self.fake.event(name, action, self.number, **extra)
        try:
            return actions.run(self.environment(name, payload, token, **inputs))
        except ReviewbotError as error:
            self.error = error
            return error.exit_code

    def seen(self) -> dict[str, Any]:
        """Give what people see, without what depends on the port."""
        text = json.dumps(self.fake.snapshot(self.number))
        seen: dict[str, Any] = json.loads(text.replace(self.fake.server_url, "SERVER"))
        return seen

    def laptop(self, token: str | None = None) -> dict[str, str]:
        """Give the environment of somebody's laptop."""
        return {
            "PATH": os.environ["PATH"],
            "HOME": str(self.folder),
            "GITHUB_TOKEN": token or self.token(),
            "GITHUB_API_URL": self.fake.url,
            "GITHUB_GRAPHQL_URL": self.fake.graphql_url,
            "GITHUB_SERVER_URL": self.fake.server_url,
        }

    def reviewbot(self, *arguments: str, token: str | None = None) -> Result:
        """Run another command of the program, as on a laptop."""
        return self.run(self.laptop(token), *arguments)

    @property
    def writes(self) -> list[str]:
        """What was written so far, GraphQL reads left out."""
        return [
            f"{exchange.method} {exchange.path}"
            for exchange in self.fake.journal
            if exchange.method != "GET"
            and not (exchange.path.endswith("/graphql") and "mutation" not in str(exchange.body))
        ]

    def summary_comment(self) -> str:
        """Give the body of the only comment of the program below the pull request."""
        bodies = [comment["body"] for comment in self.fake.snapshot(self.number)["comments"]]
        (only,) = [body for body in bodies if body.startswith("<!-- reviewbot:1 summary")]
        return str(only)


# Content of the repositories made so far, and the head of each: the next one like it is a copy.
_MADE: dict[str, tuple[dict[str, bytes], str]] = {}


def _origin(folder: Path, base: Files, files: Files) -> tuple[GitRepo, str]:
    """Make a repository with a base branch and one that changes files; give it and the head."""
    key = repr((base, files))
    if key in _MADE:
        content, head = _MADE[key]
        return GitRepo.copy(folder, content), head
    repo = GitRepo(folder)
    repo.commit(dict(base))
    repo.git("checkout", "-q", "-b", "feature")
    head = repo.commit(dict(files))
    _MADE[key] = repo.content, head
    return repo, head


def is_write(exchange: Exchange) -> bool:
    """Tell whether a request may change something: all but GET, and queries of GraphQL."""
    reads = exchange.path.endswith("/graphql") and not str((exchange.body or {}).get("query")).startswith("mutation")
    return exchange.method != "GET" and not reads


def _outputs(text: str) -> dict[str, str]:
    """Read a GITHUB_OUTPUT file as the runner does."""
    found: dict[str, str] = {}
    lines = iter(text.split("\n"))
    for line in lines:
        if line:
            name, _, delimiter = line.partition("<<")
            value = []
            while (part := next(lines)) != delimiter:
                value.append(part)
            found[name] = "\n".join(value)
    return found
