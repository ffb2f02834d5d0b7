"""Where names lead: by the names of files first, read in two goes at most, bounded, and what is left out is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from context.changes import change, shown
from gitrepo import GitRepo

from reviewbot.context import Definitions, definitions
from reviewbot.sources import git

if TYPE_CHECKING:
    from pathlib import Path


def used(tree: dict[str, str], code: str, path: str = "app/main.py", limit: int = 100) -> Definitions:
    """Give what an added file uses."""
    changes, folder = change(tree, tree | {path: code})
    found = definitions(changes, changes.files, limit)
    assert len(folder.readings) <= 2
    return found


def names(found: Definitions) -> list[str]:
    return [f"{one.path}:{one.start_line}" for one in found.snippets]


@pytest.mark.parametrize(
    ("path", "code", "where"),
    [
        ("app/main.py", "from app.core.mail import send\nsend()", "app/core/mail.py"),
        ("app/main.py", "from .core.mail import send as post\npost()", "app/core/mail.py"),
        ("app/api/v1/main.py", "from ...core import mail\nmail.send()", "app/core/mail.py"),
        ("app/main.py", "import app.core.mail\napp.core.mail.send()", "app/core/mail.py"),
        ("app/main.py", "import app.core.mail as m\nm.send()", "app/core/mail.py"),
        ("app/main.py", "def f():\n    from app.core.mail import send\n    send()", "app/core/mail.py"),
        ("app/main.py", "from app.core import send\nsend()", "app/core/mail.py"),
        ("app/main.py", "from app.core.mail import *\nsend()", "app/core/mail.py"),
        ("tests/test_x.py", "from pack.mail import send\nsend()", "src/pack/mail.py"),
        ("mono/svc/tests/test_x.py", "from app.core.mail import send\nsend()", "mono/svc/app/core/mail.py"),
    ],
)
def test_imports_are_followed_to_files(path: str, code: str, where: str) -> None:
    mail = "def send():\n    return 1\n"
    tree = dict.fromkeys(("app/core/mail.py", "src/pack/mail.py", "mono/svc/app/core/mail.py"), mail)
    tree |= {"app/core/__init__.py": "from .mail import send\n", "app/__init__.py": "", "app/api/v1/__init__.py": ""}
    assert names(used(tree, f"{code}\n", path)) == [f"{where}:1"]


def test_the_standard_library_and_packages_that_the_tree_has_not_lead_nowhere() -> None:
    tree = {"app/logging.py": "def getLogger(): ...\n", "fastapi.md": "x"}
    code = "import logging\nfrom fastapi import Depends\nfrom . import gone\nlogging.getLogger()\nDepends(gone.x)\n"
    assert used(tree, code) == Definitions()


def test_circles_of_imports_end() -> None:
    tree = {"app/a.py": "from app.b import x\n", "app/b.py": "from app.a import x\nclass Y(Y): ...\n"}
    assert names(used(tree, "from app.a import x\nfrom app.b import Y\nx.y(Y.z)\n")) == []
    tree = {"app/b.py": "class Y(Y):\n    x = 1\n"}
    assert names(used(tree, "from app.b import Y\nprint(Y.z)\n")) == ["app/b.py:1"]


def test_nothing_is_read_where_nothing_is_imported_from_the_tree() -> None:
    changes, folder = change({"a.py": "x = 1\n"}, {"a.py": "import os\n\nx = os.sep\n"})
    assert definitions(changes, changes.files, 100) == Definitions()
    assert folder.readings == []


def test_what_has_no_room_is_named_and_the_most_useful_comes_first() -> None:
    schema = "class Order(BaseModel):\n" + "".join(f"    field_{n}: int\n" for n in range(30))
    helper = "def helper():\n" + "    call()\n" * 10
    tree = {"app/schemas.py": schema, "app/tools.py": helper}
    code = "from app.schemas import Order\nfrom app.tools import helper\nhelper()\nhelper()\nOrder()\n"
    assert names(used(tree, code)) == ["app/schemas.py:1", "app/tools.py:1"]
    tight = used(tree, code, limit=35)
    assert names(tight) == ["app/schemas.py:1"]
    assert tight.left_out == ("helper (app/tools.py:1)",)
    assert sum(map(len, used(tree, code, limit=12).snippets)) <= 12


def test_a_service_is_its_head_and_what_is_used_of_it_and_a_model_is_whole() -> None:
    body = "        call()\n" * 40
    methods = "".join(f"    def method_{n}(self):\n{body}\n" for n in range(20))
    columns = "".join(f"    column_{n} = Column(Integer)\n" for n in range(30))
    tree = {
        "app/service.py": f"class Service:\n    def __init__(self, db): ...\n{methods}",
        "app/model.py": f"class Model(Base):\n{columns}\n    def method(self):\n        return 1\n",
    }
    found = used(
        tree,
        "from app.model import Model\nfrom app.service import Service\nService(1).x\nService.method_3()\nModel()\n",
    )
    model, service = found.snippets
    assert [number for number, _ in model.lines] == [*range(1, 35)]
    assert service.text.count("call()") < 20
    assert "def method_19(self):" in service.text


def test_of_a_very_large_model_the_fields_that_the_change_names_are_shown() -> None:
    columns = "".join(f"    column_{n} = Column(\n        Integer\n    )\n" for n in range(60))
    found = used({"app/model.py": f"class Model(Base):\n{columns}"}, "from app.model import Model\nModel(column_7=1)\n")
    (snippet,) = found.snippets
    assert snippet.text.count("Column(") == 1
    assert "column_7" in snippet.text


def test_a_long_function_is_shown_with_its_body_only_where_there_is_room() -> None:
    tree = {"app/tools.py": 'def helper():\n    """Help."""\n' + "    call()\n" * 40}
    code = "from app.tools import helper\nhelper()\n"
    assert len(used(tree, code, limit=60).snippets[0]) == 42
    assert len(used(tree, code, limit=20).snippets[0]) == 16
    assert len(used(tree, code, limit=12).snippets[0]) == 3


def test_a_changed_file_is_read_as_it_is_after_the_change_and_a_deleted_one_not_at_all() -> None:
    tree = {"app/a.py": "def f():\n    return 1\n", "app/gone.py": "def g(): ...\n"}
    after = {
        "app/a.py": "def f():\n    return 2\n",
        "app/main.py": "from app.a import f\nfrom app.gone import g\nf(g())\n",
    }
    changes, folder = change(tree, after)
    folder.files |= tree
    main = changes.file("app/main.py")
    assert main is not None
    assert "return 2" in shown(definitions(changes, [main], 100).snippets)
    assert "gone" not in shown(definitions(changes, [main], 100).snippets)
    assert definitions(changes, changes.files, 100) == Definitions(), "its hunk shows it already"


def test_what_the_enclosing_function_shows_is_not_repeated_and_what_it_leaves_out_is_shown() -> None:
    steps = "".join(f"    step({n})\n" for n in range(25))
    before = f"def helper():\n{steps}    old()\n\n\ndef f():\n    pass\n"
    changes, _ = change({"a.py": before}, {"a.py": before.replace("old", "new").replace("pass", "helper()")})
    whole, bounded = (definitions(changes, changes.files, 100, hunk_limit=limit) for limit in (100, 3))
    assert whole == Definitions()
    assert "step(9)" in shown(bounded.snippets)


def test_without_a_tree_the_change_itself_is_searched() -> None:
    before = "def helper():\n    return 1\n" + "\n" * 20 + "def f():\n    pass\n"
    changes, _ = change({"a.py": before}, {"a.py": before.replace("pass", "helper()")})
    bare = type(changes)("patch", changes.files)
    assert names(definitions(bare, bare.files, 100)) == ["a.py:1"]


def test_a_real_repository(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    base = repo.commit({"app/models.py": "class User(Base):\n    id = 1\n", "app/api.py": "x = 1\n"})
    repo.commit({"app/api.py": "from app.models import User\n\nx = User.id\n"})
    changes = git.read(tmp_path, base)
    (snippet,) = definitions(changes, changes.files, 50).snippets
    assert snippet.numbered == "1 | class User(Base):\n2 |     id = 1"
    assert snippet.why == "used by app/api.py:3"


DEPS = """\
from typing import Annotated
from fastapi import Depends

