"""Agent files → agents.

An agent is one Markdown file in the Claude Code sub-agent format. Ours say their stack in the
front matter and their checklist in the body; of a foreign agent both are derived from its prose.
No file is dropped silently: what could not be read as meant becomes a :class:`Problem`.
"""

from __future__ import annotations

import os
import re
from dataclasses import dataclass
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING

from reviewbot.agents import checklist, frontmatter, stacks, technologies
from reviewbot.agents.problem import Problem
from reviewbot.core.agent import Agent, Stack
from reviewbot.core.errors import AgentError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from reviewbot.agents.frontmatter import FrontMatter

__all__ = ["Loaded", "Problem", "bundled_dir", "lint", "load", "load_dir", "load_files", "parse", "pick"]

# Documents that people keep beside their agents; without front matter they are no agents.
_DOCUMENTS = frozenset(
    {"readme", "claude", "agents", "changelog", "contributing", "license", "index", "template", "todo"}
)
_MODEL = re.compile(
    r"(?:sonnet|opus|haiku)(?:\[1m\])?$|opusplan$|default$|inherit$|(?:[a-z.]+\.)?claude-[a-z0-9.:@-]+(?:\[1m\])?$"
)


@dataclass(frozen=True, slots=True)
class Loaded:
    """An agent, and what its file leaves to be desired."""

    agent: Agent
    problems: tuple[Problem, ...]


def parse(text: str, path: str) -> Loaded:
    """Read one agent file.

    Args:
        text: Its content; nothing is read from the disk.
        path: Where it comes from: for messages, and for the name where it states none.

    Raises:
        AgentError: It cannot be used as it is (a wrong ``stack``, an item id used twice). The message
            has one line for each reason, with file, line and fix.
    """
    agent, problems = _read(text, path)
    errors = [problem for problem in problems if problem.level == "error"]
    if errors:
        raise AgentError("\n".join(f"{problem.path}:{problem.line}: {problem.message}" for problem in errors))
    return Loaded(agent, problems)


def load(paths: Iterable[Path], *, named: bool = False) -> tuple[tuple[Agent, ...], tuple[Problem, ...]]:
    """Load the agent files at ``paths``; see :func:`load_files`."""
    files: dict[str, bytes] = {}
    problems: list[Problem] = []
    for path in paths:
        try:
            if path.exists() and not path.is_file():  # a pipe, or a device that never ends
                problems.append(Problem(str(path), 1, "error", "cannot be read: it is no file"))
                continue
            files[str(path)] = path.read_bytes()
        except OSError as error:
            problems.append(Problem(str(path), 1, "error", f"cannot be read: {error.strerror or error}"))
    agents, file_problems = load_files(files, named=named)
    return agents, tuple(sorted([*problems, *file_problems], key=lambda problem: (problem.path, problem.line)))


def load_files(files: Mapping[str, bytes], *, named: bool = False) -> tuple[tuple[Agent, ...], tuple[Problem, ...]]:
    """Load agents from their files' contents.

    Args:
        files: Path → content.
        named: Whether somebody named these very files. Otherwise documents beside the agents (README.md and
            the like, without front matter) are left out with a warning.

    Returns:
        The agents that can be used, sorted by name, and every problem. A file that cannot be used is
        not among the agents, but always among the problems, as an error; of two files with the same
        name the first is.
    """
    agents: dict[str, Agent] = {}
    problems: list[Problem] = []
    for path, raw in files.items():
        if not named and _is_document(path, raw):
            message = "not read as an agent: it has no front matter; give it a name and a description if it is one"
            problems.append(Problem(path, 1, "warning", message))
            continue
        text, undecodable = _decode(raw, path)
        agent, file_problems = _read(text, path)
        problems += [*undecodable, *file_problems]
        if any(problem.level == "error" for problem in file_problems):
            continue
        if agent.name in agents:
            message = (
                f"the name `{agent.name}` is already taken by {agents[agent.name].path}: rename one of the two agents"
            )
            problems.append(Problem(path, _name_line(text), "error", message))
        else:
            agents[agent.name] = agent
    return tuple(agents[name] for name in sorted(agents)), tuple(problems)


def load_dir(path: Path) -> tuple[tuple[Agent, ...], tuple[Problem, ...]]:
    """Load every ``*.md`` below ``path``; see :func:`load_files`.

    Raises:
        AgentError: ``path`` is no folder.
    """
    if not path.is_dir():
        raise AgentError(f"{path}: no such folder of agents")
    return load(sorted(path.rglob("*.md")))


def lint(path: Path) -> tuple[tuple[Agent, ...], tuple[Problem, ...]]:
    """Give what was understood of an agent file, or of a folder of them, and every complaint.

    Raises:
        AgentError: ``path`` does not exist.
    """
    return load([path], named=True) if path.is_file() else load_dir(path)


