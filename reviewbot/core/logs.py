"""The log of what was asked of others, one line an event, on standard error."""

from __future__ import annotations

import importlib
import logging
import sys
from typing import Any


def _without_rich() -> Any:
    """Import structlog. With rich it could print tracebacks, which nobody asks it for, and takes four times as long."""
    absent = "rich" not in sys.modules
    if absent:
        sys.modules["rich"] = None  # type: ignore[assignment]  # it says that there is none
    try:
        return importlib.import_module("structlog")
    finally:
        if absent:
            del sys.modules["rich"]


structlog = _without_rich()
get_logger = structlog.get_logger


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
