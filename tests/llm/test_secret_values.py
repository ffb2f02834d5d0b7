"""Whether what stands beside a name is a secret: what the name says, and how the value looks there."""

from __future__ import annotations

import pytest

from reviewbot.llm.secrets import values
from reviewbot.llm.secrets.values import Name

DENSE = "Kf93hTq02LmZx71P"
HEX = "9fceb02d0ae598e95dc970b74767f193"


@pytest.mark.parametrize(
    ("name", "names"),
    [
        (
            Name.PASSWORD,
            ["db_password", "PGPASSWORD", "smtp_pass", "smtpPass", "pwd", "password_old_2"],
        ),
        (
            Name.TOKEN,
            ["pass", "pass_value", "api_key", "APIKey", "access_token", "authtoken", "private-key"],
        ),
        (Name.LOOSE, ["key", "foo_key", "auth", "salt"]),
        (Name.PART, ["colour", "secret_thing", f"password{'_y' * 60}"]),
        (Name.NO, ["password_field", "token_url", "secret_name", "", "-"]),
        (Name.PASSWORD, [f"{'x' * 100}_password"]),
    ],
)
def test_what_a_name_says_of_its_value(name: Name, names: list[str]) -> None:
    assert {text: values.name_of(text) for text in names} == dict.fromkeys(names, name)


@pytest.mark.parametrize(
    ("name", "secrets", "others"),
    [
        (
            Name.PASSWORD,
            ["b0gen1", "Ahornbaum", "Ahorn!", "12345678"],
            ["b0gen", "Ahornba", "MyPassword", "Ah orn 1"],
        ),
        (Name.TOKEN, ["a1b2c3d4"], ["a1b2c3d", "Ahornbaum", "ahorn-baum-2", "KfhTqLmZxPabcdeF", "ERR_A1B2C3"]),
        (Name.PART, ["a1b2c3d4e5f6"], ["a1b2c3d4e5f", "ahorn-baum-12", "value_12"]),
        (Name.LOOSE, [DENSE, HEX], [DENSE[:15], DENSE.lower(), HEX[:31]]),
    ],
)
def test_a_string_that_code_gives_to_a_name(name: Name, secrets: list[str], others: list[str]) -> None:
    assert [one for one in (*secrets, *others) if values.quoted(name, one, assigned=True)] == secrets


def test_a_word_is_a_password_where_it_is_given_to_one_and_else_a_label() -> None:
    words = ["Ahornbaum", "Ahorn!", "b0gen1"]
    assert [one for one in words if values.quoted(Name.PASSWORD, one, assigned=False)] == ["Ahorn!", "b0gen1"]
    assert [one for one in words if values.guessed(one)] == ["Ahorn!", "b0gen1"]


@pytest.mark.parametrize(
    ("name", "secrets", "others"),
    [
        (
            Name.PASSWORD,
            ["b0gen1", "ahorn!baum", "ahorn-baum-2"],
            ["b0gen", "ahornbaum", "f(x)!y", "ahorn.baum!", "a1 b2"],
        ),
        (Name.TOKEN, ["a1b2c3d4"], ["ahorn-baum-2", "value_12", "ahorn!baum", "changeme123"]),
        (Name.PART, [DENSE], [DENSE[:15], "a1b2c3d4"]),
        (Name.LOOSE, [DENSE], [f"changeme{DENSE}"]),
        (Name.NO, [], [DENSE]),
    ],
)
def test_what_stands_without_quotes(name: Name, secrets: list[str], others: list[str]) -> None:
    assert [one for one in (*secrets, *others) if values.bare(name, one)] == secrets


@pytest.mark.parametrize(
    ("name", "secrets", "others"),
    [
        (Name.PASSWORD, ["ahorn", "ahor"], ["aho", "AHORN", "f(x)y", "123456", "changeme"]),
        (Name.TOKEN, ["ahorn", "a-b-c"], ["os.environ.x", "AHORN_BAUM", "get(x)"]),
        (Name.LOOSE, ["kf93htq0", DENSE], ["kf93htq", "ahornbaum"]),
        (Name.PART, [], ["kf93htq02lmz", DENSE]),
        (Name.NO, [], ["kf93htq02lmz", DENSE]),
    ],
)
def test_what_a_line_of_an_environment_gives(name: Name, secrets: list[str], others: list[str]) -> None:
    assert [one for one in (*secrets, *others) if values.of_environment(name, one)] == secrets


def test_a_word_of_a_sentence_has_letters_and_digits_and_is_no_name_of_code() -> None:
    words = ["a1b2c3d4", "ahornbaum", "a1b2-c3d4", "a1b2.c3d4", "value_12"]
    assert [one for one in words if values.in_prose(Name.TOKEN, one)] == ["a1b2c3d4"]
    assert not values.in_prose(Name.PART, "a1b2c3d4")


def test_what_follows_bearer() -> None:
    words = ["a1b2c3d4", "Kf93hTq02", "ahornbaum", "ahorn-2", "changeme1", "your-token-1", "KfhTqLmZxPabcdeF"]
    assert [one for one in words if values.of_header(one)] == ["a1b2c3d4", "Kf93hTq02"]


@pytest.mark.parametrize(
    ("user", "password", "host", "secret"),
    [
        ("u", "a1b2c3", "db", True),
        ("u", "ahorn", "db", True),
        ("u", "ahorn", "localhost:5432", False),
        ("u", "ahorn", "127.0.0.1", False),
        ("u", "a1b2c3", "localhost", True),
        ("ahorn", "ahorn", "db", False),
        ("u", "{x}1", "db", False),
        ("u", "8080/users", "x", False),
        ("u", "/x1", "x", False),
        ("u", "a1b/c3", "db", True),
        ("u", "changeme", "db", False),
    ],
)
def test_what_stands_in_an_address(user: str, password: str, host: str, secret: bool) -> None:
    assert values.of_address(user, password, host) is secret


def test_a_key_by_itself_has_capitals_small_letters_and_digits_and_a_hash_has_not() -> None:
    looks = [DENSE, DENSE.lower(), HEX, "ahorn-baum-und-linde-3", "load(Kf93hTq02LmZx71P)"]
    assert [one for one in looks if values.of_three_kinds(one)] == [DENSE]
    assert [one for one in looks if values.dense(one)] == [DENSE, HEX]


def test_no_more_of_a_value_is_looked_at_than_a_secret_is_long() -> None:
    ending = "x" * 400
    assert not values.quoted(Name.PASSWORD, f"{ending}!", assigned=False)
    assert values.given(f"{'k' * 300}example")
