"""A whole tree from one archive: what it has, what it lacks, and what harm may come of it."""

from __future__ import annotations

import gzip
import io
import tarfile
import time
from concurrent.futures import ThreadPoolExecutor
from typing import TYPE_CHECKING, Any, Self

import pytest
import structlog
from fakegithub import FakeGitHub, Fault
from gitrepo import GitRepo
from hypothesis import given
from hypothesis import strategies as st

from reviewbot.core.errors import GithubError
from reviewbot.github import archive, contents
from reviewbot.github.archive import blob_id
from reviewbot.github.client import Client
from reviewbot.github.contents import ApiTree, Blobs
from reviewbot.github.pull import PullRef
from reviewbot.github.transport import Transport

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

MOST = 10_000_000
MANY = {f"app/m{number:03}.py": f"x = {number}\n" for number in range(310)}
ODD = {
    "with space.txt": "a\n",
    "ä/ö \u202e.py": "b\n",
    "-rf": "c\n",
    "deep/" * 40 + "end.py": "d\n",
    "empty.py": "",
    "latin.txt": b"caf\xe9\n",
    "bin.dat": b"\0\1",
    "crlf.txt": b"one\r\ntwo\r\n",
}
# What git puts into an archive is not always what is in the repository.
ATTRIBUTES = "hidden.py export-ignore\nversion.py export-subst\n*.bat text eol=crlf\n"
OTHERWISE = {
    "hidden.py": "h = 1\n",
    "version.py": 'v = "$Format:%H$"\n',
    "run.bat": "echo\n",
    ".gitattributes": ATTRIBUTES,
}


class Sent:
    """A tree of a repository on the stand-in for GitHub."""

    def __init__(self, repo: GitRepo, prefix: str = "") -> None:
        self.repo = repo
        self.head = repo.git("rev-parse", "HEAD").decode().strip()
        self.fake = FakeGitHub(self.repo.folder, prefix=prefix)
        self.waits: list[float] = []

    def __enter__(self) -> Self:
        self.fake.__enter__()
        self.token = self.fake.token("github-actions[bot]", contents="read")
        self.client = Client(self.token, self.fake.url, self.fake.graphql_url, sleep=self.waits.append)
        self.ref = PullRef("acme", "app", 1)
        self.blobs = Blobs(self.client, self.ref)
        self.tree = self.at(self.head)
        return self

    def __exit__(self, *details: object) -> None:
        self.fake.__exit__(*details)
        assert self.fake.violations == []

    def at(self, commit: str) -> ApiTree:
        return ApiTree(self.client, self.ref, commit, self.blobs)

    @property
    def asked(self) -> list[str]:
        """What was asked, in a word each."""
        names = {"git": "tree", "tarball": "tarball", "graphql": "blobs", "codeload": "archive"}
        paths = [one.path.removeprefix("/repos/acme/app") for one in self.fake.journal]
        return [names[path.split("/")[1]] for path in paths]


def origin(folder: Path, files: dict[str, Any]) -> GitRepo:
    repo = GitRepo(folder / "origin")
    repo.write(files)
    (repo.folder / "link").symlink_to("../../etc/passwd")
    repo.commit()
    return repo


@pytest.fixture(scope="module")
def many(tmp_path_factory: pytest.TempPathFactory) -> GitRepo:
    """Give a repository of many files, to which nobody adds any."""
    return origin(tmp_path_factory.mktemp("many"), MANY)


@pytest.fixture
def sent(many: GitRepo) -> Iterator[Sent]:
    with Sent(many) as sent:
        yield sent


def archives(match: str) -> Any:
    return lambda _, path, __: match in path


@pytest.mark.parametrize("prefix", ["", "/api/v3"])
def test_a_whole_tree(tmp_path: Path, prefix: str) -> None:
    with Sent(origin(tmp_path, {**MANY, **ODD, **OTHERWISE}), prefix) as sent:
        texts = sent.tree.read(sent.tree.paths)
        expected = {path: text for path, text in {**MANY, **ODD, **OTHERWISE}.items() if path != "bin.dat"}
        expected = {
            path: text.decode(errors="replace") if isinstance(text, bytes) else text for path, text in expected.items()
        }
        assert texts == {**expected, "link": "../../etc/passwd"}
        assert sent.tree.unread == frozenset()
        # Two files are not in the archive as they are in the repository; line ends are made good.
        assert sent.asked == ["tree", "tarball", "archive", "blobs"]
        assert list(sent.fake.journal[-1].answer["data"]["repository"]) == ["b0", "b1"]
        assert sent.tree.read(sent.tree.paths) == texts
        assert len(sent.asked) == 4
    assert sorted(path.name for path in tmp_path.iterdir()) == ["origin"]


