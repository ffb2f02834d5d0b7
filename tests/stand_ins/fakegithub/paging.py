"""Lists that come in pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, TypeVar
from urllib.parse import urlencode

from fakegithub.http import Answer
from fakegithub.world import REPOSITORY_ID

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from fakegithub.http import Request

T = TypeVar("T")


def bounds(request: Request, default: int = 30) -> tuple[int, int]:
    """Give the page that is asked for and its size, at most 100."""

    def number(name: str, otherwise: int) -> int:
        text = request.query.get(name, "")
        return int(text) if text.isdigit() and int(text) else otherwise

    return number("page", 1), min(number("per_page", default), 100)


def links(request: Request, page: int, size: int, total: int) -> dict[str, str]:
    """Give the header with the addresses of the other pages; GitHub names the repository by its id there."""
    last = max(1, -(-total // size))
    below = request.path.removeprefix(f"/repos/{request.world.slug}")
    base = f"{request.world.api}/repositories/{REPOSITORY_ID}{below}"

    def one(number: int, name: str) -> str:
        return f'<{base}?{urlencode({**request.query, "page": number})}>; rel="{name}"'

    found = []
    if page > 1:
        found.append(one(min(page - 1, last), "prev"))
    if page < last:
        found += [one(page + 1, "next"), one(last, "last")]
    if page > 1:
        found.append(one(1, "first"))
    return {"link": ", ".join(found)} if found else {}


def paged(request: Request, items: Sequence[T], render: Callable[[T], Any]) -> Answer:
    """Give one page of a list."""
    page, size = bounds(request)
    shown = items[(page - 1) * size : page * size]
    return Answer(200, [render(item) for item in shown], links(request, page, size, len(items)))
