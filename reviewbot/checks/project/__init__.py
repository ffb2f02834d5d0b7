"""What the checks know about the whole project, read from the trees around a change by syntax only.

Built once for a review, and only as far as somebody asks. Nothing is imported or executed. What cannot be told is
None, never a guess: a check that meets it says nothing.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING

from reviewbot.checks import scope
from reviewbot.checks.project import overlay
from reviewbot.checks.project.authentication import Authentication
from reviewbot.checks.project.celery import Celery
from reviewbot.checks.project.contracts import Contracts
from reviewbot.checks.project.declarations import Declarations
from reviewbot.checks.project.frontend import Frontend
from reviewbot.checks.project.handlers import Handlers
from reviewbot.checks.project.members import Members
from reviewbot.checks.project.metadata import Metadata
from reviewbot.checks.project.migrations import Migrations
from reviewbot.checks.project.routes import Routing
from reviewbot.checks.project.served import Served
from reviewbot.checks.project.shown import Shown
from reviewbot.checks.project.tables import Tables
from reviewbot.python.codebase import Code

if TYPE_CHECKING:
    from reviewbot.core.change import ChangeSet, Tree


class Side:
    """The project in one tree.

    Args:
        code: Its files.
    """

    def __init__(self, code: Code) -> None:
        self.code = code

    @cached_property
    def routing(self) -> Routing:
        """Routers, routes and includes."""
        return Routing(self.code)

    @cached_property
    def behind_routes(self) -> frozenset[str]:
        """Paths of the files with routes, and of all that they import: what may run while a request is answered.

        Not of a file that makes the application: it starts what runs beside it, too.
        """
        handled = (route.handled_in for route in self.routing.routes)
        modules = {module.path: module for module in handled if "FastAPI(" not in module.text}
        return frozenset(module.path for module in self.code.loaded(modules.values()))

    @cached_property
    def shown(self) -> Shown:
        """Which schemas clients can know of."""
        return Shown(self.code)

    @cached_property
    def served(self) -> Served:
        """What servers run, and what only command lines do."""
        return Served(self.code)

    @cached_property
    def authentication(self) -> Authentication:
        """Which handlers ask who is calling."""
        return Authentication(self.code, self.routing)

    @cached_property
    def declarations(self) -> Declarations:
        """Models and schemas."""
        return Declarations(self.code)

    @cached_property
    def handlers(self) -> Handlers:
        """What answers exceptions."""
        return Handlers(self.code, self.declarations)

    @cached_property
    def members(self) -> Members:
        """What enumerations and models have."""
        return Members(self.code, self.declarations)

    @cached_property
    def tables(self) -> Tables:
        """The tables that models declare."""
        return Tables(self.code, self.declarations)

    @cached_property
    def metadata(self) -> Metadata:
        """Which tables migrations are made of."""
        return Metadata(self.code, self.declarations)

    @cached_property
    def contracts(self) -> Contracts:
        """What routes answer with and take."""
        return Contracts(self.code, self.routing, self.declarations)

    @cached_property
    def celery(self) -> Celery:
        """Tasks, their configuration and the workers."""
        return Celery(self.code)


class Project(Side):
    """The project after the change; :attr:`base` is the base branch's tip, its changed files as they were.

    Args:
        changes: The change.
        head: Its head tree.
        like: The project around the same change with other lines after it, whose parsed files are taken over where
            their text is the same.
    """

    def __init__(self, changes: ChangeSet, head: Tree, like: Project | None = None) -> None:
        around = [file.path for file in changes.files]
        known = like.code if like is not None else None
        tree = overlay.Overlay(head, known.read, frozenset()) if known is not None else head
        super().__init__(Code(overlay.head(changes, tree), around, scope.is_exempt, parsed=known))
        self._like = like
        self._around = around
        base_tree = changes.base_tree
        self._base_tree = overlay.base(changes, base_tree) if base_tree is not None else None
        self._touched = frozenset(path for file in changes.files for path in (file.path, file.old_path) if path)

    @cached_property
    def base(self) -> Side | None:
        """The project without the change; None where its tree cannot be read."""
        if self._like is not None:
            return self._like.base  # what the change finds does not depend on what it leaves
        return (
            Side(Code(self._base_tree, self._around, scope.is_exempt, parsed=self.code))
            if self._base_tree is not None
            else None
        )

    @cached_property
    def frontend(self) -> Frontend:
        """The frontend in the same repository."""
        return Frontend(self.code.tree)

    @cached_property
    def migrations(self) -> Migrations:
        """The Alembic revisions of the head together with those of the base's tip."""
        return Migrations(self.code.tree, self._base_tree, self._touched)


def of(changes: ChangeSet, like: Project | None = None) -> Project | None:
    """Give what is known about the project around a change; None without its tree.

    Args:
        changes: The change.
        like: The project around the same change before suggestions were applied to it.
    """
    return Project(changes, changes.head_tree, like) if changes.head_tree is not None else None
