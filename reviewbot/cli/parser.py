"""The command line: every command and option with its help; each command names the module that does it."""

from __future__ import annotations

import argparse

from reviewbot import __version__
from reviewbot.cli.arguments import Parser

FORMATS = ("terminal", "concise", "json", "markdown", "html", "sarif", "rdjson", "gitlab", "junit", "annotations")
# What people write who do not look up the name.
_ALIASES = {
    "md": "markdown",
    "htm": "html",
    "text": "terminal",
    "txt": "terminal",
    "xml": "junit",
    "github": "annotations",
}
WORKFLOWS = (
    "same-repository",
    "public-with-forks",
    "forks-in-two-jobs",
    "comment-trigger",
    "monorepo-two-agents",
    "manual",
    "organisation",
    "back-fill",
)
SEVERITIES = ("critical", "high", "medium", "low", "info")
EPILOG = """\
exit codes: 0 done and below the threshold; 1 findings at or above --fail-on;
2 bad usage, configuration or input; 3 something failed, or nothing was reviewed and --require-review is on;
130 or 143 ended by SIGINT (Ctrl-C) or SIGTERM"""


def parser() -> argparse.ArgumentParser:
    """Build the parser; every command's ``run`` names the module and function that do it."""
    top: argparse.ArgumentParser = Parser(
        prog="reviewbot",
        description="Reviews a change by the checklist of the agent whose stack it touches.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    top.add_argument("--version", action="version", version=f"reviewbot {__version__}")
    commands = top.add_subparsers(metavar="COMMAND", required=True)
    _add_review(commands)
    _add_route(commands)
    _add_prompt(commands)
    _add_post(commands)
    _add_agents(commands)
    _add_eval(commands)
    _add_checks(commands)
    _add_explain(commands)
    _add_config(commands)
    _add_baseline(commands)
    _add_init(commands)
    doctor = _command(
        commands, "doctor", "show what is configured, what is missing, and what would run", ("doctor", "run")
    )
    _add_settings(doctor)
    action = _command(
        commands, "action", "the step of a workflow: review what the event is about, and post", ("action", "run")
    )
    _add_log_format(action)
    return top


def _command(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, does: str, run: tuple[str, str]
) -> argparse.ArgumentParser:
    command = commands.add_parser(
        name,
        help=does,
        description=does[0].upper() + does[1:] + ".",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    _run(command, run)
    return command


def _run(command: argparse.ArgumentParser, run: tuple[str, str]) -> None:
    command.set_defaults(run=run, no_color=False, agent=None, config=None, repo=None, agents_dir=None)


def _group(
    commands: argparse._SubParsersAction[argparse.ArgumentParser], name: str, does: str, run: tuple[str, str]
) -> argparse._SubParsersAction[argparse.ArgumentParser]:
    """Add a command that has commands of its own, and runs the first of them where none is named."""
    group = commands.add_parser(name, help=does, allow_abbrev=False)
    _run(group, run)
    return group.add_subparsers(metavar="ACTION")


def _add_review(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(commands, "review", "review a change", ("review", "run"))
    _add_change(command)
    command.add_argument("--pr", metavar="OWNER/REPO#N", help="review a pull request; needs GITHUB_TOKEN or GH_TOKEN")
    command.add_argument("--post", action="store_true", help="post the review of --pr; without it, show what would be")
    _add_settings(command)
    _add_agent(command)
    _add_engine(command)
    _add_model(command)
    _add_recording(command)
    command.add_argument(
        "--format",
        choices=FORMATS,
        type=lambda name: _ALIASES.get(name, name),
        help="output format (default: what the ending of --output says, or terminal)",
    )
    command.add_argument("--output", metavar="FILE", help="write the review there instead of standard output")
    command.add_argument(
        "--fail-on",
        choices=(*SEVERITIES, "never"),
        help="exit with 1 for findings at least this severe (default: never)",
    )
    command.add_argument(
        "--require-review",
        action=argparse.BooleanOptionalAction,
        help="exit with 3 when the change has code and nothing looked at any of it (default: no)",
    )
    command.add_argument(
        "--min-severity", choices=SEVERITIES, help="hold back findings less severe than this (default: low)"
    )
    command.add_argument("--no-color", action="store_true", help="no colour on a terminal (as NO_COLOR=1)")
    does = "end after this long, such as 90s or 15m, and name what is left out (default: no limit)"
    command.add_argument("--timeout", metavar="TIME", type=_time, help=does)
    does = "every finding and every place in the terminal format (default: the 50 most severe)"
    command.add_argument("--all", action="store_true", help=does)
    does = "also who reviews what and why, and the checklist item by item (terminal format)"
    command.add_argument("-v", "--verbose", action="store_true", help=does)


def _add_engine(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--engine", choices=("auto", "checks", "claude"), help="what looks at the change (default: auto)"
    )


def _add_recording(command: argparse.ArgumentParser) -> None:
    command.add_argument("--record", metavar="DIR", help="keep every exchange with the model there")
    command.add_argument("--replay", metavar="DIR", help="answer from recordings, without key and network")
    _add_log_format(command)


def _add_log_format(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--log-format", choices=("text", "json"), default="text", help="progress and warnings on stderr (default: text)"
    )


def _add_model(command: argparse.ArgumentParser) -> None:
    command.add_argument("--model", metavar="NAME", help="Claude model, over the agents' own (sonnet, opus, an id …)")
    command.add_argument(
        "--max-cost-usd", metavar="N", type=_dollars, help="most that the review may cost (default: 5)"
    )


def _time(text: str) -> float | None:
    from reviewbot.core.deadline import seconds_of

    try:
        return seconds_of(text)
    except ValueError as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def _dollars(text: str) -> float:
    value = float(text)
    if not 0 <= value < float("inf"):
        raise ValueError
    return value


def _add_route(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(commands, "route", "show which agent reviews each file, and why", ("route", "run"))
    _add_change(command)
    _add_settings(command)
    _add_agent(command)
    command.add_argument("--format", choices=("terminal", "json"), default="terminal", help="output format")
    command.add_argument("--output", metavar="FILE", help="write there instead of standard output")


def _add_prompt(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(
        commands, "prompt", "show what would be sent to the model, and send no review", ("prompt", "run")
    )
    _add_change(command)
    _add_settings(command)
    _add_agent(command)
    _add_model(command)
    command.add_argument("--count", action="store_true", help="ask the API for the number of tokens; needs a key")


def _add_post(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(commands, "post", "post a saved review to a pull request", ("post", "run"))
    command.add_argument("review", metavar="REVIEW.json", help="what `reviewbot review --format json` printed")
    command.add_argument("--pr", metavar="OWNER/REPO#N", required=True, help="the pull request")
    command.add_argument("--dry-run", action="store_true", help="show what would be posted, and post nothing")


def _add_agent(command: argparse.ArgumentParser, does: str = "agent that reviews every file") -> None:
    told = f"{does}; a unique prefix is enough; may be repeated"
    command.add_argument("--agent", action="append", metavar="NAME", help=told)


def _add_agents(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    actions = _group(commands, "agents", "list, show or lint agent files (alone: list)", ("agents", "list_agents"))
    _add_settings(_command(actions, "list", "list the agents", ("agents", "list_agents")))
    show = _command(actions, "show", "show what was understood of an agent", ("agents", "show"))
    show.add_argument("name", metavar="NAME", help="the agent; a unique prefix is enough")
    _add_settings(show)
    lint = _command(actions, "lint", "complain about agent files, with file and line", ("agents", "lint"))
    lint.add_argument("directory", metavar="DIR", nargs="?", help="folder or file (default: the bundled agents)")


def _add_eval(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(commands, "eval", "measure how well an agent reviews known changes", ("evaluate", "run"))
    command.add_argument("cases", metavar="CASES_DIR", help="folder of cases (*.yml)")
    _add_settings(command)
    _add_agent(command)
    _add_engine(command)
    _add_model(command)
    _add_recording(command)
    command.add_argument("--format", choices=("terminal", "json"), default="terminal", help="output format")
    command.add_argument("--output", metavar="FILE", help="write there instead of standard output")


def _add_checks(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    does = "list the checks, or test a team's own (alone: list)"
    actions = _group(commands, "checks", does, ("checks", "list_checks"))
    listing = _command(actions, "list", "list the checks that would run", ("checks", "list_checks"))
    _add_agent(listing, "only those that run for this agent, each with its item")
    _add_settings(listing)
    test = _command(actions, "test", "run the cases of a team's own checks", ("checks", "test"))
    test.add_argument("directory", metavar="DIR", nargs="?", help="folder of checks (default: .reviewbot/checks)")
    _add_settings(test)


def _add_explain(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    command = _command(commands, "explain", "explain a check or a checklist item", ("explain", "run"))
    command.add_argument("id", metavar="ID", help="a check, a checklist item, or AGENT/ITEM")
    _add_settings(command)


def _add_config(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    does = "show the settings and where they come from (alone: show)"
    actions = _group(commands, "config", does, ("config", "show"))
    _add_settings(_command(actions, "show", "show every setting and where its value comes from", ("config", "show")))


def _add_baseline(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    does = "note what the checks find in the whole repository now, to be held back from now on"
    command = _command(commands, "baseline", does, ("baseline", "run"))
    command.add_argument("--repo", metavar="DIR", help="the repository (default: the one around this folder)")
    command.add_argument("--check", action="store_true", help="write nothing; 1 when it has what is no longer found")
    _add_settings(command)


def _add_init(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    does = "try the agents on the last commits, and write a workflow and a commented .reviewbot.yml"
    command = _command(commands, "init", does, ("init", "run"))
    command.add_argument("--repo", metavar="DIR", help="the repository (default: the one around this folder)")
    command.add_argument(
        "--workflow", choices=WORKFLOWS, default=WORKFLOWS[0], help=f"which one (default: {WORKFLOWS[0]})"
    )
    does = "address of the Action (default: the repository and commit that this program was installed from)"
    command.add_argument("--action", metavar="OWNER/REPO@REF", help=does)
    command.add_argument("--dry-run", action="store_true", help="print what would be written, and write nothing")
    command.add_argument("--force", action="store_true", help="overwrite files that are there and say something else")


def _add_change(command: argparse.ArgumentParser) -> None:
    does = "a diff file, or - for standard input (default: this branch since the default one, and uncommitted work)"
    command.add_argument("diff", metavar="DIFF", nargs="?", help=does)
    command.add_argument("--repo", metavar="DIR", help="repository: context for a diff, or what to review")
    command.add_argument("--base", metavar="REF", help="review from the merge base with REF (default repository: .)")
    command.add_argument("--head", metavar="REF", help="review up to REF (default: HEAD)")
    command.add_argument("--staged", action="store_true", help="review what the next commit would change")
    command.add_argument("--uncommitted", action="store_true", help="with --base: the uncommitted work as well")


def _add_settings(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--agents-dir",
        metavar="DIR",
        action="append",
        help="agent files to use instead of the bundled ones; may be repeated, also with `bundled`",
    )
    command.add_argument("--config", metavar="FILE", help="configuration file (default: .reviewbot.yml, if any)")
