"""Running ruff once over the whole post-images. It needs whole files: on a hunk it sees syntax errors only."""

from __future__ import annotations

import json
import re
import tempfile
from bisect import bisect_right
from collections import defaultdict
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

from ruff import find_ruff_bin  # type: ignore[import-untyped]  # it ships no annotations

from reviewbot.checks import preexisting
from reviewbot.checks.changeset import Draft
from reviewbot.checks.fragments import fragments
from reviewbot.checks.nested_statements import nested_statements
from reviewbot.core import children
from reviewbot.core.errors import EngineError
from reviewbot.python.syntax import Source

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence

    from reviewbot.checks.catalog import Rule
    from reviewbot.checks.fragments import Fragment
    from reviewbot.core.change import ChangedFile

# So that no syntax is too new for it. No selected rule asks for newer syntax.
_NEWEST = "py314"
_SECONDS = 120.0
# Each costs a few runs to be found; who brings more means to break it.
_MOST_BROKEN = 8


class _BrokeError(EngineError):
    """ruff was ended by what it read."""


class Linted(NamedTuple):
    """What ruff came to.

    Attributes:
        drafts: What it finds on added lines, by check id.
        unread: Files that it broke at, and what it said of each.
    """

    drafts: dict[str, list[Draft]]
    unread: dict[str, str]


def run(rules: Sequence[Rule], files: Iterable[ChangedFile]) -> Linted:
    """Give what ruff finds on added lines; a file that it breaks at costs no other file its findings.

    The configuration and `noqa` comments of the code under review do not count: the change could have brought them.

    Args:
        rules: Rules with ruff codes.
        files: Python files whose whole text is known; others are left out.

    Raises:
        EngineError: ruff is not there, or failed.
    """
    codes = {code for rule in rules for code in rule.codes}
    pieces = [fragment for file in files if file.new_text is not None for fragment in fragments(file)]
    now, broken = _entries(codes, [fragment.source for fragment in pieces])
    touched = [
        at
        for at, fragment in enumerate(pieces)
        if any(fragment.adds(entry.start, entry.end) for entry in now.get(at, ()))
    ]
    # Without what was found before the change, more is said, never less.
    old, _ = _entries(codes, [Source(pieces[at].old) for at in touched])
    drafts: dict[str, list[Draft]] = defaultdict(list)
    for number, at in enumerate(touched):
        for rule in rules:
            if not rule.only_with or any(True for _ in pieces[at].source.find({"rule": rule.only_with})):
                drafts[rule.check.id] += _drafts(rule, pieces[at], now[at], old.get(number, ()))
    return Linted(drafts, {pieces[at].path: said for at, said in broken.items()})


_STATEMENTS = re.compile(r"\((\d+) > (\d+)\) \(PLR0915\)")
_LINE_END = re.compile(r"\r\n?|\n")


class _Entry(NamedTuple):
    code: str
    start: int
    end: int
    title: str
    text: str
    symbol: str


def _drafts(rule: Rule, fragment: Fragment, now: Iterable[_Entry], old: Iterable[_Entry]) -> Iterator[Draft]:
    drafted = preexisting.new(
        rule.check,
        [entry for entry in now if entry.code in rule.codes],
        lambda entry: fragment.adds(entry.start, entry.end),
        lambda entry: (entry.text, entry.symbol),
        lambda: [(entry.text, entry.symbol) for entry in old if entry.code in rule.codes],
    )
    said = set()
    for entry in drafted:
        # Two codes of one check on one line are one thing to say.
        if entry.start in said:
            continue
        said.add(entry.start)
        text = fragment.lines(entry.start, entry.end)
        yield Draft(fragment.path, entry.start, entry.end, entry.title, text, symbol=entry.symbol)


def _entries(codes: Collection[str], sources: Sequence[Source]) -> tuple[dict[int, list[_Entry]], dict[int, str]]:
    """Give all that ruff finds in some texts, by their place, in the order of their lines, and where it broke."""
    broken: dict[int, str] = {}
    if not any(source.text for source in sources):
        return {}, broken
    with _folder(sources) as folder:
        entries = _halved(folder, [f"{at}.py" for at in range(len(sources))], codes, broken)
    by_source: dict[int, list[_Entry]] = defaultdict(list)
    texts = [_Text(source) for source in sources]
    for entry in entries:
        # A file that ruff cannot parse has entries with a code of their own.
        if entry["code"] in codes:
            at = int(Path(entry["filename"]).stem)
            title = f"{str(entry['message']).rstrip('.')} ({entry['code']})"
            found = texts[at].entry(entry, title)
            if not _is_long_by_others(found, sources[at]):
                by_source[at].append(found)
    return by_source, broken


def _is_long_by_others(entry: _Entry, source: Source) -> bool:
    """Tell whether a function has too many statements only by those of the functions in it."""
    counts = _STATEMENTS.search(entry.title)
    return counts is not None and int(counts[1]) - nested_statements(source, entry.start) <= int(counts[2])


