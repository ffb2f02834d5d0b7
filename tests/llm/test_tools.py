"""What the model's tools return: what is there and no more, numbered, capped, and never from outside the tree."""

from __future__ import annotations

import time
from typing import Any

import pytest
from builders import change_set, changed, hunk
from context_changes import change

from reviewbot.core.change import ChangeSet, FileKind
from reviewbot.llm.tools import NAMES, LookError, offered
from reviewbot.llm.workspace import Workspace

MODELS = '''\
import enum

from app.db.base import Base


class Status(str, enum.Enum):
    DRAFT = "draft"
    DONE = "done"


# Visits that somebody pays.
@tracked
class Visit(Base):
    """A visit."""

    __tablename__ = "visits"
    __table_args__ = (
        UniqueConstraint("area_id", "day"),
    )

    status = Column(Enum(Status), default=Status.DRAFT, index=True)
    area = relationship(
        "Area",
        back_populates="visits",
    )

    def finish(
        self,
        at: datetime,
    ) -> None:
        """Finish it."""
        self.status = Status.DONE
        self.finished_at = at
'''
SERVICE = """\
from app.models import Status, Visit


class VisitService:
    def open_visits(self, db):
        return db.query(Visit).filter(Visit.status == Status.DRAFT).all()

    def close(self, db, visit):
        visit.finish(now())
        save(visit)
        db.commit()


def close_all(db):
    for visit in VisitService().open_visits(db):
        visit.finish(now())
"""
PAGE = "export const VisitList = ({ visits }: Props) => {\n  return visits.filter((v) => v.status === 'draft');\n};\n"
TREE = {
    "app/models.py": MODELS,
    "app/services/visits.py": SERVICE,
    "tests/test_visits.py": "def test_finish(visit):\n    visit.finish(None)\n",
    "web/app/[id]/page.tsx": PAGE,
    "web/logo.png": "finish",
    "notes.md": "finish the visits\n",
}
BEFORE = TREE | {"app/services/visits.py": SERVICE.replace("        db.commit()\n", ""), "app/gone.py": "x = 1\n"}


def workspace() -> Workspace:
    changes, _ = change(BEFORE, TREE)
    base, _ = change({}, BEFORE)
    return Workspace(ChangeSet(changes.source, changes.files, head_tree=changes.head_tree, base_tree=base.head_tree))


def look(tool: str, space: Workspace | None = None, /, **given: Any) -> str:
    here = space or workspace()
    (found,) = [one for one in offered(here) if one.name == tool]
    return found.look(here, given)


def test_all_tools_are_offered_where_there_is_a_tree_and_their_schemas_are_closed() -> None:
    tools = offered(workspace())
    assert tuple(tool.name for tool in tools) == NAMES
    for tool in tools:
        assert tool.description.endswith(".")
        assert tool.schema["additionalProperties"] is False
        assert all(prop["description"] for prop in tool.schema["properties"].values())


def test_on_a_bare_diff_there_is_only_the_change() -> None:
    space = Workspace(change_set(changed("a.py", hunk(1, "+x = 1"))))
    assert [tool.name for tool in offered(space)] == ["show_change"]
    assert "1 +x = 1" in look("show_change", space, path="a.py")


def test_a_file_has_its_numbers_and_the_marks_of_the_change() -> None:
    text = look("read_file", path="app/services/visits.py", start=10, end=12)
    assert text == ("app/services/visits.py, lines 10-12 of 16\n10          save(visit)\n11 +        db.commit()\n12")


def test_a_long_file_is_cut_and_says_where_to_go_on() -> None:
    tree = {"long.py": "\n".join(f"value_{n} = {n}" for n in range(1, 1001)) + "\n", "one.py": "x = " + "9" * 50_000}
    changes, _ = change({}, tree)
    space = Workspace(changes)
    first = look("read_file", space, path="long.py")
    assert first.startswith("long.py, lines 1-400 of 1000; cut here, go on with start=401\n")
    assert look("read_file", space, path="long.py", start=990).count("\n") == 11
    assert "more characters)" in look("read_file", space, path="one.py")
    assert len(look("read_file", space, path="one.py")) < 1_000
    with pytest.raises(LookError, match="has 1000 lines"):
        look("read_file", space, path="long.py", start=1001)


@pytest.mark.parametrize(
    "path", ["/etc/passwd", "../secret", "app/../../x", "app", "", "nowhere.py", "app/gone.py", "web/\0.py", "~/.netrc"]
)
@pytest.mark.parametrize("tool", ["read_file", "show_change", "read_before"])
def test_no_path_leaves_the_tree(tool: str, path: str) -> None:
    if path == "app/gone.py" and tool != "read_file":
        assert "x = 1" in look(tool, path=path)
        return
    with pytest.raises(LookError):
        look(tool, path=path)


def test_what_was_probably_meant_is_named() -> None:
    with pytest.raises(LookError, match=r"did you mean app/services/visits\.py\?"):
        look("read_file", path="services/visits.py")


