"""One request to GitHub: where a redirect leads, and that nothing is waited for without end."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import pytest
from fakegithub import FakeGitHub, Fault
from gitrepo import GitRepo

from reviewbot.core.errors import GithubError, RefusedError, UnansweredError
from reviewbot.github.client import Client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

PULL = "/repos/acme/app/pulls/1"
COMMENTS = "/repos/acme/app/issues/1/comments"


@pytest.fixture(params=["", "/api/v3"])
def fake(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[FakeGitHub]:
    repo = GitRepo(tmp_path / "origin")
    repo.commit({"a.py": "A = 1\n"})
    repo.git("checkout", "-q", "-b", "feature")
    repo.commit({"a.py": "A = 2\n"})
    with FakeGitHub(tmp_path / "origin", prefix=request.param) as fake:
        assert fake.open_pull("feature", title="A", author="ada") == 1
        yield fake


def client(fake: FakeGitHub, seconds: float = 20) -> Client:
    token = fake.token("github-actions[bot]", contents="read", pull_requests="write", issues="write")
    return Client(token, fake.url, fake.graphql_url, seconds=seconds, sleep=lambda _: None)


def redirect(fake: FakeGitHub, location: str, status: int = 301, times: int = 1) -> None:
    fake.faults.add(Fault("redirect", match=lambda *_: True, status=status, location=location, times=times))


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
@pytest.mark.parametrize("method", ["POST", "PATCH", "DELETE"])
def test_a_write_that_is_sent_elsewhere_is_refused(fake: FakeGitHub, status: int, method: str) -> None:
    redirect(fake, f"{fake.url}{COMMENTS}", status)
    with pytest.raises(RefusedError, match="a redirect, so nothing was done: was the repository renamed") as error:
        client(fake).send(method, "/repos/acme/old/issues/1/comments", {"body": "x"})
    assert error.value.status == status
    assert len(fake.journal) == 1


def test_a_query_that_is_sent_elsewhere_is_refused(fake: FakeGitHub) -> None:
    redirect(fake, fake.graphql_url, 307)
    with pytest.raises(RefusedError, match="a redirect"):
        client(fake).graphql("query { viewer { login } }")


@pytest.mark.parametrize(
    "host", ["http://127.0.0.1:{port}", "https://localhost:{port}", "http://localhost:1", "//evil.example"]
)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_no_other_host_gets_anything(fake: FakeGitHub, host: str, method: str) -> None:
    port = fake.url.split(":")[2].split("/")[0]
    redirect(fake, f"{host.format(port=port)}{PULL}?secret=1")
    with pytest.raises(RefusedError, match="which gets no token: is GITHUB_API_URL the right address") as error:
        client(fake).send(method, PULL) if method == "POST" else client(fake).get(PULL)
    assert "secret" not in str(error.value)
    assert len(fake.journal) == 1


@pytest.mark.parametrize("where", ["{base}{path}", "{prefix}{path}"])
def test_a_read_of_a_renamed_repository_is_followed_with_its_query(fake: FakeGitHub, where: str) -> None:
    prefix = "/api/v3" if fake.url.endswith("/api/v3") else ""
    redirect(fake, where.format(base=fake.url, prefix=prefix, path=f"{PULL}/files?per_page=1&page=2"))
    assert client(fake).get("/repos/acme/old/pulls/1/files", per_page=1, page=2) == []
    assert [exchange.path for exchange in fake.journal][-1] == f"{PULL}/files?page=2&per_page=1"


def test_redirects_in_a_circle_end(fake: FakeGitHub) -> None:
    redirect(fake, f"{fake.url}{PULL}", times=50)
    with pytest.raises(RefusedError, match="from one address to the next"):
        client(fake).get(PULL)
    assert len(fake.journal) == 3


def test_a_redirect_without_a_place_is_refused(fake: FakeGitHub) -> None:
    redirect(fake, "", 304)
    with pytest.raises(RefusedError, match="GitHub answered 304"):
        client(fake).get(PULL)


@pytest.mark.parametrize("kind", ["drip", "drip-headers", "hang"])
def test_a_server_that_drips_is_not_waited_for(fake: FakeGitHub, kind: str) -> None:
    fake.faults.add(Fault(kind, match=lambda *_: True, times=50))
    began = time.monotonic()
    with pytest.raises(GithubError, match=r"no whole answer within 0\.3 s \(5 times\)"):
        client(fake, 0.3).get(PULL)
    with pytest.raises(UnansweredError, match=r"no whole answer within 0\.3 s"):
        client(fake, 0.3).send("POST", COMMENTS, {"body": "x"})
    assert time.monotonic() - began < 10


@pytest.mark.parametrize("kind", ["drip", "drip-headers"])
def test_an_archive_that_drips_is_not_waited_for(fake: FakeGitHub, kind: str) -> None:
    fake.faults.add(Fault(kind, match=lambda _method, path, _body: "codeload" in path, times=50))
    with pytest.raises(GithubError, match=r"no whole answer within 0\.3 s"):
        client(fake, 0.3).download("/repos/acme/app/tarball/main", 1 << 20)
