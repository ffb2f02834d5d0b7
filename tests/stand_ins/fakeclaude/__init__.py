"""A stand-in for Claude's Messages API on this machine: a script gives the answers, the rest is as over there."""

from __future__ import annotations

from fakeclaude.fake import FakeClaude
from fakeclaude.faults import Fault
from fakeclaude.journal import Exchange, Journal
from fakeclaude.words import Ask, Call, Say

__all__ = ["Ask", "Call", "Exchange", "FakeClaude", "Fault", "Journal", "Say"]
