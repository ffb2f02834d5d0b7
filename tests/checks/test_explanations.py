"""What formats get to describe their rules: the same as `reviewbot explain`, and what is about security."""

from __future__ import annotations

import pytest
from builders import finding

from reviewbot.agents import agent_files
from reviewbot.checks import catalog, examples, explanations
from reviewbot.core.explanation import HOME, page_of
from reviewbot.core.finding import MODEL
from reviewbot.settings.config import Config
from reviewbot.settings.loading import Settings

BUNDLED = tuple(agent_files.load_dir(agent_files.bundled_dir())[0])
SETTINGS = Settings(Config(), BUNDLED)
PLACE = "https://github.com/acme/reviewbot/blob/v1"


def test_a_check_is_explained_as_by_the_command() -> None:
    known = explanations.of(SETTINGS, PLACE)(finding(check="query-in-loop"))
    check, (reported, left_alone) = catalog.load().checks["query-in-loop"], examples.of("query-in-loop")
    assert known is not None
    assert reported is not None
    assert left_alone is not None
    assert (known.title, known.why, known.fix, known.leaves_alone) == (
        check.title,
        check.why,
        check.fix,
        check.leaves_alone,
    )
    assert (known.reported, known.left_alone) == (reported.shown, left_alone.shown)
    assert known.page == f"{PLACE}/docs/checks/query-in-loop.md"


def test_what_a_model_found_is_explained_by_its_item() -> None:
    explain = explanations.of(SETTINGS)
    known = explain(finding(check=MODEL, agent="sinag-backend-architect", item="sql-injection"))
    assert known is not None
    assert known.title == "Values reach SQL as bound parameters."
    assert (known.security, known.page) == (True, "")
    assert explain(finding(check=MODEL, item="no-such-item")) is None
    assert explain(finding(check="no-such-check")) is None


def test_a_page_is_named_only_where_it_is() -> None:
    # Until it is published the owner is a name that a stranger could take.
    assert (HOME, page_of("query-in-loop")) == ("", "")


@pytest.mark.parametrize("agents", [BUNDLED, ()])
def test_what_is_about_security_does_not_depend_on_who_reviews(agents: tuple[object, ...]) -> None:
    explain = explanations.of(Settings(Config(), BUNDLED if agents else ()))
    about = {name for name in catalog.load().checks if (known := explain(finding(check=name))) and known.security}
    assert about == {
        "auth-check-skipped",
        "command-built-from-strings",
        "cors-any-origin-with-credentials",
        "data-becomes-code",
        "forwarded-for-leftmost",
        "internal-error-exposed",
        "link-from-request-header",
        "mass-assignment",
        "membership-not-verified",
        "offset-may-be-negative",
        "password-hash-too-fast",
        "predictable-secret",
        "public-post-without-limit",
        "role-as-string",
        "route-without-authentication",
        "secret-compared-with-equals",
        "secret-in-log",
        "secret-in-response",
        "secret-literal",
        "sql-built-from-strings",
        "tls-verification-off",
        "token-not-verified",
        "unbounded-page-size",
        "unbounded-text-input",
        "unchecked-upload",
        "untyped-request-body",
    }
