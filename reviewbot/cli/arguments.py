"""Reading a command line as people mistype it, and printing by the printer; the options stand in the parser."""

from __future__ import annotations

import argparse
import contextlib
import re
from typing import Any, NoReturn

from reviewbot.core import printing


class Parser(argparse.ArgumentParser):
    """Says the nearest of what may be written; Python's own does so from 3.14 on, of choices (``suggest_on_error``)."""

    def parse_known_args(self, args: Any = None, namespace: Any = None) -> tuple[Any, list[str]]:
        """Read arguments; what is unknown is an error of the command whose options it may have meant."""
        read, unknown = super().parse_known_args(args, namespace)
        if unknown:
            self.error(f"unrecognized arguments: {' '.join(unknown)}")
        return read, unknown

    def _print_message(self, message: str, file: Any = None) -> None:
        if not message:
            return
        if file is not printing.standard_output() or file is None:
            printing.err(message)
            return
        with contextlib.suppress(BrokenPipeError):  # the reader has seen enough (`| head`)
            printing.out(message)

    def error(self, message: str) -> NoReturn:
        """End with 2, after the usage and a message."""
        near = self._near(message)
        super().error(f"{message}; did you mean {near[0]}?" if near else message)

    def _near(self, message: str) -> list[str]:
        from reviewbot.core.nearest import nearest

        options = self._option_string_actions
        if wrong := re.search(r"invalid choice: '([^']*)' \(choose from (.*)\)$", message):
            option = [f"--{wrong[1]}"] if f"--{wrong[1]}" in options else []
            return option or nearest(wrong[1], re.findall(r"[\w-]+", wrong[2]))
        if wrong := re.search(r"unrecognized arguments: (?:.* )?--([^\s=]+)", message):
            return [f"--{name}" for name in nearest(wrong[1], (option.lstrip("-") for option in options))]
        return []
