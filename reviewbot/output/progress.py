"""One line on a terminal that says what is being done, and is gone when it is done."""

from __future__ import annotations

import contextlib
import threading
from typing import IO, TYPE_CHECKING

from reviewbot.core.text import one_line

if TYPE_CHECKING:
    from types import TracebackType

    from rich.live import Live
    from rich.spinner import Spinner

    from reviewbot.core.telling import Tell

# Seconds: what takes less needs no line.
_PATIENCE = 1.0


class Progress(contextlib.AbstractContextManager["Tell"]):
    """Shows a line while something is done; as a context it gives what tells it what that is, from any thread.

    What others write to standard error meanwhile stands above the line.

    Args:
        file: Where the terminal is.
        color: Whether colour may be used.
        patience: Seconds before the line appears.
    """

    def __init__(self, file: IO[str], *, color: bool = True, patience: float = _PATIENCE) -> None:
        self._file = file
        self._color = color
        self._doing: dict[str, str] = {}
        self._lock = threading.Lock()
        self._over = False
        self._live: Live | None = None
        self._timer = threading.Timer(patience, self._show)
        self._timer.daemon = True

    def __enter__(self) -> Tell:
        self._timer.start()
        return self._tell

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._timer.cancel()
        with self._lock:
            self._over = True
        if self._live is not None:
            self._live.stop()

    def _tell(self, part: str, words: str) -> None:
        if words:
            self._doing[part] = one_line(words)
        else:
            self._doing.pop(part, None)

    def _show(self) -> None:
        with self._lock, contextlib.suppress(ImportError):  # structlog is imported as if there were no rich
            if self._over:
                return
            from rich.console import Console
            from rich.live import Live
            from rich.spinner import Spinner

            console = Console(file=self._file, no_color=not self._color, highlight=False, markup=False, emoji=False)
            spinner = Spinner("dots")
            self._live = Live(
                get_renderable=lambda: self._line(spinner, console.width),
                console=console,
                transient=True,
                refresh_per_second=8,
                redirect_stdout=False,
            )
            self._live.start()

    def _line(self, spinner: Spinner, width: int) -> Spinner:
        from rich.text import Text

        text = Text("; ".join(f"{part}: {words}" for part, words in tuple(self._doing.items())) or "working")
        text.truncate(max(width - 3, 1), overflow="ellipsis")
        spinner.update(text=text)
        return spinner
