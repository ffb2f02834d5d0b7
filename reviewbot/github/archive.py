"""What is in an archive of a commit, read in memory. Nothing is ever written to disk, and no name in it is believed."""

from __future__ import annotations

import gzip
import hashlib
import io
import tarfile
import zlib
from typing import TYPE_CHECKING, Self

from reviewbot.core.logs import get_logger
from reviewbot.core.text import MAX_TEXT

if TYPE_CHECKING:
    from collections.abc import Iterator
    from collections.abc import Set as AbstractSet

# What a broken or hostile archive makes of the readers.
_BROKEN = (tarfile.TarError, OSError, EOFError, zlib.error, ValueError, OverflowError)
# How many headers may say more about one that follows. git writes two at most, other programs four.
_MOST_HEADERS = 8

log = get_logger()


def contents(packed: bytes, wanted: AbstractSet[str], most: int) -> dict[str, bytes]:
    """Give the files of an archive that git knows by one of these ids; each content proves its id.

    Args:
        packed: A tar archive, compressed by gzip.
        wanted: Ids of blobs.
        most: How many bytes are unpacked; what comes after them is not looked at.

    Returns:
        Id → content, as far as the archive can be read; very large files are left out.
    """
    by_id: dict[str, bytes] = {}
    try:
        for content in _files(_Limited(packed, most)):
            # `.gitattributes` may want other line ends in an archive than in the repository.
            for same in (content, content.replace(b"\r\n", b"\n")):
                if (oid := blob_id(same)) in wanted:
                    by_id[oid] = same
                    break
    except _BROKEN as error:
        log.warning("the archive was read in part", reason=f"{type(error).__name__}: {error}", files=len(by_id))
    return by_id


def blob_id(content: bytes) -> str:
    """Give the id that git gives to a file of this content."""
    return hashlib.sha1(b"blob %d\0" % len(content) + content, usedforsecurity=False).hexdigest()


class _Limited(io.RawIOBase):
    """A compressed file that ends with an error: after so many unpacked bytes, and where nothing is left.

    A whole archive says itself where it ends. tarfile would go on looking for a terabyte that a header has promised.
    """

    def __init__(self, packed: bytes, most: int) -> None:
        super().__init__()
        self._file = gzip.GzipFile(fileobj=io.BytesIO(packed))
        self._left = most

    def read(self, size: int = -1) -> bytes:
        data = self._file.read(min(size, self._left + 1) if size >= 0 else self._left + 1)
        self._left -= len(data)
        if self._left < 0:
            raise OSError("there is more in it than is read")
        if not data:
            raise EOFError("it ends too early")
        return data


class _Tar(tarfile.TarFile):
    """A tar archive.

    Attributes:
        headers: How many headers are being read, each for the sake of the one before.
    """

    headers = 0


class _Member(tarfile.TarInfo):
    """A member whose headers follow each other only so often; tarfile reads each deeper in the stack."""

    @classmethod
    def fromtarfile(cls, tar: _Tar) -> Self:  # type: ignore[override]  # only a `_Tar` makes them
        if tar.headers == _MOST_HEADERS:
            raise tarfile.ReadError("one header follows the other")
        tar.headers += 1
        try:
            return super().fromtarfile(tar)
        finally:
            tar.headers -= 1


def _files(unpacked: _Limited) -> Iterator[bytes]:
    """Give the contents of files, and the targets of symbolic links, which are files to git."""
    with _Tar.open(fileobj=unpacked, mode="r|", errorlevel=2, tarinfo=_Member) as tar:
        while (member := tar.next()) is not None:
            tar.members.clear()  # type: ignore[attr-defined]  # it would keep them all
            if member.issym():
                yield member.linkname.encode(errors="surrogateescape")
            elif member.isreg() and 0 <= member.size <= MAX_TEXT:
                file = tar.extractfile(member)
                yield file.read() if file is not None else b""
