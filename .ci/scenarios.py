"""What the example workflows do to a pull request, each run by act in the image reviewbot:ci. See .ci/act."""

from __future__ import annotations

import json
import re
import subprocess
import sys
import tempfile
import time
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import yaml
from fakeclaude import FakeClaude
from fakeclaude.reviewer import Reviewer
from fakegithub import FakeGitHub
from gitrepo import GitRepo

from reviewbot import USES as OURS

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).parent.parent
EXAMPLES = ROOT / "docs" / "workflows"
# Where docs/github.md has the workflow that others call.
SHARED = "acme/.github/.github/workflows/reviewbot-shared.yml"
FILE = "apps/api/app/services/barangay_areas.py"
BASE = '''\
"""Governance areas."""

from sqlalchemy import text
from sqlalchemy.orm import Session


def count(db: Session) -> int:
    """Count the areas."""
    return db.execute(text("SELECT count(*) FROM areas")).scalar_one()
'''
INJECTION = '''

def named(db: Session, name: str) -> list[int]:
    """Find the areas of that name."""
    rows = db.execute(text(f"SELECT id FROM areas WHERE name = '{name}'"))
    return [row.id for row in rows]
'''
BOUND = '''

def named(db: Session, name: str) -> list[int]:
    """Find the areas of that name."""
    rows = db.execute(text("SELECT id FROM areas WHERE name = :name"), {"name": name})
    return [row.id for row in rows]
'''
LOOP = '''

def names(db: Session, ids: list[int]) -> list[str]:
    """Give the names of areas."""
    found = []
    for number in ids:
        found.append(db.execute(text("SELECT name FROM areas WHERE id = :id"), {"id": number}).scalar_one())
    return found
'''


@dataclass
class Run:
    """What a workflow run left behind besides what stands on the pull request."""

    code: int
    log: list[str] = field(default_factory=list)
    outputs: dict[str, str] = field(default_factory=dict)
    annotations: list[str] = field(default_factory=list)
    summary: str = ""
    started: bool = False