def test_a_few_files_are_read_as_ever(sent: Sent) -> None:
    few = sorted(MANY)[: contents._FEW_BATCHES * contents._BATCH_OBJECTS]  # noqa: SLF001 - the limit itself
    assert len(sent.tree.read(few)) == len(few)
    assert sent.asked == ["tree", "blobs", "blobs", "blobs"]
    # What remains are few.
    assert sent.tree.read(MANY) == MANY
    assert sent.asked == ["tree", "blobs", "blobs", "blobs", "blobs"]


def test_the_other_tree_gains_by_it(tmp_path: Path) -> None:
    repo = origin(tmp_path, MANY)
    with Sent(repo) as sent:
        now = sent.at(repo.commit({"app/m000.py": "x = 1000\n", "app/new.py": "y = 1\n"}))
        assert sent.tree.read(MANY) == MANY
        assert len(now.read(now.paths)) == len(MANY) + 2
        assert sent.asked == ["tree", "tarball", "archive", "tree", "blobs"]


def test_many_who_ask_at_once_get_one_archive(sent: Sent) -> None:
    assert sent.tree.paths
    with ThreadPoolExecutor(8) as pool:
        assert all(texts == MANY for texts in pool.map(lambda _: sent.tree.read(MANY), range(8)))
    assert sent.asked == ["tree", "tarball", "archive"]


# What goes wrong on the way.


@pytest.mark.parametrize(
    ("fault", "asked"),
    [
        (Fault("status", match=archives("/tarball/"), status=404), ["tarball"]),
        (Fault("status", match=archives("/codeload/"), status=404), ["tarball", "archive"]),
        (Fault("502", match=archives("/codeload/"), times=99), ["tarball", "archive"] * 5),
        (Fault("502", match=archives("/tarball/"), times=99), ["tarball"] * 5),
        (Fault("cut", match=archives("/codeload/"), times=99), ["tarball", "archive"] * 5),
        (Fault("garbage", match=archives("/codeload/")), ["tarball", "archive"]),
        (Fault("html", match=archives("/codeload/")), ["tarball", "archive"]),
        (Fault("html", match=archives("/tarball/"), times=99), ["tarball"] * 5),
    ],
    ids=["404", "404 there", "502 there", "502", "cut", "garbage", "html there", "html"],
)
def test_without_an_archive_files_are_read_in_batches(sent: Sent, fault: Fault, asked: list[str]) -> None:
    sent.fake.faults.add(fault)
    assert sent.tree.read(MANY) == MANY
    assert sent.asked == ["tree", *asked, *["blobs"] * 4]
    # Nobody tries again what did not work.
    sent.blobs._texts.clear()  # noqa: SLF001 - as if nothing had been read
    assert sent.tree.read(MANY) == MANY
    assert sent.asked[-8:] == ["blobs"] * 8


@pytest.mark.parametrize("kind", ["502", "cut", "reset-before", "secondary-429"])
def test_a_fault_that_passes_is_waited_for(sent: Sent, kind: str) -> None:
    sent.fake.faults.add(Fault(kind, match=archives("/codeload/"), retry_after=7))
    assert sent.tree.read(MANY) == MANY
    assert sent.asked == ["tree", "tarball", "archive", "tarball", "archive"]
    assert sent.waits == [7.0 if kind == "secondary-429" else 1.0]


def test_github_that_is_away_is_an_error(sent: Sent) -> None:
    sent.fake.faults.add(Fault("502", match=lambda _, path, __: "trees" not in path, times=99))
    with pytest.raises(GithubError, match="GitHub answered 502"):
        sent.tree.read(MANY)


def test_an_archive_that_is_too_large(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "_MOST_PACKED", 1_000)
    assert sent.tree.read(MANY) == MANY
    assert sent.asked == ["tree", "tarball", "archive", *["blobs"] * 4]


def test_an_archive_that_is_too_large_by_its_list(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "_MOST_UNPACKED", 1_000)
    assert sent.tree.read(MANY) == MANY
    assert sent.asked == ["tree", *["blobs"] * 4]


