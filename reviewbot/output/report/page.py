"""Puts the page together: a template that escapes whatever is put into it, one style sheet and one script.

The content security policy names both by their digests and forbids everything else, so that nothing in the page can
load, send or execute anything, whoever wrote it.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from reviewbot.core import markdown_tree, unreviewed
from reviewbot.core.finding import Severity
from reviewbot.core.reasons import Reason
from reviewbot.core.review import Status
from reviewbot.core.text import printable
from reviewbot.output import counting, grouping
from reviewbot.output.code_frames import Frames
from reviewbot.output.markdown.places import nowhere
from reviewbot.output.reason_sentences import sentence
from reviewbot.output.report import view
from reviewbot.output.report.diffs import diffs
from reviewbot.output.verdict_line import headline, verdict_line

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewbot.core.change import ChangeSet
    from reviewbot.core.finding import Finding
    from reviewbot.core.review import Review

_HERE = Path(__file__).parent


def page(review: Review, changes: ChangeSet | None, page_of: Callable[[Finding], str] = nowhere) -> str:
    """Give the document.

    Args:
        review: What to show.
        changes: The change, for its diff; None for a saved review, whose findings quote their code.
        page_of: Gives the address of the page of a finding's check, empty where there is none.
    """
    files = view.files(review, changes, Frames(changes))
    findings = view.worst_first(files)
    style, script = _read("style.css"), _read("script.js")
    first = dict.fromkeys(shown.finding.path for shown in findings)
    return (
        _environment()
        .get_template("page.html.j2")
        .render(
            review=review,
            files=files,
            findings=findings,
            choices=view.choices(findings),
            severities=[str(one) for one in Severity if any(shown.finding.severity is one for shown in findings)],
            counting=counting,
            grouping=grouping,
            headline=f"Review: {headline(review)}",
            verdict=verdict_line(review),
            page_of=page_of,
            violated=[verdict for verdict in review.ledger if verdict.status is Status.VIOLATED],
            not_reviewed=unreviewed.remark(review),
            style=Markup(style),  # noqa: S704 - ours
            script=Markup(script),  # noqa: S704 - ours
            policy=f"default-src 'none'; style-src '{_digest(style)}'; script-src '{_digest(script)}'; base-uri 'none'",
            data=_data(diffs(changes, first) if changes else []),
        )
    )


def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(_HERE),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        finalize=_harmless,
    )
    environment.filters["prose"] = _prose
    environment.filters["tree"] = markdown_tree.read
    environment.filters["place"] = view.place
    environment.filters["plural"] = counting.plural
    return environment


def _harmless(value: object) -> object:
    """Give reasons their words, and show what could reorder or hide text; markup of ours has passed already."""
    if isinstance(value, Reason):
        value = sentence(value)
    return printable(value) if isinstance(value, str) and not isinstance(value, Markup) else value


def _prose(text: str) -> Markup:
    """Show code spans of Markdown as code; the rest stays as it is written."""
    parts = re.split(r"`([^`\n]+)`", printable(text))
    return Markup().join(
        Markup("<code>{}</code>").format(part) if at % 2 else Markup("{}").format(part) for at, part in enumerate(parts)
    )


def _data(value: Any) -> Markup:
    """Give JSON that cannot end the element it stands in."""
    text = json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return Markup(re.sub("[<>&]", lambda match: f"\\u{ord(match.group()):04x}", text))  # noqa: S704 - nothing of HTML is left


def _digest(text: str) -> str:
    return f"sha256-{base64.b64encode(hashlib.sha256(text.encode()).digest()).decode()}"


def _read(name: str) -> str:
    return (_HERE / name).read_text(encoding="utf-8")
