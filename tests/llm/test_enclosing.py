"""The function or class around a hunk: bounded, true to the file, and never more than once."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import pytest
from builders import changed, hunk
from context_changes import change, shown
from hypothesis import given, settings
from hypothesis import strategies as st

from reviewbot.core.change import ChangedFile, FileKind
from reviewbot.llm.context.around import enclosing, headings

if TYPE_CHECKING:
    from reviewbot.llm.context.snippet import Snippet

LONG = [f"        step_{n}()" for n in range(300)]
JOB = "\n".join(
    [
        "class Job:",
        "    def other(self): ...",
        "    def run(self, rows):",
        '        """Run."""',
        "        total = start(",
        "            rows)",
        *LONG[:100],
        "        for row in rows:",
        "            if row:",
        *(f"        {line}" for line in LONG[100:200]),
        "                use(total)",
        *(f"        {line}" for line in LONG[200:]),
        "        return total",
        "",
    ]
)


def of(before: str, after: str, path: str = "job.py") -> ChangedFile:
    changes, _ = change({path: before}, {path: after})
    return changes.files[0]


def test_a_long_function_is_its_head_the_blocks_around_the_change_and_the_lines_nearest_to_it() -> None:
    (snippet,) = enclosing(of(JOB, JOB.replace("use(total)", "use(total, row)")), limit=20)
    assert [line for line, _ in snippet.lines if line < 190] == [1, 2, 3, 4, 5, 6, 107, 108]
    assert "return total" not in snippet.text
    assert len(snippet.lines) <= 22
    assert "... lines 7-106 left out" in snippet.text
    assert "are shown above" in snippet.text


def test_a_function_within_the_limit_is_whole() -> None:
    (snippet,) = enclosing(of(JOB, JOB.replace("use(total)", "use(total, row)")), limit=400)
    assert (snippet.start_line, snippet.end_line) == (1, JOB.count("\n"))


def test_what_the_hunk_shows_whole_needs_nothing_around() -> None:
    assert enclosing(of("x = 1\n", "x = 1\n\n\ndef f():\n    return 1\n")) == ()
    assert enclosing(of("", "def f():\n    return g()\n")) == ()


def test_only_imports_that_the_hunk_needs_are_shown() -> None:
    names = ",\n".join(f"    name_{n}" for n in range(20))
    body = "\n".join(f"x_{n} = {n}" for n in range(20))
    before = f"import os\nimport sys\nfrom a import (\n{names},\n)\n\n{body}\n"
    (snippet,) = enclosing(of(before, before + "print(sys.path, name_11, one.name_5)\n"))
    assert snippet.text == "import sys\nfrom a import (\n... lines 4-14 left out\n    name_11,"
    assert snippet.why == "imports that the hunks use"


def test_where_a_function_is_cut_it_says_so() -> None:
    body = [f"    a({n})" for n in range(60)]
    before = "\n".join(["def f(", "    x,", "    y,", "):", *body, "", "", "def g():", "    pass", ""])
    after = before.replace("a(30)", "b(30)").replace("    x,", "    z,")
    (snippet,) = enclosing(of(before, after), limit=12)
    rows = snippet.text.split("\n")
    assert rows[0] == "... lines 1-5 are shown above"
    assert rows[-1] == "... lines 44-64 left out", "to the end of the function, and not of the file"
    assert "left out or shown above" not in snippet.text


def test_a_gap_that_is_partly_in_the_diff_says_so() -> None:
    fields = "".join(f"    field_{n}: int = {n}\n" for n in range(140))
    before = f"class A:\n    x: int = 1\n{fields}\n    def f(self):\n        return 1\n"
    snippets = enclosing(of(before, before.replace("field_70", "other").replace("return 1", "return 2")), limit=8)
    assert any("left out or shown above" in one.text for one in snippets), shown(snippets)


def test_the_head_of_a_class_alone_and_a_nested_function_without_its_head_are_not_shown() -> None:
    before = "class A:\n" + "".join(f"    def f{n}(self):\n        return {n}\n\n" for n in range(8))
    assert enclosing(of(before, before.replace("return 5", "return 50"))) == ()
    inner = "    def inner(row):\n" + "".join(f"        a({n})\n" for n in range(40)) + "        return row\n"
    before = f"def f(rows):\n{inner}    b(1)\n    c(1)\n    d(1)\n    e(1)\n    old(rows)\n"
    (snippet,) = enclosing(of(before, before.replace("old", "new")), limit=9)
    assert "    def inner(row):" in snippet.text
    assert "        return row" in snippet.text


def test_a_hunk_is_headed_by_what_its_changed_lines_stand_in() -> None:
    body = "".join(f"        a({n})\n" for n in range(9))
    before = f"class A(Base):\n    def f(self):\n{body}\n    async def g(self):\n{body}\n\nx = 1\n"
    file = of(before, before.replace("(7)", "(70)").replace("x = 1", "x = 2"))
    assert headings(file) == ("class A(Base): def f", "class A(Base): def g")
    assert headings(of(before, before.replace("x = 1", "x = 2"))) == ("",)
    assert headings(of(before, f"{before}\n\ndef h():\n    pass\n")) == ("",), "it begins in the hunk"
    other = replace(hunk(3, " x", "+y"), section=" class Other")
    assert headings(changed("a.ts", other)) == ("class Other",)


def test_names_in_lists_of_exports_comments_and_texts_are_no_uses() -> None:
    body = "\n".join(f"x_{n} = {n}" for n in range(20))
    names = ("Exported", "Noted", "Told", "Keyed", "Typed", "Shown", "Linked")
    before = "".join(f"from a import {name}\n" for name in names) + f"\n{body}\n"
    added = """\
