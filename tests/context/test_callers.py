"""Who still calls what changed: found where imports or objects lead to it, and not by its name alone."""

from __future__ import annotations

from context.changes import change

from reviewbot.context import Callers, callers

SERVICE = """\
class Service:
    def __init__(self, db):
        self.db = db

    def get(self, one):
        return self.db.get(one)

    def twice(self, one):
        return self.get(one) + self.get(one)


def helper(a):
    return a


service = Service(1)
"""


def lines(found: Callers) -> list[str]:
    return [f"{call.path}:{call.line} {call.symbol}" for call in found.calls]


def of(old: str, new: str, others: dict[str, str]) -> Callers:
    before = {"app/service.py": SERVICE, **others}
    changes, folder = change(before, before | {"app/service.py": SERVICE.replace(old, new)})
    found = callers(changes, changes.files)
    assert len(folder.readings) <= 1
    return found


def test_calls_are_found_through_imports_objects_and_self() -> None:
    others = {
        "app/a.py": "from app.service import service\nservice.get(1)\nservice.twice(1)\n",
        "app/b.py": "from app import service\nservice.service.get(1)\nservice.Service.get(1)\n",
        "app/c.py": "from app.service import Service\n\n\ndef f(s: Service):\n    return s.get(1)\n",
        "app/d.py": "from app.other import service\nservice.get(1)\n{}.get(1)\n",
        "app/other.py": "service = {}\n",
        "app/e.py": "import requests\nrequests.get('app.service')\n",
    }
    found = of("get(self, one)", "get(self, one, two)", others)
    assert lines(found) == [
        "app/a.py:2 Service.get",
        "app/b.py:2 Service.get",
        "app/b.py:3 Service.get",
        "app/c.py:5 Service.get",
        "app/service.py:9 Service.get",
    ]
    assert (found.changed, found.more, found.candidates) == (("Service.get",), 0, 7)


def test_a_removed_function_is_found_where_it_is_still_imported_and_called() -> None:
    others = {
        "app/a.py": "from app.service import helper\nhelper(1)\n",
        "app/b.py": "from .service import helper as h\n",
        "app/c.py": "def helper(): ...\n\n\nhelper()\n",
    }
    assert lines(of("def helper(a):\n    return a\n", "", others)) == [
        "app/a.py:1 helper",
        "app/a.py:2 helper",
        "app/b.py:1 helper",
    ]


def test_a_constructor_is_called_by_its_class_and_a_removed_class_counts_once() -> None:
    others = {"app/a.py": "from app.service import Service\nService(2)\n"}
    assert lines(of("__init__(self, db)", "__init__(self, db, x)", others)) == [
        "app/a.py:2 Service.__init__",
        "app/service.py:16 Service.__init__",
    ]
    gone = of("class Service", "class Store", others)
    assert gone.changed == ("Service",)
    assert "app/a.py:2 Service" in lines(gone)


def test_nothing_is_read_where_no_function_changed() -> None:
    for old, new in (("return a", "return a  # it"), ("(a)", "( a , )"), ("(a)", "(\n    a,  # it\n)")):
        before = {"app/service.py": SERVICE, "app/a.py": "from app.service import helper\nhelper(1)\n"}
        changes, folder = change(before, before | {"app/service.py": SERVICE.replace(old, new)})
        assert callers(changes, changes.files) == Callers()
        assert folder.readings == []


def test_of_a_function_whose_body_changed_three_calls_are_given_and_none_in_tests() -> None:
    call = "from app.service import helper\n" + "helper(1)\n" * 5
    found = of("return a", "return -a", {"app/a.py": call, "app/tests/test_a.py": call})
    assert lines(found) == ["app/a.py:2 helper", "app/a.py:3 helper", "app/a.py:4 helper"]
    assert found.more == 0
    routes = "@router.get('/')\ndef f():\n    return 1\n"
    changes, folder = change({"a.py": routes}, {"a.py": routes.replace("1", "2")})
    assert callers(changes, changes.files) == Callers()
    assert folder.readings == [], "a route is called by requests"


def test_a_function_that_is_gone_and_that_nothing_calls_is_named() -> None:
    gone = of("def helper(a):\n    return a\n", "", {"app/a.py": "x = 1\n"})
    assert (gone.calls, gone.uncalled) == ((), ("helper",))
    assert of("(a)", "(a, b)", {}).uncalled == ()


def test_the_nearest_files_are_read_where_reading_is_dear() -> None:
    call = "from app.service import helper\nhelper(1)\n"
    before = {"app/service.py": SERVICE, "app/near.py": call, "far/away/a.py": call, "app/sub/b.py": call}
    before |= dict.fromkeys(("app/test_a.py", "app/schemas/a.py"), call)
    changes, folder = change(before, before | {"app/service.py": SERVICE.replace("helper(a)", "helper(a, b)")})
    found = callers(changes, changes.files, most_files=2)
    assert folder.readings == [["app/near.py", "app/sub/b.py"]], "code before what calls little"
    assert lines(found) == ["app/near.py:2 helper", "app/sub/b.py:2 helper"]
    assert (found.searched, found.candidates) == (3, 6)
    some = callers(changes, changes.files, limit=1)
    assert (len(some.calls), some.more) == (1, 4)


def test_lines_that_the_diff_shows_are_not_named_again() -> None:
    before = {"a.py": "def f(x):\n    return x\n\n\nf(1)\n"}
    changes, _ = change(before, {"a.py": "def f(x, y):\n    return x\n\n\nf(1, 2)\n"})
    assert callers(changes, changes.files).calls == ()
