"""Which files of a tree are migrations, by their paths and by what Alembic's own files say of their folders."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from reviewbot.core.file_kinds import MIGRATIONS
from reviewbot.core.globs import matches

if TYPE_CHECKING:
    from reviewbot.core.change import Tree

# What `alembic init` puts beside the folders of revisions, and above them.
_TEMPLATE = "script.py.mako"
_SETTINGS = "alembic.ini"
_LOCATIONS = re.compile(r"^version_locations[ \t]*=(?P<given>[^\n]*(?:\n[ \t]+[^\n]+)*)", re.MULTILINE)


def migration_files(tree: Tree) -> list[str]:
    """Give the paths of the migrations of a tree, in order."""
    folders = tuple(f"{folder}/" for folder in _folders(tree))
    python = (path for path in tree.paths if path.endswith(".py"))
    return sorted(path for path in python if matches(MIGRATIONS, path) or path.startswith(folders))


def uses_alembic(tree: Tree) -> bool:
    """Tell whether a tree has migrations, or settings for them."""
    return any(matches(MIGRATIONS, path) or path.endswith((_SETTINGS, _TEMPLATE)) for path in tree.paths)


def _folders(tree: Tree) -> set[str]:
    """Give the folders that revisions lie in, beside a template of Alembic's or where its settings say."""
    homes = {path.rpartition("/")[0] for path in tree.paths if path.rpartition("/")[2] == _TEMPLATE} - {""}
    above = {path.rpartition("/")[0] for path in tree.paths} if homes else set()
    folders = {folder for folder in above if folder.rpartition("/")[0] in homes}
    settings = [path for path in tree.paths if path.rpartition("/")[2] == _SETTINGS]
    for path, text in tree.read(settings).items() if settings else ():
        for match in _LOCATIONS.finditer(text):
            folders.update(_located(place, path.rpartition("/")[0]) for place in re.split(r"[\s,;]+", match["given"]))
    return folders - {""}


def _located(place: str, home: str) -> str:
    """Give the folder that `version_locations` names, from the top of the tree: `%(here)s/db/old`, `./old`."""
    inner = place.replace("%(here)s", ".").removesuffix("/")
    parts = [part for part in f"{home}/{inner}".split("/") if part not in {"", "."}]
    return "" if not inner or ":" in inner or ".." in parts else "/".join(parts)
