"""Names followed to where they are defined: package roots, relative names, branches, what is Python's own."""

from __future__ import annotations

import pytest
from trees import Files

from reviewbot.checks.scope import is_exempt
from reviewbot.python.codebase import Code
from reviewbot.python.imports import STATEMENTS, read
from reviewbot.python.syntax import Source

USER = "app/services/use.py"


def where(tree: dict[str, str], name: str, user: str = USER) -> str | None:
    """Give where a name of a file is defined, as ``path:name``."""
    code = Code(Files(tree), [], is_exempt)
    module = code.module(user)
    assert module is not None
    place = code.resolve(module, name)
    return f"{place.module.path}:{place.name}" if place is not None else None


@pytest.mark.parametrize(
    ("text", "found"),
    [
        ("import a", [("a", "a", "", "a")]),
        ("import a.b", [("a", "a.b", "", "a")]),
        ("import a.b as c, d", [("c", "a.b", "", "a.b"), ("d", "d", "", "d")]),
        ("from a.b import c as d, e", [("d", "a.b", "c", "a.b.c"), ("e", "a.b", "e", "a.b.e")]),
        ("from . import a", [("a", ".", "a", ".a")]),
        ("from .. a import b", [("b", "..a", "b", "..a.b")]),
        ("from a import *", [("*", "a", "*", "a.*")]),
        ("from a import (\n    b,  # first\n    c,\n)", [("b", "a", "b", "a.b"), ("c", "a", "c", "a.c")]),
    ],
)
def test_an_import_says_what_it_binds_and_what_that_stands_for(
    text: str, found: list[tuple[str, str, str, str]]
) -> None:
    nodes = Source(text).root.find_all(any=[{"kind": kind} for kind in STATEMENTS])
    imports = [one for node in nodes for one in read(node)]
    assert [(one.name, one.module, one.attribute, one.origin) for one in imports] == found


@pytest.mark.parametrize(
    ("text", "top", "for_typing"),
    [
        ("import a", True, False),
        ("if TYPE_CHECKING:\n    import a", True, True),
        ("if typing.TYPE_CHECKING:\n    import a\nelse:\n    b = 1", True, True),
        ("if TYPE_CHECKING:\n    b = 1\nelse:\n    import a", True, False),
        ("if not TYPE_CHECKING:\n    import a", True, False),
        ("def f():\n    import a", False, False),
        ("class A:\n    import a", False, False),
    ],
)
def test_an_import_says_where_it_stands(text: str, top: bool, for_typing: bool) -> None:
    node = Source(text).root.find(kind="import_statement")
    assert node is not None
    (one,) = read(node)
    assert (one.top, one.for_typing) == (top, for_typing)
    assert text.split("\n")[one.line - 1].strip() == "import a"


@pytest.mark.parametrize(
    ("imports", "name", "found"),
    [
        # relative, and beyond the root of the tree
        ("from . import near", "near.x", "app/services/near.py:x"),
        ("from .near import x as y", "y", "app/services/near.py:x"),
        ("from .. import core", "core.deep.x", "app/core/deep.py:x"),
        ("from ... import lone", "lone.x", "lone.py:x"),
        ("from .... import lone", "lone.x", None),
        ("from ....lone import x", "x", None),
        ("from ......lone import x", "x", None),
        # `import a.b` gives `a`, and along the dots all that is in it
        ("import app.core.deep", "app.core.deep.x", "app/core/deep.py:x"),
        ("import app.core.deep", "app.services.near.x", "app/services/near.py:x"),
        ("import app.core.deep", "deep.x", None),
        ("import app.core.deep as d", "d.x", "app/core/deep.py:x"),
        ("import app.core.deep as d", "app.core.deep.x", None),
        ("import app.core.deep as d", "d", "app/core/deep.py:"),
        # what a package has under the name of one of its modules comes first
        ("from app.core import same", "same", "app/core/deep.py:same"),
        ("from app.core import own", "own.x", "app/core/own.py:x"),
        ("from app.core.same import x", "x", "app/core/same.py:x"),
        ("from app.core import given", "given", "app/core/deep.py:x"),
        # everything of a module; of several, the last one's; never private names
        ("from app.core.deep import *", "x", "app/core/deep.py:x"),
        ("from app.core.deep import *\nfrom .near import *", "x", "app/services/near.py:x"),
        ("from app.core.deep import *\nfrom .near import *", "same", "app/core/deep.py:same"),
        ("from app.core.deep import *", "_hidden", None),
        ("from app.core.deep import _hidden", "_hidden", "app/core/deep.py:_hidden"),
        # the later statement counts, unless a branch decides
        ("from app.core.deep import x\nfrom .near import x", "x", "app/services/near.py:x"),
        ("if TYPE_CHECKING:\n    from app.core.deep import x", "x", "app/core/deep.py:x"),
        ("try:\n    from ujson import x\nexcept ImportError:\n    from app.core.deep import x", "x", None),
        ("try:\n    from app.core.deep import x\nexcept ImportError:\n    from .near import x", "x", None),
        (
            "try:\n    from app.core.deep import x\nexcept ImportError:\n    from ..core.deep import x",
            "x",
            "app/core/deep.py:x",
        ),
        ("try:\n    from app.core.deep import x\nexcept ImportError:\n    x = None", "x", f"{USER}:x"),
        ("def f():\n    from app.core.deep import x", "x", None),
        ("type Page[T] = list[T]", "Page", f"{USER}:Page"),
    ],
)
def test_names_are_followed_as_python_does(imports: str, name: str, found: str | None) -> None:
    tree = {
        USER: imports,
        "lone.py": "x = 1",
        "app/__init__.py": "",
        "app/services/__init__.py": "",
        "app/services/near.py": "x = 1",
        "app/core/__init__.py": "from .deep import same\nfrom app.core.deep import x as given\nfrom . import own\n",
        "app/core/deep.py": "x = 1\nsame = 2\n_hidden = 3\n",
        "app/core/same.py": "x = 1",
        "app/core/own.py": "x = 1",
    }
    assert where(tree, name) == found


