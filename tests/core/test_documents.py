"""YAML and JSON as people write them: every fault has its line, and none does harm."""

from __future__ import annotations

import pytest

from reviewbot.core import documents
from reviewbot.core.errors import ConfigError

# Ten thousand million values in a few lines.
BOMB = "\n".join(["a0: &a0 [1]", *(f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 11))])


@pytest.mark.parametrize(
    ("text", "data"),
    [
        ("", None),
        ("a: 1\nb: [x, 2.5, yes, ~]", {"a": 1, "b": ["x", 2.5, True, None]}),
        ("off: no\n1: x\n'2': y", {"off": False, "1": "x", "2": "y"}),
        ("a: 2024-01-01", {"a": "2024-01-01"}),
        ("a: &x {b: 1}\nc:\n  <<: *x\n  d: 2", {"a": {"b": 1}, "c": {"b": 1, "d": 2}}),
        ("a: &x {b: 1}\nc:\n  b: 3\n  <<: [*x, {b: 2, e: 4}]", {"a": {"b": 1}, "c": {"b": 3, "e": 4}}),
        ("a: &x [1]\nb: *x", {"a": [1], "b": [1]}),
    ],
)
def test_what_is_written_is_read(text: str, data: object) -> None:
    assert documents.read(text, "f.yml").data == data


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("a: 1\nb:\n  c: 1\n  c: 2", "4:3: `b.c` stands here twice, first on line 3; keep one of them"),
        ("a:\n  - {b: 1}\n  - {b: 1, 'b': 2}", "3:12: `a.1.b` stands here twice, first on line 3; keep one of them"),
        ("a: 1\nb: [", "2: not valid YAML: a value is missing"),
        ("a: [1, 2\n", "1: not valid YAML: `[` is not closed, or a comma is missing"),
        ("a:\n  - b\n c: 1", "3:2: not valid YAML: this is no key of what stands around it"),
        ("a: 1\n b: 2", "2:3: not valid YAML: a `:` stands where no key can be"),
        ('a: "x\n', "1: not valid YAML: a quote is opened and not closed"),
        ("a:\n\tb: 1", "2:1: not valid YAML: this character can begin nothing (a tab"),
        ("a: 1\n\nb: \x07", "3: not valid YAML: unacceptable character #x0007"),
        ("a: 1\n---\nb: 2", "2:1: not valid YAML: "),
        ("a: *x", "1:4: not valid YAML: found undefined alias"),
        ("a: 1\nb: &a [*a]", "2:4: an alias stands inside of what it stands for"),
        (BOMB, "1:5: its aliases stand for more than 10,000 values; write them out"),
        ("[" * 900 + "]" * 900, "1: not valid YAML: nested too deeply"),
        ("[" * 90_000, "1:1001: not valid YAML: exceeded maximum nesting depth"),
        (
            "a: 1\nb: !!python/object:os.system {}",
            "2:4: the tag `tag:yaml.org,2002:python/object:os.system` is not read",
        ),
        ("a: !!binary aGk=", "1:4: the tag `tag:yaml.org,2002:binary` is not read; leave it out"),
        ("a: !!int x", "1:4: `x` cannot be read as int; put it in quotes"),
        ("a: 1\n? [b]\n: 2", "2:3: a key must be one word or one quoted text"),
        ("<<: 3", "1:5: `<<` takes keys and values over, so it needs a mapping"),
    ],
)
def test_what_cannot_be_read_is_said_with_its_line(text: str, says: str) -> None:
    with pytest.raises(ConfigError) as error:
        documents.read(text, "f.yml")
    assert str(error.value).startswith(f"f.yml:{says}")


def test_every_key_and_entry_has_its_line() -> None:
    document = documents.read("a:\n  - x\n  - b: 1\n    c: 2\n\nd: 3", "f.yml")
    assert document.lines == {("a",): 1, ("a", 0): 2, ("a", 1): 3, ("a", 1, "b"): 3, ("a", 1, "c"): 4, ("d",): 6}
    assert str(document.error("no", ("a", 1, "z"))) == "f.yml:3:5: no"
    assert str(document.error("no")) == "f.yml:1: no"


def test_json_has_no_key_twice_either() -> None:
    assert documents.json_values('{"a": [1]}', "f.json") == {"a": [1]}
    for text, says in (
        ('{"a": 1,\n"a": 2}', "2:1: `a` stands here twice, first on line 1; keep one of them"),
        ('{"a": 1,\n"b"}', "2:4: not valid JSON: Expecting ':' delimiter (mend it)"),
        ("[" * 100_000, "1: not valid JSON: "),
    ):
        with pytest.raises(ConfigError) as error:
            documents.json_values(text, "f.json", " (mend it)")
        assert str(error.value).startswith(f"f.json:{says}")
