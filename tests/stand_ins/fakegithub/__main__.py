"""Serves a fake GitHub to programs in other languages: ``python -m fakegithub GIT_DIR --pull BASE HEAD``."""

from __future__ import annotations

import argparse
import json
import signal
import sys
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

from fakegithub.fake import FakeGitHub
from fakegithub.faults import Fault

if TYPE_CHECKING:
    from collections.abc import Sequence


def _arguments(arguments: Sequence[str] | None) -> argparse.Namespace:
    parser = argparse.ArgumentParser(prog="fakegithub", description=__doc__)
    parser.add_argument("git_dir", type=Path)
    parser.add_argument("--slug", default="acme/app")
    parser.add_argument("--port", type=int, default=0)
    parser.add_argument("--prefix", default="")
    parser.add_argument("--default-branch", default="main")
    parser.add_argument("--pull", nargs=2, metavar=("BASE", "HEAD"), required=True)
    parser.add_argument("--title", default="A change")
    parser.add_argument("--body", default="")
    parser.add_argument("--author", default="ada:write", metavar="LOGIN:PERMISSION")
    parser.add_argument("--fork", metavar="OWNER/NAME")
    parser.add_argument("--draft", action="store_true")
    parser.add_argument("--comment", action="append", default=[], metavar="LOGIN:PERMISSION:TEXT")
    parser.add_argument("--login", default="github-actions[bot]", help="whose token it is")
    parser.add_argument("--token-permissions", default="contents=read,pull-requests=write,issues=write")
    parser.add_argument("--event", action="append", nargs=3, default=[], metavar=("NAME", "ACTION", "FILE"))
    parser.add_argument("--fault", action="append", default=[], metavar="KIND@NUMBER")
    parser.add_argument("--journal", type=Path)
    parser.add_argument("--state", type=Path)
    return parser.parse_args(arguments)


def _write(path: Path | None, value: Any) -> None:
    if path is not None:
        part = path.with_name(f"{path.name}.part")
        part.write_text(json.dumps(value, indent=1) + "\n", encoding="utf-8")
        part.replace(path)


def _prepare(fake: FakeGitHub, options: argparse.Namespace) -> dict[str, Any]:
    """Open the pull request with all that stands on it; give what the caller must know."""
    author, _, permission = options.author.partition(":")
    fake.person(author, permission=permission or "write")
    base, head = options.pull
    details = {"title": options.title, "body": options.body, "author": author}
    number = fake.open_pull(head, base=base, draft=options.draft, fork=options.fork, **details)
    comments = []
    for text in options.comment:
        login, role, body = text.split(":", 2)
        fake.person(login, permission=role, association="NONE" if role in {"none", "read"} else "MEMBER")
        comments.append(fake.comment(number, login, body))
    for name, action, file in options.event:
        extra = {"comment_id": comments[-1]} if name == "issue_comment" else {}
        _write(Path(file), fake.event(name, None if action in {"", "-"} else action, number, **extra))
    for fault in options.fault:
        kind, _, at = fault.partition("@")
        fake.faults.add(Fault(kind, at=int(at)))
    pairs = (pair.split("=") for pair in options.token_permissions.split(",") if pair)
    scopes = {name.strip().replace("-", "_"): level.strip() for name, level in pairs}
    kind = "installation" if options.login.endswith("[bot]") else "user"
    token = fake.token(options.login, kind=kind, **scopes)
    urls = {"url": fake.url, "graphql_url": fake.graphql_url, "server_url": fake.server_url}
    return {**urls, "token": token, "pull": number, "comments": comments}


def main(arguments: Sequence[str] | None = None) -> int:
    """Serve until a signal comes; the files are written after every request."""
    options = _arguments(arguments)
    ended = threading.Event()
    for number in (signal.SIGTERM, signal.SIGINT):
        signal.signal(number, lambda *_: ended.set())
    fake = FakeGitHub(options.git_dir, options.slug, options.default_branch, options.prefix, port=options.port)
    with fake:
        told = _prepare(fake, options)
        writing = threading.Lock()

        def note(*_: object) -> None:
            with writing:
                _write(options.journal, [exchange.as_json() for exchange in fake.journal])
                _write(options.state, {**fake.snapshot(told["pull"]), "violations": fake.violations})

        note()
        fake.listeners.append(note)
        sys.stdout.write(json.dumps(told) + "\n")
        sys.stdout.flush()
        ended.wait()
        note()
    return 0


if __name__ == "__main__":
    sys.exit(main())