@dataclass
class Stage:
    """One pull request on the stand-in."""

    hub: FakeGitHub
    repo: GitRepo
    folder: Path
    number: int
    last: Run = field(default_factory=lambda: Run(0))
    workspace: Path = Path()

    def check(self, condition: object, what: str) -> None:
        """Stop and show everything when something is not as it must be."""
        if condition:
            return
        seen = {"snapshot": self.hub.snapshot(self.number), "outputs": self.last.outputs, "summary": self.last.summary}
        sys.exit("\n".join([*self.last.log, json.dumps(seen, indent=1), f"\nnot so: {what}"]))

    def run(  # noqa: PLR0913 - as many as a run has sides
        self,
        workflow: str,
        event: str,
        payload: dict[str, Any],
        *,
        writes: bool = True,
        prepared: dict[str, str] | None = None,
        claude: FakeClaude | None = None,
        called: str = "",
    ) -> Run:
        """Run a workflow on an event, with the token that GitHub would give it.

        Args:
            workflow: Its name in docs/workflows.
            event: Name of the event.
            payload: What GitHub says of it.
            writes: Whether the token may comment.
            prepared: Files in the workspace, which steps of others make on GitHub; those steps are left out then.
            claude: The model; without it there is no key.
            called: A workflow of another repository that calls this one; empty where the event starts it.
        """
        token = self.hub.token("github-actions[bot]", contents="read", pull_requests="write" if writes else "read")
        workspace = Path(tempfile.mkdtemp(dir=self.folder))
        (self.folder / "event.json").write_text(json.dumps(payload), encoding="utf-8")
        # act has no queues, and does not know the word.
        text = (EXAMPLES / f"{workflow}.yml").read_text(encoding="utf-8").replace("      queue: max\n", "")
        if prepared is not None:
            text = alone(text, self.number)
        for name, content in (prepared or {}).items():
            (workspace / name).parent.mkdir(parents=True, exist_ok=True)
            (workspace / name).write_text(content, encoding="utf-8")
        if called:
            shared = self.folder / "shared" / ".github" / "workflows" / f"{SHARED.rpartition('/')[2]}"
            shared.parent.mkdir(parents=True, exist_ok=True)
            shared.write_text(text, encoding="utf-8")
            text = called
        (self.folder / "workflow.yml").write_text(text, encoding="utf-8")
        environment = {
            "GITHUB_API_URL": self.hub.url,
            "GITHUB_GRAPHQL_URL": self.hub.graphql_url,
            "GITHUB_REPOSITORY": self.hub.world.slug,
            "GITHUB_SERVER_URL": self.hub.server_url,
        }
        command = ["act", event, "--json", "--rm", "--secret", f"GITHUB_TOKEN={token}"]
        command += ["--workflows", str(self.folder / "workflow.yml"), "--eventpath", str(self.folder / "event.json")]
        command += [
            "--local-repository",
            f"{self.hub.server_url}/{OURS}={self.folder / 'action'}",
            "--local-repository",
            f"{self.hub.server_url}/acme/.github@main={self.folder / 'shared'}",
            "--action-offline-mode",
            "--pull=false",
        ]
        command += ["--platform", "ubuntu-latest=python:3.12-slim", "--network", "host", "--no-cache-server"]
        command += ["--container-daemon-socket", "-", "--bind"]
        if claude is not None:
            environment["ANTHROPIC_BASE_URL"] = claude.url
            command += ["--secret", "ANTHROPIC_API_KEY=sk-ant-test-of-the-stand-in-for-claude"]
        for name, value in environment.items():
            command += ["--env", f"{name}={value}"]
        done = subprocess.run(  # noqa: S603 - act, with words of ours
            command, cwd=workspace, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False, timeout=120
        )
        self.workspace = workspace
        self.last = understood(done.returncode, (done.stdout + done.stderr).splitlines())
        self.check(token not in done.stdout + done.stderr, "the token stays out of the log")
        self.check("sk-ant-test" not in done.stdout + done.stderr, "the key stays out of the log")
        self.check(not self.hub.violations, f"requests are as GitHub describes them: {self.hub.violations}")
        return self.last

    def comment(self, login: str, body: str) -> Run:
        """Let somebody comment, and run the workflow for comments."""
        made = self.hub.comment(self.number, login, body)
        payload = self.hub.event("issue_comment", "created", self.number, comment_id=made)
        return self.run("comment-trigger", "issue_comment", payload)

    def of_pull(self, action: str, event: str = "pull_request") -> dict[str, Any]:
        """Give the payload for something that happened to the pull request."""
        return self.hub.event(event, action, self.number)

    def seen(self) -> dict[str, Any]:
        """Give what people see on the pull request."""
        return self.hub.snapshot(self.number)

    def threads(self, words: str) -> list[dict[str, Any]]:
        """Give the threads that begin with a comment with these words."""
        return [one for one in self.seen()["threads"] if words in one["comments"][0]["body"]]


def understood(code: int, lines: list[str]) -> Run:
    """Read what act says, one JSON object a line."""
    run = Run(code)
    for line in lines:
        try:
            said = json.loads(line)
        except ValueError:
            said = {"msg": line}
        message = str(said.get("msg", "")).rstrip()
        if "git repository" in message or "git revision" in message:
            continue  # act looks for one; there is no checkout
        run.log.append(message)
        run.started |= said.get("step") == OURS
        match said.get("command"):
            case "set-output":
                run.outputs[said["name"]] = said["arg"]
            case "summary":
                run.summary = said["content"]
            case "error" | "warning" | "notice":
                run.annotations.append(said["arg"])
    return run


