"""Where the program's own pages are: as a runner or an installation says, never by a name that a stranger may take."""

from __future__ import annotations

from pathlib import Path

import pytest

from reviewbot.settings.origin import home

SHA = "f" * 40
ELSEWHERE = Path("/opt/reviewbot/lib")


def said(repository: str = "acme/bot", ref: str = "v0", server: str = "https://github.com") -> dict[str, str]:
    return {"GITHUB_SERVER_URL": server, "GITHUB_ACTION_REPOSITORY": repository, "GITHUB_ACTION_REF": ref}


@pytest.mark.parametrize("ref", ["v0", SHA, "release/1.x", "refs/heads/main", "v1.0+2"])
def test_a_runner_names_repository_and_revision(ref: str) -> None:
    assert home(said(ref=ref), ELSEWHERE) == f"https://github.com/acme/bot/blob/{ref}"


@pytest.mark.parametrize(
    "environment",
    [
        {},
        said("", ""),  # uses: ./
        said(ref=""),
        said("OWNER/reviewbot"),
        said("acme"),
        said("acme/bot/composite"),
        said("acme/.."),
        said("../bot"),
        said("acme/bot)[x](https://evil.example"),
        said("acme/bot\n"),
        said("ácme/bot"),
        said(ref="../../../evil/bot/blob/main"),
        said(ref="a/../b"),
        said(ref="v0?x=1"),
        said(ref="v0#x"),
        said(ref="v0 )"),
        said(ref="/v0"),
        said(ref="v0/"),
        # There the Action may be a copy, or come from github.com; who has that name there, nobody knows.
        said(server="https://git.acme.example"),
        said(server="https://github.com.evil.example"),
    ],
)
def test_what_is_not_known_for_sure_has_no_address(environment: dict[str, str]) -> None:
    assert home(environment, ELSEWHERE) == ""


@pytest.mark.parametrize(
    ("folder", "found"),
    [
        ("/home/runner/work/_actions/acme/bot/v0", "acme/bot/blob/v0"),
        ("/Users/two names/work/_actions/acme/bot/release/1.x", "acme/bot/blob/release/1.x"),
        ("/home/runner/work/app/app", ""),
        ("/home/runner/work/_actions/acme/bot/..", ""),
    ],
)
def test_a_composite_action_is_known_by_its_folder(folder: str, found: str) -> None:
    server = {"GITHUB_SERVER_URL": "https://github.com"}
    assert home(server, Path(folder)) == (f"https://github.com/{found}" if found else "")
    assert home({}, Path(folder)) == ""
