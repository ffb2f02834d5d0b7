"""Secrets are taken out of what is sent, ordinary code is not, and nothing hides behind what looks like a key."""

from __future__ import annotations

import time
from math import log
from pathlib import Path

import pytest
import yaml
from builders import change_set
from fakeclaude import Ask, FakeClaude, Say
from hypothesis import given
from hypothesis import strategies as st
from judging import AGENT, asks_refutation, assignment, bundle, claude, found, module, reply, review, stands
from secret_forms import PARTS, forms
from thorough import share

from reviewbot.llm.masking import MASK, masked
from reviewbot.llm.prompt.prompts import Prompts

DATA = yaml.safe_load((Path(__file__).parents[1] / "data" / "secrets.yml").read_text(encoding="utf-8"))
KEY = [
    "-----BEGIN RSA PRIVATE KEY-----",
    "MIIEpAIBAAKCAQEA7bq3X9c2v8kq1LzYw4s5t6u7v8w9x0y1z2A3B4C5D6E7F8G9",
    "+zd0sWQ7abcdefghijklmnopqrstuvwxyz/ABCDEFGHIJKLMNOPQRSTUVWXYZ012",
    "abc=",
    "-----END RSA PRIVATE KEY-----",
]


@pytest.mark.parametrize(("text", "shown"), DATA["masked"], ids=[text for text, _ in DATA["masked"]])
def test_secrets_are_masked_and_the_rest_of_their_line_is_not(text: str, shown: str) -> None:
    text = text.replace("~", "")
    assert masked(text) == shown
    assert masked(f"12 +    {text}") == f"12 +    {shown}"


@pytest.mark.parametrize("text", DATA["left"])
def test_ordinary_code_is_left_alone(text: str) -> None:
    assert masked(text) == text


def test_a_line_that_ends_as_windows_has_it_ends_so() -> None:
    assert masked("DB_PASSWORD=ahorn\r\nx = 1\r\n") == "DB_PASSWORD=***\r\nx = 1\r\n"


@pytest.mark.parametrize(("part", "most"), list(zip(PARTS, (1, 4, 2, 0, 2), strict=True)))
def test_of_the_forms_of_secrets_no_more_are_missed_than_were_measured(part: str, most: int) -> None:
    missed = [form.text for form in forms(part) if form.shown_by(masked(form.text))]
    assert len(missed) <= most, missed


def test_of_code_and_pages_that_hold_no_secrets_nothing_is_masked() -> None:
    top = Path(__file__).parents[2]
    files = [*top.glob("reviewbot/**/*.py"), *top.glob("agents/*.md"), *top.glob("docs/**/*.md")]
    told = {}
    for file in files:
        lines = file.read_text(encoding="utf-8").split("\n")
        pairs = zip(lines, masked("\n".join(lines)).split("\n"), strict=True)
        told.update({f"{file.name}: {line.strip()}": shown for line, shown in pairs if line != shown})
    # What a page shows as a secret that its check reports.
    assert {line.partition(":")[0] for line in told} == {"secret-literal.md"}, told


def test_what_a_prompt_has_ahead_of_a_line_changes_nothing() -> None:
    for form in (form for part in PARTS for form in forms(part)):
        shown = masked(form.text)
        assert shown.count("\n") == form.text.count("\n")
        assert masked(shown) == shown
        assert masked(_numbered(form.text)) == _numbered(shown)


def _numbered(text: str) -> str:
    return "\n".join(f"{number:>3} +{line}" for number, line in enumerate(text.split("\n"), 98))


@given(st.lists(st.sampled_from([*(one[0].replace("~", "") for one in DATA["masked"]), *DATA["left"], *KEY, ""])))
def test_every_line_keeps_its_place_and_masking_twice_is_masking_once(lines: list[str]) -> None:
    text = masked("\n".join(lines))
    assert text.count("\n") == max(len(lines) - 1, 0)
    assert masked(text) == text


def shown(*lines: str) -> str:
    """Give the files of a prompt."""
    changes = change_set(module("app/keys.py", *lines))
    return Prompts(changes, AGENT, assignment(changes)).files(bundle(*changes.files))


def test_a_private_key_is_masked_line_by_line() -> None:
    text = shown("KEY = '''", *KEY, "'''", "delete_everything()")
    assert "2 +-----BEGIN RSA PRIVATE KEY-----\n3 +***\n4 +***\n5 +***\n6 +-----END RSA PRIVATE KEY-----" in text
    assert "8 +delete_everything()" in text


def test_a_private_key_in_one_line_is_masked() -> None:
    text = shown(f'KEY = "{KEY[0]}\\n{KEY[1]}\\n{KEY[-1]}"')
    assert f'KEY = "{KEY[0]}\\n{MASK}\\n{KEY[-1]}"' in text


def test_a_key_without_its_end_is_masked_as_far_as_it_goes() -> None:
    part = KEY[1][:20]
    lines = [KEY[0], "Proc-Type: 4,ENCRYPTED", "", part, part, "run(now)", part]
    hidden = [KEY[0], "Proc-Type: 4,ENCRYPTED", "", MASK, MASK, "run(now)", part]
    assert masked("\n".join(lines)).split("\n") == hidden


