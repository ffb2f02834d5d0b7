from __future__ import annotations

import textwrap
from typing import TYPE_CHECKING

import pytest
from gitrepo import GitRepo

from reviewbot.changes.diff.parse import apply, parse, unapply
from reviewbot.core.change import ChangedFile, FileKind, LineKind
from reviewbot.core.errors import DiffError

if TYPE_CHECKING:
    from pathlib import Path

PLAIN = textwrap.dedent(
    """\
    --- a/x.py
    +++ b/x.py
    @@ -1,2 +1,3 @@ def f():
     one
    -two
    +TWO
    +three
    """
)


def one(text: str | bytes) -> ChangedFile:
    (file,) = parse(text.encode() if isinstance(text, str) else text)
    return file


@pytest.fixture
def repo(tmp_path: Path) -> GitRepo:
    return GitRepo(tmp_path / "repo")


def test_lines_and_numbers() -> None:
    file = one(PLAIN)
    (hunk,) = file.hunks
    assert [(line.kind, line.old, line.new, line.text) for line in hunk.lines] == [
        (LineKind.CONTEXT, 1, 1, "one"),
        (LineKind.REMOVED, 2, None, "two"),
        (LineKind.ADDED, None, 2, "TWO"),
        (LineKind.ADDED, None, 3, "three"),
    ]
    assert (hunk.section, file.added_lines, file.removed_lines) == ("def f():", frozenset({2, 3}), frozenset({2}))


@pytest.mark.parametrize("text", [b"", b"\n", b"  \n\t\n"])
def test_an_empty_diff_is_no_change(text: bytes) -> None:
    assert parse(text) == ()


@pytest.mark.parametrize(
    ("text", "line", "says"),
    [
        ("hello\nworld\n", None, "not a unified diff"),
        ("\x1b[1mdiff --git a/x b/x\x1b[m\n", 1, "coloured"),
        ("some words\n\x1b[36m@@ -1 +1 @@\x1b[m\n", 2, "coloured"),
        ("diff --cc x.py\nindex 1,2..3\n--- a/x.py\n+++ b/x.py\n@@@ -1,1 -1,1 +1,2 @@@\n", 1, "combined"),
        (PLAIN.replace("+three\n", ""), 3, "truncated"),
        (PLAIN.rstrip("\n").removesuffix("+three"), 3, "truncated"),
        (PLAIN + "+four\n", 8, "longer than its header"),
        (PLAIN.replace("-two", "?two"), 5, "does not belong"),
        (PLAIN.replace("@@ -1,2 +1,3 @@", "@@ -1,x +1,3 @@"), 3, "not a hunk header"),
        (PLAIN.replace("@@ -1,2 +1,3 @@", f"@@ -1,2 +{'9' * 5000},3 @@"), 3, "not a hunk header"),
        (PLAIN.replace("@@ -1,2 +1,3 @@", "@@ -0,2 +1,3 @@"), 3, "counted from 1"),
        ("@@ -1 +1 @@\n-a\n+b\n", 1, "before any file name"),
        ("--- a/x.py\n+++ b/x.py\n", 1, "ends before the first hunk"),
        ("diff --git a/x.py b/x.py\nindex 111..222 100644\n", 1, "ends before the first hunk"),
        (PLAIN.replace("x.py", "../x.py"), 1, "leads out of the repository"),
        (PLAIN.replace("a/x.py", "/home/a.py").replace("b/x.py", "/home/b.py"), 1, "leads out of the repository"),
    ],
)
def test_what_cannot_be_reviewed_is_an_error_with_its_line(text: str, line: int | None, says: str) -> None:
    with pytest.raises(DiffError) as error:
        parse(text.encode())
    assert says in str(error.value)
    assert error.value.line == line


def test_plain_diff_with_timestamps_and_two_folders() -> None:
    text = PLAIN.replace("a/x.py", "old/app/x.py\t2024-01-01 10:00:00").replace("b/x.py", "new/app/x.py\t2024-01-02")
    assert one(text).path == "app/x.py"


def test_plain_diff_of_two_names_is_about_the_new_one() -> None:
    file = one(PLAIN.replace("a/x.py", "x.py.orig").replace("b/x.py", "x.py"))
    assert (file.path, file.old_path, file.kind) == ("x.py", None, FileKind.MODIFIED)


def test_content_that_looks_like_headers(repo: GitRepo) -> None:
    repo.commit({"x.sql": "-- old\n++ plus\ndiff --git a b\n@@ -1 +1 @@\n"})
    repo.write({"x.sql": "-- new\n++ more\ndiff --git c d\n@@ -2 +2 @@\n-- \n"})
    file = one(repo.git("diff"))
    assert [line.text for line in file.hunks[0].lines if line.kind is LineKind.ADDED] == [
        "-- new",
        "++ more",
        "diff --git c d",
        "@@ -2 +2 @@",
        "-- ",
    ]


