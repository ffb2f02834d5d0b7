"""What mkdocs does with links that leave docs/, or lead to a folder: they lead to the repository."""

from __future__ import annotations

import posixpath
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT = Path(__file__).parent.parent
_LINK = re.compile(r"(?<=\]\()(?P<target>[^)#\s:]+)(?=[)#])")


def on_page_markdown(markdown: str, page: Any, config: Mapping[str, Any], **_: Any) -> str:
    """Give a page with its links as they must be on the site; mkdocs calls it."""
    return rewritten(markdown, page.file.src_uri, config["repo_url"])


def rewritten(markdown: str, uri: str, repository: str) -> str:
    """Give a page with its links as they must be on the site.

    Args:
        markdown: Its text.
        uri: Where it stands in docs/.
        repository: Address of the repository.
    """

    def led(link: re.Match[str]) -> str:
        target = posixpath.normpath(posixpath.join("docs", posixpath.dirname(uri), link["target"]))
        place = ROOT / target
        if target.startswith("docs/") and place.is_file():
            return link["target"]
        kind = "tree" if place.is_dir() else "blob"
        return f"{repository}/{kind}/main/{target}" if place.exists() else link["target"]

    return _LINK.sub(led, markdown)
