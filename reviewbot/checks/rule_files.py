"""What a rule file may say: its form, which docs/writing-a-check.md and docs/schemas/check.json are made of.

The rule files of the package are held to it by the tests, not at run time: pydantic costs 0.1 s.
"""

from __future__ import annotations

import re
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any, Literal, TypeAlias

from reviewbot.checks.batches import stays_inside
from reviewbot.checks.scope import WHERE
from reviewbot.checks.values.standing import KINDS
from reviewbot.checks.values.traced import KEYS
from reviewbot.core import documents, forms
from reviewbot.core.check import Needs
from reviewbot.core.finding import Confidence, Severity  # noqa: TC001 - pydantic reads the annotation at run time
from reviewbot.core.globs import complaint
from reviewbot.core.marks import Exact, Must

if TYPE_CHECKING:
    from reviewbot.core.documents import Document

    Where: TypeAlias = str
    Kind: TypeAlias = str
    Question: TypeAlias = str
    Reached: TypeAlias = str
    Handled: TypeAlias = str
else:
    Where, Kind, Question = Literal[tuple(WHERE)], Literal[tuple(KINDS)], Literal[KEYS]
    Reached = Literal["schema", "route", "documented", "resources", "served"]
    Handled = Literal["logged", "refused"]

_ARGUMENT = re.compile(r"[A-Za-z_]\w*=\S")


def _pattern(text: str) -> str:
    try:
        re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        return f"must be a regular expression: {error}"
    return ""


def _argument(text: str) -> str:
    return "" if _ARGUMENT.match(text) else "must be an argument, such as `timeout=10`"


def _inside(rule: Any) -> str:
    return "" if stays_inside(rule) else "must stay inside one statement, so that all files can be searched at once"


Pattern = Annotated[str, Must(_pattern)]


class Metadata(forms.Form):
    """What ast-grep does not know of a check.

    Attributes:
        title: What is wrong where it reports, as one sentence.
        why: For people: what goes wrong in production. With `fix` it is the comment's body.
        fix: For people: what to do instead.
        leaves_alone: For people: what it deliberately does not report.
        severity: `critical`, `high`, `medium`, `low` or `info`.
        confidence: `high`, `medium` or `low`. A hint (`low`) is never inline.
        items: Checklist items it speaks for, `agent/item`.
        decides: Those of them for which its silence means "passed". Most checks decide nothing: they see one way to
            break a rule.
        words: For agents that no check names: phrases that say what the check reports ("SQL injection"), the most
            specific first; the item that says one, in its rule or its details, gets the check.
        topics: Where no item says such a phrase: what the check is one case of ("error handling"), in any form and
            order of the words. They count only for an item whose rule says nothing beside them but how, how well, by
            what means or where. One that ends in `of a web service` ("error handling of a web service") is left out for
            agents whose stack is another part of Python than what answers requests.
        everywhere: `true` where it holds for any Python: it runs for every agent, and what no item is about is filed
            under `beyond-the-checklist`.
        where: `application` (default: not tests, seeds, migrations, scripts, start-up code), `migrations`, or
            `anywhere`.
        needs: `hunk` (default) or `file`: the least it must see.
        once_per: `match` (default), `symbol` (once for each function) or `file`.
        anchor: The meta-variable the finding points at, without `$`; default the whole match.
        changed: Meta-variables whose first line counts as changed too: a loop put around an old query.
        suggest: Replacement of the anchor, with meta-variables; a branch of the rule that does not match one of them
            gets none. It is shown only if, applied, the file parses, this check no longer reports the place, no check
            reports a new one, and every name, call and comment of the old lines is still there.
        suggest_drops: The names that the suggestion is about and may take away.
        suggest_argument: Instead of `suggest`: meta-variable of a call → the keyword argument it should have, as in
            `{CALL: timeout=10}`.
        suggest_where: A regular expression that must match in the text for the suggestion to be right there: an import
            that it needs.
        group_above: Above this number of findings they are said once, as a note.
        petty: `true`: its findings are details, named in one folded line of the summary and never inline.
        plain: A regular expression. A finding in whose quoted code it matches is right whatever the project, and
            comments also where the check's other findings are hints because the project is another one.
        mentions: Plain words, one of which must be in the text for the rule to match at all; saves time.
        only_with: A rule of ast-grep's that must match somewhere in the text, staying inside one statement: saves time
            for a rule that looks at the whole module, and lets a check of ruff's speak only in files that are written
            in some way.
        reached: `schema` or `route`: no finding in a schema that no route shows, or on a route whose router no
            application includes, where the tree tells. `served`: none in what only a command line runs: its commands,
            and modules that no module with an application, routes or tasks loads. `resources`: none on a route of an
            application most of whose routes are a POST to the name of an action.
        unless_handled: `logged`: no finding where the error stands in the detail of an `HTTPException` that the
            application's own handler logs. `refused`: none where what is raised behind a route only becomes an answer
            of class 4xx.
        built: Meta-variable of a text → regular expression for its fixed words. A finding counts only if the text,
            followed through the names of its function, is put together (f-string, `+`, `+=`, `%`, `format`, `join`)
            from values that somebody else may choose: no constants, numbers, fixed mappings, placeholders, names of
            tables, nor what a driver quotes.
        stands_for: Meta-variable → what it must stand for, followed through the names, parameters and types of its
            function, class and module: `database` (a session or connection), `session`, `async-session`,
            `opened-session` (a call that opens one), `rows-unasked` (rows of a query that nothing showed to be there),
            `rows-counted` (rows used for nothing but their number), `length-unasked` (a length that may be zero),
            `never-awaited` (what its function awaits neither itself nor with `gather` or a task), `unheard-errors` (a
            handler of every error, or a `suppress`, after which nobody knows that there was one), `kept-in-process` (a
            container of the module or a class that only ever grows), `data` (no function or class that was handed in).
        traced: Questions about meta-variables, each with a regular expression: `named` (what a function is by the
            imports, `subprocess.run` for `sp.run`), `comes` (what a value comes from, followed through names, texts and
            choices), `shows` (the same, only for what can still be read in it), `goes` (where a value goes: `token=`,
            `mail(0)`, `"password":`, `return f`, `text https://{}/x`) and `used` (the same for a name). With `_not`
            (`goes_not`) nothing of it may match. See `values/destinations.py` for the lines.
        habit: Meta-variable, without `$`. No finding where the rule found the same text of it in the file before the
            change, anywhere: the file is written that way, and one more is no news.
        unless_said: A regular expression. No finding where a comment on its lines, or right above it or its statement,
            matches: the author says that it is meant.
        identity: A regular expression for what of a finding's text (without white space) makes it the same finding as
            one before the change; all of it where not given.
    """

    title: str
    why: str
    fix: str
    leaves_alone: str
    severity: Severity
    confidence: Confidence
    items: tuple[str, ...]
    decides: tuple[str, ...] = ()
    words: tuple[str, ...] = ()
    topics: tuple[str, ...] = ()
    everywhere: Annotated[bool, Exact()] = False
    where: Where = "application"
    needs: Needs = Needs.HUNK
    once_per: Literal["match", "symbol", "file"] = "match"
    anchor: str = ""
    changed: tuple[str, ...] = ()
    suggest: str = ""
    suggest_argument: dict[str, Annotated[str, Must(_argument)]] = forms.Field(default_factory=dict)
    suggest_drops: tuple[str, ...] = ()
    suggest_where: Pattern = ""
    group_above: Annotated[int, Exact()] = forms.Field(default_factory=int)
    petty: Annotated[bool, Exact()] = False
    plain: Pattern = ""
    mentions: tuple[str, ...] = ()
    only_with: Annotated[dict[str, Any], Must(_inside)] = forms.Field(default_factory=dict)
    reached: Reached = ""
    unless_handled: Handled = ""
    built: dict[str, Pattern] = forms.Field(default_factory=dict)
    stands_for: dict[str, Kind] = forms.Field(default_factory=dict)
    traced: dict[Question, dict[str, Pattern]] = forms.Field(default_factory=dict)
    habit: str = ""
    unless_said: Pattern = ""
    identity: Pattern = ""

    @forms.field_validator("decides")
    @classmethod
    def _among_the_items(cls, decides: tuple[str, ...], info: forms.ValidationInfo) -> tuple[str, ...]:
        for item in decides:
            if item not in info.data.get("items", decides):
                raise ValueError(f"names {item!r}, which is not among its `items`")
        return decides

    @forms.field_validator("suggest_drops", "suggest_where")
    @classmethod
    def _with_a_suggestion(cls, value: Any, info: forms.ValidationInfo) -> Any:
        if not (info.data.get("suggest") or info.data.get("suggest_argument")):
            raise ValueError("needs a `suggest`")
        return value


