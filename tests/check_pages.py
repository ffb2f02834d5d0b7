"""Makes docs/checks/ID.md: what one check says, why, on which code, how often it is right, and how to switch it off."""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, Any

from reviewbot.checks import catalog, examples, scope
from reviewbot.cli.commands.explain import FOUND_BY, NEEDS
from reviewbot.core import documents
from reviewbot.review import first_sight
from reviewbot.review.evaluation import precision, recall

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from reviewbot.checks.examples import Example
    from reviewbot.core.check import Check
    from reviewbot.review.evaluation.precision import Measured
    from reviewbot.review.evaluation.recall import Recall

OFF = """## Where it is wrong

In `.reviewbot.yml`, for all of its findings, or for some files ([configuration](../configuration.md#checks)):

```yaml
checks:
  {id}: off
```

For one place, in the code, with a reason
([configuration](../configuration.md#ignoring-one-finding-in-the-code)): `# reviewbot: ignore[{id}] why`.
On a pull request: an answer `/dismiss why` to its comment ([on GitHub](../github.md#commands)). A false positive is
worth a report: it becomes a case that the check must leave alone."""

_LANGUAGES = {".py": "python", ".ts": "ts", ".tsx": "tsx", ".yml": "yaml", ".yaml": "yaml", "Makefile": "make"}


def _parts(check: Check) -> Iterator[str]:
    yield f"# `{check.id}`"
    yield "<!-- Generated from the check, its cases and its figures by `make docs`. -->"
    yield f"**{check.title}.** Severity {check.severity}, confidence {check.confidence}."
    yield f"## Why\n\n{line(check.why)}"
    yield f"## What to do\n\n{line(check.fix)}"
    reported, left_alone = examples.of(check.id)
    if reported is not None:
        yield f"## Reported\n\n{_code(reported, _first(check.id, 'invalid'))}"
    yield from _suggested(check.id)
    if left_alone is not None:
        yield f"## Left alone\n\n{_code(left_alone, _first(check.id, 'valid'))}"
    yield f"What else it leaves alone: {line(check.leaves_alone)}"
    yield f"## How often it is right\n\n{_measured(check.id)}"
    yield f"## What it is about\n\n{_about(check)}"
    yield OFF.format(id=check.id)


def _code(example: Example, case: Mapping[str, Any]) -> str:
    """Give the code of a case; as a difference where the case is about what was there before."""
    around = ", ".join(f"`{path}`" for path in case.get("tree", ()))
    where = f"In `{example.path}`{f', beside {around}' if around else ''}:\n\n" if example.path else ""
    language = _language(example.path) if example.before is None else "diff"
    return f"{where}```{language}\n{example.shown}\n```"


def _language(path: str) -> str:
    return next((name for ending, name in _LANGUAGES.items() if path.endswith(ending)), "" if path else "python")


def _suggested(check: str) -> Iterator[str]:
    """Give what the check suggests, by the first of its cases that says it."""
    cases = _cases(check)["invalid"]
    for case in cases:
        if isinstance(case, dict) and isinstance(case.get("suggestion"), str):
            where = f", in place of line {case['lines'][0]}" if case.get("lines") else ""
            code = "" if case is cases[0] else f"For\n\n```python\n{case['code'].rstrip()}\n```\n\n"
            suggested = case["suggestion"].rstrip() or "# nothing"
            words = f"{code}{'it' if code else 'It'} suggests{where}:"
            yield f"## Suggested\n\n{words}\n\n```python\n{suggested}\n```"
            return


def _measured(check: str) -> str:
    figures, planted = _figures().get(check), _planted().get(check)
    said = str(figures or "not measured yet")
    parts = [f"{said[0].upper()}{said[1:]}."]
    if planted:
        parts.append(f"It was tried on {planted}; who wrote the rule had not seen them.")
    return " ".join([*parts, "[How this was measured](../checks.md#how-often-they-are-right)."])


def _about(check: Check) -> str:
    lines = [
        f"- It looks at {scope.described(check)}, and needs {NEEDS[check.needs]}.",
        f"- It is found by {FOUND_BY[check.engine]}.",
        f"- Items of the agents' checklists that it is about: {', '.join(f'`{item}`' for item in check.items)}.",
    ]
    if check.everywhere:
        lines.append("- It holds for any Python, so it runs for every agent.")
    if check.decides:
        decided = ", ".join(f"`{item}`" for item in check.decides)
        lines.append(f"- It decides {decided}: where it reports nothing, the item counts as passed.")
    if elsewhere := first_sight.told(check):
        lines.append(
            "- In a [project that is not the agent's own](../checks.md#in-other-projects) its findings are "
            f"{elsewhere}."
        )
    if check.petty:
        lines.append(
            "- A detail: named in one folded line of the summary, unless `.reviewbot.yml` gives it a severity."
        )
    elif check.group_above is not None:
        lines.append(f"- Where there are more than {check.group_above} of its findings, they are one note.")
    return "\n".join(lines)


@cache
def _figures() -> Mapping[str, Measured]:
    return precision.measured()


@cache
def _planted() -> Mapping[str, Recall]:
    return recall.counted("unseen")


def _first(check: str, kind: str) -> Mapping[str, Any]:
    case = _cases(check)[kind][0]
    return case if isinstance(case, dict) else {}


@cache
def _cases(check: str) -> Mapping[str, Any]:
    loaded: Mapping[str, Any] = documents.own(examples.folder() / f"{check}.yml")
    return loaded


def line(text: str) -> str:
    """Give a text of several lines in one."""
    return " ".join(text.split())


def names() -> tuple[str, ...]:
    """Give the ids of all checks, without reading them: each has its cases."""
    return tuple(sorted(path.stem for path in examples.folder().glob("*.yml")))


def page(check: str) -> str:
    """Give the page of a check."""
    return "\n\n".join(_parts(catalog.load().checks[check])) + "\n"