__all__ = ["Exported"]  # Noted
print("Told", row["Keyed"], f"{Shown}")
one: Mapped["Typed"] = relationship("Linked")
"""
    (snippet,) = enclosing(of(before, before + added))
    assert snippet.text == "from a import Typed\nfrom a import Shown\nfrom a import Linked"


def test_a_removal_shows_where_it_was() -> None:
    before = "def f():\n    check()\n" + "".join(f"    a({n})\n" for n in range(12))
    (snippet,) = enclosing(of(before, before.replace("    a(7)\n", "")))
    assert snippet.start_line == 1
    assert snippet.why == "encloses the hunk at 7"


@pytest.mark.parametrize("path", ["app.ts", "README.md", "app.py.txt"])
def test_other_languages_give_nothing(path: str) -> None:
    file = of(JOB, JOB.replace("use(total)", "use()"), path)
    assert enclosing(file) == ()


def test_a_file_whose_text_is_not_known_gives_nothing() -> None:
    assert enclosing(changed("a.py", hunk(3, " x", "+y"))) == ()


def test_carriage_returns_and_tabs() -> None:
    before = "class A:\r\n" + "".join(f"\tx{n} = {n}\r\n" for n in range(1, 20))
    file = of(before, before.replace("x10 = 10", "x10 = 11"))
    (snippet,) = enclosing(file)
    assert snippet.lines[1] == (2, "\tx1 = 1")
    assert "\r" not in snippet.numbered
    assert snippet.numbered.startswith(" 1 | class A:\n 2 | \tx1 = 1\n")


@pytest.mark.parametrize(
    "text",
    [
        "x = " + "a." * 20_000 + "b\n",
        "x = a" + ".f()" * 1_500 + "\n",
        "".join(" " * n + "if a:\n" for n in range(800)) + " " * 800 + "x = 1\n",
        "x = " + "[" * 5_000 + "\n",
        '"""' + "\n" * 5_000,
        "@a\n" * 1_000 + "def f(): pass\n",
        "def f():\r    x = 1\r",
        "class\n    def\n  (((\n",
    ],
    ids=["chain", "calls", "blocks", "brackets", "string", "decorators", "old mac", "broken"],
)
def test_strange_files_do_not_fail(text: str) -> None:
    file = of("", text)
    tail = ChangedFile("a.py", FileKind.MODIFIED, file.hunks[-1:], old_text="def gone(): ...\n" + text, new_text=text)
    for one in (file, tail):
        enclosing(one)


PIECES = st.sampled_from(
    [
        "import os",
        "from a import b, c",
        "class A(Base):",
        "    x = 1",
        "    def f(self, a=1):",
        "        return self.x",
        '        """Words."""',
        "@decorator",
        "def g(a: A):",
        "    for b in a:",
        "        b.f(",
        "            c)",
        ")",
        "",
        "    # words",
        "x = {",
        "}",
        "\tif x:",
        "\t\tg(x)",
    ]
)


@settings(max_examples=25, deadline=None)
@given(
    st.lists(PIECES, max_size=60), st.lists(st.tuples(st.integers(0, 60), PIECES), min_size=1, max_size=8), st.data()
)
def test_snippets_are_true_to_the_file(before: list[str], edits: list[tuple[int, str]], data: st.DataObject) -> None:
    after = list(before)
    for at, piece in edits:
        after.insert(min(at, len(after)), piece)
    ending = data.draw(st.sampled_from(["\n", "\r\n"]))
    texts = [ending.join([*lines, ""]) for lines in (before, after)]
    changes, _ = change({"a.py": texts[0]}, {"a.py": texts[1], "b.py": texts[0]})
    for file in changes.files:
        snippets = enclosing(file, limit=data.draw(st.integers(1, 40)))
        for snippet in snippets:
            true_to(snippet, file.new_text or "")
        ends = [(one.start_line, one.end_line) for one in snippets]
        assert all(one[1] < other[0] for one, other in pairwise(ends)), shown(snippets)


def true_to(snippet: Snippet, text: str) -> None:
    lines = text.split("\n")
    numbers = [number for number, _ in snippet.lines]
    assert numbers == sorted(set(numbers))
    assert all(lines[number - 1].removesuffix("\r") == line for number, line in snippet.lines)
    gaps = [(one + 1, other - 1) for one, other in pairwise(numbers) if other > one + 1]
    elisions = [(gap.start_line, gap.end_line) for gap in snippet.elisions]
    assert gaps == [gap for gap in elisions if numbers[0] < gap[0] < numbers[-1]]
    assert all(gap[1] == numbers[0] - 1 or gap[0] == numbers[-1] + 1 for gap in elisions if gap not in gaps)
    assert len(snippet) == snippet.text.count("\n") + 1 == snippet.numbered.count("\n") + 1