@contextmanager
def _folder(sources: Sequence[Source]) -> Iterator[str]:
    """Put texts on the disk, for as long as ruff looks at them.

    Raises:
        EngineError: The disk takes none.
    """
    with ExitStack() as held:
        try:
            folder = held.enter_context(tempfile.TemporaryDirectory(prefix="reviewbot-"))
            # Numbered names: a path of the change never becomes a path on the disk.
            for at, source in enumerate(sources):
                Path(folder, f"{at}.py").write_text(source.text, encoding="utf-8", newline="")
            children.admit(Path(folder))
        except OSError as error:
            raise EngineError(f"ruff did not run: a temporary file cannot be written: {error.strerror}") from error
        if not children.can_read(Path(folder)):  # it would say that it found nothing
            raise EngineError("ruff did not run: it may not read the temporary folder")
        yield folder


def _halved(folder: str, names: Sequence[str], codes: Collection[str], broken: dict[int, str]) -> list[dict[str, Any]]:
    """Run ruff; where it breaks, on one half and on the other, until it is known at which files."""
    try:
        # The whole folder in one word, since a command line has an end.
        return _ruff([folder] if len(names) == _files(folder) else [str(Path(folder, name)) for name in names], codes)
    except _BrokeError as error:
        if len(broken) >= _MOST_BROKEN:
            raise
        if len(names) == 1:
            broken[int(Path(names[0]).stem)] = str(error)
            return []
    middle = len(names) // 2
    return [entry for half in (names[:middle], names[middle:]) for entry in _halved(folder, half, codes, broken)]


def _files(folder: str) -> int:
    return sum(1 for _ in Path(folder).iterdir())


class _Text:
    """A text with its lines as ruff counts them.

    Like Python, and unlike git and us, ruff ends a line at a carriage return of its own too.
    """

    def __init__(self, source: Source) -> None:
        self._source = source
        self._ends = [match.end() for match in _LINE_END.finditer(source.text)]
        self._newlines = [match.end() for match in re.finditer("\n", source.text)]

    def entry(self, entry: Mapping[str, Any], title: str) -> _Entry:
        """Make one of what ruff says: its columns are counted from 1, and its end is behind the last character."""
        start, end = (self._index(entry[key]) for key in ("location", "end_location"))
        first, last = (bisect_right(self._newlines, index) + 1 for index in (start, end))
        text = self._source.text[start:end]
        return _Entry(entry["code"], first, last, title, text, self._source.symbol(first))

    def _index(self, place: Mapping[str, int]) -> int:
        row = place["row"]
        return (self._ends[row - 2] if row > 1 else 0) + place["column"] - 1


def check_codes(codes: Sequence[str]) -> None:
    """See to it that ruff knows these codes.

    Raises:
        EngineError: It does not, is not there, or failed.
    """
    # Without --preview, which would let ruff pass over what it does not know.
    command = [_program(), "check", "--isolated", "--no-cache", "--quiet", "--select", ",".join(codes)]
    with tempfile.TemporaryDirectory(prefix="reviewbot-") as folder:
        _output([*command, folder])


def version() -> str:
    """Give the version of the ruff that would run.

    Raises:
        EngineError: ruff is not there, or failed.
    """
    return _output([_program(), "--version"]).strip()


def _program() -> str:
    try:
        return str(find_ruff_bin())
    except FileNotFoundError as error:
        raise EngineError(f"ruff is not installed beside reviewbot: {error}") from error


def _ruff(places: Sequence[str], codes: Collection[str]) -> list[dict[str, Any]]:
    command = [
        *(_program(), "check", "--isolated", "--no-cache", "--ignore-noqa", "--preview", "--quiet", "--exit-zero"),
        "--no-respect-gitignore",  # whatever lies around the temporary folder
        *("--target-version", _NEWEST, "--output-format", "json", "--select", ",".join(sorted(codes)), *places),
    ]
    try:
        entries: list[dict[str, Any]] = json.loads(_output(command) or "[]")
        return sorted(entries, key=lambda entry: (entry["filename"], entry["location"]["row"]))
    except json.JSONDecodeError as error:
        raise EngineError(f"ruff's output is not JSON: {error}") from error
    except (LookupError, TypeError) as error:
        raise EngineError(f"ruff's output is none that is known: {error!r}") from error


def _output(command: Sequence[str]) -> str:
    try:
        done = children.run(command, _SECONDS)
    except OSError as error:
        raise EngineError(f"ruff did not run: {error}") from error
    said, complaint = (text.decode("utf-8", errors="replace") for text in (done.stdout, done.stderr))
    if done.returncode < 0:  # by a signal: it overflowed its stack
        raise _BrokeError(f"ruff broke: {complaint.strip() or f'signal {-done.returncode}'}")
    if done.returncode:
        raise EngineError(f"ruff failed: {complaint.strip() or f'exit code {done.returncode}'}")
    return said
