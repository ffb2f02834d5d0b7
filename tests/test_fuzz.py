"""Every input that the fuzzer's corpus keeps goes through its target again: what was found once stays mended."""

from __future__ import annotations

import fuzzing
import pytest


@pytest.mark.parametrize("name", fuzzing.TARGETS)
def test_what_was_found_stays_mended(name: str) -> None:
    module = fuzzing.target(name)
    tried = {fuzzing.kept(data): fuzzing.tried(module, data) for data in fuzzing.corpus(name)}
    assert tried
    assert {data: repr(outcome.wrong) for data, outcome in tried.items() if outcome.wrong is not None} == {}
    assert {data: outcome.seconds for data, outcome in tried.items() if outcome.seconds > fuzzing.MOST_SECONDS} == {}
