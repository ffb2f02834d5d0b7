"""The program: arguments in, an exit code out; the one place that turns errors into words."""

from __future__ import annotations

import gc
import importlib
import os
import sys
import traceback
from typing import TYPE_CHECKING, NoReturn

from reviewbot.cli.parser import parser
from reviewbot.core.errors import ReviewbotError
from reviewbot.core.text import printable

if TYPE_CHECKING:
    from collections.abc import Sequence


def main(argv: Sequence[str] | None = None) -> int:
    """Run one command; give its exit code. This is the one place that turns errors into words."""
    args = parser().parse_args(argv)
    args.environment = dict(os.environ)
    if os.environ.get("NO_COLOR"):
        args.no_color = True
    module, function = args.run
    try:
        code: int = getattr(importlib.import_module(f"reviewbot.cli.commands.{module}"), function)(args)
    except ReviewbotError as error:
        sys.stderr.write(f"reviewbot: error: {printable(str(error))}\n")
        return error.exit_code
    except BrokenPipeError:
        # The reader has seen enough (`| head`); keep the interpreter from complaining at exit.
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 3
    except KeyboardInterrupt:
        sys.stderr.write("reviewbot: interrupted\n")
        return 3
    except Exception:  # noqa: BLE001 - the last handler: a bug must not exit with 1, which means "findings"
        traceback.print_exc()
        sys.stderr.write("reviewbot: error: this is a bug in reviewbot; please report it with the lines above\n")
        return 3
    return code


def entry() -> NoReturn:
    """Entry point of the installed program."""
    code = main()
    # At its end the interpreter looks for cycles in all that is left; with the SDK that takes a third of a second.
    gc.freeze()
    sys.exit(code)