def test_of_a_key_without_its_beginning_what_is_above_its_end_is_masked() -> None:
    part = KEY[1][:20]
    assert masked("\n".join([part, "run(now)", part, part, KEY[-1], part])).split("\n") == [
        part,
        "run(now)",
        MASK,
        MASK,
        KEY[-1],
        part,
    ]


def test_of_what_kubernetes_holds_only_the_values_of_secrets_are_masked() -> None:
    lines = [
        "items:",
        "  - apiVersion: v1",
        "    kind: Secret",
        "    data:",
        "      one: b25lLW9mLXR3bw",
        "    type: Opaque-kind",
        "  - apiVersion: v1",
        "    kind: ConfigMap",
        "    data:",
        "      two: blue-green",
        "---",
        "kind: Secret",
        "data:",
        "  three: dGhyZWUtb2YtdGhyZWU",
        "---",
        "data:",
        "  four: blue-green",
    ]
    text = "\n".join(lines)
    wanted = text.replace("b25lLW9mLXR3bw", MASK).replace("dGhyZWUtb2YtdGhyZWU", MASK)
    assert masked(text) == wanted


def test_code_between_what_looks_like_the_ends_of_a_key_is_shown() -> None:
    hidden = [
        "os.system(request.args['command'])",
        "grant(user, role='admin')",
        "return approve_without_asking_anybody(x)",
    ]
    text = shown("# -----BEGIN PRIVATE KEY-----", *hidden, "# -----END PRIVATE KEY-----")
    assert all(line in text for line in hidden)


def test_a_finding_on_a_masked_line_is_placed_and_does_not_write_the_mask_back() -> None:
    secret = DATA["masked"][0][0].replace("~", "")
    line = f'os.environ["A"] = "{secret}"'
    changes = change_set(module("app/keys.py", "import os", line))
    quote = masked(line)
    assert quote != line

    def says(ask: Ask) -> Say:
        assert secret not in ask.text
        if asks_refutation(ask):
            assert quote in ask.question
            return stands(ask)
        return Say.json(reply(found(quote, "app/keys.py", replacement=quote.replace("A", "B"))))

    with FakeClaude(says) as fake, claude(fake) as asked:
        (finding,) = [one for one in review(asked, changes).findings if one.check == "model"]
    assert (finding.start_line, str(finding.placement), finding.suggestion) == (2, "inline", None)


def test_what_the_checks_found_is_masked_too() -> None:
    changes = change_set(module("backend/app/a.py", "db.execute(text(f\"SELECT 1 WHERE a = '{name}'\"))"))
    from builders import finding

    said = finding(agent=AGENT.name, path="backend/app/a.py", title=f"Key {DATA['masked'][0][0].replace('~', '')}")
    prompts = Prompts(changes, AGENT, assignment(changes))
    prompt = prompts.disprove(prompts.files(bundle(*changes.files)), [said], [said])
    assert "Posted by the checks in any case" in prompt.question
    assert "AKIA" not in prompt.question


# Each pattern's beginning, and what it looks ahead in.
UNITS = (
    *(
        "a-",
        "a",
        "1a",
        "=",
        " ",
        "\n",
        "-",
        "\\n",
        "é",
        "1 + ",
        "password",
        "x-password-",
        'secret="',
        "secret \n",
        "secret: ",
    ),
    *("secret=", "secret=Field(", "secret=Field(\n", "password='a1b2c3d4e5f6g7", "password=é", "secret(", "token, "),
    *("password ", '("token", ', 'A_TOKEN=["a1b2c3d4",', 'secret=["a1b2c3d4e5", "a": ', "A_TOKEN=", "password: >\n "),
    *(
        "a:b@",
        "://a:",
        "://a:b@",
        "sk-",
        "eyJabcdefghijk.",
        "eyJabcdefghijk.eyJabcd.",
        "re_abcdefgh_",
        "SG.a",
        "Bearer ",
    ),
    *("hooks.slack.com/services/T", "curl -u a", "login -p", "mysql -p", "echo a | ", "jwt.encode(a, ", "jwt.encode("),
    *("hmac.new(", 'auth = ("a", ', '<add key="password" ', "a:1:b:c:", "kind: Secret\ndata:\n  a: b\n", "key: x\n"),
    *(KEY[0], f"{KEY[0]}\n", f"{KEY[0]}\n\n\n", f"{KEY[0]}\\nA", f"{KEY[1]}\n", f"{KEY[2]}\n", f"{KEY[-1]}\n"),
)


def seconds(text: str) -> float:
    """Give the better of two."""
    taken = []
    for _ in range(2):
        began = time.process_time()
        masked(text)
        taken.append(time.process_time() - began)
    return min(taken)


@pytest.mark.parametrize("before", ["", 'secret = "'])
@pytest.mark.parametrize("unit", share(UNITS, 5))
def test_time_grows_with_the_text(unit: str, before: str) -> None:
    small, large = (before + unit * (size // len(unit)) for size in (10_000, 40_000))
    taken = seconds(large)
    # Four times the text in four times the time; what takes no time is not measured.
    assert taken < 0.05 or log(taken / seconds(small), 4) < 1.4
