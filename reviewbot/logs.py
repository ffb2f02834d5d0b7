"""The log of what was asked of others, one line an event, on standard error."""

from __future__ import annotations

import logging
import sys

import structlog


def configure(*, debug: bool = False, json: bool = False) -> None:
    """Say what is written.

    Args:
        debug: Every request too, not only progress and warnings.
        json: A JSON object a line, for programs that read it.
    """
    # Both escape line ends in values, so that nothing from outside begins a line that a runner would obey.
    logfmt = structlog.processors.LogfmtRenderer(key_order=["level", "event"], bool_as_flag=False)
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer() if json else logfmt],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.INFO),
        # Looked up anew for each line: who captures standard error may have let go of it since.
        logger_factory=lambda *_: structlog.PrintLogger(sys.stderr),
        cache_logger_on_first_use=False,
    )
