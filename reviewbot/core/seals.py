"""A seal under what we leave where others write as well: only who has the secret can have set it."""

from __future__ import annotations

import hashlib
import hmac
import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

# A seal is public: a secret that somebody could guess must not be found by trying.
_LEAST_SECRET = 32
_SEAL = "seal"


@dataclass(frozen=True)
class Seal:
    """Sets seals, and tells its own from others.

    Attributes:
        about: What a seal is for; one for another thing is none.
        secret: What only we know; with none, or a short one, nothing is sealed and no seal holds.
    """

    about: str = ""
    secret: str = field(default="", repr=False)

    def set_on(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Give the data with its seal; empty where there is no secret."""
        return {**data, _SEAL: self._of(data)} if len(self.secret) >= _LEAST_SECRET else {}

    def opened(self, data: Mapping[str, Any]) -> dict[str, Any]:
        """Give the data without the seal; empty where it is not sealed by us as it stands."""
        if len(self.secret) < _LEAST_SECRET:
            return {}
        content = {key: value for key, value in data.items() if key != _SEAL}
        given = str(data.get(_SEAL)).encode(errors="replace")
        return content if hmac.compare_digest(given, self._of(content).encode()) else {}

    def _of(self, data: Mapping[str, Any]) -> str:
        # The secret itself is the key of nothing but another key.
        key = hmac.digest(self.secret.encode(errors="replace"), b"reviewbot: what a review remembers", "sha256")
        text = f"{self.about}\0{json.dumps(data, sort_keys=True)}"
        return hmac.new(key, text.encode(errors="replace"), hashlib.sha256).hexdigest()