def test_form_feeds_and_unicode_separators_do_not_end_lines(repo: GitRepo) -> None:
    repo.commit({"x.py": "a\n"})
    repo.write({"x.py": "a\fb\x85c\u2028d\rz\n"})
    assert [line.text for line in one(repo.git("diff")).hunks[0].lines] == ["a", "a\fb\x85c\u2028d\rz"]


def test_no_newline_at_the_end(repo: GitRepo) -> None:
    repo.commit({"x.py": "a\nb"})
    repo.write({"x.py": "a\nc"})
    assert [(line.text, line.newline) for line in one(repo.git("diff")).hunks[0].lines] == [
        ("a", True),
        ("b", False),
        ("c", False),
    ]


@pytest.mark.parametrize("options", [(), ("--no-prefix",), ("--src-prefix=i/", "--dst-prefix=w/"), ("-U0",)])
@pytest.mark.parametrize("name", ["plain.py", "a b.py", "tab\there.py", "ümlaut.py", "🙂/x.py", 'quo"te.py', "a/b.py"])
def test_names_and_prefixes(repo: GitRepo, name: str, options: tuple[str, ...]) -> None:
    repo.commit({name: "one\n", "other.py": "x\n"})
    repo.write({name: "two\n"})
    assert [(file.path, file.kind) for file in parse(repo.git("diff", *options))] == [(name, FileKind.MODIFIED)]


def test_every_kind_of_change(repo: GitRepo) -> None:
    text = "".join(f"line {number}\n" for number in range(20))
    repo.commit(
        {
            "moved.py": text,
            "edited.py": text.replace("line", "row"),
            "gone.py": "what is gone\n",
            "mode.sh": "#!/bin/sh\n",
            "logo.png": b"\0\1\2",
            "source.py": text.replace("line", "copy"),
        }
    )
    repo.git("mv", "moved.py", "new place.py")
    repo.git("mv", "edited.py", "renamed.py")
    repo.write(
        {
            "renamed.py": text.replace("line", "row") + "more\n",
            "gone.py": None,
            "logo.png": b"\0\3\4",
            "empty.py": "",
            "added.py": "x\n",
            "copied.py": text.replace("line", "copy") + "more\n",
        }
    )
    (repo.folder / "mode.sh").chmod(0o755)
    repo.git("add", "-A")
    files = {file.path: file for file in parse(repo.git("diff", "--cached", "-M", "-C", "--find-copies-harder"))}
    assert {path: (file.kind, file.old_path) for path, file in files.items()} == {
        "new place.py": (FileKind.RENAMED, "moved.py"),
        "renamed.py": (FileKind.RENAMED, "edited.py"),
        "copied.py": (FileKind.COPIED, "source.py"),
        "gone.py": (FileKind.DELETED, None),
        "empty.py": (FileKind.ADDED, None),
        "added.py": (FileKind.ADDED, None),
        "mode.sh": (FileKind.MODE_ONLY, None),
        "logo.png": (FileKind.BINARY, None),
    }
    assert (files["mode.sh"].old_mode, files["mode.sh"].new_mode) == ("100644", "100755")


def test_an_empty_file_that_is_deleted(repo: GitRepo) -> None:
    repo.commit({"empty.py": ""})
    repo.write({"empty.py": None})
    assert one(repo.git("diff")).kind is FileKind.DELETED


@pytest.mark.parametrize(
    ("before", "after", "kind", "added"),
    [
        pytest.param("submodule", "file", FileKind.ADDED, 2, id="a file in place of a submodule"),
        pytest.param("file", "submodule", FileKind.SUBMODULE, 0, id="a submodule in place of a file"),
        pytest.param("link", "file", FileKind.MODIFIED, 2, id="a file in place of a link"),
        pytest.param("file", "link", FileKind.MODIFIED, 1, id="a link in place of a file"),
        pytest.param("binary link", "file", FileKind.ADDED, 2, id="a file in place of what was binary"),
    ],
)
def test_what_was_something_else(repo: GitRepo, before: str, after: str, kind: FileKind, added: int) -> None:
    def made(what: str) -> str:
        modes = {"submodule": "160000", "file": "100644", "link": "120000", "binary link": "120000"}
        text = {"file": b"a = 1\nb = 2\n", "link": b"elsewhere.py", "binary link": b"\0\1"}.get(what)
        blob = repo.git("hash-object", "-w", "--stdin", stdin=text).decode().strip() if text else base
        repo.git("update-index", "--add", "--cacheinfo", f"{modes[what]},{blob},libs/shared.py")
        tree = repo.git("write-tree").decode().strip()
        return repo.git("commit-tree", "-m", what, tree).decode().strip()

    base = repo.commit({"x.py": "x\n"})
    old, new = made(before), made(after)
    (file,) = parse(repo.git("diff", "--full-index", old, new))
    assert (file.path, file.kind, len(file.added_lines)) == (
        "libs/shared.py",
        kind,
        added if kind != "submodule" else 1,
    )