from app.models import Member

TTL_SECONDS = 300


def current_member(token: str) -> Member:
    return look_up(token, TTL_SECONDS)


SignedIn = Annotated[Member, Depends(current_member)]
"""


def test_aliases_and_constants_of_one_line_are_shown() -> None:
    tree = {"app/deps.py": DEPS}
    code = "from app.deps import TTL_SECONDS, SignedIn\n\n\ndef me(member: SignedIn):\n    return keep(TTL_SECONDS)\n"
    text = shown(used(tree, code).snippets)
    assert "6 | TTL_SECONDS = 300" in text
    assert "13 | SignedIn = Annotated[Member, Depends(current_member)]" in text
    assert "dependency of SignedIn, used by app/main.py:4\n 9 | def current_member" in text


def test_an_alias_of_a_function_around_the_change_is_followed_and_a_mere_annotation_is_not() -> None:
    before = "from app.deps import SignedIn\nfrom app.models import Note\n\n\ndef me(a: Note, member: SignedIn):\n"
    before += "    old()\n"
    models = "class Member:\n    id: int\n\n\nclass Note:\n    text: str\n"
    tree = {"app/deps.py": DEPS, "app/models.py": models, "app/main.py": before}
    changes, _ = change(tree, tree | {"app/main.py": before.replace("old", "new")})
    text = shown(definitions(changes, changes.files, 100).snippets)
    assert "app/deps.py: dependency of me, which has app/main.py:6\n 9 | def current_member" in text
    assert "13 | SignedIn = Annotated" in text
    assert "class Note" not in text


COLUMNS = "".join(f"    column_{n} = Column(Integer)\n" for n in range(20))
PARCEL = {"app/models.py": f"class Parcel(Base):\n{COLUMNS}", "app/mail.py": "def send(parcel):\n    call()\n"}


def test_a_class_that_only_annotates_shows_the_fields_that_the_change_names_after_what_is_called() -> None:
    head = "from app.models import Parcel\nfrom app.mail import send\n\n\n"
    send, parcel = used(PARCEL, f"{head}def f(parcel: Parcel) -> Parcel:\n    send(parcel.column_7)\n").snippets
    assert send.path == "app/mail.py"
    assert (
        parcel.text
        == "class Parcel(Base):\n... lines 2-8 left out\n    column_7 = Column(Integer)\n... lines 10-21 left out"
    )
    (only,) = used(PARCEL, f"{head}def f(parcel: 'Parcel'):\n    send(parcel)\n").snippets
    assert only.path == "app/mail.py", "a head that no field follows says nothing"
    parcel, send = used(PARCEL, f"{head}def f(db):\n    send(db.query(Parcel).first())\n").snippets
    assert parcel.text.count("Column(") == 20


def test_how_a_class_is_configured_is_shown_where_it_is_made_and_not_where_it_annotates() -> None:
    args = '    __table_args__ = (Index("column_1"),)\n'
    tree = {"app/models.py": f"class Parcel(Base):\n{COLUMNS}{COLUMNS}{COLUMNS}{args}"}
    code = "from app.models import Parcel\n\n\ndef f(parcel: Parcel):\n    parcel.column_7\n"
    assert "__table_args__" not in shown(used(tree, code).snippets)
    made = used(tree, code + "    Parcel(column_8=1)\n").snippets
    assert "__table_args__" in shown(made)
    assert "column_9" not in shown(made), "and of very many fields those that are named"


def test_of_a_class_that_tests_make_few_fields_are_shown() -> None:
    code = "from app.models import Parcel\n\nPARCEL = Parcel(column_3=1)\n"
    assert [len(used(PARCEL, code, path).snippets[0].lines) for path in ("app/a.py", "tests/test_a.py")] == [21, 2]


def test_objects_that_are_made_without_a_word_are_not_shown() -> None:
    tree = {"app/base.py": "logger = logging.getLogger(__name__)\nrouter = APIRouter()\nBase = declarative_base()\n"}
    code = "from app.base import Base, logger, router\n\nlogger.info(router)\n\n\nclass A(Base):\n    x = 1\n"
    assert used(tree, code) == Definitions()


def test_a_row_of_a_query_is_an_object_of_what_is_asked_for_and_of_nothing_that_is_joined() -> None:
    models = "class Order(Base):\n    id = 1\n    buyer_id = 2\n\n\nclass Buyer(Base):\n    id = 1\n    town = 3\n"
    code = """\
