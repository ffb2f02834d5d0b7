"""The checks of one review, read when they are wanted: a model can be asked meanwhile."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewbot.checks.catalog import Catalog
    from reviewbot.settings.loading import Settings


def of(settings: Settings) -> Callable[[], Catalog]:
    """Give what gives the checks to review with.

    Raises:
        ConfigError: As in :func:`reviewbot.checks.selection.of`, at once: nobody is asked for a review that will fail.
    """

    def read() -> Catalog:
        from reviewbot.checks import selection

        return selection.of(settings)

    if settings.checks or settings.config.checks:
        catalog = read()
        return lambda: catalog
    return read
