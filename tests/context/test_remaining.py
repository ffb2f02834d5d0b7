"""What is left of names that are gone: uses, and neither comments nor texts nor other things of that name."""

from __future__ import annotations

from context.changes import change

from reviewbot.context import Remaining, remaining

MODELS = """\
MAX_ITEMS = 5
__all__ = ["Basket"]


class Basket(Base):
    item_count = Column(Integer)
    title = Column(String)
    owner = Column(String)
"""


def of(old: str, new: str, others: dict[str, str]) -> tuple[Remaining, ...]:
    before = {"app/models.py": MODELS, **others}
    changes, folder = change(before, before | {"app/models.py": MODELS.replace(old, new)})
    found = remaining(changes, changes.files)
    assert len(folder.readings) <= 1
    return found


def test_attributes_and_keywords_of_a_column_that_was_renamed_are_uses() -> None:
    others = {
        "app/a.py": "def f(basket, item_count):\n    print('item_count')  # item_count\n    return basket.item_count\n",
        "app/b.py": "make(item_count=1)\nitem_count = 2\n",
        "app/c.py": "class Other:\n    item_count: int\n",
    }
    (one,) = of("item_count", "items", others)
    assert one.symbol == "Basket.item_count"
    assert one.uses == ("app/a.py:3 return basket.item_count", "app/b.py:1 make(item_count=1)")
    assert (one.searched, one.candidates) == (4, 4)


def test_a_plain_name_is_looked_for_where_its_class_is_named() -> None:
    others = {
        "app/a.py": "page.title\n",
        "app/b.py": "from app.models import Basket\n\n\ndef f(basket: Basket):\n    basket.title\n",
    }
    (one,) = of("    title = Column(String)\n", "", others)
    assert one.uses == ("app/b.py:5 basket.title",)


def test_a_constant_is_used_where_it_is_imported() -> None:
    others = {
        "app/a.py": "from app.models import MAX_ITEMS\n\nprint(MAX_ITEMS)\n",
        "app/b.py": "from app import models\nmodels.MAX_ITEMS\nother.MAX_ITEMS\n",
        "app/c.py": "MAX_ITEMS = 3\nprint(MAX_ITEMS)\n",
    }
    (one,) = of("MAX_ITEMS = 5\n", "", others)
    assert one.uses == (
        "app/a.py:1 from app.models import MAX_ITEMS",
        "app/a.py:3 print(MAX_ITEMS)",
        "app/b.py:2 models.MAX_ITEMS",
    )


def test_nothing_left_is_said_and_where_no_name_is_gone_nothing_is_read() -> None:
    (one,) = of("    owner = Column(String)\n", "", {"app/a.py": "x = 1\n"})
    assert (one.symbol, one.uses) == ("Basket.owner", ())
    changes, folder = change({"app/models.py": MODELS}, {"app/models.py": MODELS.replace("5", "6")})
    assert remaining(changes, changes.files) == ()
    assert folder.readings == []


def test_no_more_uses_than_a_reader_needs_and_none_that_the_diff_shows() -> None:
    uses = "a.item_count\n" * 9
    before = {"app/models.py": MODELS, "app/a.py": uses, "app/b.py": "a.item_count\n"}
    after = before | {"app/models.py": MODELS.replace("item_count", "items"), "app/b.py": "a.item_count(1)\n"}
    changes, folder = change(before, after)
    (one,) = remaining(changes, changes.files, most_files=1)
    assert [use.split(" ")[0] for use in one.uses] == [f"app/a.py:{n}" for n in range(1, 6)]
    assert folder.readings == [["app/a.py"]]
