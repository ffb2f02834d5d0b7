"""The documentation site: what it needs besides its pages. In .ci/run mkdocs builds it, and checks every link."""

from __future__ import annotations

import importlib.util
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from reviewbot import ADDRESS

if TYPE_CHECKING:
    from types import ModuleType

ROOT = Path(__file__).parent.parent
HOME = f"https://github.com/{ADDRESS}"
SITE: dict[str, Any] = yaml.safe_load((ROOT / "mkdocs.yml").read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def links() -> ModuleType:
    """Give the hook that mkdocs calls."""
    (path,) = SITE["hooks"]
    spec = importlib.util.spec_from_file_location("site_links", ROOT / path)
    assert spec is not None
    assert spec.loader is not None
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


@pytest.mark.parametrize(
    ("uri", "link", "becomes"),
    [
        ("index.md", "claude.md#what-is-sent", "claude.md#what-is-sent"),
        ("index.md", "workflows/manual.yml", "workflows/manual.yml"),
        ("index.md", "workflows", f"{HOME}/tree/main/docs/workflows"),
        ("checks/bare-except.md", "../configuration.md#checks", "../configuration.md#checks"),
        ("security.md", "../.github/SECURITY.md", f"{HOME}/blob/main/.github/SECURITY.md"),
        ("index.md", "nowhere.md", "nowhere.md"),
        ("index.md", "https://example.com/", "https://example.com/"),
    ],
)
def test_links_that_leave_the_docs_lead_to_the_repository(links: ModuleType, uri: str, link: str, becomes: str) -> None:
    assert links.rewritten(f"see [this]({link}), there", uri, HOME) == f"see [this]({becomes}), there"


def test_the_site_belongs_to_the_repository_and_checks_every_link() -> None:
    assert SITE["repo_url"] == HOME
    assert SITE["strict"] is True
    (build,) = re.findall(r"mkdocs build.*", (ROOT / "Makefile").read_text(encoding="utf-8"))
    assert "--quiet" not in build, "warnings that are not printed do not count"
    assert all(SITE["validation"][name] == "warn" for name in ("absolute_links", "anchors", "unrecognized_links"))


def test_a_page_asks_no_other_host_for_anything() -> None:
    assert SITE["theme"]["font"] is False
    assert SITE["plugins"] == ["search"]
    assert "extra_javascript" not in SITE