@contextmanager
def stage(*, fork: str | None = None) -> Iterator[Stage]:
    """Give a pull request with one finding, and the Action with the image that was built."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as name:
        folder = Path(name)
        (folder / "action").mkdir()
        action = (ROOT / "action.yml").read_text(encoding="utf-8")
        text, found = re.subn(r"(?m)^  image: Dockerfile$", "  image: docker://reviewbot:ci", action)
        if found != 1:
            raise SystemExit("action.yml does not name its Dockerfile")
        (folder / "action" / "action.yml").write_text(text, encoding="utf-8")
        repo = GitRepo(folder / "repository")
        repo.commit({FILE: BASE})
        repo.git("checkout", "-q", "-b", "topic")
        repo.commit({FILE: BASE + INJECTION})
        with FakeGitHub(folder / "repository") as hub:
            hub.person("ada", permission="write")
            hub.person("eve", permission="read")
            yield Stage(hub, repo, folder, hub.open_pull("topic", author="eve" if fork else "ada", fork=fork))


def opened() -> None:
    """A pull request gets its comment and its summary, and a second run changes nothing."""
    with stage() as it:
        run = it.run("same-repository", "pull_request", it.of_pull("opened"))
        it.check(run.code == 0, "the job succeeds")
        (thread,) = it.seen()["threads"] or [{}]
        it.check((thread.get("path"), thread.get("line")) == (FILE, 14), "the finding stands on its line")
        it.check(it.threads("SQL is put together from strings"), "the comment says what it is about")
        it.check(len(it.seen()["comments"]) == 1, "there is one summary")
        it.check({one["state"] for one in it.seen()["reviews"]} == {"COMMENTED"}, "nothing is approved or rejected")
        expected = {"verdict": "findings", "critical": "1", "high": "0", "review-file": "reviewbot-review.json"}
        it.check(expected.items() <= run.outputs.items(), f"the outputs are {expected}")
        it.check(run.outputs.get("summary-url", "").startswith(it.hub.server_url), "an output leads to the summary")
        it.check(set(run.outputs) == outputs(), "the outputs are those of action.yml")
        it.check("SQL is put together from strings" in run.summary, "the job summary holds the finding")
        before = it.seen()
        it.run("same-repository", "pull_request", it.of_pull("opened"))
        it.check(it.seen() == before, "the second run changes nothing")


def pushed() -> None:
    """A push that fixes one finding and adds another changes exactly that."""
    with stage() as it:
        it.run("same-repository", "pull_request", it.of_pull("opened"))
        (old,) = it.threads("SQL is put together")
        it.repo.commit({FILE: BASE + BOUND + LOOP})
        run = it.run("same-repository", "pull_request", it.of_pull("synchronize"))
        it.check(run.code == 0, "the job succeeds")
        it.check(
            (run.outputs.get("critical"), run.outputs.get("medium")) == ("0", "1"), "the outputs are of the new state"
        )
        it.check(len(it.threads("once for each turn of the loop")) == 1, "the new finding has one comment")
        it.check(len(it.seen()["threads"]) == 2, "there is no third thread")
        (settled,) = it.threads("SQL is put together") or [old]
        it.check("Addressed in" in settled["comments"][0]["body"], "the comment on what was fixed says so")
        it.check("Addressed in" not in it.threads("once for each turn")[0]["comments"][0]["body"], "the other does not")
        it.check(len(it.seen()["comments"]) == 1, "there is still one summary")


def asked() -> None:
    """A command is obeyed, or refused in words to somebody who may not give it; all other talk is left alone."""
    with stage() as it:
        run = it.comment("eve", "/review")
        it.check(run.code == 0, "the job succeeds")
        it.check(not it.seen()["threads"], "a reader gets no review")
        answer = it.seen()["comments"][-1]
        it.check(answer["author"].startswith("github-actions") and "write" in answer["body"], "the refusal has words")
        it.check(run.outputs.get("verdict") == "skipped", "the verdict is skipped")

        for login, body in (("ada", "Is /review a good word?"), ("ada", "> /review"), ("ci[bot]", "/review")):
            before = len(it.seen()["comments"])
            it.check(not it.comment(login, body).started, f"no job starts for: {body} ({login})")
            it.check(len(it.seen()["comments"]) == before + 1, "it is not answered")

        run = it.comment("ada", "/review")
        it.check(run.code == 0 and it.threads("SQL is put together"), "who may write gets a review")
        (command,) = [one for one in it.seen()["comments"] if one["author"] == "ada" and one["body"] == "/review"]
        it.check("+1" in {content for _, content in command["reactions"]}, "the command gets its reaction")


def dismissed() -> None:
    """An answer to a comment on a line dismisses the finding."""
    with stage() as it:
        it.run("same-repository", "pull_request", it.of_pull("opened"))
        (thread,) = it.hub.threads(it.number)
        reply = it.hub.reply(it.number, thread.comments[0].id, "ada", "/dismiss These names are ours.")
        name = "pull_request_review_comment"
        run = it.run("comment-trigger", name, it.hub.event(name, "created", it.number, comment_id=reply))
        it.check(run.code == 0 and run.outputs.get("critical") == "0", "the finding is not shown any more")
        it.check("These names are ours" in it.seen()["comments"][0]["body"], "the summary says why")
        it.run("same-repository", "pull_request", it.of_pull("synchronize"))
        it.check(it.last.outputs.get("critical") == "0", "the next run remembers")


def forked() -> None:
    """A fork's pull request is reviewed in the job summary where the token only reads, else in comments."""
    with stage(fork="eve/app") as it:
        before = it.seen()
        run = it.run("same-repository", "pull_request", it.of_pull("opened"), writes=False)
        it.check(run.code == 0, "the job succeeds")
        it.check(it.seen() == before, "nothing is written")
        it.check("SQL is put together from strings" in run.summary, "the job summary holds the finding")
        it.check(run.annotations, "and so do the annotations")
        payload = it.of_pull("opened", "pull_request_target")
        run = it.run("public-with-forks", "pull_request_target", payload)
        it.check(run.code == 0 and it.threads("SQL is put together"), "pull_request_target comments")