def test_binary_patch_and_submodule(repo: GitRepo) -> None:
    repo.commit({"logo.png": b"\0\1\2"})
    repo.write({"logo.png": bytes(range(256)), "x.py": "x\n"})
    repo.git("add", "-A")
    repo.git("update-index", "--add", "--cacheinfo", f"160000,{'1' * 40},vendor")
    files = parse(repo.git("diff", "--cached", "--binary"))
    assert {file.path: file.kind for file in files} == {
        "logo.png": FileKind.BINARY,
        "vendor": FileKind.SUBMODULE,
        "x.py": FileKind.ADDED,
    }


def test_crlf_content_and_crlf_diffs(repo: GitRepo) -> None:
    repo.commit({"x.py": "a\r\nb\r\n"})
    repo.write({"x.py": "a\r\nc\r\n"})
    diff = repo.git("diff")
    assert [line.text for line in one(diff).hunks[0].lines] == ["a\r", "b\r", "c\r"]
    # A whole diff that went through a Windows tool: one more CR on each line.
    assert one(diff.replace(b"\n", b"\r\n")) == one(diff)


def test_bytes_that_are_not_utf8(repo: GitRepo) -> None:
    repo.commit({"x.py": b"a\n"})
    repo.write({"x.py": b"caf\xe9\n"})
    assert [line.text for line in one(repo.git("diff")).hunks[0].lines] == ["a", "caf\ufffd"]


def test_mails_of_several_patches_are_joined(repo: GitRepo) -> None:
    base = repo.commit({"x.py": "a\nb\nc\nd\ne\nf\ng\nh\n", "y.py": "1\n"})
    repo.commit({"x.py": "a\nB\nc\nd\ne\nf\ng\nh\n", "new.py": "n\n"})
    repo.commit({"x.py": "a\nB\nB2\nc\nd\ne\nf\nG\nh\n", "y.py": "2\n"})
    repo.commit({"x.py": "a\nB2\nc\nd\ne\nf\nG\nh\ni\n", "new.py": "n\nm\n"})
    for text in (repo.git("format-patch", "--stdout", base), repo.git("log", "-p", f"{base}..")):
        files = {file.path: file for file in parse(text)}
        assert set(files) == {"x.py", "y.py", "new.py"}
        assert apply("a\nb\nc\nd\ne\nf\ng\nh\n", files["x.py"].hunks) == "a\nB2\nc\nd\ne\nf\nG\nh\ni\n"
        assert files["new.py"].kind is FileKind.ADDED
        assert apply("", files["new.py"].hunks) == "n\nm\n"


def test_patches_that_do_not_follow_each_other_are_an_error() -> None:
    with pytest.raises(DiffError, match="do not follow each other"):
        parse((PLAIN + PLAIN).encode())


def test_what_is_added_and_taken_back_is_no_change(repo: GitRepo) -> None:
    base = repo.commit({"x.py": "a\n"})
    repo.commit({"new.py": "n\n"})
    repo.commit({"new.py": None, "x.py": "b\n"})
    assert [file.path for file in parse(repo.git("format-patch", "--stdout", base))] == ["x.py"]


def test_git_show_and_diff_r_have_words_around(repo: GitRepo) -> None:
    repo.commit({"x.py": "a\n"})
    repo.commit({"x.py": "b\n"}, message="what changed\n\n--- not a header\nnor this")
    assert one(repo.git("show")).path == "x.py"
    assert one(f"Only in a: z\ndiff -ru a/x.py b/x.py\n{PLAIN}Only in b: y\n").path == "x.py"


def test_word_diff_is_no_unified_diff(repo: GitRepo) -> None:
    repo.commit({"x.py": "one two\n"})
    repo.write({"x.py": "one three\n"})
    with pytest.raises(DiffError):
        parse(repo.git("diff", "--word-diff"))


def test_apply_refuses_another_text() -> None:
    hunks = one(PLAIN).hunks
    assert apply("one\ntwo\nend", hunks) == "one\nTWO\nthree\nend"
    assert unapply("one\nTWO\nthree\nend", hunks) == "one\ntwo\nend"
    for text in ("", "one\n", "one\nother\n", "zero\none\ntwo\n"):
        with pytest.raises(DiffError):
            apply(text, hunks)


def test_ten_thousand_files() -> None:
    text = "".join(PLAIN.replace("x.py", f"x{number}.py") for number in range(10_000))
    assert len(parse(text.encode())) == 10_000
