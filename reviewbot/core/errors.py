"""The errors a user can meet.

::

    ReviewbotError              exit 3: something failed while working
    ├── UsageError              exit 2: the command line asks for something that cannot be
    ├── ConfigError             exit 2: .reviewbot.yml or an input
    ├── DiffError               exit 2: the text is not a diff, or a broken one
    ├── RepositoryError         exit 2: no repository, no such revision
    ├── AgentError              exit 2: an agent file, or no agent of that name
    ├── ReviewFileError         exit 2: a saved review that cannot be read
    ├── OutputError             exit 3: standard output is closed or full
    ├── EngineError             exit 3: a review engine (checks, model) broke
    │   └── ModelError          exit 3: the model could not be asked, or its answer cannot be used
    └── GithubError             exit 3: GitHub could not be asked, or did not do it
        ├── RefusedError        exit 3: GitHub answered no (401, 403, 404, 422…)
        ├── UnansweredError     exit 3: a write was sent and its answer was lost; it may have happened
        └── OutdatedError       exit 3: the pull request moved on while it was reviewed

    TerminatedError             exit 143: somebody ended the program; no error, so nothing catches it on its way

Every message names the file, line or key, and says what to do next.
"""

from __future__ import annotations


class ReviewbotError(Exception):
    """Base of all errors meant for the user's eyes.

    Attributes:
        exit_code: What the process ends with when nothing catches the error before the door.
    """

    exit_code = 3


class TerminatedError(BaseException):
    """Somebody ended the program (SIGTERM). Its notes say what was done."""

    exit_code = 143


class UsageError(ReviewbotError):
    """The command line, or a combination of options, makes no sense."""

    exit_code = 2


class ConfigError(ReviewbotError):
    """The configuration file or an input has an unknown key or a bad value."""

    exit_code = 2


class DiffError(ReviewbotError):
    """The text is no diff, or a truncated or corrupt one.

    Args:
        message: What is wrong and what to do.
        line: 1-based line of the diff text where it went wrong, if there is one.
    """

    exit_code = 2

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message if line is None else f"line {line}: {message}")
        self.line = line


class RepositoryError(ReviewbotError):
    """Not a repository, or it lacks the revision asked for."""

    exit_code = 2


class AgentError(ReviewbotError):
    """An agent file cannot be used, or the agent asked for does not exist."""

    exit_code = 2


class ReviewFileError(ReviewbotError):
    """A saved review is not JSON, or not of a schema this version reads."""

    exit_code = 2


class OutputError(ReviewbotError):
    """Standard output cannot be written."""


class EngineError(ReviewbotError):
    """A review engine broke; the review says so in its failures."""


class ModelError(EngineError):
    """The model could not be asked, refused, or answered what cannot be used."""


class GithubError(ReviewbotError):
    """GitHub could not be asked, or kept failing."""


class RefusedError(GithubError):
    """GitHub answered, and the answer is no.

    Args:
        status: HTTP status (GraphQL errors count as 403, 404 or 400).
        message: GitHub's own words, and what to do.
    """

    def __init__(self, status: int, message: str) -> None:
        super().__init__(message)
        self.status = status


class UnansweredError(GithubError):
    """A write that must not be repeated blindly was sent, and its answer was lost: it may have happened."""


class OutdatedError(GithubError):
    """The head of the pull request is no longer the one that was reviewed."""