from app.models import Buyer, Order


def f(db):
    rows = db.query(Order).join(Buyer).options(joinedload(Order.buyer).joinedload(Buyer.town)).all()
    for row in rows:
        print(row.id)
    ids = db.scalars(select(Order.id).where(Buyer.id > 1))
    print(ids.id)
"""
    before = code.replace("row.id", "1").replace("ids.id", "2")
    tree = {"app/models.py": models, "app/main.py": before}
    changes, _ = change(tree, tree | {"app/main.py": code})
    (snippet,) = definitions(changes, changes.files, 100).snippets
    assert snippet.why == "`row` comes from it, used by app/main.py:7"
    assert "class Order" in snippet.text


def test_a_dependency_names_the_lines_of_one_function_only() -> None:
    route = "def {0}(db=Depends(get_db)):\n    a(1)\n    b(1)\n    c(1)\n    d(1)\n    {0}_old(db)\n\n\n"
    before = "from app.deps import get_db\n\n\n" + "".join(map(route.format, "fgh"))
    tree = {"app/deps.py": "def get_db():\n    yield 1\n", "app/main.py": before}
    changes, _ = change(tree, tree | {"app/main.py": before.replace("_old", "_new")})
    (snippet,) = definitions(changes, changes.files, 100).snippets
    assert snippet.why == "dependency of f, which has app/main.py:9"


def test_a_list_of_exports_uses_nothing() -> None:
    tree = {"app/models.py": "class Note:\n    text: str\n"}
    assert used(tree, 'from app.models import Note\n\n__all__ = ["Note"]\n') == Definitions()
    assert names(used(tree, 'from app.models import Note\n\nNOTES: list["Note"] = []\n')) == ["app/models.py:1"]
