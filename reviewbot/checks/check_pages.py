"""Where the page of a check can be read."""

from __future__ import annotations

from typing import TYPE_CHECKING

from reviewbot.core.explanation import page_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from reviewbot.core.finding import Finding


def of(home: str) -> Callable[[Finding], str]:
    """Give what gives the address of the page of a finding's check; empty where there is none.

    A check of the team's own has no page of ours, nor has what a model found; neither is ever called as one of ours is.

    Args:
        home: Where the program's files can be read; empty for nowhere.
    """

    def page(finding: Finding) -> str:
        from reviewbot.checks import catalog  # the model is asked before the checks are imported

        return page_of(finding.check, home) if home and finding.check in catalog.load().checks else ""

    return page