def paired() -> None:
    """What a fork's run saved is posted by the workflow that may; the steps that carry the file are GitHub's own."""
    with stage(fork="eve/app") as it:
        run = it.run("review-forks", "pull_request", it.of_pull("opened"), writes=False, prepared={})
        it.check(run.code == 0 and not it.seen()["threads"], "the first half succeeds, and writes nothing")
        review = (it.workspace / run.outputs["review-file"]).read_text(encoding="utf-8")
        of_run = {"event": "pull_request", "id": 1, "head_sha": "", "head_branch": "topic", "conclusion": "success"}
        payload = {**it.hub.event("workflow_dispatch"), "action": "completed", "workflow_run": of_run}
        prepared = {"review/reviewbot-review.json": review}
        run = it.run("post-forks", "workflow_run", payload, prepared=prepared)
        it.check(run.code == 0, "the second half succeeds")
        it.check(it.threads("SQL is put together") and len(it.seen()["comments"]) == 1, "it comments")


def by_hand() -> None:
    """A run started by hand reviews the pull request of the number given."""
    with stage() as it:
        inputs = {"pull-request": str(it.number), "agent": ""}
        run = it.run("manual", "workflow_dispatch", it.hub.event("workflow_dispatch", inputs=inputs))
        it.check(run.code == 0 and it.threads("SQL is put together"), "it comments")


def failing() -> None:
    """A threshold fails the job after the comments were written."""
    with stage() as it:
        run = it.run("monorepo-two-agents", "pull_request", it.of_pull("opened"))
        it.check(run.code != 0, "the job fails for something critical")
        it.check(run.outputs.get("verdict") == "findings" and it.threads("SQL is put together"), "it comments first")


def organised() -> None:
    """A repository calls the workflow of its organisation, as the docs have it."""
    page = (ROOT / "docs" / "github.md").read_text(encoding="utf-8")
    (called,) = re.findall(rf"```yaml\n(name: review\n[^`]*{re.escape(SHARED)}[^`]*)```", page)
    with stage() as it:
        run = it.run("organisation", "pull_request", it.of_pull("opened"), called=called)
        it.check(run.code == 0, "the job succeeds")
        it.check(len(it.threads("SQL is put together")) == 1, "the finding is said once")
        before = it.seen()
        it.run("organisation", "pull_request", it.of_pull("synchronize"), called=called)
        it.check(it.seen() == before, "the second run changes nothing")