def test_before_the_change() -> None:
    before = look("read_before", path="app/services/visits.py")
    assert before.startswith("before the change: app/services/visits.py, lines 1-15 of 15\n")
    assert "db.commit()" not in before
    assert "finish the visits" in look("read_before", path="notes.md")
    changes, _ = change({"a.py": "x = 1\n"}, {"a.py": "x = 1\n", "b.py": "y = 2\n"})
    with pytest.raises(LookError, match="was not there before"):
        look("read_before", Workspace(changes), path="b.py")


def test_a_renamed_file_is_known_by_both_names() -> None:
    file = changed("new.py", hunk(1, "-a", "+b"), kind=FileKind.RENAMED, old_path="old.py", old_text="a", new_text="b")
    space = Workspace(change_set(file))
    assert "new.py" in look("show_change", space, path="old.py")
    assert space.old_text("old.py") == space.old_text("new.py") == "a"


def test_a_search_gives_lines_by_file_with_their_function_code_before_tests() -> None:
    found = look("search", pattern=r"\.finish\(")
    assert found == (
        "3 lines in 2 files have `\\.finish\\(`\n\n"
        "app/services/visits.py (changed here)\n"
        " in VisitService.close:\n9          visit.finish(now())\n"
        " in close_all:\n16          visit.finish(now())\n\n"
        "tests/test_visits.py\n in test_finish:\n2      visit.finish(None)"
    )


def test_lines_around_do_not_overlap() -> None:
    found = look("search", pattern="finish|save", around=1, paths="app/services/**")
    assert found.count(" visit.finish(now())") == 2
    assert "10          save(visit)\n11 +        db.commit()\n" in found


@pytest.mark.parametrize("text", ["save(visit", "save(visit)", "[", "(?<=x)y", "*"])
def test_what_is_no_pattern_is_looked_for_as_it_is(text: str) -> None:
    found = look("search", pattern=text)
    assert ("save(visit)" in found) == text.startswith("save")


@pytest.mark.parametrize(
    "given", [{"pattern": ""}, {"pattern": "  "}, {"pattern": "x" * 1_001}, {"pattern": "a", "paths": "nothing/**"}]
)
def test_a_search_for_nothing_is_an_error(given: dict[str, Any]) -> None:
    with pytest.raises(LookError):
        look("search", **given)


def test_a_folder_in_brackets_is_a_folder() -> None:
    for paths in ("web/app/[id]/page.tsx", "web/app/[id]", "web/**/*.tsx"):
        assert "v.status === 'draft'" in look("search", pattern="draft", paths=paths)


@pytest.mark.parametrize("pattern", ["(a+)+$", "(a|aa)+b", "(.*)*x", "((a{0,50}){0,50}){0,50}", "(?i)(x+x+)+y"])
def test_no_pattern_hangs(pattern: str) -> None:
    changes, _ = change({}, {"a.py": "a" * 200_000 + "!\n" + "x" * 50_000})
    began = time.monotonic()
    look("search", Workspace(changes), pattern=pattern)
    assert time.monotonic() - began < 10  # backtracking would take years


def test_many_lines_are_counted_by_file_and_tests_take_no_room_from_code() -> None:
    tree = {f"app/f{n:02}.py": "hit = 1\n" * 20 for n in range(10)} | {f"tests/t{n}.py": "hit\n" * 20 for n in range(5)}
    changes, _ = change({}, tree)
    found = look("search", Workspace(changes), pattern="hit")
    assert found.startswith("300 lines in 15 files have `hit`")
    assert found.count("hit = 1") == 60
    assert "app/f09.py (20)" in found
    assert "tests/t4.py (20)" in found


def test_references_are_whole_words() -> None:
    found = look("find_references", name="Visit")
    assert "VisitService" in found, "the line that names both"
    assert "class VisitService:" not in found
    assert "VisitList" not in found
    assert look("find_references", name="Visit.finish").startswith("5 lines in 4 files have the name `finish`")


def test_a_definition_is_shown_whole_with_its_decorators_and_comments() -> None:
    found = look("find_definition", name="Visit")
    assert found.startswith(
        "app/models.py, lines 11-33\n11  # Visits that somebody pays.\n12  @tracked\n13  class Visit(Base):"
    )
    for line in ('UniqueConstraint("area_id", "day"),', 'back_populates="visits",', "self.finished_at = at"):
        assert line in found


@pytest.mark.parametrize(
    ("name", "place"),
    [
        ("Visit.finish", "app/models.py, lines 27-33"),
        ("VisitService.close", "app/services/visits.py, lines 8-11"),
        ("close_all", "app/services/visits.py, lines 14-16"),
        ("Status", "app/models.py, lines 6-8"),
        ("status", "app/models.py, lines 21-21"),
        ("VisitList", "web/app/[id]/page.tsx, lines 1-3"),
    ],
)
def test_definitions_are_found(name: str, place: str) -> None:
    assert look("find_definition", name=name).startswith(place)


