"""The forms of `data/secret_forms.yml`: texts with secrets in them, put together from their parts."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import yaml

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

DATA = Path(__file__).parent.parent / "data" / "secret_forms.yml"
PARTS = ("first", "second", "third", "fourth", "fifth")
_SECRET = re.compile("«(.*?)»", re.DOTALL)
# A part of a secret as long as this gives it away.
_ENOUGH = 5


@dataclass(frozen=True, slots=True)
class Form:
    """A text with secrets.

    Attributes:
        kind: Where such texts stand.
        text: As it is.
        secrets: What must not be seen of it.
        rest: What may be seen.
    """

    kind: str
    text: str
    secrets: Sequence[str]
    rest: str

    def shown_by(self, text: str) -> bool:
        """Tell whether a text shows a part of a secret that does not stand beside it as well."""
        for secret in self.secrets:
            parts = (secret[at : at + _ENOUGH] for at in range(max(1, len(secret) - _ENOUGH + 1)))
            if any(part in text and part not in self.rest for part in parts):
                return True
        return False


def forms(part: str) -> Iterator[Form]:
    """Give the forms of one part: the first are what the detectors were made for."""
    for kind, body in yaml.safe_load(DATA.read_text(encoding="utf-8"))[part].items():
        for written in body.splitlines() if isinstance(body, str) else body:
            text = written.replace("¦", "")
            yield Form(kind, _SECRET.sub(r"\1", text), tuple(_SECRET.findall(text)), _SECRET.sub("\0", text))