def filled() -> None:
    """What is open already is reviewed once, in a matrix; drafts and what was reviewed before stay as they are."""
    with stage() as it:
        more = [it.hub.open_pull("topic", title=f"Areas {number}") for number in range(2, 6)]
        draft = it.hub.open_pull("topic", draft=True)
        it.run("same-repository", "pull_request", it.of_pull("opened"))
        before = it.seen()
        payload = {**it.hub.event("workflow_dispatch"), "inputs": {"from": "1", "most": "4"}}
        run = it.run("back-fill", "workflow_dispatch", payload)
        it.check(run.code == 0, "the jobs succeed")
        it.check(it.seen() == before, "what was reviewed before stays as it was")
        said = [len(it.hub.snapshot(number)["threads"]) for number in (*more, draft)]
        it.check(said == [1, 1, 1, 0, 0], f"each of the oldest four has its comment, once: {said}")
        it.check(any("start again from 5" in line for line in run.log), "it says where to go on")
        it.run("back-fill", "workflow_dispatch", {**payload, "inputs": {"from": "5", "most": "4"}})
        said = [len(it.hub.snapshot(number)["threads"]) for number in (*more, draft)]
        it.check(said == [1, 1, 1, 1, 0], f"then the last has its own: {said}")


def alone(text: str, number: int) -> str:
    """Leave out the steps of a workflow that are not ours, and put in what they would have found out."""
    workflow = yaml.load(text.replace("${{ steps.pull.outputs.number }}", str(number)), yaml.BaseLoader)  # noqa: S506
    for job in workflow["jobs"].values():
        job["timeout-minutes"] = int(job["timeout-minutes"])  # this loader leaves every word as it is written
        job["steps"] = [{**step, "if": "true"} for step in job["steps"] if step.get("uses") == OURS]
    return yaml.safe_dump(workflow)


def judged() -> None:
    """With a key the model comments too, and is not asked again about what has not changed."""
    line = "return [row.id for row in rows]"
    reviewer = Reviewer([{"quote": line, "title": "Nothing bounds how much this returns"}])
    with stage() as it, FakeClaude(reviewer) as claude:
        run = it.run("same-repository", "pull_request", it.of_pull("opened"), claude=claude)
        it.check(run.code == 0 and it.threads("SQL is put together"), "the checks comment")
        it.check(len(it.threads("Nothing bounds how much this returns")) == 1, "and the model does")
        it.check(reviewer.asked == ["review", "disprove"], f"it was asked twice: {reviewer.asked}")
        it.check(float(run.outputs["cost-usd"]) > 0, "the output says what it cost")
        before = it.seen()
        it.run("same-repository", "pull_request", it.of_pull("synchronize"), claude=claude)
        it.check(len(reviewer.asked) == 2, "the second run asks nothing")
        it.check(it.seen() == before, f"and changes nothing: {before} {it.seen()}")


def outputs() -> set[str]:
    """Give the names of the outputs that action.yml promises."""
    loaded = yaml.safe_load((ROOT / "action.yml").read_text(encoding="utf-8"))
    return set(loaded["outputs"])


def main() -> None:
    """Run the scenarios, those with the given word in their name or all."""
    word = sys.argv[1] if len(sys.argv) > 1 else ""
    for scenario in (opened, pushed, asked, dismissed, forked, paired, by_hand, failing, organised, filled, judged):
        if word in scenario.__name__:
            begin = time.monotonic()
            scenario()
            sys.stdout.write(f"{time.monotonic() - begin:5.1f} s  {scenario.__doc__}\n")
            sys.stdout.flush()


if __name__ == "__main__":
    main()
