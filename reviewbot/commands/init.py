"""``reviewbot init``: a workflow and a commented configuration to start from."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.commands.inputs import say
from reviewbot.config import FILE_NAME
from reviewbot.errors import UsageError

if TYPE_CHECKING:
    from argparse import Namespace

WORKFLOW = Path(".github", "workflows", "reviewbot.yml")


def run(args: Namespace) -> int:
    """Write both files, or neither where one of them is there already.

    Raises:
        UsageError: One is there, or the folder is not, or it cannot be written.
    """
    folder = Path(args.repo) if args.repo else Path()
    if not folder.is_dir():
        raise UsageError(f"--repo {args.repo}: no such folder")
    texts = {
        folder / WORKFLOW: (workflows_dir() / f"{args.workflow}.yml").read_text(encoding="utf-8"),
        folder / FILE_NAME: Path(__file__).with_name("init.yml").read_text(encoding="utf-8"),
    }
    there = [str(path) for path in texts if path.exists()]
    if there:
        raise UsageError(f"{' and '.join(there)}: there already, so nothing was written")
    for path, text in texts.items():
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            path.write_text(text, encoding="utf-8")
        except OSError as error:
            raise UsageError(f"{path}: cannot write: {error.strerror}") from error
        say(f"{path}: written")
    say("next: read both, `reviewbot doctor`, and for an old repository `reviewbot baseline`")
    return 0


def workflows_dir() -> Path:
    """Give the folder of the workflows that the docs show, in an installed copy or in a checkout."""
    packaged = Path(__file__).parent.parent / "_workflows"
    return packaged if packaged.is_dir() else Path(__file__).parent.parent.parent / "docs" / "workflows"
