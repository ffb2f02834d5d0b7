"""The log of what was asked of others, one line an event, on standard error."""

from __future__ import annotations

import logging
import sys

import structlog


def configure(*, debug: bool = False) -> None:
    """Say what is written: warnings, or every request too."""
    structlog.configure(
        processors=[
            structlog.processors.add_log_level,
            # Escapes line ends in values, so that nothing from outside begins a line that a runner would obey.
            structlog.processors.LogfmtRenderer(key_order=["level", "event"], bool_as_flag=False),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.WARNING),
        logger_factory=structlog.PrintLoggerFactory(sys.stderr),
        cache_logger_on_first_use=False,
    )
