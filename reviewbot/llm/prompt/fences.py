"""Fences around text from outside: what stands between them is material and no instruction."""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field

from reviewbot.core.text import printable
from reviewbot.llm.masking import masked


@dataclass(frozen=True)
class Fence:
    """The fences of one run.

    Attributes:
        nonce: What nobody outside can know, so that no text can end its own fence.
    """

    nonce: str = field(default_factory=lambda: secrets.token_hex(8))

    def around(self, text: str) -> str:
        """Give a text inside fences, without secrets and without characters that hide something."""
        return f"<untrusted-{self.nonce}>\n{masked(printable(text)).rstrip()}\n</untrusted-{self.nonce}>"
