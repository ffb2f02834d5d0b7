"""A stand-in for GitHub on this machine, played on top of a real git repository."""

from __future__ import annotations

from fakegithub.fake import FakeGitHub
from fakegithub.faults import Fault
from fakegithub.journal import Exchange

__all__ = ["Exchange", "FakeGitHub", "Fault"]
