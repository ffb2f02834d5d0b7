"""Masking: every line stays, what is not masked stays, and no text around a token hides it."""

from __future__ import annotations

from typing import Any

from pieces import parts, text

from reviewbot.llm.masking import MASK, masked

TOKENS = (
    *("password = ", 'password: "', "api_key=", "token", "secret", "Bearer ", "Basic ", "AKIA", "ghp_", "sk-ant-"),
    *("xoxb-", "eyJ", "-----BEGIN PRIVATE KEY-----", "-----END PRIVATE KEY-----", "://", "user:pw@", "postgres://"),
    *("kind: Secret", "data:", "stringData:", "export ", "jwt.encode(", "os.getenv(", "***", "\\n", '"""', "curl -u "),
    *(
        "PASSWORD=",
        "--password ",
        "hmac.new(",
        "SecretStr(",
        "Field(default=",
        " | ",
        "+",
        "-",
        "\t",
        "Private-Lines: ",
    ),
)
# Put together here, so that nobody's scanner stumbles over this file.
_TOKEN = "ghp_" + "16C7e42F292c6912E7710c838347Ae178B4a"


def run(data: bytes) -> Any:
    return masked(text(data))


def judge(data: bytes, result: Any) -> None:
    said = text(data)
    assert result.count("\n") == said.count("\n")
    for line, shown in zip(said.split("\n"), result.split("\n"), strict=True):
        if "*" in line:
            continue  # what is a mask and what was there cannot be told
        at = 0
        for part in shown.split(MASK):
            at = line.find(part, at)
            assert at >= 0, f"{part!r} is not of {line!r}"
            at += len(part)
    before, after = parts(data, 2)
    assert _TOKEN not in masked(f"{before}\n{_TOKEN}\n{after}")
    assert _TOKEN not in masked(f'{before}\ntoken = "{_TOKEN}"\n{after}')
