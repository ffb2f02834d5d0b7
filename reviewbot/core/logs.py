"""The log of what was asked of others, one line an event, on standard error."""

from __future__ import annotations

import importlib
import json as json_text
import logging
import sys
from typing import Any

from reviewbot.core import printing


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


def _json(values: Any, **options: Any) -> str:
    """Write JSON in which a runner finds nothing to obey, and which says what was meant."""
    return printing.inert_json(json_text.dumps(values, **options))


def configure(*, debug: bool = False, json: bool = False) -> None:
    """Say what is written.

    Args:
        debug: Every request too, not only progress and warnings.
        json: A JSON object a line, for programs that read it.
    """
    # Both escape line ends in values; what else a runner or a terminal would obey, the printer breaks.
    logfmt = structlog.processors.LogfmtRenderer(key_order=["level", "event"], bool_as_flag=False)
    structlog.configure(
        processors=[structlog.processors.add_log_level, structlog.processors.JSONRenderer(_json) if json else logfmt],
        wrapper_class=structlog.make_filtering_bound_logger(logging.DEBUG if debug else logging.INFO),
        # A line and its end in one write: threads log at the same time.
        logger_factory=lambda *_: structlog.WriteLogger(printing.Errors()),
        cache_logger_on_first_use=False,
    )


configure()  # else whoever logs before anybody did would write to standard output
