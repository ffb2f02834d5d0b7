"""The program: arguments in, an exit code out; the one place that turns errors into words."""

from __future__ import annotations

import gc
import importlib
import os
import signal
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn

from reviewbot.cli.parser import parser
from reviewbot.core import children, printing
from reviewbot.core.errors import ReviewbotError, TerminatedError

if TYPE_CHECKING:
    from collections.abc import Sequence
    from types import FrameType


def main(argv: Sequence[str] | None = None) -> int:  # noqa: PLR0911 - an end of its own for each
    """Run one command; give its exit code. This is the one place that turns errors into words."""
    arguments = sys.argv[1:] if argv is None else list(argv)
    if not arguments:
        # Not 0: a workflow's step that lost its arguments has reviewed nothing.
        printing.err(parser().format_help())
        return 2
    try:
        args = parser().parse_args(arguments)
        args.environment = dict(os.environ)
        if os.environ.get("NO_COLOR"):
            args.no_color = True
        module, function = args.run
        code: int = getattr(importlib.import_module(f"reviewbot.cli.commands.{module}"), function)(args)
    except ReviewbotError as error:
        printing.err(f"reviewbot: error: {error}\n")
        return error.exit_code
    except BrokenPipeError:
        return 3  # the reader has seen enough (`| head`)
    except (KeyboardInterrupt, TerminatedError) as error:
        children.end()
        by, code = ("SIGTERM", error.exit_code) if isinstance(error, TerminatedError) else ("SIGINT", 130)
        done = "; ".join(getattr(error, "__notes__", ())) or "nothing was posted"
        printing.say(f"ended by {by}: {done}")
        return code
    except OSError as error:  # a name that is too long, a folder that may not be looked into
        printing.say(f"error: {error}")
        return 3
    except Exception:  # noqa: BLE001 - the last handler: a bug must not exit with 1, which means "findings"
        printing.err(traceback.format_exc())
        printing.say("error: this is a bug in reviewbot; please report it with the lines above")
        return 3
    return code


def _terminate(signum: int, frame: FrameType | None) -> NoReturn:  # noqa: ARG001 - as signal wants it
    # Once: who is asked twice ends without a word.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)
    raise TerminatedError


def entry() -> NoReturn:
    """Entry point of the installed program."""
    printing.open_what_is_closed()
    # A process without a handler dies of it without a word, and the first one of a container not even that.
    signal.signal(signal.SIGTERM, _terminate)
    code = main()
    # At its end the interpreter looks for cycles in all that is left; with the SDK that takes a third of a second.
    gc.freeze()
    sys.exit(code)