def test_an_archive_that_takes_too_long(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    sent.fake.faults.add(Fault("drip", match=archives("/codeload"), times=9))
    monkeypatch.setattr(sent.client, "_transport", Transport(sent.token, sent.fake.url, seconds=0.5))
    assert sent.tree.read(MANY) == MANY
    assert sent.asked == ["tree", "tarball", "archive", *["blobs"] * 4]


def test_what_is_too_much_is_named(sent: Sent, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(contents, "_MOST_PACKED", 1_000)
    monkeypatch.setattr(contents, "_FEW_BATCHES", 1)
    monkeypatch.setattr(sent.blobs, "_left", 2)
    texts = sent.tree.read(sorted(MANY))
    assert texts == {path: MANY[path] for path in sorted(MANY)[:200]}
    assert sent.tree.unread == frozenset(sorted(MANY)[200:])
    # Whoever asks for all of it again gets no more; but a few files can still be had.
    assert sent.tree.read(sorted(MANY)) == texts
    assert sent.asked == ["tree", "tarball", "archive", "blobs", "blobs"]
    few = sorted(MANY)[200:260]
    assert sent.tree.read(few).keys() == set(few)
    assert sent.tree.unread == frozenset(sorted(MANY)[260:])


def test_a_tree_that_is_not_listed_whole(sent: Sent) -> None:
    sent.fake.limits.tree_entries = 305
    assert len(sent.tree.read(sent.tree.paths)) > 300
    assert "tarball" not in sent.asked


@pytest.mark.parametrize("there", ["file:///etc", "ftp://127.0.0.1/", "//127.0.0.1/x", "/etc", ""])
def test_addresses_that_nobody_follows(sent: Sent, there: str) -> None:
    sent.fake.world.codeload = there
    assert sent.tree.read(MANY) == MANY
    assert sent.asked == ["tree", "tarball", *["blobs"] * 4]


def test_no_token_is_sent_to_the_other_host_or_shown(
    sent: Sent, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login ada password secret\n", encoding="utf-8")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    sent.fake.faults.add(Fault("cut", match=archives("/codeload/")))
    sent.fake.faults.add(Fault("status", match=archives("/codeload/"), status=403))
    with structlog.testing.capture_logs() as logged:
        assert sent.tree.read(MANY) == MANY
    assert [one.login for one in sent.fake.journal if one.path.startswith("/codeload")] == ["", ""]
    assert [one["event"] for one in logged if one["log_level"] == "warning"] == ["trying again", "no archive"]
    assert sent.fake.world.archives
    for secret in (sent.token, *sent.fake.world.archives):
        assert secret not in str(logged)


# What an archive may hold.


def packed(*members: tuple[dict[str, Any], bytes], form: int = tarfile.PAX_FORMAT) -> bytes:
    """Make an archive of members with any attributes."""
    made = io.BytesIO()
    with tarfile.open(fileobj=made, mode="w:gz", format=form) as tar:
        for details, content in members:
            info = tarfile.TarInfo(details.get("name", "x"))
            for name, value in {"size": len(content), **details}.items():
                setattr(info, name, value)
            tar.addfile(info, io.BytesIO(content))
    return made.getvalue()


GOOD = b"good = 1\n"
WANTED = {blob_id(GOOD)}


def test_ids_are_those_of_git(tmp_path: Path) -> None:
    repo = GitRepo(tmp_path)
    for content in (b"", GOOD, b"\0\r\n" * 1000):
        assert blob_id(content) == repo.git("hash-object", "--stdin", stdin=content).decode().strip()


@pytest.mark.parametrize("name", ["../../x", "/etc/passwd", "..", "", "a/" * 2000, "\ud800", "a\nb", "C:\\x", "x/./y"])
@pytest.mark.parametrize("form", [tarfile.PAX_FORMAT, tarfile.GNU_FORMAT])
def test_names_mean_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, name: str, form: int) -> None:
    monkeypatch.chdir(tmp_path)
    if name == "\ud800":
        name = "\udc80"  # what is no UTF-8
    bad = b"bad = 1\n"
    found = archive.contents(packed(({"name": name}, bad), ({"name": name}, GOOD), form=form), WANTED, MOST)
    assert found == {blob_id(GOOD): GOOD}
    assert list(tmp_path.iterdir()) == []


@pytest.mark.parametrize(
    "details",
    [
        {"type": tarfile.SYMTYPE, "linkname": "/etc/passwd"},
        {"type": tarfile.LNKTYPE, "linkname": "/etc/passwd"},
        {"type": tarfile.LNKTYPE, "linkname": "x"},
        {"type": tarfile.FIFOTYPE},
        {"type": tarfile.CHRTYPE, "devmajor": 1, "devminor": 3},
        {"type": tarfile.BLKTYPE},
        {"type": tarfile.DIRTYPE, "name": "../"},
        {"type": tarfile.CONTTYPE},
        {"type": b"Z"},
        {"mode": 0o6777, "uid": 0},
    ],
    ids=str,
)
def test_what_is_no_file_is_passed_over(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, details: dict[str, Any]
) -> None:
    monkeypatch.chdir(tmp_path)
    assert archive.contents(packed((details, b""), ({}, GOOD)), WANTED, MOST) == {blob_id(GOOD): GOOD}
    assert list(tmp_path.iterdir()) == []


def test_a_link_is_its_target_and_never_what_is_there() -> None:
    link = packed(({"type": tarfile.SYMTYPE, "linkname": "/etc/hostname"}, b""))
    target = blob_id(b"/etc/hostname")
    assert archive.contents(link, {target, blob_id(GOOD)}, MOST) == {target: b"/etc/hostname"}


def bomb(size: int) -> bytes:
    """Give a file of zeros, before a good one, that shrinks to a thousandth."""
    made = io.BytesIO()
    with gzip.GzipFile(fileobj=made, mode="wb", compresslevel=9, mtime=0) as file:
        info = tarfile.TarInfo("bomb")
        info.size = size
        file.write(info.tobuf())
        for _ in range(size >> 20):
            file.write(b"\0" * (1 << 20))
        file.write(gzip.decompress(packed(({}, GOOD))))
    return made.getvalue()


def test_bombs_are_left_alone() -> None:
    small = bomb(100 << 20)
    assert len(small) < 1 << 20
    began = time.monotonic()
    with structlog.testing.capture_logs() as logged:
        assert archive.contents(small, WANTED, 20 << 20) == {}
    assert time.monotonic() - began < 5
    assert "there is more in it than is read" in str(logged)
    assert archive.contents(small, WANTED, 120 << 20) == {blob_id(GOOD): GOOD}


@pytest.mark.parametrize("size", [10**12, 2**63 - 1, 2**70, -1, -512, -(2**40)])
def test_sizes_that_are_not_true(size: int) -> None:
    info = tarfile.TarInfo("x")
    info.size = size
    lying = gzip.compress(info.tobuf(tarfile.GNU_FORMAT) + GOOD + bytes(1024))
    assert archive.contents(lying, WANTED, MOST) in ({}, {blob_id(GOOD): GOOD})


def test_many_empty_members_take_no_memory() -> None:
    header = tarfile.TarInfo("x").tobuf()
    assert archive.contents(gzip.compress(header * 20_000 + bytes(1024)), {blob_id(b"")}, 20 << 20) == {
        blob_id(b""): b""
    }


def test_headers_that_follow_each_other_without_an_end() -> None:
    info = tarfile.TarInfo("x")
    info.type, info.size = tarfile.XHDTYPE, 512
    endless = info.tobuf() + b"12 path=a/b\n".ljust(512, b"\0")
    with structlog.testing.capture_logs() as logs:
        assert archive.contents(gzip.compress(endless * 5_000), WANTED, MOST) == {}
    assert [log["reason"] for log in logs] == ["ReadError: one header follows the other"]


def test_what_came_before_the_break_is_kept() -> None:
    files = [({"name": f"{number}"}, b"%d\n" % number * 500) for number in range(200)]
    whole = packed(*files)
    wanted = {blob_id(content) for _, content in files}
    half = archive.contents(whole[: len(whole) // 2], wanted, MOST)
    assert 10 < len(half) < 190
    assert half.items() <= archive.contents(whole, wanted, MOST).items()
    assert len(archive.contents(whole + b"more", wanted, MOST)) == 200


@given(st.binary(max_size=2000))
def test_garbage_is_no_archive(data: bytes) -> None:
    for given_data in (data, gzip.compress(data), gzip.compress(data)[:-9]):
        assert archive.contents(given_data, WANTED, MOST) == {}


@given(st.data())
def test_damaged_archives_never_crash(data: st.DataObject) -> None:
    whole = bytearray(
        gzip.decompress(packed(({"name": "a" * 150}, GOOD), ({"name": "b"}, b"b"), ({"name": "c"}, GOOD)))
    )
    for _ in range(data.draw(st.integers(1, 8))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    found = archive.contents(gzip.compress(bytes(whole)), WANTED, MOST)
    assert found in ({}, {blob_id(GOOD): GOOD})
