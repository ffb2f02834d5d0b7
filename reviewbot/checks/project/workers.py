"""Which queues the workers consume, from the commands that start them: compose files, images, Procfiles."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.core.globs import matches

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from reviewbot.core.change import Tree

# Where a deployment says what it runs. Scripts come second: they start workers on a developer's machine.
_DEPLOYMENT = (
    *("*compose*.yml", "*compose*.yaml", "Dockerfile*", "*.Dockerfile", "Procfile*", "*supervisor*.conf", "*.service"),
    *("*celery*.yml", "*celery*.yaml", "*worker*.yml", "*worker*.yaml", "*celery*.conf", "*.tf", "*celery*.json"),
    *("fly.toml", "railway.*", "app.json", "*.nomad", "*.service.j2", "infra*/**/*.y*ml", "manifests/**/*.y*ml"),
    *(
        "k8s/**/*.y*ml",
        "kubernetes/**/*.y*ml",
        "helm/**/*.y*ml",
        "charts/**/*.y*ml",
        "deploy*/**/*.y*ml",
        "render.yaml",
    ),
)
_SCRIPTS = ("*.sh", "Makefile", "justfile", "Taskfile.y*ml", "pyproject.toml", "package.json", "*celery*", "*worker*")
_MOST_FILES = 150
_NO_COMMANDS = (".py", ".md", ".rst", ".txt", ".ts", ".tsx", ".js", ".lock")

# `celery … worker … --queues=a,b`, over several lines and as a list of strings; not beyond the next celery.
_WORKER = re.compile(
    r"""\bcelery\b(?:(?!\bcelery\s)[^#]){0,160}?[\s"',\[]worker\b(?P<rest>(?:(?!\bcelery["']?[\s,]).){0,600})""",
    re.DOTALL,
)
_QUEUES = re.compile(r"""(?:-Q|--queues)[\s=:"',\[]*(?:-\s+["']?)?(?P<names>[^\s"'\]]+)""")
# The arguments of a command may stand under a key of their own, or in an image's `CMD`.
_END = re.compile(
    r"\n\s*\n|\n\s*(?!args:|command:)[A-Za-z_-]+:|\bbeat\b|\bflower\b|&&|\n(?:FROM|RUN|ENTRYPOINT|HEALTHCHECK)\b"
)
_LOADS = re.compile(r"""(?:(?<=\s)-A|--app|(?<=\s)-I|--include|["']-A["'],|["']-I["'],)[\s="',]+([A-Za-z_][\w.,:]*)""")
_HIDDEN = "c\0lery"
_NAMES = re.compile(r"[A-Za-z0-9_.,-]+")


def consumed(tree: Tree, default: Iterable[str]) -> frozenset[str] | None:
    """Give the queues that the workers of a tree consume.

    Args:
        tree: Where to look for the commands that start workers.
        default: What a worker consumes that names no queues.

    Returns:
        None where no worker is started, or one whose queues are computed.
    """
    commands = _workers(tree)
    return _all(commands, frozenset(default)) if commands else None


def limited(tree: Tree) -> bool:
    """Tell whether any worker is started with a time limit for all its tasks."""
    return any("time-limit" in command for command in _workers(tree))


def loaded_by_workers(tree: Tree) -> list[str]:
    """Give the modules that the commands of workers name: the application's, and those they include."""
    modules: list[str] = []
    for globs in (_DEPLOYMENT, _SCRIPTS):
        paths = sorted(path for path in tree.paths if not path.endswith(_NO_COMMANDS) and matches(globs, path))
        for text in tree.read(paths[:_MOST_FILES]).values():
            modules += [name for names in _LOADS.findall(text) for name in names.split(",")] if "celery" in text else []
    return [name.partition(":")[0] for name in modules if name]


def _workers(tree: Tree) -> list[str]:
    """Give the commands that start workers: those of the deployment, else those of scripts."""
    for globs in (_DEPLOYMENT, _SCRIPTS):
        paths = sorted(path for path in tree.paths if not path.endswith(_NO_COMMANDS) and matches(globs, path))
        texts = tree.read(paths[:_MOST_FILES])
        commands = [command for text in texts.values() for command in _commands(text)]
        if commands:
            return commands
    return []


def _commands(text: str) -> Iterator[str]:
    """Give what follows ``worker`` in each command that starts one."""
    code = re.sub(r"(?m)^[ \t]*+(?:#|//).*$", "", text) if "celery" in text else ""
    # A queue may be called like the program.
    code = _QUEUES.sub(lambda match: match[0].replace("celery", _HIDDEN), code)
    for command in _WORKER.finditer(code):
        rest = command["rest"].replace(_HIDDEN, "celery")
        end = _END.search(rest)
        yield rest[: end.start()] if end is not None else rest


def _all(commands: Iterable[str], default: frozenset[str]) -> frozenset[str] | None:
    queues: set[str] = set()
    for command in commands:
        named = _QUEUES.search(command)
        if named is None:
            queues |= default
        elif _NAMES.fullmatch(named["names"]):
            queues.update(filter(None, named["names"].split(",")))
        else:
            return None
    return frozenset(queues)
