"""What no check says of a checklist item, and why; the sentences stand in `left_to_model.yml`."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from reviewbot.core import documents

if TYPE_CHECKING:
    from collections.abc import Mapping

DATA = Path(__file__).with_name("left_to_model.yml")


def reasons(path: Path = DATA) -> Mapping[str, str]:
    """Read the sentences: ``agent/item`` → why it is left to a model, or what of it is."""
    data: Mapping[str, str] = documents.own(path) or {}
    return {item: " ".join(sentence.split()) for item, sentence in data.items()}