@pytest.mark.parametrize("package", ["", "app/__init__.py", "app/core/__init__.py"])
@pytest.mark.parametrize("name", ["signal", "redis"])
@pytest.mark.parametrize("user", [USER, "app/core/other.py"])
def test_a_module_in_a_package_is_no_library_of_that_name(user: str, name: str, package: str) -> None:
    tree = {
        user: f"from {name} import Thing\nfrom app.core.config import x\n",
        f"app/core/{name}.py": "class Thing: ...",
        "app/core/config.py": "x = 1",
        **({package: ""} if package else {}),
    }
    assert where(tree, "Thing", user) is None
    assert where({**tree, user: f"from app.core.{name} import Thing"}, "Thing", user) == f"app/core/{name}.py:Thing"


def test_a_package_in_a_package_is_no_library_of_that_name() -> None:
    tree = {
        "svc/app/main.py": "from celery.schedules import crontab\nfrom app.celery.tasks import add\n",
        "svc/app/celery/schedules.py": "class crontab: ...",
        "svc/app/celery/tasks.py": "def add(): ...",
    }
    assert where(tree, "crontab", "svc/app/main.py") is None
    assert where(tree, "add", "svc/app/main.py") == "svc/app/celery/tasks.py:add"


def test_what_is_pythons_own_is_never_claimed_for_a_file() -> None:
    tree = {
        "signal.py": "class Signals: ...",
        "main.py": "from signal import Signals\nfrom .signal import Signals as S",
    }
    assert where(tree, "Signals", "main.py") is None
    assert where(tree, "S", "main.py") == "signal.py:Signals"


@pytest.mark.parametrize(
    ("paths", "user", "found"),
    [
        # a tree's top, a marked folder, one of a usual name, and one that programs are started in
        (["util.py"], "app/use.py", "util.py"),
        (["api/util.py", "api/pyproject.toml"], "jobs/use.py", "api/util.py"),
        (["src/util.py"], "jobs/use.py", "src/util.py"),
        (["backend/util.py"], "backend/app/use.py", "backend/util.py"),
        (["worker/util.py"], "worker/use.py", "worker/util.py"),
        (["worker/util.py"], "api/use.py", None),
        (["src/util.py", "src/__init__.py"], "jobs/use.py", None),
        # a package before a module of its name
        (["util.py", "util/__init__.py"], "use.py", "util/__init__.py"),
        # the nearest of several; none where two are as near
        (["a/app/util.py", "b/app/util.py"], "a/app/use.py", "a/app/util.py"),
        (["a/src/app/util.py", "app/util.py"], "a/jobs/use.py", "a/src/app/util.py"),
        (["a/app/util.py", "app/util.py"], "c/use.py", "app/util.py"),
        (["a/app/util.py", "b/app/util.py"], "c/use.py", None),
    ],
)
def test_roots_are_where_names_begin(paths: list[str], user: str, found: str | None) -> None:
    dotted = "app.util" if "app/util.py" in paths[0] else "util"
    tree = {**dict.fromkeys(paths, "x = 1"), user: f"from {dotted} import x"}
    assert where(tree, "x", user) == (f"{found}:x" if found else None)


def test_a_text_may_name_anything() -> None:
    code = Code(Files({USER: "", "worker/a(b/tasks.py": "", "worker/tasks.py": ""}), [], is_exempt)
    module = code.module(USER)
    assert module is not None
    for name in ("", ".", "..", "a(b.tasks", "a..b", "tasks:", "*", "......"):
        found = code.find(module, name)
        assert found is None or found.path == "worker/a(b/tasks.py"


def test_what_is_loaded_is_not_overlooked_and_not_only_named_for_types() -> None:
    imports = "import app.one\nfrom app import two\nfrom tasks import x\n"
    tree = {
        "app/main.py": f"{imports}if TYPE_CHECKING:\n    import app.four\n",
        "app/__init__.py": "",
        "app/one.py": "try:\n    import fast\nexcept ImportError:\n    from . import three\n",
        "app/two.py": "def f():\n    import app.five\n",
        "app/work/tasks.py": "",
        **{f"app/{name}.py": "" for name in ("three", "four", "five")},
    }
    code = Code(Files(tree), [], is_exempt)
    main = code.module("app/main.py")
    assert main is not None
    loaded = {module.path for module in code.loaded([main])}
    missing = {"app/four.py", "app/five.py"}
    assert loaded == tree.keys() - missing