class RuleFile(forms.Form):
    """A check: a rule of ast-grep's, or codes of ruff's.

    Attributes:
        id: The name of the file without its ending, in kebab-case.
        language: Only Python is read.
        message: The title of a finding; may name meta-variables of the rule.
        note: For ast-grep's own program; not used here.
        severity: For ast-grep's own program; not used here.
        files: The only files it looks at, as gitignore patterns; `metadata.where` says which ones where it is left out.
        ignores: Files it leaves alone, as gitignore patterns.
        rule: What it finds, in the words of ast-grep.
        constraints: Rules for single meta-variables.
        utils: Rules that `rule` uses by name.
        transform: Meta-variables made of others.
        ruff: Instead of `rule`: codes of ruff's.
        metadata: What ast-grep does not know.
    """

    id: str
    language: Literal["python"] = "python"
    message: str = ""
    note: Any = None
    severity: Any = None
    files: Annotated[tuple[str, ...], Must(complaint)] = ()
    ignores: Annotated[tuple[str, ...], Must(complaint)] = ()
    rule: dict[str, Any] = forms.Field(default_factory=dict)
    constraints: dict[str, Any] = forms.Field(default_factory=dict)
    utils: dict[str, Any] = forms.Field(default_factory=dict)
    transform: dict[str, Any] = forms.Field(default_factory=dict)
    ruff: tuple[str, ...] = ()
    metadata: Metadata

    @forms.field_validator("id")
    @classmethod
    def _named_like_the_file(cls, name: str, info: forms.ValidationInfo) -> str:
        if info.context is not None and name != info.context:
            raise ValueError(f"must be the file's name, {info.context!r}")
        return name

    @forms.model_validator(mode="after")
    def _either_or(self) -> RuleFile:
        if bool(self.ruff) == ("rule" in self.model_fields_set):
            raise ValueError("needs either `rule` (ast-grep) or `ruff` (a list of codes)")
        return self


def read(text: str, path: str) -> Document:
    """Read a rule file and hold it to its form.

    Args:
        text: The YAML.
        path: Its name, which says the check's id.

    Raises:
        ConfigError: It is not as docs/writing-a-check.md says; names file, line and key.
    """
    document = documents.read(text, path)
    if isinstance(document.data, dict) and "fix" in document.data:
        message = "`fix` is not used here, because it would be applied unseen; write `metadata.suggest`"
        raise document.error(message, ("fix",))
    forms.checked(RuleFile, document, Path(path).stem, such_as=f"id: {Path(path).stem}")
    return document