def pick(agents: Sequence[Agent], name: str) -> Agent:
    """Give the agent called ``name``, or the only one whose name begins with it.

    Raises:
        AgentError: None or several; the message lists the names.
    """
    wanted = name.strip().casefold()
    exact = [agent for agent in agents if agent.name.casefold() == wanted]
    candidates = exact or [agent for agent in agents if wanted and agent.name.casefold().startswith(wanted)]
    if len(candidates) == 1:
        return candidates[0]
    if candidates:
        raise AgentError(f"`{name}` may mean {_names(candidates)}: write more of the name")
    raise AgentError(f"no agent is called `{name}`: there are {_names(agents)}" if agents else "there are no agents")


def bundled_dir() -> Path:
    """Give the folder of the agents that come with reviewbot, in an installed copy or in a checkout."""
    packaged = Path(__file__).parents[1] / "_agents"
    return packaged if packaged.is_dir() else Path(__file__).parents[2] / "agents"


def _read(text: str, path: str) -> tuple[Agent, tuple[Problem, ...]]:
    front = frontmatter.split(text, path)
    problems = [*front.problems, *_lint_keys(front, path)]
    name = " ".join(front.text("name").split()) or PurePosixPath(path.replace("\\", "/")).stem or "agent"
    description = front.text("description").replace("\\n", "\n")
    body = front.body.strip()
    items, sections, checklist_problems = checklist.read(front.body, front.body_line, path)
    problems += checklist_problems
    stack, stack_problems = _stack(front, name, description, path)
    problems += stack_problems
    if not body:
        problems.append(
            Problem(path, front.body_line, "warning", "the agent has no text: say who it is and what it reviews")
        )
    elif not items:
        message = "no checklist found: add `## Review checklist` with items - `item-id` **Rule.** Details. (severity)"
        problems.append(Problem(path, front.body_line, "warning", message))
    model = front.text("model")
    agent = Agent(
        name=name,
        description=description,
        model=None if model in {"", "null", "~"} else model,
        stack=stack,
        checklist=items,
        sections=sections,
        body=body,
        path=path,
    )
    return agent, tuple(sorted(problems, key=lambda problem: problem.line))


def _stack(front: FrontMatter, name: str, description: str, path: str) -> tuple[Stack, list[Problem]]:
    problems: list[Problem] = []
    word = front.text("stack")
    if word in (stacks.FALLBACK, stacks.ANY):
        return Stack(fallback=word == stacks.FALLBACK, any=word == stacks.ANY), problems
    if "stack" in front.keys:
        stack, problems = stacks.read(front.keys["stack"], path, ours=path.startswith(f"{bundled_dir()}{os.sep}"))
        if stack is not None:
            return stack, problems
    stack = technologies.derive(name, description, front.body)
    if not stack.signals and not stack.any:
        message = (
            "no `stack`, and no technology known here introduces it: it reviews only what is pinned to it; "
            "write `stack: any` if it is for code of any kind"
        )
        problems.append(Problem(path, front.line("stack"), "warning", message))
    return stack, problems


def _lint_keys(front: FrontMatter, path: str) -> Iterable[Problem]:
    def warn(key: str, message: str) -> Problem:
        return Problem(path, front.line(key), "warning", message)

    if not front.present:
        yield warn("name", "no front matter: begin the file with `---`, `name: ...`, `description: ...`, `---`")
        return
    name = front.text("name")
    if not name:
        yield warn("name", "no `name`: the file's name is used")
    elif not checklist.KEBAB.match(name):
        yield warn("name", f"the name `{name}` is not kebab-case: write `{checklist.slug(name, words=9)}`")
    if not front.text("description"):
        yield warn("description", "no `description`: Claude Code decides by it when to call the agent")
    model = front.text("model")
    if model and not _MODEL.match(model):
        yield warn("model", f"unknown model `{model}`: write sonnet, opus, haiku, inherit or a full id (claude-...)")
    for key in front.keys:
        if key not in frontmatter.KNOWN_KEYS:
            yield warn(key, f"the key `{key}` is ignored")


def _name_line(text: str) -> int:
    return next((number for number, line in enumerate(text.split("\n"), 1) if line.startswith("name:")), 1)


def _is_document(path: str, raw: bytes) -> bool:
    begins = raw[:64].removeprefix(b"\xef\xbb\xbf").lstrip()
    return PurePosixPath(path.replace("\\", "/")).stem.casefold() in _DOCUMENTS and not begins.startswith(b"---")


def _decode(raw: bytes, path: str) -> tuple[str, list[Problem]]:
    try:
        return raw.decode("utf-8-sig"), []
    except UnicodeDecodeError as error:
        line = raw.count(b"\n", 0, error.start) + 1
        message = "not UTF-8: bytes that are none were replaced; save the file as UTF-8"
        return raw.decode("utf-8-sig", errors="replace"), [Problem(path, line, "warning", message)]


def _names(agents: Iterable[Agent]) -> str:
    return ", ".join(agent.name for agent in agents)
