"""Files in a folder that others may have filled: finding and writing them."""

from __future__ import annotations

import errno
import os
import secrets
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path, PurePath

PRIVATE = 0o600
PRIVATE_FOLDER = 0o700


def listed(folder: Path, *patterns: str) -> Iterator[Path]:
    """Give the files of a folder, in order, by patterns of their names.

    A pipe or a device, which may have no end, is none; a link that leads nowhere is left to whoever reads it.
    """
    found = sorted(path for pattern in patterns for path in folder.glob(pattern))
    yield from (path for path in found if path.is_file() or not path.exists())


def write(root: Path, name: PurePath, text: str, mode: int = 0o666) -> None:
    """Write a file below a folder, and follow no link there: one in the file's place is replaced, as any file is.

    Whoever reads sees the old content or all of the new one.

    Args:
        root: The folder.
        name: Where the file is in it; folders that are missing are made.
        text: What is in it.
        mode: Who may read and write it, as far as the umask allows.

    Raises:
        OSError: It cannot be written, or one of the folders is a link.
    """
    folder = root
    for part in name.parent.parts:
        folder = folder / part
        if folder.is_symlink():
            raise OSError(errno.ELOOP, f"{folder} is a link, and none is followed here", str(folder))
        folder.mkdir(exist_ok=True)
    beside = folder / f".{secrets.token_hex(8)}.tmp"
    try:
        handle = os.open(beside, os.O_WRONLY | os.O_CREAT | os.O_EXCL, mode)
        with os.fdopen(handle, "w", encoding="utf-8", errors="replace", newline="") as file:
            file.write(text)
        beside.replace(folder / name.name)
    except BaseException:
        beside.unlink(missing_ok=True)
        raise