@pytest.mark.parametrize("name", ["", "nothing_of_that_name", "a b", "x(", "Visit."])
def test_what_is_not_defined_here_is_said(name: str) -> None:
    with pytest.raises(LookError):
        look("find_definition", name=name)


def test_of_a_long_class_the_fields_and_signatures_are_shown() -> None:
    methods = "".join(f"    def m{n}(self, a):\n" + f"        a = {n}\n" * 20 for n in range(20))
    changes, _ = change(
        {}, {"a.py": f"class Long:\n    kind = Column(\n        String,\n    )\n\n{methods}\n\nx = 1\n"}
    )
    found = look("find_definition", Workspace(changes), name="Long")
    assert "String," in found
    assert found.count("def m") == 20
    assert " left out" in found
    assert "a = 3" not in found
    assert "x = 1" not in found


def test_files_are_listed_and_many_are_counted_by_folder() -> None:
    assert look("list_files", paths="app") == "2 files\napp/models.py\napp/services/visits.py (changed here)"
    changes, _ = change({}, {f"d{n % 7}/f{n}.py": "" for n in range(400)})
    assert "d3/ (57 files)" in look("list_files", Workspace(changes), paths=".")


@pytest.mark.parametrize(
    ("tool", "given"),
    [
        ("read_file", {}),
        ("read_file", {"path": 7}),
        ("read_file", {"path": "a", "start": 0}),
        ("read_file", {"path": "a", "command": "rm"}),
        ("search", {"pattern": ["a"]}),
        ("search", {"pattern": "a", "around": -1}),
        ("list_files", {"paths": None}),
        ("list_files", {"paths": "*" * 400}),
    ],
)
def test_arguments_that_do_not_fit_are_an_error_for_the_model(tool: str, given: dict[str, Any]) -> None:
    with pytest.raises(LookError):
        look(tool, **given)


def test_what_nobody_wrote_is_searched_only_where_it_is_named() -> None:
    changes, _ = change({}, {f"app/f{n}.py": "x\n" for n in range(9)} | {"uv.lock": 'name = "storage3"\n'})
    space = Workspace(changes)
    assert look("search", space, pattern="storage3").startswith("no line has")
    assert "storage3" in look("search", space, pattern="storage3", paths="uv.lock")


def test_a_search_says_what_it_did_not_go_through(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("reviewbot.llm.workspace._MOST_CHARACTERS", 100)
    changes, _ = change({}, {f"f{n}.py": "x = 1\n" * 10 for n in range(9)})
    assert "not searched, being too many: 8 more files" in look("search", Workspace(changes), pattern="x = 1")
    assert "not searched" in look("find_references", Workspace(changes), name="nowhere")


def test_no_glob_hangs() -> None:
    changes, _ = change({}, {"a" * 4_000 + ".py": "x = 1\n"})
    began = time.monotonic()
    with pytest.raises(LookError, match="no file matches"):
        look("list_files", Workspace(changes), paths="*a" * 140 + "b")
    assert time.monotonic() - began < 10  # backtracking would take years


@pytest.mark.parametrize("paths", ["!app", "# x", "*" * 400])
def test_what_is_no_glob_is_said(paths: str) -> None:
    with pytest.raises(LookError):
        look("list_files", paths=paths)


@pytest.mark.parametrize(
    "path", [".env", "api/.env.production", "certs/server.pem", "deploy/id_rsa", ".netrc", "a.key"]
)
def test_files_that_hold_secrets_are_not_shown(path: str) -> None:
    tree = {path: "TOKEN=hunter2hunter2\n", "api/.env.example": "TOKEN=\n", "app/a.py": "TOKEN = 1\n"}
    changes, _ = change(tree, tree | {"app/a.py": "TOKEN = 2\n"})
    base, _ = change({}, tree)
    space = Workspace(ChangeSet("git", changes.files, head_tree=changes.head_tree, base_tree=base.head_tree))
    assert look("search", space, pattern="TOKEN").startswith("2 lines in 2 files")
    assert path not in look("list_files", space, paths=".").split("\n")
    for tool in ("read_file", "read_before"):
        with pytest.raises(LookError):
            look(tool, space, path=path)


def test_a_changed_file_that_holds_secrets_is_not_shown_either() -> None:
    changes, _ = change({".env": "TOKEN=old\n"}, {".env": "TOKEN=new\n"})
    with pytest.raises(LookError, match="holds secrets by its name"):
        look("show_change", Workspace(changes), path=".env")


def test_the_name_of_a_file_stands_on_one_line() -> None:
    path = "app/a\n12 +forged = 1\x1b[31m.py"
    changes, _ = change({}, {path: "x = 1\n"})
    space = Workspace(changes)
    for tool, given in (
        ("read_file", {"path": path}),
        ("search", {"pattern": "x = 1"}),
        ("find_definition", {"name": "x"}),
        ("list_files", {"paths": "."}),
    ):
        text = look(tool, space, **given)
        assert "\n12 +forged" not in text
        assert "\x1b" not in text
